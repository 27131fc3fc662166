"""180 days, alarms at 90 and 150, holds, and a purge that leaves proof and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from station import retention
from station.clock import ManualClock
from station.dossier.kinds import Kind
from station.errors import StorageError
from station.files import RealFiles
from station.journal import Journal
from station.journal.guards import ClockError, note_time, override_clock
from station.retention import Hold

DAY = timedelta(days=1).total_seconds()
KEY = bytes(32)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def journal(tmp_path: Path, clock: ManualClock):
    with Journal.create(RealFiles(tmp_path), KEY, "00112233445566aa", clock) as journal:
        yield journal


def enroll(journal: Journal, dossier: str, *, receipt: bool = True, image: bytes | None = None) -> str:
    sha = journal.put_blob(image or f"image of {dossier} ".encode() * 300, "application/octet-stream")
    body = {"step": "s", "capture": {"images": [{"blob": sha}]}}
    journal.append(Kind.CAPTURED, body, dossier=dossier, operator="o", desk="")
    if receipt:
        journal.append(Kind.RECEIPT, {"package": "p"}, dossier=dossier, operator="", desk="")
    return sha


def live(journal: Journal, clock: ManualClock, days: int) -> None:
    """Let days pass as on a working station: the centre is heard every month, and at the end."""
    for left in range(days, 0, -30):
        clock.advance(min(30, left) * DAY)
        note_time(journal, clock, clock.now(), "intake")


def purge(journal: Journal, clock: ManualClock):
    return retention.purge_due(journal, clock, operator="officer", desk="d")


def test_a_dossier_goes_on_its_day_and_leaves_proof(tmp_path: Path, journal: Journal, clock: ManualClock) -> None:
    sha = enroll(journal, "old")
    for part in range(20):  # large enough for pages of its own, which become free ones
        journal.append(
            Kind.FIELD_SET, {"name": "note", "value": f"OLD-SECRET-{part} " * 1000}, dossier="old", operator="o", desk=""
        )
    live(journal, clock, 179)
    young = enroll(journal, "young")
    assert purge(journal, clock) == []
    clock.advance(DAY)
    assert purge(journal, clock) == [], "the centre has not been heard on its day yet"
    note_time(journal, clock, clock.now(), "intake")
    (proof,) = purge(journal, clock)
    assert (proof.body["dossiers"], proof.body["blobs"], proof.body["segments"], proof.body["rule"]) == (1, 1, 1, "vn-60-2021-10")
    assert journal.events("old") == []
    assert [d.id for d in journal.dossiers()] == ["young"]
    with pytest.raises(StorageError, match="purged"):
        journal.blob(sha)
    assert journal.blob(young)
    report = journal.check()
    assert report.sound, report.faults
    assert report.purged_events == 22
    assert len(list((tmp_path / "journal/segments").iterdir())) == 1
    assert purge(journal, clock) == []
    journal.close()
    pages = decrypted(tmp_path / "journal/journal.db")
    assert b"capture.accepted" in pages
    assert young.encode() in pages
    assert sha.encode() not in pages, "the purged event's bytes still lie in the database"
    assert b"OLD-SECRET" not in pages


def decrypted(database: Path) -> bytes:
    """Return all pages of a database, free ones included, in clear."""
    connection = apsw.Connection(str(database))
    connection.pragma("key", "raw:" + KEY.hex())
    connection.pragma("journal_mode", "delete")
    connection.pragma("rekey", "")
    connection.close()
    return database.read_bytes()


@pytest.mark.parametrize("why", [Hold.OPEN_DEFECT, Hold.NOT_ACKNOWLEDGED, Hold.HELD])
def test_holds_keep_and_alarm(journal: Journal, clock: ManualClock, why: Hold) -> None:
    enroll(journal, "held", receipt=why is not Hold.NOT_ACKNOWLEDGED)
    if why is Hold.OPEN_DEFECT:
        defect = journal.append(Kind.DEFECT, {"code": "name"}, dossier="held", operator="", desk="")
    if why is Hold.HELD:
        retention.hold(journal, "held", "court", operator="o", desk="")
    for days, alarm in ((89, 0), (1, 90), (60, 150), (50, 150)):
        live(journal, clock, days)
        (entry,) = retention.survey(journal, clock.now())
        assert (entry.holds, entry.alarm_days) == ((why,), alarm)
    assert purge(journal, clock) == []
    if why is Hold.OPEN_DEFECT:
        journal.append(Kind.DEFECT_CLOSED, {"defect": str(defect.id), "how": "data"}, dossier="held", operator="", desk="")
    elif why is Hold.HELD:
        retention.release(journal, "held", "over", operator="o", desk="")
    else:
        journal.append(Kind.RECEIPT, {}, dossier="held", operator="", desk="")
    assert len(purge(journal, clock)) == 1


def test_an_image_of_two_dossiers_stays_for_the_second(journal: Journal, clock: ManualClock) -> None:
    sha = enroll(journal, "first", image=b"shared" * 100)
    live(journal, clock, 100)
    assert enroll(journal, "second", image=b"shared" * 100) == sha
    live(journal, clock, 80)
    assert len(purge(journal, clock)) == 1
    assert journal.blob(sha) == b"shared" * 100
    live(journal, clock, 100)
    (proof,) = purge(journal, clock)
    assert proof.body["segments"] == 1


def test_a_clock_ten_years_ahead_purges_nothing(journal: Journal, clock: ManualClock) -> None:
    enroll(journal, "d")
    clock.jump(clock.now() + timedelta(days=3652))
    with pytest.raises(ClockError):
        purge(journal, clock)
    assert len(journal.events("d")) == 2


def test_a_clock_half_a_year_ahead_purges_nothing_whoever_says_it_is_right(journal: Journal, clock: ManualClock) -> None:
    enroll(journal, "d")
    note_time(journal, clock, clock.now(), "intake")
    clock.jump(clock.now() + timedelta(days=200))  # not surely wrong: a kit may have lain in a cupboard
    journal.append(Kind.SIGNED_IN, {"operator": "o"}, dossier="", operator="o", desk="")
    override_clock(journal, clock, why="I believe it", operator="sup", desk="")
    assert purge(journal, clock) == []
    (entry,) = retention.survey(journal, clock.now())
    assert (entry.holds, entry.due, entry.may_go, entry.alarm_days) == ((Hold.DATE_UNTOLD,), True, False, 150)
    signed = (clock.now() + timedelta(hours=7)).isoformat()
    journal.append(Kind.RECEIPT, {"package": "another", "at": signed}, dossier="another", operator="", desk="")
    assert len(purge(journal, clock)) == 1, "a signed receipt of today tells the date"


@pytest.mark.parametrize("later", ["revision", "sealed again", "opened again", "merged into one without", "never sealed"])
def test_a_receipt_is_of_what_was_said_last(journal: Journal, clock: ManualClock, later: str) -> None:
    def write(kind: Kind, dossier: str = "d", **body: object) -> None:
        journal.append(kind, body, dossier=dossier, operator="o", desk="")

    write(Kind.OPENED)
    if later == "merged into one without":
        write(Kind.MERGED, into="other", reason="twice")
        write(Kind.OPENED, "other")
    elif later == "opened again":
        write(Kind.ABANDONED, reason="left")
        write(Kind.REOPENED, reason="came back")
    elif later != "never sealed":
        write(Kind.SEALED, package="first")
        if later == "revision":
            write(Kind.REVISION, number=1)
        else:
            write(Kind.SEALED, package="second")
        write(Kind.RECEIPT, package="first")
    live(journal, clock, 200)
    assert purge(journal, clock) == []
    last = "other" if later == "merged into one without" else "d"
    write(Kind.SEALED, last, package="third")
    write(Kind.RECEIPT, last, package="third")
    assert len(purge(journal, clock)) == 1
    assert journal.events("d") == []


def test_accepted_originals_become_smaller_and_segments_compact(tmp_path: Path, journal: Journal, clock: ManualClock) -> None:
    images = {f"d{n}": bytes([n]) * 5 + str(n).encode() * 9000 for n in range(4)}
    shas = {name: enroll(journal, name, image=image) for name, image in images.items()}
    for name in ("d0", "d1", "d2"):
        journal.append(Kind.NOTICE, {"kind": "accepted", "payload": {}}, dossier=name, operator="", desk="")
    assert retention.reduce_accepted(journal, lambda data, image: (data[:100], "image/x-wsq")) == 3
    assert retention.reduce_accepted(journal, lambda data, image: None) == 0
    (smaller,) = retention.replaced(journal.events("d1")).values()
    assert journal.blob(smaller) == images["d1"][:100]
    with pytest.raises(StorageError):
        journal.blob(shas["d1"])
    assert journal.blob(shas["d3"]) == images["d3"]
    clock.advance(DAY)
    before = {p.name for p in (tmp_path / "journal/segments").iterdir()}
    assert journal.compact(0.1) == 1
    assert len({p.name for p in (tmp_path / "journal/segments").iterdir()} - before) == 1
    assert journal.blob(shas["d3"]) == images["d3"]
    assert journal.check().sound


def test_a_file_left_by_a_crash_in_a_purge_is_swept(tmp_path: Path, journal: Journal, clock: ManualClock) -> None:
    enroll(journal, "d")
    stray = tmp_path / "journal/segments/2020-01-01-000099.seg"
    stray.write_bytes(b"unreadable")
    journal.close()
    with Journal.open(RealFiles(tmp_path), KEY, clock) as again:
        assert not stray.exists()
        assert again.check().sound
