"""Room and time are checked before a capture; a wrong clock is found whichever way it jumped."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from station.clock import ManualClock
from station.files import Disk, RealFiles
from station.journal import Journal
from station.journal.guards import (
    DOSSIER_BYTES,
    ClockError,
    DiskLowError,
    Level,
    clock_state,
    disk_state,
    note_time,
    override_clock,
    require_clock,
    require_disk,
)

YEAR = timedelta(days=365.25)


class SmallDisk(Disk):
    def __init__(self, free: int) -> None:
        self.free = free

    def free_bytes(self, folder: Path) -> int:
        return self.free


@pytest.mark.parametrize(
    ("dossiers", "level"), [(10_000, Level.OK), (350, Level.WARN), (50, Level.WARN), (49, Level.STOP), (0, Level.STOP)]
)
def test_disk_guard_counts_dossiers(tmp_path: Path, dossiers: int, level: Level) -> None:
    files = RealFiles(tmp_path, SmallDisk(dossiers * DOSSIER_BYTES))
    assert (disk_state(files).dossiers_left, disk_state(files).level) == (dossiers, level)
    if level is Level.STOP:
        with pytest.raises(DiskLowError):
            require_disk(files)
    else:
        require_disk(files)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def journal(tmp_path: Path, clock: ManualClock):
    with Journal.create(RealFiles(tmp_path), bytes(32), "00112233445566aa", clock) as journal:
        journal.append("dossier.opened", {}, dossier="d", operator="", desk="")
        yield journal


@pytest.mark.parametrize(("jump", "reason"), [
    (timedelta(hours=9), ""), (timedelta(minutes=-1), ""), (timedelta(minutes=-7), "backwards"), (-10 * YEAR, "before-program"),
    (10 * YEAR, "gap"), (timedelta(days=300), ""),
])  # fmt: skip
def test_clock_jumps_are_found(journal: Journal, clock: ManualClock, jump: timedelta, reason: str) -> None:
    clock.jump(clock.now() + jump)
    assert clock_state(journal, clock).reason == reason
    if reason:
        with pytest.raises(ClockError) as caught:
            require_clock(journal, clock)
        assert caught.value.reason_code == "E02"
        override_clock(journal, clock, why="battery changed", operator="sup", desk="")
        assert require_clock(journal, clock).level in (
            Level.WARN,
            Level.OK,
        )  # the override itself is a newer event: a gap is closed
    else:
        assert require_clock(journal, clock).level is Level.OK


def test_a_told_time_shows_the_skew(journal: Journal, clock: ManualClock) -> None:
    note_time(journal, clock, clock.now() - timedelta(seconds=20), "intake")
    assert require_clock(journal, clock).level is Level.OK
    note_time(journal, clock, clock.now() - timedelta(minutes=7), "intake")
    with pytest.raises(ClockError) as caught:
        require_clock(journal, clock)
    assert caught.value.details["minutes"] == 7
    note_time(journal, clock, clock.now(), "intake")
    assert require_clock(journal, clock).level is Level.OK
