"""A panel that asks for one line: a number, a name, a folder. F12 of the screen takes it, Esc leaves it."""

from __future__ import annotations

from ui.qt import QFrame, QLabel, QVBoxLayout
from ui.widgets.chips import label
from ui.widgets.entry import Entry


class AskPanel(QFrame):
    """Hidden until `begin`; `kind` says what is being asked."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner-live")
        self.kind = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        self._title: QLabel = label("", "strong", wrap=True)
        column.addWidget(self._title)
        self.entry = Entry("")
        column.addWidget(self.entry)
        self.note = label("", "caption", wrap=True)
        column.addWidget(self.note)
        column.addStretch(1)
        self.hide()

    def begin(self, kind: str, title: str, name: str, note: str, text: str = "") -> None:
        """Ask; the field has the focus."""
        self.kind = kind
        self._title.setText(title)
        self.entry.set_name(name)
        self.entry.set_text(text)
        self.note.setText(note)
        self.show()
        self.entry.edit.setFocus()

    def text(self) -> str:
        """What was typed."""
        return self.entry.text().strip()

    def shut(self) -> None:
        """Ask nothing more."""
        self.kind = ""
        self.hide()
