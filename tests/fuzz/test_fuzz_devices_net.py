from __future__ import annotations

import time

import numpy as np
import pytest

from tests.fuzz import fuzz_devices_net


@pytest.mark.parametrize("name", sorted(fuzz_devices_net.TARGETS))
def test_every_seed_is_understood(name: str) -> None:
    fuzz_devices_net.TARGETS[name](fuzz_devices_net.seeds()[name])


def test_short_run() -> None:
    assert fuzz_devices_net.run(400, 8) == 400 * len(fuzz_devices_net.TARGETS)


@pytest.mark.parametrize("name", sorted(fuzz_devices_net.TARGETS))
def test_ten_thousand_random_streams(name: str) -> None:
    """Nothing but format errors; half of them begin as the real thing does, so that they get past the first check."""
    rng = np.random.default_rng(11)
    target, seed = fuzz_devices_net.TARGETS[name], fuzz_devices_net.seeds()[name]
    lengths = rng.integers(0, 160, 10_000)
    noise = rng.integers(0, 256, int(lengths.sum()), dtype=np.uint8).tobytes()
    at = 0
    for number, length in enumerate(lengths):
        data = noise[at : at + length]
        at += int(length)
        if number % 2:
            data = seed[: number % max(1, len(seed))] + data
        try:
            target(data)
        except fuzz_devices_net.REFUSALS:
            pass


@pytest.mark.all
def test_long_run() -> None:
    fuzz_devices_net.run(10**9, 9, time.monotonic() + 600)
