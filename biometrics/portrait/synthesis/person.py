"""One invented person from a seed: proportions, colours, and the skin texture in millimetres on the face's front plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[Any]
"""float32 arrays; `Any` because OpenCV's stubs say no more."""

PX_PER_MM: Final = 2.4
HALF_WIDTH_MM: Final = 88.0
HALF_HEIGHT_MM: Final = 124.0


Blend = Callable[..., None]
"""(mask, colour, strength = 1): lay `colour` over the skin where `mask` is 1."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the face does: lids 0..1, gaze and lips in mm, glasses."""

    opening: float
    gaze_x: float
    gaze_y: float
    gap: float
    glasses: bool
    glare: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Proportions in mm (x to the image's right, y down, z towards the camera, origin between the eyes' height and the axis)."""

    seed: int
    half_width: float
    half_height: float
    half_depth: float
    eye_x: float
    eye_width: float
    eye_gap: float
    nose_y: float
    nose_height: float
    nose_width: float
    mouth_y: float
    mouth_half: float
    lip: float
    brow_y: float
    brow_thick: float
    jaw: float
    hairline: float
    skin: tuple[float, float, float]
    hair: tuple[float, float, float]
    iris: tuple[float, float, float]
    cloth: tuple[float, float, float]


_SKINS: Final = ((150, 180, 225), (135, 168, 214), (118, 152, 202), (100, 136, 188), (84, 118, 172), (66, 96, 146))


@lru_cache(maxsize=64)
def person(seed: int) -> Person:
    """Return the person of `seed`; always the same one."""
    r = np.random.default_rng([seed, 6])

    def around(mean: float, spread: float) -> float:
        return float(mean + spread * np.clip(r.standard_normal(), -1.6, 1.6))

    skin = np.asarray(_SKINS[int(r.integers(len(_SKINS)))], float) * (1 + 0.03 * r.standard_normal(3))
    hair = np.asarray([(28, 26, 24), (34, 40, 52), (40, 52, 74), (96, 98, 100)][int(r.integers(4))], float)
    return Person(
        seed=seed,
        half_width=around(75, 2.5),
        half_height=114.0,
        half_depth=around(95, 3),
        eye_x=around(31.5, 1.0),
        eye_width=around(15.0, 0.5),
        eye_gap=around(9.6, 0.5),
        nose_y=around(37, 1.5),
        nose_height=around(20, 1.8),
        nose_width=around(11.5, 0.9),
        mouth_y=around(70, 1.6),
        mouth_half=around(25.5, 1.3),
        lip=around(8.2, 0.8),
        brow_y=around(-19.5, 1.2),
        brow_thick=around(3.3, 0.5),
        jaw=around(0.80, 0.03),
        hairline=around(-70, 4),
        skin=(float(skin[0]), float(skin[1]), float(skin[2])),
        hair=(float(hair[0]), float(hair[1]), float(hair[2])),
        iris=((38, 52, 74), (30, 40, 58), (60, 72, 88))[int(r.integers(3))],
        cloth=((120, 84, 52), (70, 64, 60), (160, 150, 130), (60, 70, 120))[int(r.integers(4))],
    )


def plane() -> tuple[Float, Float]:
    """Return the mm coordinates (x, y) of every pixel of the texture plane."""
    x = np.arange(-HALF_WIDTH_MM, HALF_WIDTH_MM, 1 / PX_PER_MM, dtype=np.float32)
    y = np.arange(-HALF_HEIGHT_MM, HALF_HEIGHT_MM, 1 / PX_PER_MM, dtype=np.float32)
    grid_x, grid_y = np.meshgrid(x, y)
    return grid_x, grid_y


def _bell(x: Float, y: Float, centre: tuple[float, float], spread: tuple[float, float]) -> Float:
    return np.asarray(np.exp(-(((x - centre[0]) / spread[0]) ** 2 + ((y - centre[1]) / spread[1]) ** 2) / 2))


def _smooth(value: Float, soft: float) -> Float:
    """0 below 0, 1 above `soft`, smooth between; `value` in mm inside the shape."""
    t = np.clip(value / soft + 0.5, 0, 1)
    return t * t * (3 - 2 * t)


@lru_cache(maxsize=16)
def relief(who: Person) -> Float:
    """Return the height in mm added to the head's ellipsoid towards the camera (texture plane)."""
    x, y = plane()
    z = np.zeros_like(x)
    for side in (-1, 1):
        z -= 8.0 * _bell(x, y, (side * who.eye_x, -1), (15, 10))
        z += 4.5 * _bell(x, y, (side * who.eye_x, 0), (9, 7.5))
        z += 4.0 * _bell(x, y, (side * 40, 36), (16, 16))
        z += 4.0 * _bell(x, y, (side * who.nose_width, who.nose_y + 4), (5, 5))
    z += 4.0 * _bell(x, y, (0, who.brow_y), (42, 8))
    # The ridge of the nose rises from the bridge to the tip and falls steeply to the upper lip.
    along = np.clip((y + 14) / (who.nose_y + 14), 0, 1)
    fall = 1 / (1 + np.exp((y - who.nose_y - 7.5) / 1.6))
    width = 5.5 + 4.0 * along
    z += who.nose_height * along**1.3 * fall * np.exp(-((x / width) ** 2) / 2)
    z += 4.5 * _bell(x, y, (0, who.mouth_y), (20, 9))
    z -= 2.5 * _bell(x, y, (0, who.mouth_y + 15), (20, 5))
    z += 6.0 * _bell(x, y, (0, 98), (17, 11))
    return np.asarray(cv2.GaussianBlur(z, (0, 0), 2.0), np.float32)


