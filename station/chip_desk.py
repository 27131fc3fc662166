"""The card at the desk: reads on the reader's own thread and shows what is known so far, name first, photo when it is there.

A screen takes `view` snapshots from the slot (the newest counts) and sends intents: `start`, `cancel`. It never touches PC/SC.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from devices.contract import CardReader
from devices.emrtd import cccd, lds
from devices.emrtd.access import AccessKey
from devices.emrtd.lds import ChipFace, File
from devices.emrtd.reading import ChipData, ChipReading, Progress
from devices.emrtd.trust import TrustView
from devices.errors import DeviceCancelledError, DeviceError, DeviceFormatError, DeviceNotFoundError, DeviceUnpluggedError
from devices.holder import Holder
from devices.worker import DeviceWorker, LatestSlot
from station.chip import ChipReport, record_fields, report
from station.clock import Clock

WAIT_SLICE_S: Final = 1.0


class ChipPhase(StrEnum):
    """Where the desk stands; the value is the code of the words."""

    IDLE = "chip-idle"
    WAITING = "chip-waiting"
    OPENING = "chip-opening"
    READING = "chip-reading"
    LIFTED = "chip-lifted"
    DONE = "chip-done"
    FAILED = "chip-failed"
    CANCELLED = "chip-cancelled"


@dataclass(frozen=True, slots=True, repr=False)
class ChipView:
    """What a screen draws. `trouble` is the code of what to do; `report` stands when the phase is DONE."""

    phase: ChipPhase = ChipPhase.IDLE
    file: str = ""
    done: int = 0
    total: int = 0
    name: str = ""
    face: ChipFace | None = None
    trouble: str = ""
    report: ChipReport | None = None

    def __repr__(self) -> str:
        return f"ChipView({self.phase.value}, {self.file} {self.done}/{self.total})"

    @property
    def fraction(self) -> float:
        """How much of the file being read is there, 0 to 1."""
        return self.done / self.total if self.total else 0.0


class ChipDesk:
    """One reader, one reading at a time. All public calls return at once; `close()` waits for the thread."""

    def __init__(self, reader: CardReader, trust: TrustView, clock: Clock) -> None:
        self._reader = reader
        self._trust = trust
        self._clock = clock
        self._worker = DeviceWorker(f"card-{reader.device_id}")
        self._lock = threading.Lock()
        self._view = ChipView()
        self._reading: ChipReading | None = None
        self._cancelled = threading.Event()
        self.data: ChipData | None = None
        """What the last finished reading read, for `station.chip.store_reading`."""
        self.views: LatestSlot[ChipView] = LatestSlot()

    @property
    def view(self) -> ChipView:
        """The newest snapshot."""
        return self._view

    def start(
        self, key: AccessKey, known: tuple[Holder, ...] = (), population: Mapping[str, str] | None = None
    ) -> Future[ChipReport]:
        """Wait for a card and read it with `key`. The future holds the report, or the error that ended it."""
        self._cancelled.clear()
        return self._worker.submit(lambda: self._run(key, known, population))

    def cancel(self) -> None:
        """Stop waiting or reading."""
        self._cancelled.set()
        with self._lock:
            reading = self._reading
        if reading is not None:
            reading.cancel()
        self._reader.cancel()

    def close(self) -> None:
        """Stop, let the reader go and end the thread."""
        self.cancel()
        self._worker.submit(self._reader.close)
        self._worker.stop()
        self.views.close()

    def _show(self, **changes: object) -> None:
        self._view = replace(self._view, **changes)  # type: ignore[arg-type]  # the callers name fields of ChipView
        self.views.put(self._view)

    def _run(self, key: AccessKey, known: tuple[Holder, ...], population: Mapping[str, str] | None) -> ChipReport:
        self._worker.assert_here()
        self._view = ChipView()
        reading = ChipReading(key, on_file=self._file, on_progress=self._progress)
        with self._lock:
            self._reading = reading
        try:
            self._reader.open()
            data = self._until_whole(reading)
        except DeviceCancelledError:
            self._show(phase=ChipPhase.CANCELLED)
            raise
        except DeviceError as error:
            self._show(phase=ChipPhase.FAILED, trouble=error.reason_code)
            raise
        finally:
            with self._lock:
                self._reading = None
        source = self._reader.describe().source
        result = report(data, self._trust, self._clock.now(), source=source, known=known, population=population)
        self.data = data
        self._show(phase=ChipPhase.DONE, report=result, face=result.face, name=result.name, trouble="")
        return result

    def _until_whole(self, reading: ChipReading) -> ChipData:
        """Read; when the card is lifted, say so and go on with the same reading when it is back."""
        self._show(phase=ChipPhase.WAITING)
        while True:
            self._wait()
            self._show(phase=ChipPhase.OPENING, trouble="")
            try:
                return reading.run(self._reader.connect)
            except (DeviceUnpluggedError, DeviceNotFoundError) as error:
                self._show(phase=ChipPhase.LIFTED, trouble=error.reason_code)

    def _wait(self) -> None:
        while not self._cancelled.is_set():
            if self._reader.wait_for_card(WAIT_SLICE_S):
                return
        raise DeviceCancelledError("The reading was cancelled; nothing was read.", device_id=self._reader.device_id)

    def _progress(self, progress: Progress) -> None:
        self._show(phase=ChipPhase.READING, file=progress.file, done=progress.done, total=progress.total)

    def _file(self, file: File, content: bytes) -> None:
        """Show the name as soon as a group holds it, the photo as soon as it is there; the verdict comes last."""
        try:
            if file is File.DG13:
                self._show(name=record_fields(cccd.parse_dg13(content)).get("full_name", ""))
            elif file is File.DG1:
                zone = lds.parse_dg1(content)
                self._show(name=f"{zone.surname} {zone.given}".strip())
            elif file is File.DG2:
                self._show(face=lds.parse_dg2(content)[0])
        except DeviceFormatError:
            return  # the report names the group; nothing is shown of it
