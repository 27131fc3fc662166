"""Confirms candidates with a bank of bifurcation filters on the patch turned to the candidate's direction."""

from __future__ import annotations

import functools
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.minutiae333.angles import COSINE, SINE
from biometrics.fingerprint.quality.minutiae333.candidates import Candidates
from biometrics.fingerprint.quality.minutiae333.phase import NO_PHASE

Int32 = NDArray[np.int32]

PATCH: Final = 19
OTHER, ENDING, BIFURCATION = 0, 1, 2
_LEAST_CONFIDENCE: Final = 80
_TYPE_CONFIDENCE: Final = 105

_G1: Final = (50, 48, 41, 32, 23, 14, 8, 4, 2)
_G2: Final = (0, 48, 82, 96, 90, 72, 50, 30, 16)
# Five ridge periods, 5 to 9 pixels: the taps across, from the centre outward, after G1 and after G2.
_AFTER_G1: Final = (
    (0, 55, -53, -61, 74, 3, -28, 7, 3),
    (0, 42, 0, -83, 3, 63, -1, -25, 1),
    (0, 29, 25, -50, -58, 22, 51, 5, -24),
    (-2, 16, 28, -14, -60, -41, 18, 41, 13),
    (0, 13, 28, 13, -27, -50, -29, 14, 38),
)
_AFTER_G2: Final = (
    (52, -14, -32, 22, 6, -9, 1, 1, 0),
    (44, 0, -36, 1, 19, 0, -7, 0, 2),
    (37, 9, -28, -18, 12, 14, -1, -6, -1),
    (31, 13, -17, -24, -5, 13, 11, 0, -5),
    (26, 15, -7, -21, -16, 0, 11, 10, 3),
)


class Confirmed(NamedTuple):
    """Confirmed minutiae, int32 (n,) each: pixel, angle (0 up, clockwise), kind (1 ending, 2 bifurcation, 0 other), confidence."""

    x: Int32
    y: Int32
    angle: Int32
    kind: Int32
    confidence: Int32


def _even(taps: tuple[int, ...]) -> NDArray[np.float64]:
    return np.array([*taps[:0:-1], *taps], np.float64)


@functools.cache
def _bank() -> NDArray[np.float64]:
    """Return (361, 90): per response number n the sum r1 + r2 in column 2n, the difference r1 - r2 in column 2n + 1."""
    upright = _even(_G1), np.concatenate([-np.array(_G2[:0:-1], np.float64), np.array(_G2, np.float64)])
    bank = np.zeros((PATCH * PATCH, 90))
    number = 0
    for row in (8, 9, 10):
        for column in (8, 9, 10):
            for first, second in zip(_AFTER_G1, _AFTER_G2, strict=True):
                kernels = []
                for vertical, taps in zip(upright, (first, second), strict=True):
                    kernel = np.zeros((PATCH, PATCH))
                    kernel[row - 8 : row + 9, column - 8 : column + 9] = np.outer(vertical, _even(taps))
                    kernels.append(kernel.ravel())
                bank[:, 2 * number] = kernels[0] + kernels[1]
                bank[:, 2 * number + 1] = kernels[0] - kernels[1]
                number += 1
    return bank


_NOTHING: Final = np.zeros((0, 0))
# The weight goes by the running number, not by the period.
_WEIGHT: Final = np.repeat(16 - np.arange(45) // 9, 2).astype(np.float64)


def _patches(phase: NDArray[np.uint8], below: NDArray[np.uint8], x: Int32, y: Int32, angle: Int32) -> NDArray[np.float64]:
    """Return the turned 19x19 patches, float64 (n, 361), bilinear in 1/128 pixels; `below`: the bytes after the last row."""
    h, w = phase.shape
    c, s = COSINE[angle].astype(np.int32)[:, None, None], SINE[angle].astype(np.int32)[:, None, None]
    i = np.arange(PATCH, dtype=np.int32)[None, None, :]
    j = np.arange(PATCH, dtype=np.int32)[None, :, None]
    fine_x = (128 * x[:, None, None] - 9 * (c - s) + i * c) - j * s
    fine_y = (128 * y[:, None, None] - 9 * (s + c) + i * s) + j * c
    px, py = fine_x >> 7, fine_y >> 7
    fx, fy = fine_x & 127, fine_y & 127
    outside = (px | py | (w - 1 - px) | (h - 1 - py)) < 0
    flat = np.concatenate([phase.ravel(), below[: w + 2]]).astype(np.uint32)
    # Four neighbours in one word: one gather instead of four.
    quad = flat[:-1] | flat[1:] << 8
    quad = quad[: h * w] | quad[w : w + h * w] << 16
    index = py * np.int32(w) + px
    index[outside] = 0
    four = quad[index].view(np.int32)
    near = (four & 255) * (128 - fx) + (four >> 8 & 255) * fx
    far = (four >> 16 & 255) * (128 - fx) + (four >> 24 & 255) * fx
    value = (near * (128 - fy) + far * fy + (1 << 13)) >> 14
    value[outside] = NO_PHASE
    return np.asarray(value.reshape(-1, PATCH * PATCH), np.float64)


def confirm(phase: NDArray[np.uint8], direction: NDArray[np.int8], found: Candidates) -> Confirmed:
    """Keep the candidates whose best filter response is high and not matched by its opposite."""
    n = found.x.size
    if not n:
        empty = np.empty(0, np.int32)
        return Confirmed(empty, empty, empty, empty, empty)
    angle = np.concatenate([found.angle - 2, found.angle + 2]) & 255
    below = direction.view(np.uint8).ravel()
    patches = _patches(phase, below, np.tile(found.x, 2), np.tile(found.y, 2), angle)
    # cv2.gemm: exact (sums below 2**53) and, unlike the BLAS behind @, never wakes other threads.
    response = np.asarray(cv2.gemm(patches, _bank(), 1.0, _NOTHING, 0.0), np.float64)
    weighed = np.floor((np.abs(response) * _WEIGHT + 8) / 16)
    best = np.argmax(weighed, axis=1)
    row = np.arange(2 * n)
    confidence = (weighed[row, best].astype(np.int64) + (1 << 16)) >> 17
    mirror = (weighed[row, best ^ 1].astype(np.int64) + (1 << 16)) >> 17
    passed = (confidence >= _LEAST_CONFIDENCE) & (confidence * 102 >= 256 * mirror)
    ending = response[row, best] > 0
    flip = best & 1
    first, second = passed[:n], passed[n:]
    use_second = second & (~first | (confidence[n:] > confidence[:n]))
    chosen = np.arange(n) + n * use_second
    # The flip comes from the last run that passed, whichever gave the rest.
    turned = np.where(second, flip[n:], flip[:n])
    keep = first | second
    chosen, turned = chosen[keep], turned[keep]
    confidence = confidence[chosen]
    kind = np.where(confidence > _TYPE_CONFIDENCE, np.where(ending[chosen], ENDING, BIFURCATION), OTHER)
    return Confirmed(
        found.x[keep],
        found.y[keep],
        ((angle[chosen] + 128 * turned) & 255).astype(np.int32),
        kind.astype(np.int32),
        (confidence & 255).astype(np.int32),
    )
