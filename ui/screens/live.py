"""What S4, S5 and S6 share: one capture after the other, live; the same keys, the same words, the same road after three tries.

Nothing is lost by leaving: what was accepted is on the disk before the screen says so, and the next visit opens the next step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
import numpy.typing as npt

from station.capture.session import Attempt, SessionView
from station.dossier.procedure import CaptureStep
from station.views.fingers import FingersView, Kept
from station.views.strip import STAGE_OF
from ui.bridge import LiveBridge
from ui.qt import QTimer
from ui.screens.covering import Covering
from ui.screens.device_trouble import DeviceTroubles
from ui.screens.retaking import STILL_S, RetakingScreen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.live_view import Overlay, to_image
from ui.widgets.taken import taken_image


class LiveScreen(RetakingScreen):
    """Subclasses lay out the parts made here and draw verdicts in `show_view`."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.bridge = LiveBridge()
        self.bridge.frame_ready.connect(self._frame)
        self.bridge.view_ready.connect(self._analysed)
        self._fresh = False
        self._passed_before = False
        self._attempt: int | None = None
        self._clock_stops = False
        self.saved = ""
        self._rate = QTimer(self)
        self._rate.timeout.connect(self.show_rate)
        self._rate.timeout.connect(self._watch)
        self.device = DeviceTroubles(self, self.next_step)
        self._still.timeout.connect(self._still_over)
        self.covering = Covering(self)
        self.covering.watch(self.reason, shell.menu, shell.supervisor)
        self.covering.changed.connect(self._covered)
        self._held_back = False

    # --- for subclasses ---------------------------------------------------------------------------------------------------------

    def show_state(self, state: FingersView) -> None:
        """Draw the order and the present step."""

    def show_view(self, view: SessionView, at_s: float, arrived_s: float) -> None:
        """Draw an analysed frame."""

    def mine(self, step: CaptureStep) -> bool:
        """Whether a step is taken on this screen."""
        return STAGE_OF[step.modality] == self.kind

    def hold(self, state: FingersView) -> bool:
        """Whether something must be answered before the next capture opens; the screen then says what."""
        _ = state
        return False

    def hides_capture(self) -> bool:
        """Whether something else stands where the live picture is."""
        return False

    def confirmed(self) -> tuple[str, ...] | None:
        """Return what the officer confirms beside the machine's verdict; None while something is open."""
        return ()

    # --- coming and going -------------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Open the next capture of the dossier."""
        super().enter(dossier)
        self.restyle()
        self.view.show_frame(None)
        self.reason.shut()
        self.saved = ""
        self._saved_step = ""
        self._fresh, self._clock_stops = True, False
        self._held_back = self.decide = False  # what the person before had is not this one's
        self.counter.hold(held=self.covering.covered)
        self._rate.start(500)
        self.next_step()

    def leave(self) -> None:
        """Stop the live picture; what was tried is written down, so that nothing that was taken is lost."""
        super().leave()
        for timer in (self._rate, self._still):
            timer.stop()
        self.device.stop()
        self.running = None
        counter = self.shell.counter
        if counter is not None:
            counter.stop_capture()
            counter.hold(held=False)
            self.jobs.submit(counter.keep_tries, None, self.shell.show_trouble)

    def next_step(self) -> None:
        """Ask for the order and open the next capture."""
        counter, dossier = self.counter, self.dossier
        self.ask(lambda: counter.captures(dossier), self._show_state)

    def _show_state(self, state: FingersView) -> None:
        self.state = state
        self.show_state(state)
        fresh, self._fresh = self._fresh, False
        self._passed_before = False
        if self.hold(state):
            self.shell.refresh_actions()
            return
        if self.looks_back(state):
            return
        step = state.current
        if step is None or not self.mine(step):
            self._finished_all()
            return
        if fresh and state.kept is not Kept.NOTHING:
            self._go_on_with(step, state.kept)
        else:
            self._start(step)

    def _go_on_with(self, step: CaptureStep, kept: Kept) -> None:
        """An earlier visit left a picture here: it is shown and asked about, never silently taken again."""
        counter, dossier = self.counter, self.dossier
        if kept is Kept.PASSED and self.kind == "fingers":
            self._save(step, ())  # nothing was open about it: it was only left before it was written down
            return
        self.ask(lambda: counter.kept_picture(dossier, step), self._show_kept)
        self.decide, self._passed_before = True, kept is Kept.PASSED
        if self._passed_before:
            self.ask_officer()
        else:
            self.ask_used_up()

    def _show_kept(self, pixels: npt.NDArray[np.uint8] | None) -> None:
        if pixels is not None and self.decide:
            self.view.show_frame(to_image(pixels))
            self.view.show_overlay(Overlay((), 0.0))
            self.show_kept()

    def show_kept(self) -> None:
        """A picture of an earlier visit is shown: draw what the machine says of it."""

    def _finished_all(self) -> None:
        """The last capture's still stays as long as every other's: F4 within it takes the capture back."""
        left_s = self._saved_at + STILL_S - time.monotonic() if self._saved_step else 0.0
        if left_s > 0:
            self._still.start(round(1000 * left_s))
        else:
            self._still_over()

    def _still_over(self) -> None:
        self._saved_step = ""
        self._compare(self._onward)

    def _compare(self, then: Callable[[], None] | None = None) -> None:
        """Let the fingers be checked; a finding stops the live picture, otherwise `then` goes on."""
        counter, dossier = self.counter, self.dossier

        def checked(view: FingersView | None) -> None:
            if view is not None and self.hold(view):
                self.state = view
                self.entered += 1
                self.running = None
                counter.stop_capture()
                self.shell.refresh_actions()
            elif then is not None:
                then()

        if self.kind == "fingers":
            entered = self.entered

            def prepared() -> None:
                if entered == self.entered:
                    self.ask(lambda: counter.check_fingers(dossier), checked, self._failed)
                else:  # the page was left: what was found is a question to the supervisor all the same
                    self.jobs.submit(lambda: counter.check_fingers(dossier))

            # Comparing takes long; the station's thread is free for the desk meanwhile and only judges what was prepared.
            self.jobs.aside(lambda: counter.prepare_check(dossier), prepared)
        elif then is not None:
            then()

    def _covered(self, covered: bool) -> None:
        """A panel came over the capture or went: nothing is taken under it, and nothing goes on to the next desk."""
        if self.shell.counter is None or self.shell.page is not self:
            return
        self.counter.hold(held=covered)
        if self._held_back and not covered:
            self._held_back = False
            self.soon(self.next_step)

    def _onward(self) -> None:
        if self.covering.covered:
            self._held_back = True
            return
        counter, dossier, stage = self.counter, self.dossier, self.stage
        self.ask(lambda: counter.onward(dossier, stage), lambda following: self.shell.go_stage(following, dossier))

    def _start(self, step: CaptureStep) -> None:
        counter, dossier, entered = self.counter, self.dossier, self.entered
        self.running, self.decide, self._attempt = step, False, None
        if not self.banner.text():  # the first picture has not come yet: nobody stands before an empty panel
            self.invite()
        self.shell.refresh_actions()

        def started(future: Future[Attempt | None]) -> None:
            self.jobs.follow(
                future, lambda attempt: self._finished(step, attempt, entered), lambda e: self._failed_if(e, entered)
            )
            # The live picture is open: the station's own thread has time to compare what was taken before.
            self._compare()

        def work() -> Future[Attempt | None]:
            return counter.start_capture(dossier, step, on_frame=self.bridge.on_frame, on_view=self.bridge.on_view)

        self.ask(work, started, self._failed)

    def _finished(self, step: CaptureStep, attempt: Attempt | None, entered: int) -> None:
        if entered != self.entered or self.running is not step:
            return
        self.running = None
        if attempt is None:
            self.shell.refresh_actions()
            return
        # What is accepted, or looked at before it is, is the picture that was taken; the preview's last frame was another moment.
        self.view.hold_still(taken_image(attempt.capture.images), STILL_S)
        confirmed = self.confirmed()
        if attempt.verdict.passed and confirmed is None:
            counter, dossier = self.counter, self.dossier
            self.decide = True
            self.ask(lambda: counter.tries.pending(dossier, step), lambda _: self._refresh_tries(), self._failed)
            self.ask_officer()
            return
        self._save(step, confirmed or ())

    def _refresh_tries(self) -> None:
        """Show the tries anew; nothing else changes."""
        counter, dossier = self.counter, self.dossier

        def show(state: FingersView) -> None:
            self.state = state
            self.show_tries(state)

        self.ask(lambda: counter.fingers(dossier), show)

    def show_tries(self, state: FingersView) -> None:
        """Draw the tries at the present step (a screen that has a place for them)."""

    def _save(self, step: CaptureStep, confirmed: tuple[str, ...]) -> None:
        counter, dossier = self.counter, self.dossier

        def saved(accepted: bool) -> None:
            if accepted:
                self._saved_words(step)
                self.next_step()
            else:
                self.decide = True
                self.shell.tones.play("blocked")
                self._refresh_tries()
                self.ask_used_up()

        self.ask(lambda: counter.save_attempts(dossier, step, confirmed=confirmed), saved, self._failed)

    def _saved_words(self, step: CaptureStep) -> None:
        self._saved_step, self._saved_at = step.id, time.monotonic()
        self.saved = self.texts("ui.fingers.saved", time=time.strftime("%H:%M:%S"))
        self.view.hold_still(None, STILL_S)
        self.banner.say(State.GOOD, self.saved, self.texts("ui.live.taken"), self.texts.second("ui.live.taken"))
        self.shell.tones.play("captured")
        self.shell.refresh_strip()

    def _failed_if(self, error: BaseException, entered: int) -> None:
        if entered == self.entered:
            self._failed(error)

    def _failed(self, error: BaseException) -> None:
        self.running = None
        self._clock_stops = getattr(error, "reason_code", "") == "E02"
        self.live_word.set(State.BLOCKED, self.texts("ui.state.blocked"))
        self.delay.setText("")
        self.officer_is_asked()
        self.view.show_overlay(Overlay((), 0.0))  # what was found belongs to a picture that is no more
        state = self.state
        number = next((r.number for r in state.rows if r.step is state.current), 0) if state is not None else 0
        step, saved = (state.current, state.done) if state is not None else (None, 0)
        # Whatever it was, the instruction of a moment ago is no longer to be followed.
        self.banner.say(
            State.BLOCKED, self.texts("ui.state.blocked"), self.texts("ui.live.stopped"), self.texts.second("ui.live.stopped")
        )
        if not self.device.failed(error, step, number=number, saved=saved):
            self.shell.show_trouble(error)
        self.shell.refresh_actions()

    def _watch(self) -> None:
        """A device that was asked for pictures and sends none is told and restarted (E26)."""
        error = self.counter.silence() if self.running is not None else None
        if error is not None:
            self.counter.stop_capture()
            self._failed(error)

    # --- live -------------------------------------------------------------------------------------------------------------------

    def _frame(self) -> None:
        image = self.bridge.take_image()
        if self.running is not None and not self.hides_capture():
            self.device.picture_came()
            self.view.show_frame(image)
            if self.live_word.state() is not State.LIVE:
                self.show_rate()
            self.shell.second.frame(image, self.kind)

    def _analysed(self) -> None:
        found = self.bridge.take_view()
        if found is None or self.state is None or self.state.current is None or self.running is None or self.hides_capture():
            return
        view, at_s, arrived = found
        if self._attempt is not None and view.attempt > self._attempt:
            self._refresh_tries()  # one try more is behind us: it is shown while the next is live
        self._attempt = view.attempt
        self.show_view(view, at_s, arrived)
        if time.monotonic() - self._saved_at >= STILL_S:
            self.speak(view)

    # --- intents ----------------------------------------------------------------------------------------------------------------

    def base_offers(self) -> list[Action]:
        """Retake, exception, supervisor, pause; capture now, or accept what is there."""
        if self.reason.isVisible():
            return [self.act("cancel", "ui.action.back", "Esc", self._shut_reason, icon="back"),
                    self.act("reason", "ui.action.take-reason", "F12", self.reason.take, primary=True)]  # fmt: skip
        actions = [
            *(() if self.shell.large else (self.back_action(),)),  # in large type the key alone: the bar has no more room
            self.act("retake", "ui.action.retake", "F4", self.retake, enabled=self.state is not None),
            self.act("supervisor", "ui.action.supervisor", "F8", self._supervisor),
            self.act("pause", "ui.action.pause", "F9", self.pause),
            *self.device.offers(),
        ]
        if self.looking:
            actions.append(self.act("onward", "ui.action.go-on", "F12", self._onward, primary=True, icon="next"))
        elif self.decide and self._passed():
            actions.append(self.act("confirm", "ui.action.confirm", "F12", self._confirm, primary=True, icon="double-check"))
        elif self.decide:
            actions.append(
                self.act("flagged", "ui.action.accept-flagged", "F12", self._accept_flagged, primary=True, icon="warning")
            )
        else:
            actions.append(self.act("capture", "ui.action.capture", "F12", self._press, enabled=self.running is not None, primary=True,
                                    icon="camera"))  # fmt: skip
        return actions

    def _passed(self) -> bool:
        """Whether what waits for the officer passed, so that only the boxes are open."""
        return self._passed_before or self.counter.last_passed

    def confirm_all(self) -> tuple[str, ...]:
        """The officer confirms everything that is open."""
        return ()

    def _confirm(self) -> None:
        step = self.state.current if self.state is not None else None
        if step is not None:
            self.decide = False
            self._save(step, self.confirm_all())

    def hint(self) -> str:
        """When the last capture was saved."""
        return self.saved

    def key(self, name: str) -> bool:
        """Esc stops the live picture; F4 goes on. Shift+F12: one step back."""
        if name == "Shift+F12" and not self.reason.isVisible():
            self.back_action().run()
            return True
        if name == "Esc" and self.running is not None:
            counter, dossier = self.counter, self.dossier
            counter.stop_capture()
            self.running = None
            self.ask(lambda: counter.captures(dossier), self._stopped)
            self.live_word.set(State.IDLE, self.texts("ui.live.stopped"))
            self.officer_is_asked()
            self.banner.say(
                State.IDLE, self.texts("ui.live.stopped"), self.texts("ui.live.go-on"), self.texts.second("ui.live.go-on")
            )
            self.shell.refresh_actions()
            return True
        return False

    def _stopped(self, state: FingersView) -> None:
        """The live picture was stopped: the tries so far are written down and shown."""
        if self.running is None:
            self.state = state
            self.show_state(state)
            self.shell.refresh_actions()

    def tool_offers(self, tool: Action) -> list[Action]:
        """The base's offers with the screen's own tool after the retake."""
        actions = self.base_offers()
        at = next((i for i, a in enumerate(actions) if a.name == "retake"), None)
        return actions if at is None else [*actions[: at + 1], tool, *actions[at + 1 :]]

    def _press(self) -> None:
        self.counter.press()

    def restyle(self) -> None:
        """In large type the small words go first, so that the instruction stays whole."""
        large = self.shell.large
        self.second.setVisible(not large)
        self.delay.setVisible(not large)
        self.sees.setVisible(not large)

    def _accept_flagged(self) -> None:
        step, counter, dossier = self.state.current if self.state is not None else None, self.counter, self.dossier
        assert step is not None
        self.decide = False
        self.ask(lambda: counter.accept_best(dossier, step), lambda _: self.next_step(), self._failed)

    def _supervisor(self) -> None:
        if self._clock_stops:
            self.shell.call_supervisor("clock")
            return
        step = self.state.current if self.state is not None else None
        self.shell.call_supervisor("low-quality", step.id if step is not None else "")
