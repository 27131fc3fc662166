"""Forgetting: what a dated rule or an accepted dossier lets go, in seconds, with a proof that stays in the chain.

A purged event leaves its id, hash and link (so every chain still verifies) and loses its bytes; images go by dropping whole
segments: the key's row first, in the same transaction as the proof, then the file. A crash in between leaves a file that nobody
can read, removed at the next start. SQLite overwrites freed bytes (`secure_delete`) and the write-ahead log is cut afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import apsw

from station.files import Files
from station.journal.blobs import KEPT, BlobStore
from station.journal.segments import open_record


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was let go. `digest` is SHA-256 over every purged dossier's id and event hashes: the proof names exactly these."""

    dossiers: int
    events: int
    blobs: int
    blob_bytes: int
    digest: bytes
    dropped: tuple[tuple[int, str], ...]
    """Segments (number, file) that are empty now and whose keys are gone."""


def forget(database: apsw.Connection, dossiers: Iterable[str], before_day: str) -> Forgotten:
    """Take the facts and images of `dossiers` out of the database, and images that no event names from before `before_day`.

    Runs inside the caller's transaction.
    """
    digest = hashlib.sha256()
    events = count = 0
    candidates: set[bytes] = set()
    for dossier in sorted(set(dossiers) - {""}):
        digest.update(dossier.encode() + b"\0")
        for (value,) in database.execute("SELECT hash FROM event WHERE dossier = ? ORDER BY origin, sequence", (dossier,)):
            digest.update(value)
        database.execute("UPDATE event SET bytes = NULL WHERE dossier = ? AND bytes IS NOT NULL", (dossier,))
        events += database.changes()
        candidates |= {bytes(row[0]) for row in database.execute("SELECT sha FROM blob_use WHERE dossier = ?", (dossier,))}
        for table, column in (("blob_use", "dossier"), ("head", "dossier"), ("dossier", "id")):
            database.execute(f"DELETE FROM {table} WHERE {column} = ?", (dossier,))  # noqa: S608 - fixed names
        count += 1
    candidates |= {bytes(row[0]) for row in database.execute(
        "SELECT b.sha FROM blob b JOIN segment s ON s.id = b.segment WHERE s.day < ? AND b.sha NOT IN (SELECT sha FROM blob_use)",
        (before_day,),
    )}  # fmt: skip
    blobs, size = remove_blobs(database, candidates)
    return Forgotten(count, events, blobs, size, digest.digest(), drop_empty(database))


def remove_blobs(database: apsw.Connection, shas: Iterable[bytes]) -> tuple[int, int]:
    """Take those of `shas` that no event names any more out of the index; return (how many, their stored bytes)."""
    blobs = size = 0
    for sha in shas:
        row: Any = database.execute(
            "DELETE FROM blob WHERE sha = ? AND NOT EXISTS (SELECT 1 FROM blob_use u WHERE u.sha = blob.sha) RETURNING length",
            (sha,),
        ).get
        if row is not None:
            blobs, size = blobs + 1, size + int(row)
    return blobs, size


def drop_empty(database: apsw.Connection) -> tuple[tuple[int, str], ...]:
    """Delete the rows (and so the keys) of segments that hold nothing any more; return (number, file) of each."""
    query = "SELECT id, name FROM segment WHERE id NOT IN (SELECT segment FROM blob)"
    dropped = tuple((int(number), str(name)) for number, name in database.execute(query))
    database.executemany("DELETE FROM segment WHERE id = ?", [(number,) for number, _ in dropped])
    return dropped


def remove_files(database: apsw.Connection, files: Files, blobs: BlobStore, dropped: Iterable[tuple[int, str]]) -> None:
    """Remove the files of dropped segments and cut the write-ahead log; repeating it is harmless."""
    for number, name in dropped:
        blobs.close(number)
        files.remove(name)
    database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


def sweep(database: apsw.Connection, files: Files, folder: str) -> int:
    """Remove segment files that no row names: a crash fell between a purge's commit and the removal. Return how many."""
    known = {row[0] for row in database.execute("SELECT name FROM segment")}
    stray = [name for name in files.list(f"{folder}/segments") if name.endswith(".seg") and name not in known]
    for name in stray:
        files.remove(name)
    return len(stray)


def compact(
    database: apsw.Connection, files: Files, blobs: BlobStore, today: str, dead_share: float
) -> tuple[tuple[int, str], ...]:
    """Move what still lives out of past segments of which more than `dead_share` is dead; return the segments emptied by it.

    Every record is durable in its new place before the index points there; the old file goes last.
    """
    query = "SELECT s.id, s.name, s.key, ifnull(sum(b.length), 0) FROM segment s LEFT JOIN blob b ON b.segment = s.id WHERE s.day < ? GROUP BY s.id"
    for number, name, key, live in list(database.execute(query, (today,))):
        size = files.size(name) or 0
        if not size or 1 - live / size <= dead_share:
            continue
        rows = list(database.execute("SELECT sha, at, length FROM blob WHERE segment = ? ORDER BY at", (number,)))
        for sha, at, length in rows:
            codec, stored = open_record(bytes(key), name, bytes(sha), files.read_at(name, at, length))
            place = blobs.add_record(bytes(sha), codec, stored, KEPT)
            with database:
                database.execute("UPDATE blob SET segment = ?, at = ?, length = ? WHERE sha = ?", (*place, sha))
    dropped: tuple[tuple[int, str], ...] = ()
    with database:
        dropped = drop_empty(database)
    return dropped
