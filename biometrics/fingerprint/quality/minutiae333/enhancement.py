"""Contextual enhancement: 32x32 blocks at step 17, their spectrum multiplied by its own magnitude, in integers throughout.

Weak blocks live on the rounding of every integer stage, so the transform cannot be replaced by a floating-point one.
Arrays hold the transform index first and the blocks last; a batch of blocks stays in the processor's cache.
"""

from __future__ import annotations

from typing import Final, NamedTuple

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


def _bit_reversed(n: int) -> NDArray[np.intp]:
    bits = n.bit_length() - 1
    return np.array([int(f"{i:0{bits}b}"[::-1], 2) for i in range(n)])


_REVERSED: Final = {n: _bit_reversed(n) for n in (16, 32)}


class _Twiddle(NamedTuple):
    cosine: Int32
    sine: Int32


def _twiddles(m: int, sign: int) -> _Twiddle:
    t = sign * np.arange(m) * 16 // m
    return _Twiddle(_cosine(t)[:, None, None], _sine(t)[:, None, None])


_TWIDDLES: Final = {(m, sign): _twiddles(m, sign) for m in (8, 16) for sign in (-1, 1)}


def _round(values: Int32, bits: int) -> Int32:
    """Add half and shift, in place."""
    values += np.int32(1 << (bits - 1))
    values >>= np.int32(bits)
    return values


