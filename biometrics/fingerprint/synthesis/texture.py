"""What makes ridges skin: height, waviness, pores, creases, scars. All of it belongs to the finger, not to one touch."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.synthesis.growth import Ridges
from biometrics.fingerprint.synthesis.noise import ByteMap, FloatMap, smooth_noise
from biometrics.fingerprint.synthesis.truth import TrueMinutiae

HEIGHT_OFFSET: Final = 2.0
HEIGHT_SCALE: Final = 63.75
"""A skin map's channel 0 holds (ridge height + HEIGHT_OFFSET) * HEIGHT_SCALE."""
CREASE_SCALE: Final = 42.5
"""Channel 1 holds the depth of creases times this."""
PORE_SCALE: Final = 100.0
"""Channel 2 holds the depth of pores times this."""

_WAVE_PX: Final = 0.85
_WAVE_CORRELATION: Final = 7.0


def wear_of_age(age: float) -> float:
    """Return 0 (young) … 1 (eighty and more): how far age has flattened ridges and cut creases."""
    return float(np.clip((age - 30) / 50, 0, 1))


def ridge_height(rng: np.random.Generator, ridges: Ridges, truth: TrueMinutiae, wear: float) -> tuple[FloatMap, TrueMinutiae]:
    """Return the height of the skin (about -1.5 valley … 1.5 ridge) and the truth moved along with its waviness."""
    shape = ridges.even.shape
    size = (int(shape[0]), int(shape[1]))
    plain = np.clip(ridges.even / np.maximum(np.hypot(ridges.even, ridges.odd), np.float32(0.25)), -1, 1)
    dx = np.float32(_WAVE_PX) * smooth_noise(rng, size, _WAVE_CORRELATION)
    dy = np.float32(_WAVE_PX) * smooth_noise(rng, size, _WAVE_CORRELATION)
    x = np.arange(size[1], dtype=np.float32)[None, :]
    y = np.arange(size[0], dtype=np.float32)[:, None]
    height = cv2.remap(plain, x + dx, y + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    # The picture at p shows what lay at p + d(p): a minutia at m is now where p + d(p) = m.
    px, py = truth.x.copy(), truth.y.copy()
    for _ in range(4):
        at = (px.reshape(1, -1), py.reshape(1, -1))
        if not len(truth):
            break
        px = truth.x - cv2.remap(dx, at[0], at[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).ravel()
        py = truth.y - cv2.remap(dy, at[0], at[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).ravel()
    height = height + np.float32(0.20) * smooth_noise(rng, size, 1.7) + np.float32(0.13) * smooth_noise(rng, size, 12)
    height = (height - np.float32(0.10 * wear)) * np.float32(1 - 0.35 * wear)
    return np.asarray(height, dtype=np.float32), TrueMinutiae(px, py, truth.direction, truth.kind)


def pores(rng: np.random.Generator, ridges: Ridges) -> FloatMap:
    """Return the depth of sweat pores on the crests (float32, 0 … about 2)."""
    height, width = ridges.even.shape
    step = 9
    rows, columns = height // step, width // step
    y = (np.arange(rows)[:, None] * step + rng.uniform(0, step, (rows, columns))).ravel()
    x = (np.arange(columns)[None, :] * step + rng.uniform(0, step, (rows, columns))).ravel()
    for _ in range(2):
        i, j = y.astype(np.intp).clip(0, height - 1), x.astype(np.intp).clip(0, width - 1)
        slide = -np.arctan2(ridges.odd[i, j], ridges.even[i, j]) * ridges.period[i, j] / (2 * np.pi)
        x, y = x - ridges.sine[i, j] * slide, y + ridges.cosine[i, j] * slide
    inside = (x >= 1) & (y >= 1) & (x < width - 2) & (y < height - 2)
    x, y = x[inside], y[inside]
    cell = (y // 6).astype(np.int64) * (width // 6 + 1) + (x // 6).astype(np.int64)
    _, one = np.unique(cell, return_index=True)
    x, y = x[one], y[one]
    strength = rng.gamma(4.0, 1.0, len(x))
    image = np.zeros(height * width, dtype=np.float64)
    i, j = y.astype(np.intp), x.astype(np.intp)
    fy, fx = y - i, x - j
    for dr, dc, part in ((0, 0, (1 - fy) * (1 - fx)), (0, 1, (1 - fy) * fx), (1, 0, fy * (1 - fx)), (1, 1, fy * fx)):
        image += np.bincount((i + dr) * width + j + dc, weights=part * strength, minlength=height * width)
    return cv2.GaussianBlur(image.reshape(height, width).astype(np.float32), (7, 7), 1.0)  # type: ignore[return-value]


def _draw_lines(
    shape: tuple[int, int], lines: list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]]
) -> FloatMap:
    """Draw lines given as (x, y, depth along it, width), blurred by 1 px: tapered depth looks like tapered width."""
    image = np.zeros(shape, dtype=np.float32)
    for x, y, depth, width in lines:
        tangent_x, tangent_y = np.gradient(x), np.gradient(y)
        norm = np.hypot(tangent_x, tangent_y) + 1e-9
        for offset in np.arange(-(width - 1) / 2, (width - 1) / 2 + 0.01, 0.5).tolist() if width > 1 else [0.0]:
            i = np.rint(y + offset * tangent_x / norm).astype(np.intp)
            j = np.rint(x - offset * tangent_y / norm).astype(np.intp)
            inside = (i >= 0) & (j >= 0) & (i < shape[0]) & (j < shape[1])
            np.maximum.at(image, (i[inside], j[inside]), depth[inside].astype(np.float32))
    return cv2.GaussianBlur(image, (7, 7), 1.0)  # type: ignore[return-value]


def _line(
    rng: np.random.Generator,
    middle: tuple[float, float],
    *,
    angle: float,
    length: float,
    depth: float,
    width: float,
    wavy: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    along = np.linspace(-0.5, 0.5, max(8, int(length * 1.6)))
    turn = angle + rng.normal(0, 0.25) * along + wavy * np.cumsum(rng.normal(0, 1, along.size)) / np.sqrt(along.size)
    step = length / along.size
    px, py = np.cumsum(np.cos(turn)) * step, np.cumsum(np.sin(turn)) * step
    px, py = px - px[px.size // 2] + middle[0], py - py[py.size // 2] + middle[1]
    return px, py, depth * np.sin(np.pi * (along + 0.5)).clip(0) ** 0.6, width


def creases(rng: np.random.Generator, shape: tuple[int, int], wear: float, *, scarred: bool, flexion_y: float | None) -> FloatMap:
    """Return the depth of white lines: creases (many in age), now and then a scar, and the flexion crease of the joint.

    Args:
        rng: the finger's stream for creases.
        shape: (height, width).
        wear: 0 … 1, see `wear_of_age`.
        scarred: whether one long, wide scar crosses the finger.
        flexion_y: y of the joint's crease in px, None where it lies outside.
    """
    height, width = shape
    lines = []
    for _ in range(int(rng.poisson(2 + 45 * wear))):
        angle = rng.normal(0, 0.30) if rng.uniform() < 0.5 else rng.uniform(0, np.pi)
        length = float(rng.lognormal(np.log(55 + 45 * wear), 0.45))
        depth = 2.9 + 1.6 * wear
        at = (rng.uniform(0, width), rng.uniform(0, height))
        lines.append(_line(rng, at, angle=angle, length=length, depth=depth, width=rng.uniform(1, 2), wavy=0.15))
    if scarred:
        at, angle = (rng.normal(width / 2, 60), rng.normal(0.44 * height, 60)), rng.uniform(0, np.pi)
        lines.append(_line(rng, at, angle=angle, length=rng.uniform(140, 200), depth=4.5, width=rng.uniform(3, 4), wavy=0.1))
    if flexion_y is not None:
        for _ in range(3):
            at, angle = (width / 2, flexion_y + rng.uniform(-20, 20)), rng.normal(0, 0.04)
            lines.append(_line(rng, at, angle=angle, length=width * 0.9, depth=4.0, width=rng.uniform(2, 4), wavy=0.25))
    return _draw_lines((height, width), lines)


def cut_lines(rng: np.random.Generator, shape: tuple[int, int], strength: float, unit: float) -> FloatMap:
    """Return the depth of a fresh cut across the pad (one long line, sometimes two), `unit` picture px per px at 500 ppi."""
    lines = []
    for _ in range(1 if rng.uniform() < 0.7 else 2):
        at = (shape[1] * rng.uniform(0.38, 0.62), shape[0] * rng.uniform(0.35, 0.6))
        width, angle = max(1.0, rng.uniform(3, 7) * unit), rng.uniform(0, np.pi)
        length = rng.uniform(150, 300) * unit
        lines.append(_line(rng, at, angle=angle, length=length, depth=6.0 * strength, width=width, wavy=0.12))
    return _draw_lines(shape, lines)


def pack_skin(height: FloatMap, crease: FloatMap, pore: FloatMap) -> ByteMap:
    """Pack the three maps into one uint8 picture of three channels: one remap fetches all, and ten fingers stay small."""
    packed = cv2.merge(
        [
            np.rint((height + HEIGHT_OFFSET) * HEIGHT_SCALE).clip(0, 255).astype(np.uint8),
            np.rint(crease * CREASE_SCALE).clip(0, 255).astype(np.uint8),
            np.rint(pore * PORE_SCALE).clip(0, 255).astype(np.uint8),
        ]
    )
    return np.asarray(packed, dtype=np.uint8)
