"""A short seeded run of every package target; the long run is `python -m tests.fuzz.fuzz_package`."""

from __future__ import annotations

import pytest

from tests.fuzz import fuzz_package


@pytest.mark.parametrize("target", fuzz_package.TARGETS)
def test_short_run(target: str) -> None:
    assert fuzz_package.fuzz(target, runs=400) == 400


@pytest.mark.all
@pytest.mark.parametrize("target", fuzz_package.TARGETS)
def test_long_run(target: str) -> None:
    fuzz_package.fuzz(target, seconds=600, seed=2)
