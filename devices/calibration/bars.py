"""Resolution and geometry from Ronchi rulings: where is the centre of every bar, to a hundredth of a pixel?

EBTS Appendix F / PIV-071006 ask for resolution in both directions, for distances across bars (error against the true distance, at the
nominal resolution) and for the straightness of bars along 1.5 inch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from devices.calibration.target import MM_PER_INCH, Bars, Matrix, TargetNotFoundError, pixels_of

Grey = npt.NDArray[np.uint8]
STRIP_MM: Final = 0.6
"""Rows that are averaged for one reading of a bar's centre."""
SHORT_IN: Final = 0.07
LONG_IN: Final = 1.5
MIN_SHARE: Final = 0.85
"""So many of a ruling's bars must be found, else it is not this ruling."""


@dataclass(frozen=True, slots=True)
class BarCentres:
    """The dark bars of one ruling. `pixels`: (strips, bars, 2), NaN where a bar was not found; `true_mm` (bars,) along its axis."""

    bars: Bars
    pixels: Matrix
    true_mm: Matrix


@dataclass(frozen=True, slots=True)
class Geometry:
    """What the rulings say. Errors as the tables want them: inches, or shares of the distance X; NaN where the target is too short.

    `affine`: the exact map from millimetres to pixels; `ppi` in x and y.
    """

    affine: Matrix
    ppi: tuple[float, float]
    across_short_in: tuple[float, float]
    across_long: tuple[float, float]
    along_in: tuple[float, float]


def geometry(image: Grey, affine: Matrix, ronchi: Sequence[Bars], ppi: float, percentile: float = 99.0) -> Geometry:
    """Measure all rulings of a located target.

    Args:
        image: HxW uint8.
        affine: 2x3 from `target.locate`.
        ronchi: the target's rulings, at least one for each axis.
        ppi: nominal resolution, in which distances across bars are judged.
        percentile: which percentile of all pairs the across-bar error is (the standard's "99 % of cases").

    Raises:
        TargetNotFoundError: too few bars are where they should be.
    """
    centres = [bar_centres(image, affine, ruling) for ruling in ronchi]
    exact = refine(affine, centres)
    # A second pass along the exact axes: on a crooked target the first one cut the bars askew.
    centres = [bar_centres(image, exact, ruling) for ruling in ronchi]
    exact = refine(exact, centres)
    scale = np.linalg.norm(exact[:, :2], axis=1)
    values = {axis: [c for c in centres if c.bars.axis == axis] for axis in ("x", "y")}
    across = [_across(values[axis], ppi, percentile) for axis in ("x", "y")]
    along = [_along(values[axis], exact) for axis in ("x", "y")]
    return Geometry(exact, (float(scale[0]) * MM_PER_INCH, float(scale[1]) * MM_PER_INCH), (across[0][0], across[1][0]),
                    (across[0][1], across[1][1]), (along[0], along[1]))  # fmt: skip


def bar_centres(image: Grey, affine: Matrix, bars: Bars) -> BarCentres:
    """Return the centre of every dark bar in strips along the bars."""
    along_x = bars.axis == "x"
    start, length = (bars.rect.x, bars.rect.width) if along_x else (bars.rect.y, bars.rect.height)
    side, depth = (bars.rect.y, bars.rect.height) if along_x else (bars.rect.x, bars.rect.width)
    period = 1 / bars.cycles_mm
    step = 0.25 / max(np.linalg.norm(affine[:, :2], axis=1))
    u = np.arange(start - period / 4, start + length + period / 4, step)
    margin = min(0.3, depth / 6)
    strips = max(3, int((depth - 2 * margin) / (STRIP_MM * 1.25)))
    high = min(STRIP_MM, (depth - 2 * margin) / strips)
    middles = np.linspace(side + margin + high / 2, side + depth - margin - high / 2, strips)
    lines = max(3, int(high / step / 4))
    # The first and the last bar border on the target's white; they are left out with everything else that is not between two neighbours.
    count = int(length * bars.cycles_mm) - 1
    true = np.asarray(start + (np.arange(1, count) + 0.25) * period, np.float64)
    profiles = []
    for middle in middles:
        v = middle + (np.arange(lines) - (lines - 1) / 2) * high / lines
        grid_u, grid_v = np.meshgrid(u, v)
        points = np.stack([grid_u, grid_v] if along_x else [grid_v, grid_u], axis=-1)
        at = pixels_of(affine, points).astype(np.float32)
        profile = cv2.remap(image, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).mean(axis=0)
        profiles.append(profile.astype(np.float64))
    found = np.full((strips, len(true), 2), np.nan)
    for n, (middle, drift) in enumerate(zip(middles, _drifts(profiles, u, bars), strict=True)):
        centre = _dark_centres(profiles[n], u, true + drift, period)
        mm = np.column_stack([centre, np.full_like(centre, middle)] if along_x else [np.full_like(centre, middle), centre])
        found[n] = pixels_of(affine, mm)
    if np.isfinite(found[..., 0]).mean() < MIN_SHARE:
        raise TargetNotFoundError(
            "The ruling's bars are not where the target has them. Clean the glass, lay the target flat, capture again."
        )
    return BarCentres(bars, found, true)


