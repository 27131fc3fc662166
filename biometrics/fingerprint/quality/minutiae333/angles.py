"""The extractor's integer angles: unit 1/256 turn, sine table of amplitude 127, arc tangent by table, rough unit vectors."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]


def _sine_table() -> NDArray[np.int8]:
    table = np.round(127 * np.sin(2 * np.pi * np.arange(256) / 256)).astype(np.int8)
    # The four entries where the original's table is not the rounded sine.
    table[[5, 123]] = 15
    table[[133, 251]] = -15
    return table


def _arc_table() -> NDArray[np.int32]:
    table = np.floor(np.arctan(np.arange(97) / 96) * 128 / np.pi + 0.9).astype(np.int32)
    for index, value in ((12, 6), (32, 13), (58, 22), (68, 25), (92, 31)):
        table[index] = value
    return table


SINE: Final = _sine_table()
COSINE: Final = np.roll(SINE, -64)
_ARC: Final = _arc_table()


def angle_of(cosine: NDArray[Any], sine: NDArray[Any]) -> Int32:
    """Return the angle 0..255 of integer vectors (cosine side, sine side); 0 for the zero vector."""
    c, s = np.asarray(cosine, np.int64), np.asarray(sine, np.int64)
    ac, as_ = np.abs(c), np.abs(s)
    larger, smaller = np.maximum(ac, as_), np.minimum(ac, as_)
    out = _ARC[smaller * 96 // np.maximum(larger, 1)]
    out = np.where(ac < as_, 64 - out, out)
    out = np.where(c < 0, 128 - out, out)
    out = np.where(s < 0, -out, out)
    return np.asarray(np.where(larger == 0, 0, out & 255), np.int32)


def unit_vector(x: NDArray[Any], y: NDArray[Any], least: int) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return vectors shortened to about 127, as int8 with wrap-around; (0, 0) where max(|x|, |y|) // 127 <= `least`.

    The wrap (components of 128..253 turn negative when the divisor is 1) is part of the behaviour. Inputs are whole numbers,
    given as float32 when they stay below 2**21 (the quotients are exact there) or float64 below 2**31.
    """
    n, kept = _divisor(np.abs(x), np.abs(y), least)
    return _component(x, n, kept), _component(y, n, kept)


def unit_cosine(x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.int16]:
    """Return the first component of `unit_vector(x, y, 0)` as int16."""
    n, kept = _divisor(np.abs(x), np.abs(y), 0)
    return _component(x, n, kept).astype(np.int16)


def _divisor(ax: NDArray[Any], ay: NDArray[Any], least: int) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    n = np.maximum(ax, ay)
    n /= 127
    np.floor(n, out=n)
    kept = n > least
    ax += ay
    ax /= 180
    np.floor(ax, out=ax)
    np.maximum(n, ax, out=n)
    np.maximum(n, 1, out=n)
    return n, kept


def _component(value: NDArray[Any], n: NDArray[Any], kept: NDArray[np.bool_]) -> NDArray[np.int8]:
    part = value / n
    part *= kept
    return np.asarray(part.astype(np.int16).astype(np.int8))  # truncates, then wraps
