"""The large form of a finger: its class, its singular points, the direction and the width of its ridges.

Sources: the zero-pole model of Sherlock and Monro (1993) with a smooth correction; class proportions as usually given
for large card files (arch 3.7, tented 2.9, left loop 33.8, right loop 31.7, whorl 27.9 %).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.synthesis.noise import FloatMap, smooth_noise
from biometrics.positions import FingerPosition

CENTRE_DOWN: Final = 0.44
"""The finger's centre lies at this share of the master's height."""


class PatternClass(StrEnum):
    """Henry classes; left and right loop say to which side the loop opens in the picture."""

    ARCH = "arch"
    TENTED_ARCH = "tented-arch"
    LEFT_LOOP = "left-loop"
    RIGHT_LOOP = "right-loop"
    WHORL = "whorl"
    DOUBLE_LOOP = "double-loop"


_WHORL, _DOUBLE, _ULNAR, _RADIAL, _ARCH, _TENTED = range(6)
# Rows: thumb, index, middle, ring, little; columns as the six names above.
_WEIGHTS: Final = np.array(
    [
        [36, 10, 49, 1, 3, 1],
        [28, 4, 36, 19, 7, 6],
        [15, 4, 70, 3, 5, 3],
        [42, 4, 51, 1, 1.5, 0.5],
        [11, 3, 84, 1, 0.5, 0.5],
    ]
)


def is_left(position: FingerPosition) -> bool:
    """Return whether a single finger belongs to the left hand."""
    return FingerPosition.LEFT_THUMB <= position <= FingerPosition.LEFT_LITTLE


def finger_index(position: FingerPosition) -> int:
    """Return 0 for a thumb … 4 for a little finger."""
    return (int(position) - 1) % 5


def draw_class(rng: np.random.Generator, position: FingerPosition, whorl_tendency: float) -> PatternClass:
    """Draw a finger's class.

    Args:
        rng: one uniform number is taken from it; hands that share the number tend to share the class.
        position: a single finger.
        whorl_tendency: the person's; whorls are exp(w) times likelier, arches exp(-w) times.
    """
    weights = _WEIGHTS[finger_index(position)].copy()
    weights[[_WHORL, _DOUBLE]] *= np.exp(whorl_tendency)
    weights[[_ARCH, _TENTED]] *= np.exp(-whorl_tendency)
    edges = np.cumsum(weights / weights.sum())
    chosen = int(np.searchsorted(edges, rng.uniform(), side="right").clip(0, 5))
    # An ulnar loop opens to the little finger: right on a right hand's print, left on a left hand's.
    ulnar, radial = PatternClass.RIGHT_LOOP, PatternClass.LEFT_LOOP
    if is_left(position):
        ulnar, radial = radial, ulnar
    return (PatternClass.WHORL, PatternClass.DOUBLE_LOOP, ulnar, radial, PatternClass.ARCH, PatternClass.TENTED_ARCH)[chosen]


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Fields:
    """Ridge direction and period of a master, on a grid of every second pixel.

    Attributes:
        cos2, sin2: float32 (rows, columns), the double angle of the ridge direction (image sense: x right, y down).
        period: float32 (rows, columns), distance of neighbouring ridges in px at 500 ppi.
        cores, deltas: their places in master px.
    """

    cos2: FloatMap
    sin2: FloatMap
    period: FloatMap
    cores: tuple[Point, ...]
    deltas: tuple[Point, ...]


def _singular_points(rng: np.random.Generator, pattern: PatternClass) -> tuple[list[Point], list[Point]]:
    """Draw cores and deltas relative to the finger's centre, px at 500 ppi."""
    match pattern:
        case PatternClass.ARCH:
            return [], []
        case PatternClass.TENTED_ARCH:
            return [(rng.normal(0, 3), 0.0)], [(rng.normal(0, 6), rng.uniform(70, 110))]
        case PatternClass.LEFT_LOOP | PatternClass.RIGHT_LOOP:
            side = 1.0 if pattern is PatternClass.LEFT_LOOP else -1.0
            return [(side * rng.normal(0, 5), -5.0)], [(side * rng.uniform(95, 150), rng.uniform(105, 165))]
        case PatternClass.WHORL:
            apart, tilt = rng.uniform(15, 55), rng.normal(0, 0.35)
            deltas = [(-rng.uniform(110, 165), rng.uniform(110, 170)), (rng.uniform(110, 165), rng.uniform(110, 170))]
        case _:
            apart, tilt = rng.uniform(95, 135), rng.choice([-1.0, 1.0]) * rng.uniform(0.9, 1.35)
            deltas = [(-rng.uniform(115, 165), rng.uniform(120, 180)), (rng.uniform(115, 165), rng.uniform(120, 180))]
    x, y = 0.5 * apart * float(np.sin(tilt)), 0.5 * apart * float(np.cos(tilt))
    return [(-x, -y), (x, y)], deltas


