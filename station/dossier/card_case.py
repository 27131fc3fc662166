"""A chip card that is not to be relied on (E12): the case that a reading opens, and what a supervisor decides about it.

The case is a defect that stops: no capture, no signature, no seal until another person with the right decided. The card is kept with
the case; its data count as no source, so whoever sits here is established by the other papers and the register.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from devices.emrtd.standing import CardStanding
from station.dossier.book import DossierBook
from station.dossier.kinds import Kind
from station.dossier.mending import Mending
from station.dossier.parts import Defect, OldCard
from station.dossier.reasons import needed_reason
from station.dossier.state import DossierState

CARD_CASE: Final = "X3"
"""Code of the defect (`defects.toml`)."""


def record_reading(book: DossierBook, dossier: str, verdict: str, standing: CardStanding, fields: Mapping[str, str],
                   groups: Mapping[str, str]) -> None:  # fmt: skip
    """Write a reading down; the case comes first, so that a power cut between the two leaves the stop and not the card's good name.

    Raises:
        ProcedureError: data are closed. StorageError: nothing counts as read.
    """
    state = book.editable(dossier)
    if standing.stops and not case_of(state):
        Mending(book).report(dossier, CARD_CASE, "card", verdict)
    book.read_card(dossier, verdict, fields, groups, standing)


def case_of(state: DossierState) -> Defect | None:
    """Return the open case about this dossier's card, None when there is none (any more)."""
    return next((d for d in state.open_defects if d.code == CARD_CASE), None)


def settle_case(book: DossierBook, dossier: str, reason: str) -> None:
    """Close the case as the signed-in supervisor: the card is kept, the dossier goes on without it.

    Raises:
        AccessError: the same person as found it, or without the role (E04). ProcedureError: no reason.
    """
    reason = needed_reason(reason)
    case = case_of(book.state(dossier))
    if case is None:
        return
    Mending(book).close(dossier, case.id, reason)
    book.write(Kind.OLD_CARD, {"kind": "cccd", "state": OldCard.KEPT.value, "reason": reason}, dossier)
