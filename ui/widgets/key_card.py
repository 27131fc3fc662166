"""One key of the station as a card: what it is for, its fingerprint, since when, where it is kept, when it is changed. Nothing to edit."""

from __future__ import annotations

from station.views.keys import KeyRow
from ui.qt import QHBoxLayout, Qt, QVBoxLayout, QWidget
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import StateChip, card, label
from ui.widgets.facts import Facts


def key_card(texts: Texts, row: KeyRow) -> QWidget:
    """Return the card of one key; the fingerprint can be marked and copied."""
    frame, box = card()
    head = QHBoxLayout()
    words = QVBoxLayout()
    words.setSpacing(1)
    words.addWidget(label(texts.of(row.purpose), "value", wrap=True))
    words.addWidget(label(texts.of(row.what), "caption", wrap=True))
    head.addLayout(words, 1)
    head.addWidget(StateChip(State(row.tone.value), texts.of(row.state)), 0, Qt.AlignmentFlag.AlignTop)
    box.addLayout(head)
    facts = Facts()
    unset = texts("key.fact.unset")
    facts.show_pairs([
        (texts("key.fact.fingerprint"), row.fingerprint or texts("key.fact.none")), (texts("key.fact.made"), row.made or "—"),
        (texts("key.fact.held"), texts.of(row.held)), (texts("key.fact.change"), row.change_by or unset),
    ])  # fmt: skip
    facts.value(0).setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.addWidget(facts)
    frame.setAccessibleName(". ".join((texts.of(row.purpose), texts.of(row.state), row.fingerprint)))
    return frame
