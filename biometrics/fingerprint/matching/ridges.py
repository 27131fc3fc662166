"""The last look: do the ridges themselves lie on each other once the print is moved as the minutiae say?

The other print's ridge picture is pulled over by the match's local map, then by a few rounds of Lucas-Kanade with shrinking
windows (Lucas and Kanade, IJCAI 1981), and compared by local normalised correlation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from biometrics.fingerprint.matching.grow import Motion
from biometrics.fingerprint.minutiae.fields import Floats
from biometrics.fingerprint.minutiae.template import RIDGE_SCALE, SAMPLE_PX, Template

_LATTICE: Final = 8
_WINDOWS: Final = (10.0, 8.0, 6.0, 5.0)
_DAMPING: Final = 0.15
_CORRELATION_WINDOW: Final = 6.0
# Gradient of the pull at which agreement counts for a third, and the roughness of prints with nothing to compare.
_EVEN_PULL: Final = 0.1
_MOST_ROUGH: Final = 1.0


@dataclass(frozen=True, slots=True)
class RidgeCheck:
    """How well the ridges agree; areas in samples (2.5 x 2.5 px).

    Attributes:
        supported: mean correlation over the overlap, weighted by the match's support.
        before: mean correlation before Lucas-Kanade.
        mean: mean correlation over the overlap.
        agreeing: area sum of max(0, correlation - 0.35).
        share: share of the overlap with correlation above 0.5.
        overlap: common area.
        rough: how unevenly Lucas-Kanade had to pull: root mean square of the pull's gradients (samples per sample). Strangers' ridges can be
            pulled onto each other too, but not smoothly.
        steady: mean correlation over the overlap, counted only where the pull is even.
        pictures: whether both templates have a picture of their ridges; those read from foreign records have none, and then nothing was asked.
    """

    supported: float
    before: float
    mean: float
    agreeing: float
    share: float
    overlap: float
    rough: float
    steady: float
    pictures: bool = True


NOTHING: Final = RidgeCheck(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _MOST_ROUGH, 0.0)
NOT_ASKED: Final = replace(NOTHING, pictures=False)


def _blur(picture: Floats, sigma: float) -> Floats:
    size = 2 * round(2.5 * sigma) + 1
    return np.asarray(cv2.GaussianBlur(picture, (size, size), sigma), np.float32)


def _correlation(a: Floats, b: Floats, both: Floats) -> Floats:
    ab = _blur(a * b * both, _CORRELATION_WINDOW)
    aa = _blur(a * a * both, _CORRELATION_WINDOW)
    bb = _blur(b * b * both, _CORRELATION_WINDOW)
    return np.asarray(ab / np.sqrt(aa * bb + 1e-3), np.float32)


def _slope(field: Floats) -> Floats:
    """Return the squared gradient of `field`."""
    x = cv2.Sobel(field, cv2.CV_32F, 1, 0, scale=1 / 8)
    y = cv2.Sobel(field, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(x * x + y * y, np.float32)


def check(a: Template, b: Template, motion: Motion) -> RidgeCheck:
    """Return how well the ridges of `b`, pulled over `a` by `motion`, agree with those of `a`."""
    if a.ridges.size == 0 or b.ridges.size == 0:
        return NOT_ASKED
    if len(motion.at) == 0:
        return NOTHING
    # Only the part of a that can lie on b: the moved corners of b's picture.
    rows, columns = a.ridges.shape
    y, x = np.mgrid[0 : rows + _LATTICE : _LATTICE, 0 : columns + _LATTICE : _LATTICE].astype(np.float32)
    lattice = np.stack([x.ravel(), y.ravel()], 1) * np.float32(SAMPLE_PX) + np.float32(SAMPLE_PX / 2)
    moved, support = motion.apply(lattice + np.array(a.origin, np.float32))
    moved = (moved - np.array(b.origin, np.float32)) / np.float32(SAMPLE_PX) - np.float32(0.5)
    field = np.concatenate([moved, support[:, None]], 1).reshape(*x.shape, 3)
    inner = (
        (field[..., 0] > -_LATTICE)
        & (field[..., 1] > -_LATTICE)
        & (field[..., 0] < b.ridges.shape[1] + _LATTICE)
        & (field[..., 1] < b.ridges.shape[0] + _LATTICE)
    )
    ys, xs = np.nonzero(inner)
    if len(ys) == 0:
        return NOTHING
    y0, y1, x0, x1 = ys.min(), min(ys.max() + 2, field.shape[0]), xs.min(), min(xs.max() + 2, field.shape[1])
    field = field[y0:y1, x0:x1]
    height, width = (y1 - y0 - 1) * _LATTICE, (x1 - x0 - 1) * _LATTICE
    if height < 16 or width < 16:
        return NOTHING
    # warpAffine with a pure scale spreads lattice points onto samples exactly (resize would move them by half a sample).
    spread = np.array([[1 / _LATTICE, 0, 0], [0, 1 / _LATTICE, 0]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    field = cv2.warpAffine(field, spread, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    u, v, weight = (np.ascontiguousarray(field[..., k]) for k in range(3))
    top, left = y0 * _LATTICE, x0 * _LATTICE
    own = np.zeros((height, width), np.float32)
    part = a.ridges[top : top + height, left : left + width]
    own[: part.shape[0], : part.shape[1]] = part
    own /= RIDGE_SCALE
    other = b.ridges.astype(np.float32) / np.float32(RIDGE_SCALE)
    there = (b.ridges != 0).astype(np.float32)
    here = (own != 0).astype(np.float32)

    def pull(picture: Floats) -> Floats:
        return np.asarray(cv2.remap(picture, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.float32)

    both = here * (pull(there) > 0.99)
    total = float(both.sum())
    if total < 150:
        return NOTHING
    warped = pull(other) * both
    before = float((_correlation(own, warped, both) * both).sum()) / total
    first_u, first_v = u.copy(), v.copy()
    for window in _WINDOWS:
        gx = cv2.Sobel(warped, cv2.CV_32F, 1, 0, scale=1 / 8)
        gy = cv2.Sobel(warped, cv2.CV_32F, 0, 1, scale=1 / 8)
        gx *= both
        gy *= both
        rest = (own - warped) * both
        xx, yy, xy = _blur(gx * gx, window), _blur(gy * gy, window), _blur(gx * gy, window)
        bx, by = _blur(gx * rest, window), _blur(gy * rest, window)
        damp = _DAMPING * (xx + yy) + 1e-4
        xx += damp
        yy += damp
        determinant = xx * yy - xy * xy
        u += np.clip((yy * bx - xy * by) / determinant, -1, 1)
        v += np.clip((xx * by - xy * bx) / determinant, -1, 1)
        warped = pull(other)
        both = here * (pull(there) > 0.99)
        warped *= both
    nc = _correlation(own, warped, both) * both
    total = float(both.sum()) + 1e-3
    trust = np.minimum(weight, 1.0) * both
    bend = _slope(u - first_u) + _slope(v - first_v)
    return RidgeCheck(
        float((nc * trust).sum() / (trust.sum() + 1e-3)),
        before,
        float(nc.sum()) / total,
        float(np.maximum(nc - np.float32(0.35), 0).sum()),
        float((nc > 0.5).sum()) / total,
        total,
        float(np.sqrt((bend * both).sum() / total)),
        float((nc * np.exp(bend * np.float32(-1 / _EVEN_PULL**2))).sum()) / total,
    )
