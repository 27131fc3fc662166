"""WS-BD sensors for the contract suite and the fault matrix."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from biometrics.positions import FingerPosition
from devices.contract import CaptureRequest, Device
from devices.simulated.people import picture
from devices.simulated.wsbd import WsbdSimulator
from devices.wsbd.adapter import WsbdScanner
from tests.devices.contract.table import FaultBench

INDEX = CaptureRequest(FingerPosition.RIGHT_INDEX, deadline_s=0.6)
RECOVERS = ("split-read",)


def scanner(url: str, **settings: object) -> WsbdScanner:
    (device,) = WsbdScanner.discover({"url": url, "margin_s": 2.0, **settings})
    assert isinstance(device, WsbdScanner)
    return device


@contextmanager
def sensor(_: Path) -> Iterator[Device]:
    simulator = WsbdSimulator()
    try:
        yield scanner(simulator.start(), margin_s=5.0)
    finally:
        simulator.stop()


@contextmanager
def faulty(fault: str) -> Iterator[FaultBench]:
    simulator = WsbdSimulator("fingerprint", (fault,))
    picture(1, INDEX.position, 1)  # grown before the clock runs
    device = scanner(simulator.start(), download_s=2.0)

    def use() -> object:
        return device.capture(INDEX).images

    try:
        yield FaultBench(device, use, simulator.heal, deadline_s=4.0, recovers=fault in RECOVERS)
    finally:
        device.close()
        simulator.stop()
