"""S13, the four things before a card is handed over: face and number, a finger, the signature, the old card."""

from __future__ import annotations

from station.desks.cards import FingerAnswer, Receiver
from ui.qt import QFrame, QVBoxLayout, Signal
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import StateChip, label
from ui.widgets.inputs import CheckBox


class HandChecks(QFrame):
    """The card with the four; `ticked` when the officer ticked or cleared one of their own two."""

    ticked = Signal()

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("card")
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(label(texts("ui.hand.checks"), "strong", wrap=True))
        self.face = CheckBox(texts("ui.hand.check-face"))
        self.old_card = CheckBox(texts("ui.hand.check-old"))
        for box in (self.face, self.old_card):
            box.toggled.connect(lambda _: self.ticked.emit())
        self._finger_name = label("", "quiet", wrap=True)
        self._finger = StateChip(State.IDLE, "")
        self._sign_name = label(texts("ui.hand.check-sign"), "quiet", wrap=True)
        self._sign = StateChip(State.IDLE, "")
        for widget in (self.face, self._finger_name, self._finger, self._sign_name, self._sign, self.old_card):
            column.addWidget(widget)

    def forget(self) -> None:
        """A new person: nothing of the one before is carried over."""
        self.face.setChecked(False)
        self.old_card.setChecked(False)

    def person(self, who: Receiver) -> None:
        """Name the finger that is asked for, and whether an old card is due."""
        self._finger_name.setText(self._texts("ui.hand.check-finger", finger=self._texts(f"finger.{who.finger}")))
        self.old_card.setVisible(who.old_card_due and who.word != "handed")

    def taking(self) -> None:
        """The finger is being taken."""
        self._finger.set(State.LIVE, self._texts("ui.hand.finger-taking"))

    def show_state(self, who: Receiver, answer: FingerAnswer | None, uncompared: str, *, paper: bool) -> None:
        """Show what was compared and what was signed. A card that was handed over says so; its four are not asked again."""
        handed = who.word == "handed"
        self.setEnabled(not handed)
        if uncompared:
            self._finger.set(State.EXCEPTION, self._texts(f"uncompared.{uncompared}"))
        elif who.print is None:
            self._finger.set(State.EXCEPTION, self._texts("s13.not-compared"))
        elif answer is None:
            self._finger.set(State.IDLE, self._texts("card.handed" if handed else "ui.hand.finger-none"))
        else:
            code = "ui.hand.finger-same" if answer.same else "ui.hand.finger-other"
            words = self._texts(code, score=f"{answer.score:.0f}", line=f"{answer.line:.0f}")
            self._finger.set(State.GOOD if answer.same else State.BLOCKED, words)
        signed = "ui.hand.signed-paper" if paper else "ui.hand.signed-mark" if answer is not None else ""
        words = self._texts(signed or ("card.handed" if handed else "ui.hand.unsigned"))
        self._sign.set(State.GOOD if signed else State.IDLE, words)
