"""The room round the head: wall, clothes, light on the sensor, lens and noise. Everything in linear light until `finish`."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.synthesis.person import Float, Person
from biometrics.portrait.synthesis.settings import FaceSettings

_LINEAR = np.asarray([(v / 12.92) if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.linspace(0, 1, 1025)], np.float32)
_GAMMA_8 = np.asarray(
    [round(255 * ((12.92 * v) if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)) for v in np.linspace(0, 1, 4097)], np.uint8
)


def to_linear(srgb: Float) -> Float:
    """sRGB 0..255 to linear 0..1 (by table)."""
    return np.asarray(_LINEAR[np.clip(srgb * (1024 / 255) + 0.5, 0, 1024).astype(np.int32)])


def background(s: FaceSettings, noise: np.random.Generator) -> Float:
    """Return the empty room, HxWx3 float32 in linear light."""
    wall = np.empty((s.height, s.width, 3), np.float32)
    colour = to_linear(np.asarray(s.background_bgr, np.float32))
    wall[:] = colour * (1 + 0.10 * s.light_contrast * s.light_x * np.linspace(-1, 1, s.width, dtype=np.float32)[:, None])
    if s.background_clutter:
        # Things on the wall within arm's reach of the head, where the document's picture will show them.
        unit = s.eye_distance_px
        for _ in range(14):
            x = int(s.eye_x * s.width + unit * noise.uniform(-2.6, 1.8))
            y = int(s.eye_y * s.height + unit * noise.uniform(-2.6, 0.9))
            w, h = (int(unit * noise.uniform(0.3, 1.4)) for _ in range(2))
            paint = to_linear(noise.integers(30, 230, 3).astype(np.float32))
            cv2.rectangle(wall, (x, y), (x + w, y + h), [float(c) for c in paint], -1)
    if s.background_shadow > 0 and not s.nobody:
        mask: Float = np.zeros((s.height, s.width), np.float32)
        unit = s.eye_distance_px / 63
        centre = (int(s.eye_x * s.width + 48 * unit), int(s.eye_y * s.height + 14 * unit))
        cv2.ellipse(mask, centre, (int(88 * unit), int(122 * unit)), 0, 0, 360, 1.0, -1)
        mask = cv2.GaussianBlur(mask, (0, 0), max(1.0, 7 * unit))
        wall *= 1 - s.background_shadow * mask[..., None]
    return wall


def body(
    picture: Float, who: Person, s: FaceSettings, *, origin: tuple[float, float], unit: float, turn: NDArray[np.float64]
) -> None:
    """Draw neck and shoulders under the head; they keep still while the head moves. Changes `picture`."""
    height, width = picture.shape[:2]
    # The neck is below the head's centre, which moves against the eyes when the head turns.
    centre = turn @ np.array([0.0, 0.0, -70.0])
    cx, cy = origin[0] + centre[0] * unit, origin[1] + centre[1] * unit

    def shape(draw: Callable[[NDArray[np.uint8]], None], colour: Float, soft: float, top: float) -> None:
        first = int(np.clip(top - 4 * soft * unit - 4, 0, height))
        mask = np.zeros((height, width), np.uint8)
        draw(mask)
        part = mask[first:]
        columns = np.flatnonzero(part.any(axis=0))
        if columns.size == 0:
            return
        left, right = max(0, int(columns[0]) - 9), int(columns[-1]) + 10
        alpha = cv2.GaussianBlur(part[:, left:right], (0, 0), max(0.6, soft * unit)).astype(np.float32)[..., None] / 255
        target = picture[first:, left:right]
        target += (colour - target) * alpha

    skin = to_linear(np.asarray(who.skin, np.float32)) * np.float32(0.5 * (1 - 0.3 * s.light_contrast))
    cloth = to_linear(np.asarray(who.cloth, np.float32)) * np.float32(0.8)
    limit = 30000

    def clip(v: float) -> int:
        return int(np.clip(v, -limit, limit))

    def neck(mask: NDArray[np.uint8]) -> None:
        cv2.rectangle(mask, (clip(cx - 50 * unit), clip(cy + 60 * unit)), (clip(cx + 50 * unit), clip(cy + 190 * unit)), 255, -1)

    def shoulders(mask: NDArray[np.uint8]) -> None:
        axes = (clip(215 * unit), clip(95 * unit))
        cv2.ellipse(mask, (clip(cx), clip(cy + 250 * unit)), axes, 0, 0, 360, 255, -1)
        cv2.rectangle(mask, (clip(cx - 215 * unit), clip(cy + 250 * unit)), (clip(cx + 215 * unit), height + 9), 255, -1)

    shape(neck, skin, 1.0, cy + 60 * unit)
    shape(shoulders, cloth, 0.8, cy + 155 * unit)


def finish(picture: Float, s: FaceSettings, noise: np.random.Generator) -> NDArray[np.uint8]:
    """Lens blur, exposure, colour of the light, sRGB curve, sensor noise; returns uint8."""
    if s.blur_px > 0:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), s.blur_px), np.float32)
    gain = np.asarray(s.cast, np.float32) * np.float32(s.exposure * 4096)
    index = np.minimum(picture * gain, 4096).astype(np.uint16)
    out = _GAMMA_8[index]
    if s.noise > 0:
        tile = np.clip(np.round(noise.standard_normal((256, 256, 3)) * s.noise), -127, 127).astype(np.int8)
        rows, columns = -(-s.height // 256), -(-s.width // 256)
        grain = np.tile(tile, (rows, columns, 1))[: s.height, : s.width]
        out = np.asarray(cv2.add(out, grain, dtype=cv2.CV_8U))
    return np.asarray(out, np.uint8)
