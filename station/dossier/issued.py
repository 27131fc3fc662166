"""Cards from the centre: manifest in, scanned in, handed over with chip and finger, refused, not delivered (screen S13).

A manifest comes as a signed notice; each card names its dossier. Hand-over compares the chip's number with the dossier and one
finger 1:1 with the enrollment; what a machine could not compare is said as "not compared", never as a match.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from station.clock import legal_day
from station.dossier.book import DossierBook
from station.dossier.kinds import Kind
from station.dossier.numbers import CodeKind, read_code
from station.dossier.old_card import old_card_kind
from station.dossier.parts import CardWord, OldCard
from station.dossier.reasons import needed_reason
from station.dossier.state import DossierState
from station.errors import InputError, ProcedureError

MAX_MANIFEST = 5000
UNCOMPARED_REASONS = ("no-print", "hurt", "no-scanner", "other-receiver")
"""Why a card is handed over without a finger compared: none enrolled singly, finger hurt now, no scanner, somebody else receives it."""
UNDELIVERED_REASONS = ("not-home", "moved", "phone-dead", "wrong-address", "refused", "deceased")


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One card of a delivery: its serial and the dossier it was made for."""

    serial: str
    dossier: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A delivery against its manifest: cards here, missing, and scanned ones that are not on it."""

    here: tuple[str, ...]
    missing: tuple[str, ...]
    strangers: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether what came is what was announced."""
        return not self.missing and not self.strangers


def parse_manifest(payload: Mapping[str, Any]) -> tuple[str, tuple[ManifestRow, ...]]:
    """Read the payload of a "card-manifest" notice: ``{"manifest": id, "cards": [{"serial", "dossier"}, …]}``.

    Raises:
        InputError: another shape, doubles, or more than 5000 cards.
    """
    try:
        name, raw = str(payload["manifest"]), list(payload["cards"])
        rows = tuple(ManifestRow(str(r["serial"])[:40], str(r["dossier"])[:40]) for r in raw[: MAX_MANIFEST + 1])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("This card manifest cannot be read; nothing was taken in. Ask the centre to send it again.",
                         code="manifest-format") from error  # fmt: skip
    if len(rows) > MAX_MANIFEST or len({r.serial for r in rows}) != len(rows) or not name:
        raise InputError("This card manifest is too long or names a card twice; nothing was taken in.", code="manifest-format")
    return name, rows


@dataclass(frozen=True, slots=True)
class Astray:
    """A card that was scanned here and belongs to another unit: its serial, and the six digits of the kit that made its dossier ("")."""

    serial: str
    owner: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A delivery that is not what was announced: cards of ours that did not come, and those on its list that are of another unit."""

    manifest: str
    missing: tuple[str, ...]
    foreign: tuple[Astray, ...]


def owner_digits(dossier: str) -> str:
    """Return the six digits by which a dossier's number names its kit, "" when it is no such number."""
    try:
        kind, body = read_code(dossier)
    except InputError:
        return ""
    return body[:6] if kind is CodeKind.DOSSIER else ""


