"""The devices that stand at this desk, as S1 says them: ready or not, simulated, how long the calibration holds, what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices.contract import DeviceInfo, DeviceKind, ImagingDevice, Source
from devices.grade import Grade, needs_certificate
from station.views.base import Tone, Words
from station.views.today import DeviceRow

if TYPE_CHECKING:
    from station.app import Station

FRESH_S = 30.0
"""The queue asks every two seconds; certificates are checked and other readers looked for this often."""


@dataclass(frozen=True, slots=True)
class Around:
    """One device beside the scanner and the camera: what it is, where its data come from, the code of its trouble ("" when well)."""

    kind: DeviceKind
    source: Source
    trouble: str = ""


class DevicesHere:
    """Made of what the counter drives itself (`imaging`), a card reader, and whatever runs beside it. Station's thread only."""

    def __init__(self, station: Station, imaging: Callable[[], Sequence[ImagingDevice]]) -> None:
        self._station = station
        self._imaging = imaging
        self._grades: dict[str, Grade] = {}
        self._cards: tuple[Around, ...] = ()
        self._asked_s = float("-inf")
        self.card_readers: Callable[[], Sequence[DeviceInfo]] = tuple
        """The card readers of this station (a demo: the simulated one)."""
        self.documents: Callable[[], ImagingDevice | None] = lambda: None
        """The camera for papers, where there is one of its own: it enrolls nobody, so no certificate is asked for."""
        self.others: Callable[[], Sequence[Around]] = tuple
        """Readers of codes and the receiver, once they run beside the counter."""

    def forget(self) -> None:
        """Look at everything anew next time: something was plugged in, a certificate was signed."""
        self._asked_s = float("-inf")

    def rows(self) -> tuple[DeviceRow, ...]:
        """Return scanner, camera, irises, card reader, document reader; at most every half minute something is asked of a device."""
        now_s = self._station.clock.monotonic()
        if not 0 <= now_s - self._asked_s < FRESH_S:
            self._asked_s = now_s
            self._grades = {
                d.device_id: self._station.admission(d)
                for d in self._imaging()
                if d is not self.documents() and _graded(d.describe())
            }
            self._cards = tuple(Around(DeviceKind.CARD_READER, i.source, i.error_code) for i in self.card_readers())
        documents = self.documents()
        rows = [_imaging_row(d, self._grades.get(d.device_id), documents=d is documents) for d in self._imaging()]
        return (*rows, *map(_around_row, (*self._cards, *self.others())))


def _graded(info: DeviceInfo) -> bool:
    """A device that was not opened yet has not said who it is: nothing is said of its certificate."""
    return needs_certificate(info) and info.identity is not None and not info.error_code


def _imaging_row(device: ImagingDevice, grade: Grade | None, *, documents: bool = False) -> DeviceRow:
    info = device.describe()
    what = "iris" if device.capabilities.eyes else "documents" if documents else str(info.kind)
    if info.error_code:
        return DeviceRow(what, Tone.BLOCKED, Words(info.error_code))
    if info.source is not Source.DEVICE:
        return DeviceRow(what, Tone.GOOD, Words(f"ui.device.{info.source}"))
    if grade is None:
        return DeviceRow(what, Tone.GOOD, Words("ui.device.ready"))
    if not grade.enrolls:
        return DeviceRow(what, Tone.BLOCKED, Words("ui.device.preview-only"))
    if grade.days_left is None:
        return DeviceRow(what, Tone.GOOD, Words("ui.device.ready"))
    return DeviceRow(what, Tone.RETRY if grade.ends_soon else Tone.GOOD, Words("ui.device.calibrated", {"days": grade.days_left}))


def _around_row(around: Around) -> DeviceRow:
    if around.trouble:
        return DeviceRow(str(around.kind), Tone.RETRY, Words(around.trouble))
    word = "ready" if around.source is Source.DEVICE else str(around.source)
    return DeviceRow(str(around.kind), Tone.GOOD, Words(f"ui.device.{word}"))
