"""A short seeded run of the fuzz targets; long with --all."""

from __future__ import annotations

import pytest

from tests.fuzz.fuzz_vietnam import run


def test_short() -> None:
    assert run(150, seed=20261123) > 2000


@pytest.mark.all
def test_long() -> None:
    for seed in range(100):
        run(300, seed)
