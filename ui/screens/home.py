"""S1: the queue of the day. Whom do I call next?"""

from __future__ import annotations

from station.views.pace import spoken
from station.views.today import TicketRow, TodayView
from ui.qt import QHBoxLayout, QResizeEvent, Qt, QTimer, QVBoxLayout, QWidget
from ui.screens.base import Screen
from ui.screens.ticketing import Ticketing
from ui.shell import Shell
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.bar import PaceBar
from ui.widgets.cells import Chip
from ui.widgets.chips import Banner, card, label
from ui.widgets.desks import DeskCards
from ui.widgets.device_panel import DevicePanel
from ui.widgets.reason import ReasonPanel
from ui.widgets.scan_field import ScanField
from ui.widgets.scrolling import Scrolling
from ui.widgets.tables import Table
from ui.widgets.where_card import WhereCard

CALL_REASONS = ("reason.ready-first", "reason.elder-or-ill", "reason.returned", "reason.no-answer")
BACK_REASONS = ("reason.not-here", "reason.fetch-papers", "reason.walked-away")


WIDE = 1230
"""From this width on the table has room for a name and a note in one line."""


class HomeScreen(Screen):
    """Whom do I call next?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.view: TodayView | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._head())
        self._desks = DeskCards(self.texts)
        column.addWidget(self._desks)
        row = self.columns = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._queue(), 1)
        side = Scrolling(self.texts("ui.today.done"))
        side.column.addLayout(self._side())
        side.setMinimumWidth(304)
        row.addWidget(side)
        column.addLayout(row, 1)
        self._acknowledged: int | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._ask)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(self.texts("ui.today.title"), "title"))
        self._day = label("", "caption")
        words.addWidget(self._day)
        row.addLayout(words)
        row.addStretch(1)
        self.scan = ScanField(self.texts("ui.today.scan"), self.texts.key("F2"))
        self.scan.setMinimumWidth(490)
        self.scan.setMinimumHeight(44)
        self.scan.returnPressed.connect(self._typed)
        row.addWidget(self.scan)
        return row

    def _queue(self) -> QWidget:
        frame, box = card()
        head = QHBoxLayout()
        head.addWidget(label(self.texts("ui.today.waiting"), "strong"))
        self._rule = label("", "caption", wrap=True)
        head.addWidget(self._rule, 1)
        box.addLayout(head)
        headers = [self.texts(f"ui.col.{c}") for c in ("ticket", "name", "born", "kind", "wait", "state", "note")]
        self.table = Table(headers, (56, 190, 78, 104, 94, 200, 150), self.texts("ui.today.waiting"), stretch=(1,))
        self.table.currentCellChanged.connect(lambda *_: self.shell.refresh_actions() if self.view is not None else None)
        box.addWidget(self.table, 1)
        self._coach = Banner(small=True)
        box.addWidget(self._coach)
        self.reason = ReasonPanel(self.texts)
        box.addWidget(self.reason)
        box.addStretch(0)  # takes what is left only while the table is away
        self.ticketing = Ticketing(self, self.reason, self._make_room, self._shut_reason, self._ask)
        return frame

    def _side(self) -> QVBoxLayout:
        right = QVBoxLayout()
        right.setSpacing(6)
        day, box = card(self.texts("ui.today.done"), small=True)
        line = self._far = QHBoxLayout()
        self._done = label("", "hero")
        self._target = label("", "soft-title")
        self._work = label("", "caption", wrap=True)
        self._work.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._done)
        line.addWidget(self._target)
        line.addWidget(self._work, 1)
        box.addLayout(line)
        self._bar = PaceBar()
        box.addWidget(self._bar)
        self._due, self._forecast = (label("", "caption", wrap=True) for _ in range(2))
        for words in (self._due, self._forecast):
            box.addWidget(words)
        right.addWidget(day)
        self._devices = DevicePanel(self.texts)
        right.addWidget(self._devices)
        self._where = WhereCard(self.texts)
        right.addWidget(self._where)
        right.addStretch(1)
        day.setMinimumWidth(286)
        return right

    # --- asking and showing --------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Show the day; it is asked for again every two seconds."""
        super().enter(dossier)
        self.view, self.ticketing.asking = None, False
        self.reason.shut()
        self._room_again()
        self._for_size()
        self.table.setFocus()
        self._ask()
        self._timer.start(2000)

    def leave(self) -> None:
        """Stop asking."""
        super().leave()
        self._timer.stop()

    def _make_room(self) -> None:
        """A reason is asked: what is not needed for it goes."""
        self._coach.hide()
        self._desks.hide()
        self.table.setMaximumHeight(120)
        self.table.setHidden(self.shell.large)  # in large type the reasons need its room

    def _room_again(self) -> None:
        self._desks.show()
        self.table.show()
        if self.view is not None:
            self._say(self.view)
        self.table.setMaximumHeight(16_777_215)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a narrow window the note gives its width to the name."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        large = self.shell.large
        self.table.setColumnWidth(6, 200 if large else 150 if self.width() >= WIDE else 104)

    def restyle(self) -> None:
        """Rows have another height; in large type the year of birth, the kind and the devices go first."""
        self._for_size()
        if self.reason.isVisible():
            self._make_room()
        self.table.forget()
        self.view = None
        self._ask()

    def _for_size(self) -> None:
        large = self.shell.large
        for column in (2, 3):
            self.table.setColumnHidden(column, large)
        self._devices.setHidden(large)
        self._where.for_size(large=large)
        self.scan.setMinimumWidth(max(640, round(455 * Current.theme.growth)) if large else 490)
        down, across = QHBoxLayout.Direction.TopToBottom, QHBoxLayout.Direction.LeftToRight
        self._far.setDirection(down if large else across)  # what stands beside one another is wider than the column
        self._work.setAlignment(
            (Qt.AlignmentFlag.AlignLeft if large else Qt.AlignmentFlag.AlignRight) | Qt.AlignmentFlag.AlignVCenter
        )

    def _ask(self) -> None:
        if self.jobs.pending < 3:  # a slow moment piles no questions up
            self.ask(self.counter.today, self._show, what="" if self.view is not None else "ui.wait.work")

    def _show(self, view: TodayView) -> None:
        if view == self.view:
            return
        first = self.view is None
        self.view = view
        self._desks.show_desks(view.desks)
        self.table.show_rows([r.key for r in view.rows], view.rows, lambda i: self._cells(view.rows[i]))
        self._share_width()
        if first or not self.table.chosen:
            self.table.choose(view.following)
        waiting = sum(r.place == "waiting" for r in view.rows)
        self._rule.setText(self.texts("ui.today.rule", count=waiting))
        self._say(view)
        self._done.setText(str(view.finished))
        self._target.setText(self.texts("ui.today.target", target=view.target))
        self._show_pace(view)
        self._where.show_counts(view.counts, view.total)
        acknowledged = view.counts.get("acknowledged", 0)
        if self.shell.demo and self._acknowledged is not None and acknowledged > self._acknowledged:
            self.shell.say(State.GOOD, self.texts("ui.today.demo-acknowledged"), self.texts.second("ui.today.demo-acknowledged"))
        self._acknowledged = acknowledged
        self._devices.show_devices(view.devices, screen=self.shell.second.shown, large=self.shell.large)
        self.shell.show_line(view.unsent, view.line)
        self.shell.rail.set_count("sending", view.unsent)
        self.shell.rail.set_count("defects", view.refused)
        self.shell.refresh_actions()
        self.shell.refresh_tabs()

    def _show_pace(self, view: TodayView) -> None:
        """How far the day is, what is due by now, where it ends at the present pace."""
        pace, texts = view.pace, self.texts
        self._bar.show_share(view.finished / max(1, view.target), pace.share)
        self._due.setText(texts("ui.today.due", due=f"<b>{pace.due}</b>"))
        self._forecast.setText(
            texts("ui.today.no-forecast")
            if pace.forecast is None
            else texts("ui.today.forecast", end=pace.end, forecast=f"<b>{pace.forecast}</b>")
        )
        self._work.setText(texts("ui.today.work", seconds=f"<b>{spoken(view.work_s)}</b>"))
        self._work.setText(self._work.text() if view.work_s else "")
        weekday = texts(f"ui.weekday.{view.day.isoweekday()}")
        self._day.setText(texts("ui.today.day", weekday=weekday, date=f"{view.day:%d/%m/%Y}", begin=pace.begin, end=pace.end))

    def _cells(self, row: TicketRow) -> tuple[object, ...]:
        minutes = self.texts("ui.minutes", minutes=int(row.wait_s // 60))
        wait: object = minutes if row.place in {"waiting", "open", "paused", "slip"} else ""
        if row.place == "waiting" and row.wait_s > 900:
            wait = Chip(State.RETRY, minutes)
        kind = self.texts(f"ui.kind.{row.kind}") if row.kind else ""
        note = ""
        if row.note is not None:
            note = self.texts(
                row.note.code, **{k: self.texts(str(v)) if str(v).startswith("ui.") else v for k, v in row.note.values.items()}
            )
        chip = Chip(State(row.tone.value), self.texts(row.word.code, **row.word.values))
        return ((row.ticket, True), (row.name, True), row.born, kind, wait, chip, note)

    def _aside(self, code: str, **values: object) -> str:
        """The second language, while the rows of the queue do not need its room."""
        return self.texts.second(code, **values) if Current.theme.growth < 1.5 else ""

    def _say(self, view: TodayView) -> None:
        if self.reason.isVisible():
            return  # one thing at a time: the reason has the room
        first = self._row(view.following)
        if view.clock is not None:
            self._coach.say(State(view.clock.tone.value), self.texts.of(view.clock.words), self.texts.of(view.clock.note))
        elif view.advice is not None:
            self._coach.say(
                State.RETRY,
                self.texts(view.advice.code, **view.advice.values),
                self._aside(view.advice.code, **view.advice.values),
            )
        elif first is None:
            self._coach.say(State.IDLE, self.texts("ui.today.empty"), self._aside("ui.today.empty"))
        elif first.place == "slip":
            self._coach.say(State.LIVE, self.texts("ui.today.slip-left"), self._aside("ui.today.slip-left"))
        elif first.place == "open":
            self._coach.say(State.LIVE, self.texts("ui.today.resume"), self._aside("ui.today.resume"))
        elif view.coach:
            self._coach.say(
                State.LIVE,
                self.texts("ui.today.coach", ticket=first.ticket),
                self._aside("ui.today.coach", ticket=first.ticket),
            )
        else:
            self._coach.hide()
            return
        self._coach.show()

    # --- intents ------------------------------------------------------------------------------------------------------------

    def _row(self, key: str) -> TicketRow | None:
        rows = self.view.rows if self.view is not None else ()
        return next((r for r in rows if r.key == key), None)

    def offers(self) -> list[Action]:
        """Call the next, call another with a reason, put back; while a reason is asked, only that."""
        if self.reason.isVisible():
            return [self.act("cancel", "ui.action.back", "Esc", self._shut_reason, icon="back"),
                    self.act("reason", "ui.action.issue-ticket" if self.ticketing.asking else "ui.action.take-reason", "F12", self.reason.take, primary=True)]  # fmt: skip
        following = self.view.following if self.view is not None else ""
        first, chosen = self._row(following), self._row(self.table.chosen)
        code = "ui.action.resume" if first is not None and first.resumable else "ui.action.call"
        if first is not None and not first.ticket:
            code = "ui.action.resume-person"
        actions = []
        if chosen is not None and chosen is not first and not chosen.finished:
            other = (
                "ui.action.call-other"
                if not chosen.resumable
                else "ui.action.resume-other"
                if chosen.ticket
                else "ui.action.resume-person"
            )
            actions.append(self.act("other", other, "Enter", self._other, icon="person", ticket=chosen.ticket, person=_short(chosen.name)))  # fmt: skip
        if chosen is not None and chosen.open:
            actions.append(self.act("back", "ui.action.put-back", "Del", self._back, icon="pause"))
        if self.view is not None and self.view.clock is not None and self.view.clock.stops:
            actions.append(
                self.act("clock", "ui.action.supervisor", "F8", lambda: self.shell.call_supervisor("clock"), icon="person")
            )
        actions.append(self.act("find", "ui.action.find", "F2", self.scan.setFocus, icon="barcode"))
        actions.append(self.act("ticket", "ui.action.new-ticket", "F6", self.ticketing.ask, icon="queue"))
        actions.append(self.act("call", code, "F12", self._next, enabled=first is not None, primary=True, icon="person",
                                ticket=first.ticket if first is not None else "", person=_short(first.name) if first is not None else ""))  # fmt: skip
        return actions

    def _next(self) -> None:
        row = self._row(self.view.following if self.view is not None else "")
        if row is None:
            return
        if row.dossier:
            self._open(row.dossier)
        else:
            self._call(row.ticket, "")

    def key(self, name: str) -> bool:
        """F5 checks the devices: the device room looks for all of them anew."""
        if name != "F5":
            return False
        counter = self.counter
        self.jobs.submit(counter.beside.forget)
        self.shell.go("devices")
        return True

    def digit(self, number: int) -> bool:
        """Choose a reason."""
        return self.reason.isVisible() and self.reason.choose(number)

    def scanned(self, text: str) -> bool:
        """A ticket, a dossier's code or a card's number opens that dossier; while a ticket is asked for, a card tells the age."""
        if not self.ticketing.scanned(text):
            self._find(text)
        return True

    def _typed(self) -> None:
        self._find(self.scan.text())
        self.scan.clear()

    def _find(self, text: str) -> None:
        counter, number = self.counter, text.partition("|")[0]

        def found(answer: tuple[str, str]) -> None:
            dossier, named = answer
            rows = self.view.rows if self.view is not None else ()
            ticket = next((r.ticket for r in rows if r.ticket == named and not r.open), "")
            if ticket or not dossier:
                self.table.choose(ticket)
                self.table.setFocus()
                self.shell.say(
                    State.IDLE,
                    self.texts("ui.today.found" if ticket else "ui.today.not-here", number=(ticket or number.strip())[:24]),
                )
            else:
                self._open(dossier)

        self.ask(lambda: (counter.find_here(number), counter.ticket_of(number)), found)

    def _shut_reason(self) -> None:
        self.ticketing.asking = False
        self.reason.shut()
        self._room_again()
        self.table.setFocus()
        self.shell.refresh_actions()

    def _other(self) -> None:
        row = self._row(self.table.chosen)
        if row is None:
            return
        if row.resumable:
            self._open(row.dossier)
            return
        self._make_room()
        self.reason.ask(
            self.texts("ui.today.why-other", ticket=row.ticket), CALL_REASONS, lambda _, words: self._call(row.ticket, words)
        )
        self.shell.refresh_actions()

    def _back(self) -> None:
        row = self._row(self.table.chosen)
        if row is None or not row.open:
            return
        counter, dossier = self.counter, row.dossier

        def taken(code: str, words: str) -> None:
            job = counter.queue.walk_away if code == "reason.walked-away" else counter.queue.put_back
            self._room_again()
            self.table.setFocus()
            self.ask(lambda: job(dossier, words), lambda _: self._ask())

        self._make_room()
        self.reason.ask(self.texts("ui.today.why-back", ticket=row.ticket), BACK_REASONS, taken)
        self.shell.refresh_actions()

    def _call(self, ticket: str, reason: str) -> None:
        counter = self.counter
        self._timer.stop()
        self.ask(lambda: _opened(counter.call(ticket, reason), counter), self._opened, self._refused_call, "ui.wait.call")

    def _open(self, dossier: str) -> None:
        counter = self.counter
        self._timer.stop()
        self.ask(lambda: _opened(counter.queue.resume(dossier).id, counter), self._opened, self._refused_call)

    def _opened(self, found: tuple[str, str]) -> None:
        self.shell.go(found[1], found[0])

    def _refused_call(self, error: BaseException) -> None:
        self._timer.start(2000)
        self.shell.show_trouble(error)


def _short(name: str) -> str:
    """The last two words of a name: enough for a button, where there is no ticket's number."""
    return " ".join(name.split()[-2:])


def _opened(dossier: str, counter: object) -> tuple[str, str]:
    from station.counter import Counter
    from ui.screens.table import screen_of

    assert isinstance(counter, Counter)
    return dossier, screen_of(counter.stage(dossier))