class CardDesk:
    """Intents around issued cards."""

    def __init__(self, book: DossierBook) -> None:
        self._book = book

    def list_cards(self, payload: Mapping[str, Any]) -> list[str]:
        """Take a manifest in; return the dossiers it names that are not known here (cards for another unit, E37)."""
        manifest, rows = parse_manifest(payload)
        known = {span.id for span in self._book.journal.dossiers()}
        for row in rows:
            if row.dossier in known and self._book.state(row.dossier).card is None:
                self._book.write(Kind.CARD_LISTED, {"manifest": manifest, "serial": row.serial}, row.dossier)
        return [r.dossier for r in rows if r.dossier not in known]

    def check_in(self, payload: Mapping[str, Any], scanned: Iterable[str]) -> Counted:
        """Compare what was scanned from the box with the manifest and mark the cards that are here."""
        manifest, rows = parse_manifest(payload)
        by_serial = {r.serial: r.dossier for r in rows}
        seen = list(dict.fromkeys(scanned))
        for serial in seen:
            dossier = by_serial.get(serial)
            if dossier and self._known(dossier) and self._book.state(dossier).card in {CardWord.LISTED, None}:
                self._book.write(Kind.CARD_IN, {"manifest": manifest, "serial": serial}, dossier)
        here = tuple(s for s in seen if s in by_serial)
        return Counted(here, tuple(s for s in by_serial if s not in seen), tuple(s for s in seen if s not in by_serial))

    def mismatch(self, payload: Mapping[str, Any]) -> Mismatch:
        """Return what of a delivery did not come yet, and what on its list is not this unit's."""
        manifest, rows = parse_manifest(payload)
        known = {span.id for span in self._book.journal.dossiers()}
        here = {r.serial for r in rows if r.dossier in known and self._book.state(r.dossier).card not in {None, CardWord.LISTED}}
        missing = tuple(r.serial for r in rows if r.dossier in known and r.serial not in here)
        return Mismatch(
            manifest, missing, tuple(Astray(r.serial, owner_digits(r.dossier)) for r in rows if r.dossier not in known)
        )

    def set_astray(self, serial: str, owner: str = "") -> None:
        """Write down that a card of another unit lies here, once."""
        if serial not in {a.serial for a in self.astray()}:
            self._book.write(Kind.CARD_ASTRAY, {"serial": serial[:40], "owner": owner})

    def astray(self) -> tuple[Astray, ...]:
        """Return the cards of other units that were scanned here, oldest first."""
        return tuple(
            Astray(str(e.body["serial"]), str(e.body.get("owner", "")))
            for e in self._book.journal.events_of_kind(Kind.CARD_ASTRAY)
        )

    def _known(self, dossier: str) -> bool:
        return any(span.id == dossier for span in self._book.journal.dossiers())

    def _here(self, dossier: str) -> DossierState:
        state = self._book.state(dossier)
        if state.card not in {CardWord.HERE, CardWord.UNDELIVERED, CardWord.REFUSED}:
            raise ProcedureError("This citizen's card is not here; nothing was changed. Scan it in first.", code="card-not-here")
        return state

    def hand_over(self, dossier: str, *, chip_number: str = "", finger: tuple[bool, float] | None = None, to: str = "self",
                  signature: str = "", old_card: str = "", uncompared: str = "", old_card_gone: str = "") -> None:  # fmt: skip
        """Hand the card over.

        Args:
            dossier: whose card.
            chip_number: number read from the chip ("" = chip not read, written down as such).
            finger: (same person, score) of the 1:1 comparison with the enrollment; None = not compared.
            to: ``self``, ``guardian`` or ``carrier``.
            signature: blob of the receiver's signature.
            uncompared: why no finger was compared, one of `UNCOMPARED_REASONS`; "" when one was, or nobody asked.
            old_card: kind of old card taken back and cut now (``cmnd``, ``cccd``), "" when there is none or it is not here.
            old_card_gone: what became of it instead (``lost``, ``not-brought``), "" otherwise.

        Raises:
            ProcedureError: card not here, chip of somebody else, finger that does not match, no signature.
        """
        state = self._here(dossier)
        if uncompared and uncompared not in UNCOMPARED_REASONS:
            raise InputError("This reason is not in the list; the card stays here.", code="uncompared-reason")
        if chip_number and state.value("personal_no") and chip_number != state.value("personal_no"):
            raise ProcedureError(
                "The chip holds another person's number; the card stays here. Call the supervisor.", code="card-other-person"
            )
        if finger is not None and not finger[0]:
            raise ProcedureError("The finger does not match the enrollment; the card stays here. Try another finger or call the supervisor.",
                                 code="finger-no-match")  # fmt: skip
        if not signature and to != "carrier":
            raise ProcedureError("The receiver has not signed; the card stays here.", code="receiver-unsigned")
        if old_card_gone and old_card_gone not in {OldCard.LOST, OldCard.NOT_BROUGHT}:
            raise InputError("This kind of old card is not known; nothing was stored.", code="old-card-kind")
        if old_card or old_card_gone:
            kind, became = old_card or old_card_kind(state), OldCard(old_card_gone) if old_card_gone else OldCard.CUT
            self._book.write(
                Kind.OLD_CARD, {"kind": kind, "state": became.value, "reason": "hand-over" if old_card_gone else ""}, dossier
            )
        self._book.write(Kind.CARD_HANDED, {"serial": str(state.card_note.get("serial", "")), "chip": "read" if chip_number else "not-read",
                                            "finger_score": finger[1] if finger is not None else None, "uncompared": uncompared, "to": to,
                                            "signature": signature}, dossier)  # fmt: skip

    def refuse(self, dossier: str, reason: str) -> None:
        """The citizen refuses the card (wrong data): it stays, and becomes a defect of the defect desk."""
        state = self._here(dossier)
        self._book.write(
            Kind.CARD_REFUSED, {"serial": str(state.card_note.get("serial", "")), "reason": needed_reason(reason)}, dossier
        )

    def undelivered(
        self, dossier: str, reason: str, *, place: str = "", phone_tries: int = 0, next_try: date | None = None
    ) -> None:
        """Nobody could be reached: reason, where the card lies, how often was called, and when next.

        Raises:
            InputError: unknown reason.
        """
        state = self._here(dossier)
        if reason not in UNDELIVERED_REASONS:
            raise InputError("This reason is not in the list; nothing was written.", code="undelivered-reason")
        again = next_try or (legal_day(self._book.clock.now()) + timedelta(days=3))
        self._book.write(Kind.CARD_UNDELIVERED, {"serial": str(state.card_note.get("serial", "")), "reason": reason, "place": place[:200],
                                                 "phone_tries": phone_tries, "next_try": again.isoformat()}, dossier)  # fmt: skip


def undelivered_list(states: Iterable[DossierState]) -> list[DossierState]:
    """Return dossiers whose card could not be delivered, next try first."""
    rows = [s for s in states if s.card is CardWord.UNDELIVERED]
    return sorted(rows, key=lambda s: str(s.card_note.get("next_try", "")))


def call_list(states: Iterable[DossierState]) -> dict[str, list[str]]:
    """Return hamlet (unit and first address part) → dossiers whose e-ID is approved but not activated, to be called."""
    rows: dict[str, list[str]] = {}
    for state in states:
        if state.vneid and state.vneid[-1] == "approved":
            hamlet = ", ".join(p.strip() for p in state.value("addr_perm").split(",")[:2]) or "?"
            rows.setdefault(hamlet, []).append(state.id)
    return dict(sorted(rows.items()))
