"""The four measures at minutiae: how many, how many near their centre, how dark and how certain the ridges are there."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality import names
from biometrics.fingerprint.quality.blocks import BLOCK
from biometrics.fingerprint.quality.minutiae333 import Minutiae

_HALF: Final = BLOCK // 2
_REACH: Final = 100
_MU_LIMIT: Final = 0.5
_OCL_LIMIT: Final = 80


def minutia_measures(crop: NDArray[np.uint8], found: Minutiae, mean: float, deviation: float) -> dict[str, float]:
    """Return the four measures by name.

    Args:
        crop: white-cropped image, uint8 (H, W), at least 32x32.
        found: its minutiae.
        mean, deviation: grey mean and population standard deviation of `crop`.
    """
    n = found.x.size
    result = {names.COM_COUNT: 0.0, names.MINUTIAE_COUNT: float(found.count), names.MINUTIAE_MU: 0.0, names.MINUTIAE_OCL: 0.0}
    if not n:
        return result
    near = (np.abs(found.x - int(found.x.sum()) // n) <= _REACH) & (np.abs(found.y - int(found.y.sum()) // n) <= _REACH)
    result[names.COM_COUNT] = float(np.count_nonzero(near))
    darkness = (mean - _block_means(crop, found)) / deviation
    result[names.MINUTIAE_MU] = float(np.count_nonzero((darkness > 0) & (darkness <= _MU_LIMIT)) / n)
    percent = np.floor(100 * _block_certainty(crop, found) + 0.5)
    result[names.MINUTIAE_OCL] = float(np.count_nonzero(percent > _OCL_LIMIT) / n)
    return result


def _block_means(crop: NDArray[np.uint8], found: Minutiae) -> NDArray[np.float64]:
    """Grey mean of the block around each minutia: its start is kept inside, its end cut at the border."""
    table = cv2.integral(crop)
    y0, x0 = np.maximum(found.y - _HALF, 0), np.maximum(found.x - _HALF, 0)
    y1, x1 = np.minimum(y0 + BLOCK, crop.shape[0]), np.minimum(x0 + BLOCK, crop.shape[1])
    total = table[y1, x1] - table[y0, x1] - table[y1, x0] + table[y0, x0]
    return np.asarray(total / ((y1 - y0) * (x1 - x0)))


def _block_certainty(crop: NDArray[np.uint8], found: Minutiae) -> NDArray[np.float64]:
    """Orientation certainty of the block around each minutia, moved fully inside the image; 0 without any gradient."""
    y0 = np.clip(found.y - _HALF, 0, crop.shape[0] - BLOCK)
    x0 = np.clip(found.x - _HALF, 0, crop.shape[1] - BLOCK)
    windows = np.lib.stride_tricks.sliding_window_view(crop, (BLOCK, BLOCK))
    block = windows[y0, x0].astype(np.float32)
    gx, gy = np.empty_like(block), np.empty_like(block)
    # Twice the derivative: central inside, one-sided at the edges of the isolated block.
    np.subtract(block[:, :, 2:], block[:, :, :-2], out=gx[:, :, 1:-1])
    gx[:, :, 0] = 2 * (block[:, :, 1] - block[:, :, 0])
    gx[:, :, -1] = 2 * (block[:, :, -1] - block[:, :, -2])
    np.subtract(block[:, 2:], block[:, :-2], out=gy[:, 1:-1])
    gy[:, 0] = 2 * (block[:, 1] - block[:, 0])
    gy[:, -1] = 2 * (block[:, -1] - block[:, -2])
    # Sums of 32 products are exact in float32; the block totals are not needed exactly beyond float64.
    a, b, c = ((p * q).sum(axis=1).sum(axis=1, dtype=np.float64) for p, q in ((gx, gx), (gy, gy), (gx, gy)))
    root = np.sqrt((a - b) ** 2 + 4 * c * c)
    largest, smallest = (a + b + root) / 2, (a + b - root) / 2
    return np.where(largest > 0, 1 - smallest / np.maximum(largest, 1e-300), 0.0)
