"""The power is cut at every sync point of a run; what was acknowledged is there, nothing is there twice, all of it opens."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from station.clock import ManualClock
from station.errors import StorageError
from station.files import RealFiles
from station.journal import Journal, NoJournalError
from station.keys import Argon2Cost, PassphraseWrapper, StationKeys
from tests.station.powercut import Cut, Fate, Recorder

CHEAP = Argon2Cost(1, 64, 1)


def first_start(files: RealFiles, clock: ManualClock) -> Journal:
    """What a station does at every start, the first one included."""
    keys = StationKeys.open_or_create(files, PassphraseWrapper("secret", CHEAP))
    if Journal.exists(files):
        return Journal.open(files, keys.journal_key, clock)
    return Journal.create(files, keys.journal_key, keys.station_id, clock)


def enroll(journal: Journal, recorder: Recorder, dossier: str, count: int) -> None:
    """Write what an enrollment writes: a blob, then the event that names it."""
    recorder.note(("event", journal.append("dossier.opened", {}, dossier=dossier, operator="o", desk="")))
    for step in range(count):
        data = f"{dossier} image {step} ".encode() * 400
        sha = journal.put_blob(data, "application/octet-stream")
        recorder.note(("blob", sha, data))
        body = {"step": str(step), "capture": {"images": [{"blob": sha}]}}
        event = journal.append("capture.accepted", body, dossier=dossier, operator="o", desk="")
        recorder.note(("event", event))


def record(folder: Path, dossiers: int = 2, captures: int = 5) -> Recorder:
    recorder = Recorder()
    clock = ManualClock()
    files = recorder.files(folder)
    recorder.note(("start",))
    for number in range(dossiers):
        with first_start(files, clock) as journal:
            if number == 0:
                recorder.note(("created", journal.origin))
            enroll(journal, recorder, f"d{number}", captures)
        clock.advance(timedelta(days=1).total_seconds())
    return recorder


def check(cut: Cut, base: Path, folder: Path) -> None:
    """Start again on what is left, and look."""
    files = RealFiles(cut.build(base, folder))
    tokens = {kind: [n[1:] for n in cut.noted if n[0] == kind] for kind in ("created", "blob", "event")}
    with first_start(files, ManualClock()) as journal:
        if tokens["created"]:
            assert journal.origin == tokens["created"][0][0], "the station became another one"
        report = journal.check()
        assert report.sound, report.faults
        events = journal.events()
        ids = [e.id for e in events]
        assert len(ids) == len(set(ids))
        missing = [e.id for (e,) in tokens["event"] if e not in events]
        assert not missing, f"acknowledged but lost: {missing}"
        assert len(events) - len(tokens["event"]) in (0, 1), "at most the one in flight may be there unasked"
        for sha, data in tokens["blob"]:
            assert journal.blob(sha) == data
        after = journal.append("dossier.paused", {}, dossier="d0", operator="o", desk="")
        assert after.id.sequence == len([e for e in events if e.id.origin == journal.origin]) + 1


def try_all(cuts: Iterable[Cut], base: Path, folder: Path) -> int:
    """Check every cut in `folder`; return how many."""
    count = 0
    for cut in cuts:
        try:
            check(cut, base, folder)
        except Exception as error:
            error.add_note(f"cut before operation {cut.at} ({cut.fate.value})")
            raise
        shutil.rmtree(folder)
        count += 1
    return count


def test_every_cut_leaves_what_was_acknowledged(tmp_path: Path, quick: Path) -> None:
    base = tmp_path / "run"
    base.mkdir()
    recorder = record(base)
    tried = try_all(recorder.cuts(), base, quick / "cut")
    assert recorder.sync_points > 50
    assert tried == recorder.sync_points * 6 + 3


def test_the_model_finds_a_missing_sync(tmp_path: Path, quick: Path) -> None:
    """The test itself is tested: with the syncs of the segments left out, some cut loses a blob."""
    base = tmp_path / "run"
    base.mkdir()
    recorder = record(base, 1, 3)
    names = {o[2]: o[1].name for o in recorder.operations if o[0] == "create"}
    recorder.operations = [o for o in recorder.operations if not (o[0] == "sync" and names[o[1]].endswith(".seg"))]
    with pytest.raises((AssertionError, StorageError)):
        try_all(recorder.cuts((Fate.DROPPED,)), base, quick / "cut")


def test_a_cut_before_the_journal_was_made_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(NoJournalError):
        Journal.open(RealFiles(tmp_path), bytes(32), ManualClock())
