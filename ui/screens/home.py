"""S1: the queue of the day."""

from __future__ import annotations

from station.views.today import TodayView
from ui.qt import QGridLayout, QHBoxLayout, Qt, QTableWidget, QTableWidgetItem, QTimer, QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, in_cell, label

WORDS = ("saved", "sealed", "sent", "acknowledged", "refused")
CHIP_OF = {"ui.state.new": State.IDLE, "ui.state.open": State.LIVE, "sealed": State.RETRY, "sent": State.LIVE, "acknowledged": State.GOOD,
           "refused": State.BLOCKED, "held": State.EXCEPTION, "saved": State.IDLE}  # fmt: skip


class HomeScreen(Screen):
    """Whom do I call next?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._view: TodayView | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(self.texts("ui.today.title"), "title"))
        row = QHBoxLayout()
        row.setSpacing(12)
        left, box = card(self.texts("ui.today.waiting"))
        self._coach = Banner()
        box.addWidget(self._coach)
        self._table = QTableWidget(0, 5)
        self._table.setHorizontalHeaderLabels([self.texts(f"ui.col.{c}") for c in ("ticket", "name", "born", "kind", "state")])
        self._table.verticalHeader().hide()
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self._table.setShowGrid(False)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.setAccessibleName(self.texts("ui.today.waiting"))
        box.addWidget(self._table, 1)
        row.addWidget(left, 3)
        right = QVBoxLayout()
        day, day_box = card(self.texts("ui.today.done"))
        self._done = label("", "hero")
        day_box.addWidget(self._done)
        right.addWidget(day)
        devices, self._device_box = card(self.texts("ui.today.devices"))
        right.addWidget(devices)
        where, where_box = card(self.texts("ui.today.where"))
        grid = QGridLayout()
        self._counts = {}
        for index, word in enumerate(WORDS):
            number = label("0", "number")
            number.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            caption = label(self.texts(word), "caption")
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            grid.addWidget(number, 0, index)
            grid.addWidget(caption, 1, index)
            self._counts[word] = number
        where_box.addLayout(grid)
        right.addWidget(where)
        right.addStretch(1)
        row.addLayout(right, 1)
        column.addLayout(row, 1)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._ask)

    def enter(self, dossier: str = "") -> None:
        """Show the day; it is asked for again every two seconds."""
        super().enter(dossier)
        self._table.setFocus()
        self._ask()
        self._timer.start(2000)

    def leave(self) -> None:
        """Stop asking."""
        self._timer.stop()

    def _ask(self) -> None:
        self.jobs.submit(self.counter.today, self._show, self.shell.show_trouble)

    def _show(self, view: TodayView) -> None:
        if view == self._view:
            return
        self._view = view
        selected = self._table.currentRow()
        self._table.setRowCount(len(view.rows))
        for index, ticket in enumerate(view.rows):
            for column, text in enumerate((ticket.ticket, ticket.name, ticket.born, self.texts(f"ui.kind.{ticket.kind}"))):
                item = QTableWidgetItem(text)
                if column <= 1:
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                self._table.setItem(index, column, item)
            word = self.texts(ticket.word) + (f" {ticket.done}/{ticket.total}" if ticket.open and ticket.total else "")
            chip = StateChip(CHIP_OF.get(ticket.word, State.IDLE), word)
            self._table.setCellWidget(index, 4, in_cell(chip))
            self._table.setRowHeight(index, 40)
        for column, width in enumerate((70, 300, 90, 150)):
            self._table.setColumnWidth(column, width)
        self._table.selectRow(max(0, selected))
        first = next((r for r in view.rows if r.ticket == view.next_ticket), None)
        if first is None:
            self._coach.say(State.GOOD, self.texts("ui.today.empty"), self.texts.second("ui.today.empty"))
        elif first.open:
            self._coach.say(State.LIVE, self.texts("ui.today.resume"), self.texts.second("ui.today.resume"))
        else:
            self._coach.say(
                State.IDLE,
                self.texts("ui.today.coach", ticket=first.ticket),
                self.texts.second("ui.today.coach", ticket=first.ticket),
            )
        self._done.setText(f"{view.finished} / {view.target}")
        for word, number in self._counts.items():
            number.setText(str(view.counts.get(word, 0)))
        while self._device_box.count() > 1:
            taken = self._device_box.takeAt(1)
            widget = taken.widget() if taken is not None else None
            if widget is not None:
                widget.deleteLater()
        for device in view.devices:
            source = f" · {self.texts('ui.device.' + device.source)}" if device.source != "device" else ""
            text = self.texts(f"ui.device.{device.what}") + source
            self._device_box.addWidget(
                StateChip(State.GOOD if device.ready else State.BLOCKED, text if device.ready else f"{text}: {device.reason}")
            )
        self.shell.show_line(view.counts.get("sealed", 0) + view.counts.get("sent", 0), "")
        self.shell.refresh_actions()

    def _chosen(self) -> str:
        return self._view.next_ticket if self._view is not None else ""

    def offers(self) -> list[Action]:
        """Call, see the sending."""
        ticket = self._chosen()
        first = next((r for r in self._view.rows if r.ticket == ticket), None) if self._view is not None else None
        code = "ui.action.resume" if first is not None and first.open else "ui.action.call"
        return [
            self.act("sending", "ui.action.sending", "F6", lambda: self.shell.go("sending")),
            self.act("call", code, "F12", self._call, enabled=bool(ticket), primary=True, ticket=ticket),
        ]

    def _call(self) -> None:
        counter, ticket = self.counter, self._chosen()
        self._timer.stop()

        def called(state: object) -> None:
            from station.dossier.state import DossierState

            assert isinstance(state, DossierState)
            began = any(s.attempts or s.accepted for s in state.captures.values())
            if not began and not state.exceptions:
                self.shell.go("lookup", state.id)
            elif not state.captures_complete:
                self.shell.go("capture", state.id)
            else:
                self.shell.go("review", state.id)

        def work() -> object:
            return counter.resume(counter.call(ticket).id)

        self.jobs.submit(work, called, self.shell.show_trouble)
