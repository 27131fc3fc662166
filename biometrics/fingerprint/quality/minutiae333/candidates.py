"""Candidate minutiae: places of the phase image where it changes in two directions at once."""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.minutiae333.angles import angle_of, unit_vector
from biometrics.fingerprint.quality.minutiae333.phase import NO_PHASE

Int32 = NDArray[np.int32]

_LIMIT: Final = 1328


class Candidates(NamedTuple):
    """Pixel positions in the phase image and angles 0..127, int32 (n,) each."""

    x: Int32
    y: Int32
    angle: Int32


def phase_neighbours(phase: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return bool (h*w,), flat: the pixel is inside and its four diagonal neighbours have a phase."""
    h, w = phase.shape
    has = phase != NO_PHASE
    out = np.zeros((h, w), bool)
    pairs = has[:, :-2] & has[:, 2:]
    np.logical_and(pairs[:-2], pairs[2:], out=out[1:-1, 1:-1])
    return out.ravel()


def find_candidates(phase: NDArray[np.uint8], allowed: NDArray[np.bool_]) -> Candidates:
    """Return the candidates of a phase image, uint8 (h, w); `allowed` as made by `phase_neighbours`."""
    h, w = phase.shape
    xx, xy, yy = _structure(phase)
    # Sparse from here on: both diagonal elements of such a tensor exceed the limit.
    count = (h - 4) * w
    begin = 2 * w - 1
    place = np.flatnonzero((xx > _LIMIT) & (yy > _LIMIT))
    place = place[(place >= begin) & (place < begin + count)]
    mixed = xy[place]
    det = (_LIMIT - xx[place]) * (_LIMIT - yy[place]) - mixed * mixed
    # The lattice is the flat array read 2 rows and one pixel earlier; its last four rows are forbidden.
    lattice = np.zeros(h * w, np.int32)
    lattice[count:] = -1
    lattice[place - begin] = np.maximum(det, 0)
    ly, lx = _suppress(lattice.reshape(h, w))
    keep = lx <= w - 5
    x, y = lx[keep] - 1, ly[keep] + 2
    flat = y * w + x
    keep = (x >= 1) & allowed[np.clip(flat, 0, h * w - 1)]
    x, y = x[keep].astype(np.int32), y[keep].astype(np.int32)
    return Candidates(x, y, _directions((xx, xy, yy), (h, w), x, y))


def _structure(phase: NDArray[np.uint8]) -> tuple[Int32, Int32, Int32]:
    """Return the smoothed structure tensor (xx, xy, yy), flat int32 (h*w,)."""
    h, w = phase.shape
    flat = phase.ravel().astype(np.int32)
    gx, gy = np.zeros((2, (h + 2) * w + 2), np.int32)  # with a row and a pixel of zeros at both ends
    begin, end = 3 * w, (h - 1) * w
    inner = slice(w + 1 + begin, w + 1 + end)
    np.subtract(flat[begin + 1 : end + 1], flat[begin - 1 : end - 1], out=gx[inner])
    np.subtract(flat[begin + w : end + w], flat[begin - w : end - w], out=gy[inner])
    mixed = gx * gy
    gx *= gx
    gy *= gy
    return _binomial(gx, w), _binomial(mixed, w), _binomial(gy, w)


def _binomial(wide: Int32, w: int) -> Int32:
    """3x3 binomial sum, rounded by 5 bits, of a flat array that has one row and one pixel of zeros at both ends."""
    n = wide.size - 2 * w - 2
    pairs = wide[:-1] + wide[1:]
    across = pairs[:-1] + pairs[1:]
    rows = across[:-w] + across[w:]
    total = np.add(rows[:n], rows[w : w + n])
    total += 16
    total >>= 5
    return np.asarray(total)


def _suppress(lattice: Int32) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return (rows, columns) of the local maxima by 3x3 blocks from (2, 2), in the order of the blocks."""
    h, w = lattice.shape
    rows, columns = (h - 2) // 3, (w - 5 - 2) // 3 + 1
    area = lattice[2 : 2 + 3 * rows, 2 : 2 + 3 * columns]
    peaks = area[0::3].copy()
    np.maximum(peaks, area[1::3], out=peaks)
    np.maximum(peaks, area[2::3], out=peaks)
    peaks = np.maximum(np.maximum(peaks[:, 0::3], peaks[:, 1::3]), peaks[:, 2::3])
    by, bx = np.nonzero(peaks > 0)
    top, left = 2 + 3 * by, 2 + 3 * bx
    flat = lattice.ravel()
    inner = (np.arange(3)[:, None] * w + np.arange(3)).ravel()
    block = flat[(top * w + left)[:, None] + inner]
    best = np.argmax(block, axis=1)
    ok = (block >= 0).all(axis=1)
    y, x = top + best // 3, left + best % 3
    ok &= y < h - 4
    top, left, y, x, peak = top[ok], left[ok], y[ok], x[ok], block[ok, best[ok]]
    oy, ox = np.divmod(np.arange(25), 5)
    ny, nx = y[:, None] + oy - 2, x[:, None] + ox - 2
    around = flat[ny * w + nx]
    outside = (ny < top[:, None]) | (ny > top[:, None] + 2) | (nx < left[:, None]) | (nx > left[:, None] + 2)
    beaten = outside & ((around < 0) | (around > peak[:, None]))
    good = ~beaten.any(axis=1)
    return y[good], x[good]


def _directions(tensor: tuple[Int32, Int32, Int32], shape: tuple[int, int], x: Int32, y: Int32) -> Int32:
    """Return the angle of each candidate from the unit vectors in the 13x13 half-scale cells around it."""
    h, w = shape
    half_rows = (h + 12) // 2
    begin = 2 * w - 1
    rows = (h * w - begin) // (2 * w)  # whole pairs of lattice rows; beyond them everything is zero

    def sample(values: Int32) -> NDArray[np.float32]:
        return values[begin : begin + rows * 2 * w].reshape(rows, 2 * w)[:, :w:2].astype(np.float32)

    xx, xy, yy = map(sample, tensor)
    xx -= yy
    xy *= 2
    at = (y - 2) // 2, (x + 1) // 2
    sums = []
    for part in unit_vector(xx, xy, 0):
        wide = np.zeros((half_rows, part.shape[1]), np.float32)
        wide[:rows] = part
        total = cv2.boxFilter(wide, -1, (13, 13), normalize=False, borderType=cv2.BORDER_CONSTANT)
        sums.append(np.rint(total[at]).astype(np.int32))
    return angle_of(sums[0], sums[1]) // 2
