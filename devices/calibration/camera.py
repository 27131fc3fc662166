"""Readings of a camera's faces: sharpness, light, colour, distortion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from devices.calibration.board import board_corners, distortion
from devices.calibration.camera_target import CameraTarget, camera_target
from devices.calibration.colour import colour_errors
from devices.calibration.edges import FREQUENCIES, find_squares, linear_light, square_responses
from devices.calibration.model import Reading
from devices.calibration.plan import Plan
from devices.calibration.target import TargetNotFoundError

Picture = npt.NDArray[np.uint8]
BLOCKS: Final = 16


def measure_camera(
    plan: Plan, pictures: Mapping[str, Sequence[Picture]], marks: Mapping[str, Sequence[Sequence[float]]]
) -> list[Reading]:
    """Return the readings of a camera's faces; the colour face needs its corners marked."""
    target = camera_target(plan.target)
    readings: list[Reading] = []
    if pictures.get("edges"):
        readings += _sharpness(pictures["edges"])
    if pictures.get("white"):
        readings.append(Reading("illumination", tuple(map(illumination, pictures["white"])), "share"))
    if pictures.get("colour") and "colour" in marks:
        readings += _colours(pictures["colour"], target, marks["colour"])
    if pictures.get("board"):
        found = distortion(pictures["board"], target)
        readings += [Reading("distortion-rms", (found.rms,), "px"), Reading("distortion-views", (float(found.views),), "view"),
                     Reading("distortion-edge", (found.edge_share,), "share")]  # fmt: skip
    return readings


def check_camera_face(plan: Plan, face: str, picture: Picture) -> None:
    """Look whether a fresh picture shows the face at all.

    Raises:
        TargetNotFoundError: it does not.
    """
    if face == "edges":
        light = linear_light(picture)
        for square in find_squares(picture):
            square_responses(light, square)
    elif face == "board":
        board_corners(picture, camera_target(plan.target))
    elif face == "white" and not 60 <= float(picture.mean()) <= 252:
        raise TargetNotFoundError("The white card is too dark or burnt out. Set the exposure and capture again.")


def illumination(picture: Picture) -> float:
    """Return the darkest over the lightest of 16x16 block means of the grey picture, as coded."""
    grey = (picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)).astype(np.float32)
    means = cv2.resize(grey, (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA)
    return float(means.min() / max(float(means.max()), 1e-6))


def _sharpness(pictures: Sequence[Picture]) -> list[Reading]:
    centre, corner, overshoot = [], [], []
    curves: dict[float, list[float]] = {f: [] for f in FREQUENCIES}
    for picture in pictures:
        light = linear_light(picture)
        squares = [square_responses(light, square) for square in find_squares(picture)]
        centre.append(min(r.mtf50 for r in squares[0]))
        corner.append(min(r.mtf50 for edges in squares[1:] for r in edges))
        overshoot.append(max(r.overshoot for r in squares[0]))
        for frequency, values in curves.items():
            values.append(float(np.mean([r.at(frequency) for r in squares[0]])))
    return [Reading("mtf50-centre", tuple(centre), "cy/px"), Reading("mtf50-corner", tuple(corner), "cy/px"), Reading("overshoot", tuple(overshoot), "share"),
            *(Reading("sfr-centre", tuple(values), "", f) for f, values in curves.items())]  # fmt: skip


def _colours(pictures: Sequence[Picture], target: CameraTarget, corners: Sequence[Sequence[float]]) -> list[Reading]:
    found = [colour_errors(p, target, corners) for p in pictures]
    return [Reading("colour-mean", tuple(float(e.mean()) for e, _ in found), "dE00"), Reading("colour-max", tuple(float(e.max()) for e, _ in found), "dE00"),
            Reading("grey-cast", tuple(cast for _, cast in found), "level")]  # fmt: skip
