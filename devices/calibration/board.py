"""Lens distortion from views of a ChArUco board (OpenCV's detector and `calibrateCamera`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from devices.calibration.camera_target import DICTIONARIES, CameraTarget
from devices.calibration.target import Matrix, TargetNotFoundError

Picture = npt.NDArray[np.uint8]
MIN_CORNERS: Final = 12
DISTINCT: Final = 0.02
"""Two views whose corners moved by less than this share of the picture's width are one view."""


@dataclass(frozen=True, slots=True)
class Distortion:
    """What the views say: RMS reprojection error (pixels), how many different views, camera matrix, coefficients (k1 k2 p1 p2),
    and the displacement at the picture's corners as a share of half its diagonal."""

    rms: float
    views: int
    camera: Matrix
    coefficients: Matrix
    edge_share: float


def board_of(target: CameraTarget) -> Any:
    """Return OpenCV's board for a target."""
    dictionary = cv2.aruco.getPredefinedDictionary(DICTIONARIES[target.dictionary])
    return cv2.aruco.CharucoBoard(target.board, target.board_square, target.board_marker, dictionary)


def board_corners(picture: Picture, target: CameraTarget) -> tuple[Matrix, npt.NDArray[np.int64]]:
    """Return the board's corners in pixels (n, 2) and their numbers (n,).

    Raises:
        TargetNotFoundError: fewer than 12 are seen.
    """
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    found: Any = cv2.aruco.CharucoDetector(board_of(target)).detectBoard(grey)
    corners, numbers = found[0], found[1]
    count = 0 if numbers is None else len(numbers)
    if count < MIN_CORNERS:
        raise TargetNotFoundError(
            f"{count} corners of the board are seen, {MIN_CORNERS} are needed. Bring more of it into the picture."
        )
    return corners.reshape(-1, 2).astype(np.float64), numbers.ravel().astype(np.int64)


def distortion(pictures: Sequence[Picture], target: CameraTarget) -> Distortion:
    """Calibrate from all views.

    Raises:
        TargetNotFoundError: a view without the board, or views that do not determine a camera.
    """
    points = np.asarray(board_of(target).getChessboardCorners(), np.float32)
    seen = [board_corners(p, target) for p in pictures]
    height, width = pictures[0].shape[:2]
    try:
        rms, camera, coefficients, _, _ = cv2.calibrateCamera([points[n] for _, n in seen], [c.astype(np.float32) for c, _ in seen], (width, height), None, None,
                                                              flags=cv2.CALIB_FIX_K3)  # fmt: skip
    except cv2.error as error:
        raise TargetNotFoundError(
            "The views of the board do not determine the lens. Show it at more places and tilts."
        ) from error
    corners = np.asarray([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float64)
    straight = cv2.undistortPoints(corners[:, None], camera, coefficients, P=camera)[:, 0]
    moved = float(np.linalg.norm(straight - corners, axis=1).max() / (np.hypot(width, height) / 2))
    return Distortion(
        float(rms),
        _distinct(seen, width),
        np.asarray(camera, np.float64),
        np.asarray(coefficients, np.float64).ravel()[:4],
        moved,
    )


def _distinct(seen: Sequence[tuple[Matrix, npt.NDArray[np.int64]]], width: int) -> int:
    """Count the views that differ from all counted before them."""
    kept: list[dict[int, Matrix]] = []
    for corners, numbers in seen:
        view = dict(zip(numbers.tolist(), corners, strict=True))
        for other in kept:
            shared = sorted(view.keys() & other.keys())
            if len(shared) >= 4 and np.mean([np.linalg.norm(view[n] - other[n]) for n in shared]) < DISTINCT * width:
                break
        else:
            kept.append(view)
    return len(kept)
