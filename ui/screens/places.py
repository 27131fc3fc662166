"""Screens that come with their own issue: an honest place that says so, and guesses nothing."""

from __future__ import annotations

from ui.qt import QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, card, label
from ui.widgets.heads import Head


class LaterScreen(Screen):
    """A place kept for a screen."""

    name = ""
    empty = ""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Head(self.texts(f"ui.later.{self.name}.title")))
        frame, box = card()
        self.banner = Banner()
        self.banner.say(State.IDLE, self.texts(self.empty), self.texts.second(self.empty))
        box.addWidget(self.banner)
        for code in ("ui.later.text", f"ui.later.{self.name}.text"):
            box.addWidget(label(self.texts(code), wrap=True))
            if self.texts.second(code):
                box.addWidget(label(self.texts.second(code), "quiet", wrap=True))
        box.addStretch(1)
        column.addWidget(frame, 1)

    def offers(self) -> list[Action]:
        """Back to work."""
        return [self.act("home", "ui.action.next-person", "F12", lambda: self.shell.go("home"), primary=True, icon="queue")]
