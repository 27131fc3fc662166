"""No leak and no stall with failing devices among healthy ones: two in every run, ten for half an hour with ``--all``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.devices.soak import Footprint, Metronome, Seat, footprint, soak

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, needs ptys")

LONG_S = float(os.environ.get("SOAK_SECONDS", "1800"))


STANDSTILL_S = 0.5
"""A machine that stood still for longer lets short deadlines pass: then, and only then, one use in a hundred may have failed."""


def check(seats: list[Seat], seconds: float, before: Footprint, after: Footprint, longest_s: float, standstill_s: float) -> None:
    for seat in seats:
        if seat.fails:
            assert seat.errors, f"{seat.name} was meant to fail"
        else:
            allowed = 1 + seat.uses // 100 if standstill_s > STANDSTILL_S else 0
            assert sum(seat.errors.values()) <= allowed, (
                f"{seat.name}: {seat.errors}, machine stood still for {standstill_s:.1f} s"
            )
            assert seat.longest_s < longest_s, f"{seat.name} was held up for {seat.longest_s:.1f} s"
            assert seat.uses >= seconds / longest_s
    assert after.threads <= before.threads
    assert after.handles <= before.handles
    assert after.children <= before.children


def test_one_that_fails_all_the_time_leaks_nothing_and_holds_nobody_up(tmp_path: Path) -> None:
    soak(2, 0.5, tmp_path)  # what is loaded once is loaded now
    before = footprint()
    metronome = Metronome()
    seats = soak(2, 3.0, tmp_path)
    standstill_s = metronome.stop()
    after = footprint()
    check(seats, 3.0, before, after, 2.0 + standstill_s, standstill_s)
    assert seats[0].errors["camera-gone"] >= 1
    assert after.memory_mb - before.memory_mb < 20


@pytest.mark.all
def test_ten_devices_two_of_them_failing_for_half_an_hour(tmp_path: Path) -> None:
    soak(10, 20.0, tmp_path)
    before = footprint()
    samples: list[Footprint] = []
    metronome = Metronome()
    seats = soak(10, LONG_S, tmp_path, sample_every_s=10, on_sample=samples.append)
    standstill_s = metronome.stop()
    after = footprint()
    for seat in seats:
        sys.stderr.write(f"{seat.name:20s} uses {seat.uses:6d}  errors {seat.errors}  longest {seat.longest_s:.2f} s\n")
    sys.stderr.write(f"before {before}\nafter {after}\nhandles {max(s.handles for s in samples)} at most, "
                     f"threads {max(s.threads for s in samples)} at most, memory {samples[0].memory_mb:.0f} → {samples[-1].memory_mb:.0f} MB\n")  # fmt: skip
    sys.stderr.write(f"the machine stood still for {standstill_s:.2f} s at most\n")
    check(seats, LONG_S, before, after, 15.0, standstill_s)
    quarter = len(samples) // 4
    first, last = samples[quarter : 2 * quarter], samples[-quarter:]
    if quarter >= 5:
        assert min(s.memory_mb for s in last) - min(s.memory_mb for s in first) < 25, "memory grows"
        assert max(s.handles for s in last) <= max(s.handles for s in first) + 10, "handles grow"
        assert max(s.threads for s in last) <= max(s.threads for s in first) + 10, "threads grow"
