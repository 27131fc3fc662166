"""From pixels to measures, blocks and score: equal to the reference on every open image."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

from biometrics.errors import ImageError
from biometrics.fingerprint.quality import MEASURE_NAMES, FingerprintQuality, assess
from biometrics.fingerprint.quality.isoblocks import quality_blocks
from biometrics.models import ForestModel, QualityModel, import_official
from tests.biometrics.quality.reference import Row, image, official_file, rows

pytestmark = pytest.mark.shared_data


@functools.cache
def official(data: Path) -> ForestModel:
    return ForestModel(import_official(official_file(data)))


@functools.cache
def verdicts(data: Path) -> list[tuple[Row, FingerprintQuality | str]]:
    """Every open image judged once, with the official model; the refusals as their code."""
    out: list[tuple[Row, FingerprintQuality | str]] = []
    model: QualityModel = official(data)
    for row in rows(data):
        try:
            out.append((row, assess(image(row), 500, model)))
        except ImageError as error:
            out.append((row, error.reason_code))
    return out


def scored(data: Path) -> list[tuple[Row, FingerprintQuality]]:
    return [(row, verdict) for row, verdict in verdicts(data) if not row.error and isinstance(verdict, FingerprintQuality)]


def unequal(expected: dict[str, float], found: dict[str, float]) -> list[str]:
    return [n for n, v in found.items() if abs(v - expected[n]) > 1e-6 * abs(expected[n])]


def test_every_image_the_reference_scores_is_judged(shared):
    assert len(scored(shared)) == sum(not row.error for row in rows(shared)) == 339


def test_native_measures_equal_the_reference(shared):
    wrong = {row.name: bad for row, q in scored(shared) if (bad := unequal(row.measures, q.measures))}
    assert wrong == {}
    assert all(tuple(q.measures) == MEASURE_NAMES for _, q in scored(shared))


def test_actionable_values_equal_the_reference(shared):
    wrong = {row.name: bad for row, q in scored(shared) if (bad := unequal(row.actionable, q.actionable))}
    assert wrong == {}


def test_quality_blocks_equal_the_reference(shared):
    wrong = {
        row.name: {n: (v, row.blocks[n]) for n, v in q.quality_blocks.items() if v != row.blocks[n]} for row, q in scored(shared)
    }
    assert {name: bad for name, bad in wrong.items() if bad} == {}


def test_quality_blocks_from_the_reference_measures(shared):
    # The table has ten digits: one value, 27/101, is printed just above a border it lies just below (pixels get it right).
    wrong = [
        (row.name, name)
        for row in rows(shared)
        if not row.error
        for name, value in quality_blocks(row.measures).items()
        if value != row.blocks[name]
    ]
    assert wrong == [("nist_wsq_ref40/cmp00013.png", "FJFXPos_Mu_MinutiaeQuality_2")]


def test_the_forest_fed_with_the_reference_measures_gives_its_scores(shared):
    table = [row for row in rows(shared) if not row.error]
    inputs = np.array([[row.measures[n] for n in MEASURE_NAMES] for row in table])
    votes = official(shared).forest.votes(inputs)
    assert votes.tolist() == [row.score for row in table]


def test_the_score_from_pixels_is_identical(shared):
    wrong = {row.name: (q.score, row.score) for row, q in scored(shared) if q.score != row.score}
    assert wrong == {}
    assert all(q.official for _, q in scored(shared))


def test_refusals_have_the_borders_of_the_reference(shared):
    for row, verdict in verdicts(shared):
        if "too large" in row.error:
            assert verdict == "image-too-large", row.name
        elif "too small" in row.error:
            assert isinstance(verdict, FingerprintQuality)
            assert verdict.refusal == "too-few-minutiae", row.name
