"""The counter of a real station: its own keys, operators and intake, the devices of its settings, people who come with a ticket.

What is missing is a row with its reason, never a reason not to open: a counter without a scanner still reads cards, a counter without
a line still seals.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from devices.contract import (
    Camera,
    Capabilities,
    CaptureRequest,
    CardReader,
    Device,
    DeviceInfo,
    Frame,
    ImagingDevice,
    RawCapture,
    Scanner,
)
from devices.emrtd.access import AccessKey
from devices.errors import DeviceError, DeviceNotFoundError
from station.app import Station
from station.capture.runner import ViewSink
from station.capture.session import Attempt
from station.chip import csca_store
from station.clock import Clock
from station.counter import Counter
from station.desk.tickets import CardOnTable
from station.device_room import DeviceRoom
from station.dossier.procedure import CaptureStep, Modality
from station.errors import StationError, TransferError
from station.exchange import make_carrier
from station.files import RealFiles
from station.keys import KeyringWrapper, PassphraseWrapper, StationKeys, UnprotectedWrapper, Wrapper
from station.keys.trust import Purpose, TrustStores
from station.population.http import HttpPopulation
from station.population.model import Answer, NameQuery, Population


def absent(device_id: str) -> DeviceNotFoundError:
    """Return what is said of a device that is not there."""
    return DeviceNotFoundError("This device is not plugged in; nothing was captured and everything saved is safe. Plug it in and try again.",
                               device_id=device_id)  # fmt: skip


class _Absent(ImagingDevice):
    """Stands where a device should be: a row with the reason, and the same reason to whoever wants to use it."""

    adapter = "none"
    capabilities = Capabilities(preview=False)

    def _describe(self) -> DeviceInfo:
        raise absent(self.device_id)

    def _open(self, deadline_s: float) -> None:
        _ = deadline_s
        raise absent(self.device_id)

    def _close(self) -> None:
        """Nothing is held."""

    def _preview(self) -> Iterator[Frame]:
        raise absent(self.device_id)

    def _capture(self, request: CaptureRequest) -> RawCapture:
        _ = request
        raise absent(self.device_id)


class AbsentScanner(_Absent, Scanner):
    """No scanner answers."""


class AbsentCamera(_Absent, Camera):
    """No camera answers."""


class NoRegister:
    """No register is configured: every look-up is 'not answered' and is made again before sending (E14)."""

    source = "none"

    def by_number(self, number: str) -> Answer:
        """See `Population.by_number`."""
        return self._none(number)

    def by_old_number(self, number: str) -> Answer:
        """See `Population.by_old_number`."""
        return self._none(number)

    def by_name(self, query: NameQuery) -> Answer:
        """See `Population.by_name`."""
        return self._none(query)

    def _none(self, _query: object) -> Answer:
        raise TransferError("No register is set up on this station; the dossier goes on and is compared later.", code="E14")


class ProductionCounter(Counter):
    """A counter whose devices come from the settings and are looked for again whenever one is missing."""

    def __init__(self, station: Station, population: Population) -> None:
        super().__init__(station, find_scanner(station) or AbsentScanner("scanner"), find_camera(station) or AbsentCamera("camera"),
                         population, (), lambda _: None, station.settings.text("procedure.id"),
                         lambda: csca_store(None, trusted_authorities(station)), find_iris(station))  # fmt: skip
        self.documents = find_documents(station)
        room = partial(DeviceRoom.from_settings, station.settings, station.certificates, station.clock.now)
        self.beside.card_readers = lambda: [r.info for r in room(names=("devices.card_reader",)).rows()]
        self.place = f"{station.settings.text('station.unit')} · Kit {station.settings.text('station.kit')}"

    def held(self) -> tuple[Device, ...]:
        """See `Counter.held`: scanner, camera and iris camera, where there are any."""
        there = tuple(d for d in (self.scanner, self.camera) if not isinstance(d, AbsentScanner | AbsentCamera))
        return (*there, *(d for d in (self.iris, self.documents) if d is not None))

    def papers_camera(self) -> Camera:
        """Look for a missing camera first: it may have been plugged in since."""
        if self.documents is None and isinstance(self.camera, AbsentCamera):
            self.camera = find_camera(self.station) or self.camera
        return super().papers_camera()

    def start_capture(
        self, dossier: str, step: CaptureStep, *, on_frame: Callable[[Frame], None], on_view: ViewSink
    ) -> Future[Attempt | None]:
        """Look for a missing device first: it may have been plugged in since."""
        if isinstance(self.scanner, AbsentScanner):
            self.scanner = find_scanner(self.station) or self.scanner
        if isinstance(self.camera, AbsentCamera):
            self.camera = find_camera(self.station) or self.camera
        if self.iris is None and step.modality is Modality.IRIS:
            self.iris = find_iris(self.station)
            self.station.takes_irises = self.iris is not None
        return super().start_capture(dossier, step, on_frame=on_frame, on_view=on_view)

    def _card_of(self, ticket: str) -> CardOnTable | None:
        """The reader of the settings, opened by the number that was scanned or typed; None while either is missing."""
        dossier = self.queue.dossier_of(ticket)
        number = self.station.book.state(dossier).value("personal_no") if dossier else ""
        reader = next((d for d in found_devices(self.station, "devices.card_reader") if isinstance(d, CardReader)), None)
        return (reader, AccessKey.from_personal_number(number)) if reader is not None and len(number) == 12 else None


def trusted_authorities(station: Station) -> tuple[bytes, ...]:
    """Return the country signing certificates of the station's trust store that may be relied on now."""
    return tuple(entry.data for entry in TrustStores(station.journal).view(Purpose.DOCUMENT_SIGNERS).good(station.clock.now()))


