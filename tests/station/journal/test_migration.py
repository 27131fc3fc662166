"""A journal of an older program is brought up to date without losing anything, also when the power goes in the middle."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.clock import ManualClock
from station.files import RealFiles
from station.journal import Journal, NewerJournalError, database
from tests.station.powercut import Recorder

KEY = b"k" * 32
ORIGIN = "00000000000000a1"


def older(files: RealFiles, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Write a journal as version 1 made it; returns the hashes of its events."""
    with monkeypatch.context() as patch:
        patch.setattr(database, "VERSION", 1)
        with Journal.create(files, KEY, ORIGIN, ManualClock()) as journal:
            for number in range(30):
                kind = ("dossier.opened", "capture.accepted", "package.acknowledged")[number % 3]
                journal.append(kind, {"n": number}, dossier=f"d{number // 3}", operator="o", desk="")
            return [e.hash for e in journal.events()]


def test_nothing_is_lost_at_any_cut_of_the_migration(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (quick / "run").mkdir()
    recorder = Recorder()
    files = recorder.files(quick / "run")
    hashes = older(files, monkeypatch)
    recorder.note("old")
    Journal.open(files, KEY, ManualClock()).close()
    tried = 0
    for cut in recorder.cuts():
        if "old" not in cut.noted:
            continue
        folder = cut.build(quick / "run", quick / f"cut{tried}")
        with Journal.open(RealFiles(folder), KEY, ManualClock()) as journal:
            assert [e.hash for e in journal.events()] == hashes
            assert len(journal.kinds()) == 10
            assert journal.check().sound
        tried += 1
    assert tried > 10


def test_the_survey_reads_its_index_and_forgets_what_was_purged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = RealFiles(tmp_path)
    older(files, monkeypatch)
    with Journal.open(files, KEY, ManualClock()) as journal:
        assert set(journal.kinds()["d0"]) == {"dossier.opened", "capture.accepted", "package.acknowledged"}
        journal.purge(["d0"], rule={"rule": "test"}, before=journal.dossiers()[0].first_at, operator="o", desk="")
        assert "d0" not in journal.kinds()
    with monkeypatch.context() as patch:
        patch.setattr(database, "VERSION", 1)
        with pytest.raises(NewerJournalError):
            Journal.open(files, KEY, ManualClock())
