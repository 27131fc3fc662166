"""The one large instruction of a home visit as it looks: the live print or the still, the words, the officer's boxes, the worst finger's bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ui.qt import QEvent, QHBoxLayout, QObject, Qt, QVBoxLayout, Signal
from ui.theme.tokens import State
from ui.widgets.announcing import Announcer
from ui.widgets.bar import ScoreBar
from ui.widgets.chips import StateIcon, label
from ui.widgets.live_view import LiveView
from ui.widgets.pictures import Picture
from ui.widgets.state_panel import StatePanel
from ui.widgets.ticks import OfficerTicks

if TYPE_CHECKING:
    from ui.screens.base import Screen


NARROW, WIDE = 260, 420
"""The picture beside an instruction, and beside the officer's boxes, px."""


class HomePanel(StatePanel):
    """`ended()` when a capture was stored, stopped, or needs a decision."""

    ended = Signal()

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self.announcer = Announcer(self)
        self._screen = screen
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(17, 11, 17, 11)
        row.setSpacing(18)
        self.view = LiveView()
        self.view.setMinimumSize(180, 160)
        self.view.setMaximumWidth(NARROW)
        self.view.setAccessibleName(screen.texts("ui.hand.finger-taking"))
        if screen.shell.demo:
            self.view.watermark = screen.texts("ui.app.demo")
        self.view.hide()
        row.addWidget(self.view, 2)
        self._sign = Picture("finger", 96, "text2")
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self.view.installEventFilter(self)
        column = QVBoxLayout()
        column.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(8)
        self._icon = StateIcon(State.IDLE, 24)
        self._step = label("", "strong", wrap=True)
        line.addWidget(self._icon)
        line.addWidget(self._step, 1)
        column.addLayout(line)
        self._main = label("", "number", wrap=True)
        self._second = label("", "", wrap=True)
        self.ticks = OfficerTicks(screen.texts)
        self.ticks.hide()
        self.bar = ScoreBar()
        self.bar.hide()
        column.addWidget(self._main)
        column.addWidget(self._second)
        column.addWidget(self.ticks)
        column.addStretch(1)
        column.addWidget(self.bar)
        row.addLayout(column, 5)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A sign stands where no picture is."""
        if watched is self.view and event.type() in {QEvent.Type.ShowToParent, QEvent.Type.HideToParent}:
            self._sign.setVisible(event.type() == QEvent.Type.HideToParent)
        return super().eventFilter(watched, event)

    def text(self) -> str:
        """The large instruction."""
        return self._main.text()

    def say(self, state: State, main: str, second: str = "") -> None:
        """Show one instruction."""
        self.show_state(state)
        self._icon.set_state(state)
        self._main.setText(main)
        self._second.setText(second)
        self._second.setVisible(bool(second))
        self.setAccessibleName(main)
        self.announcer.say(main)

    def ask_ticks(self, names: Sequence[str]) -> None:
        """Show the officer's boxes beside the still, which is large then; the keys are for them."""
        self.ticks.show_ticks(names)
        self.ticks.show()
        self.view.setMaximumWidth(WIDE)
        self.setFocus()

    def shut_ticks(self) -> None:
        """Nothing is asked of the officer's eyes."""
        self.ticks.show_ticks(())
        self.ticks.hide()
        self.view.setMaximumWidth(NARROW)

    def name_step(self, words: str) -> None:
        """Say which capture this is; none: a home is chosen first."""
        self._step.setText(words)
        self._sign.show_name("finger" if words else "house")
