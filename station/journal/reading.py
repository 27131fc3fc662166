"""What is asked of the journal: events by dossier, kind, chain and arrival. Changes nothing (`Journal` in `store` writes)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import apsw

from station.dossier.events import Event, EventId, decode, merge
from station.journal.errors import database_errors

LOOKED_BACK: Final = 2000
"""So many of the last events say whether the clock ran backwards: about fifty dossiers."""


@dataclass(frozen=True, slots=True)
class DossierSpan:
    """A dossier of this journal: its id and the times of its first and last event."""

    id: str
    first_at: datetime
    last_at: datetime


class Reading:
    """The questions; every method may be called from any thread."""

    _db: apsw.Connection
    _mutex: threading.RLock
    _origin: str

    @property
    def origin(self) -> str:
        """This station's id."""
        if not self._origin:
            with self._reading():
                self._origin = str(self._db.execute("SELECT value FROM meta WHERE name = 'origin'").get)
        return self._origin

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

    def last_own(self) -> Event | None:
        """Return this station's own last event, or None."""
        with self._reading():
            row: Any = self._db.execute(
                "SELECT bytes FROM event WHERE origin = ? AND bytes IS NOT NULL ORDER BY sequence DESC LIMIT 1", (self.origin,)
            ).get
        return None if row is None else decode(bytes(row))

    def first_own(self, limit: int) -> list[Event]:
        """Return this station's own first events that are still kept."""
        with self._reading():
            rows = [bytes(r[0]) for r in self._db.execute(
                "SELECT bytes FROM event WHERE origin = ? AND bytes IS NOT NULL ORDER BY sequence LIMIT ?", (self.origin, limit))]  # fmt: skip
        return [decode(data) for data in rows]

    def chain_rows(self) -> Iterator[dict[str, Any]]:
        """Yield every event's row by origin and sequence: origin, sequence, dossier, kind, at, hash, previous, bytes (None: purged)."""
        names = ("origin", "sequence", "dossier", "kind", "at", "hash", "previous", "bytes")
        last: tuple[str, int] = ("", 0)
        while True:
            with self._reading():
                rows = list(self._db.execute(
                    "SELECT origin, sequence, dossier, kind, at, hash, previous, bytes FROM event"
                    " WHERE (origin, sequence) > (?, ?) ORDER BY origin, sequence LIMIT 500", last
                ))  # fmt: skip
            if not rows:
                return
            for row in rows:
                yield dict(zip(names, row, strict=True))
            last = rows[-1][0], rows[-1][1]

    def latest_time(self) -> datetime | None:
        """Return the latest time among this station's own last `LOOKED_BACK` events, None when there is none yet.

        Not the last event's own time: an event written after the clock was set back would hide that it was.
        """
        with self._reading():
            row: Any = self._db.execute(
                "SELECT max(at) FROM (SELECT at FROM event WHERE origin = ? ORDER BY sequence DESC LIMIT ?)",
                (self.origin, LOOKED_BACK),
            ).get
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
                f"SELECT bytes FROM event WHERE bytes IS NOT NULL {where} ORDER BY number", values  # noqa: S608 - `where` is one of this file's own fragments, values are bound
            )]  # fmt: skip
        return [decode(data) for data in rows]

    def dossiers(self) -> list[DossierSpan]:
        """Return the dossiers of this journal, oldest first."""
        with self._reading():
            rows = list(self._db.execute("SELECT id, first_at, last_at FROM dossier WHERE id <> '' ORDER BY first_at, id"))
        return [DossierSpan(i, datetime.fromisoformat(a), datetime.fromisoformat(b)) for i, a, b in rows]

    def kinds(self, before: datetime | None = None) -> dict[str, dict[str, datetime]]:
        """Return dossier → {kind: time of its first event of that kind} for the turns of its life (opened, captured, sealed,
        acknowledged, abandoned), without reading any event; only of dossiers whose first event is older than `before`, if given.
        """
        found: dict[str, dict[str, datetime]] = {}
        # Written out, so that SQLite sees that the partial index `event_life` holds all of it.
        query = (
            "SELECT dossier, kind, min(at) FROM event INDEXED BY event_life WHERE bytes IS NOT NULL AND kind IN "
            "('dossier.opened', 'capture.accepted', 'package.sealed', 'package.acknowledged', 'dossier.abandoned') "
        )
        if before is not None:
            query += "AND dossier IN (SELECT id FROM dossier WHERE first_at < ?) "
        with self._reading():
            values = () if before is None else (event_text(before),)
            for dossier, kind, at in self._db.execute(query + "GROUP BY dossier, kind", values):
                if dossier:
                    found.setdefault(dossier, {})[kind] = datetime.fromisoformat(at)
        return found

    def sealed_again(self) -> set[str]:
        """Return the dossiers that were sealed more than once: a receipt may be of an earlier package than the last."""
        query = (
            "SELECT dossier FROM event WHERE kind = 'package.sealed' AND bytes IS NOT NULL GROUP BY dossier HAVING count(*) > 1"
        )
        with self._reading():
            return {str(row[0]) for row in self._db.execute(query)}

    @contextmanager
    def still(self) -> Iterator[None]:
        """Keep other threads from writing: what is decided on what was read here holds until the block ends."""
        with self._mutex:
            yield

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._mutex, database_errors():
            yield


def event_key(event_id: EventId) -> tuple[str, int]:
    return event_id.origin, event_id.sequence


def event_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
