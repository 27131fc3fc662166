"""S4 and S5: one capture after the other, live; the same card for fingers and the face."""

from __future__ import annotations

import time

from biometrics.positions import FingerPosition
from station.capture.session import Attempt, Phase, SessionView
from station.capture.verdict import Verdict
from station.dossier.parts import ExceptionKind, Permanence
from station.dossier.procedure import CaptureStep
from station.views.fingers import FingersView
from ui.bridge import LiveBridge
from ui.qt import QHBoxLayout, QProgressBar, QTimer, QVBoxLayout
from ui.screens.base import Screen
from ui.screens.exceptions import ExceptionPanel
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.hand import HandDiagram
from ui.widgets.live_view import LiveView, Mark, Overlay
from ui.widgets.parts import PartCards, part_state, short_name
from ui.widgets.steps import StepList, step_words

STILL_MS = 600
"""The still of an accepted capture stays so long before the next one opens."""


class CaptureScreen(Screen):
    """Is this finger good enough, and if not, what to do?"""

    stage = "fingers"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.bridge = LiveBridge()
        self.bridge.frame_ready.connect(self._frame)
        self.bridge.view_ready.connect(self._analysed)
        self.state: FingersView | None = None
        self.running: CaptureStep | None = None
        self.decide = False
        self._entered = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left, box = card(self.texts("ui.fingers.order"))
        self._steps = StepList(self.texts)
        self._taken = label("", "caption")
        box.addWidget(self._steps, 1)
        box.addWidget(self._taken)
        row.addWidget(left)
        middle = QVBoxLayout()
        head = QHBoxLayout()
        self._title = label("", "title")
        self._live = StateChip(State.IDLE, self.texts("ui.state.idle"))
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._live)
        middle.addLayout(head)
        self.view = LiveView()
        self.view.setAccessibleName(self.texts("ui.fingers.title"))
        if shell.demo:
            self.view.watermark = self.texts("ui.app.demo")
        middle.addWidget(self.view, 1)
        self._cards = PartCards(self.texts)
        middle.addWidget(self._cards)
        row.addLayout(middle, 1)
        right = QVBoxLayout()
        self.banner = Banner()
        self.banner.setMinimumHeight(96)
        right.addWidget(self.banner)
        frame, hand_box = card()
        self._hand_title = label("", "strong")
        hand_box.addWidget(self._hand_title)
        self.hand = HandDiagram()
        hand_box.addWidget(self.hand, 1)
        right.addWidget(frame, 1)
        auto, auto_box = card()
        self._auto = label("", "caption", wrap=True)
        self._hold = QProgressBar()
        self._hold.setRange(0, 100)
        self._hold.setTextVisible(False)
        self._attempt = label("", "caption")
        auto_box.addWidget(self._auto)
        auto_box.addWidget(self._hold)
        auto_box.addWidget(self._attempt)
        right.addWidget(auto)
        self._saved = label("", "caption")
        right.addWidget(self._saved)
        self.exceptions = ExceptionPanel(self.texts)
        self.exceptions.hide()
        self.exceptions.decided.connect(self._sign_exception)
        right.addWidget(self.exceptions)
        holder = QVBoxLayout()
        holder.addLayout(right)
        row.addLayout(holder)
        self._fps = QTimer(self)
        self._fps.timeout.connect(self._show_rate)

    # --- coming and going ----------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Open the next capture of the dossier."""
        super().enter(dossier)
        self._entered += 1
        self.view.show_frame(None)
        self._fps.start(500)
        self._next_step()

    def leave(self) -> None:
        """Stop the live picture; nothing that was taken is lost."""
        self._entered += 1
        self._fps.stop()
        self.running = None
        if self.shell.counter is not None:
            self.shell.counter.stop_capture()

    def _next_step(self) -> None:
        counter, dossier = self.counter, self.dossier
        self.jobs.submit(lambda: counter.fingers(dossier), self._show_state, self.shell.show_trouble)

    def _show_state(self, state: FingersView) -> None:
        self.state = state
        self._steps.show_view(state)
        self._taken.setText(self.texts("ui.fingers.taken", done=state.done, total=state.total))
        if state.current is None:
            self.shell.go("review", self.dossier)
            return
        current = next(r for r in state.rows if r.step is state.current)
        self._title.setText(step_words(self.texts, current))
        face = not state.current.fingers
        self.shell.light_stage("portrait" if face else "fingers")
        self.hand.setVisible(not face)
        right = any(int(f) <= 5 for f in state.current.fingers)
        both = right and any(int(f) > 5 for f in state.current.fingers)
        self._hand_title.setText(
            "" if face else self.texts("ui.hand.thumbs" if both else "ui.hand.right" if right else "ui.hand.left")
        )
        self._auto.setText(self.texts("ui.fingers.auto", seconds=str(state.current.dwell_s).replace(".", ",")))
        self._attempt.setText(self.texts("ui.fingers.attempt", number=state.attempts + 1, total=state.current.attempts))
        self._show_hand(None)
        self._start(state.current)

    def _start(self, step: CaptureStep) -> None:
        counter, dossier, entered = self.counter, self.dossier, self._entered
        self.running, self.decide = step, False
        self.shell.refresh_actions()

        def started(future: object) -> None:
            from concurrent.futures import Future

            assert isinstance(future, Future)
            if entered != self._entered:
                counter.stop_capture()
                return
            self.jobs.follow(future, lambda attempt: self._finished(step, attempt, entered), self._failed)

        self.jobs.submit(lambda: counter.start_capture(dossier, step, on_frame=self.bridge.on_frame, on_view=self.bridge.on_view),
                         started, self._failed)  # fmt: skip

    def _finished(self, step: CaptureStep, attempt: Attempt | None, entered: int) -> None:
        if entered != self._entered or self.running is not step:
            return
        self.running = None
        counter, dossier = self.counter, self.dossier
        if attempt is None:
            self.shell.refresh_actions()
            return

        def saved(accepted: bool) -> None:
            if entered != self._entered:
                return
            if accepted:
                self._saved.setText(self.texts("ui.fingers.saved", time=time.strftime("%H:%M:%S")))
                self.banner.say(State.GOOD, self.texts("ui.state.good"), "")
                QTimer.singleShot(STILL_MS, lambda: self._next_step() if entered == self._entered else None)
            else:
                self.decide = True
                self.banner.say(State.RETRY, self.texts("ui.fingers.decide"), self.texts.second("ui.fingers.decide"))
                self.shell.refresh_actions()

        self.jobs.submit(lambda: counter.save_attempts(dossier, step), saved, self._failed)

    def _failed(self, error: BaseException) -> None:
        self.running = None
        self.shell.show_trouble(error)
        self._live.set(State.BLOCKED, self.texts("ui.state.blocked"))
        self.shell.refresh_actions()

    # --- live ---------------------------------------------------------------------------------------------------------------

    def _frame(self) -> None:
        self.view.show_frame(self.bridge.take_image())

    def _analysed(self) -> None:
        found = self.bridge.take_view()
        if found is None or self.state is None or self.state.current is None:
            return
        view, at_s = found
        verdict = view.verdict
        marks = []
        for part in verdict.parts if verdict is not None else ():
            outline = part.outline
            if not outline and part.region is not None:
                r = part.region
                outline = ((r.x, r.y), (r.x + r.width, r.y), (r.x + r.width, r.y + r.height), (r.x, r.y + r.height))
            name = short_name(self.texts, int(part.position))
            marks.append(Mark(outline, part_state(part), f"{name} {part.score:.0f}".strip()))
        self.view.show_overlay(Overlay(tuple(marks), at_s))
        self._cards.show_verdict(verdict)
        self._hold.setValue(round(100 * view.hold_share))
        self._attempt.setText(self.texts("ui.fingers.attempt", number=min(view.attempt, view.attempts), total=view.attempts))
        self._say(view)
        self._show_hand(verdict, view)

    def _say(self, view: SessionView) -> None:
        assert self.state is not None
        assert self.state.current is not None
        face = not self.state.current.fingers
        kind = "portrait" if face else "fingers"
        if view.instruction is not None:
            code, position = view.instruction.code, view.instruction.position
            finger = self.texts(f"ui.finger.{position}") + ": " if position else ""
            self.banner.say(State.RETRY, finger + self.texts(code), self.texts.second(code))
        elif view.phase is Phase.TAKE:
            self.banner.say(State.LIVE, self.texts("ui.fingers.taking"), self.texts.second("ui.fingers.taking"))
        elif view.phase is Phase.LIVE and view.verdict is not None and view.verdict.passed:
            self.banner.say(State.GOOD, self.texts(f"ui.{kind}.good"), self.texts.second(f"ui.{kind}.good"))
        elif view.phase in (Phase.WAIT, Phase.LIFT):
            self.banner.say(State.IDLE, self.texts(f"ui.{kind}.wait"), self.texts.second(f"ui.{kind}.wait"))

    def _show_hand(self, verdict: Verdict | None, view: SessionView | None = None) -> None:
        assert self.state is not None
        step = self.state.current
        asked = frozenset(step.fingers) if step is not None else frozenset()
        states = {p.position: part_state(p) for p in verdict.parts} if verdict is not None else {}
        for row in self.state.rows:
            if row.state == "good" and step is not None and int(step.impression) == 1 and len(row.step.fingers) == 1:
                states.setdefault(row.step.position, State.GOOD)
        question = (
            FingerPosition(view.instruction.position)
            if view is not None and view.instruction and view.instruction.position
            else None
        )
        self.hand.show_state(asked, states, frozenset(self.state.exceptions), question)

    def _show_rate(self) -> None:
        if self.running is not None:
            self._live.set(State.LIVE, self.texts("ui.fingers.live", fps=round(self.view.frames_per_second)))

    # --- intents ------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """Capture now, retake, exception, pause."""
        if self.exceptions.isVisible():
            return [
                self.act("cancel", "ui.action.back", "Esc", self._close_exceptions),
                self.act(
                    "sign",
                    "ui.action.sign-exception",
                    "F12",
                    self.exceptions.commit,
                    enabled=self.exceptions.complete,
                    primary=True,
                ),
            ]
        fingers = self.state is not None and self.state.current is not None and bool(self.state.current.fingers)
        actions = [
            self.act("retake", "ui.action.retake", "F4", self._retake, enabled=self.decide or self.running is None),
            self.act("exception", "ui.action.exception", "F7", self._open_exceptions, enabled=fingers),
            self.act("pause", "ui.action.pause", "F9", self._pause),
        ]
        if self.decide:
            actions.append(self.act("flagged", "ui.action.accept-flagged", "F12", self._accept_flagged, primary=True))
        else:
            actions.append(
                self.act("capture", "ui.action.capture", "F12", self._press, enabled=self.running is not None, primary=True)
            )
        return actions

    def digit(self, number: int) -> bool:
        """Choose a finger in the exception panel."""
        if self.exceptions.isVisible():
            self.exceptions.choose(FingerPosition(number if number else 10))
            self.shell.refresh_actions()
            return True
        return False

    def _press(self) -> None:
        self.counter.press()

    def _retake(self) -> None:
        self.shell.clear_trouble()
        self._entered += 1
        self.counter.stop_capture()
        self._next_step()

    def _accept_flagged(self) -> None:
        assert self.state is not None
        step, counter, dossier = self.state.current, self.counter, self.dossier
        assert step is not None
        self.decide = False
        self.jobs.submit(lambda: counter.accept_best(dossier, step), lambda _: self._next_step(), self._failed)

    def _open_exceptions(self) -> None:
        self.exceptions.begin()
        self.exceptions.show()
        self.shell.refresh_actions()

    def _close_exceptions(self) -> None:
        self.exceptions.hide()
        self.shell.refresh_actions()

    def _sign_exception(self, finger: int, kind: str, permanence: str) -> None:
        counter, dossier = self.counter, self.dossier
        self._entered += 1
        self.running = None
        counter.stop_capture()
        self.exceptions.hide()
        self.jobs.submit(lambda: counter.declare_exception(dossier, FingerPosition(finger), ExceptionKind(kind), Permanence(permanence)),
                         lambda _: self._next_step(), self._failed)  # fmt: skip

    def _pause(self) -> None:
        counter, dossier = self.counter, self.dossier
        counter.stop_capture()
        self.jobs.submit(lambda: counter.pause(dossier), lambda _: self.shell.go("home"), self.shell.show_trouble)