def found_devices(station: Station, setting: str) -> Iterator[Device]:
    """Yield the devices of a setting that answer (the device room says why the others do not)."""
    makers = TrustStores(station.journal).view(Purpose.DEVICE_MAKERS)
    room = DeviceRoom.from_settings(station.settings, station.certificates, station.clock.now, makers, names=(setting,))
    for row in room.rows():
        if row.device is not None and not row.info.error_code:
            yield row.device


def find_scanner(station: Station) -> Scanner | None:
    """Return the first scanner of the settings that answers."""
    return next(
        (d for d in found_devices(station, "devices.scanner") if isinstance(d, Scanner) and not d.capabilities.eyes), None
    )


def find_iris(station: Station) -> ImagingDevice | None:
    """Return the first iris camera that answers: of its own setting, or found beside the scanners (one SBI search finds both)."""
    scanners = station.settings.text("devices.scanner")
    for setting in ("devices.iris", "devices.scanner"):
        # Only an SBI search may find both kinds; other scanners are not asked a second time.
        if station.settings.text(setting) if setting == "devices.iris" else "sbi" in scanners.split():
            for device in found_devices(station, setting):
                if isinstance(device, ImagingDevice) and device.capabilities.eyes:
                    return device
    return None


def find_camera(station: Station) -> Camera | None:
    """Return the first camera of the settings that answers."""
    return next((d for d in found_devices(station, "devices.camera") if isinstance(d, Camera)), None)


def find_documents(station: Station) -> Camera | None:
    """Return the camera that photographs papers, where the settings name one of its own."""
    if not station.settings.text("devices.documents"):
        return None
    return next((d for d in found_devices(station, "devices.documents") if isinstance(d, Camera)), None)


def protection_of(folder: Path) -> str:
    """Return what opens the keys of the station in `folder`: ``passphrase``, ``token``, ``keyring``, ``unprotected``; "" when none is there."""
    if not folder.is_dir():
        return ""
    files = RealFiles(folder)
    return StationKeys.protection(files) if StationKeys.exist(files) else ""


def open_with_secret(folder: Path, secret: str) -> ProductionCounter:
    """Open a real station with the passphrase of its keys, or the PIN of its token (a keyring needs neither).

    Raises:
        StationError: wrong secret, nothing there, in use.
    """
    files = RealFiles(folder)
    kind = protection_of(folder)
    wrapper: Wrapper
    if kind == "token":
        from station.keys.token import token_wrapper

        wrapper = token_wrapper(os.environ.get("STATION_PKCS11_MODULE", ""), secret)
    elif kind == "keyring":
        wrapper = KeyringWrapper("enrollment-station", "master")
    elif kind == "unprotected":
        wrapper = UnprotectedWrapper(files)
    else:
        wrapper = PassphraseWrapper(secret)
    return open_production(folder, wrapper)


def open_production(folder: Path, wrapper: Wrapper, *, clock: Clock | None = None) -> ProductionCounter:
    """Open a real station's counter; sending begins when it has joined an intake. Nobody is signed in yet.

    Raises:
        StationError: as `Station.open` does.
    """
    station = Station.open(folder, wrapper=wrapper, clock=clock)
    try:
        address = station.settings.text("population.url")
        counter = ProductionCounter(station, HttpPopulation(address) if address else NoRegister())
    except (StationError, DeviceError):
        station.close()
        raise
    if station.queue.intake is not None and station.settings.text("sending.intake_url"):
        counter.start_sending(make_carrier(station))
    return counter
