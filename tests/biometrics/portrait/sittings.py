"""Sittings to order: varied clean ones and ones with one known fault, with the instruction a person should hear first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from biometrics.portrait.synthesis import FaceSettings, Fault, settings_with

# The words a person should hear first, as codes; written by hand, not computed.
EXPECTED: dict[Fault, tuple[str, ...]] = {
    Fault.TURNED_LEFT: ("portrait-turn-right",),
    Fault.TURNED_RIGHT: ("portrait-turn-left",),
    Fault.CHIN_UP: ("portrait-chin-down",),
    Fault.CHIN_DOWN: ("portrait-chin-up",),
    Fault.TILT_CLOCKWISE: ("portrait-level-right",),
    Fault.TILT_COUNTER: ("portrait-level-left",),
    Fault.EYES_CLOSED: ("portrait-open-eyes",),
    Fault.LOOKING_ASIDE: ("portrait-look-here",),
    Fault.MOUTH_OPEN: ("portrait-close-mouth",),
    Fault.GLASSES: ("portrait-remove-glasses",),
    Fault.SHADOW: ("portrait-lamp-right",),  # the light stands at the picture's right: the person's right side is dark
    Fault.BACKGROUND_SHADOW: ("portrait-background-shadow",),
    Fault.COLOURED_BACKGROUND: ("portrait-background-colour",),
    Fault.CLUTTERED_BACKGROUND: ("portrait-background-plain",),
    Fault.BLUR: ("portrait-hold-still",),
    Fault.TWO_PEOPLE: ("portrait-one-person",),
    Fault.TOO_FAR: ("portrait-closer",),
    Fault.TOO_CLOSE: ("portrait-further",),
    Fault.OFF_CENTRE_LEFT: ("portrait-move-left",),
    Fault.OFF_CENTRE_RIGHT: ("portrait-move-right",),
    Fault.TOO_HIGH: ("portrait-move-down",),
    Fault.TOO_LOW: ("portrait-move-up",),
    Fault.DARK: ("portrait-more-light",),
    Fault.BRIGHT: ("portrait-less-light",),
    Fault.COLOUR_CAST: ("portrait-colour",),
    Fault.HAIR_OVER_EARS: ("portrait-hair-left-ear", "portrait-hair-right-ear"),
    Fault.NOBODY: ("portrait-nobody",),
}


@dataclass(frozen=True)
class Sitting:
    seed: int
    fault: Fault | None
    settings: FaceSettings


def clean_settings(seed: int) -> FaceSettings:
    """A good sitting as people sit: never exactly straight, never exactly in the middle."""
    r = np.random.default_rng([seed, 99])

    def around(middle: float, spread: float) -> float:
        return float(middle + spread * r.uniform(-1, 1))

    grey = int(r.integers(222, 246))
    return FaceSettings(
        eye_distance_px=around(108, 6),
        eye_x=around(0.5, 0.05),
        eye_y=around(0.455, 0.02),
        yaw=around(0, 2),
        pitch=around(0, 2),
        roll=around(0, 3),
        eye_opening=around(0.98, 0.12),
        light_x=around(0, 0.3),
        light_contrast=around(0.2, 0.08),
        exposure=around(1.0, 0.12),
        cast=(around(1, 0.05), 1.0, around(1, 0.05)),
        background_bgr=(grey, grey, min(255, grey + int(r.integers(0, 5)))),
        noise=around(1.6, 0.8),
    )


def sittings(count: int, first_seed: int = 0) -> Iterator[Sitting]:
    """`count` sittings with one fault each, every fault in turn, strength 0.8 to 1.3."""
    faults = list(EXPECTED)
    for i in range(count):
        seed = first_seed + i
        strength = float(np.random.default_rng([seed, 98]).uniform(0.8, 1.3))
        yield Sitting(seed, faults[i % len(faults)], settings_with(faults[i % len(faults)], clean_settings(seed), strength))


def clean_sittings(count: int, first_seed: int = 0) -> Iterator[Sitting]:
    for seed in range(first_seed, first_seed + count):
        yield Sitting(seed, None, replace(clean_settings(seed)))
