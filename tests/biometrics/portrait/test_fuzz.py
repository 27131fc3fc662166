"""The short seeded run of the portrait's fuzz targets; the long one is `tests/fuzz/fuzz_portrait.py`."""

from __future__ import annotations

import pytest

from tests.fuzz.fuzz_portrait import run


def test_short_fuzz():
    assert run(400, seed=6) == 2000


@pytest.mark.all
def test_long_fuzz():
    assert run(30_000, seed=66) == 150_000
