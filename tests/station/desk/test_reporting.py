"""The window's log and the report bundle: numbers, kinds and places, never a fact about a person; bounded."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from station.clock import ManualClock
from station.demo import open_demo_station
from station.desk.reporting import FOLDER, KEPT, ReportDesk
from station.errors import StorageError


def fail(name: str) -> None:
    raise KeyError(name)


@pytest.mark.allow_log
def test_an_unforeseen_error_is_logged_by_place_and_never_by_what_it_says(tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 11, 28, 9, 0, tzinfo=UTC))
    station = open_demo_station(tmp_path / "s", clock=clock)
    desk = ReportDesk(station)
    try:
        desk.begin()
        desk.begin()
        caught: BaseException | None = None
        try:
            fail("NGUYỄN VĂN MẪU 099158004217")
        except KeyError as error:
            caught = error
        assert caught is not None
        number = desk.note(caught, "review")
        other = desk.note(StorageError("The disk reports 'full'.", code="disk-full"), "capture")
        assert len(number) == len(other) == 11
        names = []
        for n in range(KEPT + 2):
            clock.advance(1)
            names.append(desk.save())
            assert n < KEPT or len(station.files.list(FOLDER)) == KEPT
        assert set(station.files.list(FOLDER)) == set(names[-KEPT:])
    finally:
        desk.close()
        station.close()
    with zipfile.ZipFile(io.BytesIO((tmp_path / "s" / names[-1]).read_bytes())) as made:
        log = made.read("logs/station.log").decode("utf-8")
        json.loads(made.read("state.json"))
    assert "NGUYỄN" not in log
    assert "099158004217" not in log
    line = next(x for x in log.splitlines() if "KeyError" in x)
    assert number in line
    assert "test_reporting.py" in line
    assert "fail" in line
    assert "disk-full" in log
    assert log.count("window opened") == 1
