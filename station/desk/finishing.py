"""The end of the counter (S8): fee, old card, e-ID, appointment slip."""

from __future__ import annotations

from station.app import Station
from station.clock import legal_day
from station.desks.pictures import Pixels
from station.dossier.consuming import fee_rows
from station.dossier.fees import comes_from_cmnd
from station.dossier.life import VneidState
from station.dossier.old_card import old_card_due, old_card_kind
from station.dossier.parts import ApplicationKind, OldCard
from station.dossier.proposing import choose_kind
from station.errors import ProcedureError
from station.vietnam.rules import exemptions, fee_for
from station.vietnam.units import unit_name
from station.views.finish import Delivery, FinishView, deliveries, finish_view


class FinishDesk:
    """Intents of S8."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def view(self, dossier: str) -> FinishView:
        """Return S8."""
        station = self._station
        return finish_view(station.book.state(dossier), legal_day(station.clock.now()), centre_fees=fee_rows(station.journal))

    def prepare(self, dossier: str) -> None:
        """Record the fee before the seal, when it is not recorded yet, and that there is no old card where there is none (both are part of
        the sealed data).

        Raises:
            ProcedureError: nobody said yet what became of the old card.
        """
        state, view = self._station.book.state(dossier), self.view(dossier)
        if state.sealed:
            return
        if old_card_due(state):
            raise ProcedureError("Nobody said yet what became of the old card; nothing was sealed. Ask for it: taken, not brought, or lost.",
                                 code="old-card-open")  # fmt: skip
        if state.fee is None:
            self._station.life.fee(dossier, view.fee.amount_vnd, view.fee.basis, exemption=view.fee.exemption)
        if not state.old_card_state:
            self._station.life.old_card(dossier, "none", OldCard.NONE)

    def old_card(self, dossier: str, answer: OldCard | str, reason: str = "") -> FinishView:
        """Record what became of the old card; one that is lost makes an exchange a reissue.

        Raises:
            InputError: no such answer. ProcedureError: sealed already, or no reason for a card that is not here.
        """
        station = self._station
        state = station.book.state(dossier)
        station.life.old_card(dossier, old_card_kind(state), answer, reason)
        if answer == OldCard.LOST and state.kind is ApplicationKind.EXCHANGE:
            choose_kind(station.book, dossier, ApplicationKind.REISSUE, "kind.lost")
            if state.fee is not None:  # recorded for the exchange: the table speaks anew, a ground stands where it still fits
                ground = str(state.fee.get("exemption", ""))
                return self.exempt(dossier, ground if ground in exemptions("reissue") else "")
        return self.view(dossier)

    def exempt(self, dossier: str, ground: str) -> FinishView:
        """Record that this person pays no fee and on which ground ("" takes it back), before the seal.

        Raises:
            InputError: the ground does not fit this kind. ProcedureError: sealed already.
        """
        station = self._station
        state = station.book.state(dossier)
        fee = fee_for(state.kind.value, legal_day(station.clock.now()), from_cmnd=comes_from_cmnd(state), exemption=ground,
                      centre=fee_rows(station.journal))  # fmt: skip
        station.life.fee(dossier, fee.amount_vnd, fee.basis, exemption=fee.exemption)
        return self.view(dossier)

    def vneid(self, dossier: str, answer: str, *, consent: bool = False) -> FinishView:
        """Record what the person says to the e-ID offer; that it was offered stands before the answer."""
        state = self._station.book.state(dossier)
        if answer in {VneidState.REQUESTED, VneidState.DECLINED} and not state.vneid:
            self._station.life.vneid(dossier, VneidState.OFFERED)
        self._station.life.vneid(dossier, answer, consent=consent)
        return self.view(dossier)

    def preview(self, dossier: str) -> tuple[Pixels, ...]:
        """Return the pages of the slip as they will come out of the printer (BGR, ``uint8``); nothing is recorded.

        Raises:
            InputError: no form in force, no font.
        """
        from station.desks.papers import PaperDesk  # the PDF libraries are loaded when a paper is wanted

        return PaperDesk(self._station).preview(dossier, "slip").pages

    def places(self, dossier: str) -> tuple[Delivery, ...]:
        """Return where this person can get the card: the own unit, or by post to an address of the dossier."""
        return deliveries(self._station.book.state(dossier), self._unit())

    def _unit(self) -> str:
        return unit_name(self._station.settings.text("station.unit"), legal_day(self._station.clock.now()))

    def finish(self, dossier: str, delivery: Delivery | None = None) -> bytes:
        """Record the slip and return it as PDF; the date comes from the dated table of this place, the card is collected at the own unit
        unless another `delivery` was confirmed."""
        from station.dossier.papers import (
            print_paper,  # the PDF library takes a third of the start: only when something is printed
        )

        view = self.view(dossier)
        state = self._station.book.state(dossier)
        unit = self._unit()
        if not state.slip:
            where = delivery or Delivery("collect", unit)
            self._station.life.slip(dossier, view.deadline.due, where.way, where.place, view.deadline.rule)
        paper = print_paper(self._station.book, dossier, "slip", unit=unit, demo=self._station.demo)
        return paper.pdf
