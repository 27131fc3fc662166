"""The applicant's screen while nobody's dossier is open: the tickets that wait and about how long. Numbers only, nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from station.dossier.pipeline import Ticket, TicketState, minutes_to_wait
from station.views.base import Words

SHOWN: Final = 4
"""So many tickets are listed: those that are called next."""


@dataclass(frozen=True, slots=True)
class WaitingTicket:
    """One that waits: its words and about how many minutes, rounded up, never a promise."""

    ticket: str
    minutes: int

    @property
    def words(self) -> Words:
        """What is said beside the ticket."""
        return Words("s9.about-minutes", {"minutes": self.minutes})


def waiting_tickets(tickets: Sequence[Ticket]) -> tuple[WaitingTicket, ...]:
    """Return the next tickets in the order in which they are called."""
    waiting = [t for t in tickets if t.state is TicketState.WAITING][:SHOWN]
    return tuple(WaitingTicket(str(t.number), minutes_to_wait(tickets, t.number) or 1) for t in waiting)


def invitation(ticket: str, desk: str) -> Words:
    """Return how a ticket is called to a desk; a table that is all desks has no number."""
    return Words("s9.call", {"ticket": ticket, "desk": desk}) if desk.isdigit() else Words("s9.call-here", {"ticket": ticket})
