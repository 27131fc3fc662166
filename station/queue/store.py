"""The queue on disk: one row per package, its history, the sealed file beside it. Every change is one durable transaction."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final

import apsw

from station.clock import Clock
from station.errors import InputError, StorageError
from station.files import Files
from station.package import HARD_LIMIT_BYTES, SealedPackage, SignatureError, verify_package
from station.package.cose import Find
from station.package.identity import Answer, IntakePublic, read_answer
from station.queue.model import MOVES, Entry, HistoryLine, State

VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE entry(
    number INTEGER PRIMARY KEY, dossier TEXT NOT NULL, package TEXT UNIQUE, manifest TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL DEFAULT '', size INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, created TEXT NOT NULL,
    deadline TEXT, urgency TEXT NOT NULL, confirmed INTEGER NOT NULL DEFAULT 0, location TEXT NOT NULL DEFAULT '',
    reasons TEXT NOT NULL DEFAULT '[]', receipt BLOB, receipt_number TEXT NOT NULL DEFAULT '', owner TEXT NOT NULL DEFAULT '');
CREATE INDEX entry_next ON entry(state, urgency, number);
CREATE INDEX entry_dossier ON entry(dossier);
CREATE TABLE history(
    number INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry(number), at TEXT NOT NULL, what TEXT NOT NULL,
    facts TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0);
CREATE INDEX history_entry ON history(entry);
CREATE INDEX history_untold ON history(told) WHERE told = 0;
"""
_COLUMNS: Final = (
    "number, dossier, coalesce(package, ''), manifest, sha256, size, state, created, deadline, confirmed, location, reasons, "
    "receipt_number, owner"
)
_NO_DEADLINE: Final = "9999"


