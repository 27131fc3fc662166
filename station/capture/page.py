"""Is a page of paper well before the camera? One instruction at a time: no page, cut off, too far, too dark, glare, blurred.

Ours and simple: the sheet is the largest bright four-cornered thing; brightness, clipped spots and the width of edges are measured on it. It judges
whether a person can read the page, not what the page is. A page it cannot find may still be kept whole, with the officer's reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from biometrics.positions import FingerPosition
from devices.contract import CaptureRequest, Frame, RawCapture
from station.capture.verdict import PartVerdict, Verdict

Pixels = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float64]
"""4x2: x, y px of the sheet's corners, clockwise from the top left."""

LONG_MM: Final = 297.0
"""A page whose size is not known is taken for A4: a smaller one is then judged milder, never harder."""
EDGE_MM: Final = 0.48
"""How wide the edge of a letter may be: the strokes of 8 point text are 0.25 to 0.35 mm wide."""
EDGE_PX: Final = 2.9
"""What a sharp camera makes of an edge: a small live picture is not asked for more than it can show."""
LEAST_SHARE: Final = 0.30
DARK: Final = 95
GLARE: Final = 252
GLARE_SHARE: Final = 0.012
WHITE_FILE: Final = 250
"""A flatbed's white is 255 everywhere: that is no glare."""
GOOD_SCORE: Final = 100.0
_FIND_PX: Final = 512
_SHARP_PX: Final = 2600


class PageFlaw(StrEnum):
    """What is wrong with a page, most blocking first."""

    NONE = "page-none"
    CUT = "page-cut"
    SMALL = "page-small"
    DARK = "page-dark"
    GLARE = "page-glare"
    BLURRED = "page-blurred"


ORDER: Final = tuple(PageFlaw)


@dataclass(frozen=True, slots=True)
class PageQuality:
    """`corners`: the sheet, None where none is seen. `flaws` most blocking first. Measures: `share` of the frame, `white` 0..255 of the paper,
    `glare` share of the sheet, `edge_mm` (A4 assumed) and `edge_px` median width of the letters' edges (0: no letters seen)."""

    corners: Corners | None
    flaws: tuple[PageFlaw, ...]
    share: float = 0.0
    white: float = 0.0
    glare: float = 0.0
    edge_mm: float = 0.0
    edge_px: float = 0.0

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.flaws


def judge_page(image: Pixels, *, all_page: bool = False) -> PageQuality:
    """Return the quality of the page in a picture (HxW grey or HxWx3 BGR uint8). `all_page`: where no sheet stands out the whole picture is it."""
    grey = image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    corners = find_page(grey)
    if corners is None and all_page:
        right, low = grey.shape[1] - 1.0, grey.shape[0] - 1.0
        corners = np.array([[0, 0], [right, 0], [right, low], [0, low]])
    if corners is None:
        return PageQuality(None, (PageFlaw.NONE,))
    share = _area(corners) / (grey.shape[0] * grey.shape[1])
    sheet = flat(grey, corners, 900)
    white = float(np.percentile(sheet, 70))
    glare = _glare(sheet, white)
    edge_px, edge_mm, letters = _edges(grey, corners, white)
    flaws = []
    if _cut(corners, grey.shape[1], grey.shape[0]):
        flaws.append(PageFlaw.CUT)
    if share < LEAST_SHARE:
        flaws.append(PageFlaw.SMALL)
    if white < DARK:
        flaws.append(PageFlaw.DARK)
    if glare > GLARE_SHARE:
        flaws.append(PageFlaw.GLARE)
    if not letters or (edge_mm > EDGE_MM and edge_px > EDGE_PX):
        flaws.append(PageFlaw.BLURRED)
    return PageQuality(corners, tuple(flaws), share, white, glare, edge_mm, edge_px)


def find_page(grey: Pixels) -> Corners | None:
    """Return the corners of the sheet in a grey picture, None where no bright four-cornered thing stands out from what is around it."""
    scale = _FIND_PX / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    scale = min(scale, 1.0)
    small = cv2.GaussianBlur(small, (5, 5), 0)
    level, mask = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    inside, outside = small[small > level], small[small <= level]
    if not inside.size or not outside.size or float(np.median(inside)) < 1.25 * float(np.median(outside)) + 12:
        return None  # nothing stands out
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(outlines, key=cv2.contourArea, default=None)
    if outline is None or cv2.contourArea(outline) < 0.05 * mask.size:
        return None
    corners = _four(np.asarray(cv2.convexHull(outline), np.int32))
    if corners is None or cv2.contourArea(outline) < 0.82 * _area(corners):
        return None
    return np.asarray(_ordered(corners) / scale, np.float64)


