"""S13's one instruction: what is to be done next for this card and this person, and in which state it stands."""

from __future__ import annotations

from collections.abc import Sequence

from station.desks.cards import FingerAnswer, Receiver
from station.dossier.parts import CardWord
from station.views.hand_over import CardRow
from ui.theme.tokens import State

OPEN = {CardWord.HERE.value, CardWord.UNDELIVERED.value, CardWord.REFUSED.value}
"""Words of a card that can still be handed over."""


def what_is_next(
    who: Receiver, answer: FingerAnswer | None, uncompared: str, *, face: bool, ready: bool, cut: bool
) -> tuple[State, str]:
    """Return the banner's state and code.

    Args:
        who: the card's person and what is known of them.
        answer: what the finger's comparison said, None before it.
        uncompared: why no finger is compared, "" when one is.
        face: the officer has seen that the face is theirs.
        ready: the card may go, as far as fingers and paper are concerned.
        cut: an old card is still to be cut.
    """
    if who.word not in OPEN:
        return State.IDLE, "card.handed" if who.word == "handed" else "ui.hand.not-here"
    if answer is not None and not answer.same:
        return State.BLOCKED, "finger-no-match"
    if not face:
        return State.LIVE, "ui.hand.face"
    if ready:
        return (State.LIVE, "ui.hand.old-next") if cut else (State.GOOD, "ui.hand.ready")
    if uncompared:
        return State.LIVE, "ui.hand.paper-next"
    if who.print is None:
        return State.EXCEPTION, "ui.hand.why-uncompared"
    return State.LIVE, "ui.hand.finger-next"


def next_card(rows: Sequence[CardRow], at: int) -> int | None:
    """Return the row of the next card that is here and was not handed over, below row `at` first; None when there is none."""
    here = [i for i, r in enumerate(rows) if i != at and r.word.code == f"card.{CardWord.HERE.value}"]
    return next((i for i in here if i > at), here[0] if here else None)
