"""Shown while the station opens: a named step, never a blank window."""

from __future__ import annotations

from ui.qt import Qt, QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.widgets.chips import label


class StartScreen(Screen):
    """Opening."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        column = QVBoxLayout(self)
        words = label(self.texts("ui.start.busy"), "title")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(words)
