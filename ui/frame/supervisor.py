"""F8: the supervisor decides in place with their own PIN, or the question is put into their inbox and the work goes on. Never modal."""

from __future__ import annotations

from collections.abc import Callable

from station.dossier.parts import Approval
from ui.qt import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.actions import Action, ActionButton
from ui.widgets.chips import StateChip, label


class SupervisorPanel(QFrame):
    """Over the page at the right; F12 decides, F8 asks and goes on, Esc leaves."""

    def __init__(self, parent: QWidget, texts: Texts) -> None:
        super().__init__(parent)
        self.setObjectName("menu")
        self._texts = texts
        column = QVBoxLayout(self)
        column.addWidget(label(texts("ui.f8.title"), "strong"))
        self._what = StateChip(State.EXCEPTION, "")
        column.addWidget(self._what)
        self._waiting = label("", "caption", wrap=True)
        column.addWidget(self._waiting)
        self.who, self.pin, self.why = QLineEdit(), QLineEdit(), QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        for code, edit in (("ui.signin.who", self.who), ("ui.signin.pin", self.pin), ("ui.f8.why", self.why)):
            column.addWidget(label(texts(code), "caption"))
            edit.setAccessibleName(texts(code))
            column.addWidget(edit)
        self._error = label("", "word-blocked", wrap=True)
        column.addWidget(self._error)
        column.addWidget(label(texts("ui.f8.other"), "caption", wrap=True))
        self._row = QHBoxLayout()
        column.addLayout(self._row)
        self._before: QWidget | None = None
        self.what, self.subject = "", ""
        self.hide()

    def open(self, what: str, subject: str, actions: list[Action]) -> None:
        """Ask about `what`."""
        self._before = self.window().focusWidget()
        self.what, self.subject = what, subject
        self._what.set(State.EXCEPTION, self._texts(f"approval.{what}"))
        self._waiting.setText("")
        self._error.setText("")
        self.pin.clear()
        self.why.clear()
        self.offer(actions)
        wide = 700
        self.setGeometry(self.window().width() - wide - 16, 116, wide, 450)
        self.show()
        self.raise_()
        self.who.setFocus()

    def take_badge(self, operator: str) -> bool:
        """A badge names who decides; the PIN is still theirs."""
        self.who.setText(operator)
        self._error.setText("")
        self.pin.setFocus()
        return True

    def offer(self, actions: list[Action]) -> None:
        """Show what can be done here."""
        while self._row.count():
            taken = self._row.takeAt(0)
            widget = taken.widget() if taken is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for action in actions:
            self._row.addWidget(ActionButton(action))
        self._row.addStretch(1)

    def note(self, words: str) -> None:
        """Say what else helps."""
        self._waiting.setText(words)

    def noted(self) -> str:
        """What is said there."""
        return self._waiting.text()

    def show_waiting(self, waiting: tuple[Approval, ...]) -> None:
        """List what waits for a decision of this dossier."""
        self._waiting.setText("<br>".join(f"{self._texts(f'approval.{a.what}')} · {a.at:%H:%M}" for a in waiting))

    def refuse(self, words: str) -> None:
        """Say why it was not decided."""
        self._error.setText(words)
        self.pin.clear()
        self.pin.setFocus()

    def shut(self) -> None:
        """Hide it; the focus goes back."""
        self.hide()
        self.pin.clear()
        if self._before is not None:
            self._before.setFocus()


Submit = Callable[[Callable[[], object], Callable[[object], None], Callable[[BaseException], None]], None]
