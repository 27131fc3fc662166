"""Every target of the device room: a short seeded run; 10,000 streams a framing with ``--all``."""

from __future__ import annotations

import pytest

from tests.fuzz import fuzz_device_room


@pytest.mark.parametrize("target", fuzz_device_room.TARGETS)
def test_short_run(target: str) -> None:
    assert fuzz_device_room.fuzz(target, runs=300) == 300


@pytest.mark.all
@pytest.mark.parametrize("target", fuzz_device_room.TARGETS)
def test_ten_thousand_streams(target: str) -> None:
    assert fuzz_device_room.fuzz(target, runs=10_000, seed=2) == 10_000
