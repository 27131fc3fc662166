"""The captures of a home visit: the same session, judges, boxes and storing as at the counter, one large instruction at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from biometrics.positions import FingerPosition
from station.capture.session import Attempt, SessionView
from station.dossier.procedure import CaptureStep, Modality
from station.views.fingers import Kept
from station.views.portrait import backdrop_wrong
from station.views.portrait_active import CHALLENGES, ActiveView
from station.views.strip import STAGE_OF
from ui.bridge import LiveBridge
from ui.screens.device_trouble import DeviceTroubles
from ui.screens.home_panel import HomePanel
from ui.screens.live_said import missing_finger, said_of
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.live_view import Overlay, to_image
from ui.widgets.parts import part_state
from ui.widgets.taken import taken_image

if TYPE_CHECKING:
    from ui.screens.base import Screen

STILL_S = 0.6
"""The still of an accepted capture stays so long."""


class HomeCapture(HomePanel):
    """`running` while a picture is live, `decide` when the tries are used up, `confirming` while a portrait waits for the officer's boxes."""

    def __init__(self, screen: Screen, where: Callable[[CaptureStep], tuple[int, int]]) -> None:
        """`where(step)` says which capture of the order a step is and how many are saved."""
        super().__init__(screen)
        self._where = where
        self.running: CaptureStep | None = None
        self.decide: CaptureStep | None = None
        self.confirming: CaptureStep | None = None
        self.bridge = LiveBridge()
        self.bridge.frame_ready.connect(self._frame)
        self.bridge.view_ready.connect(self._analysed)
        self._dossier = ""
        self._broken: CaptureStep | None = None
        self._token = 0
        self._told = ("", 0)
        self.device = DeviceTroubles(screen, self._resume)
        self._active: ActiveView | None = None

    @property
    def busy(self) -> bool:
        """Whether the words here are the capture's own: something is live or waits for the officer."""
        return not (self.running is None and self.decide is None and self.confirming is None)

    def start(self, dossier: str, step: CaptureStep, *, anew: bool = False) -> None:
        """Open the live picture for a capture; what an earlier visit left there is asked about first, unless it is taken `anew`."""
        counter = self._screen.counter
        self.forget()
        self._dossier = dossier
        if anew:
            self._open(step)
            return
        token = self._token

        def left(found: tuple[Kept, npt.NDArray[np.uint8] | None]) -> None:
            if token == self._token:
                self._go_on_with(step, *found)

        self._screen.ask(lambda: counter.left_at(dossier, step), left, self._failed)

    def _go_on_with(self, step: CaptureStep, kept: Kept, pixels: npt.NDArray[np.uint8] | None) -> None:
        if kept is Kept.NOTHING:
            self._open(step)
            return
        if pixels is not None:
            self.view.cover = step.modality is Modality.FACE
            self.view.show_frame(to_image(pixels))
            self.view.show()
        if kept is Kept.USED_UP:
            self._ask_used_up(step)
        elif step.modality is Modality.FACE:
            self._ask_boxes(step)
        else:
            self._save(step, ())

    def _open(self, step: CaptureStep) -> None:
        screen, dossier, token = self._screen, self._dossier, self._token
        counter = screen.counter
        self.running = self._broken = step
        self._active = None
        self.view.show_frame(None)
        self.view.cover = step.modality is Modality.FACE
        self.view.show()
        self.bar.show_score(None, 0)
        state = STAGE_OF[step.modality]
        self.say(State.LIVE, screen.texts(f"ui.{state}.wait"), screen.texts.second(f"ui.{state}.wait"))
        self.tell(f"applicant.{state}.wait")
        screen.shell.refresh_actions()

        def started(future: Future[Any]) -> None:
            if token != self._token:
                counter.stop_capture()
                return
            screen.jobs.follow(future, lambda a: self._finished(step, a, token), self._failed)

        screen.ask(
            lambda: counter.start_capture(dossier, step, on_frame=self.bridge.on_frame, on_view=self.bridge.on_view),
            started,
            self._failed,
        )

    def forget(self) -> None:
        """Nothing is live, nothing is asked."""
        self._token += 1
        self.running = self.decide = self.confirming = None
        self.shut_ticks()

    def stop(self) -> None:
        """Stop the live picture; what was attempted stays."""
        self.forget()
        self._broken = None
        self.device.stop()
        self.view.hide()
        counter = self._screen.shell.counter
        if counter is not None:
            counter.stop_capture()
            self._screen.jobs.submit(counter.keep_tries, None, self._screen.shell.show_trouble)

    def _finished(self, step: CaptureStep, attempt: Attempt | None, token: int) -> None:
        if token != self._token:
            return
        self.running = None
        if attempt is not None:
            self.view.hold_still(taken_image(attempt.capture.images), STILL_S)
        if attempt is None:
            self.ended.emit()
        elif attempt.verdict.passed and step.modality is Modality.FACE:
            counter, dossier = self._screen.counter, self._dossier
            self._screen.ask(lambda: counter.tries.pending(dossier, step), None, self._failed)
            self._ask_boxes(step)
        else:
            self._save(step, ())

    def _ask_boxes(self, step: CaptureStep) -> None:
        """The machine is content; what only a person can see is asked before anything is accepted."""
        counter, token = self._screen.counter, self._token
        self.confirming = step

        def show(names: tuple[str, ...]) -> None:
            if token == self._token and self.confirming is step:
                self.ask_ticks(names)
                words = "ui.portrait.confirm"
                self.say(State.LIVE, self._screen.texts(words), self._screen.texts.second(words))
                self.ended.emit()

        self._screen.ask(lambda: counter.portrait_ticks, show, self._failed)

    def confirm(self) -> None:
        """F12 over the still: the officer looked, every box that must be ticked is."""
        step = self.confirming
        if step is not None and self.ticks.boxes:
            self.confirming = None
            self._save(step, self.ticks.confirm_all())

    def _save(self, step: CaptureStep, confirmed: tuple[str, ...]) -> None:
        counter, dossier = self._screen.counter, self._dossier
        self._screen.ask(
            lambda: counter.save_attempts(dossier, step, confirmed=confirmed),
            lambda ok: self._saved(step, accepted=ok),
            self._failed,
        )

    def _saved(self, step: CaptureStep, *, accepted: bool) -> None:
        texts = self._screen.texts
        self.shut_ticks()
        if not accepted:
            self._ask_used_up(step)
            return
        self._screen.shell.tones.play("captured")
        self.say(State.GOOD, texts("ui.state.good"), texts.second("ui.state.good"))
        self.ended.emit()

    def _ask_used_up(self, step: CaptureStep) -> None:
        texts = self._screen.texts
        self.decide = step
        self._screen.shell.tones.play("blocked")
        words = "ui.visit.below"
        self.say(State.RETRY, texts(words, attempts=step.attempts), texts.second(words, attempts=step.attempts))
        self.ended.emit()

    def accept_best(self, dossier: str, done: Callable[[], None]) -> None:
        """Keep the best attempt although it is below its threshold; flagged everywhere from now on."""
        step, counter = self.decide, self._screen.counter
        if step is None:
            return
        self.decide = None
        self._screen.ask(lambda: counter.accept_best(dossier, step), lambda _: done(), self._failed)

    def _resume(self) -> None:
        """The device may be there again: the capture that it broke off is opened by itself (E20)."""
        if self._broken is not None and not self.busy:
            self.start(self._dossier, self._broken)

    def watch(self) -> None:
        """A device that was asked for pictures and sends none is told and restarted (E26)."""
        counter = self._screen.shell.counter
        error = counter.silence() if counter is not None and self.running is not None else None
        if counter is not None and error is not None:
            counter.stop_capture()
            self._failed(error)

    def _failed(self, error: BaseException) -> None:
        step = self._broken = self.running or self._broken
        self.forget()
        number, saved = self._where(step) if step is not None else (0, 0)
        if not self.device.failed(error, step, number=number, saved=saved):
            self._screen.shell.show_trouble(error)
        self.say(State.BLOCKED, self._screen.texts("ui.state.blocked"))
        self.ended.emit()

    def _frame(self) -> None:
        image = self.bridge.take_image()
        if self.running is not None:
            self.device.picture_came()
            self.view.show_frame(image)
            self._screen.shell.second.frame(image, STAGE_OF[self.running.modality])

    def tell(self, code: str, position: int = 0) -> None:
        """Say it on the applicant's screen too, in their language."""
        second = self._screen.shell.second
        part = second.texts(f"ui.applicant.finger.{position % 5}") if position else ""
        second.words(second.texts(code, finger=part) if part else second.texts(code))

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

    # --- live -------------------------------------------------------------------------------------------------------------------

    def _analysed(self) -> None:
        found = self.bridge.take_view()
        if found is None or self.running is None:
            return
        view, at_s, arrived_s = found
        face = self.running.modality is Modality.FACE
        if face:
            self._show_active(self._screen.counter.active.live_view())
        elif self.running.fingers:
            self._show_hand(self.running, view)
        texts, kind = self._screen.texts, STAGE_OF[self.running.modality]
        self.view.show_overlay(Overlay((), at_s, arrived_s))
        if view.verdict is not None and view.verdict.parts:
            worst = min(view.verdict.parts, key=lambda p: p.score - p.threshold)
            self.bar.show_score(worst.score, worst.threshold, texts("ui.visit.needs", needs=f"{worst.threshold:.0f}"))
        if (
            view.instruction is not None
            and view.instruction.code in CHALLENGES
            and self._active is not None
            and view.refused is None
        ):
            # Nothing to mend: it is asked, how far it is stands before it, and what it does not claim below.
            code, asked = view.instruction.code, self._active
            self.say(State.LIVE, texts(code), f"{texts.of(asked.outcome)} · {texts.of(asked.note)}")
            self.tell(code)
        elif face and view.refused is None and self._cloth_first(view):
            self.say(State.RETRY, texts("s17.backdrop"), texts.second("s17.backdrop"))
        else:
            self._speak(view, kind)

    def _show_hand(self, step: CaptureStep, view: SessionView) -> None:
        """The applicant's own screen shows the hand, and the one finger it is about."""
        parts = view.verdict.parts if view.verdict is not None else ()
        states = {p.position: part_state(p) for p in parts}
        position = view.instruction.position if view.instruction is not None else 0
        asked = frozenset(step.fingers)
        question = missing_finger(view, step.fingers) or (FingerPosition(position) if position else None)
        self._screen.shell.second.hand(asked, states, frozenset(), question)

    def _cloth_first(self, view: SessionView) -> bool:
        """At a home the wall behind the person comes before their own corrections: the cloth that was brought is stretched first."""
        alone = view.verdict is not None and bool(view.verdict.parts) and not view.verdict.passed
        return alone and backdrop_wrong(self._screen.counter.portrait_quality)

    def _speak(self, view: SessionView, kind: str) -> None:
        said = said_of(self._screen.texts, view, kind, part_code="eye." if kind == "iris" else "ui.finger.")
        if said is None or said.wait:
            return
        if view.instruction is not None and view.refused is None:
            asked = (view.instruction.code, view.instruction.position)
            if asked != self._told:
                self._screen.shell.tones.play("blocked" if said.state is State.BLOCKED else "adjust")
            self._told = asked
        # The small word over an instruction has no place in large type, but a code of the technician's has.
        self.say(said.state, said.main, said.second if view.refused is None else f"{said.head}. {said.second}".rstrip(". "))
        if said.told:
            self.tell(said.told, said.position)
