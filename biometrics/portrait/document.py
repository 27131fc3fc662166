"""The measures that document rules speak of, as a table name -> number (NaN: this tier cannot know)."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.accessories import ear_scores, glare_share, glasses_score
from biometrics.portrait.backdrop import backdrop
from biometrics.portrait.crop import crop_in_frame, crop_matrix
from biometrics.portrait.face import FaceBox, Image, Landmarks
from biometrics.portrait.measures import NAN, FaceGeometry
from biometrics.portrait.points import Point
from biometrics.portrait.profiles import CropSpec
from biometrics.portrait.tone import Tone

SMALL_FACE: Final = 0.12
"""A second face counts from this share of the first one's area; smaller ones are pictures on the wall."""


def document_measures(
    image: Image, face: Landmarks, boxes: list[FaceBox], *, shape: FaceGeometry, light: Tone, sharp: float, spec: CropSpec
) -> dict[str, float]:
    """Return every measure by name.

    Args:
        image: HxWx3 uint8 B G R.
        face, boxes: the judged face and all detected ones, largest first.
        shape, light, sharp: from `measures.geometry` and `measures.face_tone`.
        spec: the document's crop, which decides what background and which margins count.
    """
    height, width = image.shape[:2]
    x, y = shape.eye_middle
    values = {
        "faces": float(1 + sum(box.area > SMALL_FACE * boxes[0].area for box in boxes[1:])) if boxes else 1.0,
        "eye_distance_px": shape.eye_distance_px / (1 if math.isnan(face.pose.yaw) else math.cos(math.radians(face.pose.yaw))),
        "eye_x": x / width,
        "eye_y": y / height,
        "aspect": height / width,
        "head_share": shape.head_height_px / height,
        "yaw": face.pose.yaw,
        "pitch": face.pose.pitch,
        "roll": face.pose.roll,
        "eye_opening": shape.eye_opening,
        "mouth_opening": shape.mouth_opening,
        "gaze": gaze(face),
        "sharpness": sharp,
        "luminance_mean": light.mean,
        "over_share": light.over_share,
        "under_share": light.under_share,
        "entropy_bits": light.entropy_bits,
        "colour_distance": light.colour_distance,
        # Signed so that one rule knows which lamp: 0 = even, 1 = one cheek in the dark; > 0: the image's right is darker.
        "side_balance": (1 - light.side_ratio) * -light.brighter_side,
        "glasses": glasses_score(image, face),
        "glare": glare_share(image, face),
    }
    values["right_ear"], values["left_ear"] = ear_scores(image, face)
    values |= _room(face, spec, width, height)
    wall = backdrop(image, crop_matrix(face, spec), face, spec)
    values |= {
        "background_lightness": wall.lightness,
        "background_chroma": wall.chroma,
        "background_shadow": wall.shadow,
        "background_busy": wall.busy,
        "background_side": wall.side,
    }
    return values


def _room(face: Landmarks, spec: CropSpec, width: int, height: int) -> dict[str, float]:
    corners = crop_in_frame(face, spec)
    crop_height = float(np.linalg.norm(corners[3] - corners[0]))
    crop_width = float(np.linalg.norm(corners[1] - corners[0]))
    return {
        "crop_room": min(height / crop_height, width / crop_width),
        "crop_top": float((corners[0, 1] + corners[1, 1]) / 2) / crop_height,
        "crop_bottom": (height - float((corners[2, 1] + corners[3, 1]) / 2)) / crop_height,
        "crop_left": float((corners[0, 0] + corners[3, 0]) / 2) / crop_width,
        "crop_right": (width - float((corners[1, 0] + corners[2, 0]) / 2)) / crop_width,
    }


def gaze(face: Landmarks) -> float:
    """Return how far the irises are off the eyes' middles, in eye widths (mean of both eyes), less what the head's turn explains.

    NaN where the provider knows no irises.
    """
    offsets: list[NDArray[np.float64]] = []
    for side in ("right", "left"):
        names = [Point(f"{side}-{part}") for part in ("eye-outer", "eye-inner", "iris")]
        if not face.has(*names):
            return NAN
        outer, inner, iris = (face.at(n) for n in names)
        axis = (inner - outer) if side == "right" else (outer - inner)
        width = float(np.linalg.norm(axis))
        if width < 1e-6:
            return NAN
        across = axis / width
        offset = iris - (outer + inner) / 2
        offsets.append(np.array([offset @ across, offset @ [-across[1], across[0]]]) / width)
    mean = np.mean(offsets, axis=0)
    # The iris rests a little above the line of the corners; across it is centred.
    return float(np.hypot(mean[0], 0.6 * min(0.0, mean[1] + 0.20) + 0.6 * max(0.0, mean[1] - 0.12)))


def region_of(face: Landmarks, image: Image) -> tuple[int, int, int, int]:
    """Return the face region's bounding box in the picture: x, y, width, height."""
    x, y, w, h = cv2.boundingRect(np.round(face.hull).astype(np.int32))
    x0, y0 = max(0, x), max(0, y)
    return x0, y0, max(0, min(image.shape[1], x + w) - x0), max(0, min(image.shape[0], y + h) - y0)
