"""S11: queue and sending, in words that are set only from proof."""

from __future__ import annotations

from station.views.sending import SendingView
from ui.qt import QHBoxLayout, QTableWidget, QTableWidgetItem, QTimer, QVBoxLayout
from ui.screens.base import Screen
from ui.screens.home import CHIP_OF
from ui.shell import Shell
from ui.texts import format_bytes
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, in_cell, label

WORDS = ("saved", "sealed", "sent", "acknowledged", "refused")


class SendingScreen(Screen):
    """Where is each dossier really?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(self.texts("ui.queue.title"), "title"))
        column.addWidget(label(self.texts("ui.queue.subtitle"), "caption"))
        row = QHBoxLayout()
        self._counts = {}
        for word in WORDS:
            frame, box = card(self.texts(word))
            number = label("0", "hero")
            box.addWidget(number)
            box.addWidget(label(self.texts(f"ui.queue.{word}.help"), "caption", wrap=True))
            self._counts[word] = number
            row.addWidget(frame, 1)
        column.addLayout(row)
        self._banner = Banner()
        column.addWidget(self._banner)
        frame, box = card()
        self._table = QTableWidget(0, 5)
        self._table.setHorizontalHeaderLabels([self.texts(f"ui.col.{c}") for c in ("dossier", "name", "size", "state", "answer")])
        self._table.verticalHeader().hide()
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setShowGrid(False)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.setAccessibleName(self.texts("ui.queue.title"))
        box.addWidget(self._table)
        column.addWidget(frame, 1)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._ask)
        self.view: SendingView | None = None

    def enter(self, dossier: str = "") -> None:
        """Show the queue; it is asked for again every second."""
        super().enter(dossier)
        self._table.setFocus()
        self._ask()
        self._timer.start(1000)

    def leave(self) -> None:
        """Stop asking."""
        self._timer.stop()

    def _ask(self) -> None:
        self.jobs.submit(self.counter.sending, self._show, self.shell.show_trouble)

    def _show(self, view: SendingView) -> None:
        if view == self.view:
            return
        self.view = view
        for word, number in self._counts.items():
            number.setText(str(view.counts.get(word, 0)))
        self._table.setRowCount(len(view.rows))
        for index, row in enumerate(view.rows):
            answer = (
                row.receipt or ", ".join(self.texts(r) for r in row.reasons) or (f"{row.percent:.0f} %" if row.percent else "")
            )
            for column, text in ((0, row.dossier), (1, row.person.upper()), (2, format_bytes(row.size)), (4, answer)):
                self._table.setItem(index, column, QTableWidgetItem(text))
            self._table.setCellWidget(index, 3, in_cell(StateChip(CHIP_OF.get(row.state, State.IDLE), self.texts(row.state))))
            self._table.setRowHeight(index, 38)
        for column, width in enumerate((230, 280, 100, 180)):
            self._table.setColumnWidth(column, width)
        if view.error:
            self._banner.say(State.RETRY, self.texts("ui.queue.unsent", count=view.unsent), self.texts(view.error))
        elif view.unsent:
            self._banner.say(
                State.LIVE,
                self.texts("ui.queue.unsent", count=view.unsent),
                self.texts.second("ui.queue.unsent", count=view.unsent),
            )
        else:
            self._banner.say(State.GOOD, self.texts("ui.queue.all"), self.texts.second("ui.queue.all"))
        self.shell.show_line(view.unsent, view.error)

    def offers(self) -> list[Action]:
        """Try now, go back."""
        return [
            self.act("back", "ui.action.next-person", "Shift+F12", lambda: self.shell.go("home")),
            self.act("home", "ui.action.back", "F9", lambda: self.shell.go("home")),
            self.act("send", "ui.action.send-now", "F12", self._send, primary=True),
        ]

    def _send(self) -> None:
        self.counter.send_now()
        self._ask()
