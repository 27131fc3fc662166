"""Draws calibration targets as a scanner with known optics would see them: every number that a measure should find is known.

Analytic, not resampled: bars are the Fourier series of a square wave times the optics' transfer function, so their contrast at every
frequency is exact. Shares with `devices.calibration` nothing but the targets' data files; imports none of its code.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import erf

from devices.errors import DeviceNotFoundError

Grey = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float64]
TERMS: Final = 40


@dataclass(frozen=True, slots=True)
class ScannerOptics:
    """A scanner's true qualities. Lengths in mm on the glass; the optics blur by a Gaussian and by the square pixel.

    `gamma` bends the grey scale; `shade` is how much darker (share) the right edge is than the left; `bow_mm` how far upright bars bend at the
    top and bottom of the glass; `dead`: stuck pixels (row, column); `stripe`: grey levels by which every 8th column differs.
    """

    ppi_x: float = 500.0
    ppi_y: float = 500.0
    sigma_mm: float = 0.012
    angle_deg: float = 0.0
    offset_mm: tuple[float, float] = (1.5, 1.5)
    shape: tuple[int, int] = (1500, 1600)
    noise: float = 0.8
    gamma: float = 1.0
    shade: float = 0.0
    bow_mm: float = 0.0
    dead: tuple[tuple[int, int], ...] = ()
    stripe: float = 0.0
    black: float = 6.0
    white: float = 250.0


FLAWS: Final[Mapping[str, Mapping[str, Any]]] = {
    "none": {},
    "ppi-y": {"ppi_y": 493.6},
    "ppi-x": {"ppi_x": 506.2},
    "blur": {"sigma_mm": 0.045},
    "noise": {"noise": 6.0},
    "gamma": {"gamma": 1.35},
    "shade": {"shade": 0.09},
    "dead-pixels": {"dead": ((400, 600), (401, 600), (900, 250), (1200, 1500))},
    "stripes": {"stripe": 5.0},
    "crooked": {"angle_deg": 2.0},
    "upside-down": {"angle_deg": 180.0, "offset_mm": (79.5, 74.5)},
}
"""Named flaws for `station devices calibrate --flaw`."""


def flaw_named(name: str, flaws: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return what a named flaw changes in the optics.

    Raises:
        DeviceNotFoundError: no flaw has that name.
    """
    if name not in flaws:
        raise DeviceNotFoundError(
            f"No flaw is called '{name}'; there are: {', '.join(flaws)}. Nothing was opened.", code="simulator-flaw"
        )
    return flaws[name]


@lru_cache(maxsize=8)
def target_data(name: str) -> Mapping[str, Any]:
    """Return a target's data file, as it stands."""
    return tomllib.loads(files("devices").joinpath("calibration", "data", f"target-{name}.toml").read_text("utf-8"))


def transfer(optics: ScannerOptics, cycles_mm: float, axis: str) -> float:
    """Return the true modulation transfer of sine bars of that frequency, upright (``x``) or level (``y``) bars, at no rotation."""
    ppi = optics.ppi_x if axis == "x" else optics.ppi_y
    return math.exp(-2 * (math.pi * optics.sigma_mm * cycles_mm) ** 2) * float(np.sinc(cycles_mm * 25.4 / ppi))


def contrast(optics: ScannerOptics, cycles_mm: float, axis: str) -> float:
    """Return the true contrast transfer of square bars: peak to trough at the bars' middles (Coltman's series)."""
    return (
        4 / math.pi * math.fsum((-1) ** k * transfer(optics, (2 * k + 1) * cycles_mm, axis) / (2 * k + 1) for k in range(TERMS))
    )


def render_scanner(name: str, face: str, optics: ScannerOptics, seed: int = 1) -> Grey:
    """Return what the scanner sees of that face: ``pattern`` of the target, or a uniform ``light`` or ``dark`` field (HxW uint8)."""
    data = target_data(name)
    reflectance = np.full(optics.shape, float(data["dark"] if face == "dark" else data["light"]))
    if face == "pattern":
        _draw_pattern(reflectance, data, optics)
    return _expose(reflectance, optics, seed)


def _expose(reflectance: Values, optics: ScannerOptics, seed: int) -> Grey:
    grey = optics.black + (optics.white - optics.black) * np.clip(reflectance, 0, 1) ** optics.gamma
    grey *= 1 - optics.shade * np.linspace(0, 1, optics.shape[1])[None, :]
    grey[:, ::8] -= optics.stripe
    rng = np.random.default_rng(seed)
    grey += rng.standard_normal(optics.shape, dtype=np.float32) * optics.noise
    for row, column in optics.dead:
        if row < optics.shape[0] and column < optics.shape[1]:
            grey[row, column] = 0 if grey[row, column] > 128 else 255
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


