"""The banner over a page with what a message needs besides its words: the small code for the hot line, and the one next action."""

from __future__ import annotations

from ui.qt import QHBoxLayout, Qt, QWidget
from ui.theme.tokens import State
from ui.widgets.actions import Action, ActionButton
from ui.widgets.announcing import Announcer
from ui.widgets.chips import Banner, label


class MessageBanner(Banner):
    """Words, code, button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        self._code = label("", "caption")
        row.addWidget(self._code, 0, Qt.AlignmentFlag.AlignVCenter)
        self._button: ActionButton | None = None
        self.announcer = Announcer(self)

    def say_with(self, state: State, main: str, second: str = "", code: str = "", action: Action | None = None) -> None:
        """Show one message; an `action` is offered to keys, mouse and touch alike."""
        self.say(state, main, second)
        self._code.setText(code)
        self._code.setVisible(bool(code))
        button, self._button = self._button, None
        if button is not None:
            button.hide()
            button.deleteLater()
        if action is not None:
            self._button = ActionButton(action, self)
            row = self.layout()
            assert row is not None
            row.addWidget(self._button)
        self.setAccessibleDescription(" ".join(t for t in (second, code) if t))

    @property
    def action(self) -> Action | None:
        """What is offered as the next step."""
        return self._button.action if self._button is not None else None

    def code(self) -> str:
        """The small code shown."""
        return self._code.text()
