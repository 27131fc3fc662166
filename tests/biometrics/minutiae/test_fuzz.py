"""A short seeded run of the fuzzer; the long one with --all."""

from __future__ import annotations

import pytest

from tests.fuzz.fuzz_templates import run


def test_changed_bytes_are_accepted_or_named():
    accepted = run(300, seed=1)
    assert set(accepted) == {"template", "iso", "ansi"}


@pytest.mark.all
def test_changed_bytes_long():
    run(20_000, seed=2)