def lid_curves(who: Person, x: Float, side: int, opening: float) -> tuple[Float, Float]:
    """Return the upper and lower lid's y in mm above/below eye height 0 at the places `x` (mm)."""
    u = np.clip((x - side * who.eye_x) / who.eye_width, -1, 1)
    arch = (1 - u * u) ** 0.8
    # Closing moves the upper lid down onto the lower one, as lids do.
    lower = 0.36 * who.eye_gap * arch
    upper = -0.64 * who.eye_gap * arch * opening + lower * (1 - opening) * 0.9
    return upper, lower


@lru_cache(maxsize=16)
def texture(who: Person, look: Look) -> Float:
    """Return the skin's colour (texture plane, B G R 0..255) with eyes, brows, nose, mouth and, if asked, glasses."""
    x, y = plane()
    r = np.random.default_rng([who.seed, 7])
    skin = np.empty((*x.shape, 3), np.float32)
    skin[:] = who.skin
    coarse = cv2.GaussianBlur(r.standard_normal(x.shape).astype(np.float32), (0, 0), 9) * 22
    fine = cv2.GaussianBlur(r.standard_normal(x.shape).astype(np.float32), (0, 0), 0.8) * 5.0
    skin += (coarse * 2.0 + fine)[..., None]

    def blend(mask: Float, colour: tuple[float, float, float] | Float, strength: float = 1.0) -> None:
        nonlocal skin
        m = (mask * strength)[..., None]
        skin = skin * (1 - m) + np.asarray(colour, np.float32) * m

    tone = np.asarray(who.skin, np.float32)
    flush = tone * np.asarray([0.86, 0.88, 1.02], np.float32)
    dark = tone * np.asarray([0.50, 0.52, 0.60], np.float32)
    for side in (-1, 1):
        blend(_bell(x, y, (side * 42, 38), (16, 15)), flush, 0.6)
        blend(_bell(x, y, (side * who.eye_x, -4), (18, 8)), tone * 0.84, 0.6)
        blend(_bell(x, y, (side * who.nose_width * 0.62, who.nose_y + 7.5), (3.6, 2.2)), dark * 0.6, 0.9)
        blend(_bell(x, y, (side * (who.nose_width + 2.5), who.nose_y + 4), (2.2, 5.5)), dark, 0.35)
    blend(_bell(x, y, (0, who.nose_y + 10.5), (11, 2.5)), dark, 0.35)
    for side in (-1, 1):
        _eye(blend, who, (x, y), side, look)
        u = (x * side - who.eye_x) / 22
        middle = who.brow_y - 2.5 * (1 - u * u) + 3.0 * np.clip(u, 0, None) ** 2
        thick = who.brow_thick * np.clip(1.05 - 0.45 * u, 0.3, 1.3)
        blend(_smooth(thick - np.abs(y - middle), 2.0) * _smooth((1 - np.abs(u)) * 22, 4), who.hair, 0.82)
    _mouth(blend, who, (x, y), look.gap)
    if look.glasses:
        _glasses(blend, who, (x, y), look.glare)
    return skin


