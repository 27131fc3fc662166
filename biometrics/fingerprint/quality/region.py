"""The region of interest (where the finger lies) and the coherence of the gradients inside it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.blocks import BLOCK, GradientSums


@dataclass(frozen=True, slots=True)
class FingerRegion:
    """`mask` bool (H, W) of the finger, `mean_grey` inside it (255 when empty), `area` pixels, `blocks` bool per 32-block."""

    mask: NDArray[np.bool_]
    mean_grey: float
    area: int
    blocks: NDArray[np.bool_]


def finger_region(image: NDArray[np.uint8]) -> FingerRegion:
    """Return NFIQ 2's region of interest: erosion, two rounds of blur and Otsu, holes filled, the largest dark part."""
    smooth = cv2.GaussianBlur(cv2.erode(image, np.ones((5, 5), np.uint8)), (41, 41), 0)
    _, light = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    _, light = cv2.threshold(cv2.GaussianBlur(light, (91, 91), 0), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = _largest_part(_without_holes(light == 0))
    area = int(np.count_nonzero(mask))
    mean = float(image[mask].sum(dtype=np.int64) / area) if area else 255.0
    return FingerRegion(mask, mean, area, _region_blocks(mask))


def _without_holes(dark: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fill light parts that do not reach the image border."""
    count, labels = cv2.connectedComponents((~dark).astype(np.uint8), connectivity=8)
    if count <= 1:
        return dark
    outer = np.zeros(count, bool)
    for edge in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        outer[edge] = True
    filled = ~outer
    filled[0] = True
    return np.asarray(filled[labels])


def _largest_part(dark: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the 4-connected part with the largest bounding box (the first such in row order)."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8), connectivity=4)
    if count <= 2:
        return dark
    boxes = stats[1:, cv2.CC_STAT_WIDTH].astype(np.int64) * stats[1:, cv2.CC_STAT_HEIGHT]
    return np.asarray(labels == 1 + int(np.argmax(boxes)))


def _region_blocks(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Blocks of the 32-grid with a pixel inside; the reference's rounding also lets some partial white blocks in."""
    height, width = mask.shape
    rows, columns = np.arange(0, height, BLOCK), np.arange(0, width, BLOCK)
    touched = np.logical_or.reduceat(np.logical_or.reduceat(mask, rows, axis=0), columns, axis=1)
    count = np.outer(np.diff(np.append(rows, height)), np.diff(np.append(columns, width)))
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
