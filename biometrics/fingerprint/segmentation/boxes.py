"""From a finger end to the oriented box of the last phalanx."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from biometrics.fingerprint.segmentation.grid import CELL, Floats
from biometrics.fingerprint.segmentation.tips import Tip

_LIVE: Final = 0.5
# The patch around a dome's centre, in cells.
_HALF, _ABOVE, _BELOW = 20, 22, 44


@dataclass(frozen=True, slots=True)
class Box:
    """Oriented box in px at 500 ppi: centre, width across, height along the finger, angle in degrees (positive leaning right)."""

    x: float
    y: float
    width: float
    height: float
    angle: float
    solid: float


def _straighten(grid: Floats, x: float, y: float, angle: float) -> Floats:
    """Return the grid around the tip (x, y), turned upright: rows -_ABOVE.._BELOW, columns -_HALF.._HALF."""
    turn = np.radians(angle)
    c, s, half, above = np.cos(turn), np.sin(turn), _HALF, _ABOVE
    matrix = np.array([[c, -s, x - c * half + s * above], [s, c, y - s * half - c * above]], np.float32)
    size = (2 * half + 1, above + _BELOW + 1)
    return np.asarray(cv2.warpAffine(grid, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.float32)


def fit_box(grid: Floats, tip: Tip, others: list[Tip], expected: float, trust: float) -> Box:
    """Return the box of the last phalanx that ends in `tip`; it never reaches past the middle between two fingers.

    `expected` is the angle the hand says, in degrees; `trust` 0..1 how far the finger's own middle line may move it.
    """
    angle = expected
    turn = np.radians(angle)
    # Start from the dome's centre: the tip itself depends on the kernel's angle.
    lean = np.radians(tip.angle)
    dome = 1.15 * tip.half_width
    cx, cy = tip.x - dome * np.sin(lean), tip.y + dome * np.cos(lean)
    half, above = _HALF, _ABOVE
    box = Box(0, 0, 0, 0, angle, 0)
    for _ in range(3):
        turn = np.radians(angle)
        patch = _straighten(grid, cx, cy, angle)
        live = patch > _LIVE
        columns = np.arange(-half, half + 1)
        for other in others:
            ox = other.x - 1.15 * other.half_width * np.sin(np.radians(other.angle)) - cx
            oy = other.y + 1.15 * other.half_width * np.cos(np.radians(other.angle)) - cy
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
        body = np.flatnonzero(rows[: above + 1] < 0.35 * widest)
        top = int(body[-1]) + 1 if len(body) else 0
        bottom = _bottom(live, patch, top, widest)
        part = live[top:bottom]
        ys, xs = np.nonzero(part)
        if len(ys) < 12:
            return Box(cx * CELL, cy * CELL, 2 * tip.half_width * CELL, 2.8 * tip.half_width * CELL, angle, 0.2)
        left, right = np.percentile(xs, 1.5) - half - 0.5, np.percentile(xs, 98.5) - half + 0.5
        middle_u, middle_v = (left + right) / 2, (top + bottom) / 2 - above - 0.5
        box = Box(
            (cx + middle_u * np.cos(turn) - middle_v * np.sin(turn) + 0.5) * CELL,
            (cy + middle_u * np.sin(turn) + middle_v * np.cos(turn) + 0.5) * CELL,
            float(right - left) * CELL,
            float(bottom - top) * CELL,
            angle,
            float(part.mean()),
        )
        # The middle line of the rows below the dome says how the finger leans.
        start, stop = min(4, len(part) // 3), len(part)
        some = [(v, np.flatnonzero(part[v]).mean()) for v in range(start, stop) if part[v].sum() > 0.6 * widest]
        if len(some) < 6:
            break
        v, u = np.array(some).T
        slope = float(np.polyfit(v, u, 1)[0])
        step = float(np.clip(-np.degrees(np.arctan(slope)), -8, 8)) * min(1.0, len(some) / 14)
        angle = float(np.clip(angle + 0.7 * trust * step, expected - 12 * trust, expected + 12 * trust))
    return box


def _bottom(live: np.ndarray, patch: Floats, top: int, widest: float) -> int:
    """Return the row below the phalanx: at the crease, where the print ends, or at most 1.75 widths from the tip."""
    rows = live.sum(1)
    last = min(len(rows), top + round(1.75 * widest))
    first = min(last, top + round(1.05 * widest))
    empty = np.flatnonzero(rows[top + 3 : last] < 0.25 * widest)
    if len(empty):
        last = top + 3 + int(empty[0])
    if last - first < 3:
        return last
    half = live.shape[1] // 2
    reach = max(2, int(widest / 3))
    line = patch[:, half - reach : half + reach + 1].mean(1)
    dip = first + int(line[first:last].argmin())
    before = float(line[top + 3 : dip].mean()) if dip > top + 3 else 0.0
    after = float(line[dip : last + 3].max()) if dip < last else 0.0
    return dip if line[dip] < 0.75 * before and after > line[dip] + 0.1 else last
