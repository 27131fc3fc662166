"""1:1 comparison of two templates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.matching import ridges
from biometrics.fingerprint.matching.grow import Match, grow
from biometrics.fingerprint.matching.relax import relax, similarity
from biometrics.fingerprint.matching.score import calibration, features
from biometrics.fingerprint.minutiae.extraction import SAMPLE_PX
from biometrics.fingerprint.minutiae.template import Template


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer of a 1:1 comparison.

    Attributes:
        score: log-odds; compare with `threshold(fmr)`.
        fmr: share of comparisons of different fingers that would score this high or higher.
        pairs: (minutia of a, minutia of b) that lie on each other.
        turn_deg: rotation from a to b (clockwise on the screen), degrees.
        overlap_mm2: common area in which ridges were compared, 0 where no pictures were compared.
    """

    score: float
    fmr: float
    pairs: tuple[tuple[int, int], ...]
    turn_deg: float
    overlap_mm2: float


def threshold(fmr: float) -> float:
    """Return the score at which comparisons of different fingers pass at the rate `fmr`."""
    return calibration().threshold(fmr)


def look(a: Template, b: Template) -> tuple[NDArray[np.float64], Match | None, ridges.RidgeCheck]:
    """Return (features, match, ridge check): everything the score is made of."""
    local = similarity(a, b)
    seed = relax(a, b, local)
    if len(seed.a) == 0:
        return np.zeros(12), None, ridges.NOTHING
    match = grow(a, b, local, seed)
    checked = ridges.check(a, b, match.motion)
    return features(seed.base, match, checked), match, checked


def compare(a: Template, b: Template) -> Comparison:
    """Compare two templates. Never raises: a template without minutiae matches nothing (score of the lowest kind, fmr 1)."""
    shipped = calibration()
    values, match, checked = look(a, b)
    if match is None:
        return Comparison(float(shipped.scores[0]), 1.0, (), 0.0, 0.0)
    score = float(values @ shipped.weights + shipped.bias)
    pairs = tuple(zip(match.a.tolist(), match.b.tolist(), strict=True))
    area = checked.overlap * (SAMPLE_PX * 25.4 / 500) ** 2
    return Comparison(score, shipped.fmr(score), pairs, float(np.degrees(match.motion.turn)), area)
