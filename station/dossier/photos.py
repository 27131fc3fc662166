"""The photographed papers of a replayed dossier: which pages there are, which were struck and why, what was not brought.

Events of several kits merge: a page is named by its event, a strike by the page it strikes, so that the order in which two kits' events meet
changes nothing but which of two strikes is told. Two kits that retake one page apart each keep their own new one: no picture is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from station.dossier.events import Event, EventId, event_id, merge
from station.dossier.kinds import Kind
from station.dossier.parts import PaperAbsent, PaperPhoto, PaperStruck


class Photos:
    """Takes the three kinds of events in causal order."""

    def __init__(self) -> None:
        self._pages: dict[EventId, PaperPhoto] = {}
        self._struck: dict[EventId, PaperStruck] = {}
        self._absent: dict[tuple[str, str], PaperAbsent] = {}

    def add(self, event: Event) -> None:
        """A page was photographed; it may take the place of another."""
        photo = self._pages[event.id] = read_photo(event)
        if photo.replaces is not None:
            self._strike(photo.replaces, "retaken", event)
        self._absent.pop((photo.kind, photo.field), None)  # it came after all

    def remove(self, event: Event) -> None:
        """A page was taken out."""
        self._strike(event_id(str(event.body["paper"])), "removed", event)

    def note_absent(self, event: Event) -> None:
        """A wanted paper was not brought."""
        body = event.body
        absent = PaperAbsent(str(body["what"]), str(body.get("field", "")), str(body.get("reason", "")), event.at, event.operator)
        self._absent[absent.kind, absent.field] = absent

    @property
    def pages(self) -> tuple[PaperPhoto, ...]:
        """Every page, those that no longer stand with their strike."""
        return tuple(replace(p, struck=self._struck.get(i)) for i, p in self._pages.items())

    @property
    def absent(self) -> tuple[PaperAbsent, ...]:
        """What was not brought and has not come since."""
        return tuple(self._absent.values())

    def _strike(self, paper: EventId, how: str, event: Event) -> None:
        self._struck.setdefault(paper, PaperStruck(how, str(event.body.get("reason", "")), event.operator, event.at))


def photos_of(events: Iterable[Event]) -> tuple[PaperPhoto, ...]:
    """Return the photographed pages of one dossier's events, in causal order, with their strikes."""
    found = Photos()
    for event in merge(e for e in events if e.kind in {Kind.PROOF, Kind.PROOF_REMOVED}):
        (found.add if event.kind == Kind.PROOF else found.remove)(event)
    return found.pages


def read_photo(event: Event) -> PaperPhoto:
    """Return a photographed paper's event as a page; what an older program or a stranger left out is empty."""
    body = event.body
    ppi, replaces, device, flaws = body.get("ppi"), str(body.get("replaces", "")), body.get("device"), body.get("flaws")
    return PaperPhoto(
        event.id, str(body["what"]), str(body.get("words", "")), str(body.get("field", "")), str(body.get("blob", "")),
        str(body.get("media", "")), _count(body.get("width")), _count(body.get("height")), _count(ppi) or None,
        str(body.get("source", "")), {str(k): str(v) for k, v in device.items()} if isinstance(device, Mapping) else {},
        tuple(map(str, flaws)) if isinstance(flaws, list | tuple) else (), str(body.get("reason", "")), event.at, event.operator,
        event_id(replaces) if replaces else None,
    )  # fmt: skip


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
