"""What the document will show behind the head: lightness, colour, shadow, busyness, on a reduced crop without segmentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.alignment import apply
from biometrics.portrait.face import Image, Landmarks
from biometrics.portrait.points import Point
from biometrics.portrait.profiles import CropSpec

_HEIGHT: Final = 216


@dataclass(frozen=True, slots=True)
class Backdrop:
    """`lightness` L* and `chroma` of the typical wall; `shadow`: share of lightness lost in dark parts.

    `busy`: share of pixels on edges; `side`: where the darkest tenth of the wall lies, -1 all left of the face in the image, 1 all right.
    """

    lightness: float
    chroma: float
    shadow: float
    busy: float
    side: float


def backdrop(image: Image, matrix: NDArray[np.float64], face: Landmarks, spec: CropSpec) -> Backdrop:
    """Judge the wall in the document's crop above the shoulders, outside a generous outline of head and hair.

    Args:
        image: the frame, HxWx3 uint8 B G R.
        matrix: 2x3 frame -> crop.
        face: the face in the frame.
        spec: the crop.
    """
    k = _HEIGHT / spec.height_px
    width = max(8, round(spec.width_px * k))
    small_matrix = matrix * k
    small = cv2.warpAffine(image, small_matrix, (width, _HEIGHT), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT)
    inside = cv2.warpAffine(
        np.full(image.shape[:2], 255, np.uint8),
        small_matrix,
        (width, _HEIGHT),
        flags=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
    )
    points = apply(small_matrix, np.stack([face.at(Point.RIGHT_EYE), face.at(Point.LEFT_EYE), face.at(Point.CHIN)]))
    middle, chin = points[:2].mean(0), points[2]
    t = max(2.0, float(np.linalg.norm(chin - middle)))
    mask = cv2.erode(inside, np.ones((3, 3), np.uint8))
    centre = (round(float(middle[0])), round(float(middle[1]) - 0.02 * t))
    cv2.ellipse(mask, centre, (round(0.92 * t), round(1.22 * t)), 0, 0, 360, 0, -1)
    mask[max(0, round(float(middle[1] + 0.78 * t))) :] = 0
    chosen = mask > 0
    if chosen.sum() < 0.02 * mask.size:
        nan = float("nan")
        return Backdrop(nan, nan, nan, nan, nan)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    light = cv2.blur(lab[..., 0], (3, 3))[chosen]
    a, b = float(np.median(lab[..., 1][chosen])), float(np.median(lab[..., 2][chosen]))
    bright = float(np.percentile(light, 85))
    dark = float(np.percentile(light, 8))
    edges = cv2.magnitude(
        cv2.Sobel(lab[..., 0], cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(lab[..., 0], cv2.CV_32F, 0, 1, scale=0.125)
    )
    return Backdrop(
        lightness=float(np.median(light)),
        chroma=float(np.hypot(a, b)),
        shadow=float(np.clip(1 - dark / max(bright, 1.0), 0, 1)),
        busy=float((edges[chosen] > 9.0).mean()),
        side=float(np.sign(np.nonzero(chosen)[1][light <= np.percentile(light, 10)] - middle[0]).mean()),
    )
