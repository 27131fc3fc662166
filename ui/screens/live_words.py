"""The parts of a capture screen that speak: the title, the one instruction, how live the picture is, what the applicant reads."""

from __future__ import annotations

from station.capture.session import Phase, SessionView
from station.dossier.procedure import CaptureStep
from ui.screens.base import Screen
from ui.screens.live_said import said_of
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.chips import StateChip, label
from ui.widgets.live_parts import ApplicantSees, Instruction
from ui.widgets.live_view import LiveView


class SpeakingScreen(Screen):
    """Makes the parts; `LiveScreen` drives them."""

    kind = "fingers"
    adjust_code = "ui.live.adjust"
    part_code = "ui.short.of."
    """Words of the part an instruction is about, by its position."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.setAccessibleName(self.texts(f"ui.{self.kind}.title"))
        self.running: CaptureStep | None = None
        self._told = ("", 0)
        self.title = label("", "title")
        self.second = label("", "second-title")
        self.live_word = StateChip(State.IDLE, self.texts("ui.state.idle"))
        self.delay = label("", "caption")
        self.view = LiveView()
        self.view.setAccessibleName(self.texts(f"ui.{self.kind}.title"))
        self.view.computing, self.view.slow = self.texts("ui.live.computing"), self.texts("ui.live.slow")
        if shell.demo:
            self.view.watermark = self.texts("ui.app.demo")
        self.banner = Instruction()
        self.sees = ApplicantSees(self.texts)

    def ask_officer(self) -> None:
        """The machine is content; what only a person can see is asked."""
        self._at_rest()
        words = "ui.portrait.confirm"
        self.banner.say(State.LIVE, self.texts("ui.portrait.ticks"), self.texts(words), self.texts.second(words))
        self.shell.refresh_actions()

    def ask_used_up(self) -> None:
        """All tries are used: the best is kept, the officer decides."""
        self._at_rest()
        words = "ui.fingers.decide"
        self.banner.say(State.RETRY, self.texts("ui.live.attempts-used"), self.texts(words), self.texts.second(words))
        self.shell.refresh_actions()

    def _at_rest(self) -> None:
        """Nothing is live: a picture is looked at."""
        self.live_word.set(State.IDLE, self.texts("ui.live.still"))
        self.delay.setText("")
        self.officer_is_asked()

    def officer_is_asked(self) -> None:
        """Nothing is live: the applicant waits for the officer, and is not told to hold still."""
        self._tell("s9.wait", 0)

    def speak(self, view: SessionView) -> None:
        """Say the one thing that matters in an analysed frame, here and on the applicant's screen."""
        said = said_of(self.texts, view, self.kind, part_code=self.part_code, adjust_code=self.adjust_code)
        if said is None:
            return
        if said.wait:
            self.invite()
            return
        self.banner.say(said.state, said.head, said.main, said.second)
        if view.instruction is not None and view.refused is None:
            asked = (view.instruction.code, view.instruction.position)
            if asked != self._told:
                self.shell.tones.play("blocked" if said.state is State.BLOCKED else "adjust")
            self._told = asked
        elif view.phase is Phase.TAKE:
            self._told = ("", 0)
        if said.told:
            self._tell(said.told, said.position)

    def invite(self) -> None:
        """Nothing is on the glass or before the lens: whom or what is waited for, here and on the applicant's screen."""
        code = self.wait_code()
        self.banner.say(State.IDLE, self.texts("ui.state.idle"), self.texts(code), self.texts.second(code))
        self._tell(f"applicant.{self.kind}.wait", 0)

    def wait_code(self) -> str:
        """What is said while nothing is on the glass."""
        return f"ui.{self.kind}.wait"

    def _tell(self, code: str, position: int) -> None:
        part, texts = self.applicant_part(position), self.shell.second.texts
        words = texts(code, finger=part) if part else texts(code)
        self.sees.say(words)
        self.shell.second.words(words)

    def applicant_part(self, position: int) -> str:
        """How the applicant's screen names a part."""
        return self.shell.second.texts(f"ui.applicant.finger.{position % 5}") if position else ""

    def show_rate(self) -> None:
        """Pictures a second and the delay, small."""
        if self.running is not None:
            rate = round(self.view.frames_per_second)  # nothing is said of a rate before there is one
            self.live_word.set(
                State.LIVE, self.texts("ui.fingers.live", fps=rate) if rate else self.texts("ui.fingers.live-begun")
            )
            delay = self.view.delay_ms
            self.delay.setText(self.texts("ui.live.delay", ms=round(delay)) if delay else "")