def _drifts(profiles: Sequence[Matrix], u: Matrix, bars: Bars) -> Matrix:
    """Return for each strip how far (mm) its bars lie from where the map has them: bent glass may shift them by more than half a period.

    The phase of the fundamental is unwrapped from strip to strip; the smallest shift of the whole ruling is taken.
    """
    start = bars.rect.x if bars.axis == "x" else bars.rect.y
    length = bars.rect.width if bars.axis == "x" else bars.rect.height
    within = (u >= start) & (u <= start + length)
    wave = np.exp(2j * np.pi * bars.cycles_mm * (u[within] - start - 0.25 / bars.cycles_mm))
    # Dark bars lie where the fundamental is lowest.
    phases = [float(np.angle(-np.sum((p[within] - p[within].mean()) * wave))) / (2 * np.pi) for p in profiles]
    cycles = np.unwrap(phases, period=1.0)
    return np.asarray((cycles - round(float(np.median(cycles)))) / bars.cycles_mm, np.float64)


def _dark_centres(profile: Matrix, u: Matrix, true: Matrix, period: float) -> Matrix:
    """Return the middle of each dark bar between its two crossings of the local half level; NaN where there are not two."""
    step = u[1] - u[0]
    window = max(3, int(period / step) | 1)
    kernel = np.ones(window, np.uint8)
    line = profile.astype(np.float32)[None, :]
    level = (cv2.erode(line, kernel[None, :]) + cv2.dilate(line, kernel[None, :]))[0] / 2
    level = cv2.blur(level[None, :], (window, 1))[0].astype(np.float64)
    d = profile - level
    crossing = np.flatnonzero(d[:-1] * d[1:] < 0)
    at = u[crossing] + step * d[crossing] / (d[crossing] - d[crossing + 1])
    falling = d[crossing] > 0
    centres = np.full(len(true), np.nan)
    for n, place in enumerate(true):
        left = at[falling & (np.abs(at - (place - period / 4)) < period / 4)]
        right = at[~falling & (np.abs(at - (place + period / 4)) < period / 4)]
        if len(left) == 1 and len(right) == 1:
            centres[n] = (left[0] + right[0]) / 2
    return centres


def refine(affine: Matrix, centres: Sequence[BarCentres]) -> Matrix:
    """Return the affine map that fits all bar centres best.

    An upright bar tells only the x of a place, a level one only the y: each gives one row of the map from pixels to millimetres.
    """
    inverse = np.zeros((2, 3))
    for row, axis in enumerate(("x", "y")):
        pixels, true = [], []
        for c in centres:
            if c.bars.axis != axis:
                continue
            there = np.isfinite(c.pixels[..., 0])
            pixels.append(c.pixels[there])
            true.append(np.broadcast_to(c.true_mm, there.shape)[there])
        points, values = np.concatenate(pixels), np.concatenate(true)
        middle = points.mean(axis=0)
        solution = np.linalg.lstsq(np.column_stack([points - middle, np.ones(len(points))]), values, rcond=None)[0]
        inverse[row] = (*solution[:2], solution[2] - solution[:2] @ middle)
    if np.linalg.cond(inverse[:, :2]) > 10:
        raise TargetNotFoundError("The rulings contradict each other; this is not the target named. Capture again.")
    forward = np.linalg.inv(inverse[:, :2])
    _ = affine
    return np.column_stack([forward, -forward @ inverse[:, 2]])


def _across(found: Sequence[BarCentres], ppi: float, percentile: float) -> tuple[float, float]:
    """Return (short error in inches, long error as a share of X) at `percentile`, over all pairs of bars in every strip."""
    short, long = [], []
    for c in found:
        for strip in c.pixels:
            first, second = np.triu_indices(len(c.true_mm), 1)
            measured = np.linalg.norm(strip[second] - strip[first], axis=1) / ppi
            true = (c.true_mm[second] - c.true_mm[first]) / MM_PER_INCH
            error = np.abs(measured - true)
            ok = np.isfinite(error)
            short.append(error[ok & (true <= SHORT_IN)])
            far = ok & (true > SHORT_IN) & (true <= LONG_IN)
            long.append(error[far] / true[far])
    return _percentile(short, percentile), _percentile(long, percentile)


def _along(found: Sequence[BarCentres], affine: Matrix) -> float:
    """Return how far (inches) the centre of a bar strays from its mean, the target's rotation taken out but no shear or bow."""
    scale = np.linalg.norm(affine[:, :2], axis=1)
    even = affine[:, :2] / scale[:, None]
    angle = (math.atan2(even[1, 0], even[0, 0]) + math.atan2(-even[0, 1], even[1, 1])) / 2
    turn = np.asarray([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    worst = math.nan
    longest = max((max(c.bars.rect.width, c.bars.rect.height) for c in found), default=0.0)
    for c in found:
        depth = c.bars.rect.height if c.bars.axis == "x" else c.bars.rect.width
        if depth < 0.8 * longest and len(found) > 1:
            continue
        straight = (c.pixels / scale) @ turn.T
        place = straight[..., 0 if c.bars.axis == "x" else 1]
        off = np.abs(place - np.nanmean(place, axis=0))
        worst = float(np.nanmax([worst, np.nanpercentile(off, 99)])) if np.isfinite(off).any() else worst
    return worst / MM_PER_INCH


def _percentile(parts: Sequence[Matrix], percentile: float) -> float:
    values = np.concatenate(parts) if parts else np.zeros(0)
    return float(np.percentile(values, percentile)) if len(values) else math.nan
