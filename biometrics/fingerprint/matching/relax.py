"""First look at two prints: which minutiae resemble each other and agree with one another about the movement.

Local similarity of codes, then relaxation over the best pairs (Cappelli, Ferrara and Maltoni, IEEE TPAMI 32(12), 2010, section 4:
"local similarity sort with relaxation").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.minutiae.cylinders import CODE_BITS
from biometrics.fingerprint.minutiae.fields import Floats
from biometrics.fingerprint.minutiae.template import Template
from biometrics.fingerprint.minutiae.texture import TEXTURE_BITS

PAIRS: Final = 25
# Two captures of one finger may each be turned by 45 degrees; 75 of 256 units = 105 degrees.
GATE: Final = 75
# Weight of the texture in the similarity.
TEXTURE_SHARE: Final = 0.4
_STEP: Final = np.float32(2 * np.pi / 256)


@dataclass(frozen=True, slots=True)
class Seed:
    """Pairs (a, b) of minutia indices, best first, with their strength after relaxation, and the base score."""

    a: NDArray[np.intp]
    b: NDArray[np.intp]
    strength: NDArray[np.float32]
    agreement: NDArray[np.float32]
    base: float


def similarities(a: Template, b: Template) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return two (len(a), len(b)) similarities 0..1: of neighbourhood and ridge texture together, and of the neighbourhoods alone.

    The same array twice where a print has no textures. 0 where the rotation is beyond the gate.
    """
    difference = np.bitwise_count(a.codes[:, None, 0] ^ b.codes[None, :, 0]).astype(np.int16)
    difference += np.bitwise_count(a.codes[:, None, 1] ^ b.codes[None, :, 1])
    alone: NDArray[np.float32] = (CODE_BITS // 2 - difference).astype(np.float32) * np.float32(2 / CODE_BITS)
    np.maximum(alone, 0, out=alone)
    turn = (b.angle[None, :] - a.angle[:, None]).view(np.int8)
    alone[np.abs(turn.astype(np.int16)) > GATE] = 0
    if len(a.texture) != len(a) or len(b.texture) != len(b):
        return alone, alone
    other = np.bitwise_count(a.texture[:, None] ^ b.texture[None, :]).astype(np.int16)
    ridges = (TEXTURE_BITS // 2 - other).astype(np.float32) * np.float32(2 / TEXTURE_BITS)
    together = np.float32(1 - TEXTURE_SHARE) * alone + np.float32(TEXTURE_SHARE) * np.maximum(ridges, 0)
    together[np.abs(turn.astype(np.int16)) > GATE] = 0
    return together, alone


def _sigmoid(value: Floats, middle: float, slope: float) -> Floats:
    rise = np.clip((value - np.float32(middle)) * np.float32(-slope), -30, 30)
    return np.asarray(1 / (1 + np.exp(rise)), np.float32)


def _wrap(angle: Floats) -> Floats:
    turn = np.float32(2 * np.pi)
    return np.asarray(np.abs(angle - turn * np.round(angle / turn)), np.float32)


def spread(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return (dx, dy) from each point to each other, (…, n, n)."""
    return x[..., None, :] - x[..., :, None], y[..., None, :] - y[..., :, None]


def bearing_agreement(a: tuple[Floats, Floats], b: tuple[Floats, Floats], ta: Floats, tb: Floats) -> Floats:
    """Return (…, n, n), 0..1: how well each two of n pairs agree in distance, rotation and bearing.

    Args:
        a, b: `spread` of the pairs' minutiae in print a and in print b, px.
        ta, tb: (…, n) angles of the pairs' minutiae, radians.
    """
    (dxa, dya), (dxb, dyb) = a, b
    ra, rb = np.sqrt(dxa * dxa + dya * dya), np.sqrt(dxb * dxb + dyb * dyb)
    turn = tb - ta
    rho = _sigmoid(np.abs(ra - rb) / (1 + np.float32(0.01) * (ra + rb)), 6.0, -1.0)
    rho *= _sigmoid(_wrap(turn[..., :, None] - turn[..., None, :]), np.radians(15.0), -25.0)
    bearing = (np.arctan2(dyb, dxb) - tb[..., :, None]) - (np.arctan2(dya, dxa) - ta[..., :, None])
    rho *= _sigmoid(_wrap(bearing), np.radians(15.0), -25.0)
    return np.asarray(np.sqrt(rho * np.swapaxes(rho, -1, -2)), np.float32)


def relax(a: Template, b: Template, local: NDArray[np.float32]) -> Seed:
    """Return the pairs of minutiae that support each other, given the local similarities."""
    count = min(PAIRS, local.size)
    if count < 2:
        none = np.zeros(0, np.intp)
        return Seed(none, none, np.zeros(0, np.float32), np.zeros((0, 0), np.float32), 0.0)
    flat = local.ravel()
    best = np.argpartition(flat, -count)[-count:]
    ia, ib = np.divmod(best, local.shape[1])
    start = flat[best]
    xa, ya, xb, yb = (v.astype(np.float32) for v in (a.x[ia], a.y[ia], b.x[ib], b.y[ib]))
    ta, tb = a.angle[ia] * _STEP, b.angle[ib] * _STEP
    rho = bearing_agreement(spread(xa, ya), spread(xb, yb), ta, tb)
    rho[(ia[:, None] == ia[None, :]) | (ib[:, None] == ib[None, :])] = 0
    strength: Floats = start.copy()
    for _ in range(5):
        strength = np.float32(0.5) * strength + np.minimum(rho @ strength, 12.0) * np.float32(0.5 / 12)
    order = np.argsort(-strength, kind="stable")
    base = float(strength[order[:6]].mean())
    return Seed(ia[order], ib[order], strength[order], rho[np.ix_(order, order)], base)
