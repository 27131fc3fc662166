"""S13: cards come in by the box, are found by a scan, compared with their person, handed over. What was not compared is said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import cv2
import numpy as np

from biometrics.fingerprint.matching import compare, threshold
from biometrics.fingerprint.minutiae import Template, extract_stored
from biometrics.positions import FingerPosition
from devices.contract import RawCapture
from station.app import Station
from station.clock import legal_day
from station.desks.pictures import Picture, Pixels, pixels_of, portrait_of
from station.dossier.consuming import latest_manifest, manifests
from station.dossier.issued import Astray, CardDesk, Counted, Mismatch
from station.dossier.old_card import old_card_kind, to_cut
from station.dossier.parts import CardWord
from station.dossier.state import DossierState
from station.errors import InputError
from station.vietnam.dates import parse_date
from station.vietnam.units import unit_name
from station.views.base import grouped, shown
from station.views.hand_over import HandOverView, hand_over_view

FALSE_MATCH_RATE = 1e-4
NEXT_TRY_DAYS = 3


@dataclass(frozen=True, slots=True)
class Receiver:
    """The person a card belongs to, for the look in the face: facts, portrait, the finger that is compared, its enrolled print."""

    dossier: str
    name: str
    number: str
    born: str
    address: str
    phone: str
    serial: str
    word: str
    portrait: Picture | None
    finger: int
    print: Picture | None
    old_card_due: bool
    fingers: tuple[int, ...] = ()
    """Every finger that can be compared, best enrolled print first."""
    old_card: str = "none"
    """Which old card there is: ``cccd``, ``cmnd``, ``none``; `old_card_due`: it is taken and cut now."""


@dataclass(frozen=True, slots=True)
class FingerAnswer:
    """The 1:1 comparison: score, the line it must pass, and the picture taken now. `same` decides."""

    same: bool
    score: float
    line: float
    taken: Pixels


@dataclass(frozen=True, slots=True)
class Box:
    """A delivery: its manifest, how many cards it names, how many are here."""

    manifest: str
    all: int
    here: int


class HandOverDesk:
    """Intents of the hand-over desk."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._cards = CardDesk(station.book)

    def view(self) -> HandOverView:
        """Return S13."""
        return hand_over_view(self._station.book.states())

    def boxes(self) -> tuple[Box, ...]:
        """Return the deliveries that were announced, newest first."""
        by_serial = {str(s.card_note.get("serial", "")): s.card for s in self._station.book.states() if s.card is not None}
        found = []
        for name in manifests(self._station.journal):
            payload = latest_manifest(self._station.journal, name) or {"cards": []}
            serials = [str(c.get("serial", "")) for c in payload["cards"]]
            here = sum(by_serial.get(s) not in {None, CardWord.LISTED} for s in serials)
            found.append(Box(name, len(serials), here))
        return tuple(found)

    def scan_in(self, serial: str) -> Counted:
        """Take one scanned card in from the newest delivery that names it.

        Raises:
            InputError: no delivery names it (E37: a card for another unit).
        """
        for name in manifests(self._station.journal):
            payload: Mapping[str, Any] | None = latest_manifest(self._station.journal, name)
            if payload is not None and any(str(c.get("serial")) == serial for c in payload["cards"]):
                foreign = next((a for a in self._cards.mismatch(payload).foreign if a.serial == serial), None)
                if foreign is None:
                    return self._cards.check_in(payload, [serial])
                self._cards.set_astray(serial, foreign.owner)
                raise InputError(f"This card belongs to kit {foreign.owner}; it was not taken in. Send it on, with the route note.",
                                 code="card-of-kit", kit=foreign.owner)  # fmt: skip
        self._cards.set_astray(serial)
        raise InputError("No delivery names this card; it was not taken in. Send it on to its unit.", code="E37")

    def scanned(self, text: str) -> tuple[str, str]:
        """Return (dossier, serial taken in now): a card that is here is found, one that is announced is taken in ("" where nothing was).

        Raises:
            InputError: a card of another unit (E37).
        """
        dossier = self.find(text)
        if dossier and self.receiver(dossier).word != CardWord.LISTED.value:
            return dossier, ""
        counted = self.scan_in(text.replace(" ", ""))
        return self.find(text), counted.here[0] if counted.here else ""

    def mismatches(self) -> tuple[Mismatch, ...]:
        """Return what of each delivery did not come, or is another unit's; newest first, those that agree left out."""
        payloads = (latest_manifest(self._station.journal, name) for name in manifests(self._station.journal))
        found = [self._cards.mismatch(p) for p in payloads if p is not None]
        return tuple(m for m in found if m.missing or m.foreign)

    def astray(self) -> tuple[Astray, ...]:
        """Return the cards of other units that lie here."""
        return self._cards.astray()

    def route_note(self) -> bytes:
        """Return the note (PDF) that goes with the cards of other units that lie here (E37).

        Raises:
            InputError: none lies here.
        """
        from station.dossier.papers import make_route_note  # the PDF library is loaded when a paper is wanted

        station, day = self._station, legal_day(self._station.clock.now())
        unit, giver = (
            unit_name(station.settings.text("station.unit"), day),
            station.operator.name if station.operator is not None else "",
        )
        return make_route_note(self.astray(), day, unit=unit, giver=giver, demo=station.demo).pdf

    def find(self, scan: str) -> str:
        """Return the dossier of a scanned card serial, dossier number or personal number, empty when none is here."""
        wanted = scan.replace(" ", "").upper()
        for state in self._station.book.states():
            keys = {
                str(state.card_note.get("serial", "")).upper(),
                state.id.upper(),
                state.number.upper(),
                state.value("personal_no"),
            }
            if state.card is not None and wanted and wanted in keys:
                return state.id
        return ""

    def receiver(self, dossier: str, finger: int = 0) -> Receiver:
        """Return whose card it is; `finger` asks for another one to compare than the best (0)."""
        state = self._station.book.state(dossier)
        prints = self._enrolled(state)
        fingers = tuple(prints)
        finger = finger if finger in prints else fingers[0] if fingers else int(FingerPosition.RIGHT_INDEX)
        enrolled = prints.get(finger)
        word = (state.card or CardWord.LISTED).value
        return Receiver(state.id, state.value("full_name"), grouped(state.value("personal_no")), state.value("dob"),
                        state.value("addr_perm"), shown("phone", state.value("phone")), str(state.card_note.get("serial", "")), word,
                        portrait_of(self._station.journal, state), finger, enrolled, to_cut(state), fingers,
                        old_card_kind(state))  # fmt: skip

    def _enrolled(self, state: DossierState) -> dict[int, Picture]:
        """Return finger → its single enrolled print (a rolled one has most ridges), the best first."""
        found: dict[int, Picture] = {}
        for step in state.captures.values():
            if step.accepted is None or not 1 <= step.accepted.capture.position <= 10:
                continue
            capture = step.accepted.capture
            pixels = pixels_of(self._station.journal, capture.images[0])
            score = min((q.score for q in capture.quality), default=0.0)
            known = found.get(capture.position)
            if pixels is not None and pixels.ndim == 2 and (known is None or score > known.score):
                found[capture.position] = Picture(pixels, capture.images[0].ppi, score, step.step, capture.position)
        return dict(sorted(found.items(), key=lambda item: -item[1].score))

    def compare_finger(self, dossier: str, taken: RawCapture, finger: int = 0) -> FingerAnswer | None:
        """Compare a finger taken now with the enrollment (`finger`: which, default the best), None when that holds no single print of it."""
        prints = self._enrolled(self._station.book.state(dossier))
        enrolled = prints.get(finger) if finger else next(iter(prints.values()), None)
        if enrolled is None:
            return None
        image = taken.images[0]
        now = np.asarray(image.pixels, np.uint8)
        line = threshold(FALSE_MATCH_RATE)
        found = compare(_template(enrolled.pixels, enrolled.ppi), _template(now, image.ppi))
        return FingerAnswer(found.score >= line, found.score, line, now)

    def hand_over(
        self, dossier: str, *, signature: bytes, chip_number: str = "", finger: FingerAnswer | None = None, old_card: str = "",
        uncompared: str = "", old_card_gone: str = "",
    ) -> None:  # fmt: skip
        """Hand the card over: signed (the thumb's mark, or a picture of the signed list), compared as far as it was, or why it was not.

        Raises:
            ProcedureError: not here, another person's chip, a finger that does not match, no signature.
        """
        blob = self._station.journal.put_blob(signature, "image/png") if signature else ""
        answer = (finger.same, finger.score) if finger is not None else None
        self._cards.hand_over(dossier, chip_number=chip_number, finger=answer, signature=blob, old_card=old_card,
                              old_card_gone=old_card_gone, uncompared=uncompared, to="guardian" if uncompared == "other-receiver" else "self")  # fmt: skip

    def refuse(self, dossier: str, reason: str) -> None:
        """Note that the citizen refuses the card; it becomes a defect of the defect desk."""
        self._cards.refuse(dossier, reason)

    def next_try(self) -> date:
        """Return the day that is proposed for the next try."""
        return legal_day(self._station.clock.now()) + timedelta(days=NEXT_TRY_DAYS)

    def undelivered(
        self, dossier: str, reason: str, *, place: str = "", phone_tries: int = 0, next_try: date | str | None = None
    ) -> None:
        """Note that nobody could be reached: where the card lies, how often was called, when next (a date as people type it).

        Raises:
            InputError: no whole date, or one that is past; unknown reason. Nothing is written then.
        """
        today, again = legal_day(self._station.clock.now()), self.next_try()
        if isinstance(next_try, date):
            again = next_try
        elif next_try:
            typed = parse_date(next_try)
            again = typed.earliest if typed.complete else date.min
        if again < today:
            raise InputError("The next try is a whole date, today or later; nothing was written.", code="next-try")
        self._cards.undelivered(dossier, reason, place=place, phone_tries=max(0, phone_tries), next_try=again)


def png_of(pixels: Pixels) -> bytes:
    """Return pixels as PNG bytes (a thumb mark that stands for a signature)."""
    return bytes(cv2.imencode(".png", pixels)[1].tobytes())


def _template(pixels: Pixels, ppi: int | None) -> Template:
    if ppi is not None and abs(ppi - 500) > 5:
        size = round(pixels.shape[1] * 500 / ppi), round(pixels.shape[0] * 500 / ppi)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if ppi > 500 else cv2.INTER_CUBIC), np.uint8)
    return extract_stored(pixels)
