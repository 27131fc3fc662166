"""What a rendered face looks like and which fault it carries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """One thing wrong with a sitting, planted on order."""

    TURNED_LEFT = "turned-left"
    TURNED_RIGHT = "turned-right"
    CHIN_UP = "chin-up"
    CHIN_DOWN = "chin-down"
    TILT_CLOCKWISE = "tilt-clockwise"
    TILT_COUNTER = "tilt-counter"
    EYES_CLOSED = "eyes-closed"
    LOOKING_ASIDE = "looking-aside"
    MOUTH_OPEN = "mouth-open"
    GLASSES = "glasses"
    SHADOW = "shadow"
    BACKGROUND_SHADOW = "background-shadow"
    COLOURED_BACKGROUND = "coloured-background"
    CLUTTERED_BACKGROUND = "cluttered-background"
    BLUR = "blur"
    TWO_PEOPLE = "two-people"
    TOO_FAR = "too-far"
    TOO_CLOSE = "too-close"
    OFF_CENTRE_LEFT = "off-centre-left"
    OFF_CENTRE_RIGHT = "off-centre-right"
    TOO_HIGH = "too-high"
    TOO_LOW = "too-low"
    DARK = "dark"
    BRIGHT = "bright"
    COLOUR_CAST = "colour-cast"
    HAIR_OVER_EARS = "hair-over-ears"
    HEAD_COVERING = "head-covering"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """One sitting. Angles in degrees, lengths on the head in mm, places as a share of the picture.

    Yaw > 0: turned to the person's left (the nose moves to the image's right). Pitch > 0: chin up. Roll > 0: the picture of
    the head is rotated clockwise.
    """

    width: int = 1280
    height: int = 720
    eye_distance_px: float = 112.0
    eye_x: float = 0.5
    """Where the point between the eyes sits, as a share of the width."""
    eye_y: float = 0.45
    """The same as a share of the height."""
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    eye_opening: float = 1.0
    """1 = natural (about 9 mm between the lids), 0 = closed."""
    gaze_x_mm: float = 0.0
    gaze_y_mm: float = 0.0
    mouth_gap_mm: float = 0.0
    glasses: bool = False
    glasses_glare: bool = False
    hair_over_ears: bool = False
    head_covering: bool = False
    light_x: float = 0.0
    """Where the key light stands: -1 far left of the picture, 0 in front, 1 far right."""
    light_contrast: float = 0.22
    """Share of the light that comes from the key light: 0 = flat, 1 = hard."""
    exposure: float = 1.0
    """Factor in linear light; 1 = a white wall at about 90 % of full scale."""
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Factors for blue, green, red in linear light."""
    background_bgr: tuple[int, int, int] = (238, 238, 238)
    background_clutter: bool = False
    background_shadow: float = 0.0
    blur_px: float = 0.0
    noise: float = 1.2
    second_person: bool = False
    nobody: bool = False


CLEAN: Final = FaceSettings()


def settings_with(fault: Fault | None, base: FaceSettings = CLEAN, strength: float = 1.0) -> FaceSettings:
    """Return `base` with one fault planted.

    Args:
        fault: which one, or None for `base` itself.
        base: the sitting to spoil.
        strength: 1 = plain to see; 0.7 .. 1.5 vary it.
    """
    k = strength
    changes: dict[Fault, dict[str, object]] = {
        Fault.TURNED_LEFT: {"yaw": 17.0 * k},
        Fault.TURNED_RIGHT: {"yaw": -17.0 * k},
        Fault.CHIN_UP: {"pitch": 16.0 * k},
        Fault.CHIN_DOWN: {"pitch": -16.0 * k},
        Fault.TILT_CLOCKWISE: {"roll": 15.0 * k},
        Fault.TILT_COUNTER: {"roll": -15.0 * k},
        Fault.EYES_CLOSED: {"eye_opening": 0.0},
        Fault.LOOKING_ASIDE: {"gaze_x_mm": 4.2 * k},
        Fault.MOUTH_OPEN: {"mouth_gap_mm": 14.0 * k},
        Fault.GLASSES: {"glasses": True},
        Fault.SHADOW: {"light_x": 0.95, "light_contrast": 0.8},
        Fault.BACKGROUND_SHADOW: {"background_shadow": 0.75 * k},
        Fault.COLOURED_BACKGROUND: {"background_bgr": (190, 120, 40)},
        Fault.CLUTTERED_BACKGROUND: {"background_clutter": True},
        Fault.BLUR: {"blur_px": base.eye_distance_px * 0.05 * k},
        Fault.TWO_PEOPLE: {"second_person": True},
        Fault.TOO_FAR: {"eye_distance_px": base.eye_distance_px * 0.45 / k},
        Fault.TOO_CLOSE: {"eye_distance_px": base.eye_distance_px * 1.5 * k},
        Fault.OFF_CENTRE_LEFT: {"eye_x": 0.5 - 0.22 * k},
        Fault.OFF_CENTRE_RIGHT: {"eye_x": 0.5 + 0.22 * k},
        Fault.TOO_HIGH: {"eye_y": base.eye_y - 0.18 * k},
        Fault.TOO_LOW: {"eye_y": base.eye_y + 0.17 * k},
        Fault.DARK: {"exposure": 0.16 / k},
        Fault.BRIGHT: {"exposure": 9.0 * k},
        Fault.COLOUR_CAST: {"cast": (2.4, 0.95, 0.42)},
        Fault.HAIR_OVER_EARS: {"hair_over_ears": True},
        Fault.HEAD_COVERING: {"head_covering": True},
        Fault.NOBODY: {"nobody": True},
    }
    return base if fault is None else replace(base, **changes[fault])  # type: ignore[arg-type]  # one table, many field types
