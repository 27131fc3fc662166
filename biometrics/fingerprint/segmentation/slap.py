"""Segmentation of a slap: which fingers are on the platen, where, and of which hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ImageError
from biometrics.fingerprint.segmentation.boxes import Box, fit_box
from biometrics.fingerprint.segmentation.grid import Floats, live_grid, ridge_grid
from biometrics.fingerprint.segmentation.hand import Hand, finger_angles, read_four, read_thumbs
from biometrics.fingerprint.segmentation.tips import Tip, find_tips
from biometrics.positions import SLAP_FINGERS, FingerPosition

_FOURS: Final = (FingerPosition.RIGHT_FOUR, FingerPosition.LEFT_FOUR)
# Room around the print: some at the sides, more above the end, whose faint rim the grid does not see.
_BESIDE_PX, _ABOVE_PX, _BELOW_PX = 18, 28, 14
# How much the hand model's own tilt says beside the prints' axes.
_MODEL_SAY: Final = 0.15
_ROUNDS: Final = 3
# Below this the ends are smudges or phalanges, not the fingers asked for.
_LEAST_CLEAR: Final = 0.5
# A print that ends so near the picture's edge is cut by it.
_EDGE_MM: Final = 0.5
# A print cut off below the end of the picture is one the hand should be pushed forward for when its box, margins included, is shorter than
# this: prints from tip to crease are 20..30 mm long, and of many a good slap the last millimetres lie outside.
_CUT_SHORT_MM: Final = 18.0
_LOW_EDGE_MM: Final = 0.9
# From this confidence on, the hand seen contradicts the hand asked for.
_SURE: Final = 0.9


@dataclass(frozen=True, slots=True)
class SegmentedFinger:
    """One finger of a slap. Lengths in px of the picture given; `angle_deg` 0 is upright, positive leans right."""

    position: FingerPosition
    centre: tuple[float, float]
    width: float
    height: float
    angle_deg: float
    confidence: float

    def crop(self, image: NDArray[np.uint8], margin: int = 16) -> NDArray[np.uint8]:
        """Return the finger cut out of the slap and turned upright, with `margin` px around it; white where the slap ends."""
        width, height = round(self.width) + 2 * margin, round(self.height) + 2 * margin
        turn = np.radians(self.angle_deg)
        c, s = float(np.cos(turn)), float(np.sin(turn))
        dx, dy = (width - 1) / 2, (height - 1) / 2
        x, y = self.centre
        matrix = np.array([[c, -s, x - c * dx + s * dy], [s, c, y - s * dx - c * dy]], np.float64)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        cut = cv2.warpAffine(image, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
        return np.asarray(cut, np.uint8)

    def nearness(self, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how far points of the slap are from this finger's middle, in its own half axes (1 on the ellipse of its box)."""
        turn = np.radians(self.angle_deg)
        c, s = float(np.cos(turn)), float(np.sin(turn))
        dx, dy = x - np.float32(self.centre[0]), y - np.float32(self.centre[1])
        across, along = (c * dx + s * dy) / (self.width / 2), (c * dy - s * dx) / (self.height / 2)
        return np.asarray(np.hypot(across, along), np.float32)