def flat(image: Pixels, corners: Corners, long_px: int, short_px: int = 0) -> Pixels:
    """Return the sheet seen straight from above, `long_px` long (and as wide as it looks, or `short_px`)."""
    wide, high = sides(corners)
    scale = long_px / max(wide, high)
    size = (max(8, round(wide * scale)), max(8, round(high * scale)))
    if short_px:
        size = (short_px, long_px) if high >= wide else (long_px, short_px)
    target = np.array([[0, 0], [size[0] - 1, 0], [size[0] - 1, size[1] - 1], [0, size[1] - 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return np.asarray(cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def sides(corners: Corners) -> tuple[float, float]:
    """Return the sheet's width and height in px: the means of opposite sides."""
    top, right, bottom, left = (float(np.hypot(*(corners[(i + 1) % 4] - corners[i]))) for i in range(4))
    return (top + bottom) / 2, (left + right) / 2


def _four(hull: npt.NDArray[np.int32]) -> Corners | None:
    """Simplify an outline until four corners are left."""
    around = cv2.arcLength(hull, closed=True)
    for share in (0.01, 0.015, 0.02, 0.03, 0.04, 0.06):
        found = cv2.approxPolyDP(hull, share * around, closed=True)
        if len(found) == 4:
            return np.asarray(found, np.float64).reshape(4, 2)
    return None


def _ordered(corners: Corners) -> Corners:
    total, lean = corners.sum(axis=1), corners[:, 0] - corners[:, 1]
    order = [int(np.argmin(total)), int(np.argmax(lean)), int(np.argmax(total)), int(np.argmin(lean))]
    if len(set(order)) < 4:  # turned by almost 45 degrees: any corner may be the first
        angle = np.arctan2(*(corners - corners.mean(axis=0)).T[::-1])
        order = list(map(int, np.argsort(angle)))
    return corners[order]


def _area(corners: Corners) -> float:
    return float(cv2.contourArea(corners.astype(np.float32)))


def _cut(corners: Corners, wide: int, high: int) -> bool:
    edge = 0.006 * max(wide, high)
    x, y = corners[:, 0], corners[:, 1]
    return bool(x.min() < edge or y.min() < edge or x.max() > wide - 1 - edge or y.max() > high - 1 - edge)


def _glare(sheet: Pixels, white: float) -> float:
    """Return the share of the largest burnt-out spot on a sheet whose paper is not white all over."""
    if white >= WHITE_FILE:
        return 0.0
    burnt = cv2.morphologyEx((sheet >= GLARE).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(burnt)
    return float(stats[1:, cv2.CC_STAT_AREA].max()) / sheet.size if count > 1 else 0.0


def _edges(grey: Pixels, corners: Corners, white: float) -> tuple[float, float, bool]:
    """Return the median width of the letters' edges in px of the picture and in mm (A4 assumed), and whether letters are seen at all.

    The width of an edge is its height over its steepest slope; a blur of sigma px makes it about 2.5 sigma.
    """
    long_px = min(max(sides(corners)), _SHARP_PX)
    sheet = flat(grey, corners, round(long_px))
    margin = max(4, round(0.02 * min(sheet.shape)))
    inner = sheet[margin:-margin, margin:-margin]
    steps = (
        np.maximum(np.abs(cv2.Sobel(inner, cv2.CV_32F, 1, 0, ksize=1)), np.abs(cv2.Sobel(inner, cv2.CV_32F, 0, 1, ksize=1))) / 2
    )
    reach = np.ones((2 * round(long_px / 500) + 5,) * 2, np.uint8)
    height = cv2.subtract(cv2.dilate(inner, reach), cv2.erode(inner, reach)).astype(np.float32)
    steepest = cv2.dilate(steps, np.ones((3, 3), np.uint8))
    letters = (height > max(24.0, 0.25 * white)) & (steps >= steepest) & (steps > 0.12 * height)
    if int(letters.sum()) < 2e-4 * inner.size:
        return 0.0, 0.0, False
    width_px = float(np.median(height[letters] / steps[letters]))
    return width_px, width_px * LONG_MM / long_px, True


@dataclass(slots=True)
class PageJudge:
    """Judges live frames and the full picture of a page for `station.capture.session`; `latest` is the last quality (any thread)."""

    latest: PageQuality | None = field(default=None)

    def live(self, frame: Frame, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """See `Judge.live`."""
        _ = request, thresholds
        return self._verdict(frame.image)

    def final(self, capture: RawCapture, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """See `Judge.final`."""
        _ = request, thresholds
        return self._verdict(np.asarray(capture.images[0].pixels, np.uint8))

    def _verdict(self, image: Pixels) -> Verdict:
        found = self.latest = judge_page(image)
        if found.corners is None:
            return Verdict((), 1, (PageFlaw.NONE.value,), model="page-1")
        worst = ORDER.index(found.flaws[0]) if found.flaws else len(ORDER)
        score = GOOD_SCORE * worst / len(ORDER)
        centre = found.corners.mean(axis=0)
        part = PartVerdict(FingerPosition.UNKNOWN, score, GOOD_SCORE, tuple(f.value for f in found.flaws), None, (float(centre[0]), float(centre[1])),
                           tuple((float(x), float(y)) for x, y in found.corners))  # fmt: skip
        ppi = max(20, round(max(sides(found.corners)) / LONG_MM * 25.4))
        return Verdict((part,), 1, (), ppi=ppi, model="page-1")
