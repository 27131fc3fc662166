"""Similarity transforms: to OFIQ's 616 x 616 reference frame for measures, and to the document's crop."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.face import Image, Landmarks
from biometrics.portrait.points import Point

SIDE: Final = 616
TARGETS: Final[dict[Point, tuple[float, float]]] = {
    Point.RIGHT_EYE: (251, 272),
    Point.LEFT_EYE: (364, 272),
    Point.NOSE_TIP: (308, 336),
    Point.MOUTH_RIGHT: (262, 402),
    Point.MOUTH_LEFT: (355, 402),
}
"""Where OFIQ puts five points of the face in its aligned picture."""

HEAD_PER_T: Final = 2.0
"""Chin to crown in units of T (eye midpoint to chin): the eyes sit half-way up the head."""


def align_matrix(face: Landmarks) -> NDArray[np.float64]:
    """Return the 2x3 similarity image -> aligned frame: least median of squares on five points, two where only eyes are known."""
    names = [n for n in TARGETS if n in face.points]
    source = np.asarray([face.points[n] for n in names], np.float64)
    target = np.asarray([TARGETS[n] for n in names], np.float64)
    if len(names) >= 5:
        matrix, _ = cv2.estimateAffinePartial2D(source, target, method=cv2.LMEDS)
        if matrix is not None:
            return np.asarray(matrix, np.float64)
    return two_point_matrix(source[0], source[1], target[0], target[1])


def two_point_matrix(
    a: NDArray[np.float64], b: NDArray[np.float64], to_a: NDArray[np.float64], to_b: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the 2x3 similarity that takes a to to_a and b to to_b."""
    z = complex(*(to_b - to_a)) / complex(*(b - a))
    shift = complex(*to_a) - z * complex(*a)
    return np.array([[z.real, -z.imag, shift.real], [z.imag, z.real, shift.imag]])


def apply(matrix: NDArray[Any], points: NDArray[Any]) -> NDArray[np.float64]:
    """Return Nx2 `points` moved by the 2x3 `matrix`."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float64)


def aligned(image: Image, matrix: NDArray[np.float64]) -> Image:
    """Return the 616 x 616 aligned picture (uint8 B G R); what lies outside is black, as in OFIQ."""
    return warp(image, matrix, SIDE, SIDE, cv2.BORDER_CONSTANT)


def warp(image: Image, matrix: NDArray[np.float64], width: int, height: int, border: int) -> Image:
    """Return `image` moved by `matrix`, averaged first where it is made much smaller (no aliasing)."""
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if scale < 0.6:
        # Work on the needed part only, so that a 24-megapixel frame costs what its face costs.
        inverse = cv2.invertAffineTransform(matrix)
        corners = apply(inverse, np.array([[0.0, 0.0], [width, 0], [0, height], [width, height]]))
        pad = 2 / scale
        x0, y0 = (int(max(0, np.floor(v - pad))) for v in corners.min(0))
        x1, y1 = (int(np.ceil(v + pad)) for v in corners.max(0))
        part = image[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
        if part.size:
            small = cv2.resize(part, None, fx=scale * 1.2, fy=scale * 1.2, interpolation=cv2.INTER_AREA)
            fx, fy = small.shape[1] / part.shape[1], small.shape[0] / part.shape[0]
            # small pixel (u, v) -> source (u + .5) / f - .5 + x0
            lift = np.array([[1 / fx, 0, 0.5 / fx - 0.5 + x0], [0, 1 / fy, 0.5 / fy - 0.5 + y0], [0, 0, 1]])
            moved = np.vstack([matrix, [0, 0, 1]]) @ lift
            return np.asarray(
                cv2.warpAffine(small, moved[:2], (width, height), flags=cv2.INTER_LINEAR, borderMode=border), np.uint8
            )
    flags = cv2.INTER_CUBIC if scale > 1.05 else cv2.INTER_LINEAR
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), flags=flags, borderMode=border), np.uint8)
