"""The old card: which there is, whether somebody must still say what became of it, and whether it is to be cut at the hand-over.

Nobody is taken to have given a card: at an exchange or a reissue the officer says "taken", "not brought" or "lost" before the seal, since
the answer is part of the sealed data; a card that was not brought, or taken and not yet cut, is cut when the new one is handed over.
"""

from __future__ import annotations

from station.dossier.parts import ApplicationKind, FieldSource, OldCard
from station.dossier.state import DossierState

ANSWERS = (OldCard.TAKEN, OldCard.NOT_BROUGHT, OldCard.LOST)
"""What an officer can say, in the order of their digits."""
_CUT = frozenset({"", OldCard.TAKEN, OldCard.NOT_BROUGHT})


def old_card_kind(state: DossierState) -> str:
    """Return which card there is: ``cccd`` (read, known to the register or declared), ``cmnd``, or ``none``."""
    if state.old_card in {"cccd", "cmnd"}:
        return state.old_card
    known = (state.sources.get(s, {}) for s in (FieldSource.CHIP, FieldSource.REGISTER, FieldSource.QR, FieldSource.DECLARED))
    told = [*known, {n: state.value(n) for n in ("card_issued", "old_id_no")}]
    if state.chip is not None or any(t.get("card_issued") for t in told):
        return "cccd"
    return "cmnd" if any(t.get("old_id_no") for t in told) else "none"


def old_card_due(state: DossierState) -> bool:
    """Return whether somebody must still say what became of the old card (a first issue has none)."""
    return state.kind is not ApplicationKind.FIRST and not state.old_card_state


def to_cut(state: DossierState) -> bool:
    """Return whether an old card is taken and cut when the new one is handed over."""
    return state.kind is not ApplicationKind.FIRST and state.old_card_state in _CUT


def expected_answer(state: DossierState) -> int:
    """Return which of `ANSWERS` stands first in the question: lost, where the kind says so, else taken."""
    return ANSWERS.index(OldCard.LOST) if state.kind is ApplicationKind.REISSUE and state.kind_why == "kind.lost" else 0
