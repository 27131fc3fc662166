"""S11: queue and sending, in words that are set only from proof."""

from __future__ import annotations

from station.views.sending import PackageRow, SendingView
from ui.qt import QFrame, QHBoxLayout, QTimer, QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.texts import format_bytes
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.pictures import Picture
from ui.widgets.tables import Table

WORDS = (
    ("saved", "disk", State.IDLE),
    ("sealed", "lock", State.RETRY),
    ("sent", "send", State.LIVE),
    ("acknowledged", "double-check", State.GOOD),
)
FILTERS = ("all", "here", "sent", "refused")
CHIP_OF = {"saved": State.IDLE, "sealed": State.RETRY, "sent": State.LIVE, "acknowledged": State.GOOD, "refused": State.BLOCKED}
SHOWN = {"all": None, "here": {"saved", "sealed"}, "sent": {"sent"}, "refused": {"refused"}}


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
        words.addWidget(
            label(
                " · ".join(t for t in (self.texts("ui.queue.subtitle"), self.texts.second("ui.queue.subtitle")) if t), "caption"
            )
        )
        column.addLayout(words)
        column.addLayout(self._cards())
        self._banner = Banner(small=True)
        column.addWidget(self._banner)
        frame, box = card()
        self._filters = QHBoxLayout()
        self._filter_words = {}
        for number, name in enumerate(FILTERS, 1):
            chip = StateChip(State.IDLE, "")
            self._filters.addWidget(chip)
            self._filter_words[name] = (number, chip)
        self._filters.addStretch(1)
        box.addLayout(self._filters)
        headers = [self.texts(f"ui.col.{c}") for c in ("dossier", "name", "size", "state", "answer")]
        self.table = Table(headers, (210, 260, 90, 190), self.texts("ui.queue.title"), stretch=(1, 4))
        box.addWidget(self.table)
        column.addWidget(frame, 1)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._ask)

    def _cards(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        self._counts = {}
        for word, icon, state in WORDS:
            frame, box = card()
            box.setSpacing(2)
            line = QFrame()
            line.setObjectName(f"bar-{state.value}")
            line.setFixedHeight(4)
            box.setContentsMargins(14, 8, 14, 10)
            box.addWidget(line)
            head = QHBoxLayout()
            head.addWidget(Picture(icon, 20, f"state:{state.value}"))
            head.addWidget(label(self.texts(word), "strong"))
            head.addWidget(label(self.texts.second(word), "caption"))
            head.addStretch(1)
            box.addLayout(head)
            number = label("0", "hero")
            box.addWidget(number)
            box.addWidget(label(self.texts(f"ui.queue.{word}.help"), "caption", wrap=True))
            self._counts[word] = number
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

    def restyle(self) -> None:
        """Rows have another height."""
        self.table.forget()
        self.view = None
        self._ask()

    def _ask(self) -> None:
        if self.jobs.pending < 3:
            self.ask(self.counter.sending, self._show)

    def _show(self, view: SendingView) -> None:
        if view == self.view:
            return
        self.view = view
        for word, number in self._counts.items():
            number.setText(str(view.counts.get(word, 0)))
        self._show_rows(view)
        if view.error:
            self._banner.say(State.RETRY, self.texts("ui.queue.unsent", count=view.unsent), self._next_try(view))
        elif view.unsent:
            self._banner.say(
                State.LIVE,
                self.texts("ui.queue.unsent", count=view.unsent),
                self.texts.second("ui.queue.unsent", count=view.unsent),
            )
        else:
            self._banner.say(State.GOOD, self.texts("ui.queue.all"), self.texts.second("ui.queue.all"))
        self.shell.show_line(view.unsent, view.error)
        self.shell.rail.set_count("sending", view.unsent)
        self.shell.refresh_actions()

    def _next_try(self, view: SendingView) -> str:
        why = self.texts(view.error)
        return f"{why} {self.texts('ui.queue.next-try', seconds=round(view.next_try_s))}" if view.next_try_s > 0 else why

    def _show_rows(self, view: SendingView) -> None:
        for name, (number, chip) in self._filter_words.items():
            wanted = SHOWN[name]
            count = len([r for r in view.rows if wanted is None or r.state in wanted])
            state = State.LIVE if name == self.filter else State.IDLE
            chip.set(state, f"{number}  {self.texts(f'ui.filter.{name}')} {count}")
        wanted = SHOWN[self.filter]
        rows = [r for r in view.rows if wanted is None or r.state in wanted]
        self.table.show_rows([r.package_id for r in rows], rows, lambda i: self._cells(rows[i], view))

    def _cells(self, row: PackageRow, view: SendingView) -> tuple[object, ...]:
        answer = row.receipt or ", ".join(self._reason(r) for r in row.reasons)
        chip = StateChip(CHIP_OF.get(row.state, State.IDLE), self.texts(row.state))
        if row.state == "sealed" and 0 < row.percent < 100:
            # Percent only of bytes the peer confirmed; never "sending" while the line is down.
            code = "ui.queue.stopped-at" if view.error else "ui.queue.at"
            chip = StateChip(State.RETRY if view.error else State.LIVE, self.texts(code, percent=f"{row.percent:.0f}"))
        if not answer:
            answer = self.texts("ui.queue.wait-receipt" if row.state == "sent" else "ui.queue.wait-send")
        number = row.dossier
        shown = f"{number[2:8]}-{number[8:14]}-{number[14:18]}-{number[18:]}" if len(number) == 19 else number
        return (shown, (row.person.upper(), True), format_bytes(row.size), chip, answer)

    def _reason(self, code: str) -> str:
        """Why the centre refused: its sentence, or the field that it names."""
        words, field = self.texts(code), self.texts(f"ui.field.{code}")
        return words if words != code else field if field != f"ui.field.{code}" else code

    def offers(self) -> list[Action]:
        """Try now; defects, back."""
        actions = [self.act("back", "ui.action.next-person", "Shift+F12", lambda: self.shell.go("home"))]
        if self.shell.has("defects"):
            actions.append(self.act("defects", "ui.nav.defects", "F3", lambda: self.shell.go("defects")))
        actions.append(self.act("home", "ui.action.next-person", "F9", lambda: self.shell.go("home"), icon="queue"))
        actions.append(self.act("send", "ui.action.send-now", "F12", self._send, primary=True, icon="send"))
        return actions[1:]

    def digit(self, number: int) -> bool:
        """Choose which rows are shown."""
        if not 1 <= number <= len(FILTERS):
            return False
        self.filter = FILTERS[number - 1]
        if self.view is not None:
            self._show_rows(self.view)
        return True

    def key(self, name: str) -> bool:
        """Shift+F12: back."""
        if name == "Shift+F12":
            self.shell.go("home")
            return True
        return False

    def _send(self) -> None:
        self.counter.send_now()
        self._ask()
