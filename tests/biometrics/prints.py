"""Generated prints shared by the tests of extraction, matching and formats: grown once per process."""

from __future__ import annotations

import functools

import numpy as np

from biometrics.fingerprint.minutiae import Template, extract
from biometrics.fingerprint.synthesis import ImpressionSettings, Person, SyntheticPrint, impression
from biometrics.positions import FingerPosition


@functools.cache
def touch(
    person: int, finger: FingerPosition = FingerPosition.RIGHT_INDEX, seed: int = 0, rotation: float = 0.0
) -> SyntheticPrint:
    """A natural impression of a generated finger."""
    settings = ImpressionSettings.natural(np.random.default_rng([person, seed]), spread=0.5, rotation_deg=rotation)
    return impression(Person.from_seed(person).finger(finger), settings, seed=seed)


@functools.cache
def template(person: int, finger: FingerPosition = FingerPosition.RIGHT_INDEX, seed: int = 0, rotation: float = 0.0) -> Template:
    """Its template."""
    return extract(touch(person, finger, seed, rotation).image)
