"""S16, the wizard: eight steps from the device's identity to a signed certificate. Corrections are proven by a new capture."""

from __future__ import annotations

from typing import Any

from station.desks.devices import CalibrationDesk
from station.keys import Permission
from station.views.calibration import CalibrationView, RowView
from station.words import Language
from ui.qt import (
    QAbstractItemView,
    QColor,
    QFontMetrics,
    QHBoxLayout,
    QHeaderView,
    QResizeEvent,
    QSizePolicy,
    Qt,
    QTableWidget,
    QTableWidgetItem,
    QTimer,
    QVBoxLayout,
)
from ui.screens.base import Screen
from ui.screens.sign_here import SignHere
from ui.shell import Shell
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.cells import Chip, widest_chip
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.facts import Facts
from ui.widgets.heads import Head
from ui.widgets.mark_pane import CORNERS, MarkPane
from ui.widgets.picture import PicturePane
from ui.widgets.scrolling import Scrolling
from ui.widgets.tables import FLUSH_RIGHT, PAINTED, Cells
from ui.widgets.wizard import MARGIN, MarginDelegate, WizardStrip

COLUMNS = ("test", "value", "limit", "margin", "source", "result")
RIGHT = ("value", "limit")
SIGNING = ("calibration.next.to-sign", "calibration.next.sign")


