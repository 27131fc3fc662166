"""Capture sessions on the simulated scanner: empty platen first, automatic capture, attempts, the best kept, cable pulled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from biometrics.portrait.synthesis import Fault
from biometrics.positions import FingerPosition, Impression
from devices.contract import CaptureRequest, Frame, RawCapture
from devices.errors import DeviceUnpluggedError
from devices.simulated.camera import SimulatedCamera, Sitting
from devices.simulated.scanner import Applicant, SimulatedScanner
from station.capture.fingers import FingerJudge
from station.capture.portrait import PortraitJudge
from station.capture.runner import run_headless
from station.capture.session import CaptureSession, Phase, SessionView, StepRules
from station.capture.verdict import PartVerdict, Verdict
from station.clock import ManualClock
from station.dossier.procedure import load_procedure
from station.enrolling import rules_of

ROLLED = CaptureRequest(FingerPosition.RIGHT_INDEX, Impression.LIVE_ROLLED)


class ScriptedJudge:
    """Says in turn what the captures are worth; live pictures always pass."""

    def __init__(self, *scores: float) -> None:
        self._scores = list(scores)

    @property
    def left(self) -> int:
        """How many captures are still foreseen."""
        return len(self._scores)

    def live(self, frame: Frame, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        return self._verdict(90, request)

    def final(self, capture: RawCapture, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        return self._verdict(self._scores.pop(0), request)

    @staticmethod
    def _verdict(score: float, request: CaptureRequest) -> Verdict:
        return Verdict((PartVerdict(request.position, score, 40.0, () if score >= 40 else ("too-light",)),), 1)


@pytest.fixture
def scanner():
    scanner = SimulatedScanner(Applicant(3), pacer=ManualClock())
    scanner.open()
    yield scanner
    scanner.close()


def test_a_good_finger_is_taken_by_itself(scanner: SimulatedScanner) -> None:
    session = CaptureSession(ROLLED, StepRules(thresholds={2: 30}), FingerJudge())
    seen = []
    best = run_headless(scanner, session, lambda view, _: seen.append(view.phase))
    assert best is not None
    assert best.automatic
    assert session.phase is Phase.DONE
    assert seen[0] is Phase.WAIT  # the platen was seen empty first
    assert Phase.LIVE in seen


def test_the_best_picture_of_a_burst_is_kept_and_shown(scanner: SimulatedScanner) -> None:
    judge = ScriptedJudge(20, 50, 45, 50)
    session = CaptureSession(ROLLED, StepRules(burst=3), judge)
    best = run_headless(scanner, session)
    assert best is not None
    assert [a.verdict.score for a in session.attempts] == [50], "one attempt, whatever the burst"
    assert judge.left == 0, "the kept picture is judged last, so that what the judge shows is of it"


def test_a_blink_costs_no_attempt() -> None:
    camera = SimulatedCamera(Sitting(4, ((Fault.EYES_CLOSED, 0.05),)), pacer=ManualClock())
    camera.open()
    judge = PortraitJudge()
    request = CaptureRequest(modality="face")
    try:
        alone = CaptureSession(request, StepRules(needs_empty_platen=False), judge)
        alone.taken(camera.capture(request))
        assert alone.phase is not Phase.DONE, "the eyes were closed"
        again = SimulatedCamera(Sitting(4, ((Fault.EYES_CLOSED, 0.05),)), pacer=ManualClock())
        again.open()
        session = CaptureSession(request, rules_of(load_procedure("vn-60-2021").step("portrait")), judge)
        assert session.rules.burst == 3
        session.taken(*[again.capture(request) for _ in range(session.rules.burst)])
        assert session.phase is Phase.DONE
        assert judge.latest is not None
        assert judge.latest.passed
        again.close()
    finally:
        camera.close()


def test_three_attempts_then_the_best_is_offered(scanner: SimulatedScanner) -> None:
    session = CaptureSession(ROLLED, StepRules(attempts=3), ScriptedJudge(20, 35, 10))
    best = run_headless(scanner, session)
    assert session.phase is Phase.DECIDE
    assert [a.verdict.score for a in session.attempts] == [20, 35, 10]
    assert best is not None
    assert best.number == 2


def test_a_second_attempt_that_passes_ends_it(scanner: SimulatedScanner) -> None:
    session = CaptureSession(ROLLED, StepRules(attempts=3), ScriptedJudge(20, 60))
    run_headless(scanner, session)
    assert session.phase is Phase.DONE
    assert len(session.attempts) == 2


def test_the_operator_presses_and_it_says_so(scanner: SimulatedScanner) -> None:
    session = CaptureSession(ROLLED, StepRules(attempts=1), ScriptedJudge(60))
    session.press()
    best = run_headless(scanner, session)
    assert best is not None
    assert not best.automatic


def test_nothing_is_taken_while_a_panel_stands_over_the_capture(scanner: SimulatedScanner) -> None:
    session = CaptureSession(ROLLED, StepRules(), ScriptedJudge(60))
    session.held = True
    seen = []

    def look(view: SessionView, frame: Frame | None) -> None:
        seen.append(view)
        if len(seen) == 150:
            assert any(v.verdict is not None for v in seen), "it is judged and shown"
            assert {v.hold_share for v in seen} == {0.0}
            assert not session.attempts
            session.press()
        if len(seen) == 200:
            assert not session.attempts, "a press under a panel takes nothing either, nor later"
            session.held = False

    best = run_headless(scanner, session, look)
    assert best is not None
    assert best.automatic
    assert len(seen) > 200


def test_a_cable_pulled_in_mid_capture_takes_nothing_and_the_next_one_works(scanner: SimulatedScanner) -> None:
    scanner.unplug(in_capture=True)
    session = CaptureSession(ROLLED, StepRules(), FingerJudge())
    with pytest.raises(DeviceUnpluggedError):
        run_headless(scanner, session)
    assert session.attempts == []
    scanner.plug_in()
    scanner.open()
    session.interrupted()
    assert run_headless(scanner, session) is not None


def test_a_finger_still_resting_is_asked_to_lift(scanner: SimulatedScanner) -> None:
    session = CaptureSession(ROLLED, StepRules(), ScriptedJudge(60))
    scanner.prepare(ROLLED)
    frames = iter(scanner.preview())
    resting = next(f for f in frames if f.finger_present)
    for _ in range(3):
        assert not session.process(resting)
    assert session.phase is Phase.LIFT
    assert session.view().instruction is not None
    assert session.view().instruction.code == "lift-hand"


def test_the_whole_hand_is_judged_finger_by_finger(scanner: SimulatedScanner) -> None:
    request = CaptureRequest(FingerPosition.LEFT_FOUR, Impression.LIVE_PLAIN, missing=(FingerPosition.LEFT_RING,))
    session = CaptureSession(request, StepRules(thresholds=dict.fromkeys((7, 8, 9, 10), 20.0)), FingerJudge())
    best = run_headless(scanner, session)
    assert best is not None
    assert {p.position for p in best.verdict.parts} == {
        FingerPosition.LEFT_INDEX,
        FingerPosition.LEFT_MIDDLE,
        FingerPosition.LEFT_LITTLE,
    }
    assert best.verdict.passed


def test_an_empty_glass_counts_though_its_picture_was_not_judged(scanner: SimulatedScanner) -> None:
    session = CaptureSession(ROLLED, StepRules(thresholds={2: 30}), ScriptedJudge(80, 20))
    rested = Frame(np.full((400, 375), 90, np.uint8), 1, 0.0, 250, True)
    for number in range(30):
        assert not session.process(replace(rested, number=number, at_s=number / 30))
    assert session.phase is Phase.LIFT, "the finger before still rests there"
    session.glass_empty()
    assert any(session.process(replace(rested, number=n, at_s=n / 30)) for n in range(30, 90))


def test_a_glass_that_was_empty_before_a_try_is_not_empty_after_it(scanner: SimulatedScanner) -> None:
    session = CaptureSession(ROLLED, StepRules(thresholds={2: 30}), ScriptedJudge(20, 20))
    session.glass_empty()
    scanner.prepare(ROLLED)
    session.taken(scanner.capture(ROLLED))
    assert session.phase is Phase.LIFT
    session.process(Frame(np.full((400, 375), 90, np.uint8), 1, 0.0, 250, True))
    assert session.phase is Phase.LIFT
