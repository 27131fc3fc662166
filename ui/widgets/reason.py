"""A reason asked in place, never modal: options by digit, own words in the field, F12 or Enter takes, Esc leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ui.qt import QEvent, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, Signal
from ui.texts import Texts
from ui.theme.style import Current
from ui.widgets.chips import label
from ui.widgets.options import Option, OptionList


class ReasonPanel(QFrame):
    """`ask` shows it; the answer goes to the caller as (option code, words). `asked()` once it stands there."""

    asked = Signal()

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        self._title = label("", "strong", wrap=True)
        column.addWidget(self._title)
        self.options = OptionList()
        column.addWidget(self.options)
        row = QHBoxLayout()
        self._own = label(texts("ui.reason.own"), "caption")
        row.addWidget(self._own)
        self.words = QLineEdit()
        self.words.setMaxLength(200)
        self.words.setAccessibleName(texts("ui.reason.own"))
        row.addWidget(self.words, 1)
        column.addLayout(row)
        self._taken: Callable[[str, str], None] | None = None
        self.hide()

    def ask(self, title: str, codes: Sequence[str], taken: Callable[[str, str], None], own: str = "ui.reason.own") -> None:
        """Ask; `taken(code, words)` comes once, when a reason was chosen. `own`: what stands before the field."""
        self._own.setText(self._texts(own))
        self.words.setAccessibleName(self._texts(own))
        self._title.setText(title)
        self._taken = taken
        both = Current.theme.second_titles  # in large type the second language has no room beside so many options
        self.options.show_options([Option(c, self._texts(c), self._texts.second(c) if both else "") for c in codes])
        self.words.clear()
        self.show()
        self.options.setFocus()
        self.asked.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Larger type while it asks: the second lines go."""
        super().changeEvent(event)
        wordy = any(o.second for o in self.options.options)
        if event.type() == QEvent.Type.StyleChange and self.isVisible() and wordy and not Current.theme.second_titles:
            at = self.options.number - 1
            self.options.show_options([replace(o, second="") for o in self.options.options], at)

    def choose(self, number: int) -> bool:
        """Choose an option by its digit."""
        return self.options.choose(number)

    def take(self) -> None:
        """Take what is chosen; own words win over the option's."""
        code = self.options.chosen
        words = self.words.text().strip() or (self._texts(code) if code else "")
        taken, self._taken = self._taken, None
        if taken is not None and words:
            self.hide()
            taken(code, words)
        else:
            self._taken = taken

    def shut(self) -> None:
        """Leave without a reason."""
        self._taken = None
        self.hide()
