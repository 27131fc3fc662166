"""The phase image: where between ridge centre (0) and valley (240) each pixel lies, in 16 steps; 127 means no phase.

A steerable filter pair (even and odd, nine taps) is turned along the ridge normal of the pixel's cell. The result is stored
four rows higher than the pixels it was computed from.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.minutiae333.angles import unit_cosine

Int32 = NDArray[np.int32]

NO_PHASE: Final = 127
_SHIFT: Final = 4


def _even(*taps: int) -> NDArray[np.float32]:
    return np.array([*taps[:0:-1], *taps], np.float32)


def _odd(*taps: int) -> NDArray[np.float32]:
    return np.array([*(-t for t in taps[:0:-1]), *taps], np.float32)


_K1: Final = _even(122, 78, 20, 2, 0)
_K2: Final = _even(-112, -7, 48, 14, 1)
_K3: Final = _odd(0, 71, 37, 6, 0)
_K4: Final = _odd(0, -92, -12, 8, 1)
_K5: Final = _even(-90, -23, 21, 7, 1)
_K6: Final = _odd(0, 52, 27, 4, 0)
_EVEN_PAIRS: Final = ((_K2, _K1), (_K3, _K3), (_K1, _K2))
_ODD_PAIRS: Final = ((_K4, _K1), (_K5, _K6), (_K6, _K5), (_K1, _K4))


def _round(values: Int32, bits: int) -> Int32:
    return (values + (1 << (bits - 1))) >> bits


def _coefficients(c: Int32, s: Int32) -> tuple[tuple[Int32, ...], tuple[Int32, ...]]:
    """Return the steering weights of the even and the odd filters for directions (c, s)."""
    a20, a21, a22 = _round(c * c, 7), _round(2 * c * s, 7), _round(s * s, 7)
    odd = _round(c * a20, 7), _round(3 * a20 * s, 7), _round(3 * a22 * c, 7), _round(s * a22, 7)
    return (a20, a21, a22), odd


def phase_image(enhanced: NDArray[np.uint8], direction: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Return the phase image, uint8 (h, w), of the enhanced image and the orientation map (h/4, w/4, 2)."""
    h, w = enhanced.shape
    out = np.full((h, w), NO_PHASE, np.uint8)
    cells = np.asarray(direction.any(axis=2))
    cells[0] = cells[-1] = False  # rows 4 .. h-5 are computed
    if not cells.any():
        return out
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    padded = _flat_neighbours(enhanced, direction)[4 * top - 4 : 4 * bottom + 4, 4 * left : 4 * right + 8]
    part = direction[top:bottom, left:right].astype(np.int32)
    even_weights, odd_weights = _coefficients(part[..., 0], part[..., 1])
    e = _steered(padded, _EVEN_PAIRS, even_weights)
    o = _steered(padded, _ODD_PAIRS, odd_weights)
    if top == 1 and left == 0:
        e[0, : min(4, e.shape[1])] = 0  # the filter's delay line is still empty there
    out[4 * top - _SHIFT : 4 * bottom - _SHIFT, 4 * left : 4 * right] = _level(e, o)
    return out


def _flat_neighbours(enhanced: NDArray[np.uint8], direction: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Pad each row by four pixels of the flat array: the end of the row above, the start of the row below."""
    h, w = enhanced.shape
    out = np.zeros((h, w + 8), np.uint8)
    out[:, 4:-4] = enhanced
    out[1:, :4] = enhanced[:-1, -4:]
    out[:-1, -4:] = enhanced[1:, :4]
    out[-1, -4:] = direction.view(np.uint8).ravel()[:4]  # what follows the image in the original's memory
    return out


def _steered(
    padded: NDArray[np.uint8], pairs: tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...], weights: tuple[Int32, ...]
) -> Int32:
    """Return R(sum of weight * filtered, 11) for the inner pixels; every filter sum is below 2**24, so float32 is exact."""
    height, width = padded.shape[0] - 8, padded.shape[1] - 8
    total = np.zeros((height // 4, 4, width), np.int32)
    for (across, down), weight in zip(pairs, weights, strict=True):
        response = cv2.sepFilter2D(padded, cv2.CV_32F, across, down)[4:-4, 4:-4].astype(np.int32)
        response = response.reshape(height // 4, 4, width)
        response *= np.repeat(weight, 4, axis=1)[:, None, :]
        total += response
    total += np.int32(1 << 10)
    total >>= np.int32(11)
    return total.reshape(height, width)


def _level(e: Int32, o: Int32) -> NDArray[np.uint8]:
    """Return the 16 phase levels of even and odd responses (below 2**21, so float32 is exact)."""
    level = unit_cosine(e.astype(np.float32), o.astype(np.float32))
    np.subtract(127, level, out=level)
    level &= 0xF0
    level[e == 0] = NO_PHASE
    return level.astype(np.uint8)
