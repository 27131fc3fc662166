"""Tier 1: finds faces with BlazeFace (short range, full range) and answers boxes with rough eyes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.face import FaceBox, Image, Provider
from biometrics.portrait.network import Float, Net
from biometrics.portrait.wheel_models import FULL_RANGE, LICENCE, SHORT_RANGE

DETECTOR_PROVIDER: Final = Provider("blazeface", "0.6.0", LICENCE)


def _anchors(side: int, layers: tuple[tuple[int, int], ...]) -> Float:
    """Anchor centres 0..1: for each (stride, boxes per cell) the cells in row order."""
    rows = []
    for stride, per_cell in layers:
        n = side // stride
        centre = (np.arange(n, dtype=np.float32) + 0.5) / n
        gx, gy = np.meshgrid(centre, centre)
        rows.append(np.repeat(np.stack([gx.ravel(), gy.ravel()], 1), per_cell, axis=0))
    return np.concatenate(rows)


class BlazeDetector:
    """BlazeFace: short range first; the full-range network when it sees nobody. One per thread."""

    provider = DETECTOR_PROVIDER

    def __init__(self, folder: Path | None = None, min_score: float = 0.55) -> None:
        self._short = Net(SHORT_RANGE, folder)
        self._full = Net(FULL_RANGE, folder)
        self._short_anchors = _anchors(128, ((8, 2), (16, 6)))
        self._full_anchors = _anchors(192, ((4, 1),))
        self._min = min_score

    def detect(self, image: Image) -> list[FaceBox]:
        """Return the faces, largest first. `image`: HxWx3 uint8 B G R."""
        boxes = self._pass(self._short, self._short_anchors, image)
        return boxes or self._pass(self._full, self._full_anchors, image)

    def detect_small(self, image: Image) -> list[FaceBox]:
        """The full-range network only: also sees people in the background."""
        return self._pass(self._full, self._full_anchors, image)

    def _pass(self, net: Net, anchors: Float, image: Image) -> list[FaceBox]:
        height, width = image.shape[:2]
        longest = max(height, width)
        scale = net.side / longest
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        # Halving is cheap in OpenCV and leaves a quarter of the pixels to average.
        half = cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA) if scale < 0.25 else image
        small = cv2.resize(half, size, interpolation=cv2.INTER_AREA)
        canvas = np.zeros((net.side, net.side, 3), np.uint8)
        dy, dx = (net.side - small.shape[0]) // 2, (net.side - small.shape[1]) // 2
        canvas[dy : dy + small.shape[0], dx : dx + small.shape[1]] = small
        first, second = net.run(canvas, -1.0, 1.0)
        scores, raw = (first, second) if first.size < second.size else (second, first)
        chosen = np.flatnonzero(scores > np.log(self._min / (1 - self._min)))
        if chosen.size == 0:
            return []
        score = 1 / (1 + np.exp(-np.clip(scores[chosen], -60, 60)))
        values = raw.reshape(-1, 16)[chosen] / net.side
        values[:, 0:2] += anchors[chosen]
        for k in range(4, 16, 2):
            values[:, k : k + 2] += anchors[chosen]
        return self._merge(values, score, longest, (longest - width) / 2, (longest - height) / 2)

    @staticmethod
    def _merge(values: NDArray[Any], score: NDArray[Any], longest: int, pad_x: float, pad_y: float) -> list[FaceBox]:
        """Weighted suppression: overlapping answers are averaged by score, as the network's authors advise."""
        left = np.asarray(np.argsort(-score))
        corners = np.concatenate([values[:, :2] - values[:, 2:4] / 2, values[:, :2] + values[:, 2:4] / 2], axis=1)
        out: list[FaceBox] = []
        while left.size:
            best = left[0]
            near = _overlaps(corners[best], corners[left]) > 0.3
            near[0] = True
            group = left[near]
            mean = np.average(values[group], axis=0, weights=score[group]) * longest
            cx, cy, w, h, rx, ry, lx, ly = (float(v) for v in mean[:8])
            out.append(
                FaceBox(
                    cx - w / 2 - pad_x, cy - h / 2 - pad_y, w, h, float(score[best]),
                    (rx - pad_x, ry - pad_y), (lx - pad_x, ly - pad_y),
                )
            )  # fmt: skip
            left = left[~near]
        return sorted(out, key=lambda b: -b.area)


def _overlaps(one: NDArray[Any], many: NDArray[Any]) -> NDArray[Any]:
    """Return intersection over union of the box `one` (x0, y0, x1, y1) with each of `many` (Nx4)."""
    size = np.clip(np.minimum(one[2:], many[:, 2:]) - np.maximum(one[:2], many[:, :2]), 0, None)
    both = size[:, 0] * size[:, 1]
    area = (many[:, 2] - many[:, 0]) * (many[:, 3] - many[:, 1])
    return np.asarray(both / np.maximum((one[2] - one[0]) * (one[3] - one[1]) + area - both, 1e-12))
