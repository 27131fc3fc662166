"""Finger ends: the last phalanx is a dome on a body, with nothing beyond it. A bank of turned dome kernels finds them, touching or not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.segmentation.grid import Floats

ANGLES: Final = tuple(range(-50, 51, 10))
# Half widths of a finger end, in cells of 0.8 mm (9 to 19 mm wide).
HALF_WIDTHS: Final = (6.0, 7.6, 9.6)
LEAST_SCORE: Final = 0.35
_RING: Final = 3.0


@dataclass(frozen=True, slots=True)
class Tip:
    """A finger end: tip (x, y) in cells, angle in degrees (0 up, positive leaning right), half width in cells, score up to 1."""

    x: float
    y: float
    angle: float
    half_width: float
    score: float


@cache
def _kernel(angle: int, half_width: float) -> Floats:
    """Return the kernel, centred on the dome's centre."""
    size = round(2 * half_width + 2 * _RING) | 1
    line = np.arange(-size, size + 1, dtype=np.float32)
    x, y = np.meshgrid(line, line)
    turn = np.radians(angle)
    # Finger frame: u across, v along, towards the palm.
    u = x * np.cos(turn) + y * np.sin(turn)
    v = -x * np.sin(turn) + y * np.cos(turn)
    dome = 1.15 * half_width
    body = 1.2 * half_width

    def shape(grow: float) -> NDArray[np.bool_]:
        a = half_width + grow
        top = (u / a) ** 2 + (np.minimum(v, 0) / (dome + grow)) ** 2 <= 1
        result: NDArray[np.bool_] = top & (v < body)
        return result

    inner, outer = shape(0.0), shape(_RING) & ~shape(0.7)
    # The dome's outside says "end"; the sides may touch a neighbour, so they weigh less.
    outside = outer * np.where(v < 0, 1.0, 0.5)
    kernel = inner / inner.sum() - outside / outside.sum()
    return np.asarray(kernel, np.float32)


def _between(scores: Floats, k: int, angles: tuple[int, ...]) -> float:
    """Return the angle in degrees where a parabola through the scores of the angles around number `k` has its top."""
    if k in {0, len(angles) - 1}:
        return float(angles[k])
    before, here, after = (float(scores[k + d]) for d in (-1, 0, 1))
    bend = before - 2 * here + after
    step = angles[1] - angles[0]
    return angles[k] + (step * float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < -1e-6 else 0.0)


def find_tips(grid: Floats, most: int = 14, *, quick: bool = False) -> list[Tip]:
    """Return finger ends of a ridge grid, best first; two of them are never closer than most of a width.

    `quick` tries every other angle and two widths: for live pictures.
    """
    angles = ANGLES[::2] if quick else ANGLES
    half_widths = HALF_WIDTHS[::2] if quick else HALF_WIDTHS
    best = np.full(grid.shape, -1.0, np.float32)
    which = np.zeros(grid.shape, np.int16)
    names = [(angle, half_width) for half_width in half_widths for angle in angles]
    scores = np.empty((len(names), *grid.shape), np.float32)
    for number, (angle, half_width) in enumerate(names):
        score = cv2.filter2D(grid, cv2.CV_32F, _kernel(angle, half_width), borderType=cv2.BORDER_CONSTANT)
        scores[number] = score
        better = score > best
        best[better] = score[better]
        which[better] = number
    peaks = (best >= cv2.dilate(best, np.ones((5, 5), np.uint8))) & (best > LEAST_SCORE)
    ys, xs = np.nonzero(peaks)
    order = np.argsort(-best[ys, xs])
    tips: list[Tip] = []
    centres: list[tuple[float, float, float]] = []
    for k in order:
        angle, half_width = names[which[ys[k], xs[k]]]
        number = int(which[ys[k], xs[k]])
        fine = _between(scores[number // len(angles) * len(angles) :, ys[k], xs[k]], number % len(angles), angles)
        x, y = float(xs[k]), float(ys[k])
        if any(np.hypot(x - ox, y - oy) < 0.75 * (half_width + ow) for ox, oy, ow in centres):
            continue
        turn, dome = np.radians(fine), 1.15 * half_width
        centres.append((x, y, half_width))
        tips.append(
            Tip(x + float(dome * np.sin(turn)), y - float(dome * np.cos(turn)), fine, half_width, float(best[ys[k], xs[k]]))
        )
        if len(tips) == most:
            break
    return tips
