"""Contextual enhancement: 32x32 blocks at step 17, their spectrum multiplied by its own magnitude, in integers throughout.

Weak blocks live on the rounding of every integer stage, so the transform cannot be replaced by a floating-point one.
Arrays hold the transform index first and the blocks last; a batch of blocks stays in the processor's cache.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

SIZE: Final = 32
STEP: Final = 17
LEAD: Final = 15  # the first block begins 15 pixels before the image
BATCH: Final = 64
_COLUMNS: Final = 13  # spectrum columns 13..15 are always zero
_REACH: Final = 7  # cells: blocks farther than this from the footprint change nothing that is used

Int32 = NDArray[np.int32]

_SINE: Final = np.round(4096 * np.sin(2 * np.pi * np.arange(SIZE) / SIZE)).astype(np.int32)


def _sine(t: NDArray[np.int64]) -> Int32:
    return _SINE[t % SIZE]


def _cosine(t: NDArray[np.int64]) -> Int32:
    return _SINE[(t + 8) % SIZE]


class _Twiddle(NamedTuple):
    cosine: Int32
    sine: Int32


def _twiddles(m: int, sign: int) -> _Twiddle:
    t = sign * np.arange(m) * 16 // m
    return _Twiddle(_cosine(t)[:, None], _sine(t)[:, None])


_TWIDDLES: Final = {(m, sign): _twiddles(m, sign) for m in (8, 16) for sign in (-1, 1)}


def _round(values: Int32, bits: int) -> Int32:
    """Add half and shift, in place."""
    values += np.int32(1 << (bits - 1))
    values >>= np.int32(bits)
    return values


def _transform(re: NDArray[Any], im: NDArray[Any], sign: int) -> tuple[Int32, Int32]:
    """Radix-2 decimation in time along axis 0, natural order in and out; sign -1 forward, +1 inverse, no scaling.

    Stage m holds (m, n/m, rest): k first, so that every step is one long addition and no bit reversal is needed. The first two
    stages have no products and may run in a narrower type.
    """
    n, rest = re.shape[0], int(np.prod(re.shape[1:]))
    shape = re.shape
    re, im = re.reshape(1, n, rest), im.reshape(1, n, rest)
    m = 1
    while m < n:
        half = n // (2 * m)
        ur, lr = re[:, :half], re[:, half:]
        ui, li = im[:, :half], im[:, half:]
        re, im = np.empty((2, 2 * m, half, rest), re.dtype)
        if m <= 4:
            for k in range(m):
                _plain_step(re, im, (ur[k], lr[k], ui[k], li[k]), k, sign)
        else:
            w = _TWIDDLES[m, sign]
            _general_step(re, im, (ur, lr, ui, li), w)
        m *= 2
        if m == 4 and re.dtype != np.int32:
            re, im = re.astype(np.int32), im.astype(np.int32)
    return re.reshape(shape), im.reshape(shape)


_Parts = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]


def _plain_step(re: Int32, im: Int32, parts: _Parts, k: int, sign: int) -> None:
    """Butterflies of one k of stages 1, 2 and 4: factors 1, -+j and those of 45 degrees (2896 is 4096 / sqrt(2))."""
    ur, lr, ui, li = parts
    m = re.shape[0] // 2
    angle = 8 * k // m  # in eighths of half a turn: 0, 2, 4, 6
    if angle in (2, 6):
        half = np.int32(2896)
        total, difference = lr + li, li - lr
        total *= half
        difference *= half
        forward = sign < 0
        if angle == 2:
            pr, pi = (total, difference) if forward else (-difference, total)
        else:
            pr, pi = (difference, -total) if forward else (-total, -difference)
        lr, li = _round(pr, 12), _round(pi, 12)
        angle = 0
    upper, lower = k, k + m
    if angle == 0:
        np.add(ur, lr, out=re[upper])
        np.subtract(ur, lr, out=re[lower])
        np.add(ui, li, out=im[upper])
        np.subtract(ui, li, out=im[lower])
        return
    if sign > 0:
        upper, lower = lower, upper  # the factor +j is the factor -j with sum and difference exchanged
    np.add(ur, li, out=re[upper])
    np.subtract(ur, li, out=re[lower])
    np.subtract(ui, lr, out=im[upper])
    np.add(ui, lr, out=im[lower])


def _general_step(re: Int32, im: Int32, parts: _Parts, w: _Twiddle) -> None:
    """Butterflies of all k of stage 8 or 16 at once."""
    ur, lr, ui, li = parts
    m = re.shape[0] // 2
    cosine, sine = w.cosine[:, :, None], w.sine[:, :, None]
    pr = lr * cosine
    pr -= li * sine
    _round(pr, 12)
    np.add(ur, pr, out=re[:m])
    np.subtract(ur, pr, out=re[m:])
    pi = li * cosine
    pi += lr * sine
    _round(pi, 12)
    np.add(ui, pi, out=im[:m])
    np.subtract(ui, pi, out=im[m:])


def _unpack(re: Int32, im: Int32, t: NDArray[np.int64], bits: int) -> None:
    """Pass between the transform of pixel pairs (16 complex) and that of 32 real values, for indices 1..15, in place."""
    cosine, sine = _cosine(t)[:, None], _sine(t)[:, None]
    a, b = re[1:8], im[1:8]
    c, d = re[15:8:-1], im[15:8:-1]
    up, across = b + d, c - a
    h1r, h1i = a + c, b - d
    h1r <<= np.int32(12)
    h1i <<= np.int32(12)
    h2r = cosine * up
    h2r -= sine * across
    across *= cosine
    up *= sine
    across += up  # h2i
    re[15:8:-1] = _round(h1r - h2r, bits)
    im[15:8:-1] = _round(across - h1i, bits)
    h1r += h2r
    h1i += across
    re[1:8] = _round(h1r, bits)
    im[1:8] = _round(h1i, bits)


_T_FORWARD: Final = -np.arange(1, 8)
_T_INVERSE: Final = 16 + np.arange(1, 8)


def _passing() -> NDArray[np.intp]:
    """Flat indices (32 rows x 13 columns) of the ring of ridge frequencies; the rest of the spectrum is dropped."""
    y = np.arange(SIZE)
    y = np.where(y >= 16, y - 32, y)
    r2 = y[:, None] ** 2 + np.arange(_COLUMNS) ** 2
    return np.flatnonzero((r2 > 6) & (r2 < 169))


_PASS: Final = _passing()
_WINDOW: Final = np.minimum(np.minimum(np.arange(SIZE) + 1, SIZE - np.arange(SIZE)), 16)


def _sharpen(re: Int32, im: Int32) -> None:
    """Multiply a spectrum by its own magnitude, in place."""
    ar, ai = np.abs(re), np.abs(im)
    g = ar + ai
    g *= np.int32(181)
    _round(g, 8)
    np.maximum(g, ar, out=g)
    np.maximum(g, ai, out=g)
    _round(g, 5)
    re += _round(re * g, 7)
    im += _round(im * g, 7)
    _round(re, 3)
    _round(im, 3)


def _row_spectra(padded: NDArray[np.uint8], columns: int) -> tuple[Int32, Int32]:
    """Transform every image row inside every block column once: int32 (13, rows * columns), real and imaginary.

    Blocks above one another share these rows.
    """
    tall = padded.shape[0]
    windows = as_strided(padded, (SIZE, tall, columns), (1, padded.shape[1], STEP))
    pixels = windows.reshape(16, 2, tall * columns).astype(np.int16)
    re, im = _transform(pixels[:, 0], pixels[:, 1], -1)  # int32 from the third stage on
    _unpack(re, im, _T_FORWARD, 13)
    np.negative(im[8], out=im[8])
    re[0] += im[0]
    im[0] = 0
    return re[:_COLUMNS], im[:_COLUMNS]


def _enhance_blocks(re: Int32, im: Int32) -> NDArray[np.uint8]:
    """Enhance blocks from their row spectra, int32 (32, 13, n); the result, uint8 (n, 32, 32), is windowed."""
    n = re.shape[2]
    re, im = _transform(re, im, -1)
    kept_r, kept_i = re.reshape(-1, n)[_PASS], im.reshape(-1, n)[_PASS]
    _sharpen(kept_r, kept_i)
    re, im = np.zeros((2, SIZE * _COLUMNS, n), np.int32)
    re[_PASS], im[_PASS] = kept_r, kept_i
    cr, ci = _transform(re.reshape(SIZE, _COLUMNS, n), im.reshape(SIZE, _COLUMNS, n), 1)
    re, im = np.zeros((2, 16, SIZE, n), np.int32)
    re[:_COLUMNS] = cr.transpose(1, 0, 2)
    im[:_COLUMNS] = ci.transpose(1, 0, 2)
    re, im = re.reshape(16, SIZE * n), im.reshape(16, SIZE * n)
    _unpack(re, im, _T_INVERSE, 12)
    # i = 8: both come from the pair with itself; the second result stays. t = 24 is the factor -j.
    re[8] *= 2
    im[8] *= -2
    re[0], im[0] = re[0] + im[0], re[0] - im[0]
    re, im = _transform(re, im, 1)
    _round(re, 10)
    _round(im, 10)
    return _rescale(re.reshape(16, SIZE, n), im.reshape(16, SIZE, n))


def _rescale(even: Int32, odd: Int32) -> NDArray[np.uint8]:
    """Stretch each block over 0..251 and weigh it with the overlap window; even and odd pixels come apart, (16, 32, n)."""
    n = even.shape[2]
    low = np.minimum(even.reshape(-1, n).min(axis=0), odd.reshape(-1, n).min(axis=0)).astype(np.int64)
    spread = np.maximum(even.reshape(-1, n).max(axis=0), odd.reshape(-1, n).max(axis=0)) - low
    weak = spread < 16
    low = np.where(weak, low - (16 - spread) // 2, low).astype(np.float64)
    spread = np.where(weak, 16, spread).astype(np.float64)
    reciprocal = 1 / (spread * 256)
    # floor((num + D*128) / (D*256)): half a unit on top keeps the product with the reciprocal exact.
    half = (spread * 128 + 0.5) * reciprocal
    out = np.empty((n, SIZE, 16, 2), np.uint8)
    for number, values in enumerate((even, odd)):
        level = values - low
        level *= reciprocal
        level *= 251.0 * np.outer(_WINDOW[number::2], _WINDOW)[:, :, None]
        level += half
        out[..., number] = level.astype(np.uint8).transpose(2, 1, 0)
    return out.reshape(n, SIZE, SIZE)


def enhance(image: NDArray[np.uint8], inside: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """Return the enhanced image, uint8 (h, w).

    Args:
        image: uint8 (h, w) at 333 ppi.
        inside: footprint, 0/1 per 4x4 cell: blocks out of its reach are left out (they differ then, nothing after them does);
            None enhances every block.
    """
    h, w = image.shape
    rows, columns = -(-(h + LEAD) // STEP), -(-(w + LEAD) // STEP)
    tall, wide = (rows - 1) * STEP + SIZE, (columns - 1) * STEP + SIZE
    padded = np.zeros((tall, wide), np.uint8)
    np.subtract(255, image, out=padded[LEAD : LEAD + h, LEAD : LEAD + w])
    row, column = np.nonzero(np.ones((rows, columns), bool) if inside is None else _reached(inside, rows, columns))
    spectra_r, spectra_i = _row_spectra(padded, columns)
    first = row * (STEP * columns) + column
    lines = (np.arange(SIZE) * columns)[:, None]
    results = np.zeros((rows, columns, SIZE, SIZE), np.uint8)
    for start in range(0, row.size, BATCH):
        part = slice(start, start + BATCH)
        index = lines + first[part]
        re, im = (np.ascontiguousarray(s[:, index].transpose(1, 0, 2)) for s in (spectra_r, spectra_i))
        results[row[part], column[part]] = _enhance_blocks(re, im)
    total = np.zeros((tall, wide), np.uint8)
    target = as_strided(total, (rows, columns, SIZE, SIZE), (STEP * wide, STEP, wide, 1))
    for y in range(2):
        for x in range(2):  # blocks two apart do not overlap
            target[y::2, x::2] += results[y::2, x::2]
    return np.asarray(255 - total[LEAD : LEAD + h, LEAD : LEAD + w], np.uint8)


def _reached(inside: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.bool_]:
    """Which blocks come within reach of the footprint; the left and right edge are neighbours (flat rows wrap)."""
    around = np.concatenate([inside[:, -_REACH - 1 :], inside, inside[:, : _REACH + 1]], axis=1)
    size = 2 * _REACH + 1
    near = cv2.dilate(around, np.ones((size, size), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    near = np.maximum(near[:, _REACH + 1 : -_REACH - 1], 0)
    height, width = inside.shape
    y0 = np.maximum((np.arange(rows) * STEP - LEAD) // 4, 0)
    y1 = np.minimum((np.arange(rows) * STEP - LEAD + SIZE - 1) // 4, height - 1) + 1
    x0 = np.maximum((np.arange(columns) * STEP - LEAD) // 4, 0)
    x1 = np.minimum((np.arange(columns) * STEP - LEAD + SIZE - 1) // 4, width - 1) + 1
    table = cv2.integral(near)
    total = table[np.ix_(y1, x1)] - table[np.ix_(y0, x1)] - table[np.ix_(y1, x0)] + table[np.ix_(y0, x0)]
    return np.asarray(total > 0)