@dataclass(frozen=True, slots=True)
class SlapSegmentation:
    """The answer for one slap.

    Attributes:
        hand: RIGHT_FOUR, LEFT_FOUR or TWO_THUMBS as seen, None where nothing was found.
        hand_confidence: 0..1, how sure that is; below about 0.8 ask the operator.
        fingers: found fingers, left to right.
        error: None, or `no-finger`, `fingers-missing`, `too-many-fingers`, `wrong-hand`.
    """

    hand: FingerPosition | None
    hand_confidence: float
    fingers: tuple[SegmentedFinger, ...]
    error: str | None

    def gaps_mm(self, ppi: float) -> tuple[float, ...]:
        """Return the room between each finger and the next, in mm across the hand; negative where the prints overlap sideways.

        Measured between the prints themselves: the margin that the boxes carry at the sides is taken off.
        """
        gaps = []
        for a, b in pairwise(self.fingers):
            turn = np.radians((a.angle_deg + b.angle_deg) / 2)
            across = (b.centre[0] - a.centre[0]) * np.cos(turn) + (b.centre[1] - a.centre[1]) * np.sin(turn)
            margins = 2 * _BESIDE_PX * ppi / 500  # half a box of each, each with one margin
            gaps.append(float((across - (a.width + b.width) / 2 + margins) * 25.4 / ppi))
        return tuple(gaps)

    def over_edge(self, width: int, ppi: float) -> int:
        """Return on which side prints end at the edge of a picture `width` px wide (a box fits what is seen of a print that is cut off):
        -1 left, 1 right, 0 neither (or both)."""
        reach = [(abs(f.width / 2 * np.cos(np.radians(f.angle_deg))) - _BESIDE_PX * ppi / 500, f.centre[0]) for f in self.fingers]
        edge = _EDGE_MM * ppi / 25.4
        left = any(x - half < edge for half, x in reach)
        right = any(x + half > width - edge for half, x in reach)
        return int(right) - int(left)

    def over_end(self, height: int, ppi: float) -> int:
        """Return at which end of a picture `height` px high prints are cut: -1 fingertips over the top, 1 too little of a print above the
        bottom, 0 neither (or both)."""
        millimetre = ppi / 25.4
        top = bottom = False
        for finger in self.fingers:
            lean = float(np.cos(np.radians(finger.angle_deg)))
            tip = finger.centre[1] - (finger.height / 2 - _ABOVE_PX * ppi / 500) * lean
            foot = finger.centre[1] + (finger.height / 2 - _BELOW_PX * ppi / 500) * lean
            top = top or tip < _EDGE_MM * millimetre
            cut = foot > height - _LOW_EDGE_MM * millimetre
            bottom = bottom or (cut and finger.height < _CUT_SHORT_MM * millimetre)
        return int(bottom) - int(top)

    @property
    def lean_deg(self) -> float:
        """How far the hand leans: the middle of its fingers' angles, 0 upright, positive to the right; 0 without fingers."""
        return float(np.median([f.angle_deg for f in self.fingers])) if self.fingers else 0.0

    def alone(self, finger: SegmentedFinger, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return `finger.crop(image)` without what belongs to its neighbours (white there).

        Fingers that lie close share a strip of both crops; compared with each other, the two would match on these very ridges.
        """
        reach = float(np.hypot(finger.width, finger.height)) / 2 + 32  # no crop looks farther
        x0, y0 = (max(0, int(c - reach)) for c in finger.centre)
        image = image.copy()
        window = image[y0 : int(finger.centre[1] + reach), x0 : int(finger.centre[0] + reach)]
        x = np.arange(x0, x0 + window.shape[1], dtype=np.float32)[None, :]
        y = np.arange(y0, y0 + window.shape[0], dtype=np.float32)[:, None]
        own = finger.nearness(x, y)
        for other in self.fingers:
            if other is not finger:
                window[other.nearness(x, y) < own] = 255
        return finger.crop(image)


def segment_slap(
    image: NDArray[np.uint8],
    expected: FingerPosition | None = None,
    missing: Iterable[FingerPosition] = (),
    ppi: int = 500,
) -> SlapSegmentation:
    """Find the fingers of a slap of four or of two thumbs.

    Args:
        image: uint8 (height, width), dark ridges.
        expected: RIGHT_FOUR, LEFT_FOUR or TWO_THUMBS; None lets the picture say. An expected hand that the picture contradicts is answered with
            the hand seen and the error `wrong-hand`.
        missing: fingers declared as missing.
        ppi: resolution of the picture.

    Raises:
        ImageError: not grey 8 bit, or a size or resolution no slap has.
    """
    _check(image, expected, ppi)
    scale = 500 / ppi
    at_500 = image
    if abs(ppi - 500) > 5:
        size = round(image.shape[1] * scale), round(image.shape[0] * scale)
        at_500 = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8)
    return _read(ridge_grid(at_500), scale, expected, frozenset(missing))


def segment_preview(
    image: NDArray[np.uint8],
    ppi: float,
    expected: FingerPosition | None = None,
    missing: Iterable[FingerPosition] = (),
) -> SlapSegmentation:
    """The same for a reduced live picture (60..300 ppi): contrast instead of ridges, for boxes that follow the hand.

    Raises:
        ImageError: as `segment_slap`.
    """
    _check(image, expected, ppi)
    return _read(live_grid(image, ppi), 500 / ppi, expected, frozenset(missing), quick=True)


def _check(image: NDArray[np.uint8], expected: FingerPosition | None, ppi: float) -> None:
    if getattr(image, "dtype", None) != np.uint8 or image.ndim != 2:
        raise ImageError("A slap must be a grey 8-bit array (height, width).", code="image-not-grey8")
    if not 50 <= ppi <= 1200:
        raise ImageError(f"{ppi} ppi is outside 50..1200.", code="image-resolution", ppi=ppi)
    height, width = image.shape[0] * 500 / ppi, image.shape[1] * 500 / ppi
    if min(height, width) < 256:
        raise ImageError("The picture is too small for a slap.", code="image-too-small")
    if max(height, width) > 4096:
        raise ImageError("The picture is too large for a slap.", code="image-too-large")
    if expected is not None and expected not in SLAP_FINGERS:
        raise ImageError("A slap is RIGHT_FOUR, LEFT_FOUR or TWO_THUMBS.", code="not-a-slap-position")


def _read(
    grid: Floats, scale: float, expected: FingerPosition | None, missing: frozenset[FingerPosition], *, quick: bool = False
) -> SlapSegmentation:
    strength = grid
    grid = np.asarray(np.clip((strength - 0.3) / 0.4, 0, 1), np.float32)
    tips = find_tips(grid, 6 if quick else 8, quick=quick)
    if not any(tip.score >= _LEAST_CLEAR for tip in tips):
        return SlapSegmentation(None, 0.0, (), "no-finger")
    hand, error = _choose(tips, grid.shape[1] / 2, expected, missing)
    if hand is None:
        return SlapSegmentation(None, 0.0, (), "no-finger")
    fingers = []
    for tip, position, box in zip(hand.tips, hand.positions, _boxes(grid, strength, hand, 1 if quick else _ROUNDS), strict=True):
        turn = np.radians(box.angle)
        down = (_BELOW_PX - _ABOVE_PX) / 2
        fingers.append(
            SegmentedFinger(
                position,
                (float(box.x - down * np.sin(turn)) / scale - 0.5, float(box.y + down * np.cos(turn)) / scale - 0.5),
                (box.width + 2 * _BESIDE_PX) / scale,
                (box.height + _ABOVE_PX + _BELOW_PX) / scale,
                box.angle,
                float(np.clip((tip.score - 0.3) / 0.4, 0, 1) * np.clip(box.solid * 1.3, 0, 1)),
            )
        )
    return SlapSegmentation(hand.slap, hand.confidence, tuple(fingers), error)


def _boxes(grid: Floats, strength: Floats, hand: Hand, rounds: int) -> list[Box]:
    """Return the boxes of a hand's fingers: first as the hand model leans, then as the prints themselves lean together.

    A single print's axis errs by some 8 degrees (ragged ends, a touching neighbour), and ends alone say little about how fingers of
    different length lean; the weighted median of all prints' axes is good to a few degrees.
    """
    others = [[t for t in hand.tips if t is not tip] for tip in hand.tips]
    usual = finger_angles(hand)
    angles = usual
    for _ in range(rounds):
        boxes = [fit_box(grid, strength, tip, rest, angle) for tip, rest, angle in zip(hand.tips, others, angles, strict=True)]
        # A phalanx cut off square to a wrong lean leans that way itself: so again, from the better lean.
        lean = _weighted_median([b.axis for b in boxes] + [float(np.median(usual))], [b.say for b in boxes] + [_MODEL_SAY])
        angles = [lean] * len(boxes)
    return [fit_box(grid, strength, tip, rest, angle) for tip, rest, angle in zip(hand.tips, others, angles, strict=True)]


def _weighted_median(values: list[float], weights: list[float]) -> float:
    order = np.argsort(values)
    x, w = np.array(values)[order], np.array(weights)[order]
    middle = np.cumsum(w) - 0.5 * w
    return float(np.interp(0.5 * w.sum(), middle, x))


def _choose(
    tips: list[Tip], middle: float, expected: FingerPosition | None, missing: frozenset[FingerPosition]
) -> tuple[Hand | None, str | None]:
    clear = [tip for tip in tips if tip.score >= _LEAST_CLEAR]
    thumbs = expected == FingerPosition.TWO_THUMBS
    if expected is None and len(clear) == 2 and min(t.half_width for t in clear) >= 7:
        thumbs = not missing
    if thumbs:
        hand = read_thumbs(clear, missing, middle)
        wanted = len(set(SLAP_FINGERS[FingerPosition.TWO_THUMBS]) - missing)
    else:
        readings = read_four(tips, missing, _FOURS)
        hand = readings[0] if readings else None
        if expected is not None and hand is not None and hand.slap != expected:
            other = readings[1]
            if hand.confidence < _SURE:
                # Not sure enough to contradict the procedure: read it as asked, and say how doubtful that is.
                hand = other
        wanted = len(set(SLAP_FINGERS[hand.slap]) - missing) if hand else 4
    if hand is None:
        return None, "no-finger"
    if expected is not None and hand.slap != expected:
        return hand, "wrong-hand"
    return hand, "fingers-missing" if len(hand.tips) < wanted else None
