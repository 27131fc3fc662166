"""S16, the device room: one row each, its fault in the row; self-test with a chart; the way to the calibration wizard."""

from __future__ import annotations

from queue import SimpleQueue

import numpy as np
import numpy.typing as npt

from devices.contract import ImagingDevice
from devices.hotplug import HotPlugWatch
from station.desk.scanner_test import code_page, code_pictures
from station.desk.scans import printed_kind
from station.desks.devices import CalibrationDesk, DeviceDesk, SelfTest
from station.dossier.numbers import CodeKind
from station.views.base import Tone
from station.views.devices import DeviceRoomRow, DeviceRoomView, SearchProgress
from ui.frame.commands import save_report
from ui.qt import QHBoxLayout, QVBoxLayout, Signal
from ui.screens.base import Screen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.empty import Empty
from ui.widgets.facts import Facts
from ui.widgets.heads import Head
from ui.widgets.rows import Row, RowList
from ui.widgets.scanner_panel import ScannerPanel
from ui.widgets.scrolling import Scrolling

FINDING = ("cable", "again", "settings", "driver")


class DevicesScreen(Screen):
    """May this device enrol today?"""

    _plugged = Signal()
    _asked_port = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._watch: HotPlugWatch | None = None
        self._plugged.connect(self._search_again)
        self._ports: SimpleQueue[tuple[int, SearchProgress]] = SimpleQueue()
        self._asked_port.connect(self._port)
        self.desk: DeviceDesk | None = None
        self.view: DeviceRoomView | None = None
        self.tested: SelfTest | None = None
        self.busy = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._head = Head(self.texts("ui.devices.title"), self.texts.pair("ui.devices.question"))
        column.addWidget(self._head)
        row = self.columns = QHBoxLayout()
        row.setSpacing(12)
        left, box = card()
        box.setContentsMargins(1, 1, 1, 1)
        self.rows = RowList(self.texts("ui.devices.title"))
        self.rows.picked.connect(lambda _: self._show_device())
        self.rows.when_empty(self.texts("ui.devices.empty-list"))
        box.addWidget(self.rows)
        row.addWidget(left, 4)
        middle, device = card()
        self._name = label("", "title", wrap=True)
        self._chips = QHBoxLayout()
        self._state, self._tag = StateChip(State.IDLE, ""), StateChip(State.EXCEPTION, self.texts("ui.devices.simulated"))
        self._chips.addWidget(self._state)
        self._chips.addWidget(self._tag)
        self._chips.addStretch(1)
        self._facts = Facts()
        device.addWidget(self._name)
        device.addLayout(self._chips)
        self.empty = Empty()
        device.addWidget(self.empty, 1)
        self._about = facts = Scrolling(self.texts("ui.devices.title"))
        facts.column.addWidget(self._facts)
        facts.column.addStretch(1)
        device.addWidget(facts, 1)
        self.banner = Banner()
        device.addWidget(self.banner)
        row.addWidget(middle, 5)
        right, test = card(self.texts("ui.devices.self-test"))
        self._steps = Facts()
        self.untested = Empty()
        test.addWidget(self.untested)
        steps = Scrolling(self.texts("ui.devices.self-test"))
        steps.column.addWidget(self._steps)
        self._chart_place = QVBoxLayout()
        steps.column.addLayout(self._chart_place)
        steps.column.addStretch(1)
        test.addWidget(steps, 1)
        row.addWidget(right, 4)
        self.scanner = ScannerPanel(self.texts)
        row.addWidget(self.scanner, 9)
        self._cards = (middle, right)
        column.addLayout(row, 1)
        self._chart: object | None = None

    def enter(self, dossier: str = "") -> None:
        """Look for devices."""
        super().enter(dossier)
        if self.desk is None:
            self.desk = DeviceDesk(self.station, self.counter)
        self._leave_scanner()
        self._begin_watch(self.desk, self.entered)
        self._search()

    def _begin_watch(self, desk: DeviceDesk, visit: int) -> None:
        """Watch the plugs; the first look reads the machine's folders, so it is not taken on this thread."""

        def began(watch: HotPlugWatch) -> None:
            if self.entered == visit:
                self._watch = watch
            else:
                watch.close()

        self.jobs.submit(lambda: desk.watch(self._plugged.emit), began, self._failed)

    def leave(self) -> None:
        """Stop watching the plugs."""
        super().leave()
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.close()

    def _search_again(self) -> None:
        """Something was plugged in or out: look again, unless that is happening already."""
        if self._watch is not None and not self.busy:
            self._search()

    def _search(self) -> None:
        desk, entered = self.desk, self.entered
        assert desk is not None, "made at the first enter"

        def told(view: DeviceRoomView) -> None:  # on the station's thread
            if view.searching is not None:
                self._ports.put((entered, view.searching))
                self._asked_port.emit()

        self.busy = True
        self._head.say(right=self.texts("ui.devices.searching", port="…", done=0, total="…"))
        self.shell.refresh_actions()

        def found(view: DeviceRoomView) -> None:
            self.busy = False
            bad = view.counts.get("blocked", 0)
            self._head.say(right=self.texts("ui.devices.searched", good=len(view.rows) - bad, bad=bad))
            self._show(view)

        self.ask(lambda: desk.search(told), found, self._failed, "ui.wait.search")

    def _port(self) -> None:
        """One port more was asked."""
        entered, at = self._ports.get()
        if entered == self.entered and self.busy:
            self._head.say(right=self.texts("ui.devices.searching", port=at.port, done=at.done, total=at.total))

    def _failed(self, error: BaseException) -> None:
        self.busy = False
        self.shell.show_trouble(error)
        self.shell.refresh_actions()

    def _show(self, view: DeviceRoomView) -> None:
        self.view = view
        rows = []
        for r in view.rows:
            lines = tuple(t for t in (r.name, " · ".join(x for x in (r.driver, r.serial) if x)) if t)
            rows.append(Row(self.texts.of(r.kind), lines, State(r.tone.value), self._said(r),
                            self.texts("ui.devices.simulated") if r.simulated else ""))  # fmt: skip
        self.rows.show_rows(rows)
        self._show_device()

    def _said(self, row: DeviceRoomRow) -> str:
        """How it stands; of a fault the reason and what to do."""
        words = self.texts.of(row.reason or row.state)
        return f"{words}. {self.texts.of(row.next_step)}" if row.reason and row.next_step and row.tone is Tone.BLOCKED else words

    def _chosen(self) -> DeviceRoomRow | None:
        index = self.rows.currentRow()
        return self.view.rows[index] if self.view is not None and 0 <= index < len(self.view.rows) else None

    def _show_device(self) -> None:
        row = self._chosen()
        for widget in (self._state, self._tag):
            widget.setVisible(row is not None)
        if row is None:
            self._name.hide()
            self._about.hide()
            self.empty.say(self.texts("ui.devices.find"), [self.texts(f"ui.devices.find.{n}") for n in FINDING])
            self._steps.show_pairs([])
            self._draw_chart(None)
            self.untested.say("", [self.texts("ui.devices.untested.none")])
            self.banner.say(State.IDLE, self.texts("ui.devices.empty"), self.texts.second("ui.devices.empty"))
            self.shell.refresh_actions()
            return
        self.empty.say("")
        self._name.show()
        self._about.show()
        state = State(row.tone.value)
        self._name.setText(self.texts.of(row.kind))
        self._state.set(state, self.texts.of(row.state))
        self._tag.setVisible(row.simulated and state is not State.EXCEPTION)  # that state's word says it already
        days = row.certificate_days
        certificate = (
            self.texts("ui.devices.days", days=days)
            if days is not None
            else self.texts(
                "ui.devices.no-certificate" if any(i.id == "calibrate" for i in row.intents) else "ui.devices.not-needed"
            )
        )
        self._facts.show_pairs([
            (self.texts("ui.devices.name"), row.name), (self.texts("ui.devices.driver"), row.driver), (self.texts("ui.devices.serial"), row.serial),
            (self.texts("ui.devices.firmware"), row.firmware), (self.texts("ui.devices.profile"), row.profile),
            (self.texts("ui.devices.certificate"), certificate), (self.texts("ui.devices.can"), ", ".join(self.texts.of(c) for c in row.can)),
        ])  # fmt: skip
        main = self.texts.of(row.next_step or row.reason or row.state)
        second = (
            self.texts.of(row.reason)
            if row.next_step is not None and row.reason is not None
            else self.texts.second_of(row.reason or row.state)
        )
        code = f"  [{row.screen_code}]" if row.screen_code else ""
        self.banner.say(state, main, second + code)
        self._show_test(row)
        self.shell.refresh_actions()

    def _show_test(self, row: DeviceRoomRow) -> None:
        tested = self.tested if self.tested is not None and self.tested.device == row.device_id else None
        pairs = []
        if row.live is not None:
            pairs += [(self.texts("ui.devices.rate"), f"{row.live.frames_per_s:.1f}".replace(".", ",")),
                      (self.texts("ui.devices.dropped"), f"{100 * row.live.dropped:.1f} %".replace(".", ","))]  # fmt: skip
            if row.live.noise is not None:
                pairs.append((self.texts("ui.devices.noise"), f"{row.live.noise:.1f}".replace(".", ",")))
        for step in tested.steps if tested is not None else ():
            if not step.asked.startswith(" "):
                pairs.append((self._asked(step.asked), f"{self.texts(step.code)} · {step.took_s * 1000:.0f} ms"))
        self._steps.show_pairs(pairs)
        if pairs:
            self.untested.say("")
        else:
            can = any(i.id == "self-test" for i in row.intents)
            self.untested.say("", [self.texts(f"ui.devices.untested.{'press' if can else 'cannot'}")])
        self._draw_chart(tested)

    def _asked(self, step: str) -> str:
        words = self.texts(f"ui.selftest.{step}")
        return step if words.startswith("ui.") else words

    def _draw_chart(self, tested: SelfTest | None) -> None:
        """Only a device with a measured live picture brings the plotting library in."""
        from ui.widgets.chart import Chart

        if tested is None or len(tested.rates) < 3:
            if isinstance(self._chart, Chart):
                self._chart.hide()
            return
        if self._chart is None:
            chart = Chart(self.texts("ui.devices.rate"))
            self._chart_place.addWidget(chart)
            self._chart = chart
        assert isinstance(self._chart, Chart)
        self._chart.show()
        self._chart.draw(tested.rates, self.texts("ui.devices.chart", seconds=round(tested.rates[-1][0])))

    # --- intents ---------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """Search, self-test, dump, calibrate."""
        if self.scanner.isVisible():
            return [self.act("leave", "ui.action.back", "Esc", self._leave_scanner, icon="back"),
                    self.act("print", "scanner-test.print", "F12", self._print_codes, primary=True, icon="printer")]  # fmt: skip
        row = self._chosen()
        can = {i.id for i in row.intents} if row is not None else set()
        free = not self.busy
        if row is None:  # nothing to test or calibrate: look again, or say in the settings what there is
            return [self.act("scanner", "scanner-test.title", "F2", self._test_scanner, icon="barcode"),
                    self.act("settings", "ui.nav.settings", "F6", lambda: self.shell.go("settings"), icon="gear"),
                    self.act("search", "ui.action.search", "F12", self._search, enabled=free, primary=True, icon="tool")]  # fmt: skip
        return [
            self.act("search", "ui.action.search", "F5", self._search, enabled=free),
            self.act("test", "ui.action.self-test", "F4", self._test, enabled=free and "self-test" in can, icon="eye"),
            self.act("scanner", "scanner-test.title", "F2", self._test_scanner, icon="barcode"),
            self.act("report", "ui.trouble.report", "F6", lambda: save_report(self.shell), icon="folder"),
            self.act("dump", "ui.action.dump", "F7", self._dump, enabled=free and "dump" in can, icon="folder"),
            self.act(
                "calibrate",
                "ui.action.calibrate",
                "F12",
                self._calibrate,
                enabled=free and "calibrate" in can,
                primary=True,
                icon="tool",
            ),
        ]

    def scanned(self, text: str) -> bool:
        """While the scanner is tested every burst is shown; the test code opens the test."""
        if not self.scanner.isVisible():
            if printed_kind(text) is not CodeKind.TEST:
                return False
            self._test_scanner()
        self.scanner.take(text)
        return True

    def _test_scanner(self) -> None:
        for frame in self._cards:
            frame.hide()
        self.scanner.begin()
        self.ask(code_pictures, self.scanner.show_codes)
        self.shell.refresh_actions()

    def _leave_scanner(self) -> None:
        self.scanner.hide()
        for frame in self._cards:
            frame.show()
        self.rows.setFocus()
        self.shell.refresh_actions()

    def _print_codes(self) -> None:
        from ui.printing import print_pages

        def printed(page: npt.NDArray[np.uint8]) -> None:
            done = print_pages([page])
            words = "ui.paper.done" if done else "ui.paper.no-printer"
            self.shell.say(State.GOOD if done else State.RETRY, self.texts(words), self.texts.second(words))

        self.ask(code_page, printed)

    def key(self, name: str) -> bool:
        """F5 searches also where F12 does."""
        if name == "F5" and not self.busy:
            self._search()
            return True
        return False

    def _test(self) -> None:
        row, desk = self._chosen(), self.desk
        if row is None or desk is None:
            return
        self.busy = True
        self.banner.say(State.LIVE, self.texts("ui.devices.testing"), self.texts.second("ui.devices.testing"))
        self.shell.refresh_actions()

        def tested(answer: tuple[SelfTest, DeviceRoomView]) -> None:
            self.busy = False
            self.tested = answer[0]
            self._show(answer[1])

        self.ask(lambda: (desk.self_test(row.device_id), desk.view()), tested, self._failed)

    def _dump(self) -> None:
        row, desk = self._chosen(), self.desk
        if row is None or desk is None:
            return
        self.busy = True
        self.shell.refresh_actions()

        def dumped(name: str) -> None:
            self.busy = False
            self.banner.say(State.GOOD, self.texts("ui.devices.dumped", name=name))
            self.shell.refresh_actions()

        self.ask(lambda: desk.dump(row.device_id), dumped, self._failed)

    def _calibrate(self) -> None:
        from ui.screens.calibration import CalibrationScreen

        row, desk, station = self._chosen(), self.desk, self.station
        if row is None or desk is None:
            return

        def make() -> CalibrationDesk:
            device = desk.row(row.device_id).device
            assert isinstance(device, ImagingDevice), "offered for scanners and cameras only"
            return CalibrationDesk(station, device)

        def begin(run: CalibrationDesk) -> None:
            page = self.shell.page_named("calibration")
            assert isinstance(page, CalibrationScreen)
            page.begin(run)
            self.shell.go("calibration")

        self.ask(make, begin, self._failed)

    def restyle(self) -> None:
        """Measure the rows anew; the chart takes the theme's colours."""
        self.rows.relayout()
        row = self._chosen()
        if row is not None:
            self._show_test(row)
