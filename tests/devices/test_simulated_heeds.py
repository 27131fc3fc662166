"""A simulated citizen who is told to press harder does so after a while; what they cannot help stays."""

from __future__ import annotations

from itertools import islice

from biometrics.positions import FingerPosition, Impression
from devices.contract import CaptureRequest
from devices.simulated.scanner import PATIENCE_S, Applicant, SimulatedScanner
from devices.staged import EMPTY_FRAMES, FRAME_S
from station.clock import ManualClock

REQUEST = CaptureRequest(position=FingerPosition.RIGHT_RING, impression=Impression.LIVE_PLAIN)
LONG = EMPTY_FRAMES + round(PATIENCE_S / FRAME_S)


def ink(applicant: Applicant) -> tuple[float, float]:
    """Mean darkness of the live picture just before patience ends and well after."""
    scanner = SimulatedScanner(applicant, pacer=ManualClock())
    scanner.open()
    scanner.prepare(REQUEST)
    preview = scanner.preview()
    frames = [255 - frame.image.mean() for frame in islice(preview, 3 * LONG)]
    preview.close()
    scanner.close()
    return max(frames[LONG // 2 : LONG]), min(frames[-LONG // 2 :])


def test_a_light_dry_touch_gets_darker_by_itself() -> None:
    before, after = ink(Applicant(4, spread=1.5))
    assert after > 1.15 * before


def test_a_skin_that_is_dry_stays_dry() -> None:
    before, after = ink(Applicant(4, habits={"moisture": -0.8, "pressure": -0.4}))
    assert after < 1.1 * before


def test_who_missed_the_empty_glass_sees_it_again() -> None:
    scanner = SimulatedScanner(Applicant(4, habits={"moisture": -0.8}), pacer=ManualClock())
    scanner.open()
    scanner.prepare(REQUEST)
    preview = scanner.preview()
    present = [frame.finger_present for frame in islice(preview, 3 * LONG)][EMPTY_FRAMES:]
    preview.close()
    scanner.close()
    assert present.count(False) == EMPTY_FRAMES
    assert present[-1], "and it is laid down anew"
