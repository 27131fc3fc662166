"""A picture of a judgement for people: points, crop, pose, and a bar for each of the 28 components. For reports, not evidence."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.assess import PortraitQuality
from biometrics.portrait.crop import crop_in_frame
from biometrics.portrait.face import Image, Landmarks
from biometrics.portrait.points import Point
from biometrics.portrait.rules import Verdict

_GREEN: Final = (58, 101, 16)
_AMBER: Final = (0, 70, 133)
_GREY: Final = (130, 120, 110)
_TEXT: Final = (43, 32, 21)
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX


def draw(image: Image, quality: PortraitQuality) -> Image:
    """Return a copy of `image` (at most 900 px high) with the overlay, and the table of components at its right.

    Only ASCII can be drawn: codes, not words.
    """
    scale = min(1.0, 900 / image.shape[0])
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    picture = np.array(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    if quality.face is not None:
        _face(picture, quality.face, quality, scale)
    table = _table(quality, picture.shape[0])
    height = max(picture.shape[0], table.shape[0])
    canvas = np.full((height, picture.shape[1] + table.shape[1], 3), 247, np.uint8)
    canvas[: picture.shape[0], : picture.shape[1]] = picture
    canvas[: table.shape[0], picture.shape[1] :] = table
    return canvas


def _face(picture: Image, face: Landmarks, quality: PortraitQuality, scale: float) -> None:
    def at(xy: NDArray[np.float64]) -> tuple[int, int]:
        return round(float(xy[0]) * scale), round(float(xy[1]) * scale)

    crop = crop_in_frame(face, quality.profile.crop) * scale
    colour = _GREEN if quality.passed else _AMBER
    cv2.polylines(picture, [np.round(crop).astype(np.int32)], True, colour, 2, cv2.LINE_AA)
    for name, place in face.points.items():
        cv2.circle(picture, at(np.asarray(place)), 2, (189, 83, 26) if "iris" in name else colour, -1, cv2.LINE_AA)
    right, left, chin = face.at(Point.RIGHT_EYE), face.at(Point.LEFT_EYE), face.at(Point.CHIN)
    middle = (right + left) / 2
    half = (left - right) * 1.1
    for centre in (middle, chin, 2 * middle - chin):  # eye line, chin, crown
        cv2.line(picture, at(centre - half), at(centre + half), colour, 1, cv2.LINE_AA)


def _table(quality: PortraitQuality, at_least: int) -> Image:
    rows = max(len(quality.components), 1) + 4 + sum(r.verdict is Verdict.BROKEN for r in quality.rules)
    table = np.full((max(at_least, 24 * rows + 20), 510, 3), 247, np.uint8)
    y = 24

    def line(text: str, colour: tuple[int, int, int] = _TEXT, value: str = "") -> None:
        nonlocal y
        cv2.putText(table, text, (12, y), _FONT, 0.45, colour, 1, cv2.LINE_AA)
        cv2.putText(table, value, (258, y), _FONT, 0.45, colour, 1, cv2.LINE_AA)
        y += 24

    line(f"{quality.profile.name} ({quality.profile.mode.value}), tier {int(quality.tier)}, approximate")
    for c in quality.components:
        if c.value >= 0:
            cv2.rectangle(table, (296, y - 12), (296 + 2 * c.value, y + 2), _GREEN if c.value >= 50 else _AMBER, -1)
        line(c.component.value, _TEXT if c.value >= 0 else _GREY, str(c.value) if c.value >= 0 else "not assessed")
    for reason in quality.reasons:
        line(f"rule {reason.rule}: {reason.instruction.value}", _AMBER)
    return table
