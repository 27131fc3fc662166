"""S1's card of the four words: how many dossiers are saved, sealed, sent and acknowledged, and how many came back."""

from __future__ import annotations

from collections.abc import Mapping

from ui.qt import QGridLayout, QHBoxLayout, QLabel, Qt, QVBoxLayout, QWidget
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import StateChip, card, label
from ui.widgets.pictures import Picture

WORDS = (("saved", "disk"), ("sealed", "lock"), ("sent", "send"), ("acknowledged", "double-check"))
_CENTRE = Qt.AlignmentFlag.AlignHCenter


class WhereCard(QWidget):
    """The counts are disjoint: with the refused ones they add up to the day's total."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        frame, box = card(small=True)
        column.addWidget(frame)
        self._head = QHBoxLayout()
        self._head.addWidget(label(texts("ui.today.where"), "name"))
        self._head.addStretch(1)
        self._refused = StateChip(State.BLOCKED, "")
        self._refused.hide()
        self._head.addWidget(self._refused)
        box.addLayout(self._head)
        self._total = label("", "caption", wrap=True)
        box.addWidget(self._total)
        grid = QGridLayout()
        grid.setVerticalSpacing(2)
        grid.setHorizontalSpacing(4)
        self._captions: list[QLabel] = []
        self._counts: dict[str, QLabel] = {}
        for index, (word, icon) in enumerate(WORDS):
            picture = Picture(icon, 18, "text")
            number, caption = label("0", "strong"), label(texts(f"ui.today.word.{word}"), "caption", wrap=True)
            caption.setAlignment(_CENTRE)
            self._captions.append(caption)
            grid.setColumnStretch(index, 1)
            for at, widget in enumerate((picture, number)):
                grid.addWidget(widget, at, index, _CENTRE)
            grid.addWidget(caption, 2, index)
            self._counts[word] = number
        box.addLayout(grid)

    def show_counts(self, counts: Mapping[str, int], total: int) -> None:
        """Show how many dossiers are where; the refused ones only when there are some."""
        for word, number in self._counts.items():
            number.setText(str(counts.get(word, 0)))
        refused = counts.get("refused", 0)
        self._refused.set(State.BLOCKED, f"{self._texts('refused')}: {refused}")
        self._refused.setVisible(bool(refused))
        self._total.setText(self._texts("ui.today.total", total=total))

    def for_size(self, *, large: bool) -> None:
        """In desk type each word is one line, as wide as it is; in large type the head takes two."""
        for caption in self._captions:
            caption.setWordWrap(large)
        self._head.setDirection(QHBoxLayout.Direction.TopToBottom if large else QHBoxLayout.Direction.LeftToRight)
