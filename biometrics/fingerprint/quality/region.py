"""The region of interest (where the finger lies) and the coherence of the gradients inside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.blocks import BLOCK, GradientSums, block_counts
from biometrics.fingerprint.quality.twolevel import blur_two_levels

_FIVE: Final = np.ones((5, 5), np.uint8)


@dataclass(frozen=True, slots=True)
class FingerRegion:
    """`mask` uint8 0/1 (H, W) of the finger, `mean_grey` inside it (255 when empty), `area` pixels, `blocks` bool per 32-block."""

    mask: NDArray[np.uint8]
    mean_grey: float
    area: int
    blocks: NDArray[np.bool_]


def finger_region(image: NDArray[np.uint8]) -> FingerRegion:
    """Return NFIQ 2's region of interest: erosion, two rounds of blur and Otsu, holes filled, the largest dark part."""
    light = _otsu(np.asarray(cv2.GaussianBlur(cv2.erode(image, _FIVE), (41, 41), 0), np.uint8))
    mask = _largest_part(_without_holes(_otsu(blur_two_levels(light))))
    area = cv2.countNonZero(mask)
    mean = float(cv2.mean(image, mask)[0]) if area else 255.0
    return FingerRegion(mask, mean, area, _region_blocks(mask))


def _otsu(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    _, light = cv2.threshold(image, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(light, np.uint8)


def _without_holes(light: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the dark part as 1, with light parts that do not reach the border counted as dark."""
    framed = cv2.copyMakeBorder(light, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
    cv2.floodFill(framed, None, (0, 0), 7, flags=8)
    return np.asarray(framed[1:-1, 1:-1] != 7).view(np.uint8)


def _largest_part(dark: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep the 4-connected part with the largest bounding box (the first such in row order)."""
    count, labels = cv2.connectedComponents(dark, connectivity=4)
    if count <= 2:
        return dark
    best, kept = -1, dark
    for number in range(1, count):
        part = (labels == number).view(np.uint8)
        _, _, width, height = cv2.boundingRect(part)
        if width * height > best:
            best, kept = width * height, part
    return kept


def _region_blocks(mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Blocks of the 32-grid with a pixel inside; the reference's rounding also lets some partial white blocks in."""
    height, width = mask.shape
    lines = np.stack([cv2.reduce(mask[y : y + BLOCK], 0, cv2.REDUCE_MAX)[0] for y in range(0, height, BLOCK)])
    touched = np.maximum.reduceat(lines, np.arange(0, width, BLOCK), axis=1) > 0
    count = block_counts(height, width)
    # The reference asks whether the mean of a block painted white outside is below 255, with mean = sum * (1/n).
    rounds_down = (255.0 * count) * (1.0 / count) < 255.0
    return np.asarray(touched | rounds_down)


def coherence(sums: GradientSums, blocks: NDArray[np.bool_]) -> tuple[float, float]:
    """Return (mean, sum) over the region's blocks of |sum of squared gradients| / sum of |squared gradients|."""
    inside = int(np.count_nonzero(blocks))
    if not inside:
        return 0.0, 0.0
    xx, yy, xy = sums.xx[blocks], sums.yy[blocks], sums.xy[blocks]
    length = np.hypot(xx - yy, 2 * xy)
    total = xx + yy  # |(gx + i gy)**2| is gx**2 + gy**2
    value = np.divide(length, total, out=np.zeros_like(length), where=total > 0)
    whole = float(value.sum())
    return whole / inside, whole