def _eye(blend: Blend, who: Person, grid: tuple[Float, Float], side: int, look: Look) -> None:
    x, y = grid
    tone = np.asarray(who.skin, np.float32)
    upper, lower = lid_curves(who, x, side, look.opening)
    inside_x = _smooth(who.eye_width - np.abs(x - side * who.eye_x), 1.2)
    hole = _smooth(np.minimum(y - upper, lower - y), 0.9) * inside_x
    cx, cy = side * who.eye_x + look.gaze_x, -0.10 * who.eye_gap + look.gaze_y
    distance = np.hypot(x - cx, y - cy)
    blend(hole, (214, 218, 224))
    blend(hole * _bell(x, y, (side * who.eye_x, -0.62 * who.eye_gap), (14, 1.8)), (120, 124, 136), 0.6)
    blend(hole * _smooth(5.7 - distance, 0.8), who.iris)
    blend(hole * _smooth(np.minimum(5.7 - distance, distance - 4.9), 0.9), (18, 20, 24), 0.6)
    blend(hole * _smooth(2.2 - distance, 0.7), (8, 8, 8))
    blend(hole * _smooth(0.9 - np.hypot(x - cx + 1.5, y - cy + 1.6), 0.6), (250, 250, 250))
    # Lashes along the upper lid, a soft crease above it, a faint rim below.
    blend(_smooth(0.95 - np.abs(y - upper + 0.3), 0.9) * inside_x, (20, 22, 28), 0.9)
    blend(_smooth(0.5 - np.abs(y - lower), 0.9) * inside_x, tone * 0.62, 0.6)
    crease = -0.64 * who.eye_gap - 3.4 + 0.014 * (x - side * who.eye_x) ** 2
    blend(_smooth(0.8 - np.abs(y - crease), 1.6) * inside_x, tone * 0.55, 0.5)


def _mouth(blend: Blend, who: Person, grid: tuple[Float, Float], gap: float) -> None:
    x, y = grid
    tone = np.asarray(who.skin, np.float32)
    u = np.clip(np.abs(x) / who.mouth_half, 0, 1)
    arch = 1 - u**2.2
    inside = _smooth(who.mouth_half - np.abs(x), 1.5)
    line = who.mouth_y + 0.8 * u * u
    upper_in, lower_in = line - 0.35 * gap * arch, line + 0.65 * gap * arch
    upper_out = upper_in - who.lip * 0.85 * arch * (1 - 0.22 * np.exp(-((x / 4) ** 2)))
    lower_out = lower_in + who.lip * 1.1 * arch
    colour = tone * np.asarray([0.62, 0.58, 0.84], np.float32)
    blend(_smooth(np.minimum(y - upper_out, upper_in - y), 1.4) * inside, colour * 0.93, 0.9)
    blend(_smooth(np.minimum(y - lower_in, lower_out - y), 1.4) * inside, colour, 0.9)
    if gap > 0.5:
        hole = _smooth(np.minimum(y - upper_in, lower_in - y), 1.0) * inside
        blend(hole, (24, 20, 44))
        blend(hole * _smooth(upper_in + min(4.0, 0.3 * gap) - y, 1.0) * (u < 0.75), (205, 214, 220), 0.9)
    else:
        blend(_smooth(0.55 - np.abs(y - line), 0.9) * inside, colour * 0.38, 0.95)
    blend(_bell(x, y, (0, who.mouth_y + who.lip * 1.1 + gap * 0.65 + 4.5), (12, 2.4)), tone * 0.72, 0.5)


def _glasses(blend: Blend, who: Person, grid: tuple[Float, Float], glare: bool) -> None:
    x, y = grid
    for side in (-1, 1):
        u, v = (x - side * (who.eye_x + 1)) / 26, (y - 4) / 20
        radius = (np.abs(u) ** 3 + np.abs(v) ** 3) ** (1 / 3)
        rim = _smooth(1.7 - np.abs(radius - 1) * 22, 1.2)
        blend(_smooth((1 - radius) * 20, 1.0), (150, 160, 150), 0.10)
        if glare:
            blend(_smooth(7 - np.hypot(x - side * who.eye_x - 5, (y + 4) * 1.6), 2.0), (255, 255, 255), 0.95)
        blend(rim, (24, 22, 26), 0.95)
        temple = np.abs(y + 5) < 1.8
        blend((temple & (side * x > who.eye_x + 26)).astype(np.float32), (24, 22, 26), 0.9)
    bridge = np.abs(y + 3 - 0.02 * x * x) < 1.7
    blend((bridge & (np.abs(x) < who.eye_x - 23)).astype(np.float32), (24, 22, 26), 0.95)
