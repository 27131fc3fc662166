"""Landmarks that cannot be a face are refused before any score: NaN, outside, degenerate, eyes crossed, mouth above the eyes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.points import Point


def plausible(
    points: dict[Point, tuple[float, float]], dense: NDArray[np.float32] | None, width: int, height: int, crop_side: float
) -> bool:
    """True when the points can belong to one face.

    Args:
        points: named places, px of the whole image.
        dense: all points of the provider (Nx3) or None.
        width, height: the image, px.
        crop_side: side of the square the provider looked at, px.
    """
    named = np.asarray(list(points.values()), np.float64)
    if not np.isfinite(named).all() or (dense is not None and not np.isfinite(dense).all()):
        return False
    margin = 0.5 * crop_side
    if (named < -margin).any() or (named[:, 0] > width + margin).any() or (named[:, 1] > height + margin).any():
        return False
    right, left = np.asarray(points[Point.RIGHT_EYE]), np.asarray(points[Point.LEFT_EYE])
    between = left - right
    distance = float(np.linalg.norm(between))
    if distance < 4 or not 0.08 * crop_side < distance < 0.7 * crop_side:
        return False
    if Point.CHIN in points:
        down = np.array([-between[1], between[0]]) / distance
        middle = (right + left) / 2
        chin = float((np.asarray(points[Point.CHIN]) - middle) @ down)
        if not 0.8 * distance < chin < 4.5 * distance:
            return False
        for name in (Point.NOSE_TIP, Point.MOUTH_LEFT, Point.MOUTH_RIGHT):
            if name in points:
                drop = float((np.asarray(points[name]) - middle) @ down)
                if not -0.4 * distance < drop < 1.1 * chin:
                    return False
    return True
