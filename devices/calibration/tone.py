"""Grey values: linearity, uniformity, noise, dead pixels, the grey range of fingers (EBTS Appendix F, PIV-071006)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from devices.calibration.target import Matrix, ScannerTarget, inside

Grey = npt.NDArray[np.uint8]
Field = npt.NDArray[np.float32]
SQUARE_IN: Final = 0.25
BORDER_PX: Final = 3
DEAD_LEVELS: Final = 40
"""A pixel that stays so many grey levels from its neighbourhood in every capture does not see."""
MIN_LEVEL_PIXELS: Final = 5


def linearity(image: Grey, affine: Matrix, target: ScannerTarget) -> float:
    """Return the largest distance (grey levels) of the wedge's means from the best straight line over reflectance."""
    means = [
        float(np.mean(inside(image, affine, rect.inset(0.18 * min(rect.width, rect.height)))[1])) for rect, _ in target.wedge
    ]
    reflectance = np.asarray([r for _, r in target.wedge])
    slope, offset = np.polyfit(reflectance, means, 1)
    return float(np.abs(np.asarray(means) - slope * reflectance - offset).max())


def squares(field: Grey, ppi: float) -> list[Field]:
    """Return the .25 inch squares of a uniform field (a module smaller than two squares is cut into four parts)."""
    inner = field[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX].astype(np.float32)
    side = max(8, min(round(SQUARE_IN * ppi), min(inner.shape) // 2))
    return [
        inner[r : r + side, c : c + side]
        for r in range(0, inner.shape[0] - side + 1, side)
        for c in range(0, inner.shape[1] - side + 1, side)
    ]


def adjacent(field: Grey, percentile: float) -> float:
    """Return the `percentile` of the differences between the means of neighbouring rows and of neighbouring columns (grey levels)."""
    inner = field[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX].astype(np.float64)
    steps = np.concatenate([np.abs(np.diff(inner.mean(axis=1))), np.abs(np.diff(inner.mean(axis=0)))])
    return float(np.percentile(steps, percentile))


def pixel_deviation(field: Grey, ppi: float, percentile: float) -> float:
    """Return the `percentile` of the distances of pixels from their square's mean (grey levels)."""
    off = [np.abs(s - s.mean()).ravel() for s in squares(field, ppi)]
    return float(np.percentile(np.concatenate(off), percentile))


def area_difference(field: Grey, ppi: float) -> float:
    """Return the largest difference between the means of any two squares (grey levels)."""
    means = [float(s.mean()) for s in squares(field, ppi)]
    return max(means) - min(means)


def noise_worst(field: Grey, ppi: float) -> float:
    """Return the largest standard deviation within a square (grey levels)."""
    return max(float(s.std(ddof=1)) for s in squares(field, ppi))


def signal_to_noise(light: Grey, dark: Grey, ppi: float, percentile: float) -> float:
    """Return the `percentile` over the squares of (light - dark) / standard deviation; light and dark squares both count.

    "At least 125 in 97 % of the squares" is the 3rd percentile. A field without any noise at all (a wedge-shaped clip at 0 or 255)
    counts as half a level, the least that 8 bits can show.
    """
    pairs = list(zip(squares(light, ppi), squares(dark, ppi), strict=False))
    ratios = [(float(a.mean()) - float(b.mean())) / max(float(s.std(ddof=1)), 0.5) for a, b in pairs for s in (a, b)]
    return float(np.percentile(ratios, percentile))


def dead_pixels(light: Sequence[Grey], dark: Sequence[Grey]) -> tuple[tuple[int, int], ...]:
    """Return (row, column) of pixels that differ from the median around them in every capture of a field, light or dark."""
    dead: set[tuple[int, int]] = set()
    for field in (light, dark):
        if not field:
            continue
        always = np.ones(field[0].shape, bool)
        for picture in field:
            around = cv2.medianBlur(picture, 5)
            always &= cv2.absdiff(picture, around) > DEAD_LEVELS
        dead |= {(int(r), int(c)) for r, c in np.argwhere(always)}
    return tuple(sorted(dead))


def grey_levels(finger: Grey) -> int:
    """Return how many grey levels a finger's picture really uses (each by at least 5 pixels)."""
    return int(np.count_nonzero(np.bincount(finger.ravel(), minlength=256) >= MIN_LEVEL_PIXELS))


def share_with_range(fingers: Sequence[Grey], levels: float) -> float:
    """Return the share of finger pictures that use at least `levels` grey levels."""
    return sum(grey_levels(f) >= levels for f in fingers) / len(fingers)
