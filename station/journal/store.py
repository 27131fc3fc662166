"""`Journal`: events and blobs of one station, encrypted, append-only, durable before a call returns."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import apsw

from station.clock import Clock
from station.dossier.events import GENESIS, Event, EventId, decode, encode, make_event
from station.dossier.kinds import Kind
from station.errors import StorageError
from station.files import Files
from station.journal.blobs import KEPT, BlobStore
from station.journal.check import CheckReport, check_database
from station.journal.database import copy_database, open_database
from station.journal.errors import database_errors
from station.journal.purge import compact, drop_empty, forget, remove_blobs, remove_files, sweep
from station.journal.reading import Reading, event_key, event_text

ORIGIN_DIGITS: Final = 16


class Journal(Reading):
    """The store. One process at a time; within it, every method may be called from any thread.

    Files: ``journal/journal.db`` (events and index), ``journal/segments/*.seg`` (blobs), ``journal/journal.lock``.
    """

    FOLDER: Final = "journal"
    DATABASE: Final = "journal/journal.db"

    def __init__(self, files: Files, key: bytes, clock: Clock, *, create: bool) -> None:
        """Use `Journal.create` or `Journal.open`."""
        self._files, self._clock = files, clock
        self._mutex = threading.RLock()
        self._origin = ""
        self._key = key
        self._lock = files.lock(f"{self.FOLDER}/journal.lock")
        try:
            self._db: apsw.Connection = open_database(files, self.DATABASE, key, create=create)
        except BaseException:
            self._lock.release()
            raise
        self._blobs = BlobStore(files, self._db, self._mutex, clock, self.FOLDER)
        with database_errors():
            sweep(self._db, files, self.FOLDER)

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
        try:
            with database_errors(), journal._db:
                journal._db.execute("INSERT OR IGNORE INTO meta VALUES('origin', ?)", (origin,))
            # SQLite does not sync the folder entry of a new database itself: one durable rename beside it does.
            files.write(f"{cls.FOLDER}/origin.txt", origin.encode() + b"\n")
        except BaseException:
            journal.close()
            raise
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

    def close(self) -> None:
        """Close; harmless when repeated. Nothing is lost without it."""
        with self._mutex:
            self._blobs.close()
            with suppress(apsw.Error):  # the last checkpoint on a broken disk: everything acknowledged is in the log already
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
                known: Any = self._db.execute(
                    "SELECT hash FROM event WHERE origin = ? AND sequence = ?", (*event_key(event.id),)
                ).get
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
        origin, sequence = event_key(event.id)
        before: Any = self._db.execute("SELECT hash FROM event WHERE origin = ? AND sequence = ?", (origin, sequence - 1)).get
        after: Any = self._db.execute("SELECT previous FROM event WHERE origin = ? AND sequence = ?", (origin, sequence + 1)).get
        first_is_wrong = sequence == 1 and event.previous != GENESIS
        if first_is_wrong or (before and bytes(before) != event.previous) or (after and bytes(after) != event.hash):
            raise StorageError(
                f"The event chain is broken at {event.id}; nothing was taken in.", code="chain-broken", event=str(event.id)
            )

    def _insert(self, event: Event, data: bytes, *, must_have_blobs: bool) -> None:
        at = event_text(event.at)
        self._db.execute(
            "INSERT INTO event(origin, sequence, dossier, kind, at, hash, previous, bytes) VALUES(?,?,?,?,?,?,?,?)",
            (*event_key(event.id), event.dossier, event.kind, at, event.hash, event.previous, data),
        )
        self._db.executemany(
            "DELETE FROM head WHERE dossier = ? AND origin = ? AND sequence = ?",
            [(event.dossier, *event_key(p)) for p in event.parents],
        )
        self._db.execute("INSERT INTO head VALUES(?,?,?)", (event.dossier, *event_key(event.id)))
        self._db.execute(
            "INSERT INTO dossier VALUES(?,?,?) ON CONFLICT(id) DO UPDATE SET "
            "first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)",
            (event.dossier, at, at),
        )
        named = sorted(blobs_named(event.body))
        if must_have_blobs and event.kind == Kind.CAPTURED and not all(self._blobs.has(sha) for sha in named):
            raise StorageError("An event names an image that is not stored; nothing was written.", code="blob-missing")
        self._db.executemany("INSERT OR IGNORE INTO blob_use VALUES(?,?)", [(sha, event.dossier) for sha in named])

    def _renew_heads(self, dossier: str) -> None:
        events = self.events(dossier)
        named = {parent for event in events for parent in event.parents}
        self._db.execute("DELETE FROM head WHERE dossier = ?", (dossier,))
        self._db.executemany("INSERT INTO head VALUES(?,?,?)", [(dossier, *event_key(e.id)) for e in events if e.id not in named])

    # --- blobs ----------------------------------------------------------------------------------------------------------------

    def put_blob(self, data: bytes, media_type: str) -> str:
        """Store `data` and return its SHA-256 (hex); it is on the disk when this returns. The same bytes are stored once.

        Pixels pack well when their shape is known: give `station.journal.raw_media_type(width, height, channels, bits)`.

        Raises:
            StorageError: larger than 64 MB; WriteError "E32": disk full or broken; nothing was stored then.
        """
        return self._blobs.put(data, media_type)

    def blob(self, sha256: str) -> bytes:
        """Return the bytes whose SHA-256 is `sha256` (hex).

        Raises:
            StorageError: ``blob-missing``: never stored, or purged. DamagedError: altered or cut on the disk.
        """
        return self._blobs.get(_sha(sha256))

    def has_blob(self, sha256: str) -> bool:
        """Return whether the blob is stored here."""
        return self._blobs.has(_sha(sha256))

    def purge(self, dossiers: Iterable[str], *, rule: Mapping[str, Any], before: datetime, operator: str, desk: str) -> Event:
        """Let go of `dossiers` (facts and images) and of images from before `before` that nothing names; return the proof.

        The proof is an event of this chain: rule, counts, and the digest of everything that went. Which dossiers may go is decided
        by `station.retention`. All or nothing; files are dropped after the commit.
        """
        with self._mutex, database_errors():
            with self._db:
                gone = forget(self._db, dossiers, event_text(before)[:10])
                body = {**rule, "before": event_text(before), "dossiers": gone.dossiers, "events": gone.events, "blobs": gone.blobs,
                        "bytes": gone.blob_bytes, "segments": len(gone.dropped), "digest": gone.digest}  # fmt: skip
                event = self.append(Kind.PURGED, body, dossier="", operator=operator, desk=desk)
            remove_files(self._db, self._files, self._blobs, gone.dropped)
        return event

    def replace_blobs(
        self, dossier: str, smaller: Mapping[str, tuple[bytes, str]], *, why: Mapping[str, Any], operator: str, desk: str
    ) -> Event:
        """Put smaller forms (bytes, media type) in the place of originals (by SHA-256) of `dossier`; return the event that says so.

        The originals go unless another dossier names them too.
        """
        stored = {old: self._blobs.put(data, media_type, KEPT) for old, (data, media_type) in smaller.items()}
        with self._mutex, database_errors():
            with self._db:
                # The event names the originals as bytes: what it says is that they are gone.
                body = {**why, "replaced": [[bytes.fromhex(old), new] for old, new in sorted(stored.items())]}
                event = self.append(Kind.REDUCED, body, dossier=dossier, operator=operator, desk=desk)
                olds = [_sha(old) for old in stored]
                self._db.executemany("DELETE FROM blob_use WHERE sha = ? AND dossier = ?", [(sha, dossier) for sha in olds])
                remove_blobs(self._db, olds)
                dropped = drop_empty(self._db)
            remove_files(self._db, self._files, self._blobs, dropped)
        return event

    def compact(self, dead_share: float = 0.5) -> int:
        """Move what lives out of past segments that are mostly dead, and drop them; return how many went. For idle hours."""
        with self._mutex, database_errors():
            dropped = compact(self._db, self._files, self._blobs, event_text(self._clock.now())[:10], dead_share)
            remove_files(self._db, self._files, self._blobs, dropped)
        return len(dropped)

    def copy_to(self, target: Files) -> int:
        """Write a whole, encrypted copy of the database into `target`, under the same key; return our last event's sequence."""
        with self._mutex, database_errors():
            target.remove(self.DATABASE)
            copy_database(self._db, target, self.DATABASE, self._key)
            row: Any = self._db.execute("SELECT ifnull(max(sequence), 0) FROM event WHERE origin = ?", (self.origin,)).get
        return int(row)

    def begin_anew(self, origin: str, *, operator: str, desk: str) -> Event:
        """Go on under a new `origin` after a restore, and say so in the first event of the new chain."""
        with self._mutex, database_errors():
            with self._db:
                last: Any = self._db.execute(
                    "SELECT sequence, hash FROM event WHERE origin = ? ORDER BY sequence DESC LIMIT 1", (self.origin,)
                ).get
                body = {"former": self.origin, "sequence": last[0] if last else 0, "hash": last[1] if last else GENESIS}
                self._db.execute("UPDATE meta SET value = ? WHERE name = 'origin'", (origin,))
                self._origin = origin
                event = self.append(Kind.RESTORED, body, dossier="", operator=operator, desk=desk)
            self._files.write(f"{self.FOLDER}/origin.txt", origin.encode() + b"\n")
        return event

    def check(self, *, deep: bool = True) -> CheckReport:
        """Look at everything: pages, every chain, every blob (`deep`). Changes nothing."""
        with self._reading():
            return check_database(self._db, self.origin, self._blobs if deep else None)


def blobs_named(value: object) -> set[bytes]:
    """Return every SHA-256 that `value` (nested maps and lists) holds as 64 hex digits."""
    if isinstance(value, str):
        return {bytes.fromhex(value)} if len(value) == 64 and not set(value) - set("0123456789abcdef") else set()
    if isinstance(value, Mapping):
        return {sha for entry in value.values() for sha in blobs_named(entry)}
    if isinstance(value, list | tuple):
        return {sha for entry in value for sha in blobs_named(entry)}
    return set()


def _sha(sha256: str) -> bytes:
    try:
        sha = bytes.fromhex(sha256)
    except ValueError:
        sha = b""
    if len(sha) != 32:
        raise StorageError("An image is named by 64 hex digits; this name is another.", code="blob-name")
    return sha
