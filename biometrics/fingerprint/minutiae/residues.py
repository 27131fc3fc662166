"""Minutiae as vortices of the ridge phase: no binary picture, no thinning.

With e the enhanced ridges and o their odd part (the derivative across the ridge over 2 pi f), e + i o turns by one full turn
around a point where a ridge or a valley begins. The sense of the turn says to which side the extra ridge lies, which is the direction of
ISO/IEC 19794-2:2005 (6.4) and INCITS 378 for endings and for bifurcations alike.

Source: the phase model of Larkin and Fletcher, "A coherent framework for fingerprint analysis" (Optics Express 15, 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.minutiae.enhance import cells_to_pixels
from biometrics.fingerprint.minutiae.fields import CELL, Fields, Floats

# Distance of a minutia from the outline of the print, which is drawn about 6 px outside the last ridge, and from the picture's edge.
BORDER_PX: Final = 15
EDGE_PX: Final = 10
LEAST_COHERENCE: Final = 0.35
DIPOLE_PERIODS: Final = 1.1
ENDING, BIFURCATION = 1, 2


@dataclass(frozen=True, slots=True)
class Points:
    """Minutiae, best first: x, y in px of the picture, angle in radians (y down), quality 0..1, kind 1 or 2."""

    x: Floats
    y: Floats
    angle: Floats
    quality: Floats
    kind: NDArray[np.uint8]

    def take(self, index: NDArray[np.intp]) -> Points:
        """Return the points at `index`."""
        return Points(self.x[index], self.y[index], self.angle[index], self.quality[index], self.kind[index])


def _normals(e: Floats) -> tuple[Floats, ...]:
    """Return gradient (gx, gy) of e, the unit normal (nx >= 0) per pixel, and the coherence on a third of the size."""
    gx = cv2.Scharr(e, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(e, cv2.CV_32F, 0, 1, scale=1 / 32)
    height, width = e.shape
    third = (max(1, width // 3), max(1, height // 3))
    parts = [cv2.resize(p, third, interpolation=cv2.INTER_AREA) for p in (gx * gx, gy * gy, gx * gy)]
    xx, yy, xy = (cv2.GaussianBlur(p, (0, 0), 5 / 3) for p in parts)
    c, s = xx - yy, 2 * xy
    length = np.sqrt(c * c + s * s)
    coherence = length / np.maximum(xx + yy, 1e-6)
    scale = 1 / np.maximum(length, 1e-9)
    c = cv2.resize(c * scale, (width, height), interpolation=cv2.INTER_LINEAR)
    s = cv2.resize(s * scale, (width, height), interpolation=cv2.INTER_LINEAR)
    # Half the angle without arctan: c and s need not be of length one between the samples, so scale them again.
    c /= np.sqrt(c * c + s * s) + 1e-9
    nx = np.sqrt(np.maximum(0.5 + 0.5 * c, 0.0))
    ny = np.copysign(np.sqrt(np.maximum(0.5 - 0.5 * c, 0.0)), s)
    return tuple(np.asarray(part, np.float32) for part in (gx, gy, nx, ny, coherence))


def find(e: Floats, fields: Fields, most: int) -> Points:
    """Return the minutiae of the enhanced print `e`, at most `most`, best first; coordinates of the whole picture."""
    height, width = e.shape
    gx, gy, nx, ny, coherence = _normals(e)
    period = cells_to_pixels(1 / fields.frequency, e.shape)
    o = (nx * gx + ny * gy) * (period * np.float32(1 / (2 * np.pi)))

    inside = cv2.resize(fields.mask.astype(np.uint8), (fields.mask.shape[1] * CELL, fields.mask.shape[0] * CELL), interpolation=0)
    size = 2 * BORDER_PX + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    print_area = np.asarray(inside[:height, :width], np.uint8) & fields.touched.astype(np.uint8)
    inside = cv2.erode(print_area, kernel)
    inside[:EDGE_PX] = inside[-EDGE_PX:] = inside[:, :EDGE_PX] = inside[:, -EDGE_PX:] = 0

    # A vortex cell sees both signs of e and of o. Near the normal's branch cut (up or down) o flips by itself: test all.
    plus = e > 0
    mixed = (plus[:-1, :-1] ^ plus[1:, 1:]) | (plus[:-1, 1:] ^ plus[1:, :-1]) | (plus[:-1, :-1] ^ plus[:-1, 1:])
    plus = o > 0
    mixed_o = (plus[:-1, :-1] ^ plus[1:, 1:]) | (plus[:-1, 1:] ^ plus[1:, :-1]) | (plus[:-1, :-1] ^ plus[:-1, 1:])
    mixed_o |= nx[:-1, :-1] < 0.35
    iy, ix = np.nonzero(mixed & mixed_o & (inside[:-1, :-1] > 0))
    corners = ((0, 0), (0, 1), (1, 1), (1, 0))
    nx0, ny0 = nx[iy, ix], ny[iy, ix]
    phases = []
    for dy, dx in corners:
        sign = np.where(nx0 * nx[iy + dy, ix + dx] + ny0 * ny[iy + dy, ix + dx] < 0, -1.0, 1.0)
        phases.append(np.arctan2(o[iy + dy, ix + dx] * sign, e[iy + dy, ix + dx]))
    steps = [(phases[(k + 1) % 4] - phases[k] + np.pi) % (2 * np.pi) - np.pi for k in range(4)]
    turn = np.round(sum(steps) / (2 * np.pi)).astype(np.int8)
    hit = turn != 0
    iy, ix, turn, nx0, ny0 = iy[hit], ix[hit], turn[hit].astype(np.float32), nx0[hit], ny0[hit]

    # The normal turned by +90 degrees is (-ny, nx); the extra ridge lies on the side `turn` times it.
    dx, dy = -turn * ny0, turn * nx0
    local = coherence[np.minimum(iy // 3, coherence.shape[0] - 1), np.minimum(ix // 3, coherence.shape[1] - 1)]
    block = fields.coherence[iy // CELL, ix // CELL]
    spacing = period[iy, ix]
    quality = np.clip(local * block * 1.2, 0, 1)
    behind = 0.35 * spacing
    bx = np.clip(np.round(ix + 0.5 - dx * behind).astype(np.intp), 0, width - 1)
    by = np.clip(np.round(iy + 0.5 - dy * behind).astype(np.intp), 0, height - 1)
    kind = np.where(e[by, bx] < 0, BIFURCATION, ENDING).astype(np.uint8)
    keep = (local > LEAST_COHERENCE) & ~_dipoles(ix, iy, dx, dy, spacing)
    points = Points(
        (ix + 0.5 + fields.offset[0]).astype(np.float32),
        (iy + 0.5 + fields.offset[1]).astype(np.float32),
        np.arctan2(dy, dx).astype(np.float32),
        quality.astype(np.float32),
        kind,
    ).take(np.flatnonzero(keep))
    return points.take(np.argsort(-points.quality, kind="stable")[:most])


def _dipoles(
    x: NDArray[np.intp], y: NDArray[np.intp], dx: NDArray[np.float32], dy: NDArray[np.float32], spacing: Floats
) -> NDArray[np.bool_]:
    """Return which points face an opposite one nearer than about a ridge period: a break or a bridge, not two minutiae."""
    if len(x) < 2:
        return np.zeros(len(x), bool)
    limit = DIPOLE_PERIODS * spacing
    near = (x[:, None] - x[None, :]) ** 2 + (y[:, None] - y[None, :]) ** 2 < (limit * limit)[:, None]
    opposite = dx[:, None] * dx[None, :] + dy[:, None] * dy[None, :] < -0.3
    return np.asarray((near & opposite).any(1), bool)
