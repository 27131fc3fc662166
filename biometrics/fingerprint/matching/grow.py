"""From a few agreeing pairs to the whole match: a locally weighted affine map that follows the skin's distortion.

The displacement at a point is fitted to the residues of the pairs found so far, weighted by their distance, so matches spread from
the seed outwards and a rigid transform never has to hold for the whole print.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.matching.relax import Seed
from biometrics.fingerprint.minutiae.fields import CELL, Floats
from biometrics.fingerprint.minutiae.template import Template

_TOLERANCES: Final = (14.0, 12.0, 10.0, 9.0)
_ANGLE_TOLERANCE: Final = 0.55
_REACH: Final = 60.0
_LEAST_SUPPORT: Final = 0.35
_RIDGE: Final = np.diag([0.04, 1600.0, 1600.0]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Motion:
    """Map from print a to print b: q = R p + shift + local displacement fitted to the pairs (points `at`, residues `rest`)."""

    turn: float
    rotation: Floats
    shift: Floats
    at: Floats
    rest: Floats

    def close_to(self, other: Motion) -> bool:
        """Return whether both are nearly the same movement (5 degrees, and 10 px at the place of the pairs)."""
        turn = (self.turn - other.turn + np.pi) % (2 * np.pi) - np.pi
        if abs(turn) > 0.09 or len(self.at) == 0 or len(other.at) == 0:
            return False
        middle = self.at.mean(0)
        gap = (self.rotation - other.rotation) @ middle + self.shift - other.shift
        return float(np.hypot(gap[0], gap[1])) < 10

    def apply(self, points: Floats) -> tuple[Floats, Floats]:
        """Return (moved points (n, 2), support (n,)) of `points` (n, 2) of print a, in px."""
        moved = points @ self.rotation.T + self.shift
        if len(self.at) == 0:
            return moved, np.zeros(len(points), np.float32)
        delta = self.at[None, :, :] - points[:, None, :]
        weight = np.exp(np.float32(-0.5 / _REACH**2) * (delta[..., 0] ** 2 + delta[..., 1] ** 2))
        one = np.concatenate([np.ones_like(delta[..., :1]), delta], 2)
        weighted = one * weight[..., None]
        normal = weighted.transpose(0, 2, 1) @ one + _RIDGE
        right = weighted.transpose(0, 2, 1) @ self.rest[None, :, :]
        local = np.linalg.solve(normal, right)[:, 0, :]
        return moved + local, weight.sum(1)


@dataclass(frozen=True, slots=True)
class Match:
    """Matched minutiae and what was counted.

    Attributes:
        a, b: indices of the matched minutiae.
        motion: map from a to b.
        count_a, count_b: minutiae of each print inside the common area.
        likeness: sum of the code similarities of the pairs.
        distance_px, angle_rad: mean residues of the pairs.
    """

    a: NDArray[np.intp]
    b: NDArray[np.intp]
    motion: Motion
    count_a: int
    count_b: int
    likeness: float
    distance_px: float
    angle_rad: float


def points_of(template: Template) -> Floats:
    """Return the minutiae's places (n, 2) in px."""
    return np.stack([template.x, template.y], 1).astype(np.float32) + np.float32(0.5)


def inside(template: Template, points: Floats) -> NDArray[np.bool_]:
    """Return which `points` (n, 2) lie on ridges of the template."""
    column = np.floor((points[:, 0] - template.origin[0]) / CELL).astype(np.intp)
    row = np.floor((points[:, 1] - template.origin[1]) / CELL).astype(np.intp)
    rows, columns = template.mask.shape
    ok: NDArray[np.bool_] = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    ok[ok] = template.mask[row[ok], column[ok]]
    return ok


def _rigid(p: Floats, q: Floats, weight: Floats) -> tuple[float, Floats, Floats]:
    """Return (turn, rotation 2x2, shift) that best takes p to q, rotation and shift only."""
    weight = weight / weight.sum()
    pc, qc = weight @ p, weight @ q
    zp = (p[:, 0] - pc[0]) + 1j * (p[:, 1] - pc[1])
    zq = (q[:, 0] - qc[0]) + 1j * (q[:, 1] - qc[1])
    turn = float(np.angle(np.sum(weight * zq * np.conj(zp))))
    c, s = np.cos(turn), np.sin(turn)
    rotation = np.array([[c, -s], [s, c]], np.float32)
    return turn, rotation, (qc - rotation @ pc).astype(np.float32)


def grow(a: Template, b: Template, local: Floats, seed: Seed, start: int = 0) -> Match:
    """Return the match that spreads from the pair `start` of the seed and those that agree with it."""
    pa, pb = points_of(a), points_of(b)
    ta, tb = a.angle * np.float32(2 * np.pi / 256), b.angle * np.float32(2 * np.pi / 256)
    friends = np.flatnonzero(seed.agreement[start] > 0.1)
    friends = np.concatenate([[start], friends[friends != start]])
    ia, ib = seed.a[friends], seed.b[friends]
    if len(friends) > 1:
        weight = seed.agreement[start][friends].copy()
        weight[0] = 1.0
        turn, rotation, shift = _rigid(pa[ia], pb[ib], weight)
    else:
        turn = float(tb[ib[0]] - ta[ia[0]])
        c, s = np.cos(turn), np.sin(turn)
        rotation = np.array([[c, -s], [s, c]], np.float32)
        shift = pb[ib[0]] - rotation @ pa[ia[0]]
    rest = pb[ib] - (pa[ia] @ rotation.T + shift)
    close = np.hypot(rest[:, 0], rest[:, 1]) < 20
    motion = Motion(turn, rotation, shift, pa[ia][close], rest[close])
    facing = tb[None, :] - ta[:, None] - np.float32(turn)
    facing = np.abs(facing - np.float32(2 * np.pi) * np.round(facing * np.float32(0.5 / np.pi)))
    distance = np.zeros_like(facing)
    for tolerance in _TOLERANCES:
        moved, support = motion.apply(pa)
        dx, dy = moved[:, None, 0] - pb[None, :, 0], moved[:, None, 1] - pb[None, :, 1]
        distance = np.sqrt(dx * dx + dy * dy)
        cost = distance + 20 * facing
        cost[(distance > tolerance) | (facing > _ANGLE_TOLERANCE) | (support < _LEAST_SUPPORT)[:, None]] = np.inf
        to_b = cost.argmin(1)
        to_a = cost.argmin(0)
        ia = np.flatnonzero((to_a[to_b] == np.arange(len(pa))) & np.isfinite(cost[np.arange(len(pa)), to_b]))
        ib = to_b[ia]
        motion = Motion(turn, rotation, shift, pa[ia], pb[ib] - (pa[ia] @ rotation.T + shift))
    moved, _ = motion.apply(pa)
    # The way back, near enough: take the displacement off again and undo the rigid part.
    back = (pb - motion.shift) @ motion.rotation
    pairs = len(ia)
    return Match(
        ia,
        ib,
        motion,
        int(inside(b, moved).sum()),
        int(inside(a, back).sum()),
        float(local[ia, ib].sum()),
        float(distance[ia, ib].mean()) if pairs else _TOLERANCES[-1],
        float(facing[ia, ib].mean()) if pairs else _ANGLE_TOLERANCE,
    )
