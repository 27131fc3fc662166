"""S11: queue and sending, in words that are set only from proof."""

from __future__ import annotations

from datetime import datetime

from station.desks.sending import Carried
from station.views.sending import HistoryRow, PackageRow, SendingView, found_row
from ui.qt import QFrame, QHBoxLayout, QLineEdit, Qt, QTimer, QVBoxLayout, QWidget
from ui.screens.base import Screen
from ui.shell import Shell
from ui.texts import format_bytes
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.cells import Chip
from ui.widgets.chips import Banner, card, label
from ui.widgets.pictures import Picture
from ui.widgets.sending import FilterBar, HistoryPanel, StickPanel
from ui.widgets.tables import Table

WORDS = (
    ("saved", "disk", State.IDLE),
    ("sealed", "lock", State.RETRY),
    ("sent", "send", State.LIVE),
    ("acknowledged", "double-check", State.GOOD),
)
FILTERS = ("all", "here", "sent", "refused", "late")
FIGURES = (2, 3, 4)
"""When it was sealed, its size, how often it was tried."""
CHIP_OF = {
    "saved": State.IDLE,
    "sealed": State.RETRY,
    "sent": State.LIVE,
    "acknowledged": State.GOOD,
    "refused": State.BLOCKED,
    "held": State.BLOCKED,
}
ICON_OF = {"sealed": "lock", "sent": "send", "acknowledged": "double-check"}
SHOWN = {"all": None, "here": {"saved", "sealed"}, "sent": {"sent"}, "refused": {"refused", "held"}}