class Queue:
    """What waits to be sent, and what is really known about it. Safe to use from several threads.

    Args:
        files: the station's file layer.
        clock: for the times in rows; order and back-off do not depend on it.
        intake: the pinned intake whose answers are believed, or None before the station is enrolled.
        find_station: key id → this station's public keys, to verify what was sealed when it is read back.
        key: 32 bytes to encrypt the queue's database with; None leaves it plain (the packages are sealed anyway).

    Raises:
        StorageError: wrong key, newer version, disk full.
    """

    def __init__(self, files: Files, clock: Clock, *, intake: IntakePublic | None, find_station: Find, key: bytes | None = None,
                 name: str = "queue/queue.db") -> None:  # fmt: skip
        self._files, self._clock, self._find = files, clock, find_station
        self.intake = intake
        self._folder = name.rsplit("/", 1)[0]
        self._lock = threading.RLock()
        path, vfs = files.database(name)
        if key is not None and len(key) != 32:
            raise StorageError("The queue's key has a wrong length; nothing was opened.", code="key-format")
        with _errors():
            self._db = apsw.Connection(path, vfs=vfs)
            try:
                if key is not None:
                    self._db.pragma("key", "raw:" + key.hex())
                self._db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").get  # noqa: B018 - a wrong key raises here, not before
                self._db.pragma("locking_mode", "EXCLUSIVE")
                self._db.pragma("journal_mode", "wal")
                self._db.pragma("synchronous", "FULL")
                self._migrate()
            except BaseException:
                self._db.close()
                raise

    def _migrate(self) -> None:
        version = int(self._db.pragma("user_version"))
        if version > VERSION:
            raise StorageError("The queue was written by a newer program; nothing was changed. Start the newer one.",
                               code="queue-newer")  # fmt: skip
        if version < 1:
            with self._db:
                for statement in _SCHEMA.split(";\n"):
                    self._db.execute(statement)
                self._db.pragma("user_version", VERSION)

    def close(self) -> None:
        """Close the database; harmless when repeated."""
        # A full disk refuses the last checkpoint; everything acknowledged is in the log already.
        with self._lock, suppress(apsw.Error):
            self._db.close()

    # -- what goes in ------------------------------------------------------------------------------------------------------

    def save(self, dossier: str, deadline: datetime | None = None) -> Entry:
        """Note that a dossier is finished in the journal and waits to be sealed; the same dossier again changes nothing."""
        with self._change() as now:
            row = self._one("dossier = ? AND package IS NULL", dossier)
            if row is None:
                self._db.execute("INSERT INTO entry(dossier, state, created, deadline, urgency) VALUES(?,?,?,?,?)",
                                 (dossier, State.SAVED, now, _text(deadline), _urgency(deadline)))  # fmt: skip
                row = self._by_number(self._db.last_insert_rowid())
                self._note(row, State.SAVED, {})
            return row

    def put(self, sealed: SealedPackage, deadline: datetime | None = None) -> Entry:
        """Store a sealed package: written, synced, read back, its outer signature verified; only then *sealed*.

        The same package again changes nothing.

        Raises:
            StorageError: the disk, or what was read back differs (``read-back``).
        """
        with self._lock:
            known = self._one("package = ?", sealed.package_id)
            if known is not None:
                return known
            name = self._file(sealed.package_id)
            self._files.write(name, sealed.data)
            self._check_file(name, sealed.sha256)
            with self._change() as now:
                waiting = self._one("dossier = ? AND package IS NULL", sealed.dossier)
                if waiting is None:
                    self._db.execute("INSERT INTO entry(dossier, state, created, deadline, urgency) VALUES(?,?,?,?,?)",
                                     (sealed.dossier, State.SAVED, now, _text(deadline), _urgency(deadline)))  # fmt: skip
                    waiting = self._by_number(self._db.last_insert_rowid())
                self._db.execute("UPDATE entry SET package = ?, manifest = ?, sha256 = ?, size = ?, state = ? WHERE number = ?",
                                 (sealed.package_id, sealed.manifest_sha256, sealed.sha256, len(sealed.data), State.SEALED,
                                  waiting.number))  # fmt: skip
                entry = self._by_number(waiting.number)
                self._note(entry, State.SEALED, {"bytes": entry.size, "sha256": entry.sha256})
                return entry

    def _check_file(self, name: str, sha256: str) -> None:
        data = self._files.read(name, HARD_LIMIT_BYTES)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StorageError("The sealed package reads back differently from what was written; it was not queued. "
                               "The dossier is safe in the journal: seal it again, check the disk.", code="read-back")  # fmt: skip
        verify_package(data, self._find)

    # -- what carriers report ----------------------------------------------------------------------------------------------

    def read(self, entry: Entry) -> bytes:
        """Return the package's bytes, checked against the hash of the day it was sealed.

        Raises:
            StorageError: ``read-back`` when the file was damaged; the entry is held then.
        """
        try:
            data = self._files.read(self._file(entry.package_id), HARD_LIMIT_BYTES)
        except StorageError:
            data = b""
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            self.hold(entry.package_id, "file-damaged")
            raise StorageError("The sealed file on this disk is damaged, it was not sent. The dossier is safe in the journal: "
                               "seal it again.", code="read-back")  # fmt: skip
        return data

    def progress(self, package_id: str, confirmed: int, location: str) -> None:
        """Note how many bytes the peer has confirmed and where to go on. No state changes."""
        with self._change():
            self._db.execute("UPDATE entry SET confirmed = ?, location = ? WHERE package = ?", (confirmed, location, package_id))

    def sent(self, package_id: str, confirmed: int, carrier: str) -> Entry:
        """Every byte was confirmed by the peer: *sent*, unless an answer is already known.

        Raises:
            InputError: fewer bytes than the package has.
        """
        with self._change():
            entry = self._require(package_id)
            if confirmed != entry.size:
                raise InputError(f"{confirmed} of {entry.size} bytes are not all; the package stays {entry.state}.")
            if entry.state is not State.SEALED:
                return entry
            return self._move(entry, State.SENT, {"carrier": carrier, "bytes": confirmed}, confirmed=confirmed)

    def lost(self, package_id: str) -> Entry:
        """The peer does not know the package any more: back to *sealed*, from the first byte."""
        with self._change():
            entry = self._require(package_id)
            if entry.state is State.SENT:
                return self._move(entry, State.SEALED, {"why": "peer-lost"}, confirmed=0, location="")
            self._db.execute("UPDATE entry SET confirmed = 0, location = '' WHERE package = ?", (package_id,))
            return self._require(package_id)

    def answer(self, package_id: str, data: bytes, carrier: str) -> Entry:
        """Verify the intake's answer and set *acknowledged* or *refused*; by whichever way it came, once.

        Raises:
            SignatureError, PackageFormatError: not believed; the state is unchanged.
        """
        entry = self._require(package_id)
        if self.intake is None:
            raise SignatureError("No intake is pinned on this station; the answer was not believed.", code="signer-unknown")
        answer = read_answer(data, self.intake, manifest_sha256=entry.manifest_sha256)
        with self._change():
            entry = self._require(package_id)
            facts = {"carrier": carrier, "intake": answer.intake, "number": answer.number, "at": answer.at.isoformat()}
            if entry.state is State.ACKNOWLEDGED:
                return entry
            if answer.accepted:
                entry = self._move(entry, State.ACKNOWLEDGED, facts, receipt=data, receipt_number=answer.number,
                                   confirmed=entry.size, reasons="[]", owner="")  # fmt: skip
            elif entry.state is State.REFUSED and entry.reasons == answer.reasons:
                return entry
            else:
                self._forget_reasons(entry)
                entry = self._move(entry, State.REFUSED, facts | {"reasons": list(answer.reasons)}, receipt=data,
                                   reasons=json.dumps(answer.reasons), confirmed=0, location="")  # fmt: skip
        if entry.state is State.ACKNOWLEDGED:  # the journal holds the originals; the sealed copy has done its work
            self._files.remove(self._file(package_id))
        return entry

    def _forget_reasons(self, entry: Entry) -> None:
        """A refusal over a refusal with other reasons is a new fact, not a forbidden move."""
        if entry.state is State.REFUSED:
            self._db.execute("UPDATE entry SET state = ? WHERE number = ?", (State.SEALED, entry.number))

    def failed(self, package_id: str, code: str, facts: Mapping[str, Any] | None = None) -> None:
        """Note a try that did not succeed. No state changes."""
        with self._change():
            self._note(self._require(package_id), "failed", {"code": code, **(facts or {})})

    def exported(self, package_id: str, stick: str) -> None:
        """Note that a copy lies on a stick: the state stays what it was until a receipt comes."""
        with self._change():
            self._note(self._require(package_id), "exported", {"stick": stick})

    # -- what persons decide -----------------------------------------------------------------------------------------------

    def hold(self, package_id: str, reason: str, owner: str = "") -> Entry:
        """Stop a package, with a reason code; it is not sent until released. An acknowledged one stays acknowledged."""
        with self._change():
            entry = self._require(package_id)
            if entry.state in {State.HELD, State.ACKNOWLEDGED}:
                return entry
            return self._move(entry, State.HELD, {"reasons": [reason]}, reasons=json.dumps([reason]), owner=owner)

    def release(self, package_id: str) -> Entry:
        """Let a held or refused package be sent (again), from the first byte."""
        with self._change():
            entry = self._require(package_id)
            return self._move(entry, State.SEALED, {"why": "released"}, reasons="[]", confirmed=0, location="", owner="")

    def assign(self, package_id: str, owner: str) -> Entry:
        """Give a refused or held package to a person."""
        with self._change():
            entry = self._require(package_id)
            self._db.execute("UPDATE entry SET owner = ? WHERE number = ?", (owner, entry.number))
            self._note(entry, "assigned", {"owner": owner})
            return self._require(package_id)

    # -- what is shown -----------------------------------------------------------------------------------------------------

    def next(self, skip: Collection[str] = (), among: Collection[str] | None = None) -> Entry | None:
        """Return what to work on next: legal deadline first, then oldest first; sent packages that wait for their answer last.

        `among`: only these packages (a person chose them); None: all.
        """
        with self._lock, _errors():
            for state in (State.SEALED, State.SENT):
                rows = self._db.execute(f"SELECT {_COLUMNS} FROM entry WHERE state = ? ORDER BY urgency, number", (state,))  # noqa: S608
                for row in rows:
                    if row[2] not in skip and (among is None or row[2] in among):
                        return _entry(row)
        return None

    def get(self, package_id: str) -> Entry | None:
        """Return one package's row."""
        with self._lock, _errors():
            return self._one("package = ?", package_id)

    def of_dossier(self, dossier: str) -> list[Entry]:
        """Return the rows of one dossier, oldest first."""
        with self._lock, _errors():
            sql = f"SELECT {_COLUMNS} FROM entry WHERE dossier = ? ORDER BY number"  # noqa: S608 - fixed texts
            return [_entry(r) for r in self._db.execute(sql, (dossier,))]

    def chain_head(self) -> tuple[int, bytes]:
        """Return how many packages this station has sealed and the SHA-256 of the newest manifest (zeros before the first).

        The next package's `sequence` and `previous`: the intake sees which never arrived.
        """
        with self._lock, _errors():
            count = int(self._db.execute("SELECT count(*) FROM entry WHERE package IS NOT NULL").get)
            sql = "SELECT manifest FROM entry WHERE package IS NOT NULL ORDER BY number DESC LIMIT 1"
            newest = self._db.execute(sql).get
        return count, bytes.fromhex(newest) if newest else bytes(32)

    def entries(self, state: State | None = None, *, after: int = 0, limit: int = 200) -> list[Entry]:
        """Return rows in the order of arrival; `after` is the last `number` already seen."""
        where, values = ("state = ? AND number > ?", [state, after]) if state else ("number > ?", [after])
        with self._lock, _errors():
            sql = f"SELECT {_COLUMNS} FROM entry WHERE {where} ORDER BY number LIMIT ?"  # noqa: S608 - fixed texts
            return [_entry(r) for r in self._db.execute(sql, (*values, limit))]

    def newest(self, limit: int = 200) -> list[Entry]:
        """Return the newest rows, newest first: what a screen shows."""
        with self._lock, _errors():
            sql = f"SELECT {_COLUMNS} FROM entry ORDER BY number DESC LIMIT ?"  # noqa: S608 - fixed texts
            return [_entry(r) for r in self._db.execute(sql, (limit,))]

    def tries(self) -> dict[str, int]:
        """Return package id → how often sending it was tried: failures, and the time that all its bytes arrived."""
        with self._lock, _errors():
            return dict(self._db.execute(
                "SELECT e.package, count(*) FROM history h JOIN entry e ON e.number = h.entry WHERE h.what IN ('failed', 'sent') "
                "AND e.package IS NOT NULL GROUP BY e.package"))  # fmt: skip

    def counts(self) -> dict[State, int]:
        """Return how many packages are in each state; the sum is the total."""
        with self._lock, _errors():
            found = dict(self._db.execute("SELECT state, count(*) FROM entry GROUP BY state"))
        return {s: int(found.get(s, 0)) for s in State}

    def history(self, package_id: str) -> list[HistoryLine]:
        """Return everything that happened to one package, oldest first."""
        with self._lock, _errors():
            return list(self._lines("e.package = ?", package_id))

    def untold(self, limit: int = 100) -> list[HistoryLine]:
        """Return changes of state that the journal has not been told yet (see `told`), oldest first."""
        with self._lock, _errors():
            return list(self._lines("h.told = 0 LIMIT ?", limit))

    def told(self, number: int) -> None:
        """Note that the journal holds this line now. Repeating the journal's event after a crash must be harmless."""
        with self._change():
            self._db.execute("UPDATE history SET told = 1 WHERE number = ?", (number,))

    def receipt(self, package_id: str) -> Answer | None:
        """Return the verified answer of an acknowledged or refused package."""
        entry = self._require(package_id)
        with self._lock, _errors():
            data = self._db.execute("SELECT receipt FROM entry WHERE number = ?", (entry.number,)).get
        if data is None or self.intake is None:
            return None
        return read_answer(data, self.intake, manifest_sha256=entry.manifest_sha256)

    # -- inside ------------------------------------------------------------------------------------------------------------

    def _file(self, package_id: str) -> str:
        return f"{self._folder}/packages/{package_id}.pkg"

    @contextmanager
    def _change(self) -> Iterator[str]:
        with self._lock, _errors(), self._db:
            yield self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds")

    def _move(self, entry: Entry, state: State, facts: Mapping[str, Any], **columns: Any) -> Entry:
        current = self._by_number(entry.number).state
        if state not in MOVES[current]:
            raise InputError(f"A package that is {current} cannot become {state}; nothing was changed.", code="queue-move")
        names = "".join(f", {c} = ?" for c in columns)
        self._db.execute(f"UPDATE entry SET state = ?{names} WHERE number = ?", (state, *columns.values(), entry.number))  # noqa: S608
        self._note(entry, state, facts)
        return self._by_number(entry.number)

    def _note(self, entry: Entry, what: str, facts: Mapping[str, Any]) -> None:
        now = self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds")
        self._db.execute("INSERT INTO history(entry, at, what, facts, told) VALUES(?,?,?,?,?)",
                         (entry.number, now, str(what), json.dumps(dict(facts)), int(what not in set(State))))  # fmt: skip

    def _lines(self, where: str, value: object) -> Iterator[HistoryLine]:
        clause, _, tail = where.partition(" LIMIT")
        sql = (
            "SELECT h.number, h.entry, coalesce(e.package, ''), e.dossier, h.at, h.what, h.facts FROM history h "  # noqa: S608
            f"JOIN entry e ON e.number = h.entry WHERE {clause} ORDER BY h.number" + (f" LIMIT{tail}" if tail else "")
        )
        for number, entry, package, dossier, at, what, facts in self._db.execute(sql, (value,)):
            yield HistoryLine(number, entry, package, dossier, datetime.fromisoformat(at), what, json.loads(facts))

    def _one(self, where: str, value: object) -> Entry | None:
        row = self._db.execute(f"SELECT {_COLUMNS} FROM entry WHERE {where}", (value,)).fetchone()  # noqa: S608 - fixed texts
        return _entry(row) if row else None

    def _by_number(self, number: int) -> Entry:
        entry = self._one("number = ?", number)
        assert entry is not None
        return entry

    def _require(self, package_id: str) -> Entry:
        entry = self.get(package_id)
        if entry is None:
            raise InputError("There is no such package in this queue.", code="queue-unknown")
        return entry


def _entry(row: tuple[Any, ...]) -> Entry:
    return Entry(row[0], row[1], row[2], row[3], row[4], row[5], State(row[6]), datetime.fromisoformat(row[7]),
                 datetime.fromisoformat(row[8]) if row[8] else None, row[9], row[10], tuple(json.loads(row[11])), row[12],
                 row[13])  # fmt: skip


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _urgency(deadline: datetime | None) -> str:
    return deadline.astimezone(UTC).isoformat() if deadline else _NO_DEADLINE


@contextmanager
def _errors() -> Iterator[None]:
    """Turn SQLite's errors into plain ones."""
    try:
        yield
    except apsw.NotADBError as error:
        raise StorageError("The queue does not open with this key; nothing was changed.", code="wrong-key") from error
    except apsw.BusyError as error:
        raise StorageError("The queue is in use by another running program; nothing was changed.", code="in-use") from error
    except (apsw.FullError, apsw.IOError) as error:
        raise StorageError("The queue cannot be written: the disk is full or reports an error. What was saved before is safe.",
                           code="E32") from error  # fmt: skip
    except apsw.Error as error:
        raise StorageError("The queue's database is damaged; it was left as it is.", code="queue-damaged") from error
