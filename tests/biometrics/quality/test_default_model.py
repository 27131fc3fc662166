"""Our own model: labelled as ours, small, and near the official score on real prints it never saw."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from biometrics.fingerprint.quality import MEASURE_NAMES, assess
from biometrics.models import DEFAULT_NAME, default_model, default_model_size
from biometrics.models.default import OnnxQualityModel
from tests.biometrics.quality.reference import image, rows


@pytest.mark.shared_data
def test_near_the_official_score_on_real_prints(shared):
    table = [row for row in rows(shared) if not row.error]
    model = default_model()
    found = np.array([model.score(np.array([row.measures[n] for n in MEASURE_NAMES])) for row in table])
    official = np.array([row.score for row in table])
    assert np.abs(found - official).mean() <= 5.0
    assert spearmanr(found, official)[0] >= 0.95


@pytest.mark.shared_data
def test_without_an_import_the_score_is_ours_and_says_so(shared):
    row = next(row for row in rows(shared) if not row.error)
    quality = assess(image(row), 500)
    assert quality.score is not None
    assert quality.model == DEFAULT_NAME
    assert "not NFIQ 2" in quality.model
    assert quality.official is False


def test_fits_the_wheel():
    assert 0 < default_model_size() < 500_000


def test_any_measures_give_a_score_in_range():
    model = default_model()
    rng = np.random.default_rng(5)
    for scale in (0, 1, 1e3, 1e9):
        assert 0 <= model.score(rng.random(len(MEASURE_NAMES)) * scale) <= 100


def test_a_broken_file_is_a_named_error():
    with pytest.raises(Exception, match="cannot be loaded") as caught:
        OnnxQualityModel(b"not a model")
    assert caught.value.reason_code == "model-altered"
