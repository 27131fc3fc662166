"""S1, the queue of the day: whom do I call next?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devices.contract import DeviceInfo
from station.dossier.state import DossierState
from station.queue.model import State


@dataclass(frozen=True, slots=True)
class Ticket:
    """Someone who waits, and their dossier once it is open."""

    ticket: str
    name: str
    born: str
    kind: str
    state: DossierState | None


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One row: `word` is the code of its state (``ui.state.new`` …, or a package word), `done` and `total` count captures."""

    ticket: str
    name: str
    born: str
    kind: str
    word: str
    done: int
    total: int
    open: bool
    finished: bool


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device: what it is, whether it is ready, its source and the reason when it is not."""

    what: str
    ready: bool
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class TodayView:
    """The whole screen. `next_ticket` is what F12 calls, "" when nobody waits."""

    rows: tuple[TicketRow, ...]
    next_ticket: str
    counts: Mapping[str, int]
    devices: tuple[DeviceRow, ...]
    finished: int
    target: int


def today_view(tickets: Sequence[Ticket], counts: Mapping[State, int], devices: Sequence[DeviceInfo], target: int) -> TodayView:
    """Return S1. An open dossier comes first: it is offered exactly where it was."""
    rows = []
    for t in tickets:
        state = t.state
        if state is None:
            rows.append(TicketRow(t.ticket, t.name, t.born, t.kind, "ui.state.new", 0, 0, open=False, finished=False))
            continue
        done = sum(state.done(s) for s in state.procedure.steps)
        word = str(state.package_word.value) if state.sealed else "ui.state.open"
        rows.append(
            TicketRow(t.ticket, t.name, t.born, t.kind, word, done, len(state.procedure.steps), not state.sealed, state.sealed)
        )
    rows.sort(key=lambda r: (not r.open, r.finished))
    next_ticket = next((r.ticket for r in rows if not r.finished), "")
    saved = sum(r.open for r in rows)
    words = {"saved": saved, **{str(s.value): n for s, n in counts.items() if s is not State.SAVED}}
    device_rows = tuple(DeviceRow(str(d.kind), not d.error_code, str(d.source), d.error) for d in devices)
    return TodayView(tuple(rows), next_ticket, words, device_rows, sum(r.finished for r in rows), target)
