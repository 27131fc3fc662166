"""Which finger ends make the hand, and which hand it is.

Every choice of finger ends is laid on the ends of a standing right hand and of its mirror image by a similarity; a choice is good when its ends are
clear, the residue small, the fingers point where the hand points, and no chosen end lies behind another finger (that is a second phalanx).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.segmentation.tips import Tip
from biometrics.positions import SLAP_FINGERS, FingerPosition

# Finger ends of a right hand seen from above, in cells of 0.8 mm: index, middle, ring, little (x to the right, y down).
_RIGHT: Final = np.array([-34.0, -11.5, 11.5, 33.0]) + 1j * np.array([4.5, 0.0, 3.5, 14.5])
# How each finger leans away from the hand's axis, degrees.
_FAN: Final = np.array([-5.0, -1.5, 2.0, 8.0])
# Spread of the residue (cells), of the lean (degrees) and of the log of the size.
_SIGMA: Final = 3.0
_LEAN_SIGMA: Final = 10.0
_SIZE_SIGMA: Final = 0.13
_LEFT_OUT: Final = 17.0
# What a perfectly clear finger end is worth.
_CLEAR: Final = 12.0
# How sure the hand is, fitted on generated slaps of people 5000 … 5042. Two hands that fit about equally well differ in their tilt: the one
# turned less is likelier (spread 18 degrees). What fits neither hand well (thumbs, second phalanges, writing) tells no hand, however
# much less badly one of them fits: half the say is lost at this much misfit.
_HAND_SLOPE: Final = 0.75
_TILT_SPREAD: Final = 18.0
_MISFIT: Final = 34.0
_MISFIT_WIDTH: Final = 2.0
_UNDECLARED_DOUBT: Final = 0.25
# From this turn of either reading on (degrees) there is doubt, whole after so many more. At 22 and 60 two of 500 hands turned by 23 and 25
# degrees were told wrongly at 0.94 and 0.99; now none of them above 0.89, and four of ten hands instead of six are told with more than 0.9.
_TURNED: Final = 14.0
_TURNED_SPAN: Final = 40.0


@dataclass(frozen=True, slots=True)
class Hand:
    """The chosen ends with their labels; `tilt` in degrees (positive leaning right), `confidence` 0..1 of the hand's label."""

    slap: FingerPosition
    tips: tuple[Tip, ...]
    positions: tuple[FingerPosition, ...]
    tilt: float
    confidence: float
    cost: float


def _behind(tips: list[Tip]) -> NDArray[np.bool_]:
    """Return (n, n): end j lies behind end i, on the same finger."""
    x, y = np.array([t.x for t in tips]), np.array([t.y for t in tips])
    turn = np.radians([t.angle for t in tips])
    width = np.array([t.half_width for t in tips])
    dx, dy = x[None, :] - x[:, None], y[None, :] - y[:, None]
    across = dx * np.cos(turn)[:, None] + dy * np.sin(turn)[:, None]
    along = -dx * np.sin(turn)[:, None] + dy * np.cos(turn)[:, None]
    result: NDArray[np.bool_] = (along > 0) & (along < 8 * width[:, None]) & (np.abs(across) < 1.1 * width[:, None])
    return result


def _lay(points: NDArray[np.complex128], model: NDArray[np.complex128], lean: NDArray[np.float64]) -> tuple[float, float]:
    """Return (cost, tilt in degrees) of laying the model on the points: rotation from the leans and the ends together."""
    p, m = points - points.mean(), model - model.mean()
    if len(points) == 1:
        return 0.0, float(lean.mean())
    # The turn by the ends alone is trusted with many fingers, the leans steady it with few.
    moment = np.sum(p * np.conj(m))
    steady = 40.0 * np.exp(1j * np.radians(lean)).sum()
    turn = float(np.angle(moment + steady))
    scale = float((np.exp(-1j * turn) * moment).real / np.sum(np.abs(m) ** 2))
    size = np.log(np.clip(scale, 0.2, 5.0))
    scale = float(np.exp(np.clip(size, -0.2, 0.25)))
    rest = np.abs(p - scale * np.exp(1j * turn) * m) ** 2
    off = (lean - np.degrees(turn) + 180) % 360 - 180
    cost = rest.sum() / (2 * _SIGMA**2) + (size / _SIZE_SIGMA) ** 2 / 2 + np.sum((off / _LEAN_SIGMA) ** 2) / 2
    return float(cost), float(np.degrees(turn))


