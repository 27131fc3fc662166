"""The day's queue (S1): tickets, calling in or out of order, back to waiting, walked away, and what each desk has to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from devices.contract import CardReader
from devices.emrtd.access import AccessKey
from station.app import Station
from station.clock import legal_day
from station.dossier.parts import Lifecycle
from station.dossier.pipeline import Pipeline, Priority, TicketState
from station.dossier.procedure import Desk
from station.dossier.state import DossierState
from station.errors import ProcedureError
from station.population.synthetic import SyntheticCitizen
from station.vietnam.number import parse_number
from station.views.pace import day_hours
from station.views.today import FRESH_S, DeviceRow, Ticket, TodayView, today_view
from station.views.waiting import WaitingTicket, waiting_tickets

CardOnTable = tuple[CardReader, AccessKey]
ELDER_YEARS = 75
CHILD_YEARS = 6
"""From which age on, and under which one, a person is called first by rule (our proposal; by calendar years, as the number tells them)."""


def priority_by_age(years: int | None) -> Priority:
    """Return who goes first by age alone; an unknown age is a normal one."""
    if years is None or CHILD_YEARS <= years < ELDER_YEARS:
        return Priority.NORMAL
    return Priority.ELDER if years >= ELDER_YEARS else Priority.SMALL_CHILD


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone who stands in the demo's queue: ticket, invented citizen, the seed of their fingers and face, and their chip card."""

    ticket: str
    citizen: SyntheticCitizen
    seed: int
    card: Callable[[], CardOnTable | None] | None = None


