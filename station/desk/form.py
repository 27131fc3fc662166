"""The form at desk 2 (S3): fields as typed, saved one by one, and the sentence of an identifying mark."""

from __future__ import annotations

from dataclasses import dataclass

from station.app import Station
from station.clock import legal_day
from station.dossier.parts import FieldSource
from station.vietnam.fields import field_rules
from station.vietnam.lookup import Suggestion, suggest, unit_reference
from station.views.declaration import DeclarationView, declaration_view
from station.words import Language, say

MARK_KINDS = ("scar", "scar-dot", "mole", "birthmark", "burn", "tattoo")
MARK_SIDES = ("above", "below", "left-of", "right-of", "behind", "on")
MARK_PLACES = ("right-brow", "left-brow", "right-brow-tail", "left-brow-tail", "right-eye", "left-eye", "nose", "upper-lip", "chin",
               "right-cheek", "left-cheek", "right-ear", "left-ear", "forehead")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """An identifying mark, built from a kind, a distance in cm and a place."""

    kind: str
    cm: float
    side: str
    place: str

    def sentence(self) -> str:
        """Return the legal words: ``Sẹo chấm 1 cm trên đuôi mày phải``."""
        size = f"{self.cm:g}".replace(".", ",")
        return say("mark.sentence", Language.VI, kind=say(f"mark.{self.kind}"), cm=size, side=say(f"mark.{self.side}"),
                   place=say(f"mark.{self.place}"))  # fmt: skip


class FormDesk:
    """Intents of S3."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def view(self, dossier: str) -> DeclarationView:
        """Return S3."""
        return declaration_view(self._station.book.state(dossier))

    def save(self, dossier: str, field: str, value: str) -> DeclarationView:
        """Save one field on the disk and return the screen anew; an unchanged one writes nothing.

        Raises:
            InputError: the field cannot hold the value; what was stored before stays.
        """
        book = self._station.book
        if value.strip() != book.state(dossier).value(field):
            book.set_field(dossier, field, value, FieldSource.DECLARED)
            unit = f"{field}_unit"
            if unit in field_rules():  # the commune's code follows from the written place; a place that names none has none
                state = book.state(dossier)
                code = unit_reference(state.value(field), legal_day(self._station.clock.now()))
                if code.partition("@")[0] != state.value(unit).partition("@")[0]:
                    book.set_field(dossier, unit, code, FieldSource.DECLARED)
        return self.view(dossier)

    def suggest(self, field: str, text: str) -> tuple[Suggestion, ...]:
        """Return what may be meant by what was typed so far (lists and communes, marks or not)."""
        return suggest(field, text, legal_day(self._station.clock.now()))
