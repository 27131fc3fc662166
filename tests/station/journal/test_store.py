"""The journal keeps what it acknowledged, in order, encrypted, and says plainly what is wrong."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from station.clock import ManualClock
from station.dossier.events import EventId
from station.errors import StorageError
from station.files import BusyError, RealFiles
from station.journal import DamagedError, Journal, JournalKeyError, NewerJournalError, NoJournalError

KEY = bytes(range(32))
ORIGIN, OTHER = "00112233445566aa", "00112233445566bb"


def new(folder: Path, origin: str = ORIGIN, clock: ManualClock | None = None) -> Journal:
    return Journal.create(RealFiles(folder), KEY, origin, clock or ManualClock())


def again(folder: Path, key: bytes = KEY) -> Journal:
    return Journal.open(RealFiles(folder), key, ManualClock())


def add(journal: Journal, dossier: str = "d1", **body: object):
    return journal.append("field.set", body, dossier=dossier, operator="op1", desk="d")


def test_events_come_back_in_order_with_parents_and_chain(tmp_path: Path) -> None:
    with new(tmp_path) as journal:
        first = add(journal, name="phone")
        second = add(journal, name="job")
        other = add(journal, "d2", name="x")
    with again(tmp_path) as journal:
        assert journal.events("d1") == [first, second]
        assert journal.events() == [first, second, other]
        assert second.parents == (first.id,)
        assert other.parents == ()
        assert [e.id.sequence for e in journal.events()] == [1, 2, 3]
        assert other.previous == second.hash
        assert [d.id for d in journal.dossiers()] == ["d1", "d2"]
        assert journal.check().sound


def test_blob_is_stored_once_and_encrypted(tmp_path: Path) -> None:
    marker = b"A NAME THAT MUST NOT BE SEEN " * 50
    with new(tmp_path) as journal:
        sha = journal.put_blob(marker, "application/octet-stream")
        assert journal.put_blob(marker, "application/octet-stream") == sha
        journal.append("field.set", {"blob": sha, "text": "SECRET-TEXT"}, dossier="d", operator="o", desk="")
        assert journal.check().blobs == 1
    with again(tmp_path) as journal:
        assert journal.blob(sha) == marker
    everything = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert b"MUST NOT" not in everything
    assert b"SECRET-TEXT" not in everything
    assert not everything.startswith(b"SQLite")


def test_wrong_key_missing_newer_and_busy_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NoJournalError):
        again(tmp_path)
    journal = new(tmp_path)
    add(journal)
    with pytest.raises(BusyError):
        again(tmp_path)
    with pytest.raises(StorageError, match="already"):
        new(tmp_path)
    journal._db.pragma("user_version", 99)
    journal.close()
    with pytest.raises(NewerJournalError):
        again(tmp_path)
    with pytest.raises(JournalKeyError):
        again(tmp_path, bytes(32))
    with pytest.raises(JournalKeyError):
        again(tmp_path, b"short")


def test_two_stations_merge_and_import_is_idempotent(tmp_path: Path) -> None:
    one, two = new(tmp_path / "1"), new(tmp_path / "2", OTHER, ManualClock())
    a = add(one, name="a")
    assert two.import_events([a]) == 1
    b = add(two, name="b")
    c = add(one, name="c")
    assert b.parents == (a.id,)
    assert one.import_events([a, b]) == 1
    assert two.import_events([c, a]) == 1
    assert two.import_events([c, b]) == 0
    assert one.events("d1") == two.events("d1")
    assert one.heads("d1") == two.heads("d1") == tuple(sorted((b.id, c.id)))
    joined = add(one, name="joined")
    assert joined.parents == tuple(sorted((b.id, c.id)))
    one.close()
    two.close()


def test_forked_and_broken_chains_are_refused(tmp_path: Path) -> None:
    one, two, third = new(tmp_path / "1"), new(tmp_path / "2", OTHER), new(tmp_path / "3")
    a, b = add(one, name="a"), add(one, name="b")
    forged = add(third, name="forged")
    assert forged.id == a.id
    two.import_events([a])
    with pytest.raises(StorageError) as caught:
        two.import_events([forged])
    assert caught.value.reason_code == "chain-forked"
    twin = add(third, name="twin")
    with pytest.raises(StorageError) as caught:
        two.import_events([twin])
    assert caught.value.reason_code == "chain-broken"
    assert two.import_events([b]) == 1
    for journal in (one, two, third):
        journal.close()


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    with new(tmp_path) as journal:
        sha = journal.put_blob(os.urandom(5000), "application/octet-stream")
        add(journal)
    segment = next((tmp_path / "journal" / "segments").iterdir())
    data = bytearray(segment.read_bytes())
    data[2000] ^= 1
    segment.write_bytes(data)
    with again(tmp_path) as journal:
        with pytest.raises(DamagedError):
            journal.blob(sha)
        assert not journal.check().sound
    database = tmp_path / "journal" / "journal.db"
    data = bytearray(database.read_bytes())
    data[len(data) // 2 + 100] ^= 1
    database.write_bytes(data)
    try:
        with again(tmp_path) as journal:
            assert not journal.check().sound
    except (DamagedError, JournalKeyError):
        pass  # the page was needed to open it at all


def test_a_new_day_begins_a_new_segment(tmp_path: Path) -> None:
    clock = ManualClock()
    with new(tmp_path, clock=clock) as journal:
        journal.put_blob(b"one", "text/plain")
        clock.advance(timedelta(days=1).total_seconds())
        journal.put_blob(b"two", "text/plain")
        assert journal.check().segments == 2
        assert journal.blob(journal.put_blob(b"one", "text/plain")) == b"one"


def test_an_event_that_cannot_be_kept_changes_nothing(tmp_path: Path) -> None:
    with new(tmp_path) as journal:
        add(journal)
        with pytest.raises(StorageError):
            add(journal, blob="0" * 2_000_000)
        missing = {"capture": {"images": [{"blob": "ab" * 32}]}}
        with pytest.raises(StorageError) as caught:
            journal.append("capture.accepted", missing, dossier="d1", operator="", desk="")
        assert caught.value.reason_code == "blob-missing"
        assert len(journal.events()) == 1
        assert journal.heads("d1") == (EventId(ORIGIN, 1),)
        numbers, last = journal.events_since(0)
        assert len(numbers) == 1
        assert journal.events_since(last) == ([], last)
