"""The block machinery shared by the local measures: gradients, foreground, orientation, rotated patches.

All functions handle every block of an image at once; none loops over blocks. Sums are kept exact: gradients are doubled
(so whole numbers), products and sums over 32 rows stay below 2**24 and therefore exact in float32, block totals are float64.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 32
BORDER: Final = 2  # the window that holds a rotated 32x16 patch is 36 wide: ceil(sqrt(32**2 + 16**2)), two more on each side
FOREGROUND_STD: Final = 0.1
DBL_EPSILON: Final = float(np.finfo(np.float64).eps)

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GradientSums:
    """Per block of a 32-grid: sums of 4*gx*gx, 4*gy*gy, 4*gx*gy and the pixel count; float64 (rows, columns), exact."""

    xx: Float
    yy: Float
    xy: Float
    count: Float


@dataclass(frozen=True, slots=True)
class AnalysisGrid:
    """Blocks of the grid that starts at (2, 2): origin rows and columns, foreground flags and orientation.

    `rows`, `columns`: 1-D block origins. `foreground` bool and `angle` float64 radians, both (rows, columns); the angle is
    that of the line across the ridges.
    """

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    foreground: NDArray[np.bool_]
    angle: Float


@dataclass(frozen=True, slots=True)
class GreySums:
    """Per block of the 32-grid: sums of the grey values and of their squares, and the pixel count; float64, exact."""

    grey: Float
    square: Float
    count: Float


def block_counts(height: int, width: int) -> Float:
    """Return the pixels of every block of the 32-grid, partial edge blocks included, float64 (rows, columns)."""
    rows = np.minimum(BLOCK, height - np.arange(0, height, BLOCK))
    columns = np.minimum(BLOCK, width - np.arange(0, width, BLOCK))
    return np.outer(rows, columns).astype(np.float64)


def _filled_up(height: int, width: int) -> NDArray[np.float32]:
    """Return zeros, float32, of the size filled up to whole blocks."""
    return np.zeros((-(-height // BLOCK) * BLOCK, -(-width // BLOCK) * BLOCK), np.float32)


def _block_totals(values: NDArray[np.float32]) -> Float:
    """Sum whole blocks; exact while sums over 32 rows stay below 2**24."""
    height, width = values.shape
    rows = values.reshape(height // BLOCK, BLOCK, width).sum(axis=1).astype(np.float64)
    return np.asarray(rows.reshape(height // BLOCK, width // BLOCK, BLOCK).sum(axis=2))


def grey_sums(image: NDArray[np.uint8]) -> GreySums:
    """Return the grey sums of `image` over its 32-grid from (0, 0)."""
    height, width = image.shape
    values = _filled_up(height, width)
    values[:height, :width] = image
    grey = _block_totals(values)
    np.multiply(values, values, out=values)
    return GreySums(grey, _block_totals(values), block_counts(height, width))


def gradient_sums(image: NDArray[np.uint8]) -> GradientSums:
    """Return the gradient products of `image` summed over its 32-grid from (0, 0), partial edge blocks included.

    The derivative is taken inside isolated blocks: central, one-sided at block edges, 0 across a block one pixel wide.
    """
    height, width = image.shape
    values = image.astype(np.float32)
    gx, gy = _filled_up(height, width), _filled_up(height, width)
    if width > 1:
        np.subtract(values[:, 2:], values[:, :-2], out=gx[:height, 1 : width - 1])
    if height > 1:
        np.subtract(values[2:], values[:-2], out=gy[1 : height - 1, :width])
    for first in range(0, width, BLOCK):
        last = min(first + BLOCK, width) - 1
        if last > first:
            gx[:height, first] = 2 * (values[:, first + 1] - values[:, first])
            gx[:height, last] = 2 * (values[:, last] - values[:, last - 1])
        else:
            gx[:height, first] = 0
    for first in range(0, height, BLOCK):
        last = min(first + BLOCK, height) - 1
        if last > first:
            gy[first, :width] = 2 * (values[first + 1] - values[first])
            gy[last, :width] = 2 * (values[last] - values[last - 1])
        else:
            gy[first, :width] = 0
    mixed = _block_totals(gx * gy)
    np.multiply(gx, gx, out=gx)
    np.multiply(gy, gy, out=gy)
    return GradientSums(_block_totals(gx), _block_totals(gy), mixed, block_counts(height, width))


def foreground_mask(sums: GreySums) -> NDArray[np.bool_]:
    """Return bool (rows, columns): blocks whose standard deviation exceeds a tenth of the whole image's."""
    variance = sums.square / sums.count - (sums.grey / sums.count) ** 2
    pixels = sums.count.sum()
    whole = sums.square.sum() / pixels - (sums.grey.sum() / pixels) ** 2
    if whole <= 0:
        return np.zeros(sums.grey.shape, bool)
    return np.asarray(np.sqrt(np.maximum(variance, 0) / whole) > FOREGROUND_STD)


