"""The 28 components of ISO/IEC 29794-5 for one face: native value, mapped 0..100, and how far each can be relied on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from biometrics.portrait import alignment
from biometrics.portrait.face import FaceBox, Image, Landmarks, Provider, Status
from biometrics.portrait.mappings import Component, scalar
from biometrics.portrait.points import Point
from biometrics.portrait.tone import Tone, sharpness, tone

OWN: Final = Provider("portrait-measures", "1.0")
NAN: Final = float("nan")

_EYE_GAPS: Final = tuple(
    tuple((Point(f"{side}-eye-top-{k}"), Point(f"{side}-eye-bottom-{k}")) for k in (1, 2, 3)) for side in ("right", "left")
)
_LIP_GAPS: Final = tuple((Point(f"lip-upper-inner-{k}"), Point(f"lip-lower-inner-{k}")) for k in (1, 2, 3))

LIP_SWELL: Final = 0.012
"""Closed lips measure this much of T with the mesh and nearly 0 in OFIQ; taken off."""


@dataclass(frozen=True, slots=True)
class ComponentResult:
    """One component: `raw` in OFIQ's unit (NaN: not assessed), `value` 0..100 (-1: not assessed)."""

    component: Component
    raw: float
    value: int
    status: Status
    provider: Provider


@dataclass(frozen=True, slots=True)
class FaceGeometry:
    """Lengths of one face in px of the whole image, and openings in units of T (eye midpoint to chin)."""

    eye_middle: tuple[float, float]
    eye_distance_px: float
    t_px: float
    head_height_px: float
    eye_opening: float
    mouth_opening: float


def geometry(face: Landmarks) -> FaceGeometry:
    """Return the face's lengths; openings are NaN where the provider knows no lids or lips."""
    right, left = face.at(Point.RIGHT_EYE), face.at(Point.LEFT_EYE)
    middle = (right + left) / 2
    t = float(np.linalg.norm(face.at(Point.CHIN) - middle))

    def gap(pairs: tuple[tuple[Point, Point], ...]) -> float:
        if not all(face.has(a, b) for a, b in pairs):
            return NAN
        return max(float(np.linalg.norm(face.at(a) - face.at(b))) for a, b in pairs) / max(t, 1e-6)

    return FaceGeometry(
        eye_middle=(float(middle[0]), float(middle[1])),
        eye_distance_px=float(np.linalg.norm(left - right)),
        t_px=t,
        head_height_px=alignment.HEAD_PER_T * t,
        eye_opening=min(gap(_EYE_GAPS[0]), gap(_EYE_GAPS[1])),
        mouth_opening=max(0.0, gap(_LIP_GAPS) - LIP_SWELL) if face.has(Point.LIP_UPPER_INNER_2) else NAN,
    )


def geometry_raw(face: Landmarks, width: int, height: int) -> dict[Component, float]:
    """Return the native geometry measures of `face` in a picture of `width` x `height` px."""
    g = geometry(face)
    right, left = face.at(Point.RIGHT_EYE), face.at(Point.LEFT_EYE)
    image_right = max(right[0], left[0])
    image_left = min(right[0], left[0])
    y = g.eye_middle[1]
    turn = 1.0 if math.isnan(face.pose.yaw) else max(0.1, math.cos(math.radians(face.pose.yaw)))
    return {
        Component.INTER_EYE: g.eye_distance_px / turn,
        Component.HEAD_SIZE: g.t_px / height,
        Component.LEFTWARD_CROP: image_right / g.eye_distance_px,
        Component.RIGHTWARD_CROP: (width - image_left) / g.eye_distance_px,
        Component.MARGIN_ABOVE: y / g.t_px,
        Component.MARGIN_BELOW: (height - y) / g.t_px,
        Component.YAW: face.pose.yaw,
        Component.PITCH: face.pose.pitch,
        Component.ROLL: face.pose.roll,
        Component.EYES_OPEN: g.eye_opening,
        Component.MOUTH_CLOSED: g.mouth_opening,
    }


