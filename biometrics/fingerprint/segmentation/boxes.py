"""From a finger end to the oriented box of the last phalanx."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.segmentation.grid import CELL, Floats
from biometrics.fingerprint.segmentation.tips import Tip

_LIVE: Final = 0.5
# The patch around a dome's centre, in cells.
_HALF, _ABOVE, _BELOW = 20, 22, 44
# A print rounder than this has no axis worth asking.
_ROUND: Final = 1.15
_CUT_SAY: Final = 0.3
# The crease under the last phalanx: how much weaker than the print above it, and how much the next phalanx rises again.
_CREASE_DEPTH, _CREASE_RISE = 0.86, 0.12


@dataclass(frozen=True, slots=True)
class Box:
    """Oriented box in px at 500 ppi: centre, width across, height along the finger, angle in degrees (positive leaning right).

    Attributes:
        solid: share of the box that is print.
        axis, say: the print's own lean in degrees, and how much that is worth (0 for a round print).
    """

    x: float
    y: float
    width: float
    height: float
    angle: float
    solid: float
    axis: float
    say: float


def _straighten(grid: Floats, x: float, y: float, angle: float) -> Floats:
    """Return the grid around the tip (x, y), turned upright: rows -_ABOVE.._BELOW, columns -_HALF.._HALF."""
    turn = np.radians(angle)
    c, s, half, above = np.cos(turn), np.sin(turn), _HALF, _ABOVE
    matrix = np.array([[c, -s, x - c * half + s * above], [s, c, y - s * half - c * above]], np.float32)
    size = (2 * half + 1, above + _BELOW + 1)
    return np.asarray(cv2.warpAffine(grid, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.float32)


def fit_box(grid: Floats, strength: Floats, tip: Tip, others: list[Tip], angle: float) -> Box:
    """Return the box of the last phalanx that ends in `tip`, turned by `angle` degrees; it never reaches past the middle between two fingers.

    `grid` is the ridge grid with its contrast raised (finger or not), `strength` the grid itself, in which the crease shows.
    """
    turn = np.radians(angle)
    # Start from the dome's centre: the tip itself depends on the kernel's angle.
    cx, cy = _dome(tip)
    half, above = _HALF, _ABOVE
    patch = _straighten(grid, cx, cy, angle)
    live = patch > _LIVE
    columns = np.arange(-half, half + 1)
    for other in others:
        ox, oy = (o - c for o, c in zip(_dome(other), (cx, cy), strict=True))
        u, v = ox * np.cos(turn) + oy * np.sin(turn), -ox * np.sin(turn) + oy * np.cos(turn)
        if abs(v) < 2.5 * (tip.half_width + other.half_width) and abs(u) > 3:
            share = u * tip.half_width / (tip.half_width + other.half_width)
            live[:, columns > share if u > 0 else columns < share] = False
    count, labels = cv2.connectedComponents(live.astype(np.uint8), connectivity=4)
    names = np.bincount(labels[above - 3 : above + 4, half - 3 : half + 4].ravel(), minlength=count)
    names[0] = 0
    if count > 1 and names.max() > 0:
        live &= labels == int(names.argmax())
    rows = live.sum(1)
    widest = float(np.percentile(rows[above - 3 : above + 12], 85)) or 2 * tip.half_width
    body = np.flatnonzero(rows[: above + 1] < 0.28 * widest)
    top = int(body[-1]) + 1 if len(body) else 0
    bottom = _bottom(live, _straighten(strength, cx, cy, angle), top, widest)
    part = live[top:bottom]
    ys, xs = np.nonzero(part)
    if len(ys) < 12:
        return Box(cx * CELL, cy * CELL, 2 * tip.half_width * CELL, 2.8 * tip.half_width * CELL, angle, 0.2, angle, 0.0)
    left, right = np.percentile(xs, 1.5) - half - 0.5, np.percentile(xs, 98.5) - half + 0.5
    middle_u, middle_v = (left + right) / 2, (top + bottom) / 2 - above - 0.5
    lean, elongation = _axis(part)
    say = max(elongation - _ROUND, 0.0)
    # An end cut off by the picture's edge pulls the axis askew.
    tip_y = cy + (top - above) * np.cos(turn)
    if tip_y < 1.5:
        say *= _CUT_SAY
    return Box(
        (cx + middle_u * np.cos(turn) - middle_v * np.sin(turn) + 0.5) * CELL,
        (cy + middle_u * np.sin(turn) + middle_v * np.cos(turn) + 0.5) * CELL,
        float(right - left) * CELL,
        float(bottom - top) * CELL,
        angle,
        float(part.mean()),
        angle + lean,
        say,
    )


def _dome(tip: Tip) -> tuple[float, float]:
    """Return the centre of the dome that ends in `tip`, in cells."""
    lean, dome = np.radians(tip.angle), 1.15 * tip.half_width
    return float(tip.x - dome * np.sin(lean)), float(tip.y + dome * np.cos(lean))


def _axis(part: NDArray[np.bool_]) -> tuple[float, float]:
    """Return (lean in degrees against the patch's upright, long axis / short axis) of a print.

    The lean is the mean of two looks: the axis of the whole area (pulled by a ragged end) and the middle line of its full rows (pulled by one
    straight side).
    """
    ys, xs = np.nonzero(part)
    x, y = xs - xs.mean(), ys - ys.mean()
    xx, yy, xy = float((x * x).mean()), float((y * y).mean()) + 1e-6, float((x * y).mean())
    whole = -0.5 * np.degrees(np.arctan2(2 * xy, yy - xx))
    rows = part.sum(1)
    full = np.flatnonzero(rows > 0.6 * np.percentile(rows, 85))
    line = whole
    if len(full) >= 6:
        middle = np.array([np.flatnonzero(part[v]).mean() for v in full])
        line = -np.degrees(np.arctan(np.polyfit(full, middle, 1)[0]))
    return float(0.5 * (whole + line)), float(np.sqrt(yy / max(xx, 1e-6)))


def _bottom(live: NDArray[np.bool_], strength: Floats, top: int, widest: float) -> int:
    """Return the row below the phalanx: at the first crease, where the print ends, or at most 1.75 widths from the tip."""
    rows = live.sum(1)
    last = min(len(rows), top + round(1.75 * widest))
    first = min(last, top + round(1.05 * widest))
    empty = np.flatnonzero(rows[top + 3 : last] < 0.25 * widest)
    if len(empty):
        last = top + 3 + int(empty[0])
    if last - first < 3:
        return last
    half = live.shape[1] // 2
    reach = max(2, int(widest / 4))
    line = strength[:, half - reach : half + reach + 1].mean(1)
    before = float(np.median(line[top + 3 : first]))
    for row in range(first, last):
        after = float(line[row : row + 5].max())
        lowest = line[row] <= line[max(row - 2, 0) : row + 3].min()
        if lowest and line[row] < _CREASE_DEPTH * before and after > line[row] + _CREASE_RISE:
            return row
    return last
