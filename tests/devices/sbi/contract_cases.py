"""SBI devices for the contract suite and the fault matrix, each on its own simulated service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from biometrics.positions import SLAP_FINGERS, FingerPosition
from devices.contract import CaptureRequest, Device
from devices.sbi.adapter import SbiScanner
from devices.simulated.people import cut_fingers
from devices.simulated.sbi import SbiSimulator
from tests.devices.contract.table import FaultBench

THUMBS = CaptureRequest(FingerPosition.TWO_THUMBS, deadline_s=0.5)
RECOVERS = ("split-read", "stream-damaged-picture", "stream-garbage", "stream-lying-length")


def scanner_of(sim: SbiSimulator, **settings: object) -> SbiScanner:
    """Discover the one device of a started simulator."""
    given = {"ports": str(sim.port), "env": "Developer", "trust": sim.trust(), "silence_s": 2.0, "margin_s": 2.0, **settings}
    (device,) = SbiScanner.discover(given)
    assert isinstance(device, SbiScanner)
    return device


def grown(sim: SbiSimulator) -> None:
    """Grow the thumbs and touch the platen in advance, so that deadlines in tests may be short on a busy machine."""
    sim.warm_up("3")
    for touch in (1, 2, 3):
        cut_fingers(sim.body.seed, SLAP_FINGERS[THUMBS.position], touch)


@contextmanager
def _on(profile: str) -> Iterator[Device]:
    sim = SbiSimulator(profile, frames_per_s=60)
    sim.start()
    try:
        yield scanner_of(sim, silence_s=5.0, margin_s=5.0)
    finally:
        sim.stop()


@contextmanager
def slap(_: Path) -> Iterator[Device]:
    with _on("finger-slap") as device:
        yield device


@contextmanager
def single(_: Path) -> Iterator[Device]:
    with _on("finger-single") as device:
        yield device


@contextmanager
def iris(_: Path) -> Iterator[Device]:
    with _on("iris-double") as device:
        yield device


@contextmanager
def faulty(fault: str) -> Iterator[FaultBench]:
    sim = SbiSimulator("finger-slap", (fault,), frames_per_s=120)
    sim.start()
    grown(sim)
    device = scanner_of(sim)

    def use() -> object:
        device.prepare(THUMBS)
        assert len(list(islice(device.preview(), 5))) == 5
        return device.capture(THUMBS).images

    try:
        yield FaultBench(device, use, sim.heal, deadline_s=4.0, recovers=fault in RECOVERS)
    finally:
        device.close()
        sim.stop()
