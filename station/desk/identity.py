"""Who is this (S2)? A scanned QR code, the lines of a card, or a typed number opens the look-up; the register fills what the form lacks."""

from __future__ import annotations

from station.app import Station
from station.chip import record_fields
from station.dossier.comparing import ComparingDesk
from station.dossier.parts import FieldSource
from station.errors import InputError
from station.population.model import Population
from station.vietnam.fields import field_rules

SCANNED = frozenset({"personal_no", "old_id_no", "dob", "sex", "card_issued", "card_expiry"})
"""What is taken from a card's code. Names and places may have passed through a keyboard layout and a typing tool, which alter
their marks (ui.md section 3): those come from the chip, the register or the form."""


class IdentityDesk:
    """Intents of S2 before anything is known."""

    def __init__(self, station: Station, population: Population) -> None:
        self._station = station
        self._population = population

    def take(self, dossier: str, scanned: str) -> tuple[str, ...]:
        """Store what a scan or a typed number says of the person, ask the register, fill the form from it; return the fields stored.

        A value that stands in the form already stays there: the scan is then evidence beside it.

        Raises:
            DeviceFormatError: this is no card's code and no 12-digit number. InputError: the number cannot be one (nothing is stored).
        """
        from devices.scanned import understand

        book = self._station.book
        state = book.editable(dossier)
        found = {n: v for n, v in record_fields(understand(scanned)).items() if n in SCANNED and n in field_rules()}
        number = found.get("personal_no", "")
        if state.value("personal_no") not in ("", number):
            raise InputError("This card belongs to another number than this dossier; nothing was taken over. "
                             "Check who stands here.", code="identity-other-number")  # fmt: skip
        typed = set(found) == {"personal_no"}
        for name, value in found.items():
            source = FieldSource.DECLARED if typed else FieldSource.QR
            book.set_field(dossier, name, value, source, evidence_only=bool(state.value(name)))
        ComparingDesk(book, self._population).compare(dossier)
        return (*found, *self.fill(dossier))

    def fill(self, dossier: str) -> tuple[str, ...]:
        """Copy from the register what the form does not say yet; every value keeps its source. Returns the fields filled."""
        book = self._station.book
        state = book.state(dossier)
        filled = []
        for name, value in state.sources.get(FieldSource.REGISTER, {}).items():
            if value and not state.value(name) and name in field_rules():
                book.set_field(dossier, name, value, FieldSource.REGISTER)
                filled.append(name)
        return tuple(filled)
