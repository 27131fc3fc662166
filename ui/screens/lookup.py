"""S2: look-up and compare."""

from __future__ import annotations

from station.views.lookup import LookupView
from ui.qt import QColor, QTableWidget, QTableWidgetItem, QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.texts import field_value
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, in_cell, label


class LookupScreen(Screen):
    """Same person, and does the data agree?"""

    stage = "lookup"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._view: LookupView | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(self.texts("ui.lookup.title"), "title"))
        self._banner = Banner()
        column.addWidget(self._banner)
        frame, box = card()
        self._table = QTableWidget(0, 4)
        self._table.setHorizontalHeaderLabels([self.texts(f"ui.col.{c}") for c in ("field", "register", "declared", "result")])
        self._table.verticalHeader().hide()
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setShowGrid(False)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.setAccessibleName(self.texts("ui.lookup.title"))
        box.addWidget(self._table)
        column.addWidget(frame, 1)

    def enter(self, dossier: str = "") -> None:
        """Show the comparison; the focus starts at the first difference."""
        super().enter(dossier)
        counter = self.counter
        self.jobs.submit(lambda: counter.lookup(dossier), self._show, self.shell.show_trouble)

    def _show(self, view: LookupView) -> None:
        self._view = view
        self._table.setRowCount(len(view.rows))
        for index, row in enumerate(view.rows):
            for column, text in enumerate(
                (self.texts(f"ui.field.{row.name}"), field_value(row.name, row.register), field_value(row.name, row.declared))
            ):
                item = QTableWidgetItem(text or "—")
                if column == 0:
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                if row.state == "blocked" and column > 0:
                    item.setForeground(QColor(Current.theme.palette.states[State.BLOCKED].colour))
                self._table.setItem(index, column, item)
            word = {"good": "ui.state.match", "exception": "ui.state.missing"}.get(row.state, "ui.state.differ")
            self._table.setCellWidget(index, 3, in_cell(StateChip(State(row.state), self.texts(word))))
            self._table.setRowHeight(index, 38)
        for column, width in enumerate((220, 380, 380)):
            self._table.setColumnWidth(column, width)
        if view.blocked:
            self._banner.say(State.BLOCKED, self.texts("ui.lookup.blocked"), ", ".join(view.blocked))
        elif view.branch == "c":
            self._banner.say(State.RETRY, self.texts("ui.lookup.absent"), self.texts.second("ui.lookup.absent"))
        elif view.branch == "unanswered":
            self._banner.say(State.EXCEPTION, self.texts("ui.lookup.unanswered"), self.texts.second("ui.lookup.unanswered"))
        elif view.differing:
            self._banner.say(
                State.RETRY,
                self.texts("ui.lookup.differ", count=view.differing),
                self.texts.second("ui.lookup.differ", count=view.differing),
            )
        else:
            count = sum(r.state == "good" for r in view.rows)
            self._banner.say(
                State.GOOD, self.texts("ui.lookup.agree", count=count), self.texts.second("ui.lookup.agree", count=count)
            )
        first = next((i for i, r in enumerate(view.rows) if r.state in {"blocked", "retry", "live"}), 0)
        self._table.selectRow(first)
        self._table.setFocus()
        self.shell.refresh_actions()

    def offers(self) -> list[Action]:
        """Agree and go on, or leave it."""
        allowed = self._view is not None and not self._view.blocked
        return [
            self.act("pause", "ui.action.pause", "F9", self._pause),
            self.act(
                "agree", "ui.action.agree", "F12", lambda: self.shell.go("capture", self.dossier), enabled=allowed, primary=True
            ),
        ]

    def _pause(self) -> None:
        counter, dossier = self.counter, self.dossier
        self.jobs.submit(lambda: counter.pause(dossier), lambda _: self.shell.go("home"), self.shell.show_trouble)
