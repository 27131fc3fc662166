"""S16: the device room and the calibration wizard through the station that is open. One device's fault never hides the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from devices import hotplug
from devices.calibration.plan import plan_for
from devices.contract import Device, Frame, ImagingDevice
from devices.hotplug import HotPlugWatch
from devices.registry import Found
from devices.selftest import LiveMeter, Step, selftest
from station.app import Station
from station.calibrating import Calibration, Conditions, Finished
from station.desks.people import names, second_person, signed_in
from station.device_certificates import CertificateBook
from station.device_dump import dump
from station.device_room import DEVICE_SETTINGS, DeviceRoom, RoomRow
from station.errors import InputError
from station.keys import OperatorSession, Permission
from station.keys.trust import Purpose, TrustStores
from station.settings import Settings
from station.views.calibration import CalibrationView, calibration_view
from station.views.devices import DeviceRoomView, LiveTest, SearchProgress, device_room_view
from station.words import Language

CHART_SECONDS = 10
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SelfTest:
    """A finished self-test: its steps, the live figures, and pictures per second over time for a chart."""

    device: str
    steps: tuple[Step, ...]
    rates: tuple[tuple[float, float], ...]


class Holder(Protocol):
    """Who already uses some of the station's devices: the counter."""

    def held(self) -> tuple[Device, ...]:
        """Return the devices it uses."""

    def drive(self, device: Device, job: Callable[[], T]) -> T:
        """Run `job` on the thread that drives `device`."""


class DeviceDesk:
    """Finds, tests and dumps devices. Ask from one thread."""

    def __init__(self, station: Station, holder: Holder | None = None) -> None:
        """`holder`: the counter, whose devices are shown instead of second ones on the same port (those would be busy)."""
        self._station = station
        self._holder = holder
        self._rows: list[RoomRow] = []
        self._live: dict[str, LiveTest] = {}
        self._faults: tuple[str, ...] = ()

    @property
    def certificates(self) -> CertificateBook:
        """The certificates of this station's devices, as it believes them now."""
        return certificate_book(self._station)

    def search(self, told: Callable[[DeviceRoomView], None] = lambda _: None, settings: Settings | None = None) -> DeviceRoomView:
        """Look for every device; `told` hears the rows as they come."""
        wanted = settings or self._station.settings
        room = DeviceRoom.from_settings(wanted, self.certificates.facts, self._station.clock.now,
                                        TrustStores(self._station.journal).view(Purpose.DEVICE_MAKERS))  # fmt: skip
        total = sum(bool(wanted.text(n)) for n in DEVICE_SETTINGS)
        self._rows, self._live, self._faults = [], {}, room.faults
        held = self._holder.held() if self._holder is not None else ()
        for found in room.rows():
            own = next((d for d in held if found.device is not None and _same(d, found.device)), None)
            row = room.row(Found(own.describe(), own)) if own is not None else found
            self._rows.append(row)
            told(self.view(SearchProgress(row.info.device_id, len(self._rows), max(total, len(self._rows)))))
        return self.view()

    def watch(self, changed: Callable[[], None]) -> HotPlugWatch:
        """Call `changed` (on a thread of the watch) when something is plugged in or out; the caller closes the watch."""
        return HotPlugWatch(lambda _: changed(), look=hotplug.attached_now)

    def view(self, searching: SearchProgress | None = None) -> DeviceRoomView:
        """Return S16 as known now."""
        return device_room_view(self._rows, live=self._live, faults=self._faults, searching=searching)

    def row(self, device_id: str) -> RoomRow:
        """Return a device's row.

        Raises:
            InputError: none of that name was found.
        """
        for row in self._rows:
            if row.info.device_id == device_id:
                return row
        raise InputError("This device was not found; search again.", code="calibration-no-device")

    def self_test(self, device_id: str) -> SelfTest:
        """Run one device's self-test (some seconds); never raises for the device."""
        row = self.row(device_id)
        if row.device is None:
            return SelfTest(device_id, (), ())
        meter = LiveMeter()
        rates: list[tuple[float, float]] = []
        began: list[float] = []

        def seen(frame: Frame) -> None:
            meter.feed(frame)
            if not began:
                began.append(frame.at_s)
            rates.append((frame.at_s - began[0], meter.figures().frames_per_s))

        device = row.device
        steps = self._driven(device, lambda: tuple(selftest(device, on_frame=seen)))
        figures = meter.figures()
        if figures.frames:
            self._live[device_id] = LiveTest(figures.frames_per_s, figures.dropped, figures.noise)
        return SelfTest(device_id, steps, tuple(rates[1:]))

    def dump(self, device_id: str) -> str:
        """Write what a bug report needs into the station's folder and return the file's name."""
        row = self.row(device_id)
        device = row.device
        steps = self._driven(device, lambda: tuple(selftest(device))) if device is not None else ()
        name = f"reports/device-{self._station.clock.now():%Y%m%d-%H%M%S}.json"
        self._station.files.write(name, json.dumps(dump(row, steps), ensure_ascii=False, indent=1).encode())
        return name

    def _driven(self, device: Device, job: Callable[[], T]) -> T:
        return self._holder.drive(device, job) if self._holder is not None else job()


