"""A labelled field with its fault in place, and the panel in which a second person acts by their own PIN (F8)."""

from __future__ import annotations

from collections.abc import Sequence

from ui.qt import QFrame, QLineEdit, QVBoxLayout, QWidget, Signal
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import label
from ui.widgets.inputs import DropDown, mark_wrong

PIN_LENGTH = 128


class Entry(QWidget):
    """Label, line edit, fault line. Checks happen on commit, never while typing (Telex and VNI stay undisturbed)."""

    committed = Signal()

    def __init__(self, name: str, *, hint: str = "", secret: bool = False) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        self._label = label(name, "quiet", wrap=True)
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText(hint)
        self.edit.setMaxLength(PIN_LENGTH if secret else 500)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.returnPressed.connect(self.committed)
        self._label.setBuddy(self.edit)
        self._fault = label("", f"word-{State.BLOCKED.value}", wrap=True)
        self._fault.hide()
        for widget in (self._label, self.edit, self._fault):
            column.addWidget(widget)

    def text(self) -> str:
        """What was typed."""
        return self.edit.text()

    def set_name(self, name: str) -> None:
        """Say something else above the field."""
        self._label.setText(name)
        self.edit.setAccessibleName(name)

    def set_text(self, text: str) -> None:
        """Put text in; the fault goes away."""
        self.edit.setText(text)
        self.show_fault("")

    def show_fault(self, words: str) -> None:
        """Say at the field what is wrong, and put the focus there; empty takes the words away."""
        self._fault.setText(words)
        self._fault.setVisible(bool(words))
        self.edit.setAccessibleDescription(words)
        mark_wrong(self.edit, bool(words))
        if words:
            self.edit.setFocus()


class PinPanel(QFrame):
    """Another person signs in place: who, PIN. `given(operator, secret)`; the PIN leaves the field at once."""

    given = Signal(str, str)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("banner-exception")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(label(texts("ui.pin.title"), "strong", wrap=True))
        column.addWidget(label(texts("ui.pin.who"), "quiet"))
        self._who = DropDown()
        self._who.setAccessibleName(texts("ui.pin.who"))
        column.addWidget(self._who)
        self.secret = Entry(texts("ui.pin.secret"), secret=True)
        self.secret.committed.connect(self.give)
        column.addWidget(self.secret)
        self._hint = label("", "caption", wrap=True)
        column.addWidget(self._hint)
        self._texts = texts
        self._pins: dict[str, str] = {}
        self._who.currentIndexChanged.connect(self._hinted)

    @property
    def who(self) -> str:
        """Id of the person who is chosen."""
        return str(self._who.currentData() or "")

    def choose(self, operator: str) -> None:
        """Choose a person."""
        self._who.setCurrentIndex(self._who.findData(operator))

    def take_badge(self, operator: str) -> bool:
        """A badge names who signs; False when it is nobody who may sign here."""
        if self._who.findData(operator) < 0:
            return False
        self.choose(operator)
        self.secret.edit.setFocus()
        return True

    def begin(self, people: Sequence[tuple[str, str]], pins: dict[str, str]) -> None:
        """Offer people (id, name); `pins` are the demo's, shown as a hint so that nobody is stuck."""
        self._pins = pins
        self._who.clear()
        for operator, name in people:
            self._who.addItem(f"{name} · {operator}", operator)
        self.secret.set_text("")
        self._hinted()
        self.secret.edit.setFocus()

    def _hinted(self) -> None:
        pin = self._pins.get(self.who, "")
        self._hint.setText(self._texts("ui.pin.demo", pin=pin) if pin else "")
        self._hint.setVisible(bool(pin))

    def give(self) -> None:
        """Hand the PIN over and forget it."""
        operator, secret = self.who, self.secret.text()
        self.secret.edit.clear()
        if operator and secret:
            self.given.emit(operator, secret)

    def failed(self, words: str) -> None:
        """Say what was wrong."""
        self.secret.show_fault(words)
