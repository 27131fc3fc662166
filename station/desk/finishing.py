"""The end of the counter (S8): fee, old card, e-ID, appointment slip."""

from __future__ import annotations

from station.app import Station
from station.clock import legal_day
from station.desks.pictures import Pixels
from station.dossier.consuming import fee_rows
from station.vietnam.units import unit_name
from station.views.finish import FinishView, finish_view


class FinishDesk:
    """Intents of S8."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def view(self, dossier: str) -> FinishView:
        """Return S8."""
        station = self._station
        return finish_view(station.book.state(dossier), legal_day(station.clock.now()), centre_fees=fee_rows(station.journal))

    def prepare(self, dossier: str, *, old_card: str = "") -> None:
        """Record fee and old card before the seal, when they are not recorded yet (both are part of the sealed data)."""
        state, view = self._station.book.state(dossier), self.view(dossier)
        if state.sealed:
            return
        if state.fee is None:
            self._station.life.fee(dossier, view.fee.amount_vnd, view.fee.basis)
        if not state.old_card:
            kind = old_card or ("cccd" if state.value("card_issued") else "cmnd" if state.value("old_id_no") else "none")
            self._station.life.old_card(dossier, kind, "taken" if kind != "none" else "none")

    def vneid(self, dossier: str, answer: str, *, consent: bool = False) -> FinishView:
        """Record what the person says to the e-ID offer."""
        self._station.life.vneid(dossier, answer, consent=consent)
        return self.view(dossier)

    def preview(self, dossier: str) -> tuple[Pixels, ...]:
        """Return the pages of the slip as they will come out of the printer (BGR, ``uint8``); nothing is recorded.

        Raises:
            InputError: no form in force, no font.
        """
        from station.desks.papers import PaperDesk  # the PDF libraries are loaded when a paper is wanted

        return PaperDesk(self._station).preview(dossier, "slip").pages

    def finish(self, dossier: str) -> bytes:
        """Record the slip and return it as PDF; the date comes from the dated table of this place."""
        from station.dossier.papers import (
            print_paper,  # the PDF library takes a third of the start: only when something is printed
        )

        view = self.view(dossier)
        state = self._station.book.state(dossier)
        unit = unit_name(self._station.settings.text("station.unit"), legal_day(self._station.clock.now()))
        if not state.slip:
            self._station.life.slip(dossier, view.deadline.due, "collect", unit, view.deadline.rule)
        paper = print_paper(self._station.book, dossier, "slip", unit=unit, demo=self._station.demo)
        return paper.pdf
