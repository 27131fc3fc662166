"""The empty glass, looked at: dust and the grease of an earlier finger, told before the next finger lies on them."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.images import check_image
from biometrics.reasons import Reason, ReasonCode, Region

_LOOK_PPI: Final = 250
_CELL: Final = 8
_CELL_MM: Final = _CELL * 25.4 / _LOOK_PPI
# Unrest of the free glass in grey levels up to which dark spots are spots and not the texture of the sensor.
_SMOOTH: Final = 12.0
# A spot is so much darker than the glass around it; one of a pixel is noise, and a spot as large as a finger is a shadow.
_DARKER: Final = 28
_SPOT_MM: Final = 4.0
# Spots that are too many: one on so many mm² of glass, at least 2 (as beside a finger) and never more than 6.
_SPOT_EACH_MM2: Final = 250.0
_FEWEST, _MOST = 2, 6
# Faint ridges: contrast above the glass's own unrest, one clear direction, together over so many mm².
_FAINT: Final = 1.5
_OVER_UNREST: Final = 4.0
_COHERENT: Final = 0.42
_GHOST_MM2: Final = 25.0


def platen_reasons(image: NDArray[np.uint8], ppi: int) -> tuple[Reason, ...]:
    """Return what lies on a platen that nobody touches: ``latent`` or ``dirty-platen`` with its place, or nothing.

    Args:
        image: uint8 (H, W), light glass; at any resolution (looked at in 250 ppi, some 3 ms for 81 x 76 mm).
        ppi: its resolution.

    Raises:
        ImageError: ``image-type``, ``image-shape`` or ``image-too-large``.
    """
    frame = check_image(image)
    scale = _LOOK_PPI / ppi
    size = max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale))
    small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8) if scale != 1 else frame
    rows, columns = small.shape[0] // _CELL, small.shape[1] // _CELL
    if rows < 3 or columns < 3:
        return ()
    small = small[: rows * _CELL, : columns * _CELL]
    ghost = _ghost(small, (columns, rows))
    if ghost is not None:
        return (Reason(ReasonCode.LATENT, ghost[0], _region(ghost[1], _CELL / scale)),)
    spots = _spots(small)
    if spots is not None:
        return (Reason(ReasonCode.DIRTY_PLATEN, spots[0], _region(spots[1], 1 / scale)),)
    return ()


def _ghost(small: NDArray[np.uint8], grid: tuple[int, int]) -> tuple[float, tuple[int, int, int, int]] | None:
    """Faint ridges: confidence and the box of their cells."""

    def per_cell(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.resize(plane, grid, interpolation=cv2.INTER_AREA), np.float32)

    values = cv2.GaussianBlur(small, (3, 3), 0).astype(np.float32)
    mean = per_cell(values)
    deviation = np.sqrt(np.maximum(per_cell(values * values) - mean * mean, 0))
    faint = deviation > max(_FAINT, _OVER_UNREST * float(np.median(deviation)))
    if float(faint.sum()) * _CELL_MM**2 < _GHOST_MM2:
        return None
    gx = cv2.Sobel(values, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    gy = cv2.Sobel(values, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    xx, yy, xy = (cv2.blur(per_cell(p), (3, 3)) for p in (gx * gx, gy * gy, gx * gy))
    coherence = np.sqrt((xx - yy) ** 2 + 4 * xy * xy) / (xx + yy + 1e-6)
    faint &= coherence > _COHERENT
    faint &= cv2.blur(faint.astype(np.float32), (3, 3)) > 0.45
    area = float(faint.sum()) * _CELL_MM**2
    if area < _GHOST_MM2:
        return None
    ys, xs = np.nonzero(faint)
    return 1 - 0.5 * float(np.exp(-(area - _GHOST_MM2) / 40)), _box(xs, ys)


def _spots(small: NDArray[np.uint8]) -> tuple[float, tuple[int, int, int, int]] | None:
    """Dark spots: confidence and the box of their pixels."""
    level, unrest = (float(v[0, 0]) for v in cv2.meanStdDev(small))
    if unrest > _SMOOTH:
        return None
    dark = (small < level - _DARKER).view(np.uint8)
    if cv2.countNonZero(dark) < 2 * _FEWEST:
        return None
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    most = _SPOT_MM * _LOOK_PPI / 25.4
    good = [s for s in stats[1:count] if s[cv2.CC_STAT_AREA] >= 2 and max(s[cv2.CC_STAT_WIDTH], s[cv2.CC_STAT_HEIGHT]) <= most]
    wanted = float(np.clip(small.size * (25.4 / _LOOK_PPI) ** 2 / _SPOT_EACH_MM2, _FEWEST, _MOST))
    if len(good) < wanted:
        return None
    left, top = min(int(s[cv2.CC_STAT_LEFT]) for s in good), min(int(s[cv2.CC_STAT_TOP]) for s in good)
    right = max(int(s[cv2.CC_STAT_LEFT] + s[cv2.CC_STAT_WIDTH]) for s in good)
    bottom = max(int(s[cv2.CC_STAT_TOP] + s[cv2.CC_STAT_HEIGHT]) for s in good)
    return 1 - 0.5 * float(np.exp(-(len(good) - wanted) / 4)), (left, top, right, bottom)


def _box(xs: NDArray[np.intp], ys: NDArray[np.intp]) -> tuple[int, int, int, int]:
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


def _region(box: tuple[int, int, int, int], scale: float) -> Region:
    left, top, right, bottom = (round(v * scale) for v in box)
    return Region(left, top, right - left, bottom - top)
