"""Ten devices at once, two of them failing all the time: what leaks, and who is held up by whom.

Every device has its own worker thread, as in the station. A healthy one is used again and again and now and then closed and opened;
a failing one is opened, fails, is closed, at once again. Looked at before and after: threads, file handles, child processes, memory.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from devices.contract import CaptureRequest, Device, DocumentReader, ImagingDevice, Positioner
from devices.document_readers.serial_reader import MrzSwipeReader, SerialBarcodeReader, SerialDocumentReader
from devices.errors import DeviceError
from devices.mjpeg.camera import MjpegCamera
from devices.nmea.receiver import NmeaReceiver
from devices.simulated.mjpeg import MjpegSimulator
from devices.simulated.serial_push import BarcodeSimulator, MrzSwipeSimulator, NmeaSimulator
from devices.uvc.camera import UvcCamera
from devices.worker import DeviceWorker
from tests.devices.contract.serial_cases import whole_picture
from tests.devices.contract.table import CASES, find
from tests.devices.uvc.case import WEBCAM

REOPEN_EVERY = 25
FACE = CaptureRequest(modality="face", deadline_s=5)


@dataclass
class Seat:
    """One device in the soak and what came of it."""

    name: str
    device: Device
    use: Callable[[], object]
    fails: bool = False
    pace_s: float = 0.02
    uses: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    longest_s: float = 0.0


def _use_of(device: Device) -> Callable[[], object]:
    if isinstance(device, ImagingDevice):
        return lambda: (list(islice(device.preview(), 2)), device.capture(FACE))
    if isinstance(device, SerialDocumentReader):
        return lambda: device.read_one(5.0)
    assert isinstance(device, Positioner)
    return lambda: device.fix(5.0)


@contextmanager
def _on(simulator: Any, make: Callable[[str], Device]) -> Iterator[Device]:
    address = simulator.start()
    device = make(address)
    try:
        yield device
    finally:
        device.close()
        simulator.stop()


@contextmanager
def seats(count: int, folder: Path) -> Iterator[list[Seat]]:
    """The first `count` of the ten seats; the first two of them fail all the time."""
    stream = "320x240@15"
    makers: list[tuple[str, Callable[[], Any], bool]] = [
        ("mjpeg cut off", lambda: _on(MjpegSimulator(stream, ["unplug"]), lambda url: MjpegCamera(url, stall_s=1)), True),
        ("uvc driver dies", lambda: _bare(UvcCamera(0, WEBCAM, "uvc:dies", driver="tests.devices.uvc.drivers:Crashes")), True),
        ("mjpeg 1", lambda: _on(MjpegSimulator(stream), MjpegCamera), False),
        ("nmea", lambda: _on(NmeaSimulator(every_s=0.3, paced=False), NmeaReceiver), False),
        (
            "mrz",
            lambda: _on(MrzSwipeSimulator("mrz-rte6701", every_s=0.3, paced=False), lambda p: MrzSwipeReader(p, "mrz-rte6701")),
            False,
        ),
        ("barcode", lambda: _on(BarcodeSimulator(every_s=0.3, paced=False), SerialBarcodeReader), False),
        ("mjpeg 2", lambda: _on(MjpegSimulator(stream), MjpegCamera), False),
        ("ef01", lambda: find(CASES["ef01"])(folder), False),
        ("uvc", lambda: _bare(UvcCamera(0, WEBCAM, "uvc:webcam", driver="tests.devices.uvc.drivers:Webcam")), False),
        ("mjpeg 3, damaged", lambda: _on(MjpegSimulator(stream, ["every-second-damaged"]), MjpegCamera), False),
    ]
    chosen = makers[:count] if count > 2 else [makers[0], makers[3]]
    with ExitStack() as stack:
        made = []
        for name, make, fails in chosen:
            device: Any = stack.enter_context(make())
            use = partial(whole_picture, device) if name == "ef01" else _use_of(device)
            made.append(Seat(name, device, use, fails, pace_s=0.5 if fails and "uvc" in name else 0.05))
        yield made


@contextmanager
def _bare(device: Device) -> Iterator[Device]:
    try:
        yield device
    finally:
        device.close()


def run_seat(seat: Seat, stop: threading.Event) -> None:
    """Use one device until told to stop."""
    while not stop.is_set():
        began = time.monotonic()
        try:
            seat.device.open(8.0)
            seat.use()
            seat.uses += 1
            if seat.uses % REOPEN_EVERY == 0:
                seat.device.close()
        except DeviceError as error:
            seat.errors[error.reason_code] = seat.errors.get(error.reason_code, 0) + 1
            seat.device.close()
        seat.longest_s = max(seat.longest_s, time.monotonic() - began)
        stop.wait(seat.pace_s)
    seat.device.close()


@dataclass(frozen=True)
class Footprint:
    """What this process holds."""

    threads: int
    handles: int
    children: int
    memory_mb: float


def footprint() -> Footprint:
    """Measure it."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return Footprint(
        threading.active_count(),
        sum(1 for _ in Path("/proc/self/fd").iterdir()),
        len(children),
        pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
    )


class Metronome:
    """Ticks every 50 ms on a thread of its own: how late it ever was is how long the machine itself stood still for this process."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metronome")
        self._thread.start()

    def _run(self) -> None:
        before = time.monotonic()
        while not self._stop.wait(0.05):
            now = time.monotonic()
            self.longest_s = max(self.longest_s, now - before - 0.05)
            before = now

    def stop(self) -> float:
        """End it; return the longest standstill."""
        self._stop.set()
        self._thread.join()
        return self.longest_s


def soak(
    count: int, seconds: float, folder: Path, *, sample_every_s: float = 0.0, on_sample: Callable[[Footprint], None] | None = None
) -> list[Seat]:
    """Run `count` seats for `seconds`; return what came of each."""
    stop = threading.Event()
    with seats(count, folder) as made:
        workers = [DeviceWorker(seat.name) for seat in made]
        running = [w.submit(lambda s=seat: run_seat(s, stop)) for w, seat in zip(workers, made, strict=True)]
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            stop.wait(min(left, sample_every_s or left))
            if on_sample is not None:
                on_sample(footprint())
        stop.set()
        for future in running:
            future.result(60)
        assert all(w.stop(10) for w in workers)
        assert DocumentReader in SerialDocumentReader.__mro__
        return made