class DayQueue:
    """The queue of one station. `call_person` lets the person of a seed step up to simulated devices."""

    def __init__(self, station: Station, visitors: Sequence[Visitor], call_person: Callable[[int], None], procedure: str) -> None:
        self._station = station
        self.visitors = {v.ticket: v for v in visitors}
        self._call_person = call_person
        self._procedure = procedure
        self._pipeline = Pipeline(station.book)
        self.desk = station.session.desk

    def hand_out(self) -> None:
        """Give every visitor of the demo a ticket of today, unless that is done (elders first by rule)."""
        waiting = {str(t.number) for t in self._pipeline.tickets()}
        year = self._now().year
        for ticket, visitor in self.visitors.items():
            if ticket not in waiting:
                born = visitor.citizen.declared["dob"][:4]
                self._pipeline.issue(priority_by_age(year - int(born) if born.isdigit() else None))

    def waiting(self) -> tuple[WaitingTicket, ...]:
        """Return the tickets that are called next, each with about how many minutes it still waits."""
        return waiting_tickets(self._pipeline.tickets())

    def issue(self, priority: Priority | str = Priority.NORMAL) -> int:
        """Give somebody who came without an appointment the next ticket of today and return its number."""
        return self._pipeline.issue(priority)

    def issue_by_rule(self, priority: Priority | str = Priority.NORMAL, number: str = "") -> tuple[int, Priority]:
        """Give the next ticket of today by the rule of who goes first; return its number and its priority.

        `number`: the personal number where it was scanned or typed; its year of birth puts elders and small children first by rule, unless
        the officer said another ground. It is not kept with the ticket.

        Raises:
            InputError: no personal number of twelve digits, or an unknown priority; no ticket was issued.
        """
        priority = Priority(priority) if priority in set(Priority) else priority
        if number and priority is Priority.NORMAL:
            priority = priority_by_age(self._now().year - parse_number(number).birth_year)
        issued = self.issue(priority)
        return issued, Priority(priority)

    def _now(self) -> datetime:
        return self._station.clock.now()

    def _of_today(self) -> list[DossierState]:
        """Dossiers of this day, older ones that are still open here, and those of this shift whose slip was never given."""
        now = self._now()
        return [s for s in self._station.book.states()
                if legal_day(s.opened_at) == legal_day(now) or not (s.sealed or _ended(s)) or _slip_left(s, now)]  # fmt: skip

    def today(self, devices: Sequence[DeviceRow]) -> TodayView:
        """Return S1. Home visits wait in their own list, never in the counter's queue."""
        states = self._of_today()
        by_ticket = {s.ticket: s for s in states if s.ticket and legal_day(s.opened_at) == legal_day(self._now())}
        tickets = []
        for t in self._pipeline.tickets():
            state = by_ticket.pop(str(t.number), None)
            visitor = self.visitors.get(str(t.number))
            c = visitor.citizen if visitor is not None else None
            name = state.value("full_name") if state is not None else c.full_name if c is not None else ""
            born = state.value("dob") if state is not None else c.declared["dob"] if c is not None else ""
            kind = state.kind.value if state is not None else c.kind if c is not None else ""
            gone = t.state is TicketState.CLOSED and not t.dossier
            if not gone:
                tickets.append(
                    Ticket(str(t.number), name.upper(), born[:4], kind, state, t.issued_at, t.priority.value, t.out_of_order)
                )
        known = {t.state.id for t in tickets if t.state is not None}
        tickets += [Ticket(s.ticket, s.value("full_name").upper(), s.value("dob")[:4], s.kind.value, s, s.opened_at)
                    for s in states if (s.ticket or s.visit == "counter") and s.id not in known]  # fmt: skip
        settings = self._station.settings
        target = int(settings.number("day.target"))
        return today_view(
            tickets,
            states,
            self._station.queue.counts(),
            devices,
            target,
            self._now(),
            self.desk,
            day_hours(settings.text("day.hours")),
        )

    def dossier_of(self, ticket: str) -> str:
        """Return the dossier of a ticket of today, "" when it was not called yet."""
        return next((s.id for s in self._of_today() if s.ticket == ticket), "")

    def call(self, ticket: str, reason: str = "") -> str:
        """Call a ticket and return its dossier, opened now or gone on with. Out of order needs a reason.

        Raises:
            ProcedureError: nobody of that ticket waits; no reason was given.
        """
        book = self._station.book
        dossier = self.dossier_of(ticket)
        if dossier:
            self._held_elsewhere(ticket, dossier)
            self.resume(dossier)
            return dossier
        waiting = next((t for t in self._pipeline.tickets() if str(t.number) == ticket), None)
        if waiting is None:
            raise ProcedureError(
                f"Ticket {ticket} is not of today; nobody was called. Look at the queue.", code="ticket-not-waiting"
            )
        if waiting.state is not TicketState.CALLED:  # called and killed before the dossier was opened: go on
            self._pipeline.call(waiting.number, reason)
        visitor = self.visitors.get(ticket)
        declared = {n: v for n, v in visitor.citizen.declared.items() if v} if visitor is not None else {}
        kind = visitor.citizen.kind if visitor is not None else ""
        order, without = self._station.steps_here()
        dossier = book.open_dossier(self._procedure, applicant=declared, ticket=ticket, kind=kind, order=order, without=without)
        self._pipeline.close(waiting.number, dossier)
        self._step_up(ticket)
        return dossier

    def _held_elsewhere(self, ticket: str, dossier: str) -> None:
        """Refuse (E30) while another desk works on it; one that nobody touched for longer than an idle screen stays open is gone on with."""
        state, mine = self._station.book.state(dossier), self.desk
        fresh = (self._now() - state.changed_at).total_seconds() < HELD_S
        if (
            state.lifecycle is Lifecycle.OPEN
            and not state.sealed
            and fresh
            and not {mine, state.desk} & {"", "all"}
            and mine != state.desk
        ):
            raise ProcedureError(f"Ticket {ticket} is open at desk {state.desk}; nothing was opened here. Ask that desk, or wait until it is handed on.",
                                 code="ticket-at-desk", ticket=ticket, desk=state.desk)  # fmt: skip

    def resume(self, dossier: str) -> DossierState:
        """Go on with a dossier exactly where it stopped; its person steps up again."""
        state = self._station.book.state(dossier)
        if state.lifecycle is Lifecycle.PAUSED:
            self._station.life.resume(dossier)
        self._step_up(state.ticket)
        return self._station.book.state(dossier)

    def _step_up(self, ticket: str) -> None:
        visitor = self.visitors.get(ticket)
        if visitor is not None:
            self._call_person(visitor.seed)

    def needs_reason(self, ticket: str) -> bool:
        """Return whether calling this ticket now would be out of order."""
        following = self._pipeline.next_ticket()
        return not self.dossier_of(ticket) and following is not None and str(following.number) != ticket

    def put_back(self, dossier: str, reason: str) -> None:
        """Put a called person back to waiting; everything stays where it is."""
        self._station.life.pause(dossier, reason)

    def walk_away(self, dossier: str, reason: str) -> None:
        """End the dossier of somebody who left; what was taken stays until it is purged."""
        self._station.life.abandon(dossier, reason)

    def pause(self, dossier: str) -> None:
        """Leave the dossier as it is (F9), unless it is closed already."""
        state = self._station.book.state(dossier)
        if state.lifecycle is Lifecycle.OPEN and not state.sealed:
            self._station.life.pause(dossier)

    def waiting_desk(self) -> Desk | None:
        """Return which desk this place is; None when it is all of them."""
        return DESKS.get(self.desk)


HELD_S = 600.0
"""So long an untouched dossier counts as open at its desk: after that its screen was locked by itself."""
DESKS = {"1": Desk.CLERK, "2": Desk.FORM, "3": Desk.FINGERS, "4": Desk.PORTRAIT, "5": Desk.FINISH}
"""Desk numbers as people say them."""


def _slip_left(state: DossierState, now: datetime) -> bool:
    """Whether a sealed dossier of this shift still waits for its slip (a night's shift goes over midnight)."""
    return state.sealed_at is not None and not state.slip and (now - state.sealed_at).total_seconds() < FRESH_S


def _ended(state: DossierState) -> bool:
    return state.lifecycle in {Lifecycle.ABANDONED, Lifecycle.MERGED}
