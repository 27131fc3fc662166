"""The live picture of a paper in the panel: the camera's frames, one instruction at a time, what was taken standing still in hand.

`ui.screens.photographing` adds what a person does with it: keep, turn, take again, list, take out.
"""

from __future__ import annotations

from abc import abstractmethod
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from devices.errors import DeviceBusyError, DeviceNotFoundError, DeviceUnpluggedError
from station.capture.session import SessionView
from station.desk.photographing import InHand
from station.views.papers import PapersView
from ui.bridge import LiveBridge
from ui.qt import QTimer
from ui.screens.base import Screen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.live_view import Mark, Overlay, to_image

if TYPE_CHECKING:
    from ui.widgets.paper_panel import PaperPanel

BACK_MS = 1500
GONE = (DeviceUnpluggedError, DeviceNotFoundError, DeviceBusyError)
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Papers:
    """One question to the station: the list and its small pictures."""

    view: PapersView
    thumbs: dict[str, Pixels]


class PaperLiveScreen(Screen):
    """The panel and what is live in it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._paper_panel: PaperPanel | None = None
        self._bridge = LiveBridge()
        self._bridge.frame_ready.connect(self._frame)
        self._bridge.view_ready.connect(self._analysed)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._go_live)
        self._run = 0
        self._live = self._busy = self._lost = False
        self._hand: InHand | None = None
        self._looking = ""
        self.attempts_seen = 0
        """Which try is live (from 1; 0: no picture was judged yet)."""
        self.saved = ""
        """When the last page was saved; said beside the primary button, as at every capture."""
        self.papers: Papers | None = None

    @property
    def panel(self) -> PaperPanel:
        """The panel, hidden until it is opened; made when it is first needed: most dossiers come without a paper."""
        if self._paper_panel is None:
            from ui.widgets.paper_panel import PaperPanel

            panel = self._paper_panel = PaperPanel(self.texts)
            panel.changed.connect(self.shell.refresh_actions)
            panel.pages.changed.connect(self.shell.refresh_actions)
            panel.pages.turned.connect(self.turn_paper)
            if self.shell.demo:
                panel.view.watermark = self.texts("ui.app.demo")
            layout = self.layout()
            assert layout is not None, "the page has its place by now"
            panel.hide()
            layout.addWidget(panel)
            if self.papers is not None:
                panel.show_papers(self.papers.view, self.papers.thumbs)
        return self._paper_panel

    def show_panel(self, *, shown: bool) -> None:
        """Show or hide the panel."""
        if shown or self._paper_panel is not None:
            self.panel.setVisible(shown)

    @abstractmethod
    def show_body(self, *, photographing: bool) -> None:
        """Show the panel in place of the page, or the other way round."""

    @abstractmethod
    def turn_paper(self, quarters: int) -> None:
        """Turn what is in hand."""

    @property
    def photographing(self) -> bool:
        """Whether the panel is open."""
        return self._paper_panel is not None and self._paper_panel.isVisibleTo(self)

    @property
    def in_hand(self) -> bool:
        """Whether a picture was taken and waits to be kept."""
        return self._hand is not None

    # --- live ---------------------------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        self._run += 1
        self._again.stop()
        self._live = self._busy = self._lost = False
        self._hand, self._looking = None, ""
        counter = self.shell.counter
        if counter is not None:
            counter.photos.stop()

    def _go_live(self) -> None:
        lost = self._lost
        self._stop()
        self._lost = lost  # until a picture comes
        run, counter = self._run, self.counter
        self.panel.view.show_frame(None)
        self.panel.view.show_overlay(Overlay((), 0.0))
        self._instruct_as(State.IDLE, "ui.state.idle", "ui.page.wait")
        self.panel.live_word.set(State.IDLE, self.texts("ui.state.idle"))
        self._live, self.attempts_seen = True, 0
        self.shell.refresh_actions()

        def started(future: Future[InHand | None]) -> None:
            if run == self._run:
                self.jobs.follow(future, lambda hand: self._taken(hand, run), lambda error: self._failed_if(error, run))

        def work() -> Future[InHand | None]:
            return counter.photos.start(on_frame=self._bridge.on_frame, on_view=self._bridge.on_view)

        self.ask(work, started, lambda error: self._failed_if(error, run))

    def _frame(self) -> None:
        image = self._bridge.take_image()
        if self._live and self.photographing:
            if self._lost:
                self._lost = False
                self.shell.clear_trouble()
            self.panel.view.show_frame(image)
            self.panel.live_word.set(State.LIVE, self.texts("ui.state.live"))

    def _analysed(self) -> None:
        found = self._bridge.take_view()
        if found is None or not self._live or not self.photographing:
            return
        view, at_s, arrived_s = found
        verdict = view.verdict
        state = State.GOOD if verdict is not None and verdict.passed else State.RETRY
        marks = tuple(Mark(p.outline, state, "") for p in verdict.parts if p.outline) if verdict is not None else ()
        self.panel.view.show_overlay(Overlay(marks, at_s, arrived_s))
        self.attempts_seen = view.attempt
        self._instruct(view)

    def _instruct(self, view: SessionView) -> None:
        if view.instruction is not None:
            self._instruct_as(State.RETRY, "ui.state.retry", view.instruction.code)
        elif view.verdict is not None and view.verdict.passed:
            self._instruct_as(State.GOOD, "ui.state.good", "ui.page.good")

    def _instruct_as(self, state: State, head: str, main: str) -> None:
        self.panel.banner.say(state, self.texts(head), self.texts(main), self.texts.second(main))

    def _taken(self, hand: InHand | None, run: int) -> None:
        if run != self._run:
            return
        self._live = False
        self._hand, self.saved = hand, ""
        if hand is not None:
            self._show_hand(hand)
            self.shell.tones.play("captured" if hand.good else "adjust")
        self.shell.refresh_actions()

    def _show_hand(self, hand: InHand) -> None:
        self.panel.view.show_overlay(Overlay((), 0.0))
        self.panel.view.show_frame(to_image(hand.pixels))
        self.panel.live_word.set(State.IDLE, self.texts("ui.live.still"))
        if hand.good:
            self._instruct_as(State.LIVE, "ui.page.unsaved", "ui.page.check")
        else:
            self._instruct_as(State.RETRY, hand.page.flaws[0] if hand.page.flaws else "ui.live.attempts-used", "ui.page.flawed")

    def _failed_if(self, error: BaseException, run: int) -> None:
        if run != self._run:
            return
        self._live = self._busy = False
        self.panel.live_word.set(State.BLOCKED, self.texts("ui.state.blocked"))
        if isinstance(error, GONE) and self._hand is None:
            self._lost = True
            self.shell.say(State.BLOCKED, self.texts("E28"), self.texts.second("E28"), "E28", "E28")
            self._instruct_as(State.BLOCKED, "ui.state.blocked", "ui.live.stopped")
            self._again.start(BACK_MS)  # plugged in again it goes on by itself
        else:
            self.shell.show_trouble(error)
        self.shell.refresh_actions()
