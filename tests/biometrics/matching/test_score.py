"""The score: what a comparison's counts are worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from biometrics.fingerprint.matching.grow import Match, Motion
from biometrics.fingerprint.matching.ridges import NOT_ASKED, NOTHING, RidgeCheck
from biometrics.fingerprint.matching.score import LEAST_COMMON_PX, Bases, calibration, features
from biometrics.fingerprint.minutiae.template import SAMPLE_PX

ENOUGH = LEAST_COMMON_PX / SAMPLE_PX**2
# As counted on two rolled prints of two generated people that share a corner of 3 mm2: two pairs of 64 minutiae, ridges that agree.
_NOWHERE = Motion(0.0, np.eye(2, dtype=np.float32), *(np.zeros(shape, np.float32) for shape in (2, (2, 2), (2, 2))))
CHANCE = Match(np.array([0, 1]), np.array([0, 1]), _NOWHERE, 22, 32, 0.606, 0.135, 0.095)
BASES = Bases(0.0133, 0.0191)
CORNER = RidgeCheck(0.783, 0.350, 0.781, 81.5, 1.0, 190.0, 0.162, 0.161)


def test_a_corner_that_agrees_says_nothing() -> None:
    shipped = calibration()
    assert shipped.fmr(shipped.full(features(BASES, CHANCE, CORNER))) > 1e-2


def test_enough_common_area_costs_nothing() -> None:
    lacks = [features(BASES, CHANCE, replace(CORNER, overlap=area))[-1] for area in (0.0, ENOUGH / 2, ENOUGH, 3 * ENOUGH)]
    assert lacks == [1.0, 0.5, 0.0, 0.0]


def test_less_common_area_never_helps() -> None:
    """All else equal; the logarithm of the area alone would let a corner gain more than what agrees in it loses."""
    shipped = calibration()
    whole = RidgeCheck(0.78, 0.35, 0.78, 0.43 * ENOUGH, 1.0, ENOUGH, 0.16, 0.16)
    worth = [
        shipped.full(features(BASES, CHANCE, replace(whole, overlap=part * ENOUGH, agreeing=0.43 * part * ENOUGH)))
        for part in (1.0, 0.6, 0.3, 0.1, 0.04)
    ]
    assert worth == sorted(worth, reverse=True)


def test_records_without_a_picture_are_not_held_to_it() -> None:
    assert features(BASES, CHANCE, NOT_ASKED)[-1] == 0.0
    assert features(BASES, CHANCE, NOTHING)[-1] == 1.0
