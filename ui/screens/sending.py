"""S11: queue and sending, in words that are set only from proof."""

from __future__ import annotations

from datetime import datetime

from station.desks.sending import Carried, Retried
from station.views.keeping import KeepingView
from station.views.sending import HistoryRow, PackageRow, SendingView, found_row, waiting
from station.views.ticks import Ticks
from ui.qt import QHBoxLayout, QLineEdit, Qt, QTimer, QVBoxLayout, QWidget
from ui.screens.base import Screen
from ui.shell import Shell
from ui.texts import format_bytes
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.cells import Chip
from ui.widgets.chips import Banner, card, label
from ui.widgets.keeping import KeepingPanel
from ui.widgets.pictures import Picture
from ui.widgets.sending import CountCards, FilterBar, HistoryPanel, StickPanel
from ui.widgets.ticking import Bytes, Tick, TickTable

FILTERS = ("all", "here", "sent", "refused", "late")
FIGURES = (3, 4, 5)
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
        self.ticks = Ticks()
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
        head.setSpacing(6)
        head.addWidget(Picture("clock", 16, "text2"), 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._clock)
        head.addSpacing(12)
        head.addWidget(Picture("disk", 16, "text2"), 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._disk)
        column.addLayout(head)
        self._cards = CountCards(self.texts)
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
        self.table = TickTable(headers, (176, 200, 92, 76, 84, 144), self.texts("ui.queue.title"), stretch=(1, 6), right=(3, 4),
                               tick_all=self.texts("ui.queue.tick-all"))  # fmt: skip
        self.table.ticked.connect(self._tick)
        self.table.all_ticked.connect(self._tick_all)
        box.addWidget(self.table)
        foot = QHBoxLayout()
        self._purge = label("", "caption", wrap=True)
        self._ticked = label("", "caption")
        foot.addWidget(self._purge, 1)
        foot.addWidget(self._ticked)
        box.addLayout(foot)
        middle.addWidget(frame, 1)
        self.stick = StickPanel(self.texts)
        self.stick.hide()
        middle.addWidget(self.stick)
        self.past = HistoryPanel(self.texts)
        self.past.hide()
        middle.addWidget(self.past)
        self.kept = KeepingPanel(self.texts)
        self.kept.hide()
        middle.addWidget(self.kept)
        column.addLayout(middle, 1)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._ask)

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
        self._beside(next((p for p in (self.stick, self.past, self.kept) if p.isVisible()), None))
        self.finder.setMinimumWidth(320 if Current.theme.large else 240)
        self._cards.restyle()
        self._ask()

    def _ask(self) -> None:
        if self.jobs.pending < 3:
            self.ask(self.counter.sending, self._show, what="" if self.view is not None else "ui.wait.work")

    def _show(self, view: SendingView) -> None:
        if view == self.view:
            return
        self.view = view
        self.ticks = self.ticks.kept([r.package_id for r in view.rows])
        self._cards.show_counts(view.counts, view.sizes)
        self._show_rows(view)
        self._show_facts(view)
        second = self.texts.second_of(view.main)
        note = ". ".join(self.texts.of(w).rstrip(".") for w in view.note)
        self._banner.say(State(view.tone.value), self.texts.of(view.main), note or second)
        self.shell.show_line(view.unsent, view.line)
        self.shell.rail.set_count("sending", view.unsent)
        self.shell.refresh_actions()

    def _show_facts(self, view: SendingView) -> None:
        ahead = view.facts.ahead_s
        if ahead is None:
            self._clock.setText(self.texts("ui.queue.clock-untold"))
        else:
            self._clock.setText(self.texts("ui.queue.clock", seconds=f"{abs(ahead):.1f}".replace(".", ",")))
        self._disk.setText(self.texts("ui.queue.disk", free=round(view.facts.free_bytes / 1e9)))
        overdue = view.facts.overdue
        words = self.texts("ui.queue.purge", days=view.facts.keep_days)
        if overdue.count:  # what must not be overlooked stands first
            words = self.texts("ui.queue.overdue", count=overdue.counts[overdue.days], days=overdue.days) + " " + words
        self._purge.setText(words)

    def _show_rows(self, view: SendingView) -> None:
        counts = [len([r for r in view.rows if self._shows(name, r)]) for name in FILTERS]
        self.filters.show_counts(counts, FILTERS.index(self.filter))
        rows = [r for r in view.rows if self._shows(self.filter, r)]
        shown = [r.package_id for r in rows]
        boxes = [self._box(r) for r in rows]
        self.table.show_ticked(shown, [(r, bool(view.error)) for r in rows], lambda i: self._cells(rows[i]), boxes)
        self.table.show_head(self.ticks.head(shown))
        self._show_ticked(view, shown)

    def _box(self, row: PackageRow) -> Tick:
        on = row.package_id in self.ticks.keys
        words = self.texts("ui.queue.ticked-yes" if on else "ui.queue.ticked-no")
        return Tick(on, f"{self.texts('ui.queue.tick')} {row.number}, {row.person}: {words}")

    def _show_ticked(self, view: SendingView, shown: list[str]) -> None:
        """Say how many are ticked, and that some of them are not shown here: they are acted on too."""
        hidden = self.ticks.hidden(shown)
        size = format_bytes(sum(r.size for r in view.rows if r.package_id in self.ticks.keys))
        code = "ui.queue.tick-how" if not self.ticks else "ui.queue.ticked-hidden" if hidden else "ui.queue.ticked"
        words = self.texts(code, count=len(self.ticks), size=size, hidden=hidden)
        if words != self._ticked.text():
            self._ticked.setText(words)
            self.table.setAccessibleDescription(words)
        if self.stick.isVisible():
            self.stick.say_what(waiting(view.rows, self.ticks.keys or None), len(self.ticks))

    def _tick(self, package: str) -> None:
        self._ticks_are(self.ticks.toggled(package))

    def _tick_all(self) -> None:
        if self.view is not None:
            self._ticks_are(self.ticks.all_toggled([r.package_id for r in self.view.rows if self._shows(self.filter, r)]))

    def _ticks_are(self, ticks: Ticks) -> None:
        self.ticks = ticks
        if self.view is not None:
            self._show_rows(self.view)
        self.shell.refresh_actions()

    @staticmethod
    def _shows(name: str, row: PackageRow) -> bool:
        if name == "late":
            return row.late
        wanted = SHOWN[name]
        return wanted is None or (row.state in wanted and row.open)

    def _cells(self, row: PackageRow) -> tuple[object, ...]:
        chip = Chip(CHIP_OF.get(row.state, State.IDLE), self.texts(row.state), icon=ICON_OF.get(row.state, ""))
        partly = row.state == "sealed" and 0 < row.percent < 100
        tone = State.LIVE if row.moving else State.RETRY
        if partly:  # percent only of bytes the peer confirmed; never "sending" while the line is down
            code = "ui.queue.at" if row.moving else "ui.queue.stopped-at"
            chip = Chip(tone, self.texts(code, percent=f"{row.percent:.0f}"), icon="" if row.moving else "pause")
        at = row.sealed_at.astimezone()
        today = at.date() == datetime.now().astimezone().date()
        when = f"{at:%H:%M}" if today else f"{at:%d/%m}"
        tries = str(row.tries) if row.tries else self.texts("ui.queue.new") if row.state == "sealed" else "–"
        said = self.texts.of(row.next)
        stopped = row.open and row.state in {"refused", "held"}
        answer = Bytes(said, row.percent / 100, tone) if partly else (said, True, State.BLOCKED) if stopped else said
        return (row.number, (row.person.upper(), True), when, format_bytes(row.size), tries, chip, answer)

    def offers(self) -> list[Action]:
        """Try now; carry by stick, the history of packages, defects, back. What is ticked is acted on, and on how many stands there."""
        ticked = len(self.ticks)
        of = "-chosen" if ticked else ""
        if self.stick.isVisible():
            count = waiting(self.view.rows, self.ticks.keys or None) if self.view is not None else 0
            return [self.act("cancel", "ui.action.back", "Esc", self._shut, icon="back"),
                    self.act("carry", "ui.action.carry-count" if ticked else "ui.action.carry", "F12", self._carry,
                             enabled=bool(self.stick.folder.text().strip()), primary=True, icon="usb", count=count)]  # fmt: skip
        actions = [self.act("stick", f"ui.action.stick{of}", "F6", self._open_stick, icon="usb", count=ticked),
                   self.act("history", f"ui.action.history{of}", "F7", self._open_history, enabled=bool(self.table.chosen or ticked),
                            icon="queue", count=ticked)]  # fmt: skip
        if self.kept.isVisible():
            return self._keeping_offers()
        actions.insert(0, self.act("keeping", "ui.action.keeping", "F4", self._open_keeping, icon="disk"))
        if self.past.isVisible():
            actions = [self.act("cancel", "ui.action.back", "Esc", self._shut, icon="back")]
        if self.shell.has("defects"):
            actions.append(self.act("defects", "ui.nav.defects", "F3", self._defects, icon="warning"))
        actions.append(self.act("home", "ui.action.next-person", "F9", lambda: self.shell.go("home"), icon="queue"))
        actions.append(
            self.act("send", f"ui.action.send{of or '-now'}", "F12", self._send, primary=True, icon="send", count=ticked)
        )
        return actions

    def _keeping_offers(self) -> list[Action]:
        going = self.kept.view.overdue.going if self.kept.view is not None else 0
        back = self.act("cancel", "ui.action.back", "Esc", self._shut, icon="back", primary=not going)
        if not going:
            return [back]
        return [back, self.act("purge", "ui.action.purge", "F12", self._let_go, primary=True, icon="disk", count=going)]

    def _open_keeping(self) -> None:
        self.ask(self.counter.queue_desk.keeping, self._show_keeping)

    def _show_keeping(self, view: KeepingView) -> None:
        self.kept.show_view(view)
        self._beside(self.kept)
        self.kept.rows.setFocus()
        self.shell.refresh_actions()

    def _let_go(self) -> None:
        self.ask(self.counter.queue_desk.purge, self._gone)

    def _gone(self, count: int) -> None:
        self.shell.say(State.GOOD, self.texts("ui.keep.purged", count=count), self.texts.second("ui.keep.purged", count=count))
        self._open_keeping()

    def _defects(self) -> None:
        chosen = next((r for r in self.view.rows if r.package_id == self.table.chosen), None) if self.view is not None else None
        self.shell.go("defects", chosen.dossier if chosen is not None and chosen.state == "refused" else "")

    def _beside(self, panel: QWidget | None) -> None:
        """Show one panel beside the table, None: none. It needs the room of the finder and of each package's figures, which large type lacks
        at any time (the log has them); in large type the counts give theirs too."""
        for one in (self.stick, self.past, self.kept):
            one.setVisible(one is panel)
        self.finder.setVisible(panel is None)
        cramped = panel is not None and Current.theme.large
        self._cards.setHidden(cramped)
        self._banner.setHidden(cramped and panel is self.stick)
        for column in FIGURES:
            self.table.setColumnHidden(
                column, panel is not None or (Current.theme.large and (column != FIGURES[0] or Current.theme.growth > 1.5))
            )

    def _shut(self) -> None:
        self._beside(None)
        self.table.setFocus()
        self.shell.refresh_actions()

    def _open_stick(self) -> None:
        desk = self.counter.queue_desk
        self._beside(self.stick)
        rows = self.view.rows if self.view is not None else ()
        self.stick.begin(waiting(rows, self.ticks.keys or None), len(self.ticks))
        self.shell.refresh_actions()
        self.ask(desk.sticks, self._sticks)

    def _sticks(self, found: tuple[str, ...]) -> None:
        self.stick.found(found)
        self.shell.refresh_actions()

    def _carry(self) -> None:
        desk, folder, chosen = self.counter.queue_desk, self.stick.folder.text().strip(), self.ticks.keys
        self.ask(lambda: desk.carry(folder, chosen), self._carried)

    def _carried(self, done: Carried) -> None:
        words = done.words()
        if not done.stopped:  # done with: the next key means all again
            self._ticks_are(Ticks())
        self._shut()
        self.shell.say(State.RETRY if done.stopped else State.GOOD, self.texts.of(words), self.texts.second_of(words))
        self._ask()

    def _open_history(self) -> None:
        desk = self.counter.queue_desk
        rows = self.view.rows if self.view is not None else ()
        wanted = self.ticks.keys or {self.table.chosen}
        packages = [r for r in rows if r.package_id in wanted]
        if packages:
            ids = [r.package_id for r in packages]
            self.ask(lambda: desk.history(ids), lambda lines: self._history(packages, lines))

    def _history(self, packages: list[PackageRow], lines: tuple[HistoryRow, ...]) -> None:
        first = f"{packages[0].person.upper()} · {packages[0].number}"
        self.past.show_lines(first if len(packages) == 1 else self.texts("ui.action.history-chosen", count=len(packages)), lines)
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
        if name == "Esc" and any(p.isVisible() for p in (self.stick, self.past, self.kept)):
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
        counter, chosen = self.counter, self.ticks.keys
        self.ask(lambda: counter.send_now(chosen), self._sent)

    def _sent(self, done: Retried) -> None:
        words = done.words()
        if words is not None:
            tone = State.RETRY if not done.joined or done.first < done.chosen else State.LIVE
            self.shell.say(tone, self.texts.of(words), self.texts.second_of(words))
        self._ticks_are(Ticks())
        self._ask()
