"""Procedural near-infrared pictures of eyes: pupil, textured iris, lids and a lamp's reflection, all from a seed. Nobody's eye."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = (480, 640)


def eye_picture(
    seed: int, eye: int, touch: int = 0, *, scale: float = 1.0, lids: float = 1.0, blur: float = 1.2, glasses: bool = False
) -> tuple[NDArray[np.uint8], tuple[int, int], int]:
    """Return (picture 480x640 uint8, centre x and y, iris diameter in px) of eye 1 (right) or 2 (left) of person `seed`.

    The iris depends on the person and the eye; place, pupil, lids and noise on `touch`.

    Args:
        scale: how near: 1 at the camera's own distance, 0.6 a good step back.
        lids: how far they are open, 1 as usual, 0.5 half closed.
        blur: standard deviation of the focus in px.
        glasses: the lamp shines back from a lens, over part of the iris.
    """
    height, width = SIZE
    person, moment = np.random.default_rng([seed, eye, 77]), np.random.default_rng([seed, eye, touch, 78])
    cx, cy = (int(v + moment.integers(-25, 26)) for v in (width / 2, height / 2))
    radius = int(moment.integers(105, 125) * scale)
    pupil = int(radius * moment.uniform(0.32, 0.45))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = np.hypot(x - cx, y - cy)
    angle = (np.arctan2(y - cy, x - cx) / (2 * np.pi) + 0.5).astype(np.float32)
    # Texture in polar coordinates: fine furrows along the radius, coarser rings across it.
    around = np.tile(person.standard_normal((64, 512)).astype(np.float32), (1, 3))  # the ring closes on itself
    furrows = cv2.GaussianBlur(around, (3, 9), 0)[:, 512:1024]
    depth = np.clip((distance - pupil) / max(1, radius - pupil), 0, 1).astype(np.float32)
    texture = cv2.remap(furrows, angle * 511, depth * 63, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    picture: NDArray[np.floating] = np.full(SIZE, 190, np.float32)  # white of the eye
    iris = 118 + 55 * texture - 18 * np.cos(depth * np.pi)
    picture = np.where(distance < radius, iris, picture)
    picture = np.where(distance < pupil, 24, picture)
    opening = radius * moment.uniform(0.95, 1.15) * lids
    for side in (-1, 1):
        lid = cy + side * (opening - 0.0011 * (x - cx) ** 2)
        picture = np.where((y - lid) * side > 0, 165 + 8 * np.sin(x / 37), picture)
    cv2.circle(picture, (cx - pupil // 2, cy - pupil // 2), max(3, int(7 * scale)), 250, -1)
    if glasses:
        cv2.ellipse(picture, (cx + radius // 2, cy - radius // 3), (radius // 2, radius // 4), 20, 0, 360, 255, -1)
    noisy = cv2.GaussianBlur(picture, (0, 0), blur) + moment.normal(0, 2.0, SIZE)
    return np.clip(noisy, 0, 255).astype(np.uint8), (cx, cy), 2 * radius
