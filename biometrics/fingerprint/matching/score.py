"""From what was counted to one number, and from the number to a false-match rate.

The score is the log-odds of a logistic regression over a dozen features; `calibration.json` says at which score which false-match
rate was measured or extrapolated, and on what.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.matching.grow import Match
from biometrics.fingerprint.matching.ridges import RidgeCheck
from biometrics.fingerprint.minutiae.template import SAMPLE_PX

LEAST_COMMON_PX: Final = 31_000
"""Common area (80 mm2) below which what agrees says less the less there is of it; the weights are learned on pairs that have more."""


class Bases(NamedTuple):
    """Base scores of the relaxation: with codes and textures together, and with codes alone."""

    together: float
    alone: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the features and the measured tail.

    Attributes:
        weights, bias: of the full score.
        minutia_weights, minutia_bias: of the score from minutiae alone.
        scores, log10_fmr: points of the curve score -> false-match rate, rising scores.
        measured_down_to: the smallest rate that was counted; below it the curve is an extrapolation.
    """

    weights: NDArray[np.float64]
    bias: float
    minutia_weights: NDArray[np.float64]
    minutia_bias: float
    scores: NDArray[np.float64]
    log10_fmr: NDArray[np.float64]
    measured_down_to: float

    @property
    def lowest(self) -> float:
        """The score of prints that have nothing in common."""
        return float(self.scores[0])

    def full(self, values: NDArray[np.float64]) -> float:
        """Return the score of `features`."""
        return float(values @ self.weights + self.bias)

    def minutiae(self, values: NDArray[np.float64]) -> float:
        """Return the score of `minutia_features`."""
        return float(values @ self.minutia_weights + self.minutia_bias)

    def fmr(self, score: float) -> float:
        """Return the share of different fingers that reach `score` or more."""
        x, y = self.scores, self.log10_fmr
        if score <= x[0]:
            return float(10 ** y[0])
        if score >= x[-1]:
            slope = (y[-1] - y[-2]) / (x[-1] - x[-2])
            return float(10 ** max(y[-1] + slope * (score - x[-1]), -9.0))
        return float(10 ** np.interp(score, x, y))

    def threshold(self, fmr: float) -> float:
        """Return the score from which a match is false at most at the rate `fmr` (1 … 1e-7)."""
        return float(np.interp(-np.log10(fmr), -self.log10_fmr, self.scores))


@cache
def calibration() -> Calibration:
    """Return the shipped calibration."""
    data = json.loads(Path(__file__).with_name("calibration.json").read_text(encoding="utf-8"))
    curve = data["curve"]
    return Calibration(
        np.array(data["weights"]),
        float(data["bias"]),
        np.array(data["minutia_weights"]),
        float(data["minutia_bias"]),
        np.array([row["score"] for row in curve]),
        np.log10([row["fmr"] for row in curve]),
        float(data["measured_down_to"]),
    )


def minutia_features(bases: Bases, match: Match) -> NDArray[np.float64]:
    """Return the features that the minutiae give, in the order of the weights."""
    pairs = len(match.a)
    ratio = pairs * pairs / np.sqrt((match.count_a + 3) * (match.count_b + 3))
    return np.array(
        [
            np.log(bases.together + 0.03),
            np.log(bases.alone + 0.03),
            np.log(ratio + 0.3),
            np.log(match.likeness + 0.5),
            np.log(pairs + 1),
            match.distance_px / 5,
            match.angle_rad * 4,
        ]
    )


def features(bases: Bases, match: Match, ridges: RidgeCheck) -> NDArray[np.float64]:
    """Return the features of one comparison, in the order of the weights."""
    lines = [
        ridges.supported,
        ridges.mean,
        np.log(ridges.agreeing + 500),
        ridges.before,
        ridges.share,
        np.log(ridges.overlap + 1000),
        ridges.rough,
        ridges.steady,
        # A corner of 3 mm2 agrees with anything: every share above is full there. Rolled prints of strangers matched on such corners.
        max(0.0, 1.0 - ridges.overlap / (LEAST_COMMON_PX / SAMPLE_PX**2)) if ridges.pictures else 0.0,
    ]
    return np.concatenate([minutia_features(bases, match), lines])
