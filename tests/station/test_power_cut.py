"""The power goes at every sync point of a whole run, from the station's first start to its receipt, on both sides at once.

The run is recorded once, over HTTP; each prefix is what two disks may hold afterwards (`tests.station.powercut`). Started again on it:
everything opens, every acknowledged event, image, package and byte is there once, and the run ends with one receipt.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from station.clock import ManualClock
from station.dossier.kinds import Kind
from station.files import RealFiles
from station.intake.enrollment import new_code
from station.intake.serve import listen, serve
from station.queue import Uploader
from station.queue.joining import join, name_operators
from station.queue.model import State
from tests.station.powercut import Cut, Fate, Recorder
from tests.station.whole_run import befriend, enroll, open_intake, open_station, send


def record(base: Path) -> Recorder:
    """Run it all once: first start, join by code, accounts, dossier, captures, seal, upload in chunks, receipt."""
    recorder = Recorder()
    for name in ("station", "intake"):
        (base / name).mkdir(parents=True)
    intake_files = recorder.files(base / "intake")
    database = base / "intake" / "intake.db"

    def committed(content: bytes) -> None:
        """A commit puts the whole database there or not at all: a file that replaces the old one."""
        number, temporary = id(content) * 1000 + len(recorder.operations), database.with_name("intake.db.new")
        recorder.add("create", temporary, number)
        recorder.add("write", number, 0, content)
        recorder.add("sync", number)
        recorder.add("rename", temporary, database)
        recorder.add("sync-folder", database.parent)

    intake = open_intake(intake_files, database.with_name("real.db"), committed)
    started, stop, line = threading.Event(), threading.Event(), dict[str, Any]()

    def ready(said: dict[str, Any]) -> None:
        line.update(said)
        started.set()

    thread = threading.Thread(target=serve, args=(intake, listen("127.0.0.1", 0)), kwargs={"ready": ready, "stop": stop})
    thread.start()
    assert started.wait(30)
    station = open_station(recorder.files(base / "station"), base / "station", ManualClock())
    try:
        url = line["url"]
        station.pin_intake(join(url, new_code(intake), station=station.origin, signer=station.keys.signer))
        people = [(a.operator_id, a.public) for a in station.operators.accounts().values()]
        assert station.queue.intake is not None
        name_operators(url, people, station=station.origin, signer=station.keys.signer, intake=station.queue.intake)
        entry = enroll(station, recorder.note)
        from station.carriers import TusCarrier

        carrier = TusCarrier(url, station=station.origin, signer=station.keys.signer, intake=station.queue.intake,
                             chunk_bytes=max(1, entry.size // 3))  # fmt: skip
        Uploader(station.queue, carrier, station.clock, seed=1).drain()
        carrier.close()
        station.tell_journal()
        done = station.queue.get(entry.package_id)
        assert done is not None
        assert done.state is State.ACKNOWLEDGED
        recorder.note(("receipt", done.receipt_number))
    finally:
        station.close()
        stop.set()
        thread.join(30)
    return recorder


def check(cut: Cut, base: Path, folder: Path) -> None:
    """Start both again on what is left, look, and go on to the end."""
    cut.build(base, folder)
    told = {kind: [n[1] for n in cut.noted if n[0] == kind] for kind in ("event", "blob", "sealed", "receipt")}
    for name in ("station", "intake"):
        (folder / name).mkdir(exist_ok=True)
    intake = open_intake(RealFiles(folder / "intake"), folder / "intake" / "intake.db")
    try:
        station = open_station(RealFiles(folder / "station"), folder / "station", ManualClock())
        try:
            assert station.journal.check().sound
            events = station.journal.events()
            assert len({e.id for e in events}) == len(events)
            hashes = {e.hash for e in events}
            assert [e.id for e in told["event"] if e.hash not in hashes] == [], "acknowledged but lost"
            assert all(station.journal.has_blob(b) for b in told["blob"])
            for package in told["sealed"]:
                held = station.queue.get(package)
                assert held is not None
                assert held.state in {State.SEALED, State.SENT, State.ACKNOWLEDGED}
            if told["receipt"]:
                assert intake.store.by_receipt(told["receipt"][0]) is not None

            befriend(station, intake)
            enroll(station)
            entry = send(station, intake)
            assert entry.state is State.ACKNOWLEDGED, (entry.state, station.queue.history(entry.package_id))
            assert told["receipt"] in ([], [entry.receipt_number])
            assert intake.store.totals()["accepted"] == 1
            log = station.journal.events(entry.dossier)
            taken = [e.body["step"] for e in log if e.kind == Kind.CAPTURED]
            assert sorted(taken) == sorted(s.id for s in station.book.state(entry.dossier).procedure.steps)
            receipts = {e.body["receipt"] for e in log if e.kind == Kind.RECEIPT}
            assert receipts == {entry.receipt_number}
        finally:
            station.close()
    finally:
        intake.store.close()


def try_cuts(base: Path, recorder: Recorder, folder: Path, every: int, fates: tuple[Fate, ...]) -> int:
    """Check the states of each `every`-th sync point; return how many states there were."""
    count = 0
    for cut in recorder.cuts(fates, every=every):
        try:
            check(cut, base, folder)
        except Exception as error:
            error.add_note(f"cut before operation {cut.at} ({cut.fate.value})")
            raise
        shutil.rmtree(folder)
        count += 1
    return count


@pytest.fixture
def recorded(quick: Path) -> tuple[Path, Recorder]:
    return quick / "run", record(quick / "run")


def test_cuts_of_a_whole_run_end_with_one_receipt(recorded: tuple[Path, Recorder], quick: Path) -> None:
    base, recorder = recorded
    assert recorder.sync_points > 100
    fates = tuple(Fate)
    tried = sum(try_cuts(base, recorder, quick / "cut", 6, (fate,)) for fate in fates)
    assert tried >= 2 * 3 * (recorder.sync_points // 6)


@pytest.mark.all
def test_a_cut_at_every_sync_point_ends_with_one_receipt(recorded: tuple[Path, Recorder], quick: Path) -> None:
    base, recorder = recorded
    assert try_cuts(base, recorder, quick / "cut", 1, tuple(Fate)) == recorder.sync_points * 6 + 3


def test_a_receipt_promised_before_its_row_would_be_found(recorded: tuple[Path, Recorder], quick: Path) -> None:
    """The test itself is tested: with the intake's commits taken out of the record, some cut loses what was promised."""
    base, recorder = recorded
    names = {o[2]: o[1].name for o in recorder.operations if o[0] == "create"}
    recorder.operations = [
        o for o in recorder.operations
        if not (o[0] == "rename" and o[1].name == "intake.db.new") and not (o[0] == "sync" and names[o[1]].endswith(".pkg"))
    ]  # fmt: skip
    *_, last = recorder.cuts((Fate.DROPPED,), every=10**9)
    with pytest.raises(AssertionError):
        check(last, base, quick / "cut")
