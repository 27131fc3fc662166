"""A short seeded run of the fuzz target; the long one with --all."""

from __future__ import annotations

import pytest

from tests.fuzz.fuzz_quality import run


def test_short():
    run(1, 60)


@pytest.mark.all
def test_long():
    run(2, 3000)
