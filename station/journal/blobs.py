"""Blobs of the journal: stored once by their SHA-256, packed, in the day's segment. `Journal` owns the one instance."""

from __future__ import annotations

import hashlib
import os
import threading
from datetime import UTC
from typing import Any, Final

import apsw

from station.clock import Clock
from station.errors import StorageError
from station.files import Files
from station.journal.codec import compress, decompress
from station.journal.errors import DamagedError, database_errors
from station.journal.segments import MAX_BLOB_BYTES, MAX_SEGMENT_BYTES, SegmentWriter, open_record

ORIGINAL: Final = "original"
KEPT: Final = "kept"
"""Purposes of segments: what came from devices, and what was moved or made smaller later."""


class BlobStore:
    """Segments and their index."""

    def __init__(self, files: Files, database: apsw.Connection, mutex: threading.RLock, clock: Clock, folder: str) -> None:
        self._files, self._db, self._mutex, self._clock, self._folder = files, database, mutex, clock, folder
        self._open: dict[str, tuple[str, int, SegmentWriter]] = {}

    def put(self, data: bytes, media_type: str, purpose: str = ORIGINAL) -> str:
        """See `Journal.put_blob`."""
        if len(data) > MAX_BLOB_BYTES:
            raise StorageError(
                f"A blob of {len(data)} bytes is larger than {MAX_BLOB_BYTES}; it was not stored.", code="blob-too-large"
            )
        sha = hashlib.sha256(data).digest()
        if self.has(sha):
            return sha.hex()
        codec, stored = compress(data, media_type)  # outside the lock: it is the slow part
        with self._mutex, database_errors():
            if not self.has(sha):
                segment, at, length = self.add_record(sha, codec, stored, purpose)
                with self._db:
                    self._db.execute(
                        "INSERT INTO blob VALUES(?,?,?,?,?,?,?)", (sha, segment, at, length, len(data), int(codec), media_type)
                    )
        return sha.hex()

    def add_record(self, sha: bytes, codec: int, stored: bytes, purpose: str) -> tuple[int, int, int]:
        """Append a record to the day's segment of `purpose`, durable; return (segment, offset, length). The index is the caller's."""
        segment, writer = self._segment(purpose, len(stored))
        return (segment, *writer.add(sha, codec, stored))

    def _segment(self, purpose: str, coming: int) -> tuple[int, SegmentWriter]:
        day = self._clock.now().astimezone(UTC).date().isoformat()
        if (current := self._open.get(purpose)) is not None:
            if current[0] == day and current[2].size + coming <= MAX_SEGMENT_BYTES:
                return current[1], current[2]
            current[2].close()
            del self._open[purpose]
        latest: Any = self._db.execute(
            "SELECT id, name, key FROM segment WHERE day = ? AND purpose = ? ORDER BY id DESC LIMIT 1", (day, purpose)
        ).get
        if latest and (self._files.size(latest[1]) or 0) + coming <= MAX_SEGMENT_BYTES:
            number, name, key = int(latest[0]), latest[1], bytes(latest[2])
        else:
            number = self._next_number()
            key, name = os.urandom(32), f"{self._folder}/segments/{day}-{number:06d}.seg"
            with self._db:
                self._db.execute("INSERT INTO segment VALUES(?,?,?,?,?)", (number, name, key, day, purpose))
        self._open[purpose] = (day, number, SegmentWriter(self._files, name, key))
        return number, self._open[purpose][2]

    def _next_number(self) -> int:
        """Numbers are never used again, also after a purge: a name stands for one key for ever."""
        with self._db:
            row: Any = self._db.execute(
                "INSERT INTO meta VALUES('segments', 1) ON CONFLICT(name) DO UPDATE SET value = value + 1 RETURNING value"
            ).get
        return int(row)

    def get(self, sha: bytes) -> bytes:
        """See `Journal.blob`."""
        with self._mutex, database_errors():
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

    def has(self, sha: bytes) -> bool:
        """Return whether it is stored here."""
        with self._mutex, database_errors():
            return self._db.execute("SELECT 1 FROM blob WHERE sha = ?", (sha,)).get is not None

    def close(self, segment: int | None = None) -> None:
        """Close the writers, or the one of `segment`; everything in them is durable already."""
        for purpose, (_, number, writer) in list(self._open.items()):
            if segment is None or number == segment:
                writer.close()
                del self._open[purpose]
