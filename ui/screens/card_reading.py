"""The card on the table of S2: read beside the comparison, stopped by Esc, begun anew by F4; its data come into the comparison."""

from __future__ import annotations

from devices.errors import DeviceCancelledError
from station.chip import ChipReport
from station.chip_desk import ChipPhase
from station.views.compare import CompareView
from ui.qt import QTimer
from ui.screens.photographing import PhotographingScreen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.chip_panel import ChipPanel


class CardReadingScreen(PhotographingScreen):
    """Holds the chip's panel; `_show(view)` of the screen shows the comparison again."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.reading = False
        self._wait = 0
        self._chip = ChipPanel(self.texts)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._show_chip)

    def _show(self, view: CompareView) -> None:
        raise NotImplementedError

    def _read(self, *, again: bool) -> None:
        counter, dossier, entered = self.counter, self.dossier, self.entered

        def started(future: object) -> None:
            from concurrent.futures import Future

            self._show_chip()
            if not isinstance(future, Future):
                return
            self.reading = True
            self._wait = self.shell.waits.begin(
                lambda: "" if self._may_go_on() else self.texts("ui.wait.card"), lambda: self.ask(counter.cards.stop)
            )
            self._timer.start(120)
            self.jobs.follow(
                future, lambda report: self._read_done(report, entered), lambda error: self._read_failed(error, entered)
            )

        self.ask(lambda: counter.cards.start(dossier, again=again), started)

    def _read_done(self, report: ChipReport | None, entered: int) -> None:
        if entered != self.entered or report is None:
            return
        counter, dossier = self.counter, self.dossier
        self._timer.stop()
        self.shell.waits.end(self._wait)
        self._show_chip()

        def work() -> CompareView:
            counter.cards.keep(dossier, report)
            counter.compare.again(dossier)
            return counter.compare.view(dossier)

        def kept(view: CompareView) -> None:
            self.reading = False
            self._show(view)

        self.ask(work, kept)

    def _read_failed(self, error: BaseException, entered: int) -> None:
        if entered == self.entered:
            self._timer.stop()
            self.reading = False
            self.shell.waits.end(self._wait)
            self._show_chip()
            if isinstance(error, DeviceCancelledError):  # Esc: nothing of this card is used, F4 begins anew
                self.shell.say(State.IDLE, self.texts("ui.lookup.stopped"), self.texts.second("ui.lookup.stopped"))
                self.shell.refresh_actions()
            else:
                self.shell.show_trouble(error)

    def _show_chip(self) -> None:
        seen = self.counter.cards.view(self.dossier)
        face = self._chip.show_chip(seen)
        if face is not None or (
            seen is not None and seen.report is not None
        ):  # a card that is not to be relied on shows nobody's face
            self.shell.strip.face.show_image(face)

    def _may_go_on(self) -> bool:
        """Not in the middle of a card; a reader that only waits for one holds nobody up."""
        chip = self.counter.cards.view(self.dossier) if self.reading else None
        return not self.reading or (chip is not None and chip.phase in {ChipPhase.IDLE, ChipPhase.WAITING})
