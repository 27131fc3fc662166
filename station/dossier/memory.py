"""A journal in memory: the same promises as the one on disk except that it ends with the process.

For tools that work on a copy (what-if, benchmarks, tests) and for looking into an imported draft before it is taken over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from station.clock import Clock
from station.dossier.events import GENESIS, Event, EventId, heads, make_event, merge


class Named(Protocol):
    """A row of `EventLog.dossiers`."""

    @property
    def id(self) -> str:
        """The dossier's id."""


@dataclass(frozen=True, slots=True)
class MemorySpan:
    """A dossier of a journal in memory."""

    id: str


class EventLog(Protocol):
    """What the dossier room needs of a journal."""

    @property
    def origin(self) -> str:
        """This station's id (16 hex digits)."""

    def append(self, kind: str, body: Mapping[str, Any], *, dossier: str, operator: str, desk: str) -> Event:
        """Write one event and return it when it is safe."""

    def events(self, dossier: str) -> Sequence[Event]:
        """Return all events known of `dossier` (``""``: the station's own facts) in causal order."""

    def events_of_kind(self, *kinds: str) -> Sequence[Event]:
        """Return all events of these kinds, the station's own facts included, in order of arrival."""

    def dossiers(self) -> Sequence[Named]:
        """Return all dossiers, oldest first."""

    def events_since(self, number: int) -> tuple[Sequence[Event], int]:
        """Return the events that arrived here after the `number`-th, and the number to ask with next time."""


class MemoryJournal:
    """See the module."""

    def __init__(self, clock: Clock, origin: str = "00000000000000a1") -> None:
        self.origin = origin
        self._clock = clock
        self._previous = GENESIS
        self._sequence = 0
        self._by_dossier: dict[str, list[Event]] = {}
        self._arrived: list[Event] = []
        self._lock = threading.Lock()

    def append(self, kind: str, body: Mapping[str, Any], *, dossier: str, operator: str, desk: str) -> Event:
        """See `EventLog.append`."""
        with self._lock:
            known = self._by_dossier.setdefault(dossier, [])
            parents = (known[-1].id,) if known and all(e.id.origin == self.origin for e in known[-1:]) else heads(known)
            self._sequence += 1
            event = make_event(event_id=EventId(self.origin, self._sequence), dossier=dossier, kind=str(kind), at=self._clock.now(),
                               clock=self._clock.source, operator=operator, desk=desk, body=body,
                               parents=parents if dossier else (), previous=self._previous)  # fmt: skip
            self._previous = event.hash
            known.append(event)
            self._arrived.append(event)
            return event

    def take(self, events: Iterable[Event]) -> None:
        """Add another station's events (a draft that came by stick); known ones are skipped."""
        with self._lock:
            for event in events:
                known = self._by_dossier.setdefault(event.dossier, [])
                if all(e.id != event.id for e in known):
                    known.append(event)
                    self._arrived.append(event)

    def events(self, dossier: str) -> list[Event]:
        """See `EventLog.events`."""
        known = self._by_dossier.get(dossier, ())
        return list(known) if len({e.id.origin for e in known}) <= 1 else merge(known)

    def events_of_kind(self, *kinds: str) -> list[Event]:
        """See `EventLog.events_of_kind`."""
        with self._lock:
            return [e for e in self._arrived if e.kind in kinds]

    def dossiers(self) -> list[MemorySpan]:
        """See `EventLog.dossiers`."""
        return [MemorySpan(d) for d in self._by_dossier if d]

    def events_since(self, number: int) -> tuple[list[Event], int]:
        """See `EventLog.events_since`."""
        with self._lock:
            return self._arrived[number:], len(self._arrived)

    def all_events(self) -> list[Event]:
        """Return this origin's own events in order, station facts included."""
        own = [e for events in self._by_dossier.values() for e in events if e.id.origin == self.origin]
        return sorted(own, key=lambda e: e.id)
