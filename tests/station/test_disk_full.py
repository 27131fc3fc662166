"""The disk fills up at every single write of a whole run, the station's and the intake's in turn; once there is room, it goes on to one receipt."""

from __future__ import annotations

import errno
import random
from pathlib import Path

import pytest

from station.clock import ManualClock
from station.errors import StorageError
from station.files import RealFiles
from station.queue.model import State
from tests.station.journal.test_faults import FailingDisk
from tests.station.whole_run import befriend, enroll, open_intake, open_station, send

NEVER = 10**9


def run_once(folder: Path, station_fails: int, intake_fails: int, code: int) -> tuple[set[str], int, int]:
    """Run with two disks that fail from a given change on; return the error codes met and how many changes each disk saw."""
    disks = FailingDisk(station_fails, code), FailingDisk(intake_fails, code)
    for name in ("station", "intake"):
        (folder / name).mkdir(parents=True)
    told: list[object] = []
    codes: set[str] = set()
    intake = None
    try:
        intake = open_intake(RealFiles(folder / "intake", disks[1]), folder / "intake" / "intake.db")
        station = open_station(RealFiles(folder / "station", disks[0]), folder / "station", ManualClock())
        try:
            befriend(station, intake)
            enroll(station, told.append)
            send(station, intake, told.append)
            codes |= {
                str(h.facts["code"])
                for e in station.queue.entries()
                for h in station.queue.history(e.package_id)
                if h.what == "failed"
            }
        finally:
            station.close()
    except StorageError as error:  # and nothing else may come up
        codes.add(error.reason_code)
    finally:
        if intake is not None:
            intake.store.close()
    look(folder, told)
    return codes, disks[0].changes, disks[1].changes


def look(folder: Path, told: list[object]) -> None:
    """There is room again: everything told is there, and the run goes on to its end."""
    intake = open_intake(RealFiles(folder / "intake"), folder / "intake" / "intake.db")
    try:
        station = open_station(RealFiles(folder / "station"), folder / "station", ManualClock())
        try:
            assert station.journal.check().sound
            hashes = {e.hash for e in station.journal.events()}
            numbers = []
            for what, value in (t[:2] for t in told):  # type: ignore[index]
                assert what != "event" or value.hash in hashes
                assert what != "blob" or station.journal.has_blob(value)
                assert what != "sealed" or station.queue.get(value) is not None
                numbers += [value] if what == "receipt" else []
            befriend(station, intake)
            enroll(station)
            entry = send(station, intake)
            assert entry.state is State.ACKNOWLEDGED
            assert numbers in ([], [entry.receipt_number])
            assert intake.store.totals()["accepted"] == 1
        finally:
            station.close()
    finally:
        intake.store.close()


def places(quick: Path, code: int, share: float) -> tuple[set[str], int]:
    """Fail at every write of both disks (or a seeded share of them); return all codes met and how many ends were tried."""
    _, station_changes, intake_changes = run_once(quick / "whole", NEVER, NEVER, code)
    assert station_changes > 300
    assert intake_changes > 20
    ends = [(n, NEVER) for n in range(1, station_changes + 1)] + [(NEVER, n) for n in range(1, intake_changes + 1)]
    codes: set[str] = set()
    tried = 0
    for at, (one, other) in enumerate(ends):
        if share < 1 and random.Random(at).random() > share:
            continue
        codes |= run_once(quick / str(at), one, other, code)[0]
        tried += 1
    return codes, tried


def test_the_disk_is_full_somewhere(quick: Path) -> None:
    codes, tried = places(quick, errno.ENOSPC, 0.06)
    assert tried > 20
    assert codes == {"E32"}


@pytest.mark.all
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_the_disk_is_full_everywhere(quick: Path, code: int) -> None:
    codes, tried = places(quick, code, 1)
    assert tried > 300
    assert codes == {"E32"}