def read_four(tips: list[Tip], missing: frozenset[FingerPosition], slaps: tuple[FingerPosition, ...]) -> list[Hand]:
    """Return the best reading of `tips` for each slap of `slaps` (left or right four), best first; empty when there are no ends."""
    tips = tips[:9]
    if not tips:
        return []
    behind = _behind(tips)
    place = np.array([complex(t.x, t.y) for t in tips])
    angle = np.array([t.angle for t in tips])
    clear = np.array([t.score for t in tips])
    found: list[Hand] = []
    for slap in slaps:
        mirrored = slap == FingerPosition.LEFT_FOUR
        model = -np.conj(_RIGHT) if mirrored else _RIGHT
        fan = -_FAN if mirrored else _FAN
        present = [k for k, finger in enumerate(SLAP_FINGERS[slap]) if finger not in missing]
        best: tuple[float, tuple[int, ...], tuple[int, ...], float] | None = None
        for size in range(min(len(present), len(tips)), 0, -1):
            for chosen in combinations(range(len(tips)), size):
                index = np.array(chosen)
                # A finger left out costs more than any residue it could have; an end behind another is another phalanx.
                base = _LEFT_OUT * (len(present) - size) - _CLEAR * float(clear[index].sum())
                base += 25.0 * float(behind[np.ix_(index, index)].sum()) + 25.0 * float(
                    behind[:, index].sum() > behind[np.ix_(index, index)].sum()
                )
                if best is not None and base > best[0]:
                    continue
                across = place[index] * np.exp(-1j * np.radians(np.median(angle[index])))
                order = index[np.argsort(across.real)]
                for labels in combinations(present, size):
                    columns = np.array(labels[::-1] if mirrored else labels)
                    cost, tilt = _lay(place[order], model[columns], angle[order] - fan[columns])
                    cost += base
                    if best is None or cost < best[0]:
                        best = (cost, tuple(order.tolist()), tuple(columns.tolist()), tilt)
        if best is not None:
            cost, ends, columns_, tilt = best
            names = tuple(SLAP_FINGERS[slap][c] for c in columns_)
            found.append(Hand(slap, tuple(tips[k] for k in ends), names, tilt, 0.0, cost))
    found.sort(key=lambda hand: hand.cost)
    if len(found) == 1:
        return found
    gap = found[1].cost - found[0].cost
    upright = (found[1].tilt ** 2 - found[0].tilt ** 2) / (2 * _TILT_SPREAD**2)
    sure = 1 / (1 + np.exp(-(_HAND_SLOPE * gap + upright)))
    # The cost beyond that of four perfectly clear ends in their places.
    misfit = found[0].cost + _CLEAR * len(found[0].tips)
    fits = 1 / (1 + np.exp((misfit - _MISFIT) / _MISFIT_WIDTH))
    # A hand turned far is easily taken for the other one turned less: never be sure there.
    doubt = float(np.clip((max(abs(found[0].tilt), abs(found[1].tilt)) - _TURNED) / _TURNED_SPAN, 0, 1))
    # With a finger missing that nobody declared, either hand fits with another finger missing.
    present = [finger for finger in SLAP_FINGERS[found[0].slap] if finger not in missing]
    if len(found[0].tips) < len(present):
        doubt = max(doubt, _UNDECLARED_DOUBT)
    sure = 0.5 + (sure - 0.5) * (1 - doubt) * fits
    return [Hand(h.slap, h.tips, h.positions, h.tilt, float(c), h.cost) for h, c in zip(found, (sure, 1 - sure), strict=True)]


def read_thumbs(tips: list[Tip], missing: frozenset[FingerPosition], middle: float) -> Hand | None:
    """Return the two thumbs (left one on the left, as both hands lie on the platen), or the one that is not missing.

    `middle` is the x of the picture's middle: one thumb alone, where two are expected, is labelled by its side, with little confidence.
    """
    if not tips:
        return None
    tips = tips[:9]
    present = [p for p in (FingerPosition.LEFT_THUMB, FingerPosition.RIGHT_THUMB) if p not in missing]
    behind = _behind(tips)
    best: tuple[float, tuple[int, ...]] = (np.inf, ())
    for size in range(min(len(present), len(tips)), 0, -1):
        for chosen in combinations(range(len(tips)), size):
            cost = 8.0 * (len(present) - size) - 12.0 * sum(tips[k].score for k in chosen)
            cost += 25.0 * sum(bool(behind[:, k].any()) for k in chosen)
            if size == 2:
                a, b = tips[chosen[0]], tips[chosen[1]]
                turn = np.radians((a.angle + b.angle) / 2)
                along = abs(-(b.x - a.x) * np.sin(turn) + (b.y - a.y) * np.cos(turn))
                # Thumbs lie beside each other: their ends at about one height, pointing about the same way.
                cost += (along / 8.0) ** 2 / 2 + ((a.angle - b.angle) / 20.0) ** 2 / 2
            if cost < best[0]:
                best = (cost, chosen)
    chosen_tips = sorted((tips[k] for k in best[1]), key=lambda t: t.x)
    tilt = float(np.mean([t.angle for t in chosen_tips]))
    if len(chosen_tips) < len(present):
        only = FingerPosition.LEFT_THUMB if chosen_tips[0].x < middle else FingerPosition.RIGHT_THUMB
        return Hand(FingerPosition.TWO_THUMBS, tuple(chosen_tips), (only,), tilt, 0.4, 0.0)
    return Hand(FingerPosition.TWO_THUMBS, tuple(chosen_tips), tuple(present), tilt, 0.95, 0.0)


def finger_angles(hand: Hand) -> list[float]:
    """Return each finger's angle in degrees: the hand's tilt with the usual fan, a little moved towards what its own end showed."""
    fan = {p: float(f) for p, f in zip(SLAP_FINGERS[FingerPosition.RIGHT_FOUR], _FAN, strict=True)}
    fan |= {p: -float(f) for p, f in zip(SLAP_FINGERS[FingerPosition.LEFT_FOUR], _FAN, strict=True)}
    if len(hand.tips) < 3:
        return [0.3 * hand.tilt + 0.7 * tip.angle for tip in hand.tips]
    usual = [hand.tilt + 0.6 * fan.get(p, 0.0) for p in hand.positions]
    return [u + 0.25 * float(np.clip(tip.angle - u, -12, 12)) for u, tip in zip(usual, hand.tips, strict=True)]