def face_tone(image: Image, face: Landmarks) -> tuple[Tone, float, float]:
    """Return (tone, our sharpness, background gradient) of the aligned face."""
    matrix = alignment.align_matrix(face)
    picture = alignment.aligned(image, matrix)
    hull = alignment.apply(matrix, face.hull.astype(np.float64))
    eyes = alignment.apply(matrix, np.stack([face.at(Point.RIGHT_EYE), face.at(Point.LEFT_EYE)]))
    if face.has(Point.MOUTH_LEFT, Point.MOUTH_RIGHT):
        mouth = alignment.apply(matrix, np.stack([face.at(Point.MOUTH_LEFT), face.at(Point.MOUTH_RIGHT)]))
        mouth_y = float(mouth[:, 1].mean())
    else:
        mouth_y = float(eyes[:, 1].mean() + 130)
    # Enlarging a small face adds no detail: judge sharpness at the size the face really has.
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    return tone(picture, hull, eyes, mouth_y), sharpness(picture, eyes) / max(1.0, scale / 2), _background(picture)


def _background(picture: Image) -> float:
    """Mean gradient of luminance outside an ellipse that holds the head, above the shoulders (no segmentation: approximate)."""
    crop = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[0:406, 62:554]
    small = cv2.resize(crop, (354, 292), interpolation=cv2.INTER_AREA)
    mask = np.full(small.shape, 255, np.uint8)
    centre = (round((308 - 62) * 354 / 492), round(272 * 292 / 406))
    cv2.ellipse(mask, centre, (round(150 * 354 / 492), round(262 * 292 / 406)), 0, 0, 360, 0, -1)
    mask[round(330 * 292 / 406) :] = 0
    shrunk = cv2.erode(mask, np.ones((4, 4), np.uint8))
    if not shrunk.any():
        return NAN
    length = cv2.magnitude(cv2.Sobel(small, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(small, cv2.CV_32F, 0, 1, ksize=3))
    return float(length[shrunk > 0].mean())


def components(
    image: Image,
    face: Landmarks,
    boxes: list[FaceBox],
    *,
    light: Tone,
    sharp: float,
    background: float,
    jpeg_quality: float = NAN,
) -> tuple[ComponentResult, ...]:
    """Return all 28 components in the order of the standard's table.

    Args:
        image: HxWx3 uint8 B G R.
        face: the judged face.
        boxes: every detected face, largest first.
        light, sharp, background: from `face_tone`.
        jpeg_quality: 0..100 read from the file's own tables, NaN for a live frame.
    """
    raw = geometry_raw(face, image.shape[1], image.shape[0])
    raw[Component.SINGLE_FACE] = boxes[1].area / boxes[0].area if len(boxes) > 1 else 0.0
    raw |= {
        Component.BACKGROUND: background,
        Component.ILLUMINATION: light.illumination,
        Component.LUMINANCE_MEAN: light.mean,
        Component.LUMINANCE_VARIANCE: light.variance,
        Component.UNDER_EXPOSURE: light.under_share,
        Component.OVER_EXPOSURE: light.over_share,
        Component.DYNAMIC_RANGE: light.entropy_bits,
        Component.NATURAL_COLOUR: light.colour_distance,
        # OFIQ's native value is "trees that vote sharp" of 50; ours is put on that scale.
        Component.SHARPNESS: 50 * min(1.0, sharp / 0.6),
        # OFIQ's is a predicted SSIM; a JPEG's own quality gives a rough one.
        Component.COMPRESSION: NAN if math.isnan(jpeg_quality) else 0.35 + 0.65 * (jpeg_quality / 100) ** 0.5,
    }
    geometric = {
        Component.INTER_EYE, Component.HEAD_SIZE, Component.LEFTWARD_CROP, Component.RIGHTWARD_CROP, Component.MARGIN_ABOVE,
        Component.MARGIN_BELOW, Component.YAW, Component.PITCH, Component.ROLL, Component.EYES_OPEN, Component.MOUTH_CLOSED,
    }  # fmt: skip
    results = []
    for component in Component:
        value = raw.get(component, NAN)
        known = not math.isnan(value)
        results.append(
            ComponentResult(
                component,
                value,
                scalar(component, value),
                Status.APPROXIMATE if known else Status.NOT_ASSESSED,
                face.provider if component in geometric or component is Component.SINGLE_FACE else OWN,
            )
        )
    return tuple(results)
