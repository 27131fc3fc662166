"""The synthetic persons before simulated network scanners, grown once for a whole process: a finger takes a quarter of a second."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.synthesis import ImpressionSettings, Person, impression, slap
from biometrics.positions import SLAP_FINGERS, FingerPosition

_MARGIN: Final = 24


@lru_cache(maxsize=4)
def person(seed: int) -> Person:
    """Return the person `seed`."""
    return Person.from_seed(seed)


@lru_cache(maxsize=8)
def picture(seed: int, position: FingerPosition, touch: int) -> NDArray[np.uint8]:
    """Return the picture of one touch at 500 ppi: a whole slap, or one finger."""
    if position in SLAP_FINGERS:
        return slap(person(seed), position, ImpressionSettings(), touch).image
    return impression(person(seed).finger(position), ImpressionSettings(), touch).image


@lru_cache(maxsize=16)
def cut_fingers(seed: int, positions: tuple[FingerPosition, ...], touch: int) -> dict[FingerPosition, NDArray[np.uint8]]:
    """Return each finger's own picture of one touch, cut out of the slap with a margin (as devices that segment themselves do)."""
    hand = next((s for s, fingers in SLAP_FINGERS.items() if set(positions) <= set(fingers)), None)
    if hand is None or len(positions) == 1:
        return {p: picture(seed, p, touch) for p in positions}
    whole = slap(person(seed), hand, ImpressionSettings(), touch, missing=set(SLAP_FINGERS[hand]) - set(positions))
    return {finger.position: whole.part(finger, _MARGIN) for finger in whole.fingers}