def _transform(re: Int32, im: Int32, sign: int) -> None:
    """Radix-2 transform along axis 0, in place; the input is already in bit-reversed order. sign -1 forward, +1 inverse."""
    n = re.shape[0]
    rest = re.shape[1:]
    m = 1
    while m < n:
        r = re.reshape(n // (2 * m), 2, m, *rest)
        i = im.reshape(n // (2 * m), 2, m, *rest)
        if m == 1:
            _butterfly(r[:, 0], r[:, 1], r[:, 1].copy())
            _butterfly(i[:, 0], i[:, 1], i[:, 1].copy())
        elif m == 2:
            pr, pi = r[:, 1, 0].copy(), i[:, 1, 0].copy()
            _butterfly(r[:, 0, 0], r[:, 1, 0], pr)
            _butterfly(i[:, 0, 0], i[:, 1, 0], pi)
            pr, pi = _quarter(r[:, 1, 1], i[:, 1, 1], sign)
            _butterfly(r[:, 0, 1], r[:, 1, 1], pr)
            _butterfly(i[:, 0, 1], i[:, 1, 1], pi)
        elif m == 4:
            _stage_four(r, i, sign)
        else:
            w = _TWIDDLES[m, sign]
            zr, zi = r[:, 1], i[:, 1]
            pr = w.cosine * zr
            pr -= w.sine * zi
            pi = w.cosine * zi
            pi += w.sine * zr
            _butterfly(r[:, 0], zr, _round(pr, 12))
            _butterfly(i[:, 0], zi, _round(pi, 12))
        m *= 2


def _butterfly(upper: Int32, lower: Int32, product: Int32) -> None:
    np.subtract(upper, product, out=lower)
    upper += product


def _quarter(zr: Int32, zi: Int32, sign: int) -> tuple[Int32, Int32]:
    """Multiply by -j (forward) or +j (inverse)."""
    return (zi.copy(), -zr) if sign < 0 else (-zi, zr.copy())


def _stage_four(r: Int32, i: Int32, sign: int) -> None:
    """The stage of half-size 4: factors 1, e^(-+j pi/4), -+j, e^(-+3j pi/4); 2896 is 4096 / sqrt(2)."""
    _butterfly(r[:, 0, 0], r[:, 1, 0], r[:, 1, 0].copy())
    _butterfly(i[:, 0, 0], i[:, 1, 0], i[:, 1, 0].copy())
    pr, pi = _quarter(r[:, 1, 2], i[:, 1, 2], sign)
    _butterfly(r[:, 0, 2], r[:, 1, 2], pr)
    _butterfly(i[:, 0, 2], i[:, 1, 2], pi)
    half = np.int32(2896)
    for k in (1, 3):
        zr, zi = r[:, 1, k], i[:, 1, k]
        total, difference = (zr + zi) * half, (zi - zr) * half
        if sign < 0:
            pr, pi = (total, difference) if k == 1 else (difference, -total)
        else:
            pr, pi = (-difference, total) if k == 1 else (-total, -difference)
        _butterfly(r[:, 0, k], zr, _round(pr, 12))
        _butterfly(i[:, 0, k], zi, _round(pi, 12))


def _unpack(re: Int32, im: Int32, t: NDArray[np.int64], bits: int) -> None:
    """Pass between the transform of pixel pairs (16 complex) and that of 32 real values, for indices 1..15, in place."""
    cosine, sine = _cosine(t)[:, None, None], _sine(t)[:, None, None]
    a, b = re[1:8], im[1:8]
    c, d = re[15:8:-1], im[15:8:-1]
    up, across = b + d, c - a
    h1r, h1i = a + c, b - d
    h1r <<= np.int32(12)
    h1i <<= np.int32(12)
    h2r = cosine * up
    h2r -= sine * across
    h2i = cosine * across
    h2i += sine * up
    re[15:8:-1] = _round(h1r - h2r, bits)
    im[15:8:-1] = _round(h2i - h1i, bits)
    h1r += h2r
    h1i += h2i
    re[1:8] = _round(h1r, bits)
    im[1:8] = _round(h1i, bits)


_T_FORWARD: Final = -np.arange(1, 8)
_T_INVERSE: Final = 16 + np.arange(1, 8)


def _pass_mask() -> Int32:
    y = np.arange(SIZE)
    y = np.where(y >= 16, y - 32, y)
    r2 = y[:, None] ** 2 + np.arange(_COLUMNS) ** 2
    return ((r2 > 6) & (r2 < 169)).astype(np.int32)[:, :, None]


_PASS: Final = _pass_mask()
_WINDOW: Final = np.minimum(np.minimum(np.arange(SIZE) + 1, SIZE - np.arange(SIZE)), 16)
_WEIGHT: Final = (251.0 * np.outer(_WINDOW, _WINDOW))[:, :, None]


def _sharpen(re: Int32, im: Int32) -> None:
    """Multiply the spectrum by its own magnitude inside the ring of ridge frequencies, zero outside, in place."""
    ar, ai = np.abs(re), np.abs(im)
    g = ar + ai
    g *= np.int32(181)
    _round(g, 8)
    np.maximum(g, ar, out=g)
    np.maximum(g, ai, out=g)
    _round(g, 5)
    for part in (re, im):
        gain = _round(part * g, 7)
        gain += part
        np.multiply(_round(gain, 3), _PASS, out=part)


def _enhance_blocks(blocks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Enhance inverted blocks, uint8 (32, 32, n) indexed (row, column, block); the result has the same form, windowed."""
    n = blocks.shape[2]
    order = _REVERSED[16]
    pixels = blocks.reshape(SIZE, 16, 2, n)
    re = pixels[:, order, 0].transpose(1, 0, 2).astype(np.int32, order="C")
    im = pixels[:, order, 1].transpose(1, 0, 2).astype(np.int32, order="C")
    _transform(re, im, -1)
    _unpack(re, im, _T_FORWARD, 13)
    np.negative(im[8], out=im[8])
    re[0] += im[0]
    im[0] = 0
    # Columns of the spectrum: (32 rows, 13 columns, blocks).
    down = _REVERSED[32]
    cr = re[:_COLUMNS].transpose(1, 0, 2)[down]
    ci = im[:_COLUMNS].transpose(1, 0, 2)[down]
    _transform(cr, ci, -1)
    _sharpen(cr, ci)
    cr, ci = cr[down], ci[down]
    _transform(cr, ci, 1)
    re = np.zeros((16, SIZE, n), np.int32)
    im = np.zeros((16, SIZE, n), np.int32)
    re[:_COLUMNS] = cr.transpose(1, 0, 2)
    im[:_COLUMNS] = ci.transpose(1, 0, 2)
    _unpack(re, im, _T_INVERSE, 12)
    # i = 8: both come from the pair with itself; the second result stays. t = 24 is the factor -j.
    re[8] *= 2
    im[8] *= -2
    zero_r, zero_i = re[0] + im[0], re[0] - im[0]
    re[0], im[0] = zero_r, zero_i
    re, im = re[order], im[order]
    _transform(re, im, 1)
    out = np.empty((SIZE, 16, 2, n), np.int32)
    out[:, :, 0] = re.transpose(1, 0, 2)
    out[:, :, 1] = im.transpose(1, 0, 2)
    return _rescale(_round(out, 10).reshape(SIZE, SIZE, n))


def _rescale(values: Int32) -> NDArray[np.uint8]:
    """Stretch each block over 0..251 and weigh it with the overlap window."""
    low = values.min(axis=(0, 1)).astype(np.int64)
    spread = values.max(axis=(0, 1)) - low
    weak = spread < 16
    low = np.where(weak, low - (16 - spread) // 2, low)
    spread = np.where(weak, 16, spread).astype(np.float64)
    out = (values - low) * _WEIGHT
    # floor((num + D*128) / (D*256)): half a unit on top keeps the product with the reciprocal exact.
    out += spread * 128 + 0.5
    out *= 1 / (spread * 256)
    return np.asarray(out.astype(np.uint8))


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
    windows = as_strided(padded, (rows, columns, SIZE, SIZE), (STEP * wide, STEP, wide, 1))
    chosen = np.ones((rows, columns), bool) if inside is None else _reached(inside, rows, columns)
    row, column = np.nonzero(chosen)
    results = np.zeros((rows, columns, SIZE, SIZE), np.uint8)
    for start in range(0, row.size, BATCH):
        part = row[start : start + BATCH], column[start : start + BATCH]
        batch = np.ascontiguousarray(windows[part].transpose(1, 2, 0))
        results[part] = _enhance_blocks(batch).transpose(2, 0, 1)
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
