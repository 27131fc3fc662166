"""What the eye would look at: a few plain figures of a print at 250 ppi, from which the reasons are told.

Cheap enough for every preview frame (no rotation of blocks, no minutiae). All lengths leave here in millimetres, all grey values
relative to the image's own white and black, so that resolution and sensor matter little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

LOOK_PPI: Final = 250
CELL: Final = 8
CELL_MM: Final = CELL * 25.4 / LOOK_PPI

_LEAST_STD: Final = 9.0  # grey levels: below it a cell is empty glass
_NEAR: Final = np.ones((7, 7), np.uint8)


@dataclass(frozen=True, slots=True)
class Signs:
    """Figures of one print.

    Attributes:
        cells: bool (rows, columns), the finger, one per 8x8 pixels at 250 ppi; scale: pixels of the image per cell.
        area_mm2: of the finger. box: (left, top, right, bottom) cells, exclusive. centre: (x, y) of the finger in cells.
        gaps_mm: free glass (left, top, right, bottom) between finger and frame.
        duty: mean inkiness 0..1 inside the finger: about a third to a half is right.
        width: share of dark pixels against the local middle. filled: how far the valleys fall short of the free glass, 0..1.
        contrast: grey range of the finger, 0..1 of 255.
        coherence: mean certainty of the ridge direction, 0..1.
        flicker: how speckled the ridges are: energy finer than ridges, relative to that of ridges.
        sway: 0..1, how much the contrast of ridges depends on their direction (a moved finger keeps only one direction).
        sharpness: gradient energy relative to the contrast squared; low when blurred.
        tilt_deg: lean of the finger's long axis, clockwise; elongation: long axis / short axis.
        unrest: deviation of the free glass in grey levels: next to nothing on optical sensors; inf where no glass is free.
        ghost: share of the glass outside the finger that shows faint ridges. specks: dark spots on the free glass.
    """

    cells: NDArray[np.bool_]
    scale: float
    area_mm2: float
    box: tuple[int, int, int, int]
    centre: tuple[float, float]
    gaps_mm: tuple[float, float, float, float]
    duty: float
    width: float
    filled: float
    contrast: float
    coherence: float
    flicker: float
    sway: float
    sharpness: float
    tilt_deg: float
    elongation: float
    unrest: float
    ghost: float
    specks: int
    ghost_box: tuple[int, int, int, int] | None
    speck_box: tuple[int, int, int, int] | None


def look(image: NDArray[np.uint8], ppi: int) -> Signs | None:
    """Return the signs of a frame, uint8 (H, W), or None when no finger is on it."""
    scale = LOOK_PPI / ppi
    size = max(CELL, round(image.shape[1] * scale)), max(CELL, round(image.shape[0] * scale))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8) if scale != 1 else image
    rows, columns = small.shape[0] // CELL, small.shape[1] // CELL
    if rows < 3 or columns < 3:
        return None
    small = small[: rows * CELL, : columns * CELL]
    values = small.astype(np.float32)
    grid = (columns, rows)

    def per_cell(plane: Float) -> Float:
        return np.asarray(cv2.resize(plane, grid, interpolation=cv2.INTER_AREA), np.float32)

    mean = per_cell(values)
    deviation = np.sqrt(np.maximum(per_cell(values * values) - mean * mean, 0))
    gx = cv2.Sobel(values, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    gy = cv2.Sobel(values, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    xx, yy, xy = per_cell(gx * gx), per_cell(gy * gy), per_cell(gx * gy)
    energy = xx + yy
    around = [cv2.blur(p, (3, 3)) for p in (xx, yy, xy)]
    turn_c, turn_s = around[0] - around[1], 2 * around[2]
    length = np.sqrt(turn_c * turn_c + turn_s * turn_s)
    coherence = length / (around[0] + around[1] + 1e-6)

    strong = float(np.partition(deviation.ravel(), -max(1, deviation.size // 20))[-max(1, deviation.size // 20)])
    if strong < _LEAST_STD:
        return None
    busy = (deviation > max(_LEAST_STD, 0.38 * strong)).astype(np.uint8)
    cells = _main_part(busy)
    count = int(cells.sum())
    if count * CELL_MM * CELL_MM < 8:
        return None
    ys, xs = np.nonzero(cells)
    box = int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1
    gaps = (box[0] * CELL_MM, box[1] * CELL_MM, (columns - box[2]) * CELL_MM, (rows - box[3]) * CELL_MM)
    core = cv2.erode(cells.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    if int(core.sum()) < 6:
        core = cells

    inside = cv2.resize(core.astype(np.uint8), (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST)
    histogram = cv2.calcHist([small], [0], inside, [256], [0, 256]).ravel()
    steps = np.cumsum(histogram) / max(1.0, float(histogram.sum()))
    black, white = int(np.searchsorted(steps, 0.03)), int(np.searchsorted(steps, 0.985))
    contrast = max(white - black, 1)
    high, low = cv2.dilate(small, _NEAR), cv2.erode(small, _NEAR)
    middle = cv2.blur(cv2.addWeighted(high, 0.5, low, 0.5, 0), (7, 7))
    width = float(cv2.mean((small < middle).view(np.uint8), inside)[0])
    open_glass = _glass(small, cells, white)
    filled = float(np.clip((open_glass - cv2.mean(high, inside)[0]) / max(open_glass, 1), 0, 1))
    duty = float(1 - np.clip((mean[core].mean() - black) / contrast, 0, 1))
    fine = cv2.Laplacian(values, cv2.CV_32F, ksize=1)
    flicker = float(per_cell(fine * fine)[core].mean() / (energy[core].mean() + 1e-6))
    mx, my = float(xs.mean()), float(ys.mean())
    tilt, elongation = _axis((xs - mx).astype(np.float64), (ys - my).astype(np.float64))
    ghost, ghost_box = _ghost(cells, deviation, coherence, strong)
    specks, unrest, speck_box = _specks(small, cells)
    return Signs(
        cells=cells,
        scale=CELL / scale,
        area_mm2=count * CELL_MM * CELL_MM,
        box=box,
        centre=(mx + 0.5, my + 0.5),
        gaps_mm=gaps,
        duty=duty,
        width=width,
        filled=filled,
        contrast=contrast / 255,
        coherence=float(coherence[core].mean()),
        flicker=flicker,
        sway=_sway(energy[core], turn_c[core], turn_s[core], length[core]),
        sharpness=float(energy[core].mean() / contrast**2),
        tilt_deg=tilt,
        elongation=elongation,
        unrest=unrest,
        ghost=ghost,
        specks=specks,
        ghost_box=ghost_box,
        speck_box=speck_box,
    )


def _glass(small: NDArray[np.uint8], cells: NDArray[np.bool_], white: int) -> float:
    """Return the grey of the free glass, or the white of the finger where it fills the frame."""
    near = cv2.dilate(cells.astype(np.uint8), np.ones((5, 5), np.uint8))
    if int((near == 0).sum()) < 12:
        return float(white)
    free = cv2.resize(1 - near, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST)
    return max(float(cv2.mean(small, free)[0]), float(white))


def _main_part(busy: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Close small gaps, keep the largest part, fill its holes."""
    kernel = np.ones((3, 3), np.uint8)
    closed = cv2.morphologyEx(cv2.copyMakeBorder(busy, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0), cv2.MORPH_CLOSE, kernel)
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
    if count <= 1:
        return np.zeros(busy.shape, bool)
    part = (labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    outer = part.copy()
    cv2.floodFill(outer, None, (0, 0), 7)
    return np.asarray((outer != 7)[2:-2, 2:-2])


def _axis(dx: NDArray[np.float64], dy: NDArray[np.float64]) -> tuple[float, float]:
    """Return lean (degrees clockwise from upright, -90..90) and elongation of a cloud of cells."""
    a, b, c = float((dx * dx).mean()) + 0.08, float((dy * dy).mean()) + 0.08, float((dx * dy).mean())
    root = np.hypot(a - b, 2 * c)
    # Long axis from the vertical: for c < 0 (up-right, down-left) it leans clockwise.
    lean = 0.5 * np.degrees(np.arctan2(-2 * c, b - a))
    return float(lean), float(np.sqrt((a + b + root) / max(a + b - root, 1e-6)))


def _sway(energy: Float, c: Float, s: Float, length: Float) -> float:
    """Return the first harmonic of ridge energy over doubled direction, relative to its mean."""
    unit_c, unit_s = c / (length + 1e-6), s / (length + 1e-6)
    n = energy.size
    if n < 12:
        return 0.0
    # Least squares of energy on (1, cos, sin) of the doubled angle.
    design = np.stack([np.ones(n, np.float32), unit_c, unit_s], axis=1).astype(np.float64)
    gram = design.T @ design + np.diag([0, 0.02 * n, 0.02 * n])
    solution = np.linalg.solve(gram, design.T @ energy.astype(np.float64))
    return float(np.clip(np.hypot(solution[1], solution[2]) / max(solution[0], 1e-6), 0, 1.5))


def _ghost(
    cells: NDArray[np.bool_], deviation: Float, coherence: Float, strong: float
) -> tuple[float, tuple[int, int, int, int] | None]:
    """Faint ridges on the glass beside the finger: some contrast, a clear direction, not next to the finger."""
    near = cv2.dilate(cells.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    free = ~near
    total = int(free.sum())
    if total < 12:
        return 0.0, None
    # A rough background (capacitive, thermal) hides ghosts: the limit follows its own unrest.
    limit = max(1.5, 0.028 * strong, 4.0 * float(np.median(deviation[free])))
    faint = free & (deviation > limit) & (coherence > 0.42)
    faint &= cv2.blur(faint.astype(np.float32), (3, 3)) > 0.45
    if not faint.any():
        return 0.0, None
    ys, xs = np.nonzero(faint)
    return float(faint.sum() / total), (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)


def _specks(small: NDArray[np.uint8], cells: NDArray[np.bool_]) -> tuple[int, float, tuple[int, int, int, int] | None]:
    """Dark spots on the free glass: count, the glass's unrest (inf: no glass), and the cells around them."""
    near = cv2.dilate(cells.astype(np.uint8), np.ones((5, 5), np.uint8))
    free = cv2.resize(1 - near, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST)
    if not free.any():
        return 0, float("inf"), None
    level, unrest = (float(v[0, 0]) for v in cv2.meanStdDev(small, mask=free))
    if unrest > 12:  # not glass but the texture of the sensor
        return 0, unrest, None
    dark = ((small < level - 28) & (free > 0)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    good = [k for k in range(1, count) if stats[k, cv2.CC_STAT_AREA] >= 2]
    if not good:
        return 0, unrest, None
    left = min(int(stats[k, cv2.CC_STAT_LEFT]) for k in good) // CELL
    top = min(int(stats[k, cv2.CC_STAT_TOP]) for k in good) // CELL
    right = max(int(stats[k, cv2.CC_STAT_LEFT] + stats[k, cv2.CC_STAT_WIDTH]) for k in good) // CELL + 1
    bottom = max(int(stats[k, cv2.CC_STAT_TOP] + stats[k, cv2.CC_STAT_HEIGHT]) for k in good) // CELL + 1
    return len(good), unrest, (left, top, right, bottom)