class CalibrationScreen(Screen):
    """May this device enrol today?"""

    help_topic = "calibration"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.desk: CalibrationDesk | None = None
        self.view: CalibrationView | None = None
        self.working = False
        self._drawn: tuple[RowView, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._head = Head(self.texts("calibration.title.scanner"), self.texts.pair("ui.devices.question"))
        column.addWidget(self._head)
        row = self.columns = QHBoxLayout()
        row.setSpacing(12)
        left = QVBoxLayout()
        frame, strip = card()
        self.strip = WizardStrip(self.texts("calibration.title.scanner"))
        strip.addWidget(self.strip)
        left.addWidget(frame)
        self._strip_box = strip
        frame, table = card()
        table.setContentsMargins(1, 1, 1, 1)
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setHorizontalHeaderLabels([self.texts(f"ui.calibration.{c}") for c in COLUMNS])
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setAccessibleName(self.texts("ui.calibration.test"))
        self.table.setWordWrap(True)
        self.table.horizontalHeader().setStretchLastSection(False)
        self.table.horizontalHeader().setSectionResizeMode(COLUMNS.index("source"), QHeaderView.ResizeMode.Stretch)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for at, name in enumerate(COLUMNS):
            title = self.table.horizontalHeaderItem(at)
            if name in RIGHT and title is not None:
                title.setTextAlignment(FLUSH_RIGHT)
        self.table.setItemDelegate(Cells(self.table))
        self._margin = MarginDelegate(self.table)
        self.table.setItemDelegateForColumn(COLUMNS.index("margin"), self._margin)
        table.addWidget(self.table, 1)
        left.addWidget(frame, 1)
        self._table_card = frame
        self.marking = MarkPane(self.texts)
        self.marking.changed.connect(self._moved)
        self.marking.hide()
        left.addWidget(self.marking, 1)
        self.banner = Banner()
        left.addWidget(self.banner)
        row.addLayout(left, 7)
        right = QVBoxLayout()
        frame, target = card()
        self._target_title = label("", "strong", wrap=True)
        self._picture = PicturePane(self.texts("calibration.title.scanner"), least=(150, 110))
        # The certificate's lines come first.
        self._picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        target.addWidget(self._target_title)
        target.addWidget(self._picture, 1)
        right.addWidget(frame, 3)
        self._right = right
        frame, box = card()
        self._state = StateChip(State.IDLE, "")
        self._facts = Facts(right=True)
        head = QHBoxLayout()
        head.addWidget(label(self.texts("ui.calibration.certificate"), "strong", wrap=True), 1)
        head.addWidget(self._state)
        box.addLayout(head)
        facts = Scrolling(self.texts("ui.calibration.certificate"))
        facts.column.addWidget(self._facts)
        facts.column.addStretch(1)
        box.addWidget(facts, 1)
        right.addWidget(frame, 4)
        self.pin = SignHere(self, self._come, self._cancel, Permission.SERVICE_DEVICES)
        right.addWidget(self.pin)
        row.addLayout(right, 3)
        column.addLayout(row, 1)
        self._row = row
        self._arrange()
        self._watch = QTimer(self)
        self._watch.timeout.connect(self._redraw)

    # --- coming and going ------------------------------------------------------------------------------------------------------

    def begin(self, desk: CalibrationDesk) -> None:
        """Take a new run over; the device room calls this before it goes here."""
        self.desk, self.view, self._drawn, self.working = desk, None, (), False
        self.table.setRowCount(0)

    def enter(self, dossier: str = "") -> None:
        """Show the run; without one there is nothing to calibrate, back to the room."""
        super().enter(dossier)
        self.pin.hide()
        self.table.setFocus()
        if self.desk is None:
            self.banner.say(State.IDLE, self.texts("calibration-no-device"), self.texts.second("calibration-no-device"))
            return
        self._redraw()

    def leave(self) -> None:
        """A run that is left is stopped: the device is free again; what was signed before holds."""
        super().leave()
        self._watch.stop()
        desk, self.desk = self.desk, None
        if desk is not None and self.shell.counter is not None:
            self.jobs.submit(desk.run.stop)

    def _language(self) -> Language:
        return Language.EN if self.texts.setting == "en" else Language.VI

    def _redraw(self) -> None:
        desk = self.desk
        if desk is not None:
            language = self._language()
            self.ask(lambda: (desk.view(language), desk.run.last_picture), self._show)

    def _show(self, answer: tuple[CalibrationView, Any]) -> None:
        view, picture = answer
        self.view = view
        self._head.say(self.texts.of(view.title), view.device)
        self.strip.show_marks([(self.texts.of(m.words), State(m.tone.value)) for m in view.strip])
        self._show_rows(view.rows)
        t = view.target
        self._target_title.setText(
            f"{self.texts.of(t.face)} · {self.texts('ui.calibration.target', taken=t.taken, needed=t.needed)}"
        )
        size = f"{t.size[0]} × {t.size[1]}" if t.size else ""
        self._picture.show_picture(picture, size, empty=self.texts("ui.calibration.no-picture"))
        self._state.set(State(view.certificate_tone.value), self.texts.of(view.certificate_state))
        self._facts.show_pairs([(self.texts.of(x.words), x.value) for x in view.certificate])
        self._show_marking(view, picture)
        if view.problem is not None:
            self.banner.say(State.BLOCKED, self.texts.of(view.problem), self.texts.second_of(view.problem))
        else:
            second = self.texts("ui.calibration.busy") if view.busy else self.texts.second_of(view.banner)
            self.banner.say(State(view.banner_tone.value), self.texts.of(view.banner), second)
        if view.target.mark and view.problem is None:
            self._moved()
        self.shell.refresh_actions()

    def _show_marking(self, view: CalibrationView, picture: Any) -> None:
        """While corners are to be marked the picture has the table's place, large; keys are for the cross."""
        wanted = view.target.mark and picture is not None
        if wanted:
            self.marking.begin(picture)
        elif self.marking.isVisible():
            self.marking.end()
            self.table.setFocus()
        began = wanted and not self.marking.isVisible()
        self.marking.setVisible(wanted)
        self._table_card.setVisible(not wanted)
        if began and not self.pin.isVisible():
            self.marking.setFocus()

    def _moved(self) -> None:
        self.banner.say(
            State.GOOD if self.marking.complete else State.LIVE, self.marking.words(), self.texts("calibration.mark-keys")
        )
        self.shell.refresh_actions()

    def _show_rows(self, rows: tuple[RowView, ...]) -> None:
        if rows == self._drawn:
            return
        self._drawn = rows
        theme = Current.theme
        self.table.setRowCount(len(rows))
        for index, row in enumerate(rows):
            texts = (self.texts.of(row.words), f"{row.value} {row.unit}".strip(), row.limit, "",
                     f"{row.source} · {self.texts.of(row.verified)}".strip(" ·"))  # fmt: skip
            failed = row.tone.value == "blocked"
            verdict = Chip(State(row.tone.value), self.texts.of(row.verdict))
            for at, text in enumerate((*texts, "")):
                item = QTableWidgetItem(text)
                if COLUMNS[at] in RIGHT:
                    item.setTextAlignment(FLUSH_RIGHT)
                if COLUMNS[at] == "source":
                    item.setFont(theme.font(theme.scale.caption))
                    item.setForeground(QColor(theme.palette.text2))
                elif failed or COLUMNS[at] == "value":
                    item.setFont(theme.font(theme.scale.body, 600))
                if COLUMNS[at] == "margin":
                    item.setData(MARGIN, row)
                elif COLUMNS[at] == "result":
                    item.setData(PAINTED, verdict)
                    item.setData(Qt.ItemDataRole.AccessibleTextRole, verdict.spoken)
                if failed:
                    item.setBackground(theme.ground(State.BLOCKED))
                self.table.setItem(index, at, item)
        self._size_table()
        worst = next((i for i, r in enumerate(rows) if r.tone.value == "blocked"), 0)
        first = self.table.item(worst, 0)
        if first is not None:
            self.table.selectRow(worst)
            self.table.scrollToItem(first, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _size_table(self) -> None:
        theme, header = Current.theme, self.table.horizontalHeader()
        bold = QFontMetrics(theme.font(theme.scale.body, 600))
        widths = [header.sectionSizeHint(at) for at in range(len(COLUMNS))]
        for row in self._drawn:
            for name, text in (("value", f"{row.value} {row.unit}"), ("limit", row.limit)):
                at = COLUMNS.index(name)
                widths[at] = max(widths[at], bold.horizontalAdvance(text) + 26)
        widths[5] = widest_chip(self.texts.of(r.verdict) for r in self._drawn) + 12
        if theme.large:
            widths[COLUMNS.index("margin")] = 0
        left = (self.table.viewport().width() or 760) - sum(widths[1:4]) - widths[5]
        names = [bold.horizontalAdvance(self.texts.of(r.words)) + 30 for r in self._drawn]
        widths[0] = min(max(names, default=0), left * 9 // 20)
        widths[4] = left - widths[0]
        for at, wide in enumerate(widths):
            if COLUMNS[at] != "source":  # takes what is left
                self.table.setColumnWidth(at, wide)
        self.table.verticalHeader().setMinimumSectionSize(max(36, round(Current.theme.scale.body * 2.4)))
        self.table.resizeRowsToContents()

    # --- intents ---------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """The wizard's next step; again, save, report, sign as it is, stop."""
        view = self.view
        if self.pin.isVisible():
            return self.pin.offers()
        if view is None or view.primary is None:
            return [self.act("room", "ui.action.to-devices", "F12", lambda: self.shell.go("devices"), primary=True, icon="tool")]
        runs = {"again": self._again, "save": self._save, "report": self._report, "sign-as-is": self._as_it_is, "skip": self._skip,
                "mark": self._mark, "stop": self._stop}  # fmt: skip
        keys = {"sign-as-is": "F2", "skip": "F3", "mark": "F5"}
        icons = {"save": "folder", "report": "send", "stop": "pause", "mark": "eye", "skip": "next"}
        actions = [self.act(i.id, "calibration.mark-simulated" if i.id == "mark" else i.words.code, i.key or keys[i.id], runs[i.id], enabled=i.enabled, icon=icons.get(i.id, ""), **dict(i.words.values))
                   for i in view.others if i.id in runs and (i.id != "mark" or self.shell.demo)]  # fmt: skip
        if view.primary.words.code in SIGNING:
            actions.append(self.act("technician", "ui.action.technician-here", "F8", self.pin.ask_who, enabled=not view.busy))
        primary = view.primary
        if view.target.mark:
            actions.append(
                self.act(
                    "marked",
                    "calibration.take-marks",
                    "F12",
                    self._marked,
                    enabled=self.marking.complete,
                    primary=True,
                    icon="tool",
                )
            )
            return actions
        actions.append(
            self.act(
                "next",
                primary.words.code,
                "F12",
                self._next,
                enabled=primary.enabled,
                primary=True,
                icon="tool",
                **dict(primary.words.values),
            )
        )
        return actions

    def _work(self, job: Any) -> None:
        """Run something that may take seconds on the scanner's thread, and watch the run meanwhile."""
        counter = self.counter
        if self.working:
            return
        self._watch.start(200)
        self.working = True

        def done(_: object) -> None:
            self.working = False
            self._watch.stop()
            self._redraw()

        def failed(error: BaseException) -> None:
            self.working = False
            self._watch.stop()
            self.shell.show_trouble(error)
            self._redraw()

        entered = self.entered
        self.jobs.follow(counter.on_scanner(job), lambda r: done(r) if entered == self.entered else None,
                         lambda e: failed(e) if entered == self.entered else None)  # fmt: skip

    def _next(self) -> None:
        desk = self.desk
        if desk is not None:
            self.shell.clear_trouble()
            self._work(desk.advance)

    def _again(self) -> None:
        if self.desk is not None:
            self._work(self.desk.run.capture_again)

    def _as_it_is(self) -> None:
        if self.desk is not None:
            self._work(self.desk.run.sign_as_it_is)

    def _skip(self) -> None:
        if self.desk is not None:
            self._work(self.desk.run.skip)

    def _mark(self) -> None:
        if self.desk is not None:
            self._work(self.desk.mark)

    def _marked(self) -> None:
        desk, corners = self.desk, tuple(self.marking.corners)
        if desk is not None and len(corners) == CORNERS:
            self._work(lambda: desk.mark(corners))

    def _save(self) -> None:
        if self.desk is not None:
            self._work(self.desk.save)

    def _report(self) -> None:
        desk = self.desk
        if desk is not None:
            self.ask(desk.report, lambda name: self.banner.say(State.GOOD, self.texts("ui.devices.dumped", name=name)))

    def _stop(self) -> None:
        self.shell.go("devices")

    def _come(self, operator: str, secret: str) -> None:
        desk = self.desk
        if desk is None:
            return

        self.ask(lambda: desk.come(operator, secret), lambda _: self._cancel(), self.pin.refuse)

    def _cancel(self) -> None:
        self.pin.hide()
        self.table.setFocus()
        self._redraw()

    def _arrange(self) -> None:
        """In large type the measured rows need the room: the chain is one line, the picture and the bar of the margin step aside (value and
        limit stand in figures)."""
        large = Current.theme.large
        self._strip_box.setContentsMargins(14, 4 if large else 12, 14, 4 if large else 12)
        self.strip.updateGeometry()
        self._head.question.setVisible(not large)
        self._picture.setVisible(not large)
        self._right.setStretch(0, 0 if large else 3)
        for at, share in enumerate((3, 1) if large else (7, 3)):
            self._row.setStretch(at, share)
        self.table.setColumnHidden(COLUMNS.index("margin"), large)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: the columns share it anew, once it is laid out."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._size_table)

    def restyle(self) -> None:
        """Another theme or type scale: other inks, other row heights."""
        drawn, self._drawn = self._drawn, ()
        self._arrange()
        self._show_rows(drawn)