class SendingScreen(Screen):
    """Where is each dossier really?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.view: SendingView | None = None
        self.filter = "all"
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(self.texts("ui.queue.title"), "title"))
        words.addWidget(label(self.texts.pair("ui.queue.subtitle"), "caption"))
        head = QHBoxLayout()
        head.addLayout(words)
        head.addStretch(1)
        self._clock, self._disk = label("", "caption"), label("", "caption")
        head.addWidget(self._clock)
        head.addSpacing(12)
        head.addWidget(self._disk)
        column.addLayout(head)
        self._cards = QWidget()
        self._cards.setLayout(self._card_row())
        column.addWidget(self._cards)
        self._banner = Banner(small=True)
        column.addWidget(self._banner)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        frame, box = card()
        self.filters = FilterBar([(name, self.texts(f"ui.filter.{name}")) for name in FILTERS], self.texts("ui.queue.title"))
        self.filters.chosen.connect(lambda index: self.digit(index + 1))
        pick = QHBoxLayout()
        pick.addWidget(self.filters, 1)
        self.finder = QLineEdit()
        self.finder.setAccessibleName(self.texts("ui.queue.find"))
        self.finder.setPlaceholderText(self.texts("ui.queue.find"))
        self.finder.setMaxLength(60)
        self.finder.setMinimumWidth(240)
        self.finder.returnPressed.connect(self._find)
        pick.addWidget(self.finder)
        box.addLayout(pick)
        headers = [self.texts(f"ui.col.{c}") for c in ("dossier", "name", "sealed-at", "size", "tries", "state", "answer")]
        self.table = Table(headers, (188, 200, 108, 84, 92, 164), self.texts("ui.queue.title"), stretch=(1, 6), right=(3, 4))
        box.addWidget(self.table)
        self._purge = label("", "caption", wrap=True)
        box.addWidget(self._purge)
        middle.addWidget(frame, 1)
        self.stick = StickPanel(self.texts)
        self.stick.hide()
        middle.addWidget(self.stick)
        self.past = HistoryPanel(self.texts)
        self.past.hide()
        middle.addWidget(self.past)
        column.addLayout(middle, 1)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._ask)

    def _card_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self._counts = {}
        self._notes = {}
        for word, icon, state in WORDS:
            frame, box = card()
            box.setSpacing(0)
            line = QFrame()
            line.setObjectName(f"bar-{state.value}")
            line.setFixedHeight(4)
            box.setContentsMargins(1, 1, 1, 0)
            box.addWidget(line)
            inner = QVBoxLayout()
            inner.setContentsMargins(14, 8, 14, 10)
            inner.setSpacing(2)
            head = QHBoxLayout()
            head.setSpacing(8)
            head.addWidget(Picture(icon, 20, f"state:{state.value}"))
            head.addWidget(label(self.texts(word), "strong"))
            head.addWidget(label(self.texts.second(word), "caption"))
            head.addStretch(1)
            inner.addLayout(head)
            number, unit = label("0", "hero"), label(self.texts("ui.queue.dossiers"), "caption")
            counted = QHBoxLayout()
            counted.setSpacing(8)
            counted.addWidget(number)
            counted.addWidget(unit, 1, Qt.AlignmentFlag.AlignBottom)
            unit.setContentsMargins(0, 0, 0, 8)
            inner.addLayout(counted)
            note = label(self.texts(f"ui.queue.{word}.help"), "caption", wrap=True)
            inner.addWidget(note)
            box.addLayout(inner, 1)
            self._counts[word], self._notes[word] = (number, unit), note
            row.addWidget(frame, 1)
        return row

    def enter(self, dossier: str = "") -> None:
        """Show the queue; it is asked for again every second."""
        super().enter(dossier)
        self.view = None
        self.table.setFocus()
        self._ask()
        self._timer.start(1000)

    def leave(self) -> None:
        """Stop asking."""
        super().leave()
        self._timer.stop()
        self._beside(None)

    def restyle(self) -> None:
        """Rows have another height."""
        self.table.forget()
        self.view = None
        self._beside(next((p for p in (self.stick, self.past) if p.isVisible()), None))
        self.finder.setMinimumWidth(320 if Current.theme.large else 240)
        for note in self._notes.values():  # large type: the rows need the room
            note.setVisible(not Current.theme.large)
        self._ask()

    def _ask(self) -> None:
        if self.jobs.pending < 3:
            self.ask(self.counter.sending, self._show)

    def _show(self, view: SendingView) -> None:
        if view == self.view:
            return
        self.view = view
        for word, (number, unit) in self._counts.items():
            number.setText(str(view.counts.get(word, 0)))
            size = view.sizes.get(word, 0)
            unit.setText(
                self.texts("ui.queue.dossiers-size", size=format_bytes(size)) if size else self.texts("ui.queue.dossiers")
            )
        self._show_rows(view)
        self._show_facts(view)
        second = self.texts.second_of(view.main)
        note = ". ".join(self.texts.of(w).rstrip(".") for w in view.note)
        self._banner.say(State(view.tone.value), self.texts.of(view.main), note or second)
        self.shell.show_line(view.unsent, view.error)
        self.shell.rail.set_count("sending", view.unsent)
        self.shell.refresh_actions()

    def _show_facts(self, view: SendingView) -> None:
        ahead = view.facts.ahead_s
        if ahead is None:
            self._clock.setText(self.texts("ui.queue.clock-untold"))
        else:
            self._clock.setText(self.texts("ui.queue.clock", seconds=f"{abs(ahead):.1f}".replace(".", ",")))
        self._disk.setText(self.texts("ui.queue.disk", free=round(view.facts.free_bytes / 1e9)))
        self._purge.setText(self.texts("ui.queue.purge", days=view.facts.keep_days))

    def _show_rows(self, view: SendingView) -> None:
        counts = [len([r for r in view.rows if self._shows(name, r)]) for name in FILTERS]
        self.filters.show_counts(counts, FILTERS.index(self.filter))
        rows = [r for r in view.rows if self._shows(self.filter, r)]
        self.table.show_rows([r.package_id for r in rows], rows, lambda i: self._cells(rows[i], view))

    @staticmethod
    def _shows(name: str, row: PackageRow) -> bool:
        if name == "late":
            return row.late
        wanted = SHOWN[name]
        return wanted is None or (row.state in wanted and row.open)

    def _cells(self, row: PackageRow, view: SendingView) -> tuple[object, ...]:
        chip = Chip(CHIP_OF.get(row.state, State.IDLE), self.texts(row.state), icon=ICON_OF.get(row.state, ""))
        if row.state == "sealed" and 0 < row.percent < 100:
            # Percent only of bytes the peer confirmed; never "sending" while the line is down.
            code = "ui.queue.stopped-at" if view.error else "ui.queue.at"
            chip = Chip(State.RETRY if view.error else State.LIVE, self.texts(code, percent=f"{row.percent:.0f}"))
        at = row.sealed_at.astimezone()
        today = at.date() == datetime.now().astimezone().date()
        when = f"{at:%H:%M}" if today else f"{at:%d/%m}"
        tries = str(row.tries) if row.tries else self.texts("ui.queue.new") if row.state == "sealed" else "–"
        said = self.texts.of(row.next)
        stopped = row.open and row.state in {"refused", "held"}
        return (row.number, (row.person.upper(), True), when, format_bytes(row.size), tries, chip,
                (said, True, State.BLOCKED) if stopped else said)  # fmt: skip

    def offers(self) -> list[Action]:
        """Try now; carry by stick, a package's history, defects, back."""
        if self.stick.isVisible():
            return [self.act("cancel", "ui.action.back", "Esc", self._shut, icon="back"),
                    self.act("carry", "ui.action.carry", "F12", self._carry, enabled=bool(self.stick.folder.text().strip()), primary=True,
                             icon="disk")]  # fmt: skip
        actions = [self.act("stick", "ui.action.stick", "F6", self._open_stick, icon="disk"),
                   self.act("history", "ui.action.history", "F7", self._open_history, enabled=bool(self.table.chosen), icon="queue")]  # fmt: skip
        if self.past.isVisible():
            actions = [self.act("cancel", "ui.action.back", "Esc", self._shut, icon="back")]
        if self.shell.has("defects"):
            actions.append(self.act("defects", "ui.nav.defects", "F3", self._defects, icon="warning"))
        actions.append(self.act("home", "ui.action.next-person", "F9", lambda: self.shell.go("home"), icon="queue"))
        actions.append(self.act("send", "ui.action.send-now", "F12", self._send, primary=True, icon="send"))
        return actions

    def _defects(self) -> None:
        chosen = next((r for r in self.view.rows if r.package_id == self.table.chosen), None) if self.view is not None else None
        self.shell.go("defects", chosen.dossier if chosen is not None and chosen.state == "refused" else "")

    def _beside(self, panel: QWidget | None) -> None:
        """Show one panel beside the table, None: none. It needs the finder's room; in large type the counts and the figures of each package
        give theirs too."""
        for one in (self.stick, self.past):
            one.setVisible(one is panel)
        self.finder.setVisible(panel is None)
        cramped = panel is not None and Current.theme.large
        self._cards.setHidden(cramped)
        self._banner.setHidden(cramped and panel is self.stick)
        for column in FIGURES:
            self.table.setColumnHidden(column, cramped)

    def _shut(self) -> None:
        self._beside(None)
        self.table.setFocus()
        self.shell.refresh_actions()

    def _open_stick(self) -> None:
        desk = self.counter.queue_desk
        self._beside(self.stick)
        self.stick.begin()
        self.shell.refresh_actions()
        self.ask(desk.sticks, self._sticks)

    def _sticks(self, found: tuple[str, ...]) -> None:
        self.stick.found(found)
        self.shell.refresh_actions()

    def _carry(self) -> None:
        desk, folder = self.counter.queue_desk, self.stick.folder.text().strip()
        self.ask(lambda: desk.carry(folder), self._carried)

    def _carried(self, done: Carried) -> None:
        words = done.words()
        self._shut()
        self.shell.say(State.RETRY if done.stopped else State.GOOD, self.texts.of(words), self.texts.second_of(words))
        self._ask()

    def _open_history(self) -> None:
        desk, package = self.counter.queue_desk, self.table.chosen
        row = next((r for r in self.view.rows if r.package_id == package), None) if self.view is not None else None
        if row is not None:
            self.ask(lambda: desk.history(package), lambda lines: self._history(row, lines))

    def _history(self, row: PackageRow, lines: tuple[HistoryRow, ...]) -> None:
        self.past.show_lines(f"{row.person.upper()} · {row.number}", lines)
        self._beside(self.past)
        self.shell.refresh_actions()

    def digit(self, number: int) -> bool:
        """Choose which rows are shown."""
        if not 1 <= number <= len(FILTERS):
            return False
        self.filter = FILTERS[number - 1]
        if self.view is not None:
            self._show_rows(self.view)
        return True

    def key(self, name: str) -> bool:
        """Esc shuts a panel; Shift+F12: back."""
        if name == "Esc" and (self.stick.isVisible() or self.past.isVisible()):
            self._shut()
            return True
        if name == "F2":
            self._shut()
            self.finder.setFocus()
            return True
        if name == "Esc" and self.finder.hasFocus():
            self._shut()
            return True
        if name == "Shift+F12":
            self.shell.go("home")
            return True
        return False

    def scanned(self, text: str) -> bool:
        """A scanned slip, ticket or card: go to its newest package."""
        counter = self.counter
        self.finder.setText(text)

        def found(dossier: str) -> None:
            if dossier:
                self.finder.setText(dossier)
            self._find()

        self.ask(lambda: counter.find(text), found)
        return True

    def _find(self) -> None:
        """Choose the newest package whose dossier number or name holds what was typed; the row is shown whatever the filter was."""
        if not self.finder.text().strip() or self.view is None:
            return
        found = found_row(self.view.rows, self.finder.text())
        if found is None:
            self.shell.say(State.RETRY, self.texts("ui.queue.not-found", text=self.finder.text()))
            return
        self.filter = "all"
        self._show_rows(self.view)
        self.table.choose(found.package_id)
        self.table.setFocus()
        self.finder.clear()
        self.shell.refresh_actions()

    def _send(self) -> None:
        self.counter.send_now()
        self._ask()
