"""Every live reason from the picture to the session's one instruction: planted in the simulated scanner or the generator, read in the view.

What plants (`biometrics.fingerprint.synthesis`, `devices.simulated`) imports nothing of what detects.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from biometrics.fingerprint.synthesis import ImpressionSettings, LiveScene, Person
from biometrics.fingerprint.synthesis.slap import slap
from biometrics.positions import FingerPosition as F
from biometrics.positions import Impression
from devices.contract import CaptureRequest, Frame
from devices.simulated.scanner import ROLLS, Applicant, SimulatedScanner
from station.capture.fingers import FingerJudge
from station.capture.session import CaptureSession, Phase, StepRules
from station.clock import ManualClock

PPI = 250
INDEX = CaptureRequest(F.RIGHT_INDEX)
FOUR = CaptureRequest(F.RIGHT_FOUR)
PERSON = Person.from_seed(304)
UNREACHED = dict.fromkeys(range(1, 11), 101.0)


def said(session: CaptureSession, pictures: Iterable[np.ndarray], present: bool | None = True, fps: float = 30.0) -> list[str]:
    """Feed pictures and return the codes that a screen would have shown, each once, in the order in which they came."""
    shown: list[str] = []
    for number, picture in enumerate(pictures):
        session.process(Frame(np.asarray(picture), number, number / fps, PPI, present))
        instruction = session.view().instruction
        if instruction is not None and instruction.code not in shown:
            shown.append(instruction.code)
    return shown


def _session(request: CaptureRequest, thresholds: dict[int, float] | None = None, **rules) -> CaptureSession:
    rules = {"needs_empty_platen": False, **rules}
    return CaptureSession(request, StepRules(thresholds=thresholds or {}, **rules), FingerJudge())


@pytest.mark.parametrize(
    ("physics", "code"),
    [
        ({"shift_px": (0.0, -480.0)}, "off-centre-up"),
        ({"shift_px": (0.0, 640.0)}, "off-centre-down"),
        ({"rotation_deg": 30.0}, "tilted"),
        ({"rotation_deg": -30.0}, "tilted"),
        ({}, "low-quality"),
    ],
)
def test_how_a_hand_lies_is_said(physics: dict, code: str) -> None:
    seen = slap(PERSON, F.RIGHT_FOUR, replace(ImpressionSettings(ppi=PPI), **physics), 1).image
    assert said(_session(FOUR, UNREACHED), [seen] * 4) == [code]


def test_a_hand_that_moves_is_asked_to_hold_still_and_taken_when_it_does() -> None:
    seen = np.asarray(slap(PERSON, F.RIGHT_FOUR, ImpressionSettings(ppi=PPI), 1).image)
    session = _session(FOUR, dict.fromkeys(range(1, 11), 5.0))
    drifting = [np.roll(seen, 8 * n, axis=1) for n in range(-8, 8)]  # 0.8 mm a picture
    assert said(session, drifting) == ["moved"]
    assert session.phase is Phase.LIVE
    assert said(session, [drifting[-1]] * 40) == ["moved"]
    assert session.phase is Phase.TAKE


def test_worn_ridges_are_said_of_a_live_finger_and_a_live_slap() -> None:
    worn = ImpressionSettings(worn=0.9)
    finger = LiveScene.of_finger(PERSON.finger(F.RIGHT_INDEX), worn, 1, ppi=PPI, land_s=0.0)
    pictures = [finger.frame(1 + n / 30).image for n in range(5)]
    assert said(_session(INDEX), pictures) == ["worn"]
    hand = LiveScene.of_slap(PERSON, F.RIGHT_FOUR, worn, 1, ppi=PPI, land_s=0.0)
    pictures = [hand.frame(1 + n / 30).image for n in range(5)]
    assert said(_session(FOUR), pictures) == ["worn"]


@pytest.mark.parametrize(("soil", "code"), [((0.8, 0), "dirty-platen"), ((0.0, 77), "latent")])
def test_soiled_glass_is_said_before_the_hand_lies_on_it_and_no_more_when_wiped(soil: tuple[float, int], code: str) -> None:
    scanner = SimulatedScanner(Applicant(3), pacer=ManualClock())
    scanner.open()
    try:
        for request in (FOUR, INDEX):
            scanner.soil(*soil)
            scanner.prepare(request)
            scanner.lift()
            session = _session(request)
            empty = scanner.preview()
            assert said(session, (next(empty).image for _ in range(5)), present=False) == [code]
            assert session.phase is Phase.WAIT
            scanner.clean()
            said(session, (next(empty).image for _ in range(40)), present=False)
            assert session.view().instruction is None
            empty.close()
    finally:
        scanner.close()


def test_soiled_glass_is_still_said_of_a_hand_that_is_not_good_and_never_keeps_a_good_one() -> None:
    grease = ImpressionSettings(latent=Person.from_seed(77).finger(F.RIGHT_INDEX))
    bare = LiveScene.of_platen(grease, ppi=PPI, shape=(750, 800)).frame(0.1).image
    hand = LiveScene.of_slap(PERSON, F.RIGHT_FOUR, grease, 1, ppi=PPI, land_s=0.0)
    laid = [hand.frame(1 + n / 30).image for n in range(20)]
    hopeless, good = _session(FOUR, UNREACHED), _session(FOUR, dict.fromkeys(range(1, 11), 5.0))
    for session in (hopeless, good):
        said(session, [bare] * 2, present=False)
    assert said(hopeless, laid) == ["latent"]
    assert said(good, laid) == []
    assert (hopeless.phase, good.phase) == (Phase.LIVE, Phase.TAKE)


def test_an_old_print_that_never_moves_is_no_hand_to_lift() -> None:
    """A device that does not tell fingers from grease: the session would wait for a lifted hand for ever."""
    rests = LiveScene.of_finger(PERSON.finger(F.RIGHT_INDEX), None, 1, ppi=PPI, land_s=0.0)
    for picture, shown in (
        (lambda n: rests.frame(2.0).image, ["lift-hand", "latent"]),
        (lambda n: rests.frame(2 + n / 30).image, ["lift-hand"]),
    ):
        session = _session(INDEX, needs_empty_platen=True)
        assert said(session, (picture(n) for n in range(75)), present=None) == shown
        assert session.phase is Phase.LIFT


@pytest.mark.parametrize(
    ("roll", "code"), [("good", None), ("fast", "roll-fast"), ("short", "roll-short"), ("slipped", "roll-slipped")]
)
def test_how_a_finger_is_rolled_is_said_and_the_picture_is_taken_all_the_same(roll: str, code: str | None) -> None:
    scanner = SimulatedScanner(Applicant(304, roll=ROLLS[roll]["roll"]), pacer=ManualClock())
    scanner.open()
    request = CaptureRequest(F.RIGHT_INDEX, Impression.LIVE_ROLLED)
    session = CaptureSession(request, StepRules(thresholds={2: 5.0}), FingerJudge())
    shown: list[str] = []
    try:
        scanner.prepare(request)
        for count, frame in enumerate(live := scanner.preview()):
            taken = session.process(frame)
            instruction = session.view().instruction
            if instruction is not None and instruction.code.startswith("roll-") and instruction.code not in shown:
                shown.append(instruction.code)
            if taken or count > 120:
                break
        if not taken:  # advice refuses nothing: the officer's key takes it at once
            session.press()
            session.process(next(live))
        live.close()
    finally:
        scanner.close()
    assert shown == ([code] if code else [])
    assert session.phase is Phase.TAKE
