"""Backup to another folder (a second disk, a stick) and restore into an empty one.

A backup is the same encrypted files, so it needs no other protection than its keys already have, and a list of their SHA-256 signed
by the station: a stranger can neither read nor alter it. Repeating a backup into the same folder copies only what is new.
A restored journal goes on under a new origin: its old one may have written more events after the backup, and two
different events must never carry the same name.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import cbor2

from station.clock import Clock
from station.errors import StorageError
from station.files import Files
from station.journal.errors import DamagedError
from station.journal.store import Journal

MANIFEST: Final = "backup.cbor"
MAX_MANIFEST_BYTES: Final = 16 * 1024 * 1024
_PIECE: Final = 4 * 1024 * 1024

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all)."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup or restore did: files in all, of them copied now, bytes copied."""

    files: int
    copied: int
    copied_bytes: int
    origin: str
    last_sequence: int


def digest(files: Files, name: str) -> bytes:
    """Return the SHA-256 of a file, read in pieces."""
    value = hashlib.sha256()
    for piece in _pieces(files, name):
        value.update(piece)
    return value.digest()


def back_up(journal: Journal, files: Files, target: Files, *, sign: Callable[[bytes], list[bytes]], clock: Clock,
            folders: tuple[str, ...] = ("keys",), progress: Progress | None = None) -> BackupReport:  # fmt: skip
    """Copy the journal, its segments and `folders` into `target`; `sign` signs the list with the station's key.

    The journal may be in use: what is written during the backup is in it or not, as a whole.

    Raises:
        StorageError: the target is full or broken, or holds another station's backup. What it held before still opens.
    """
    if target.size(MANIFEST) is not None and _read_manifest(target)[0] != journal.origin:
        raise StorageError(
            "The folder holds another station's backup; nothing was written. Choose another folder.", code="backup-foreign"
        )
    names = [n for folder in (f"{Journal.FOLDER}/segments", *folders) for n in files.list(folder)]
    total = sum(files.size(n) or 0 for n in names) + (files.size(Journal.DATABASE) or 0)
    # Segments first grow, then the index points at them: the database, copied last, never names a record that was not copied.
    sequence = journal.copy_to(target)
    names = [n for folder in (f"{Journal.FOLDER}/segments", *folders) for n in files.list(folder)] + [
        f"{Journal.FOLDER}/origin.txt"
    ]
    rows: list[list[Any]] = [[Journal.DATABASE, target.size(Journal.DATABASE) or 0, digest(target, Journal.DATABASE)]]
    copied, moved = 1, int(rows[0][1])
    for name in names:
        value = digest(files, name)
        if target.size(name) is None or digest(target, name) != value:
            value = _copy(files, target, name)
            copied, moved = copied + 1, moved + (target.size(name) or 0)
        rows.append([name, target.size(name), value])
        if progress is not None:
            progress(min(moved, total), total)
    listing = cbor2.dumps(["backup", 1, journal.origin, clock.now().isoformat(), sequence, sorted(rows)], canonical=True)
    target.write(MANIFEST, cbor2.dumps([listing, sign(listing)], canonical=True))
    kept = {str(row[0]) for row in rows}
    for folder in (f"{Journal.FOLDER}/segments",):
        for name in target.list(folder):
            if name not in kept:  # purged here: it must not live on in the backup
                target.remove(name)
    return BackupReport(len(rows), copied, moved, journal.origin, sequence)


def check_backup(source: Files, verify: Callable[[bytes, list[bytes]], None] | None = None) -> BackupReport:
    """Read a whole backup and compare every byte with its list; `verify` checks the list's signatures.

    Raises:
        DamagedError: a file is missing, cut or altered. Whatever `verify` raises.
    """
    origin, sequence, rows, listing, signatures = _read_manifest(source)
    if verify is not None:
        verify(listing, signatures)
    for name, size, value in rows:
        if source.size(name) != size or digest(source, name) != value:
            raise DamagedError(f"The backup's {name} is missing or altered; nothing was restored. Use another backup.", file=name)
    return BackupReport(len(rows), 0, 0, origin, sequence)


def restore_files(source: Files, files: Files, progress: Progress | None = None) -> BackupReport:
    """Copy a checked backup into the empty folder `files`. Then open keys and journal and call `Journal.begin_anew`.

    Raises:
        StorageError: ``journal-exists``: there is a station here already. DamagedError: see `check_backup`.
    """
    if Journal.exists(files) or files.list("keys"):
        raise StorageError(
            "There is a station in this folder already; it was not touched. Restore into an empty one.", code="journal-exists"
        )
    report = check_backup(source)
    origin, sequence, rows, _, _ = _read_manifest(source)
    total, moved = sum(size for _, size, _ in rows), 0
    # origin.txt is what makes a journal exist: last, so that a restore that was cut off is simply not there.
    for name, size, value in sorted(rows, key=lambda row: row[0].endswith("origin.txt")):
        if _copy(source, files, name) != value:
            raise DamagedError(f"The backup's {name} changed while it was read; nothing was restored.", file=name)
        moved += size
        if progress is not None:
            progress(moved, total)
    return BackupReport(report.files, len(rows), moved, origin, sequence)


def new_origin(former: str) -> str:
    """Return a fresh origin for a journal that goes on after a restore."""
    return hashlib.sha256(former.encode() + os.urandom(16)).hexdigest()[:16]


def _read_manifest(source: Files) -> tuple[str, int, list[tuple[str, int, bytes]], bytes, list[bytes]]:
    data = source.read(MANIFEST, MAX_MANIFEST_BYTES)
    try:
        listing, signatures = cbor2.loads(data)
        kind, version, origin, _, sequence, rows = cbor2.loads(listing)
        if kind != "backup" or version != 1:
            raise ValueError(kind)
        clean = [(str(n), int(s), bytes(v)) for n, s, v in rows]
        return str(origin), int(sequence), clean, bytes(listing), [bytes(s) for s in signatures]
    except (cbor2.CBORError, ValueError, TypeError, RecursionError) as error:
        raise DamagedError(
            "This folder's list of files is not a backup of this program; nothing was restored.", code="backup-format"
        ) from error


def _pieces(files: Files, name: str) -> Iterator[bytes]:
    offset = 0
    while piece := files.read_at(name, offset, _PIECE):
        yield piece
        offset += len(piece)


def _copy(source: Files, target: Files, name: str) -> bytes:
    value = hashlib.sha256()
    staged = target.stage(name)
    try:
        for piece in _pieces(source, name):
            value.update(piece)
            staged.write(piece)
        staged.commit()
    finally:
        staged.discard()
    return value.digest()
