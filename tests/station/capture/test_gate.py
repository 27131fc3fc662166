"""The gate and the words: pure state machines over time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from biometrics.positions import FingerPosition
from station.capture.gate import GateRules, Instruction, SteadyGate, SteadyWords
from station.capture.verdict import PartVerdict, Verdict

INDEX = FingerPosition.RIGHT_INDEX


def verdict(
    score: float = 80,
    threshold: float = 40,
    centre: tuple[float, float] = (100, 100),
    expected: int = 1,
    reasons: tuple[str, ...] = (),
) -> Verdict:
    return Verdict((PartVerdict(INDEX, score, threshold, reasons, centre=centre),), expected, ppi=500)


def test_it_opens_after_half_a_second_and_five_frames_not_before() -> None:
    gate = SteadyGate(GateRules(0.5, 5, 1.0))
    opened = [gate.feed(verdict(), at) for at in (0.0, 0.2, 0.3, 0.4, 0.49, 0.5)]
    assert opened == [False, False, False, False, False, True]
    gate = SteadyGate(GateRules(0.5, 5, 1.0))
    assert [gate.feed(verdict(), at) for at in (0.0, 1.0, 2.0, 3.0, 4.0)] == [False, False, False, False, True]


def test_equal_to_the_threshold_passes_and_the_average_never_counts() -> None:
    assert verdict(40, 40).passed
    good, bad = PartVerdict(INDEX, 100, 40), PartVerdict(FingerPosition.RIGHT_MIDDLE, 39.9, 40)
    assert not Verdict((good, bad), 2).passed
    assert Verdict((good, bad), 2).score == 39.9


def test_three_fingers_of_four_never_pass() -> None:
    parts = tuple(PartVerdict(FingerPosition(p), 90, 40) for p in (2, 3, 4))
    assert not Verdict(parts, 4).passed
    assert Verdict(parts, 3).passed


def test_a_finger_that_moves_more_than_a_millimetre_starts_over() -> None:
    gate = SteadyGate(GateRules(0.1, 2, 1.0))
    gate.feed(verdict(centre=(100, 100)), 0.0)
    assert not gate.feed(verdict(centre=(100, 121)), 0.2)  # 21 px at 500 ppi are 1.07 mm
    assert gate.feed(verdict(centre=(100, 121)), 0.4)


def test_a_blocking_reason_stops_a_good_score() -> None:
    assert not verdict(95, reasons=("same-finger",)).passed


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.001, 0.4)), max_size=60))
def test_it_never_opens_without_a_whole_run_of_passing_frames(frames: list[tuple[float, float]]) -> None:
    rules = GateRules(0.5, 5, 1.0)
    gate, at, run = SteadyGate(rules), 0.0, []
    for score, step in frames:
        at += step
        opened = gate.feed(verdict(score), at)
        run = [*run, at] if score >= 40 else []
        assert opened == (len(run) >= 5 and run[-1] - run[0] >= 0.5)


def test_words_appear_late_stay_and_yield_only_to_the_more_blocking() -> None:
    words, light, hand = SteadyWords(), Instruction("too-light", 5), Instruction("wrong-hand", 0)
    assert [words.feed(light, t) for t in (0.0, 0.05)] == [None, None]
    assert words.feed(light, 0.1) == light
    assert [words.feed(None, t) for t in (0.2, 0.3, 0.4, 0.5)] == [light] * 4  # it stays 0.8 s
    assert words.feed(None, 0.95) is None
    for t in (1.0, 1.05, 1.1):
        words.feed(light, t)
    shown = [words.feed(hand, t) for t in (1.15, 1.2, 1.25)]
    assert shown[-1] == hand
