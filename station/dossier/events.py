"""Events: the only truth about a dossier. Identity, causality and the hash chain of each origin.

An event is named by (origin, sequence): the station that wrote it and its place in that station's own chain. `parents` name
the events its writer had seen of the same dossier, so that the events of two stations merge into one dossier without a centre
and in the same order everywhere. `previous` chains each origin: nothing can be changed, dropped or inserted unseen.

The canonical bytes are deterministic CBOR (RFC 8949 section 4.2.1) of a fixed map; `hash` is their SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import cbor2
import msgspec

from station.errors import StorageError

GENESIS: Final = bytes(32)
"""`previous` of the first event of an origin."""

MAX_EVENT_BYTES: Final = 1_000_000
"""An event holds facts, not pictures: those are blobs, named by their SHA-256."""


class EventId(msgspec.Struct, frozen=True, order=True):
    """(origin, sequence): `origin` is a station's id (16 lower-case hex digits), `sequence` counts from 1 without gaps."""

    origin: str
    sequence: int

    def __str__(self) -> str:
        return f"{self.origin}-{self.sequence}"


def event_id(text: str) -> EventId:
    """Read ``origin-sequence``; a text that is none gives an id nothing has."""
    origin, _, sequence = text.rpartition("-")
    return EventId(origin, int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 20 else 0)


class Event(msgspec.Struct, frozen=True):
    """One fact.

    `dossier` is empty for facts of the station itself (sign-in, settings). `at` is UTC from the injected clock, `clock` its
    source. `operator` is the signed-in operator's id (empty before sign-in), `desk` the place of the pipeline. `kind` is one of
    `station.dossier.kinds`; `body` holds that kind's plain values: str, int, float, bool, bytes, None, list, map.
    """

    id: EventId
    dossier: str
    kind: str
    at: datetime
    clock: str
    operator: str
    desk: str
    body: Mapping[str, Any]
    parents: tuple[EventId, ...]
    previous: bytes
    hash: bytes


def canonical_bytes(event: Event) -> bytes:
    """Return the bytes that `event.hash` is the SHA-256 of."""
    return cbor2.dumps(
        {
            "v": 1,
            "id": [event.id.origin, event.id.sequence],
            "dossier": event.dossier,
            "kind": event.kind,
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "clock": event.clock,
            "operator": event.operator,
            "desk": event.desk,
            "body": event.body,
            "parents": [[p.origin, p.sequence] for p in event.parents],
            "previous": event.previous,
        },
        canonical=True,
    )


def make_event(*, event_id: EventId, dossier: str, kind: str, at: datetime, clock: str, operator: str, desk: str,
               body: Mapping[str, Any], parents: Iterable[EventId], previous: bytes) -> Event:  # fmt: skip
    """Return a complete event with its hash; parents are sorted so that equal facts have equal bytes."""
    draft = Event(event_id, dossier, kind, at, clock, operator, desk, body, tuple(sorted(set(parents))), previous, b"")
    return msgspec.structs.replace(draft, hash=hashlib.sha256(canonical_bytes(draft)).digest())


def encode(event: Event) -> bytes:
    """Return the stored form: canonical bytes (the hash is computed again when read)."""
    return canonical_bytes(event)


def decode(data: bytes) -> Event:
    """Read one stored event.

    Raises:
        StorageError: not the canonical form of an event, or larger than `MAX_EVENT_BYTES`.
    """
    if len(data) > MAX_EVENT_BYTES:
        raise StorageError(
            f"An event of {len(data)} bytes is larger than {MAX_EVENT_BYTES}; it was not read.", code="event-too-large"
        )
    try:
        raw = cbor2.loads(data)
        if raw["v"] != 1:
            raise StorageError(f"An event of version {raw['v']} needs a newer program; nothing was changed.", code="event-newer")
        event = Event(
            id=EventId(str(raw["id"][0]), int(raw["id"][1])),
            dossier=str(raw["dossier"]), kind=str(raw["kind"]), at=datetime.fromisoformat(raw["at"]), clock=str(raw["clock"]),
            operator=str(raw["operator"]), desk=str(raw["desk"]), body=dict(raw["body"]),
            parents=tuple(EventId(str(o), int(s)) for o, s in raw["parents"]), previous=bytes(raw["previous"]),
            hash=hashlib.sha256(data).digest(),
        )  # fmt: skip
    except (cbor2.CBORDecodeError, KeyError, TypeError, ValueError, IndexError, RecursionError) as error:
        raise StorageError("Stored bytes are not an event; they were left as they are.", code="event-format") from error
    if canonical_bytes(event) != data:
        raise StorageError("An event is not in its canonical form; it was left as it is.", code="event-format")
    return event


def check_chain(events: Iterable[Event], previous: bytes = GENESIS, sequence: int = 0) -> None:
    """Check one origin's events in order: no gap, every `previous` right.

    Raises:
        StorageError: names the first event that breaks the chain.
    """
    for event in events:
        sequence += 1
        if event.id.sequence != sequence or event.previous != previous:
            raise StorageError(f"The event chain is broken at {event.id}; events before it are sound.", code="chain-broken",
                               event=str(event.id))  # fmt: skip
        previous = event.hash


def merge(*logs: Iterable[Event]) -> list[Event]:
    """Return the union of logs of one dossier in causal order, the same on every station.

    Each event comes after its parents and after its origin's earlier events; independent ones are ordered by
    (depth, time, origin, sequence). Parents that are not present (another dossier's, not yet arrived) do not block.
    """
    by_id = {event.id: event for log in logs for event in log}
    depth: dict[EventId, int] = {}
    last_of_origin: dict[str, EventId] = {}
    before: dict[EventId, list[EventId]] = {}
    for key in sorted(by_id):
        earlier = [p for p in by_id[key].parents if p in by_id]
        if (last := last_of_origin.get(key.origin)) is not None:
            earlier.append(last)
        last_of_origin[key.origin] = key
        before[key] = earlier
    for start in before:  # depth-first without recursion: chains are thousands long
        stack = [start]
        while stack:
            node = stack[-1]
            if node in depth:
                stack.pop()
                continue
            open_ones = [p for p in before[node] if p not in depth and p not in stack]
            if open_ones:
                stack.extend(open_ones)
            else:
                depth[node] = 1 + max((depth.get(p, 0) for p in before[node]), default=0)
                stack.pop()
    return sorted(by_id.values(), key=lambda e: (depth[e.id], e.at, e.id.origin, e.id.sequence))


def heads(events: Iterable[Event]) -> tuple[EventId, ...]:
    """Return the events that no other names as its parent: what a new event of this dossier must name."""
    events = list(events)
    named = {parent for event in events for parent in event.parents}
    return tuple(sorted(event.id for event in events if event.id not in named))
