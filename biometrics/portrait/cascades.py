"""Tier 0: OpenCV's Haar cascades. Always there; knows boxes and eye centres, no lids, no pose but roll."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from biometrics.errors import ModelError
from biometrics.portrait.face import FaceBox, Image, Landmarks, Pose, Provider
from biometrics.portrait.points import Point

PROVIDER: Final = Provider("opencv-haar", cv2.__version__, "Intel licence (BSD style), in OpenCV")

# Where things lie inside an alt2 box, as shares of its side (measured on rendered faces and `astronaut`).
_EYE_X, _EYE_Y = 0.30, 0.385
_CHIN_BELOW_EYES_IED: Final = 1.82


def _cascade(name: str) -> cv2.CascadeClassifier:
    factory = getattr(cv2, "CascadeClassifier", None)
    folder = getattr(getattr(cv2, "data", None), "haarcascades", "")
    if factory is None or not (Path(folder) / name).is_file():
        raise ModelError(
            "this OpenCV brings no Haar cascades (version 5 dropped them): install version 4.14", code="model-missing"
        )
    cascade: cv2.CascadeClassifier = factory(str(Path(folder) / name))
    return cascade


class CascadeDetector:
    """Haar `frontalface_alt2` on a reduced picture. One per thread."""

    provider = PROVIDER

    def __init__(self, working_side_px: int = 360) -> None:
        self._net = _cascade("haarcascade_frontalface_alt2.xml")
        self._side = working_side_px

    def detect(self, image: Image) -> list[FaceBox]:
        """Return the faces, largest first. `image`: HxWx3 uint8 B G R; faces under about 1/9 of the long side are not seen."""
        height, width = image.shape[:2]
        scale = min(1.0, self._side / max(height, width))
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
        grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
        if min(grey.shape) < 24:
            return []
        found, _, weights = self._net.detectMultiScale3(
            grey, scaleFactor=1.12, minNeighbors=4, minSize=(30, 30), outputRejectLevels=True
        )
        boxes = [
            FaceBox(
                float(x) / scale,
                float(y) / scale,
                float(w) / scale,
                float(h) / scale,
                float(1 / (1 + np.exp(-float(weight) / 20))),
            )
            for (x, y, w, h), weight in zip(found, np.ravel(weights), strict=True)
        ]
        return sorted(boxes, key=lambda b: -b.area)


class CascadeLandmarker:
    """Eye centres by Haar `eye_tree_eyeglasses`; everything else from the box's proportions. One per thread."""

    provider = PROVIDER

    def __init__(self) -> None:
        self._net = _cascade("haarcascade_eye_tree_eyeglasses.xml")

    def locate(self, image: Image, box: FaceBox) -> Landmarks | None:
        """Return eye centres, a chin by proportion and the roll. None for a box outside the picture."""
        height, width = image.shape[:2]
        x0, y0 = max(0, int(box.x)), max(0, int(box.y + 0.15 * box.height))
        x1, y1 = min(width, int(box.x + box.width)), min(height, int(box.y + 0.62 * box.height))
        if x1 - x0 < 16 or y1 - y0 < 16:
            return None
        scale = min(1.0, 200 / (x1 - x0))
        grey = cv2.cvtColor(image[y0:y1, x0:x1], cv2.COLOR_BGR2GRAY)
        if scale < 1:
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        side = max(12, int(0.16 * grey.shape[1]))
        eyes = self._net.detectMultiScale(grey, 1.08, 3, minSize=(side, side), maxSize=(3 * side, 3 * side))
        centres = [np.array([x0 + (x + w / 2) / scale, y0 + (y + h / 2) / scale]) for x, y, w, h in eyes]
        guess_right = np.array([box.x + _EYE_X * box.width, box.y + _EYE_Y * box.height])
        guess_left = np.array([box.x + (1 - _EYE_X) * box.width, box.y + _EYE_Y * box.height])
        near_right = [c for c in centres if np.linalg.norm(c - guess_right) < 0.17 * box.width]
        near_left = [c for c in centres if np.linalg.norm(c - guess_left) < 0.17 * box.width]
        right = min(near_right, key=lambda c: float(np.linalg.norm(c - guess_right)), default=guess_right)
        left = min(near_left, key=lambda c: float(np.linalg.norm(c - guess_left)), default=guess_left)
        axis = left - right
        distance = float(np.linalg.norm(axis))
        roll = float(np.degrees(np.arctan2(axis[1], axis[0])))
        down = np.array([-axis[1], axis[0]]) / max(distance, 1e-6)
        middle = (right + left) / 2
        chin = middle + down * distance * _CHIN_BELOW_EYES_IED
        points = {Point.RIGHT_EYE: right, Point.LEFT_EYE: left, Point.CHIN: chin}
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        across = axis / max(distance, 1e-6)
        centre = middle + down * 0.55 * distance
        hull = centre + np.outer(np.cos(angle) * 1.02 * distance, across) + np.outer(np.sin(angle) * 1.28 * distance, down)
        return Landmarks(
            points={name: (float(p[0]), float(p[1])) for name, p in points.items()},
            hull=hull.astype(np.float32),
            pose=Pose(float("nan"), float("nan"), roll if near_right and near_left else float("nan")),
            presence=(1.0 if near_right and near_left else 0.5),
            provider=self.provider,
        )
