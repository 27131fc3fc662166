from __future__ import annotations

import time

import pytest

from tests.fuzz import fuzz_devices_net


@pytest.mark.parametrize("name", sorted(fuzz_devices_net.TARGETS))
def test_every_seed_is_understood(name: str) -> None:
    fuzz_devices_net.TARGETS[name](fuzz_devices_net.seeds()[name])


def test_short_run() -> None:
    assert fuzz_devices_net.run(400, 8) == 400 * len(fuzz_devices_net.TARGETS)


@pytest.mark.all
def test_long_run() -> None:
    fuzz_devices_net.run(10**9, 9, time.monotonic() + 600)
