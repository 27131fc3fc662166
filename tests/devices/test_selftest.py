"""The self-test's figures are those of the stream, and no device's failure gets past its step."""

from __future__ import annotations

import numpy as np
import pytest

from devices.contract import Frame, RawCapture
from devices.nmea.receiver import NmeaReceiver
from devices.selftest import DONE, FAIL, LiveMeter, noise_between, selftest
from devices.simulated.camera import SimulatedCamera, Sitting
from devices.simulated.scanner import SimulatedScanner
from devices.simulated.serial_push import NmeaSimulator


def test_rate_drops_and_noise_of_a_known_stream() -> None:
    rng = np.random.default_rng(3)
    meter = LiveMeter()
    for number in (1, 2, 4, 5, 6, 8, 9, 10):
        image = np.clip(128 + rng.normal(0, 6, (200, 200)), 0, 255).astype(np.uint8)
        meter.feed(Frame(image, number, number / 20))
    seen = meter.figures()
    assert seen.dropped == pytest.approx(0.2)
    assert seen.frames_per_s == pytest.approx(7 / (9 / 20))
    assert seen.noise == pytest.approx(6, rel=0.08)


@pytest.mark.parametrize("sigma", [0.8, 1.5, 3.0, 12.0])
def test_noise_is_measured_in_grey_levels_whatever_moves(sigma: float) -> None:
    rng = np.random.default_rng(5)
    scene = np.tile(np.linspace(40, 200, 300), (300, 1))
    a, b = (np.clip(np.round(scene + rng.normal(0, sigma, scene.shape)), 0, 255).astype(np.uint8) for _ in range(2))
    b[100:130] = 90  # a tenth of the picture moves
    assert noise_between(a, b) == pytest.approx(sigma, rel=0.25)


def test_a_clipped_picture_has_no_noise_to_measure() -> None:
    white = np.full((50, 50), 255, np.uint8)
    assert noise_between(white, white) is None


def test_a_scanner_is_watched_and_nothing_is_captured(monkeypatch: pytest.MonkeyPatch) -> None:
    captured: list[RawCapture] = []
    monkeypatch.setattr(SimulatedScanner, "_take", lambda *_: captured.append)
    scanner = SimulatedScanner()
    steps = list(selftest(scanner, preview_s=0.3))
    assert [s.asked for s in steps] == ["describe", "open", "prepare", "preview", "close"]
    assert all(s.code == DONE for s in steps)
    assert steps[3].values["frames_per_s"] > 1
    assert not captured
    assert not scanner.is_open


def test_a_device_that_fails_fails_its_step_and_no_other_is_tried() -> None:
    camera = SimulatedCamera(Sitting(1))
    camera.unplug()
    steps = list(selftest(camera))
    assert (steps[-1].asked, steps[-1].code, steps[-1].answered) == ("open", FAIL, "device-not-found")


def test_a_receivers_place_is_not_told() -> None:
    simulator = NmeaSimulator(every_s=0.1, paced=False)
    try:
        steps = list(selftest(NmeaReceiver(simulator.start())))
    finally:
        simulator.stop()
    assert next(s for s in steps if s.asked == "fix").answered == "valid"
    assert not any("21.0" in str(s) for s in steps)