def _arch(rng: np.random.Generator, x: FloatMap, y: FloatMap, width: float) -> FloatMap:
    steep = rng.uniform(0.75, 1.05)
    near = np.exp(-((y / 170) ** 2))
    wave = 0.8 * steep * np.sin(np.pi * np.clip(x / (0.40 * width), -1, 1)) * near
    fall = 0.75 * np.tanh(x / 150) / (1 + np.exp((y - 10) / 60)) * (1 - 0.35 * near)
    return np.asarray(wave + fall, dtype=np.float32)


def draw_fields(
    rng: np.random.Generator, pattern: PatternClass, shape: tuple[int, int], base_period: float, size: float
) -> Fields:
    """Draw direction and period maps for one finger.

    Args:
        rng: the finger's stream for its form.
        pattern: its class.
        shape: (height, width) of the master in px at 500 ppi.
        base_period: the person's ridge period in px (about 8.3; the foot of a finger is wider).
        size: the finger's size, 1 for an average index; the form grows with it.
    """
    height, width = shape
    rows, columns = -(-height // 2), -(-width // 2)
    centre_x, centre_y = width / 2, CENTRE_DOWN * height
    # Work in the average finger's own scale, so that a thumb's deltas lie further out than a little finger's.
    x = ((np.arange(columns, dtype=np.float32) * 2 - centre_x) / size)[None, :]
    y = ((np.arange(rows, dtype=np.float32) * 2 - centre_y) / size)[:, None]
    cores, deltas = _singular_points(rng, pattern)
    if pattern is PatternClass.ARCH:
        theta = _arch(rng, x, y, 752.0)
    else:
        amount = (0.30 if pattern in (PatternClass.WHORL, PatternClass.DOUBLE_LOOP) else 0.55) * rng.uniform(0.85, 1.15)
        theta = np.asarray(amount * np.tanh(x / 140) / (1 + np.exp(y / 70)), dtype=np.float32)
        for sign, points in ((0.5, cores), (-0.5, deltas)):
            for px, py in points:
                theta = theta + np.float32(sign) * np.arctan2(y - np.float32(py), x - np.float32(px))
    theta = theta + np.float32(rng.uniform(0.045, 0.085)) * smooth_noise(rng, (rows, columns), 40 * size)
    swell = 0.14 / (1 + np.exp(-(y - 130) / 40)) - 0.04 * np.exp(-(x**2 + y**2) / (2 * 70**2))
    period = base_period * (1 + swell)
    for px, py in deltas:
        period = period * (1 - 0.05 * np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * 45**2)))
    period = period * (1 + 0.045 * smooth_noise(rng, (rows, columns), 36 * size).clip(-2.5, 2.5))
    place = [tuple((centre_x + size * px, centre_y + size * py) for px, py in points) for points in (cores, deltas)]
    return Fields(
        cos2=np.cos(2 * theta).astype(np.float32),
        sin2=np.sin(2 * theta).astype(np.float32),
        period=np.asarray(period, dtype=np.float32),
        cores=place[0],
        deltas=place[1],
    )


def full_size(fields: Fields, shape: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return (cosine, sine, period) of the ridge direction at every pixel; the direction's sign is arbitrary (mod pi)."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    half = np.array([[0.5, 0, 0], [0, 0.5, 0]])
    cos2, sin2, period = (
        cv2.warpAffine(part, half, (shape[1], shape[0]), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        for part in (fields.cos2, fields.sin2, fields.period)
    )
    theta = 0.5 * np.arctan2(sin2, cos2)
    return np.cos(theta), np.sin(theta), np.asarray(period, dtype=np.float32)


def phalanx_fields(rng: np.random.Generator, shape: tuple[int, int], base_period: float) -> Fields:
    """Draw the maps of a second phalanx: ridges run across it, aslant and gently waved, without singular points."""
    rows, columns = -(-shape[0] // 2), -(-shape[1] // 2)
    x = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    theta = (
        np.float32(rng.normal(0, 0.30))
        + np.float32(rng.normal(0, 0.2)) * x
        + np.float32(0.15) * smooth_noise(rng, (rows, columns), 30)
    )
    period = base_period * 1.12 * (1 + 0.05 * smooth_noise(rng, (rows, columns), 36).clip(-2.5, 2.5))
    return Fields(np.cos(2 * theta), np.sin(2 * theta), np.asarray(period, np.float32), (), ())
