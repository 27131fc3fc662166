"""Bridged scanners for the contract suite and the fault matrix: the example bridge and the simulated one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import devices.bridge
from biometrics.positions import FingerPosition
from devices.bridge.adapter import BridgeScanner
from devices.contract import CaptureRequest, Device
from devices.simulated.bridge import BridgeSimulator
from tests.devices.contract.table import FaultBench

EXAMPLE = Path(devices.bridge.__file__).with_name("example_bridge.py")
THUMBS = CaptureRequest(FingerPosition.TWO_THUMBS, deadline_s=0.5)
RECOVERS = ("split-read", "error-flood", "late-answer")


def scanner(command: list[str], **settings: object) -> BridgeScanner:
    (device,) = BridgeScanner.discover({"command": command, "silence_s": 2.0, "margin_s": 2.0, **settings})
    assert isinstance(device, BridgeScanner)
    return device


@contextmanager
def example(_: Path) -> Iterator[Device]:
    yield scanner([sys.executable, "-I", str(EXAMPLE)], silence_s=3.0, margin_s=3.0)


@contextmanager
def simulated(_: Path) -> Iterator[Device]:
    yield scanner(BridgeSimulator("stripes").command(), silence_s=3.0, margin_s=3.0)


@contextmanager
def faulty(fault: str) -> Iterator[FaultBench]:
    simulator = BridgeSimulator("stripes", (fault,))
    device = scanner(simulator.command(healthy=True))
    device.command = tuple(simulator.command())

    def use() -> object:
        assert len(list(islice(device.preview(), 5))) == 5
        return device.capture(THUMBS).images

    def heal() -> None:
        device.command = tuple(simulator.command(healthy=True))

    yield FaultBench(device, use, heal, deadline_s=4.0, recovers=fault in RECOVERS)
    device.close()
