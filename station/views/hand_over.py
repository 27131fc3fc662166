"""S13, card hand-over: is this card this person's?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from station.dossier.issued import UNDELIVERED_REASONS, call_list
from station.dossier.parts import CardWord
from station.dossier.state import DossierState
from station.views.base import Intent, Tone, Words, grouped


@dataclass(frozen=True, slots=True)
class CardRow:
    """One card: whose, where, why not handed over."""

    dossier: str
    name: str
    number: str
    serial: str
    word: Words
    tone: Tone
    reason: Words | None
    next_try: str
    phone: str
    intents: tuple[Intent, ...]
    place: str = ""
    """Where an undelivered card lies, and how often its person was called."""
    phone_tries: int = 0


@dataclass(frozen=True, slots=True)
class HandOverView:
    """The whole of S13: what is here, what is still to come, the call list of e-IDs by hamlet."""

    question: Words
    rows: tuple[CardRow, ...]
    empty: Words | None
    counts: dict[str, int]
    e_id_calls: dict[str, list[str]]
    not_compared: Words


_TONES = {CardWord.LISTED: Tone.IDLE, CardWord.HERE: Tone.LIVE, CardWord.HANDED: Tone.GOOD, CardWord.REFUSED: Tone.BLOCKED,
          CardWord.UNDELIVERED: Tone.RETRY}  # fmt: skip


def hand_over_view(states: Iterable[DossierState]) -> HandOverView:
    """Return S13: cards that are here first, then the undelivered by next try."""
    rows_of = [s for s in states if s.card is not None]
    order = {CardWord.HERE: 0, CardWord.UNDELIVERED: 1, CardWord.REFUSED: 2, CardWord.LISTED: 3, CardWord.HANDED: 4}
    ordered = sorted(rows_of, key=lambda s: (order[s.card or CardWord.LISTED], str(s.card_note.get("next_try", "")), s.id))
    counts = {w.value: sum(s.card is w for s in rows_of) for w in CardWord}
    return HandOverView(Words("s13.question"), tuple(map(_row, ordered)), None if rows_of else Words("s13.empty"), counts,
                        call_list(rows_of), Words("s13.not-compared"))  # fmt: skip


def _row(state: DossierState) -> CardRow:
    word = state.card or CardWord.LISTED
    note = state.card_note
    reason = str(note.get("reason", ""))
    open_ones = {CardWord.HERE, CardWord.UNDELIVERED, CardWord.REFUSED}
    intents = (
        Intent("hand-over", Words("s13.handed"), "F12", {"dossier": state.id}, enabled=word in open_ones),
        Intent(
            "undelivered",
            Words("card.undelivered"),
            "F6",
            {"dossier": state.id, "reasons": UNDELIVERED_REASONS},
            enabled=word in open_ones,
        ),
        Intent("refuse", Words("card.refused"), "F7", {"dossier": state.id}, enabled=word in open_ones, needs_reason=True),
    )
    return CardRow(state.id, state.value("full_name"), grouped(state.value("personal_no")), str(note.get("serial", "")),
                   Words(f"card.{word.value}"), _TONES[word], Words(f"undelivered.{reason}" if word is CardWord.UNDELIVERED else reason) if reason else None,
                   str(note.get("next_try", "")), state.value("phone"), intents,
                   str(note.get("place", "")), int(note.get("phone_tries") or 0))  # fmt: skip
