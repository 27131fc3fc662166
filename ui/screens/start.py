"""The first 60 seconds: try with the demo kit (focus, F12), or connect real devices. A real station asks for what opens its keys.

While the station opens: a named step.
"""

from __future__ import annotations

from collections.abc import Callable

from ui.qt import QHBoxLayout, QLineEdit, Qt, QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action, ActionButton
from ui.widgets.chips import Banner, label
from ui.widgets.pictures import Picture


class StartScreen(Screen):
    """Two buttons only."""

    framed = False

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.begin_demo: Callable[[], None] | None = None
        self.begin_real: Callable[[], None] | None = None
        self._column = QVBoxLayout(self)
        self._column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.setSpacing(18)
        self._column.addWidget(Picture("finger", 72, "accent"), 0, Qt.AlignmentFlag.AlignHCenter)
        title = label(self.texts("ui.app.title"), "hero")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(title)
        self._words = label(self.texts("ui.start.busy"), "soft-title")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(self._words)
        self._buttons = QHBoxLayout()
        self._buttons.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addLayout(self._buttons)
        self._note = Banner(small=True)
        self._note.setMaximumWidth(760)
        self._note.say(State.IDLE, self.texts("ui.start.safe"), self.texts.second("ui.start.safe"))
        self._column.addWidget(self._note, 0, Qt.AlignmentFlag.AlignHCenter)
        self.choosing = False
        self.open_with: Callable[[str], None] | None = None
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setMaxLength(500)
        self.secret.setFixedWidth(420)
        self.secret.setMinimumHeight(42)
        self.secret.returnPressed.connect(self._unlock)
        self.secret.hide()
        self._column.insertWidget(3, self.secret, 0, Qt.AlignmentFlag.AlignHCenter)

    def ask_secret(self, open_with: Callable[[str], None], *, token: bool = False) -> None:
        """Ask for the passphrase (or the token's PIN) that opens the station's keys; it is forgotten as soon as it is handed on."""
        self.open_with = open_with
        self._note.hide()  # it speaks of the demo; this station has real people
        self._words.setText(self.texts("ui.start.locked"))
        name = self.texts("ui.start.secret.token" if token else "ui.start.secret")
        self.secret.setPlaceholderText(name)
        self.secret.setAccessibleName(name)
        self.secret.show()
        self.secret.setEnabled(True)
        self._draw_buttons()
        self.secret.setFocus()

    def _unlock(self) -> None:
        secret, open_with = self.secret.text(), self.open_with
        self.secret.clear()
        if open_with is None or not secret:
            return
        self.open_with = None
        self.secret.setEnabled(False)
        self.busy()
        open_with(secret)

    def offer(self, demo: Callable[[], None], real: Callable[[], None]) -> None:
        """Offer the two ways in."""
        self.begin_demo, self.begin_real = demo, real
        self.choosing = True
        self._words.setText(self.texts("ui.start.choose"))
        self._draw_buttons()

    def _draw_buttons(self) -> None:
        while self._buttons.count():
            taken = self._buttons.takeAt(0)
            widget = taken.widget() if taken is not None else None
            if widget is not None:
                widget.deleteLater()
        first: ActionButton | None = None
        for action in reversed(self.offers()):
            button = ActionButton(action)
            self._buttons.addWidget(button)
            first = first or button
        if first is not None:
            first.setFocus()

    def offers(self) -> list[Action]:
        """The demo kit is the primary one; a locked station is opened."""
        if self.open_with is not None:
            return [self.act("open", "ui.action.open-station", "F12", self._unlock, primary=True, icon="lock")]
        if not self.choosing or self.begin_demo is None or self.begin_real is None:
            return []
        return [self.act("real", "ui.start.real", "F5", self._real, icon="tool"),
                self.act("demo", "ui.start.demo", "F12", self._demo, primary=True, icon="finger")]  # fmt: skip

    def _demo(self) -> None:
        assert self.begin_demo is not None
        self.busy()
        self.begin_demo()

    def _real(self) -> None:
        assert self.begin_real is not None
        self.busy()
        self.begin_real()

    def busy(self) -> None:
        """The station opens: say so, offer nothing twice."""
        self.choosing = False
        self._words.setText(self.texts("ui.start.busy"))
        for index in range(self._buttons.count()):
            item = self._buttons.itemAt(index)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setEnabled(False)
