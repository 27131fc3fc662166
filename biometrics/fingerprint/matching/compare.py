"""1:1 comparison of two templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.matching.grow import Match, grow
from biometrics.fingerprint.matching.relax import Seed, relax, similarities
from biometrics.fingerprint.matching.ridges import RidgeCheck, check
from biometrics.fingerprint.matching.score import Bases, calibration, features, minutia_features
from biometrics.fingerprint.minutiae.template import SAMPLE_PX, Template

# Movements tried from each kind of similarity, and how many of the best are laid over the ridges.
HYPOTHESES: Final = 2
CHECKED: Final = 2


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


def measured_down_to() -> float:
    """Return the smallest false-match rate that was counted; smaller ones are extrapolated."""
    return calibration().measured_down_to


def hypotheses(seed: Seed, most: int) -> list[int]:
    """Return which pairs of the seed to start from: the strongest, then the strongest that contradicts those taken."""
    taken: list[int] = []
    for pair in range(len(seed.a)):
        if all(seed.agreement[other, pair] < 0.1 for other in taken):
            taken.append(pair)
            if len(taken) == most:
                break
    return taken


def grown(a: Template, b: Template, most: int = HYPOTHESES) -> tuple[Bases, list[Match]]:
    """Return the base scores and the matches grown from every hypothesis, best first.

    Half of the hypotheses come from codes and textures together, half from the codes alone: strongly stretched prints keep their
    neighbourhoods better than their textures, poor ones the other way round.
    """
    together, alone = similarities(a, b)
    seeds = [relax(a, b, together)]
    if alone is not together:
        seeds.append(relax(a, b, alone))
    bases = Bases(seeds[0].base, seeds[-1].base)
    found = [grow(a, b, together, seed, start) for seed in seeds for start in hypotheses(seed, most)]
    shipped = calibration()
    found.sort(key=lambda match: -shipped.minutiae(minutia_features(bases, match)))
    return bases, found


def grown_score(a: Template, b: Template) -> float:
    """Return the score from the minutiae alone, a quarter of the work: to choose whom to compare in full."""
    bases, found = grown(a, b, 1)
    return calibration().minutiae(minutia_features(bases, found[0])) if found else float("-inf")


def looks(a: Template, b: Template) -> list[tuple[NDArray[np.float64], Match, RidgeCheck]]:
    """Return (features, match, ridge check) of the hypotheses worth a look: everything the score is made of."""
    bases, found = grown(a, b)
    different: list[Match] = []
    for match in found:
        # Two hypotheses that grew into the same movement need one look.
        if all(not match.motion.close_to(other.motion) for other in different):
            different.append(match)
    result = []
    for match in different[:CHECKED]:
        checked = check(a, b, match.motion)
        result.append((features(bases, match, checked), match, checked))
    return result


def compare(a: Template, b: Template) -> Comparison:
    """Compare two templates. Never raises: a template without minutiae matches nothing (lowest score, fmr 1)."""
    shipped = calibration()
    found = looks(a, b)
    if not found:
        return Comparison(shipped.lowest, 1.0, (), 0.0, 0.0)
    values, match, checked = max(found, key=lambda look: shipped.full(look[0]))
    score = max(shipped.full(values), shipped.lowest)
    pairs = tuple(zip(match.a.tolist(), match.b.tolist(), strict=True))
    area = checked.overlap * (SAMPLE_PX * 25.4 / 500) ** 2
    return Comparison(score, shipped.fmr(score), pairs, float(np.degrees(match.motion.turn)), area)
