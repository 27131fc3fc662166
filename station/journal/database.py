"""Opening the encrypted database, its schema and its migrations.

SQLite3 Multiple Ciphers' key traps are met here and nowhere else: a wrong key is only noticed by the first read, a malformed key
is silently taken as a passphrase, and no key at all makes a plain file. The database is held exclusively (no shared memory file),
so one process owns it; every commit is synced.
"""

from __future__ import annotations

from typing import Any, Final

import apsw

from station.files import Files
from station.journal.errors import DamagedError, JournalKeyError, NewerJournalError, NoJournalError, database_errors

VERSION: Final = 2

SCHEMA: Final = {
    1: """
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE event(
    number INTEGER PRIMARY KEY, -- order of arrival here
    origin TEXT NOT NULL, sequence INTEGER NOT NULL,
    dossier TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL,
    hash BLOB NOT NULL, previous BLOB NOT NULL,
    bytes BLOB, -- NULL when purged: the chain stays, the facts are gone
    UNIQUE(origin, sequence));
CREATE INDEX event_dossier ON event(dossier);
CREATE INDEX event_kind ON event(kind);
CREATE TABLE head(dossier TEXT NOT NULL, origin TEXT NOT NULL, sequence INTEGER NOT NULL,
    PRIMARY KEY(dossier, origin, sequence)) WITHOUT ROWID;
CREATE TABLE dossier(id TEXT PRIMARY KEY, first_at TEXT NOT NULL, last_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE segment(
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, key BLOB NOT NULL, day TEXT NOT NULL, purpose TEXT NOT NULL);
CREATE TABLE blob(
    sha BLOB PRIMARY KEY, segment INTEGER NOT NULL REFERENCES segment(id), at INTEGER NOT NULL, length INTEGER NOT NULL,
    size INTEGER NOT NULL, codec INTEGER NOT NULL, media_type TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX blob_segment ON blob(segment);
CREATE TABLE blob_use(sha BLOB NOT NULL, dossier TEXT NOT NULL, PRIMARY KEY(sha, dossier)) WITHOUT ROWID;
CREATE INDEX blob_use_dossier ON blob_use(dossier);
""",
    2: """
-- What the retention survey asks of 72,000 dossiers, without reading any event: seconds become a fraction of one.
CREATE INDEX event_life ON event(dossier, kind, at) WHERE bytes IS NOT NULL AND kind IN
    ('dossier.opened', 'capture.accepted', 'package.sealed', 'package.acknowledged', 'dossier.abandoned');
""",
}
"""One entry per version: the statements that lead from the version before to it. Old entries are never changed."""


def open_database(files: Files, name: str, key: bytes, *, create: bool) -> apsw.Connection:
    """Open (or make) the database `name` under the 32-byte `key`, at the newest schema.

    Raises:
        NoJournalError, JournalKeyError, NewerJournalError, DamagedError, BusyError, WriteError.
    """
    if len(key) != 32:
        raise JournalKeyError(f"A journal key has 32 bytes, this one has {len(key)}. Nothing was changed.")
    size = files.size(name)
    if not create and not size:
        raise NoJournalError("There is no journal in this folder yet; nothing was changed. Start the station once to make one.")
    if not create and files.read_at(name, 0, 16).startswith(b"SQLite format 3"):
        raise DamagedError("The journal on this disk is not encrypted: it was not made by this program, and was not opened.")
    path, vfs = files.database(name)
    with database_errors():
        flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
        connection = apsw.Connection(path, flags=flags, vfs=vfs)
        try:
            connection.pragma("key", "raw:" + key.hex())
            connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").get  # noqa: B018 - a wrong key raises here, not before
            connection.pragma("locking_mode", "EXCLUSIVE")
            connection.pragma("journal_mode", "wal")
            connection.pragma("synchronous", "FULL")
            connection.pragma("secure_delete", "ON")
            connection.pragma("foreign_keys", "ON")
            connection.pragma("temp_store", "MEMORY")
            migrate(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def migrate(connection: apsw.Connection) -> None:
    """Bring the schema to `VERSION`, each step in its own transaction: a kill in between repeats only the unfinished step.

    Raises:
        NewerJournalError: the file is of a later version; it is left untouched.
    """
    version: Any = connection.pragma("user_version")
    if version > VERSION:
        raise NewerJournalError(
            f"The journal was written by a newer program (version {version}, this one knows {VERSION}). "
            "Nothing was changed; install the newer program to go on.",
            found=version, known=VERSION,
        )  # fmt: skip
    for step in range(version + 1, VERSION + 1):
        with connection:
            connection.execute(SCHEMA[step])
            connection.pragma("user_version", step)


def copy_database(connection: apsw.Connection, target: Files, name: str, key: bytes) -> None:
    """Write a consistent copy of the open database to `name` in `target`, encrypted under the same key, durable on return."""
    path, vfs = target.database(name)
    copy = apsw.Connection(path, vfs=vfs)
    try:
        copy.pragma("key", "raw:" + key.hex())
        copy.pragma("synchronous", "FULL")
        with copy.backup("main", connection, "main") as backup:
            while not backup.done:
                backup.step(2000)
    finally:
        copy.close()
