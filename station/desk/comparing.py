"""Deciding at desk 1 (S2): which of the values is right, or who settles it. Each decision is an event with officer and time."""

from __future__ import annotations

from enum import StrEnum

from station.app import Station
from station.clock import legal_day
from station.desks.people import names
from station.dossier.comparing import ComparingDesk
from station.dossier.mending import Mending
from station.dossier.parts import FieldSource
from station.dossier.proposing import CHOICES, choose_kind
from station.errors import InputError
from station.population.model import Population
from station.views.compare import CompareView, compare_view


class Decision(StrEnum):
    """What the officer decides about one open row."""

    MEND_REGISTER = "mend-register"  # the paper is right: the register is corrected with form DC02
    TAKE_REGISTER = "take-register"  # the register is right: today's form is corrected
    ROUTE = "route"  # not clear: the data officer settles it, the captures go on


ASKABLE = ("personal_no", "old_id_no", "full_name")
"""What a register can be asked with."""


class CompareDesk:
    """Comparison and decisions over one station and one register."""

    def __init__(self, station: Station, population: Population) -> None:
        self._station = station
        self._population = population

    def ensure(self, dossier: str) -> None:
        """Ask the register once, as soon as there is something to ask with: of nobody it would only say that they are absent."""
        state = self._station.book.state(dossier)
        known = any(state.value(name) or any(s.get(name) for s in state.sources.values()) for name in ASKABLE)
        if state.look_up is None and known:
            self.again(dossier)

    def again(self, dossier: str) -> None:
        """Compare everything anew (the card was read, a value was changed)."""
        ComparingDesk(self._station.book, self._population).compare(dossier)

    def view(self, dossier: str) -> CompareView:
        """Return S2."""
        station = self._station
        return compare_view(station.book.state(dossier), legal_day(station.clock.now()), names=names(station))

    def choose_kind(self, dossier: str, number: int) -> CompareView:
        """Record the officer's word about the kind, the `number`-th choice (1 is the first), and compare anew: what is wanted follows it.

        Raises:
            InputError: no such choice. ProcedureError: data are closed.
        """
        if not 1 <= number <= len(CHOICES):
            raise InputError("This kind of application is not known; nothing was changed.", code="kind-unknown")
        choice = CHOICES[number - 1]
        choose_kind(self._station.book, dossier, choice.kind, choice.why)
        if self._station.book.state(dossier).look_up is not None:
            self.again(dossier)
        return self.view(dossier)

    def decide(self, dossier: str, field: str, decision: Decision) -> CompareView:
        """Decide one row and return the screen anew.

        Raises:
            InputError: the register's value does not fit the field. ProcedureError: data are closed.
        """
        book = self._station.book
        state = book.state(dossier)
        register = state.sources.get(FieldSource.REGISTER, {}).get(field, "")
        if decision is Decision.TAKE_REGISTER and register:
            book.set_field(dossier, field, register, FieldSource.REGISTER)
            self.again(dossier)
            return self.view(dossier)
        owner = "data-officer"
        for defect in state.open_defects:
            if defect.field == field:
                Mending(book).assign(dossier, defect.id, owner, str(decision))
        if not any(d.field == field for d in state.open_defects):
            # The row differs by less than a defect (tone mark placed differently): the officer saw it and keeps the form's value.
            book.set_field(dossier, field, state.value(field), FieldSource.PAPERS)
        return self.view(dossier)
