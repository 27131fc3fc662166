"""Orientation at quarter scale: the raw field, the footprint made from its energy, and the smoothed map.

All image work is on the row-major flat array, where a pixel's left neighbour in column 0 is the end of the row above.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.minutiae333.angles import COSINE, SINE, angle_of, unit_vector

Int32 = NDArray[np.int32]
Footprint = NDArray[np.uint8]

_ENERGY: Final = 50000
_SMOOTH: Final = np.array([1, 2, 3, 4, 5, 4, 3, 2, 1], np.float32)
_START_SUM: Final = 1275  # five white pixels: what the running sums hold before the first sample


def raw_field(image: NDArray[np.uint8]) -> tuple[Int32, Int32]:
    """Return the two components of the squared-gradient-like field, int32 (h/4, w/4) each."""
    h, w = image.shape
    lead = 2 * w + 2
    flat = image.ravel().astype(np.int16)
    plus = np.full(lead + flat.size, _START_SUM, np.int16)
    begin, end = 2 * w + 5, flat.size - w
    plus[lead + begin : lead + end] = (
        flat[begin - w : end - w]
        + flat[begin - 1 : end - 1]
        + flat[begin:end]
        + flat[begin + 1 : end + 1]
        + flat[begin + w : end + w]
    )
    # The first row of sums starts with white above and to the left.
    stop = min(3 * w + 6, end)
    plus[lead + begin : lead + stop] = 510 + flat[begin:stop] + flat[begin + 1 : stop + 1] + flat[begin + w : stop + w]
    plus[lead + begin] -= flat[begin]
    # The same plus-shaped sum again, from q = -w - 1 on.
    first = -w - 1
    count = (h - 3) * w + 1 - first
    at = lead + first
    p = plus
    twice = p[at - w : at - w + count] + p[at - 1 : at - 1 + count]
    twice += p[at : at + count]
    twice += p[at + 1 : at + 1 + count]
    twice += p[at + w : at + w + count]
    # twice[i] is P2 at q = i - w - 1. Second differences for q = 0 .. (h-4)*w - 1.
    n = (h - 4) * w
    pairs = twice[:-1] + twice[1:]
    along = pairs[:-1] + pairs[1:]  # horizontally 1 2 1, centred at q = i - w
    steps = twice[1:] - twice[:-1]
    curve = steps[1:] - steps[:-1]  # horizontally 1 -2 1
    wide = twice[2:] - twice[:-2]
    xx = curve[w : w + n] * np.int16(2)
    xx += curve[:n]
    xx += curve[2 * w : 2 * w + n]
    yy = along[w : w + n] * np.int16(-2)
    yy += along[:n]
    yy += along[2 * w : 2 * w + n]
    xy = wide[2 * w : 2 * w + n] - wide[:n]
    total = np.add(xx, yy, dtype=np.int32)
    a = np.subtract(xx, yy, dtype=np.int32)
    a *= total
    total *= xy
    total *= np.int32(2)
    return _cells(a.reshape(h - 4, w), h, w), _cells(total.reshape(h - 4, w), h, w)


def _cells(samples: Int32, h: int, w: int) -> Int32:
    """Sum 4x4 samples per cell; the first column is one row-wrap off, its first cell and the last row are 0."""
    out = np.zeros((h // 4, w // 4), np.int32)
    rows = samples[0::4] + samples[1::4] + samples[2::4] + samples[3::4]
    out[:-1] = rows[:, 0::4] + rows[:, 1::4] + rows[:, 2::4] + rows[:, 3::4]
    edge = np.concatenate([np.zeros(3, np.int32), samples[:, :4].sum(axis=1, dtype=np.int32)])
    out[:-1, 0] = edge[: 4 * (h // 4 - 1)].reshape(-1, 4).sum(axis=1)
    out[0, 0] = 0
    return out


def footprint(a: Int32, b: Int32) -> Footprint:
    """Return where the finger is, uint8 0/1 per cell, from the raw field of the unenhanced image."""
    mask = (np.maximum(np.abs(a), np.abs(b)) // 127 > _ENERGY).astype(np.uint8)
    mask = _vote(mask, 3, 3)
    mask = _vote(_vote(mask, 5, 11), 5, 11)
    for axis in (1, 0):
        forward = np.maximum.accumulate(mask, axis=axis)
        backward = np.flip(np.maximum.accumulate(np.flip(mask, axis), axis=axis), axis)
        mask = np.minimum(forward, backward)
    return _vote(_vote(mask, 5, 14), 5, 14)


def _vote(mask: Footprint, size: int, above: int) -> Footprint:
    total = cv2.boxFilter(mask, -1, (size, size), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return (total > above).astype(np.uint8)


def smoothed_map(a: Int32, b: Int32, inside: Footprint) -> NDArray[np.int8]:
    """Return the smoothed orientation, int8 (h/4, w/4, 2) cosine and sine of the angle across the ridges; 0 outside."""
    x, y = unit_vector(a.astype(np.float64), b.astype(np.float64), _ENERGY)
    x, y = unit_vector(_smooth(x), _smooth(y), 128)
    keep = inside.astype(np.int8)
    angle = angle_of(_smooth(x * keep), _smooth(y * keep)) // 2
    out = np.stack([COSINE[angle], SINE[angle]], axis=-1)
    out *= keep[..., None]
    return out


def _smooth(values: NDArray[np.int8]) -> NDArray[np.float32]:
    # float32 is exact: 127 * 25 * 25 is far below 2**24
    total = cv2.sepFilter2D(values.astype(np.float32), cv2.CV_32F, _SMOOTH, _SMOOTH, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(total, np.float32)
