"""The local measures along ridges: frequency analysis, clarity, uniformity, orientation certainty and flow.

ISO/IEC 29794-4:2024; each function takes all blocks at once and returns the raw values whose histogram, mean and deviation
become measures.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.blocks import BLOCK, AnalysisGrid, GradientSums

Float = NDArray[np.float64]
Patches = NDArray[np.uint8]

_X: Final = np.arange(1, BLOCK + 1, dtype=np.float64)
_SXX: Final = float(((_X - _X.mean()) ** 2).sum())
_FLOW_MIN_DEGREES: Final = 4.0
_PIXELS_AT_125_PPI: Final = 20.0  # widths are stated relative to a 5-pixel ridge at 125 ppi: 500 / 125 * 5


def frequency(patches: Patches) -> Float:
    """Frequency-domain analysis: how much of a block's profile across the ridges lies at its main frequency.

    Args:
        patches: uint8 (n, 32, 16), rows run across the ridges.
    """
    profile = patches.sum(axis=2, dtype=np.int32) / 16.0
    # The peak is sought in float32 with OpenCV's own transform: a profile with a single spike has a flat spectrum, where
    # only rounding decides, and this is the rounding that agrees with the reference. The values themselves are float64.
    coarse = cv2.dft(profile.astype(np.float32), flags=cv2.DFT_ROWS | cv2.DFT_COMPLEX_OUTPUT)[:, 1:]
    peak = np.argmax(np.sqrt(coarse[..., 0] ** 2 + coarse[..., 1] ** 2), axis=1)
    half = np.abs(np.fft.rfft(profile, axis=1))[:, 1:]  # bins 1..16
    spectrum = np.concatenate([half, half[:, 14::-1]], axis=1)  # bins 17..31 mirror 15..1
    value = np.ones(len(patches))
    inside = np.flatnonzero((peak != 0) & (peak < 30))
    p = peak[inside]
    neighbours = spectrum[inside, p - 1] + spectrum[inside, p + 1]
    value[inside] = (spectrum[inside, p] + 0.3 * neighbours) / spectrum[inside, :15].sum(axis=1)
    return value


def _ridge_line(patches: Patches) -> tuple[Float, NDArray[np.bool_]]:
    """Return the threshold line and the ridge flags (dark columns), both (n, 32), of patches (n, 16, 32)."""
    profile = patches.sum(axis=1, dtype=np.int32) / 16.0
    mean = profile.mean(axis=1, keepdims=True)
    slope = ((profile - mean) @ (_X - _X.mean()))[:, None] / _SXX
    intercept = mean - slope * _X.mean()
    line = _X * np.round(slope, 10) + np.round(intercept, 10)
    return line, profile < line


def clarity(patches: Patches) -> Float:
    """Local clarity: one minus the mean share of pixels that are on the wrong side of the ridge line.

    Blocks whose mean ridge or valley width is not that of a finger are 0.
    """
    line, ridge = _ridge_line(patches)
    change = ridge[:, 1:] != ridge[:, :-1]
    place = np.arange(1, BLOCK)
    # The run that ends at column i began at the last change before it; the first run counts one column less.
    last = np.maximum.accumulate(np.where(change, place, 1), axis=1)
    begin = np.concatenate([np.ones((len(patches), 1), last.dtype), last[:, :-1]], axis=1)
    width = np.where(change, (place - begin) / _PIXELS_AT_125_PPI, 0.0)
    of_ridge = ridge[:, :-1]

    def mean_width(which: NDArray[np.bool_]) -> Float:
        count = (change & which).sum(axis=1)
        # accumulate adds in column order, as the reference does: a mean of exactly three pixels sits on the border.
        total = np.add.accumulate(np.where(which, width, 0.0), axis=1)[:, -1]
        return np.asarray(total * np.where(count > 0, 1.0 / np.maximum(count, 1), 0.0))

    ridge_width, valley_width = mean_width(of_ridge), mean_width(~of_ridge)
    # grey < line is the same as grey < ceil(line) for whole numbers.
    below = (patches < np.clip(np.ceil(line), 0, 256).astype(np.int16)[:, None, :]).sum(axis=1)
    columns = ridge.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        valley_wrong = np.where(ridge, 0, below).sum(axis=1) / ((BLOCK - columns) * 16)
        ridge_wrong = np.where(ridge, 16 - below, 0).sum(axis=1) / (columns * 16)
        value = 1 - (valley_wrong + ridge_wrong) / 2
    usable = change.any(axis=1) & (ridge_width >= 3 / 20) & (ridge_width <= 10 / 20)
    usable &= (valley_width >= 2 / 20) & (valley_width <= 10 / 20)
    return np.where(usable, value, 0.0)


def uniformity(patches: Patches) -> Float:
    """Ridge-valley uniformity: the pooled ratios of neighbouring ridge and valley widths of all blocks (1-D)."""
    _, ridge = _ridge_line(patches)
    change = ridge[:, 1:-1] != ridge[:, :-2]  # column 31 is never looked at
    count = change.sum(axis=1)
    block, place = np.nonzero(change)  # `place` is the last column of the run that ends
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    if not block.size:
        return np.empty(0)
    some = count >= 2
    first = place[np.minimum(start, place.size - 1)]
    final = place[np.maximum(start + count - 1, 0)]
    some &= final > first + 1
    # Widths of the runs between the second change and the last, taken from the end backwards; the first whole run is left out.
    begins_with_ridge = ridge[np.arange(len(ridge)), np.minimum(first + 1, BLOCK - 1)].astype(np.int64)
    order = np.arange(place.size) - start[block]
    width = np.zeros(place.size)
    width[1:] = place[1:] - place[:-1]
    # The ratio at change k (k >= 3) is width[k] / width[k-1]; counted from the end its number is count-1-k.
    usable = np.flatnonzero((order >= 3) & some[block])
    ratio = width[usable] / width[usable - 1]
    number = count[block[usable]] - 1 - order[usable]
    invert = (number >= begins_with_ridge[block[usable]]) & ((number - begins_with_ridge[block[usable]]) % 2 == 0)
    return np.where(invert, 1.0 / ratio, ratio)


def certainty(sums: GradientSums, rows: int, columns: int) -> Float:
    """Orientation certainty of the first `rows` x `columns` (full) blocks; blocks without gradient are left out (1-D)."""
    scale = 0.25 / (BLOCK * BLOCK)
    a, b, c = (s[:rows, :columns].ravel() * scale for s in (sums.xx, sums.yy, sums.xy))
    return certainty_of(a, b, c)


def certainty_of(a: Float, b: Float, c: Float) -> Float:
    """Return 1 - smallest/largest eigenvalue of the gradient covariances; entries whose largest is 0 are dropped."""
    root = np.sqrt((a - b) ** 2 + 4 * c * c)
    largest, smallest = (a + b + root) / 2, (a + b - root) / 2
    kept = largest != 0
    return np.asarray(1.0 - smallest[kept] / largest[kept])


def flow(grid: AnalysisGrid) -> Float:
    """Orientation flow: how far a block's angle differs from its eight neighbours, beyond 4 degrees (1-D)."""
    if not grid.angle.size:
        return np.empty(0)
    angle = np.pad(grid.angle, 1)
    solid = np.pad(grid.foreground, 1)
    n, m = grid.angle.shape
    total = np.zeros((n, m))
    whole = np.ones((n, m), bool)
    for dy in range(3):
        for dx in range(3):
            difference = np.abs(grid.angle - angle[dy : dy + n, dx : dx + m])
            total += np.minimum(difference, 2 * np.pi - difference)
            whole &= solid[dy : dy + n, dx : dx + m]
    total /= 8
    least = np.deg2rad(_FLOW_MIN_DEGREES)
    return np.asarray((total[whole & (total > least)] - least) / np.deg2rad(90 - _FLOW_MIN_DEGREES))
