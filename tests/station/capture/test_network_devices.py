"""SBI and WS-BD devices through the station's own capture logic: slaps without a slap picture, sensors without a live picture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from biometrics.positions import FingerPosition
from devices.contract import CaptureRequest
from devices.errors import CaptureRefusedError
from devices.grade import Grade
from devices.simulated.sbi import SbiSimulator
from devices.simulated.wsbd import WsbdSimulator
from devices.worker import DeviceWorker
from station.capture.fingers import FingerJudge
from station.capture.runner import LiveRunner, run_headless
from station.capture.session import CaptureSession, Phase, StepRules
from tests.devices.sbi.contract_cases import scanner_of
from tests.devices.wsbd.contract_cases import scanner

THUMBS = CaptureRequest(FingerPosition.TWO_THUMBS, deadline_s=10.0)
INDEX = CaptureRequest(FingerPosition.RIGHT_INDEX, deadline_s=10.0)


@pytest.fixture
def slaps() -> Iterator[SbiSimulator]:
    simulator = SbiSimulator("finger-slap")
    simulator.start()
    simulator.warm_up("3")
    yield simulator
    simulator.stop()


@pytest.fixture
def sensor() -> Iterator[str]:
    simulator = WsbdSimulator()
    yield simulator.start()
    simulator.stop()


def test_each_finger_of_a_slap_without_a_slap_picture_is_judged_by_itself(slaps: SbiSimulator) -> None:
    device = scanner_of(slaps, margin_s=10.0)
    device.open()
    taken = device.capture(THUMBS)
    verdict = FingerJudge().final(taken, THUMBS, {1: 10, 6: 101})
    assert [int(p.position) for p in verdict.parts] == [1, 6]
    assert [p.passed for p in verdict.parts] == [True, False], "each against its own threshold"
    assert not verdict.passed
    assert verdict.expected == 2
    device.close()


def test_a_slap_is_taken_from_the_live_picture_on(slaps: SbiSimulator) -> None:
    device = scanner_of(slaps, margin_s=10.0, silence_s=10.0)
    device.open()
    session = CaptureSession(THUMBS, StepRules(thresholds={1: 0, 6: 0}, needs_empty_platen=False), FingerJudge())
    session.press()
    best = run_headless(device, session)
    assert best is not None
    assert len(best.capture.signed) == 2
    device.close()


def test_a_sensor_without_a_live_picture_is_simply_asked(sensor: str) -> None:
    device = scanner(sensor, margin_s=10.0)
    device.open()
    session = CaptureSession(INDEX, StepRules(thresholds={2: 0}), FingerJudge())
    assert run_headless(device, session) is not None
    assert session.phase is Phase.DONE
    worker = DeviceWorker("test-wsbd")
    views: list[Phase] = []
    runner = LiveRunner(device, worker, on_frame=lambda _: None, on_view=lambda view, _: views.append(view.phase))
    again = CaptureSession(INDEX, StepRules(thresholds={2: 0}), FingerJudge())
    assert runner.start(again).result(30) is not None
    assert views == [Phase.DONE]
    refused = CaptureSession(INDEX, StepRules(), FingerJudge(), admission=Grade(enrolls=False, code="certificate-missing"))
    with pytest.raises(CaptureRefusedError):
        run_headless(device, refused)
    assert refused.attempts == []
    assert worker.stop()
    device.close()
