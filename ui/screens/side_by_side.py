"""Two captures side by side, and blinking between them in one place: the eye sees at once what differs."""

from __future__ import annotations

from station.desks.pairs import Choice, Pair, PairDesk
from ui.qt import QHBoxLayout, QTimer, QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card
from ui.widgets.heads import Head
from ui.widgets.picture import PicturePane
from ui.widgets.rows import Row, RowList

BLINK_MS = 700
"""Slow: under three changes a second nobody is harmed by flashing."""


class SideBySideScreen(Screen):
    """Are these two the same finger?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.desk: PairDesk | None = None
        self.choices: tuple[Choice, ...] = ()
        self.pair: Pair | None = None
        self.came_from = ("supervisor", "")
        """Where Back leads; whoever opens this page from elsewhere says so, for one visit."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._head = Head(self.texts("ui.pair.title"), self.texts.pair("ui.pair.question"))
        column.addWidget(self._head)
        row = self.columns = QHBoxLayout()
        row.setSpacing(12)
        left, box = card()
        box.setContentsMargins(1, 1, 1, 1)
        self.rows = RowList(self.texts("ui.pair.title"))
        self.rows.picked.connect(lambda _: self._load())
        box.addWidget(self.rows)
        row.addWidget(left, 3)
        middle = QVBoxLayout()
        pictures, pictures_box = card()
        both = QHBoxLayout()
        self._left = PicturePane(self.texts("ui.side.left-short"))
        self._right = PicturePane(self.texts("ui.side.right-short"))
        self._blink = PicturePane(self.texts("ui.action.blink"))
        for pane in (self._left, self._right, self._blink):
            both.addWidget(pane, 1)
        pictures_box.addLayout(both, 1)
        self._aligned = StateChip(State.IDLE, "")
        pictures_box.addWidget(self._aligned)
        middle.addWidget(pictures, 1)
        self.banner = Banner()
        middle.addWidget(self.banner)
        row.addLayout(middle, 10)
        column.addLayout(row, 1)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._flip)
        self._second = False

    def enter(self, dossier: str = "") -> None:
        """Show the pairs of a dossier; those of the same hand first."""
        super().enter(dossier)
        if self.desk is None:
            self.desk = PairDesk(self.station)
        desk = self.desk
        self.pair = None
        self.rows.setFocus()
        self.ask(lambda: desk.choices(dossier), self._show)

    def leave(self) -> None:
        """Stop blinking."""
        super().leave()
        self._timer.stop()
        self.came_from = ("supervisor", "")

    def _show(self, choices: tuple[Choice, ...]) -> None:
        self.choices = choices
        self.rows.show_rows([Row(self.texts.of(c.words), (), State.IDLE) for c in choices], 0)
        if not choices:
            for pane in (self._left, self._right, self._blink):
                pane.show_picture(None, empty=self.texts("ui.pair.none"))
            self._aligned.hide()
            self.banner.say(State.IDLE, self.texts("ui.pair.none"), self.texts.second("ui.pair.none"))
            self.shell.refresh_actions()
            return
        self._load()

    def _load(self) -> None:
        index, desk, dossier = self.rows.currentRow(), self.desk, self.dossier
        if desk is None or not 0 <= index < len(self.choices):
            return
        choice = self.choices[index]
        self.ask(lambda: desk.pair(dossier, choice.left, choice.right), self._show_pair)

    def _show_pair(self, pair: Pair | None) -> None:
        self.pair = pair
        self._timer.stop()
        if pair is None:
            self.banner.say(State.IDLE, self.texts("ui.pair.none"), self.texts.second("ui.pair.none"))
            return
        self._left.show_picture(pair.left, self.texts.of(pair.left_words))
        self._right.show_picture(pair.right, self.texts.of(pair.right_words))
        self._second = False
        self._blink.show_picture(pair.left, self.texts("ui.pair.blink-place"))
        self._aligned.show()
        self._aligned.set(
            State.GOOD if pair.aligned else State.IDLE, self.texts("ui.pair.aligned" if pair.aligned else "ui.pair.unaligned")
        )
        self.banner.say(State(pair.tone.value), self.texts.of(pair.verdict), self.texts.second_of(pair.verdict))
        self.shell.refresh_actions()

    def offers(self) -> list[Action]:
        """Blink, swap by hand, the next pair."""
        there = self.pair is not None
        blinking = self._timer.isActive()
        return [
            self.act("back", "ui.action.back", "Shift+F12", lambda: self.shell.go(*self.came_from)),
            self.act(
                "blink", "ui.action.blink-stop" if blinking else "ui.action.blink", "F6", self._toggle, enabled=there, icon="eye"
            ),
            self.act("swap", "ui.action.swap", "F4", self._flip, enabled=there, icon="swap"),
            self.act("next", "ui.action.next-pair", "F12", self._next, enabled=len(self.choices) > 1, primary=True, icon="next"),
        ]

    def _toggle(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
        else:
            self._timer.start(BLINK_MS)
        self.shell.refresh_actions()

    def _flip(self) -> None:
        if self.pair is None:
            return
        self._second = not self._second
        pixels = self.pair.right if self._second else self.pair.left
        words = self.texts.of(self.pair.right_words if self._second else self.pair.left_words)
        self._blink.show_picture(
            pixels, self.texts("ui.pair.blinking", name=words), state=State.LIVE if self._second else State.IDLE
        )

    def _next(self) -> None:
        if self.choices:
            self.rows.setCurrentRow((self.rows.currentRow() + 1) % len(self.choices))

    def restyle(self) -> None:
        """Measure the rows anew."""
        self.rows.relayout()
