"""What was taken is not lost sight of: within its still, in the order's list, and one step back (Shift+F12). A retake asks why."""

from __future__ import annotations

import time
from abc import abstractmethod
from functools import partial

import numpy as np
import numpy.typing as npt

from station.dossier.procedure import CaptureStep
from station.views.fingers import FingersView
from ui.qt import QTimer
from ui.screens.live_words import SpeakingScreen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.live_view import Overlay, to_image
from ui.widgets.reason import ReasonPanel

STILL_S = 0.6
"""The still of an accepted capture stays so long; F4 within it takes the capture back."""
RETAKE_REASONS = ("reason.unclear", "reason.wrong-finger", "reason.person-asks")
PORTRAIT_REASONS = ("reason.person-asks", "reason.unclear")


class RetakingScreen(SpeakingScreen):
    """Retakes and looking back; `LiveScreen` drives the live picture."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.state: FingersView | None = None
        self.decide = False
        self.looking = False
        """Whether what is taken is looked at: everything here is done, and somebody came back to it."""
        self._saved_step = ""
        self._saved_at = 0.0
        self.reason = ReasonPanel(self.texts)
        self._still = QTimer(self)
        self._still.setSingleShot(True)

    @abstractmethod
    def mine(self, step: CaptureStep) -> bool:
        """Whether a step is taken on this screen."""

    @abstractmethod
    def next_step(self) -> None:
        """Ask for the order and open the next capture."""

    @abstractmethod
    def _passed(self) -> bool:
        """Whether what waits for the officer passed."""

    # --- one step back --------------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Be shown; whoever came back looks first."""
        super().enter(dossier)
        self.looking, self.came_back = self.came_back, False

    def looks_back(self, state: FingersView) -> bool:
        """Whether everything here is done and somebody came back: it is shown, nothing live is opened."""
        if not self.looking:
            return False
        taken = [r for r in state.rows if self.mine(r.step) and r.why is not None]
        if not taken or (state.current is not None and self.mine(state.current)):
            self.looking = False
            return False
        words = "ui.live.looking"
        self.live_word.set(State.IDLE, self.texts("ui.live.still"))
        self.delay.setText("")
        self.banner.say(State.GOOD, self.texts("ui.live.all-taken", done=len(taken)), self.texts(words), self.texts.second(words))
        counter, dossier, last = self.counter, self.dossier, taken[-1].step
        self.ask(lambda: counter.taken_picture(dossier, last.id), self._show_taken)
        self.shell.refresh_actions()
        return True

    def _show_taken(self, pixels: npt.NDArray[np.uint8] | None) -> None:
        if pixels is not None and self.looking:
            self.view.show_frame(to_image(pixels))
            self.view.show_overlay(Overlay((), 0.0))
            self.show_kept()

    def show_kept(self) -> None:
        """A picture of an earlier visit is shown: draw what the machine says of it."""

    # --- retakes --------------------------------------------------------------------------------------------------------------

    def restart(self) -> None:
        """Begin the present step anew."""
        self.shell.clear_trouble()
        self.entered += 1
        self.running = None
        self.counter.stop_capture()
        self.next_step()

    def retake(self) -> None:
        """F4: within the still the capture just taken; what waits for the boxes; a chosen row of the list, or what is looked at; otherwise
        the present step anew. A picture that passed is never set aside without a reason."""
        chosen = self.chosen_step()
        if self._saved_step and time.monotonic() - self._saved_at < STILL_S + 0.4:
            if self.kind == "portrait":
                self._ask_why(self._saved_step)
            else:
                self._discard(self._saved_step, self.texts("reason.unclear"))
        elif chosen is not None:
            self._ask_why(chosen)
        elif self.decide and self._passed() and self.state is not None and self.state.current is not None:
            self._ask_why(self.state.current.id, accepted=False)
        else:
            self.restart()

    def _ask_why(self, step: str, *, accepted: bool = True) -> None:
        self._still.stop()
        codes = PORTRAIT_REASONS if self.kind == "portrait" else RETAKE_REASONS
        self.reason.ask(self.texts("ui.live.why-retake"), codes, lambda _, words: self._discard(step, words, accepted=accepted))
        self.shell.refresh_actions()

    def chosen_step(self) -> str | None:
        """Id of an accepted step that is looked at."""
        if not self.looking or self.state is None:
            return None
        return next((r.step.id for r in reversed(self.state.rows) if self.mine(r.step) and r.why is not None), None)

    def _discard(self, step: str, words: str, *, accepted: bool = True) -> None:
        counter, dossier = self.counter, self.dossier
        self._saved_step, self.looking, self.decide = "", False, False
        self._still.stop()
        self.entered += 1
        self.running = None
        counter.stop_capture()
        take = partial(counter.discard if accepted else counter.set_aside, dossier, step, words)
        self.ask(take, lambda _: self.next_step())

    def _shut_reason(self) -> None:
        self.reason.shut()
        self.setFocus()
        self.shell.refresh_actions()
        if self._saved_step:  # nothing is taken back: on from where the still stood
            self._saved_step = ""
            self.restart()
