"""All native measures of one 500-ppi image: the order of work, the histograms, the reference's refusals."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ImageError
from biometrics.fingerprint.quality import names
from biometrics.fingerprint.quality.blocks import (
    BLOCK,
    AnalysisGrid,
    GradientSums,
    GreySums,
    analysis_grid,
    foreground_mask,
    gradient_sums,
    grey_sums,
    rotated_patches,
    zero_border,
)
from biometrics.fingerprint.quality.minutia_measures import minutia_measures
from biometrics.fingerprint.quality.minutiae333 import Minutiae, extract
from biometrics.fingerprint.quality.region import FingerRegion, coherence, finger_region
from biometrics.fingerprint.quality.ridges import certainty, clarity, flow, frequency, uniformity

MIN_FOREGROUND_BLOCKS = 10
UNIFORM_STD = 1.0
EMPTY_MEAN = 250.0


@dataclass(frozen=True, slots=True)
class BlockMaps:
    """What the reasons look at: one value per block of the analysis grid (NaN where the block is background)."""

    grid: AnalysisGrid
    frequency: NDArray[np.float64]
    clarity: NDArray[np.float64]
    sums: GradientSums


@dataclass(slots=True)
class Measured:
    """Measures in the forest's order, the actionable values and the maps behind them (of the white-cropped image)."""

    measures: dict[str, float] = field(default_factory=dict)
    actionable: dict[str, float] = field(default_factory=dict)
    minutiae: Minutiae | None = None
    region: FingerRegion | None = None
    maps: BlockMaps | None = None


def histogram(family: str, values: NDArray[np.float64]) -> dict[str, float]:
    """Return the ten counts, the mean and the population standard deviation of one family."""
    limits = np.asarray(names.HISTOGRAM_LIMITS[family])
    counts = np.bincount(np.searchsorted(limits, values, side="right"), minlength=10)
    if values.size:
        mean = float(values.mean())
        deviation = float(np.sqrt(np.mean((values - mean) ** 2)))
    else:
        mean = deviation = 0.0
    return dict(zip(names.histogram_names(family), (*(float(c) for c in counts), mean, deviation), strict=True))


def contrast(sums: GreySums) -> tuple[float, float, float]:
    """Return (Mu, MMB, deviation): grey mean, plain mean of the block means (partial blocks too), population deviation."""
    pixels = sums.count.sum()
    mean = float(sums.grey.sum() / pixels)
    variance = float(sums.square.sum() / pixels) - mean * mean
    return mean, float((sums.grey / sums.count).mean()), float(np.sqrt(max(variance, 0.0)))


def measure(crop: NDArray[np.uint8]) -> Measured:
    """Return all 69 measures and 4 actionable values of a white-cropped 500-ppi image.

    Raises:
        ImageError: what `measure_without_minutiae` raises; ``too-few-minutiae``.
    """
    result = measure_without_minutiae(crop)
    found = extract(crop)
    result.minutiae = found
    result.measures |= minutia_measures(crop, found, result.measures["Mu"], result.actionable[names.UNIFORM_IMAGE])
    result.actionable[names.FEW_MINUTIAE] = float(found.count)
    return result


def measure_without_minutiae(crop: NDArray[np.uint8]) -> Measured:
    """Return the 65 measures of a white-cropped 500-ppi image that need no minutiae.

    Raises:
        ImageError: ``image-uniform``, ``image-empty`` or ``too-few-foreground-blocks``.
    """
    result = Measured()
    grey = grey_sums(crop)
    mu, mmb, deviation = contrast(grey)
    result.actionable = {names.UNIFORM_IMAGE: deviation, names.EMPTY_IMAGE: mu}
    if deviation < UNIFORM_STD:
        raise ImageError("the image is one even grey: nothing was captured", code="image-uniform")
    if mu > EMPTY_MEAN:
        raise ImageError("the image is nearly white: there is no finger on it", code="image-empty")

    grid = analysis_grid(crop, foreground_mask(grey))
    rows, columns = np.nonzero(grid.foreground)
    if rows.size < MIN_FOREGROUND_BLOCKS:
        message = f"only {rows.size} blocks of the image show ridges; {MIN_FOREGROUND_BLOCKS} are needed for a score"
        raise ImageError(message, code="too-few-foreground-blocks", blocks=int(rows.size))
    origin = (grid.rows[rows], grid.columns[columns])
    angle = grid.angle[rows, columns]
    padded = zero_border(crop)
    across = slice(2, 34), slice(10, 26)
    along = slice(10, 26), slice(2, 34)
    fda = frequency(rotated_patches(padded, origin, angle + np.pi / 2, 40, across))
    lcs = clarity(rotated_patches(padded, origin, angle, 36, along))
    rvu = uniformity(rotated_patches(padded, origin, angle, 40, along))

    sums = gradient_sums(crop)
    ocl = certainty(sums, crop.shape[0] // BLOCK, crop.shape[1] // BLOCK)
    region = finger_region(crop)
    coherence_mean, coherence_sum = coherence(sums, region.blocks)

    result.region = region
    result.actionable[names.FOREGROUND_AREA] = float(region.area)
    result.maps = BlockMaps(grid, _spread(grid, fda), _spread(grid, lcs), sums)
    result.measures = {
        **histogram("FDA", fda),
        names.ROI_MEAN: region.mean_grey,
        **histogram("LCS", lcs),
        "MMB": mmb,
        "Mu": mu,
        **histogram("OCL", ocl),
        **histogram("OF", flow(grid)),
        names.COHERENCE_MEAN: coherence_mean,
        names.COHERENCE_SUM: coherence_sum,
        **histogram("RVUP", rvu),
    }
    return result


def _spread(grid: AnalysisGrid, values: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.full(grid.angle.shape, np.nan)
    out[grid.foreground] = values
    return out
