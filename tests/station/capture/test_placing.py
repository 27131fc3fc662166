"""How a hand lies, said while it can be mended: fingers pressed together, a hand over the edge of the glass. Generated slaps only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from biometrics.fingerprint.segmentation import SegmentedFinger, SlapSegmentation
from biometrics.fingerprint.synthesis import ImpressionSettings, Person
from biometrics.fingerprint.synthesis.slap import slap
from biometrics.positions import FingerPosition as F
from devices.contract import CaptureRequest, Frame
from station.capture.fingers import FingerJudge

PPI = 250
RIGHT = (F.RIGHT_INDEX, F.RIGHT_MIDDLE, F.RIGHT_RING, F.RIGHT_LITTLE)
MARGIN = 2 * 18 * PPI / 500


def _hand(centres: tuple[float, ...], print_px: float = 100.0) -> SlapSegmentation:
    fingers = tuple(
        SegmentedFinger(p, (x, 300.0), print_px + MARGIN, 200.0, 0.0, 1.0) for p, x in zip(RIGHT, centres, strict=True)
    )
    return SlapSegmentation(F.RIGHT_FOUR, 1.0, fingers, None)


def test_room_between_fingers_is_measured_between_the_prints() -> None:
    gaps = _hand((150.0, 280.0, 370.0, 480.0)).gaps_mm(PPI)
    assert gaps == pytest.approx([30 * 0.1016, -10 * 0.1016, 10 * 0.1016])
    assert SlapSegmentation(None, 0.0, (), "no-finger").gaps_mm(PPI) == ()


def test_a_hand_over_an_edge_is_told_by_its_side() -> None:
    assert _hand((150.0, 280.0, 410.0, 540.0)).over_edge(800, PPI) == 0
    assert _hand((40.0, 170.0, 300.0, 430.0)).over_edge(800, PPI) == -1
    assert _hand((380.0, 510.0, 640.0, 770.0)).over_edge(800, PPI) == 1
    assert _hand((40.0, 170.0, 640.0, 770.0)).over_edge(800, PPI) == 0, "wider than the glass: neither way mends it"


def test_the_live_verdict_asks_to_spread_fingers_and_to_move_the_hand() -> None:
    person, judge = Person.from_seed(304), FingerJudge()
    settings = ImpressionSettings(ppi=PPI)

    unreached = {int(f): 101.0 for f in RIGHT}

    def said(spread: float, shift_px: float = 0.0, thresholds: dict[int, float] = unreached) -> tuple[str, ...]:
        seen = slap(person, F.RIGHT_FOUR, replace(settings, shift_px=(shift_px, 0.0)), 1, spread=spread).image
        return judge.live(Frame(np.asarray(seen), 1, 0.0, PPI, True), CaptureRequest(F.RIGHT_FOUR), thresholds).whole

    assert said(1.1) == ()
    assert said(0.75) == ("fingers-touching",)
    assert said(0.75, thresholds={int(f): 1.0 for f in RIGHT}) == (), "a good hand is taken however close its fingers lie"
    assert said(1.0, -260.0) == ("off-centre-left",)
    assert said(1.0, 260.0) == ("off-centre-right",)
