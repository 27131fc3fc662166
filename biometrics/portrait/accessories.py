"""Hints by rule, no model: glasses from thin frames, glare in the eyes, ears from skin colour. All approximate."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.alignment import two_point_matrix, warp
from biometrics.portrait.face import Image, Landmarks
from biometrics.portrait.points import Point

_IED: Final = 80
"""Eye distance of the working picture, px."""
_WIDTH, _HEIGHT = 240, 200
_EYE_LINE: Final = 80


def _upright(image: Image, face: Landmarks) -> Image:
    """Return a 240 x 200 picture, eyes level at y = 80 and 80 px apart."""
    left = (_WIDTH - _IED) / 2
    matrix = two_point_matrix(
        face.at(Point.RIGHT_EYE), face.at(Point.LEFT_EYE), np.array([left, _EYE_LINE]), np.array([left + _IED, _EYE_LINE])
    )
    return warp(image, matrix, _WIDTH, _HEIGHT, cv2.BORDER_REPLICATE)


def glasses_score(image: Image, face: Landmarks) -> float:
    """Return 0..1: a thin dark line across the nose's bridge and under the eyes says frames. NaN without a mesh."""
    if face.dense is None:
        return float("nan")
    plain = cv2.cvtColor(_upright(image, face), cv2.COLOR_BGR2GRAY).astype(np.float32)
    grey = cv2.GaussianBlur(plain, (0, 0), 0.8)
    # A frame is darker than what lies 6 px above and below it, wherever the line runs.
    line = np.minimum(np.roll(grey, 6, 0), np.roll(grey, -6, 0)) - grey
    level = float(np.percentile(grey[_EYE_LINE + 20 : _EYE_LINE + 60, 70:170], 70))
    line = np.clip(line / max(level, 8.0), 0, 1)
    middle = _WIDTH // 2

    def strongest(x0: int, x1: int, y0: int, y1: int) -> float:
        columns = line[y0:y1, x0:x1].max(0)
        return float(np.percentile(columns, 25))

    bridge = strongest(middle - 8, middle + 8, _EYE_LINE - 16, _EYE_LINE + 12)
    under = [strongest(x - 12, x + 12, _EYE_LINE + 14, _EYE_LINE + 44) for x in (middle - _IED // 2, middle + _IED // 2)]
    return float(np.clip(0.5 * bridge / 0.16, 0, 0.6) + np.clip(0.5 * min(under) / 0.16, 0, 0.6)) / 1.2


def glare_share(image: Image, face: Landmarks) -> float:
    """Return the share of burnt-out pixels in both eye zones (an eye box grown by a quarter)."""
    patch = _upright(image, face)
    value, worst = patch.min(axis=2), 0.0
    for x in ((_WIDTH - _IED) // 2, (_WIDTH + _IED) // 2):
        zone = value[_EYE_LINE - 14 : _EYE_LINE + 14, x - 24 : x + 24]
        worst = max(worst, float((zone > 245).mean()))
    return worst


def ear_scores(image: Image, face: Landmarks) -> tuple[float, float]:
    """Return (right, left) 0..1: how much of the place of each ear has the cheek's colour. NaN without a mesh."""
    if face.dense is None:
        return float("nan"), float("nan")
    patch = cv2.cvtColor(_upright(image, face).astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    left = (_WIDTH - _IED) / 2
    matrix = two_point_matrix(
        face.at(Point.RIGHT_EYE), face.at(Point.LEFT_EYE), np.array([left, _EYE_LINE]), np.array([left + _IED, _EYE_LINE])
    )
    scores = []
    for edge, eye_x, outward in ((Point.RIGHT_CHEEK_EDGE, left, -1), (Point.LEFT_CHEEK_EDGE, left + _IED, 1)):
        place = matrix[:, :2] @ face.at(edge) + matrix[:, 2]
        cheek = patch[_EYE_LINE + 34 : _EYE_LINE + 52, int(eye_x) - 6 : int(eye_x) + 6].reshape(-1, 3)
        skin = np.median(cheek, axis=0)
        x0, x1 = sorted((int(place[0] + outward * 2), int(place[0] + outward * 11)))
        zone = patch[_EYE_LINE - 6 : _EYE_LINE + 34, max(0, x0) : min(_WIDTH, x1)]
        scores.append(_like(zone, skin))
    return scores[0], scores[1]


def _like(zone: NDArray[Any], skin: NDArray[Any]) -> float:
    if zone.size == 0:
        return float("nan")
    off = zone - skin
    return float(((np.abs(off[..., 0]) < 22) & (np.hypot(off[..., 1], off[..., 2]) < 11)).mean())
