"""A short seeded run of every card target, and the kept corpus; the long run is `python -m tests.fuzz.fuzz_card`."""

from __future__ import annotations

import pytest

from tests.fuzz import fuzz_card


@pytest.mark.parametrize("target", fuzz_card.TARGETS)
def test_short_run(target: str):
    slow = target in ("sod", "master-list", "trust-file", "certificate", "asn1", "signature", "chip")
    count, _ = fuzz_card.fuzz(target, runs=150 if slow else 800)
    assert count >= 150


@pytest.mark.parametrize("target", fuzz_card.TARGETS)
def test_every_seed_is_understood(target: str):
    for seed in fuzz_card.seeds(target):
        assert fuzz_card.outcome(target, seed) is not None


@pytest.mark.all
@pytest.mark.parametrize("target", fuzz_card.TARGETS)
def test_long_run(target: str):
    fuzz_card.fuzz(target, seconds=600)
