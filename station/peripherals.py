"""What runs beside the counter: document readers that deliver scans, and the GPS receiver that knows where and when.

Each device has one worker thread of its own. One that is absent, unplugged or busy is tried again until it is back; what happens is
told once for each change, never once for each try. Nothing here knows a screen: scans and troubles go to the functions given.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from devices.contract import Device, DocumentReader, Fix, Positioner
from devices.errors import DeviceError, DeviceFormatError
from devices.worker import DeviceWorker
from station.desk.beside import Around
from station.device_room import RoomRow

RETRY_S: Final = 2.0
FIX_EVERY_S: Final = 10.0
FIX_WAIT_S: Final = 5.0
FIX_GOOD_FOR_S: Final = 120.0
"""An older position is not where the kit is now."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happened to a device: its id and a code with words; an empty code says that it works again."""

    device_id: str
    code: str


@dataclass(frozen=True, slots=True)
class Here:
    """Where the kit is, and how far its clock is from the receiver's (seconds, positive: the kit is ahead; None without a date)."""

    latitude_deg: float
    longitude_deg: float
    accuracy_m: float | None
    clock_off_s: float | None


def nowhere() -> Here | None:
    """Know no place: a kit without a receiver."""
    return None


class Peripherals:
    """Runs until `close()`. `on_scan(text)` and `on_trouble` are called on the devices' own threads; `now_s` is the kit's clock (UTC)."""

    def __init__(self, rows: Iterable[RoomRow], on_scan: Callable[[str], None], on_trouble: Callable[[Trouble], None],
                 retry_s: float = RETRY_S, fix_every_s: float = FIX_EVERY_S, now_s: Callable[[], float] = time.time) -> None:  # fmt: skip
        self._on_scan, self._on_trouble = on_scan, on_trouble
        self._retry_s, self._fix_every_s, self._now_s = retry_s, fix_every_s, now_s
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._here: tuple[float, Here] | None = None
        self._running: list[tuple[Device, DeviceWorker]] = []
        self._troubles: dict[str, str] = {}
        for row in rows:
            device = row.device
            if isinstance(device, DocumentReader):
                self._start(device, partial(self._read, device))
            elif isinstance(device, Positioner):
                self._start(device, partial(self._locate, device))

    def _start(self, device: Device, work: Callable[[], None]) -> None:
        worker = DeviceWorker(device.device_id)
        self._running.append((device, worker))
        worker.submit(lambda: self._keep(device, work))

    @property
    def here(self) -> Here | None:
        """Where the kit is; None without a receiver, without a valid fix, or when the last is older than two minutes."""
        with self._lock:
            known = self._here
        return known[1] if known is not None and time.monotonic() - known[0] <= FIX_GOOD_FOR_S else None

    def around(self) -> tuple[Around, ...]:
        """Return what runs beside the counter and how it is (any thread)."""
        return tuple(
            Around(d.describe().kind, d.describe().source, self._troubles.get(d.device_id, "")) for d, _ in self._running
        )

    def close(self) -> None:
        """End every thread and close every device; harmless when repeated."""
        self._stop.set()
        running, self._running = self._running, []
        for device, worker in running:
            device.cancel()
            while not worker.stop(0.2):
                # A cancel that came between two waits is a cancel of nothing: say it again.
                device.cancel()

    def _keep(self, device: Device, work: Callable[[], None]) -> None:
        """Open the device and work with it, again and again; tell each change of its state once."""
        told: str | None = None
        while not self._stop.is_set():
            try:
                device.open(5.0)
                self._troubles.pop(device.device_id, None)
                if told is not None:
                    self._on_trouble(Trouble(device.device_id, ""))
                    told = None
                work()
            except DeviceError as error:
                if error.reason_code != told and not self._stop.is_set():
                    self._troubles[device.device_id] = error.reason_code
                    self._on_trouble(Trouble(device.device_id, error.reason_code))
                    told = error.reason_code
                device.close()
                self._stop.wait(self._retry_s)
        device.close()

    def _read(self, reader: DocumentReader) -> None:
        while not self._stop.is_set():
            try:
                for reading in reader.readings():
                    self._on_scan(reading.data.decode("utf-8", "replace"))
                    if self._stop.is_set():
                        return
            except DeviceFormatError as error:
                # Half a scan, or rubbish: said at once each time, and the reader goes on.
                self._on_trouble(Trouble(reader.device_id, error.reason_code))

    def _locate(self, receiver: Positioner) -> None:
        while not self._stop.is_set():
            self._note(receiver.fix(FIX_WAIT_S))
            self._stop.wait(self._fix_every_s)

    def _note(self, fix: Fix) -> None:
        if not fix.valid or fix.latitude_deg is None or fix.longitude_deg is None:
            return
        off_s = self._now_s() - fix.utc_s if fix.utc_s is not None else None
        with self._lock:
            self._here = time.monotonic(), Here(fix.latitude_deg, fix.longitude_deg, fix.accuracy_m, off_s)
