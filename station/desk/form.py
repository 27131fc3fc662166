"""The form at desk 2 (S3): fields as typed, saved one by one, and the sentence of an identifying mark."""

from __future__ import annotations

from dataclasses import dataclass

from station.app import Station
from station.dossier.parts import FieldSource
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
        if value.strip() != self._station.book.state(dossier).value(field):
            self._station.book.set_field(dossier, field, value, FieldSource.DECLARED)
        return self.view(dossier)
