"""Two prints side by side with their minutiae and the pairs that lie on each other: evidence a person can judge."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.matching.compare import Comparison
from biometrics.fingerprint.minutiae.template import RIDGE_SCALE, SAMPLE_PX, Template

_PAIRED: Final = (40, 140, 30)
_ALONE: Final = (60, 60, 220)
_GAP: Final = 12


def _canvas(template: Template, image: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    if image is None:
        image = np.full((max(template.height, 1), max(template.width, 1)), 255, np.uint8)
        if template.ridges.size:
            ridges = np.clip(128 + template.ridges.astype(np.float32) * (90 / RIDGE_SCALE), 0, 255).astype(np.uint8)
            ridges[template.ridges == 0] = 255
            large = cv2.resize(ridges, None, fx=SAMPLE_PX, fy=SAMPLE_PX, interpolation=cv2.INTER_CUBIC)
            x, y = template.origin
            part = large[: image.shape[0] - y, : image.shape[1] - x]
            image[y : y + part.shape[0], x : x + part.shape[1]] = part
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)


def _minutia(picture: NDArray[np.uint8], at: tuple[int, int], angle: float, colour: tuple[int, int, int]) -> None:
    cv2.circle(picture, at, 4, colour, 1, cv2.LINE_AA)
    end = round(at[0] + 12 * float(np.cos(angle))), round(at[1] + 12 * float(np.sin(angle)))
    cv2.line(picture, at, end, colour, 1, cv2.LINE_AA)


def draw_pairs(
    a: tuple[Template, NDArray[np.uint8] | None], b: tuple[Template, NDArray[np.uint8] | None], result: Comparison
) -> NDArray[Any]:
    """Return a BGR picture of both prints, each given as (template, its picture at 500 ppi or None).

    Green minutiae are paired and joined by a line, red ones are alone. Without a picture the template's ridges are drawn.
    """
    left, right = _canvas(*a), _canvas(*b)
    height = max(left.shape[0], right.shape[0])
    picture = np.full((height, left.shape[1] + _GAP + right.shape[1], 3), 255, np.uint8)
    picture[: left.shape[0], : left.shape[1]] = left
    start = left.shape[1] + _GAP
    picture[: right.shape[0], start:] = right
    for side, (template, offset) in enumerate(((a[0], 0), (b[0], start))):
        paired = {pair[side] for pair in result.pairs}
        for k in range(len(template)):
            at = int(template.x[k]) + offset, int(template.y[k])
            _minutia(picture, at, float(template.angle[k]) * 2 * np.pi / 256, _PAIRED if k in paired else _ALONE)
    for i, j in result.pairs:
        p = int(a[0].x[i]), int(a[0].y[i])
        q = int(b[0].x[j]) + start, int(b[0].y[j])
        cv2.line(picture, p, q, _PAIRED, 1, cv2.LINE_AA)
    return picture
