"""The sentence over a live picture: the hand is named, fingers are counted, every reason has plain words for the applicant."""

from __future__ import annotations

import pytest

from biometrics.positions import FingerPosition as F
from biometrics.reasons import ReasonCode
from devices.contract import CaptureRequest, Frame
from station.capture.session import CaptureSession, StepRules
from station.capture.verdict import PartVerdict, Verdict
from ui.screens.live_said import Said, missing_finger, said_of
from ui.texts import Texts
from ui.theme.tokens import State

FOUR = (F.RIGHT_INDEX, F.RIGHT_MIDDLE, F.RIGHT_RING, F.RIGHT_LITTLE)


class Seen:
    """A judge that sees what it is told."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def live(self, *_: object) -> Verdict:
        """The verdict."""
        return self.verdict

    final = live


def _said(verdict: Verdict, position: F = F.RIGHT_FOUR) -> tuple[Said, F | None]:
    import numpy as np

    session = CaptureSession(CaptureRequest(position), StepRules(needs_empty_platen=False), Seen(verdict))
    for number in range(4):
        session.process(Frame(np.zeros((4, 4), np.uint8), number, number / 10, 250, True))
    said = said_of(Texts("vi+en"), session.view(), "fingers")
    assert said is not None
    return said, missing_finger(session.view(), FOUR)


@pytest.mark.parametrize(
    ("position", "hand", "english"), [(F.RIGHT_FOUR, "tay phải", "right hand"), (F.LEFT_FOUR, "tay trái", "left hand")]
)
def test_the_wrong_hand_names_the_hand_that_is_wanted(position: F, hand: str, english: str) -> None:
    said, _ = _said(Verdict((PartVerdict(F.LEFT_INDEX, 80, 30),), 4, ("wrong-hand",)), position)
    assert (said.state, said.main) == (State.BLOCKED, f"Nhầm tay: cần {hand}")
    assert english in said.second
    assert hand in Texts("vi")(said.told)


def test_missing_fingers_are_counted_and_shown_on_the_hand() -> None:
    three = tuple(PartVerdict(f, 80, 30) for f in FOUR if f is not F.RIGHT_RING)
    said, absent = _said(Verdict(three, 4, ("fingers-missing",)))
    assert said.main == "Thấy 3/4 ngón"
    assert absent is F.RIGHT_RING
    said, absent = _said(Verdict(three[:2], 4, ("fingers-missing",)))
    assert said.main == "Thấy 2/4 ngón"
    assert absent is None


def test_every_reason_has_words_for_the_applicant_of_at_most_fifteen() -> None:
    texts = Texts("vi")
    codes = [f"applicant.{code}" for code in ReasonCode if code is not ReasonCode.WRONG_HAND]
    codes += ["applicant.wrong-hand.13", "applicant.wrong-hand.14", "applicant.lift-hand"]
    for code in codes:
        words = texts(code, finger="ngón trỏ")
        assert words != code, f"{code} has no words"
        assert len(words.split()) <= 15, words
