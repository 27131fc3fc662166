"""The pictures of hands that events of exceptions name: of one event, and those of a whole dossier that stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from biometrics.positions import FingerPosition
from station.dossier.events import Event, EventId, merge
from station.dossier.kinds import Kind
from station.dossier.parts import HandPhoto


def photo_of(body: Mapping[str, Any]) -> HandPhoto | None:
    """Return the picture that an exception's event names; what an older program or a stranger left out is empty."""
    blob, told = str(body.get("photo", "")), body.get("picture")
    if not blob:
        return None
    said = told if isinstance(told, Mapping) else {}
    device, flaws = said.get("device"), said.get("flaws")
    return HandPhoto(
        blob, str(said.get("media", "")), _count(said.get("width")), _count(said.get("height")), str(said.get("source", "")),
        {str(k): str(v) for k, v in device.items()} if isinstance(device, Mapping) else {},
        tuple(map(str, flaws)) if isinstance(flaws, list | tuple) else (),
    )  # fmt: skip


def hand_photos(events: Iterable[Event]) -> tuple[dict[EventId, tuple[FingerPosition, HandPhoto]], frozenset[str]]:
    """Return the pictures of the exceptions that stand, by their event, and the blobs of those that do not (withdrawn, declared anew).

    Raises:
        KeyError, TypeError, ValueError: an event that is no exception (of a stranger).
    """
    standing: dict[FingerPosition, tuple[EventId, HandPhoto | None]] = {}
    named: set[str] = set()
    for event in merge(e for e in events if e.kind in {Kind.EXCEPTION, Kind.EXCEPTION_WITHDRAWN}):
        finger = FingerPosition(int(event.body["finger"]))
        if event.kind == Kind.EXCEPTION:
            photo = photo_of(event.body)
            standing[finger] = (event.id, photo)
            named |= {photo.blob} if photo is not None else set()
        else:
            standing.pop(finger, None)
    found = {i: (finger, photo) for finger, (i, photo) in standing.items() if photo is not None}
    return found, frozenset(named - {p.blob for _, p in found.values()})


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
