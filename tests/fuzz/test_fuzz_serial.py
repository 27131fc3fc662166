"""10,000 streams into each serial framing raise nothing but the room's format error; longer with --all."""

from __future__ import annotations

import pytest

from tests.fuzz import fuzz_serial


def test_ten_thousand_streams_for_each_framing() -> None:
    found = fuzz_serial.run(seed=20261128, rounds=10_000)
    assert all(count > 5_000 for count in found.values()), f"the streams hold too few true packets to say anything: {found}"


@pytest.mark.all
def test_half_a_million_streams() -> None:
    for seed in range(50):
        fuzz_serial.run(seed, 10_000)
