"""Reasons on prints with one known fault (planted by physics), and on input of any kind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometrics.fingerprint.quality import assess, assess_live
from biometrics.fingerprint.quality.rules import reasons_of
from biometrics.fingerprint.quality.training.faults import RIGHT, faulty_prints, tally
from biometrics.reasons import ReasonCode


def test_planted_faults_are_told():
    total, right = tally(faulty_prints(128, 502))
    faults = [name for name in total if name != "clean"]
    assert set(total) == set(RIGHT)
    assert sum(right[n] for n in faults) / sum(total[n] for n in faults) >= 0.90  # 95 % on a thousand; see the long run


@pytest.mark.all
def test_planted_faults_are_told_on_a_thousand():
    total, right = tally(faulty_prints(1072, 502))
    faults = [name for name in total if name != "clean"]
    assert sum(right[n] for n in faults) / sum(total[n] for n in faults) >= 0.95


def test_every_reason_has_a_place_inside_the_image_and_a_confidence():
    for _, image in faulty_prints(32, 9):
        reasons = reasons_of(image, 500)
        assert list(reasons) == sorted(reasons, key=lambda r: -r.confidence)
        for reason in reasons:
            assert 0.5 <= reason.confidence <= 1
            assert reason.region is not None
            assert reason.region.width > 0
            assert reason.region.x + reason.region.width <= image.shape[1] + 16
            assert reason.region.y + reason.region.height <= image.shape[0] + 16


def test_an_empty_platen_is_no_finger_live_and_full():
    blank = np.full((480, 400), 250, np.uint8)
    assert [r.code for r in assess(blank, 500).reasons] == [ReasonCode.NO_FINGER]
    assert [r.code for r in assess_live(blank, 500).reasons] == [ReasonCode.NO_FINGER]


def test_a_small_contact_has_a_reason_whether_it_is_scored_or_refused():
    for _, image in faulty_prints(8, 4, ("small",)):
        quality = assess(image, 500)
        assert quality.reasons
        assert (quality.score is None) == (quality.refusal is not None)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.sampled_from([125, 250, 500, 1000]), st.integers(0, 2**32 - 1))
def test_live_takes_any_frame(height, width, ppi, seed):
    frame = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    found = assess_live(frame, ppi)
    assert 0 <= found.score <= 100
    assert 0 <= found.foreground <= 1
