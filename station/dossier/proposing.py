"""Cấp, đổi or cấp lại: what is known of the person proposes the kind of a dossier, an officer confirms it or says another one.

Fee, mandatory fields, deadline and the old card follow from the kind. A proposal is written down as such whenever what is known changes;
it is never taken for the officer's word (Circular 60/2021: choosing the kind is the officer's step; milestones: Law 26/2023 art. 21).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from station.clock import legal_day
from station.dossier.book import DossierBook
from station.dossier.kinds import Kind
from station.dossier.parts import ApplicationKind, FieldSource, OldCard
from station.dossier.state import DossierState
from station.errors import InputError
from station.vietnam.dates import PartialDate, parse_date
from station.vietnam.rules import card_expiry

Sources = Mapping[FieldSource, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class KindChoice:
    """One answer an officer can give: the kind, and its ground (a code with words)."""

    kind: ApplicationKind
    why: str


CHOICES: Final = (
    KindChoice(ApplicationKind.FIRST, "kind.no-card"),
    KindChoice(ApplicationKind.EXCHANGE, "kind.expired"),
    KindChoice(ApplicationKind.EXCHANGE, "kind.changed"),
    KindChoice(ApplicationKind.EXCHANGE, "kind.cmnd"),
    KindChoice(ApplicationKind.REISSUE, "kind.lost"),
    KindChoice(ApplicationKind.REISSUE, "kind.broken"),
)
"""In the order of their keys 1 to 6."""
_LOOKED: Final = (FieldSource.CHIP, FieldSource.REGISTER, FieldSource.QR, FieldSource.DECLARED)


def propose_kind(sources: Sources, day: date, *, old_card_state: str = "", answered: bool = False) -> KindChoice:
    """Return what is proposed.

    Args:
        sources: what each source says (`DossierState.sources`); a chip that is not to be relied on is none of them.
        day: the day of the application.
        old_card_state: what was said of the old card (`OldCard`).
        answered: whether the register answered, so that its silence about a card says something.
    """
    if old_card_state == OldCard.LOST:
        return KindChoice(ApplicationKind.REISSUE, "kind.lost")
    issued, expiry = _date(_first(sources, "card_issued")), _date(_first(sources, "card_expiry"))
    chip = bool(sources.get(FieldSource.CHIP))
    if issued is None and expiry is None and not chip:
        if _first(sources, "old_id_no"):
            return KindChoice(ApplicationKind.EXCHANGE, "kind.cmnd")
        return KindChoice(ApplicationKind.FIRST, "kind.no-card" if answered else "kind.unknown")
    if expiry is not None and expiry.latest < day:
        return KindChoice(ApplicationKind.EXCHANGE, "kind.expired")
    if _milestone_passed(_date(_first(sources, "dob")), issued, day):
        return KindChoice(ApplicationKind.EXCHANGE, "kind.age")
    return KindChoice(ApplicationKind.EXCHANGE, "kind.chip" if chip else "kind.card-known")


def propose(book: DossierBook, state: DossierState, sources: Sources, *, answered: bool) -> ApplicationKind:
    """Write the proposal down where it is another one than before, and return the kind in force; an officer's word is never touched."""
    if state.kind_sure:
        return state.kind
    found = propose_kind(sources, legal_day(book.clock.now()), old_card_state=state.old_card_state, answered=answered)
    if (found.kind, found.why) != (state.kind, state.kind_why):
        book.write(
            Kind.CLASSIFIED, {"kind": found.kind.value, "reason": found.why, "first_dossier": "", "proposed": True}, state.id
        )
    return found.kind


def choose_kind(book: DossierBook, dossier: str, kind: ApplicationKind | str, why: str) -> None:
    """Record the officer's word; a card that is lost is written down with it.

    Raises:
        InputError: not one of the kinds. ProcedureError: data are closed.
    """
    try:
        chosen = ApplicationKind(kind)
    except ValueError as error:
        raise InputError("This kind of application is not known; nothing was changed.", code="kind-unknown") from error
    book.classify(dossier, chosen, why)


def confirm_kind(book: DossierBook, dossier: str) -> None:
    """Take the proposal as it stands, in the officer's name; nothing where the officer has spoken already."""
    state = book.state(dossier)
    if not state.kind_sure and not state.sealed:
        choose_kind(book, dossier, state.kind, state.kind_why)


def _first(sources: Sources, name: str) -> str:
    return next((sources[s][name] for s in _LOOKED if sources.get(s, {}).get(name)), "")


def _date(text: str) -> PartialDate | None:
    try:
        return parse_date(text) if text else None
    except ValueError:  # an unlimited expiry, or a date nobody can read: says nothing of a day
        return None


def _milestone_passed(birth: PartialDate | None, issued: PartialDate | None, day: date) -> bool:
    """Whether the card's own rules end it at an age that is reached by `day`."""
    if birth is None or issued is None:
        return False
    try:
        ends = card_expiry(birth, issued.earliest)
    except InputError:  # issued before any rule this table knows
        return False
    return ends is not None and ends <= day
