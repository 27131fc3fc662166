"""The log turns over, holds nothing that looks like a person, and leaves with the support bundle; alarms on the command line."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from station.app import Station
from station.clock import ManualClock, SystemClock
from station.commands import journal as journal_command
from station.dossier.kinds import Kind
from station.keys import Argon2Cost
from station.support import LOG_BYTES, LOG_FILES, bundle, logging_to, state
from tests.station.dossier.builders import APPLICANT


@pytest.mark.allow_log
def test_the_log_turns_over_and_is_redacted(tmp_path: Path) -> None:
    log = logging.getLogger("station.test")
    before = logging.getLogger().level
    with logging_to(tmp_path / "logs"):
        for number in range(6_000):
            log.warning("upload %d of 099158004217 from /home/lan/secret: %s %s", number, "ab" * 32, "- " * 500)
    files = list((tmp_path / "logs").iterdir())
    assert len(files) == LOG_FILES
    assert all(f.stat().st_size <= LOG_BYTES for f in files)
    text = "".join(f.read_text("utf-8") for f in files)
    assert "5999" in text
    assert not [word for word in ("099158004217", "ab" * 32, "lan/") if word in text]
    assert logging.getLogger().level == before
    assert not [h for h in logging.getLogger().handlers if "RotatingFile" in type(h).__name__]


def test_a_folder_that_takes_no_log_stops_no_work(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file stands in the way")
    with logging_to(tmp_path / "logs"):
        pass


@pytest.mark.allow_log
def test_the_support_bundle_holds_no_fact_about_a_person(tmp_path: Path) -> None:
    station = Station.open(tmp_path / "s", demo=True, cost=Argon2Cost(1, 64, 1), clock=ManualClock())
    try:
        station.session.operator = "op-1"
        dossier = station.book.open_dossier("vn-60-2021", applicant=APPLICANT)
        with logging_to(tmp_path / "logs"):
            logging.getLogger("station.test").info("opened %s", dossier)
        data = bundle(state(station.files, station.keys, station.journal, station.clock), tmp_path / "logs")
    finally:
        station.close()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["state.json", "logs/station.log"]
        everything = "".join(archive.read(n).decode() for n in archive.namelist())
    assert json.loads(everything[: everything.rindex("}") + 1])["own_keys"] == "good"
    for value in [*APPLICANT.values(), dossier]:
        assert value in {"F", "Kinh", "Không", "VNM"} or value not in everything, value


def test_alarms_at_90_and_150_days_for_what_is_held(tmp_path: Path) -> None:
    clock = ManualClock((now := SystemClock().now()) - timedelta(days=100))
    station = Station.open(tmp_path / "s", demo=True, cost=Argon2Cost(1, 64, 1), clock=clock)
    station.session.operator = "op-1"
    dossier = station.book.open_dossier("vn-60-2021", applicant=APPLICANT)
    station.journal.append(Kind.DEFECT, {"code": "S1", "field": "full_name", "owner": "data-officer"}, dossier=dossier, operator="op-1",
                           desk="")  # fmt: skip
    station.close()
    result = CliRunner().invoke(journal_command.app, ["alarms", "--data", str(tmp_path / "s"), "--json"])
    assert result.exit_code == 1
    (alarm,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (alarm["dossier"], alarm["alarm"], alarm["holds"]) == (
        dossier,
        90,
        ["open-defect", "not-acknowledged"],
    )  # no receipt came either
    assert alarm["age_days"] == (now - (now - timedelta(days=100))).days
