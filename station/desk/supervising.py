"""Calling the supervisor (F8): ask and go on, or let a second person decide in place with their own PIN."""

from __future__ import annotations

from station.app import Station
from station.dossier.card_case import case_of, settle_case
from station.dossier.parts import Approval
from station.dossier.reasons import needed_reason
from station.errors import AccessError
from station.journal.guards import override_clock
from station.keys.roles import Permission

CASE = "card-altered"
"""What F8 is called for when the chip card is not to be relied on (E12)."""


class SupervisorDesk:
    """Intents of F8 at every desk. Whoever decides is never the one who asked (E04)."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def waiting(self, dossier: str) -> tuple[Approval, ...]:
        """Return what waits for a decision."""
        return self._station.book.state(dossier).open_approvals

    def ask(self, dossier: str, what: str, subject: str = "", reason: str = "") -> None:
        """Put a question to the supervisor; the work goes on and is marked until it is answered. A card's case (E12) waits there since
        the reading and is not asked twice."""
        if what == CASE:
            return
        if not any(a.what == what and a.subject == subject for a in self.waiting(dossier)):
            self._station.book.ask(dossier, what, subject, reason, deferred=True)

    def override_clock(self, operator_id: str, secret: str, why: str) -> None:
        """Let a supervisor record that capture goes on under this clock, for 12 hours (E02); the clerk stays signed in.

        Raises:
            AccessError: wrong PIN, or a role that may not. InputError: no reason was given.
        """
        station, reason = self._station, needed_reason(why)
        second = station.operators.sign_in(operator_id, secret, desk=station.session.desk, why="second-eyes")
        second.require(Permission.OVERRIDE)
        override_clock(station.journal, station.clock, why=reason, operator=operator_id, desk=station.session.desk)

    def decide_here(self, dossier: str, operator_id: str, secret: str, decision: str = "approved", reason: str = "") -> int:
        """Let the supervisor `operator_id` decide everything that waits; the clerk stays signed in. Returns how many.

        Raises:
            AccessError: wrong PIN, the same person (E04), without the role.
        """
        station, first = self._station, self._station.operator
        if first is None or operator_id == first.operator_id:
            raise AccessError("You cannot approve your own dossier; another supervisor must. Nothing is lost.", code="E04")
        second = station.operators.sign_in(operator_id, secret, desk=station.session.desk, why="second-eyes")
        second.require_own_pin()
        kept = (station.operator, station.session.operator, station.session.roles)
        station.operator, station.session.operator = second, operator_id
        station.session.roles = frozenset(str(r) for r in second.roles)
        try:
            asked = self.waiting(dossier)
            for approval in asked:
                station.book.decide(dossier, approval.id, decision, reason)
            case = decision == "approved" and case_of(station.book.state(dossier)) is not None
            if case:
                settle_case(station.book, dossier, reason)
            return len(asked) + case
        finally:
            station.operator, station.session.operator, station.session.roles = kept
