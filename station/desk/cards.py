"""The chip card at desk 1 (S2): whose card lies there, reading it on the reader's thread, its result into the dossier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future

from devices.emrtd.trust import TrustView
from station.app import Station
from station.chip import ChipReport, store_reading
from station.chip_desk import ChipDesk, ChipView
from station.desk.tickets import CardOnTable
from station.dossier.kinds import Kind


class CardTable:
    """One reading at a time. `card_of` says which reader and key serve a ticket, None where there is no card."""

    def __init__(self, station: Station, card_of: Callable[[str], CardOnTable | None], trust: Callable[[], TrustView]) -> None:
        self._station = station
        self._card_of = card_of
        self._trust = trust
        self._desk: ChipDesk | None = None
        self._dossier = ""
        self._reports: dict[str, ChipView] = {}

    def view(self, dossier: str) -> ChipView | None:
        """Return what is known of a dossier's card (any thread); None when nobody read one."""
        if self._desk is not None and self._dossier == dossier:
            return self._desk.view
        return self._reports.get(dossier)

    def was_read(self, dossier: str) -> bool:
        """Return whether a reading of this dossier's card is in the journal."""
        return any(event.kind == Kind.CARD_READ for event in self._station.journal.events(dossier))

    def start(self, dossier: str, *, again: bool = False) -> Future[ChipReport] | None:
        """Begin to read the card of the person at the table; None when there is none or it was read already."""
        self.stop()
        state = self._station.book.state(dossier)
        if not again and self.was_read(dossier):
            return None
        table = self._card_of(state.ticket)
        if table is None:
            return None
        reader, key = table
        record: Mapping[str, str] | None = state.look_up.record if state.look_up is not None else None
        self._desk, self._dossier = ChipDesk(reader, self._trust(), self._station.clock), dossier
        return self._desk.start(key, population=record)

    def keep(self, dossier: str, report: ChipReport) -> None:
        """Write a reading down: raw files first, then the event that names them."""
        desk = self._desk
        if desk is not None and self._dossier == dossier and desk.data is not None:
            store_reading(self._station.book, self._station.journal, dossier, desk.data, report, self._station.clock.now())
        self.stop()

    def stop(self) -> None:
        """Let the reader go; what was shown stays known."""
        desk, self._desk = self._desk, None
        if desk is not None:
            self._reports[self._dossier] = desk.view
            while len(self._reports) > 8:  # a photo each: the last few tables only
                self._reports.pop(next(iter(self._reports)))
            desk.close()