def analysis_grid(image: NDArray[np.uint8], mask: NDArray[np.bool_]) -> AnalysisGrid:
    """Return the blocks at 2, 34, 66, ... with their foreground flag and orientation.

    A block is foreground only when all mask blocks it touches are. The angle follows NFIQ 2's own formula, which takes
    the mixed moment once, not twice.
    """
    height, width = image.shape
    rows = np.arange(BORDER, height - BLOCK - 1, BLOCK, dtype=np.int32)
    columns = np.arange(BORDER, width - BLOCK - 1, BLOCK, dtype=np.int32)
    if not (rows.size and columns.size):
        empty = np.zeros((rows.size, columns.size))
        return AnalysisGrid(rows, columns, empty.astype(bool), empty)
    n, m = rows.size, columns.size
    foreground = mask[:n, :m] & mask[1 : n + 1, :m] & mask[:n, 1 : m + 1] & mask[1 : n + 1, 1 : m + 1]
    sums = gradient_sums(image[BORDER : BORDER + BLOCK * n, BORDER : BORDER + BLOCK * m])
    scale = 0.25 / (BLOCK * BLOCK)
    mixed = sums.xy * scale
    straight = (sums.xx - sums.yy) * scale
    d = mixed * mixed + straight * straight + DBL_EPSILON
    return AnalysisGrid(rows, columns, foreground, 0.5 * np.arctan2(mixed / d, straight / d))


def rotated_patches(
    padded: NDArray[np.uint8],
    origin: tuple[NDArray[np.int32], NDArray[np.int32]],
    angle: Float,
    window: int,
    part: tuple[slice, slice],
) -> NDArray[np.uint8]:
    """Sample one rotated patch per block, exactly as OpenCV's nearest-neighbour warp does (10-bit fixed point).

    Args:
        padded: the image with 4 zero pixels around it.
        origin: rows and columns (1-D, one per patch) of the blocks in the image.
        angle: radians per patch.
        window: 36 (the plain window) or 40 (grown by two pixels of the real surroundings on each side).
        part: which rows and columns of the rotated window are wanted.

    Returns:
        uint8 (patches, rows, columns); samples outside window or image are 0.
    """
    centre = window / 2
    radians = np.deg2rad(np.rad2deg(angle))
    cosine, sine = np.cos(radians), np.sin(radians)
    # Forward matrix (getRotationMatrix2D), then its inverse in OpenCV's order of operations.
    shift_x = (1 - cosine) * centre - sine * centre
    shift_y = sine * centre + (1 - cosine) * centre
    scale = 1 / (cosine * cosine + sine * sine)
    i00, i01, i10 = cosine * scale, -sine * scale, sine * scale
    i02 = -i00 * shift_x - i01 * shift_y
    i12 = -i10 * shift_x - i00 * shift_y
    y = np.arange(window, dtype=np.float64)[part[0]]
    x = np.arange(window, dtype=np.float64)[part[1]]

    def ticks(values: Float) -> NDArray[np.int32]:
        return np.rint(values * 1024).astype(np.int32)

    xs = ticks(i00[:, None] * x)[:, None, :] + (ticks(i01[:, None] * y + i02[:, None]) + 512)[:, :, None] >> 10
    ys = ticks(i10[:, None] * x)[:, None, :] + (ticks(i00[:, None] * y + i12[:, None]) + 512)[:, :, None] >> 10
    # The window starts 2 (or 4) pixels before the block; the padding moves everything by 4.
    lead = 4 - (window - BLOCK) // 2
    base = (origin[0] + lead) * padded.shape[1] + origin[1] + lead
    index = ys * np.int32(padded.shape[1])
    index += xs
    index += base[:, None, None].astype(np.int32)
    outside = (xs | ys | (window - 1 - xs) | (window - 1 - ys)) < 0
    index[outside] = 0  # the corner of the padding: zero
    return np.asarray(padded.ravel()[index])


def zero_border(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return `image` with the 4 zero pixels around it that `rotated_patches` expects."""
    return np.asarray(cv2.copyMakeBorder(image, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=0), np.uint8)
