"""The IP camera in the contract suite and in the fault matrix."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devices.contract import CaptureRequest, Device
from devices.mjpeg.camera import MjpegCamera
from devices.simulated.mjpeg import PICTURES, MjpegSimulator, draw
from tests.devices.contract.table import FaultBench

RECOVERS = frozenset(
    {"stray-ready", "split-read", "dropped-byte", "short-last-packet", "every-second-damaged", "no-length", "line-feeds"}
)


@contextmanager
def camera(_: Path) -> Iterator[Device]:
    simulator = MjpegSimulator("320x240@60")
    url = simulator.start()
    try:
        yield MjpegCamera(url, simulated=True)
    finally:
        simulator.stop()


@contextmanager
def faulty(fault: str) -> Iterator[FaultBench]:
    simulator = MjpegSimulator("320x240@60", [fault])
    url = simulator.start()
    device = MjpegCamera(url, simulated=True, stall_s=0.6)
    request = CaptureRequest(modality="face", deadline_s=1.0)
    whole = {MjpegSimulator._encode(draw(320, 240, number)) for number in range(PICTURES)}

    def use() -> bool:
        return all(device.capture(request).images[0].original in whole for _ in range(4))

    try:
        yield FaultBench(device, use, simulator.heal, 1.5, fault in RECOVERS)
    finally:
        device.close()
        simulator.stop()
