"""One capture step, from the empty platen to an accepted picture: live frames, auto-capture, attempts, the best kept.

`CaptureSession` is a plain state machine driven by frames; it owns no thread and no clock, so that the window (device thread +
scoring thread), the headless demo and the tests run the very same logic. `station.capture.runner` drives it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from biometrics.positions import Impression
from biometrics.reasons import ReasonCode
from devices.contract import CaptureRequest, Frame, RawCapture
from devices.grade import Grade
from station.capture.admission import check_admission, stamped
from station.capture.gate import GateRules, Instruction, SteadyGate, SteadyWords
from station.capture.platen import PlatenWatch
from station.capture.rolling import RollAdvice
from station.capture.verdict import Verdict


class Phase(StrEnum):
    """Where the step stands."""

    LIFT = "lift"  # the platen must be seen empty first
    WAIT = "wait"  # nothing there yet
    LIVE = "live"  # something there, being judged
    TAKE = "take"  # the full picture is being taken
    DONE = "done"  # accepted
    DECIDE = "decide"  # attempts used up: accept the best flagged, declare an exception, or call the supervisor


class Judge(Protocol):
    """Judges live frames and full captures of one modality."""

    def live(self, frame: Frame, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """Return the verdict on a live frame; cheap enough for every frame that is analysed."""

    def final(self, capture: RawCapture, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """Return the verdict on a full capture."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: the capture and its verdict. `automatic` is False when the operator pressed the key."""

    number: int
    capture: RawCapture
    verdict: Verdict
    automatic: bool


