"""The one large instruction of a home visit, with the live print beside it: the same session, judges and storing as at the counter."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from station.capture.session import Attempt, Phase, SessionView
from station.dossier.procedure import CaptureStep, Modality
from station.views.portrait_active import CHALLENGES, ActiveView
from station.views.strip import STAGE_OF
from ui.bridge import LiveBridge
from ui.qt import QHBoxLayout, QVBoxLayout, Signal
from ui.screens.base import Screen
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.bar import ScoreBar
from ui.widgets.chips import StateIcon, label
from ui.widgets.live_view import LiveView
from ui.widgets.state_panel import StatePanel


class HomeCapture(StatePanel):
    """`ended()` when a capture was stored, stopped, or needs a decision."""

    ended = Signal()

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen
        self.running: CaptureStep | None = None
        self.decide: CaptureStep | None = None
        self.bridge = LiveBridge()
        self.bridge.frame_ready.connect(self._frame)
        self.bridge.view_ready.connect(self._analysed)
        row = QHBoxLayout(self)
        row.setContentsMargins(17, 11, 17, 11)
        row.setSpacing(18)
        self.view = LiveView()
        self.view.setMinimumSize(180, 160)
        self.view.setMaximumWidth(260)
        self.view.setAccessibleName(screen.texts("ui.hand.finger-taking"))
        self.view.hide()
        row.addWidget(self.view, 2)
        column = QVBoxLayout()
        column.setSpacing(4)
        line = QHBoxLayout()
        self._icon = StateIcon(State.IDLE, 24)
        self._step = label("", "strong")
        line.addWidget(self._icon)
        line.addWidget(self._step, 1)
        column.addLayout(line)
        self._main = label("", "number", wrap=True)
        self._second = label("", "", wrap=True)
        self.bar = ScoreBar()
        column.addWidget(self._main)
        column.addWidget(self._second)
        column.addStretch(1)
        column.addWidget(self.bar)
        row.addLayout(column, 5)
        self._token = 0
        self._active: ActiveView | None = None

    def text(self) -> str:
        """The large instruction."""
        return self._main.text()

    def say(self, state: State, main: str, second: str = "") -> None:
        """Show one instruction."""
        self.show_state(state)
        self._icon.set_state(state)
        self._main.setText(main)
        self._second.setText(second)
        self._second.setVisible(bool(second))
        self.setAccessibleName(main)

    def name_step(self, words: str) -> None:
        """Say which capture this is."""
        self._step.setText(words)

    def start(self, dossier: str, step: CaptureStep) -> None:
        """Open the live picture for a capture."""
        screen, self._token = self._screen, self._token + 1
        counter, token = screen.counter, self._token
        self.running, self.decide, self._active = step, None, None
        self.view.show_frame(None)
        self.view.show()
        self.bar.show_score(None, 0)
        state = STAGE_OF[step.modality]
        self.say(State.LIVE, screen.texts(f"ui.{state}.wait"), screen.texts.second(f"ui.{state}.wait"))

        def started(future: Future[Any]) -> None:
            if token != self._token:
                counter.stop_capture()
                return
            screen.jobs.follow(future, lambda a: self._finished(dossier, step, a, token), self._failed)

        screen.ask(
            lambda: counter.start_capture(dossier, step, on_frame=self.bridge.on_frame, on_view=self.bridge.on_view),
            started,
            self._failed,
        )

    def stop(self) -> None:
        """Stop the live picture; what was attempted stays."""
        self._token += 1
        self.running = self.decide = None
        self.view.hide()
        counter = self._screen.shell.counter
        if counter is not None:
            counter.stop_capture()
            self._screen.jobs.submit(counter.keep_tries, None, self._screen.shell.show_trouble)

    def _finished(self, dossier: str, step: CaptureStep, attempt: Attempt | None, token: int) -> None:
        if token != self._token:
            return
        self.running = None
        if attempt is None:
            self.ended.emit()
            return
        counter = self._screen.counter
        self._screen.ask(lambda: counter.save_attempts(dossier, step), lambda ok: self._saved(step, accepted=ok), self._failed)

    def _saved(self, step: CaptureStep, *, accepted: bool) -> None:
        texts = self._screen.texts
        if accepted:
            self.say(State.GOOD, texts("ui.state.good"), texts.second("ui.state.good"))
        else:
            self.decide = step
            self.say(
                State.RETRY,
                texts("ui.visit.below", attempts=step.attempts),
                texts.second("ui.visit.below", attempts=step.attempts),
            )
        self.ended.emit()

    def accept_best(self, dossier: str, done: Callable[[], None]) -> None:
        """Keep the best attempt although it is below its threshold; flagged everywhere from now on."""
        step, counter = self.decide, self._screen.counter
        if step is None:
            return
        self.decide = None
        self._screen.ask(lambda: counter.accept_best(dossier, step), lambda _: done(), self._failed)

    def _failed(self, error: BaseException) -> None:
        self._token += 1
        self.running = None
        self._screen.shell.show_trouble(error)
        self.say(State.BLOCKED, self._screen.texts("ui.state.blocked"))
        self.ended.emit()

    def _frame(self) -> None:
        if self.running is not None:
            self.view.show_frame(self.bridge.take_image())
        else:
            self.bridge.take_image()

    # --- blink and turn (F6), as at the portrait's desk ------------------------------------------------------------------------

    def offers(self, stop: Callable[[], None]) -> list[Action]:
        """What can be done while the picture is live: stop, ask to blink and turn (the face only; no picture meanwhile), capture now."""
        screen, active = self._screen, self._screen.counter.active
        face = self.running is not None and self.running.modality is Modality.FACE
        actions = [screen.act("stop", "ui.action.visit-stop", "Esc", stop)]
        if face and active.offered:
            words = "ui.action.active-stop" if active.running else "ui.action.active"
            actions.append(screen.act("active", words, "F6", self._ask_active, icon="eye"))
        actions.append(
            screen.act(
                "press", "ui.action.capture", "F12", screen.counter.press, enabled=not active.running, primary=True, icon="camera"
            )
        )
        return actions

    def _ask_active(self) -> None:
        active = self._screen.counter.active
        if active.running:
            active.stop()
        else:
            active.begin()
        self._show_active(active.live_view())

    def _show_active(self, view: ActiveView) -> None:
        """What ended is written down at once; the keys follow whether one runs."""
        before, self._active = self._active, view
        if before is None or before.running != view.running:
            self._screen.shell.refresh_actions()
            if not view.running and view.shown:
                texts = self._screen.texts
                self.say(State(view.tone.value), texts.of(view.outcome), texts.of(view.note))
                self._screen.ask(self._screen.counter.active.note)

    def _analysed(self) -> None:
        found = self.bridge.take_view()
        if found is None or self.running is None:
            return
        view = found[0]
        if self.running.modality is Modality.FACE:
            self._show_active(self._screen.counter.active.live_view())
        texts, kind = self._screen.texts, STAGE_OF[self.running.modality]
        if view.verdict is not None and view.verdict.parts:
            worst = min(view.verdict.parts, key=lambda p: p.score - p.threshold)
            self.bar.show_score(worst.score, worst.threshold, texts("ui.visit.needs", needs=f"{worst.threshold:.0f}"))
        if view.instruction is not None and view.instruction.code in CHALLENGES and self._active is not None:
            # Nothing to mend: it is asked, how far it is stands before it, and what it does not claim below.
            code, asked = view.instruction.code, self._active
            self.say(State.LIVE, texts(code), f"{texts.of(asked.outcome)} · {texts.of(asked.note)}")
        elif view.instruction is not None:
            code, position = view.instruction.code, view.instruction.position
            part = "eye." if kind == "iris" else "ui.finger."
            finger = texts(f"{part}{position}") + ": " if position else ""
            self.say(State.RETRY, finger + texts(code), texts.second(code))
        elif view.phase is Phase.TAKE:
            self.say(State.LIVE, texts("ui.fingers.taking"), texts.second("ui.fingers.taking"))
        elif self._passed(view):
            self.say(State.GOOD, texts(f"ui.{kind}.good"), texts.second(f"ui.{kind}.good"))

    @staticmethod
    def _passed(view: SessionView) -> bool:
        return view.phase is Phase.LIVE and view.verdict is not None and view.verdict.passed
