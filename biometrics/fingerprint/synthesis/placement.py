"""Where a finger lies on the platen and how its skin is pulled: the map from picture to master, and its inverse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.synthesis.noise import FloatMap, stretch
from biometrics.fingerprint.synthesis.truth import TrueMinutiae

GRID: Final = 8
"""Maps are computed on a grid of this many px of the picture and stretched: they are smooth."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Skin:
    """Plastic distortion of one touch (Cappelli, Maio, Maltoni 2001): a stuck middle, a pulled and turned outside.

    Attributes:
        axes: half axes of the stuck ellipse, px at 500 ppi.
        reach: elliptic distance over which the pull sets in.
        pull: (x, y) shift of the outside, px at 500 ppi.
        turn: its turn in radians, about `about`.
        about: centre of the turn, px at 500 ppi.
    """

    axes: tuple[float, float]
    reach: float
    pull: tuple[float, float]
    turn: float
    about: tuple[float, float]

    @classmethod
    def draw(cls, rng: np.random.Generator, amount: float) -> Skin:
        """Draw a distortion of the usual size times `amount`."""
        return cls(
            axes=(rng.uniform(45, 75), rng.uniform(55, 95)),
            reach=rng.uniform(1.2, 2.2),
            pull=(rng.normal(0, 6) * amount, rng.normal(0, 6) * amount),
            turn=float(np.deg2rad(rng.normal(0, 2.2) * amount)),
            about=(rng.normal(0, 12), rng.normal(0, 12)),
        )


@dataclass(frozen=True, slots=True)
class Placement:
    """One finger in one picture.

    Attributes:
        origin: (x, y) in picture px where the finger's centre comes to lie.
        rotation: radians, clockwise as seen.
        scale: master px per picture px (500 / ppi).
        centre: the finger's centre in master px.
        skin: its distortion.
    """

    origin: tuple[float, float]
    rotation: float
    scale: float
    centre: tuple[float, float]
    skin: Skin

    def upright(self, x: _Floats, y: _Floats) -> tuple[_Floats, _Floats]:
        """Map picture px to the finger's own axes (px at 500 ppi from its centre), without distortion."""
        u, v = (x - self.origin[0]) * self.scale, (y - self.origin[1]) * self.scale
        c, s = np.cos(self.rotation), np.sin(self.rotation)
        return c * u + s * v, c * v - s * u

    def to_master(self, x: _Floats, y: _Floats) -> tuple[_Floats, _Floats]:
        """Map picture px to master px."""
        u, v = self.upright(x, y)
        skin = self.skin
        distance = np.hypot(u / skin.axes[0], v / skin.axes[1]) - 1
        brake = (1 - np.cos(np.pi * np.clip(distance / skin.reach, 0, 1))) / 2
        c, s = np.cos(skin.turn), np.sin(skin.turn)
        du, dv = u - skin.about[0], v - skin.about[1]
        move_u = c * du - s * dv - du + skin.pull[0]
        move_v = s * du + c * dv - dv + skin.pull[1]
        return u + brake * move_u + self.centre[0], v + brake * move_v + self.centre[1]

    def to_picture(self, x: _Floats, y: _Floats) -> tuple[_Floats, _Floats, NDArray[np.bool_], _Floats]:
        """Map master px to picture px by Newton's method.

        Returns:
            (x, y, converged, inverse Jacobian (n, 2, 2)); converged where the residue is below 0.05 px.
        """
        c, s = np.cos(self.rotation), np.sin(self.rotation)
        u, v = x - self.centre[0], y - self.centre[1]
        px = (c * u - s * v) / self.scale + self.origin[0]
        py = (s * u + c * v) / self.scale + self.origin[1]
        inverse = np.zeros((len(x), 2, 2))
        error_x = error_y = np.zeros(len(x))
        for _ in range(8):
            at_x, at_y = self.to_master(px, py)
            error_x, error_y = x - at_x, y - at_y
            right, below = self.to_master(px + 0.5, py), self.to_master(px, py + 0.5)
            a, b = (right[0] - at_x) * 2, (below[0] - at_x) * 2
            d, e = (right[1] - at_y) * 2, (below[1] - at_y) * 2
            det = a * e - b * d
            det = np.where(np.abs(det) < 1e-3, 1e-3, det)
            inverse[:, 0, 0], inverse[:, 0, 1], inverse[:, 1, 0], inverse[:, 1, 1] = e / det, -b / det, -d / det, a / det
            px = px + inverse[:, 0, 0] * error_x + inverse[:, 0, 1] * error_y
            py = py + inverse[:, 1, 0] * error_x + inverse[:, 1, 1] * error_y
        return px, py, np.hypot(error_x, error_y) < 0.05, inverse

    def truth_in_picture(self, truth: TrueMinutiae) -> TrueMinutiae:
        """Return the master's minutiae where they appear in the picture (also those outside of it)."""
        x, y, good, inverse = self.to_picture(truth.x.astype(np.float64), truth.y.astype(np.float64))
        c, s = np.cos(truth.direction), np.sin(truth.direction)
        direction = np.arctan2(inverse[:, 1, 0] * c + inverse[:, 1, 1] * s, inverse[:, 0, 0] * c + inverse[:, 0, 1] * s)
        turned = np.mod(direction, 2 * np.pi).astype(np.float32)
        return TrueMinutiae(x.astype(np.float32), y.astype(np.float32), turned, truth.kind).where(good)

    def maps(self, window: tuple[int, int, int, int]) -> tuple[FloatMap, FloatMap]:
        """Return master x and y for every pixel of `window` (x0, y0, width, height in picture px), float32."""
        x0, y0, width, height = window
        x = np.arange(width // GRID + 2, dtype=np.float64)[None, :] * GRID + x0
        y = np.arange(height // GRID + 2, dtype=np.float64)[:, None] * GRID + y0
        mx, my = self.to_master(*np.broadcast_arrays(x, y))
        shape = (height, width)
        return stretch(mx.astype(np.float32), GRID, shape), stretch(my.astype(np.float32), GRID, shape)