def _same(one: Device, other: Device) -> bool:
    return type(one) is type(other) and one.device_id == other.device_id


class CalibrationDesk:
    """One run of the wizard; who signs may come until the last step."""

    def __init__(self, station: Station, device: ImagingDevice) -> None:
        self._station = station
        self._book = certificate_book(station)
        self._signer: OperatorSession | None = None
        found = signed_in(station, Permission.SERVICE_DEVICES)
        if found is not None:
            self._signer = found.session
        can = device.capabilities
        plan = plan_for(device.kind, can.ppi, slaps=any(int(p) >= 13 for p in can.positions))
        self._device = device
        self.run = Calibration(device, plan, station.clock, self._issue, Conditions())

    def _issue(self, done: Finished) -> str:
        who = self._signer
        return self._book.issue(done, signer=who.signer if who else None, technician=who.operator_id if who else "",
                                name=who.name if who else "", desk="devices").id  # fmt: skip

    def come(self, operator_id: str, secret: str) -> str:
        """Let a technician sign by their own PIN; returns the name.

        Raises:
            AccessError: wrong PIN, no such right.
        """
        self._signer = second_person(self._station, operator_id, secret, Permission.SERVICE_DEVICES).session
        return self._signer.name

    def view(self, language: Language = Language.VI) -> CalibrationView:
        """Return the wizard's screen; cheap, may be asked while `advance` works on another thread."""
        info = self.run.info
        newest = self._book.newest(info.identity) if info is not None and info.identity is not None else None
        return calibration_view(self.run, previous=newest.id if newest is not None else "", signer=self._signer.name if self._signer else "",
                                language=language)  # fmt: skip

    def advance(self) -> None:
        """Do what the present step asks; raises as `Calibration.advance`."""
        self.run.advance()

    def mark(self, corners: Sequence[tuple[float, float]] = ()) -> None:
        """Take the chart's corners as a person marked them, (x, y) in pixels of the last picture, clockwise from the top left; without
        any, where a simulated device knows them.

        Raises:
            InputError: the corners enclose nothing; none were given and the device is a real one.
        """
        if corners:
            (a, b, c, d) = corners
            self.run.mark((a, b, c, d))
            return
        from devices.calibration.plan import MarkedStage

        if not isinstance(self._device, MarkedStage):
            raise InputError(
                "The colour chart's corners are marked by hand, on the picture. Mark the four of them.", code="calibration-marks"
            )
        self.run.mark(self._device.target_corners(self.run.face.id))

    def report(self) -> str:
        """Write the facts of this run into the station's folder (no pictures) and return the file's name."""
        rows = [{"test": r.test, "at": r.at, "value": r.value, "verdict": r.verdict.value} for r in self.run.rows]
        info = self.run.info
        facts: dict[str, Any] = {"step": self.run.step.value, "plan": self.run.plan.id, "rows": rows, "problem": self.run.problem,
                                 "model": info.identity.model if info and info.identity else ""}  # fmt: skip
        name = f"reports/calibration-{self._station.clock.now():%Y%m%d-%H%M%S}.json"
        self._station.files.write(name, json.dumps(facts, ensure_ascii=False, indent=1, default=str).encode())
        return name

    def save(self) -> int:
        """Keep the raw pictures of the present round in the station's folder; returns how many (test charts, no people)."""
        from biometrics.formats.raster import write_png

        count = 0
        for face, pictures in self.run.keepable.items():
            for number, picture in enumerate(pictures, 1):
                self._station.files.write(f"reports/calibration/{self.run.step.value}-{face}-{number}.png", write_png(picture))
                count += 1
        return count

    def operators(self) -> dict[str, str]:
        """Return operator → name."""
        return names(self._station)


def certificate_book(station: Station) -> CertificateBook:
    """Return the station's certificates; whose signatures are believed is asked anew for each check."""
    return CertificateBook.of(station.files, station.journal, station.clock, station.keys)