def _matrix(optics: ScannerOptics) -> Values:
    """Pixels per millimetre: scale after rotation."""
    turn = math.radians(optics.angle_deg)
    rotation = np.asarray([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return np.asarray(np.diag([optics.ppi_x / 25.4, optics.ppi_y / 25.4]) @ rotation, np.float64)


def _draw_pattern(into: Values, data: Mapping[str, Any], optics: ScannerOptics) -> None:
    dark, light = float(data["dark"]), float(data["light"])
    side = data["fiducial"]["side"]
    for x, y in data["fiducial"]["centres"]:
        _patch(into, [x - side / 2, y - side / 2, side, side], dark, optics)
    for patch in data["wedge"]:
        _patch(into, patch["rect"], float(patch["reflectance"]), optics)
    _patch(into, data["dark_area"], dark, optics)
    _patch(into, data["light_area"], light, optics)
    for bars in (*data["ronchi"], *data["bars"]):
        _bars(into, bars, (dark, light), optics)


def _window(rect: list[float], optics: ScannerOptics) -> tuple[slice, slice, Values, Values] | None:
    """Return the pixels that may see `rect`, and the millimetre coordinates of each on the target."""
    matrix = _matrix(optics)
    shift = np.asarray([optics.ppi_x, optics.ppi_y]) / 25.4 * optics.offset_mm
    pad = 5 * optics.sigma_mm + 0.2 + abs(optics.bow_mm)
    x, y, width, height = rect
    corners = np.asarray(
        [[x - pad, y - pad], [x + width + pad, y - pad], [x - pad, y + height + pad], [x + width + pad, y + height + pad]]
    )
    pixels = corners @ matrix.T + shift
    (left, top), (right, bottom) = np.floor(pixels.min(axis=0)).astype(int), np.ceil(pixels.max(axis=0)).astype(int)
    rows = slice(max(0, int(top)), min(optics.shape[0], int(bottom) + 1))
    columns = slice(max(0, int(left)), min(optics.shape[1], int(right) + 1))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return None
    r, c = np.mgrid[rows, columns].astype(np.float64)
    height_px = optics.shape[0] / 2
    c = c - optics.bow_mm * optics.ppi_x / 25.4 * ((r - height_px) / height_px) ** 2
    back = np.linalg.inv(matrix)
    dx, dy = c - shift[0], r - shift[1]
    return rows, columns, back[0, 0] * dx + back[0, 1] * dy, back[1, 0] * dx + back[1, 1] * dy


def _covered(x: Values, y: Values, rect: list[float], optics: ScannerOptics) -> Values:
    """How much of a pixel's view lies in `rect`: 0..1, blurred by the optics."""
    spread = math.sqrt(2) * math.hypot(optics.sigma_mm, 25.4 / optics.ppi_x / math.sqrt(12))

    def between(at: Values, start: float, length: float) -> Values:
        return np.asarray((erf((at - start) / spread) - erf((at - start - length) / spread)) / 2, np.float64)

    return between(x, rect[0], rect[2]) * between(y, rect[1], rect[3])


def _patch(into: Values, rect: list[float], value: float, optics: ScannerOptics) -> None:
    window = _window(rect, optics)
    if window is None:
        return
    rows, columns, x, y = window
    share = _covered(x, y, rect, optics)
    into[rows, columns] += share * (value - into[rows, columns])


def _bars(into: Values, bars: Mapping[str, Any], tones: tuple[float, float], optics: ScannerOptics) -> None:
    rect, cycles = bars["rect"], float(bars["cycles_mm"])
    window = _window(rect, optics)
    if window is None:
        return
    rows, columns, x, y = window
    along_x = bars["axis"] == "x"
    # The dark bar comes first: a light bar's middle is three quarters of a period after the edge.
    turns = 2 * math.pi * (cycles * ((x - rect[0]) if along_x else (y - rect[1])) - 0.75)
    turn = math.radians(optics.angle_deg)
    normal = (math.cos(turn), math.sin(turn)) if along_x else (-math.sin(turn), math.cos(turn))
    wave = np.full_like(x, 0.5)
    for k in range(TERMS):
        h = 2 * k + 1
        f = h * cycles
        gain = math.exp(-2 * (math.pi * optics.sigma_mm * f) ** 2)
        gain *= float(np.sinc(f * normal[0] * 25.4 / optics.ppi_x) * np.sinc(f * normal[1] * 25.4 / optics.ppi_y))
        if abs(gain) < 1e-4 and h > 3:
            break
        wave += (2 / math.pi) * (-1) ** k / h * gain * np.cos(h * turns)
    value = tones[0] + (tones[1] - tones[0]) * wave
    share = _covered(x, y, rect, optics)
    into[rows, columns] += share * (value - into[rows, columns])
