"""S13, the person a card belongs to: name, portrait beside the finger taken now, and the facts to ask for."""

from __future__ import annotations

from station.desks.cards import FingerAnswer, Receiver
from ui.qt import QFrame, QHBoxLayout, QVBoxLayout
from ui.texts import Texts, capital, format_date
from ui.theme.tokens import State
from ui.widgets.chips import label
from ui.widgets.facts import Facts
from ui.widgets.picture import PicturePane
from ui.widgets.scrolling import Scrolling


class PersonCard(QFrame):
    """Empty while no card is chosen."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("card")
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        self._name = label("", "title", wrap=True)
        column.addWidget(self._name)
        pictures = QHBoxLayout()
        self._face = PicturePane(texts("ui.hand.face"))
        self._taken = PicturePane(texts("ui.action.compare-finger"))
        pictures.addWidget(self._face, 3)
        pictures.addWidget(self._taken, 2)
        column.addLayout(pictures, 1)
        self._facts = Facts()
        facts = Scrolling(texts("ui.hand.title"))
        facts.column.addWidget(self._facts)
        facts.column.addStretch(1)
        column.addWidget(facts, 1)

    def show_nobody(self) -> None:
        """No card is chosen."""
        self._name.setText("")
        self._face.show_picture(None, empty=self._texts("s13.empty"))
        self._taken.hide()
        self._facts.show_pairs([])

    def show_person(self, who: Receiver) -> None:
        """Show whose card it is."""
        texts = self._texts
        self._name.setText(who.name.upper())
        self._face.show_picture(who.portrait.pixels if who.portrait else None, texts("ui.hand.face") if who.portrait else "",
                                empty=texts("ui.hand.no-portrait"))  # fmt: skip
        pairs = [(texts("ui.fact.number"), who.number), (texts("ui.fact.born"), format_date(who.born)), (texts("ui.hand.serial"), who.serial),
                 (texts("ui.hand.address"), who.address), (texts("ui.hand.phone"), who.phone)]  # fmt: skip
        self._facts.show_pairs(pairs)

    def show_taken(self, who: Receiver, answer: FingerAnswer | None) -> None:
        """Show the finger taken now, once one was."""
        self._taken.setVisible(answer is not None)
        if answer is not None:
            state = State.GOOD if answer.same else State.BLOCKED
            self._taken.show_picture(answer.taken, capital(self._texts(f"finger.{who.finger}")), state=state)
