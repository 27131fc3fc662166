"""The counter's pipeline: tickets, five desks, who waits how long, calling out of turn with a reason (screen S1).

Tickets and calls are events of the station (no dossier), so the queue survives a crash and its order stands in the audit log.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from station.clock import legal_day
from station.dossier.book import DossierBook
from station.dossier.events import Event, EventId
from station.dossier.kinds import Kind
from station.dossier.parts import Lifecycle
from station.dossier.procedure import Desk, Modality
from station.dossier.readiness import missing_fields
from station.dossier.reasons import needed_reason
from station.dossier.state import DossierState
from station.errors import InputError, ProcedureError

BOTTLENECK_WAIT_S: Final = 900.0
"""Longest wait from which a desk may be called a bottleneck (and twice the others'); our proposal."""


_FAR: Final = 2**62
"""After so many events nothing has arrived: asking from there tells how many there are and reads none."""


class TicketState(StrEnum):
    """Where a ticket is."""

    WAITING = "waiting"
    CALLED = "called"
    CLOSED = "closed"


class Priority(StrEnum):
    """Who goes first by rule."""

    NORMAL = "normal"
    ELDER = "elder"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    SMALL_CHILD = "small-child"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One citizen in the queue."""

    number: int
    day: date
    priority: Priority
    issued_at: datetime
    state: TicketState = TicketState.WAITING
    called_at: datetime | None = None
    called_by: str = ""
    desk: str = ""
    dossier: str = ""
    out_of_order: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeskLoad:
    """One card of S1: how many wait at a desk, the longest wait, the mean time of the last dossiers, and whether it holds up all."""

    desk: Desk
    waiting: tuple[str, ...]
    longest_wait_s: float
    bottleneck: bool = False


@dataclass(slots=True)
class _Heard:
    """The tickets of one day as they were after the `arrived`-th event of the journal."""

    day: date | None = None
    arrived: int = 0
    tickets: dict[int, Ticket] = field(default_factory=dict)
    ids: set[EventId] = field(default_factory=set)


class Pipeline:
    """The queue of one station."""

    def __init__(self, book: DossierBook) -> None:
        self._book = book
        self._lock = threading.Lock()
        self._kept = _Heard()

    def tickets(self, day: date | None = None) -> list[Ticket]:
        """Return the tickets of `day` (today), in the order in which they are called."""
        day = day or legal_day(self._book.clock.now())
        with self._lock:
            tickets = self._hear(day)
            return sorted(tickets.values(), key=lambda t: (t.priority is Priority.NORMAL, t.number))

    def _hear(self, day: date) -> dict[int, Ticket]:
        """Apply what arrived since the last question: reading the whole day at each would make the last call of a shift the slowest."""
        journal, kept = self._book.journal, self._kept
        new: Sequence[Event] = ()
        if kept.day == day:
            new, kept.arrived = journal.events_since(kept.arrived)
        if kept.day != day or any(e.kind in _TICKET_KINDS and e.id.origin != journal.origin for e in new):
            # Another day, or another station's tickets in between: their causal order is made anew.
            kept = self._kept = _Heard(day, journal.events_since(_FAR)[1])
            new = journal.events("")
        for event in new:
            if event.kind in _TICKET_KINDS and event.body.get("day") == day.isoformat() and event.id not in kept.ids:
                kept.ids.add(event.id)
                _apply(kept.tickets, event)
        return kept.tickets

    def issue(self, priority: Priority | str = Priority.NORMAL) -> int:
        """Hand out the next ticket of today and return its number (101, 102, …).

        Raises:
            InputError: unknown priority.
        """
        try:
            priority = Priority(priority)
        except ValueError as error:
            raise InputError("This priority is not known; no ticket was issued.", code="priority-unknown") from error
        day = legal_day(self._book.clock.now())
        number = max((t.number for t in self.tickets(day)), default=100) + 1
        self._book.write(Kind.TICKET, {"ticket": number, "day": day.isoformat(), "priority": priority.value})
        return number

    def next_ticket(self) -> Ticket | None:
        """Return whose turn it is."""
        return next((t for t in self.tickets() if t.state is TicketState.WAITING), None)

    def call(self, number: int | None = None, reason: str = "") -> Ticket:
        """Call the next ticket, or another one with a reason (audited as out of order).

        Raises:
            ProcedureError: nobody waits, the ticket is not waiting (open elsewhere, E30), or no reason was given.
        """
        following = self.next_ticket()
        if following is None:
            raise ProcedureError("Nobody waits here; nobody was called.", code="queue-empty")
        wanted = following if number is None else next((t for t in self.tickets() if t.number == number), None)
        if wanted is None or wanted.state is not TicketState.WAITING:
            raise ProcedureError(f"Ticket {number} is not waiting; nobody was called.", code="ticket-not-waiting",
                                 desk=wanted.desk if wanted else "")  # fmt: skip
        turned = wanted.number != following.number
        why = needed_reason(reason) if turned else ""
        self._book.write(Kind.CALLED, {"ticket": wanted.number, "day": wanted.day.isoformat(), "desk": self._book.session.desk,
                                       "out_of_order": turned, "reason": why})  # fmt: skip
        return next(t for t in self.tickets() if t.number == wanted.number)

    def back(self, number: int, reason: str) -> None:
        """Put a called ticket back (wrong person, not here)."""
        ticket = self._called(number)
        self._book.write(Kind.TICKET_BACK, {"ticket": number, "day": ticket.day.isoformat(), "reason": needed_reason(reason)})

    def close(self, number: int, dossier: str = "", reason: str = "") -> None:
        """Tie a called ticket to its dossier, or close it without one (walked away)."""
        ticket = self._called(number)
        if not dossier:
            needed_reason(reason)
        self._book.write(
            Kind.TICKET_CLOSED, {"ticket": number, "day": ticket.day.isoformat(), "dossier": dossier, "reason": reason}
        )

    def _called(self, number: int) -> Ticket:
        ticket = next((t for t in self.tickets() if t.number == number), None)
        if ticket is None or ticket.state is not TicketState.CALLED:
            raise ProcedureError(f"Ticket {number} was not called; nothing was changed.", code="ticket-not-called")
        return ticket


def minutes_to_wait(tickets: Sequence[Ticket], number: int, default_min: float = 3.0) -> int | None:
    """Return about how many minutes a waiting ticket still waits, rounded up; None when it is not waiting.

    By the mean gap between the last ten calls of the day (3 minutes until two were called). An estimate, never a promise.
    """
    waiting = [t for t in tickets if t.state is TicketState.WAITING]
    place = next((n for n, t in enumerate(waiting, 1) if t.number == number), None)
    if place is None:
        return None
    calls = sorted(t.called_at for t in tickets if t.called_at is not None)[-10:]
    gap_min = (calls[-1] - calls[0]).total_seconds() / 60 / (len(calls) - 1) if len(calls) > 1 else default_min
    return math.ceil(place * gap_min)


_TICKET_KINDS: Final = frozenset({Kind.TICKET.value, Kind.CALLED.value, Kind.TICKET_BACK.value, Kind.TICKET_CLOSED.value})


def _apply(tickets: dict[int, Ticket], event: Event) -> None:
    body, number = event.body, int(event.body["ticket"])
    ticket = tickets.get(number)
    if event.kind == Kind.TICKET:
        tickets[number] = Ticket(number, date.fromisoformat(body["day"]), Priority(body["priority"]), event.at)
    elif ticket is None:
        return
    elif event.kind == Kind.CALLED:
        tickets[number] = replace(ticket, state=TicketState.CALLED, called_at=event.at, called_by=event.operator, desk=body["desk"],
                                  out_of_order=bool(body["out_of_order"]), reason=str(body["reason"]))  # fmt: skip
    elif event.kind == Kind.TICKET_BACK:
        tickets[number] = replace(ticket, state=TicketState.WAITING, called_at=None, desk="")
    else:
        tickets[number] = replace(ticket, state=TicketState.CLOSED, dossier=str(body["dossier"]))


def desk_of(state: DossierState) -> Desk | None:
    """Return the desk at which the next open thing of a dossier is done; None when nothing is left at the counter."""
    if state.lifecycle in {Lifecycle.ABANDONED, Lifecycle.MERGED} or state.sealed:
        return None
    if state.look_up is None:
        return Desk.CLERK
    if missing_fields(state):
        return Desk.FORM
    step = next((s for s in state.procedure.steps if not state.done(s) and not s.optional), None)
    if step is None:
        return Desk.FINISH
    return Desk.FINGERS if step.modality is Modality.FINGER else Desk.PORTRAIT


def desk_loads(states: Iterable[DossierState], now: datetime) -> list[DeskLoad]:
    """Return the five desks with who waits at each; a bottleneck waits > 15 min and more than twice as long as the others."""
    at: dict[Desk, list[DossierState]] = {d: [] for d in Desk}
    for state in states:
        if (desk := desk_of(state)) is not None:
            at[desk].append(state)
    loads = [
        DeskLoad(desk, tuple(s.id for s in sorted(rows, key=lambda s: s.changed_at)),
                 max(((now - s.changed_at).total_seconds() for s in rows), default=0.0))
        for desk, rows in at.items()
    ]  # fmt: skip
    return [replace(one, bottleneck=_bottleneck(one, loads)) for one in loads]


def _bottleneck(one: DeskLoad, loads: Sequence[DeskLoad]) -> bool:
    others = max((o.longest_wait_s for o in loads if o is not one), default=0.0)
    return one.longest_wait_s > BOTTLENECK_WAIT_S and one.longest_wait_s > 2 * others
