"""The document's picture: eyes level, at the profile's place and size, by one similarity transform; the frame stays untouched."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ImageError
from biometrics.portrait.alignment import HEAD_PER_T, apply, warp
from biometrics.portrait.face import Image, Landmarks
from biometrics.portrait.points import Point
from biometrics.portrait.profiles import CropSpec


@dataclass(frozen=True, slots=True)
class Crop:
    """`image`: HxWx3 uint8 B G R of the profile's size. `matrix`: 2x3, frame -> crop. `filled_share`: how much lay outside."""

    image: Image
    matrix: NDArray[np.float64]
    filled_share: float


def crop_matrix(face: Landmarks, spec: CropSpec) -> NDArray[np.float64]:
    """Return the 2x3 similarity frame -> crop: eyes level, eye midpoint at the spec's place, head at its height."""
    right, left = face.at(Point.RIGHT_EYE), face.at(Point.LEFT_EYE)
    middle = (right + left) / 2
    across = (left - right) / max(float(np.linalg.norm(left - right)), 1e-9)
    t = float(np.linalg.norm(face.at(Point.CHIN) - middle))
    scale = spec.head_share * spec.height_px / max(HEAD_PER_T * t, 1e-6)
    c, s = across[0] * scale, -across[1] * scale
    turn = np.array([[c, -s], [s, c]])
    shift = np.array([spec.eye_x * spec.width_px - 0.5, spec.eye_y * spec.height_px - 0.5]) - turn @ middle
    return np.hstack([turn, shift[:, None]])


def crop_in_frame(face: Landmarks, spec: CropSpec) -> NDArray[np.float64]:
    """Return the crop's four corners in the frame, 4x2, clockwise from the top left."""
    inverse = cv2.invertAffineTransform(crop_matrix(face, spec))
    w, h = spec.width_px, spec.height_px
    return apply(inverse, np.array([[0.0, 0.0], [w, 0], [w, h], [0, h]]))


def document_crop(image: Image, face: Landmarks, spec: CropSpec) -> Crop:
    """Cut the document's picture out of `image` (HxWx3 uint8 B G R); what lies outside repeats the frame's edge.

    Raises:
        ImageError: the face is so small that the picture would be enlarged more than four times (code `face-too-small`).
    """
    matrix = crop_matrix(face, spec)
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if not np.isfinite(matrix).all() or scale > 4:
        raise ImageError("the face is too small for this document: move closer or use a better camera", code="face-too-small")
    picture = warp(image, matrix, spec.width_px, spec.height_px, cv2.BORDER_REPLICATE)
    return Crop(picture, matrix, _outside(matrix, image.shape[1], image.shape[0], spec))


def _outside(matrix: NDArray[np.float64], width: int, height: int, spec: CropSpec) -> float:
    frame = apply(matrix, np.array([[0.0, 0.0], [width, 0], [width, height], [0, height]])).astype(np.float32)
    crop = np.array([[0, 0], [spec.width_px, 0], [spec.width_px, spec.height_px], [0, spec.height_px]], np.float32)
    area, _ = cv2.intersectConvexConvex(frame, crop)
    return float(np.clip(1 - area / (spec.width_px * spec.height_px), 0, 1))