@dataclass(frozen=True, slots=True)
class StepRules:
    """What the procedure says of one capture: attempts, the threshold of each finger (by position code), gate."""

    attempts: int = 3
    thresholds: dict[int, float] = field(default_factory=dict)
    gate: GateRules = field(default_factory=GateRules)
    needs_empty_platen: bool = True
    burst: int = 1
    """Full pictures taken one after the other for one attempt, of which the best is kept (eyes blink)."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """What a screen needs to draw one moment of the step; made anew for each analysed frame."""

    phase: Phase
    verdict: Verdict | None
    instruction: Instruction | None
    hold_share: float
    attempt: int
    attempts: int
    best_score: float | None
    frame_number: int
    position: int = 0
    """What is asked for: the code of a finger or of a slap (13 the right four, 14 the left four, 15 the thumbs)."""
    refused: Grade | None = None
    """Why this device previews only (E22, E23): words from ``refused.code`` and ``refused.values``; nothing will be taken."""


class CaptureSession:
    """The state machine of one step. `admission` is the device's grade of today; a refused device previews and never takes."""

    def __init__(self, request: CaptureRequest, rules: StepRules, judge: Judge, *, attempts_before: int = 0,
                 admission: Grade | None = None) -> None:  # fmt: skip
        self.request = request
        self.rules = rules
        self._judge = judge
        self._gate = SteadyGate(rules.gate)
        self._words = SteadyWords()
        self._platen = PlatenWatch() if request.modality == "finger" else None
        self._roll = RollAdvice() if request.modality == "finger" and request.impression == Impression.LIVE_ROLLED else None
        self.phase = Phase.LIFT if rules.needs_empty_platen else Phase.WAIT
        self.attempts: list[Attempt] = []
        self._before = attempts_before
        self._admission = admission or Grade(enrolls=True)
        self._verdict: Verdict | None = None
        self._instruction: Instruction | None = None
        self._frame_number = 0
        self._manual = self._seen_empty = False
        self.held = False
        """Whether a panel stands over the capture: pictures are judged and shown, none is taken until it is gone (any thread)."""

    @property
    def best(self) -> Attempt | None:
        """The attempt with the best lowest finger; the later of equals."""
        return max(self.attempts, key=lambda a: (a.verdict.passed, a.verdict.score, a.number), default=None)

    def press(self) -> None:
        """The operator takes the picture by hand; honoured at the next frame with something on it."""
        self._manual = True

    def glass_empty(self) -> None:
        """The device saw nothing on its glass: it counts also in a frame that nobody has the time to judge (any thread)."""
        self._seen_empty = True

    def process(self, frame: Frame) -> bool:
        """Judge one live frame; return True when the full picture is to be taken now (then call `taken`)."""
        self._frame_number = frame.number
        if self.phase in (Phase.DONE, Phase.DECIDE, Phase.TAKE):
            return False
        present = frame.finger_present
        if present is False:
            self._gate.reset()
            self._verdict = None
            self._instruction = self._words.feed(self._before_touch(frame), frame.at_s)
            self.phase = Phase.WAIT
            return False
        verdict = self._judge.live(frame, self.request, self.rules.thresholds)
        if self.phase is Phase.LIFT and self._seen_empty:
            self.phase = Phase.WAIT
        if self.phase is Phase.LIFT and (present or verdict.present):
            # The last finger still rests there: a new capture opens only after the platen was seen empty.
            old = self._platen.resting(frame) if self._platen is not None and present is None else None
            self._instruction = self._words.feed(Instruction(old or "lift-hand", 0), frame.at_s)
            return False
        if self._platen is not None:
            verdict = self._platen.beside(verdict)
        if self._roll is not None and verdict.present:
            verdict = self._roll.feed(frame, verdict)
        self._verdict = verdict
        if not verdict.present:
            self.phase = Phase.WAIT
            self._gate.reset()
            if self._roll is not None:
                self._roll.lifted()
            self._instruction = self._words.feed(None if present else self._before_touch(frame), frame.at_s)
            return False
        self.phase = Phase.LIVE
        opens = self._gate.feed(verdict, frame.at_s) and not (self._roll is not None and self._roll.holds(frame.at_s))
        self._instruction = self._words.feed(self._wanted(verdict, frame.at_s), frame.at_s)
        if not self._admission.enrolls or verdict.held_for or self.held:
            self._manual = False
            self._gate.reset()
            return False
        if opens or self._manual:
            self.phase = Phase.TAKE
            return True
        return False

    def _before_touch(self, frame: Frame) -> Instruction | None:
        """What is to be done on a glass that nobody touches."""
        if self._roll is not None:
            self._roll.lifted()
        code = self._platen.empty(frame) if self._platen is not None else None
        return Instruction(code, 0) if code is not None else None

    def _wanted(self, verdict: Verdict, at_s: float) -> Instruction | None:
        """The one instruction of a live picture: what its verdict wants, or to hold still where only movement keeps it from being taken."""
        if self._roll is not None:
            advice = self._roll.code if verdict.passed and self._roll.holds(at_s) else ""
            return Instruction(advice, int(self.request.position)) if advice else _instruction(verdict)
        moving = verdict.passed and self.request.modality == "finger" and self._gate.moving(at_s)
        return Instruction(str(ReasonCode.MOVED), 0) if moving else _instruction(verdict)

    def take_unseen(self) -> None:
        """For a device without a live picture: the full picture is to be taken now (then call `taken`).

        Raises:
            CaptureRefusedError: the device may not enroll; it is not asked for a picture.
        """
        check_admission(self._admission)
        self.phase = Phase.TAKE

    def taken(self, *burst: RawCapture) -> Attempt:
        """Judge the full picture, or the best of a burst; afterwards the phase is DONE, WAIT/LIFT for another try, or DECIDE.

        Raises:
            CaptureRefusedError: the device may not enroll; nothing of the picture is kept.
        """
        check_admission(self._admission)
        capture, verdict = self._best_of([stamped(c, self._admission) for c in burst])
        attempt = Attempt(self._before + len(self.attempts) + 1, capture, verdict, automatic=not self._manual)
        self.attempts.append(attempt)
        self._manual = False
        self._gate.reset()
        if verdict.passed:
            self.phase = Phase.DONE
        elif attempt.number >= self.rules.attempts:
            self.phase = Phase.DECIDE
        else:
            self._lift_first()
        self._instruction = _instruction(verdict)
        return attempt

    def _best_of(self, burst: Sequence[RawCapture]) -> tuple[RawCapture, Verdict]:
        judged = [(c, self._judge.final(c, self.request, self.rules.thresholds)) for c in burst]
        best = max(judged, key=lambda j: (j[1].passed, j[1].score, j[1].merit))  # the first of equals: the moment that was chosen
        if best is not judged[-1]:
            self._judge.final(best[0], self.request, self.rules.thresholds)  # what the judge shows is the picture that is kept
        return best

    def interrupted(self) -> None:
        """The device went away or the picture was cancelled: nothing was taken, the step starts over."""
        self._gate.reset()
        self._manual = False
        self._lift_first()

    def _lift_first(self) -> None:
        """The next try opens on an empty platen that is seen from now on."""
        self._seen_empty = False
        self.phase = Phase.LIFT if self.rules.needs_empty_platen else Phase.WAIT

    def view(self) -> SessionView:
        """Return what the screen shows now."""
        best = self.best
        return SessionView(self.phase, self._verdict, self._instruction, self._gate.share, self._before + len(self.attempts) + 1,
                           self.rules.attempts, best.verdict.score if best else None, self._frame_number,
                           int(self.request.position), None if self._admission.enrolls else self._admission)  # fmt: skip


def _instruction(verdict: Verdict) -> Instruction | None:
    """The one thing a verdict wants to be mended."""
    reason = None if verdict.passed else verdict.main_reason()
    if reason is None:
        return None
    seen = len(verdict.parts) if reason[0] == ReasonCode.FINGERS_MISSING else 0
    return Instruction(reason[0], int(reason[1]), seen)


ViewSink = Callable[[SessionView, Frame | None], None]
