"""`Journal`: events and blobs of one station, encrypted, append-only, durable before a call returns."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import apsw

from station.clock import Clock
from station.dossier.events import GENESIS, Event, EventId, decode, encode, make_event, merge
from station.errors import StorageError
from station.files import Files
from station.journal.codec import compress, decompress
from station.journal.database import open_database
from station.journal.errors import DamagedError, database_errors
from station.journal.segments import MAX_BLOB_BYTES, MAX_SEGMENT_BYTES, SegmentWriter, open_record

ORIGIN_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class DossierSpan:
    """A dossier of this journal: its id and the times of its first and last event."""

    id: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `Journal.check` found: counts, and one line per fault (none: all sound)."""

    events: int
    purged_events: int
    blobs: int
    blob_bytes: int
    segments: int
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


class Journal:
    """The store. One process at a time; within it, every method may be called from any thread.

    Files: ``journal/journal.db`` (events and index), ``journal/segments/*.seg`` (blobs), ``journal/journal.lock``.
    """

    FOLDER: Final = "journal"
    DATABASE: Final = "journal/journal.db"

    def __init__(self, files: Files, key: bytes, clock: Clock, *, create: bool) -> None:
        """Use `Journal.create` or `Journal.open`."""
        self._files, self._clock = files, clock
        self._mutex = threading.RLock()
        self._writer: SegmentWriter | None = None
        self._writer_day = ""
        self._lock = files.lock(f"{self.FOLDER}/journal.lock")
        try:
            self._db: apsw.Connection = open_database(files, self.DATABASE, key, create=create)
        except BaseException:
            self._lock.release()
            raise

    @classmethod
    def create(cls, files: Files, key: bytes, origin: str, clock: Clock) -> Journal:
        """Make a new journal under the 32-byte `key` for the station `origin` (16 lower-case hex digits).

        Raises:
            StorageError: one is already there (code ``journal-exists``), the disk is full, another program is at work.
        """
        if len(origin) != ORIGIN_DIGITS or set(origin) - set("0123456789abcdef"):
            raise StorageError("A station's id has 16 lower-case hex digits; nothing was made.", code="origin-format")
        if cls.exists(files):
            raise StorageError("There is a journal in this folder already; it was not touched.", code="journal-exists")
        journal = cls(files, key, clock, create=True)
        with database_errors(), journal._db:
            journal._db.execute("INSERT OR IGNORE INTO meta VALUES('origin', ?)", (origin,))
        # SQLite does not sync the folder entry of a new database itself: one durable rename beside it does.
        files.write(f"{cls.FOLDER}/origin.txt", origin.encode() + b"\n")
        return journal

    @classmethod
    def open(cls, files: Files, key: bytes, clock: Clock) -> Journal:
        """Open the journal of this folder; what a crash left is put right first.

        Raises:
            NoJournalError, JournalKeyError, NewerJournalError, DamagedError, BusyError, WriteError.
        """
        return cls(files, key, clock, create=False)

    @classmethod
    def exists(cls, files: Files) -> bool:
        """Return whether a journal was made in this folder (and its making was finished)."""
        return files.size(f"{cls.FOLDER}/origin.txt") is not None

    @property
    def origin(self) -> str:
        """This station's id."""
        with self._reading():
            row: Any = self._db.execute("SELECT value FROM meta WHERE name = 'origin'").get
        return str(row)

    def close(self) -> None:
        """Close; harmless when repeated. Nothing is lost without it."""
        with self._mutex:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            self._db.close()
            self._lock.release()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- events ---------------------------------------------------------------------------------------------------------------

    def append(self, kind: str, body: Mapping[str, Any], *, dossier: str, operator: str, desk: str,
               parents: Iterable[EventId] | None = None) -> Event:  # fmt: skip
        """Write one event of this station and return it; it is on the disk when this returns.

        `parents` default to the heads of `dossier`: everything this station knows of it. Blobs named in `body` (their SHA-256 as
        hex) must have been stored before.

        Raises:
            StorageError: too large, not plain values, a blob that was never stored; WriteError "E32": disk full or broken.
                Nothing was written then, and the same call may be repeated.
        """
        with self._mutex, database_errors(), self._db:
            last: Any = self._db.execute(
                "SELECT sequence, hash FROM event WHERE origin = ? ORDER BY sequence DESC LIMIT 1", (self.origin,)
            ).get
            sequence, previous = last or (0, GENESIS)
            event = make_event(
                event_id=EventId(self.origin, sequence + 1), dossier=dossier, kind=str(kind), at=self._clock.now(),
                clock=self._clock.source, operator=operator, desk=desk, body=body,
                parents=self.heads(dossier) if parents is None else parents, previous=bytes(previous),
            )  # fmt: skip
            data = encode(event)
            decode(data)  # what could not be read again is refused now, not in a year
            self._insert(event, data, must_have_blobs=True)
        return event

    def import_events(self, events: Iterable[Event]) -> int:
        """Take in events of other stations (or this one's, come back); return how many were new. All or nothing.

        Each must be canonical, fit its neighbours of the same origin that are known here, and be the same as one of the same id.

        Raises:
            StorageError: ``chain-broken`` (a neighbour does not fit), ``chain-forked`` (another event has this id).
        """
        new = 0
        touched: set[str] = set()
        with self._mutex, database_errors(), self._db:
            for given in sorted(events, key=lambda e: (e.id.origin, e.id.sequence)):
                data = encode(given)
                event = decode(data)  # the hash is ours, not the sender's
                known: Any = self._db.execute("SELECT hash FROM event WHERE origin = ? AND sequence = ?", (*_key(event.id),)).get
                if known is not None:
                    if bytes(known) != event.hash:
                        raise StorageError(
                            f"Two different events are named {event.id}: one of them is forged or a journal was copied. "
                            "Nothing was taken in; report both stations.", code="chain-forked", event=str(event.id),
                        )  # fmt: skip
                    continue
                self._check_neighbours(event)
                self._insert(event, data, must_have_blobs=False)
                touched.add(event.dossier)
                new += 1
            for dossier in touched:
                self._renew_heads(dossier)
        return new

    def _check_neighbours(self, event: Event) -> None:
        origin, sequence = _key(event.id)
        before: Any = self._db.execute("SELECT hash FROM event WHERE origin = ? AND sequence = ?", (origin, sequence - 1)).get
        after: Any = self._db.execute("SELECT previous FROM event WHERE origin = ? AND sequence = ?", (origin, sequence + 1)).get
        first_is_wrong = sequence == 1 and event.previous != GENESIS
        if first_is_wrong or (before and bytes(before) != event.previous) or (after and bytes(after) != event.hash):
            raise StorageError(
                f"The event chain is broken at {event.id}; nothing was taken in.", code="chain-broken", event=str(event.id)
            )

    def _insert(self, event: Event, data: bytes, *, must_have_blobs: bool) -> None:
        at = _text(event.at)
        self._db.execute(
            "INSERT INTO event(origin, sequence, dossier, kind, at, hash, previous, bytes) VALUES(?,?,?,?,?,?,?,?)",
            (*_key(event.id), event.dossier, event.kind, at, event.hash, event.previous, data),
        )
        self._db.executemany(
            "DELETE FROM head WHERE dossier = ? AND origin = ? AND sequence = ?",
            [(event.dossier, *_key(p)) for p in event.parents],
        )
        self._db.execute("INSERT INTO head VALUES(?,?,?)", (event.dossier, *_key(event.id)))
        self._db.execute(
            "INSERT INTO dossier VALUES(?,?,?) ON CONFLICT(id) DO UPDATE SET "
            "first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)",
            (event.dossier, at, at),
        )
        for sha in sorted(blobs_named(event.body)):
            known: Any = self._db.execute("SELECT 1 FROM blob WHERE sha = ?", (sha,)).get
            if known:
                self._db.execute("INSERT OR IGNORE INTO blob_use VALUES(?,?)", (sha, event.dossier))
            elif must_have_blobs and event.kind == "capture.accepted":
                raise StorageError("An event names an image that is not stored; nothing was written.", code="blob-missing")

    def _renew_heads(self, dossier: str) -> None:
        events = self.events(dossier)
        named = {parent for event in events for parent in event.parents}
        self._db.execute("DELETE FROM head WHERE dossier = ?", (dossier,))
        self._db.executemany("INSERT INTO head VALUES(?,?,?)", [(dossier, *_key(e.id)) for e in events if e.id not in named])

    def heads(self, dossier: str) -> tuple[EventId, ...]:
        """Return the events of `dossier` that no other names as parent."""
        with self._reading():
            rows = list(self._db.execute("SELECT origin, sequence FROM head WHERE dossier = ? ORDER BY 1, 2", (dossier,)))
        return tuple(EventId(o, s) for o, s in rows)

    def events(self, dossier: str | None = None) -> list[Event]:
        """Return the events of one dossier (``""``: the station's own facts; None: all) in causal order. Purged ones are absent."""
        where, values = ("", ()) if dossier is None else ("AND dossier = ?", (dossier,))
        return merge(self._select(where, values))

    def events_of_kind(self, *kinds: str) -> list[Event]:
        """Return all events of these kinds in order of arrival here."""
        marks = ",".join("?" * len(kinds))
        return list(self._select(f"AND kind IN ({marks})", tuple(str(k) for k in kinds)))

    def last_of_kind(self, kind: str) -> Event | None:
        """Return the latest arrived event of this kind, or None."""
        with self._reading():
            row: Any = self._db.execute(
                "SELECT bytes FROM event WHERE kind = ? AND bytes IS NOT NULL ORDER BY number DESC LIMIT 1", (str(kind),)
            ).get
        return None if row is None else decode(bytes(row))

    def latest_time(self) -> datetime | None:
        """Return the time of this station's own last event, or None when there is none yet."""
        with self._reading():
            row: Any = self._db.execute("SELECT at FROM event WHERE origin = ? ORDER BY sequence DESC LIMIT 1", (self.origin,)).get
        return None if row is None else datetime.fromisoformat(row)

    def events_since(self, number: int) -> tuple[list[Event], int]:
        """Return the events that arrived here after the `number`-th, and the number to ask with next time (start with 0)."""
        with self._mutex:
            events = list(self._select("AND number > ?", (number,)))
            last: Any = self._db.execute("SELECT max(number) FROM event").get
        return events, int(last or 0)

    def _select(self, where: str, values: tuple[Any, ...]) -> list[Event]:
        with self._reading():
            rows = [bytes(row[0]) for row in self._db.execute(
                f"SELECT bytes FROM event WHERE bytes IS NOT NULL {where} ORDER BY number", values  # noqa: S608 - fixed fragments
            )]  # fmt: skip
        return [decode(data) for data in rows]

    def dossiers(self) -> list[DossierSpan]:
        """Return the dossiers of this journal, oldest first."""
        with self._reading():
            rows = list(self._db.execute("SELECT id, first_at, last_at FROM dossier WHERE id <> '' ORDER BY first_at, id"))
        return [DossierSpan(i, datetime.fromisoformat(a), datetime.fromisoformat(b)) for i, a, b in rows]

    # --- blobs ----------------------------------------------------------------------------------------------------------------

    def put_blob(self, data: bytes, media_type: str) -> str:
        """Store `data` and return its SHA-256 (hex); it is on the disk when this returns. The same bytes are stored once.

        Pixels compress well when their shape is known: ``image/x-raw; width=800; height=750; channels=1; bits=8``.

        Raises:
            StorageError: larger than 64 MB; WriteError "E32": disk full or broken; nothing was stored then.
        """
        if len(data) > MAX_BLOB_BYTES:
            raise StorageError(
                f"A blob of {len(data)} bytes is larger than {MAX_BLOB_BYTES}; it was not stored.", code="blob-too-large"
            )
        sha = hashlib.sha256(data).digest()
        with self._reading():
            if self._db.execute("SELECT 1 FROM blob WHERE sha = ?", (sha,)).get:
                return sha.hex()
        codec, stored = compress(data, media_type)  # outside the lock: it is the slow part
        with self._mutex, database_errors():
            if self._db.execute("SELECT 1 FROM blob WHERE sha = ?", (sha,)).get:
                return sha.hex()
            segment, writer = self._segment("original", len(stored))
            at, length = writer.add(sha, codec, stored)
            with self._db:
                self._db.execute(
                    "INSERT INTO blob VALUES(?,?,?,?,?,?,?)", (sha, segment, at, length, len(data), int(codec), media_type)
                )
        return sha.hex()

    def _segment(self, purpose: str, coming: int) -> tuple[int, SegmentWriter]:
        day = self._clock.now().astimezone(UTC).date().isoformat()
        if self._writer is not None and (self._writer_day != day or self._writer.size + coming > MAX_SEGMENT_BYTES):
            self._writer.close()
            self._writer = None
        if self._writer is None:
            latest: Any = self._db.execute(
                "SELECT id, name, key FROM segment WHERE day = ? AND purpose = ? AND sealed = 0 ORDER BY id DESC LIMIT 1",
                (day, purpose),
            ).get
            if latest and (self._files.size(latest[1]) or 0) + coming < MAX_SEGMENT_BYTES:
                number, name, key = int(latest[0]), latest[1], bytes(latest[2])
            else:
                row: Any = self._db.execute("SELECT ifnull(max(id), 0) + 1 FROM segment").get
                number, key, name = int(row), os.urandom(32), f"{self.FOLDER}/segments/{day}-{row:06d}.seg"
                with self._db:
                    self._db.execute(
                        "INSERT INTO segment(id, name, key, day, purpose) VALUES(?,?,?,?,?)", (number, name, key, day, purpose)
                    )
            self._writer, self._writer_day, self._writer_id = SegmentWriter(self._files, name, key), day, number
        return self._writer_id, self._writer

    def blob(self, sha256: str) -> bytes:
        """Return the bytes whose SHA-256 is `sha256` (hex).

        Raises:
            StorageError: ``blob-missing``: never stored, or purged. DamagedError: altered or cut on the disk.
        """
        sha = _sha(sha256)
        with self._reading():
            row: Any = self._db.execute(
                "SELECT s.name, s.key, b.at, b.length, b.size FROM blob b JOIN segment s ON s.id = b.segment WHERE b.sha = ?",
                (sha,),
            ).get
        if row is None:
            raise StorageError("An image is not in this journal: it was never stored here, or was purged.", code="blob-missing")
        name, key, at, length, size = row
        codec, stored = open_record(bytes(key), name, sha, self._files.read_at(name, at, length))
        data = decompress(codec, stored, size)
        if hashlib.sha256(data).digest() != sha:
            raise DamagedError(f"An image in {name} is not what was stored; restore this file from a backup.", file=name)
        return data

    def has_blob(self, sha256: str) -> bool:
        """Return whether the blob is stored here."""
        with self._reading():
            return self._db.execute("SELECT 1 FROM blob WHERE sha = ?", (_sha(sha256),)).get is not None

    # --- care -----------------------------------------------------------------------------------------------------------------

    def check(self, *, deep: bool = True) -> CheckReport:
        """Look at everything: pages, every chain, every blob (`deep`). Changes nothing."""
        faults: list[str] = []
        with self._reading():
            faults += [f"database: {row[0]}" for row in self._db.execute("PRAGMA integrity_check") if row[0] != "ok"]
            previous: dict[str, tuple[int, bytes]] = {}
            events = purged = 0
            query = "SELECT origin, sequence, hash, previous, bytes FROM event ORDER BY origin, sequence"
            for origin, sequence, digest, before, data in self._db.execute(query):
                events += 1
                purged += data is None
                last = previous.get(origin)
                if (last and last[0] + 1 == sequence and last[1] != before) or (sequence == 1 and before != GENESIS):
                    faults.append(f"event {origin}-{sequence}: does not follow the one before it")
                if origin == self.origin and sequence != (last[0] if last else 0) + 1:
                    faults.append(f"event {origin}-{sequence}: events before it are missing")
                if data is not None and hashlib.sha256(data).digest() != digest:
                    faults.append(f"event {origin}-{sequence}: its bytes were changed")
                previous[origin] = (sequence, digest)
            shas = [(bytes(s), int(n)) for s, n in self._db.execute("SELECT sha, size FROM blob ORDER BY segment, at")]
            segments: Any = self._db.execute("SELECT count(*) FROM segment").get
        if deep:
            for sha, _ in shas:
                try:
                    self.blob(sha.hex())
                except StorageError as error:
                    faults.append(f"blob {sha.hex()[:16]}: {error}")
        return CheckReport(events, purged, len(shas), sum(n for _, n in shas), int(segments), tuple(faults))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._mutex, database_errors():
            yield


def blobs_named(value: object) -> set[bytes]:
    """Return every SHA-256 that `value` (nested maps and lists) holds as 64 hex digits."""
    if isinstance(value, str):
        return {bytes.fromhex(value)} if len(value) == 64 and not set(value) - set("0123456789abcdef") else set()
    if isinstance(value, Mapping):
        return {sha for entry in value.values() for sha in blobs_named(entry)}
    if isinstance(value, list | tuple):
        return {sha for entry in value for sha in blobs_named(entry)}
    return set()


def _key(event_id: EventId) -> tuple[str, int]:
    return event_id.origin, event_id.sequence


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _sha(sha256: str) -> bytes:
    try:
        sha = bytes.fromhex(sha256)
    except ValueError:
        sha = b""
    if len(sha) != 32:
        raise StorageError("An image is named by 64 hex digits; this name is another.", code="blob-name")
    return sha
