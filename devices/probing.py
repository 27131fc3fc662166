"""What is behind each port? Asked so that nothing is switched on, written or changed by accident.

Order at a serial port: listen first (GPS receivers and readers speak by themselves), then ask the families whose first question
only reads. EF01 is asked through `devices.serial_ef01.probe`, which knows which opcodes mean something else on which firmware;
the other families are met by their adapter's own careful `open`. Cameras and card readers are listed, not opened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from devices.contract import Device, Source
from devices.errors import DeviceBusyError, DeviceCancelledError, DeviceError, DeviceNotFoundError, DeviceTimeoutError
from devices.nmea.sentences import SentenceFramer
from devices.ports import SerialPortInfo, serial_ports
from devices.profiles import all_profiles
from devices.registry import adapter_table, load
from devices.transports import Deadline, SerialPort
from devices.transports.serial_port import is_pseudo_terminal

FOUND: Final = "probe-found"
SILENT: Final = "probe-silent"
UNKNOWN: Final = "probe-unknown"
LISTEN_S: Final = 1.3
"""A GPS receiver speaks once a second."""
LISTEN_BAUDS: Final = (9600, 4800)
FAMILY_S: Final = 8.0
BY_OPENING: Final = ("gt5", "sfm")
"""Adapters whose `open` only greets the module and reads; asked in this order where they are installed."""


class Asked(Protocol):
    """One question of a probe (the serial families keep such lists)."""

    @property
    def command(self) -> str:
        """What was asked, by its semantic name."""

    @property
    def answer(self) -> str:
        """What was answered, as a word."""

    @property
    def took_s(self) -> float:
        """How long it took."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What one port turned out to be. `code` is probe-found, probe-silent, probe-unknown, or an error's code; `heard` counts bytes."""

    port: str
    what: str
    code: str
    adapter: str = ""
    model: str = ""
    profile: str = ""
    serial: str = ""
    firmware: str = ""
    usb: str = ""
    source: Source = Source.DEVICE
    heard: int = 0
    took_s: float = 0.0
    asked: tuple[tuple[str, str, float], ...] = ()
    """(question, answer, seconds) in the order they were asked."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Which port is asked now: `done` of `total` are finished."""

    port: str
    done: int
    total: int


Tell = Callable[[Progress], None]


def probe_all(
    ports: Sequence[str] = (), *, tell: Tell | None = None, stop: Callable[[], bool] = lambda: False
) -> Iterator[Probed]:
    """Probe every USB serial port (or the `ports` given), then list cameras and card readers; yields as soon as each is known.

    `stop` is asked between ports; a port that another program holds is a row with its reason.
    """
    told = tell or (lambda _: None)
    try:
        listed = [p for p in serial_ports() if p.path in ports] if ports else list(serial_ports(usb_only=True))
    except DeviceNotFoundError as error:
        yield Probed("", "serial", error.reason_code, text=str(error))
        listed = []
    known = {p.path for p in listed}
    listed += [SerialPortInfo(path, "", "", "", "") for path in ports if path not in known]
    total = len(listed) + (0 if ports else 2)
    for done, port in enumerate(listed):
        if stop():
            return
        told(Progress(port.path, done, total))
        yield probe_port(port)
    if ports:
        return
    for done, (name, adapter) in enumerate((("cameras", "uvc"), ("card readers", "pcsc")), len(listed)):
        if stop():
            return
        told(Progress(name, done, total))
        yield from _listed(adapter)
    told(Progress("", total, total))


def probe_port(port: SerialPortInfo, family_s: float = FAMILY_S, listen_s: float = LISTEN_S) -> Probed:
    """Probe one serial port; never raises for what the device does."""
    began = time.monotonic()
    try:
        found = _ask_in_order(port, family_s, listen_s)
    except DeviceCancelledError:
        raise
    except DeviceError as error:
        found = Probed(port.path, "serial", error.reason_code, text=str(error))
    source = Source.SIMULATED if is_pseudo_terminal(port.path) else Source.DEVICE
    # usb and name are the bridge's, not the module's: shown, never believed.
    return _with(found, usb=port.usb, what=found.what if found.code == FOUND else port.name or found.what, source=source,
                 took_s=time.monotonic() - began)  # fmt: skip


def _with(found: Probed, **changes: object) -> Probed:
    from dataclasses import replace

    return replace(found, **changes)  # type: ignore[arg-type]  # fields by name


def _ask_in_order(port: SerialPortInfo, family_s: float, listen_s: float) -> Probed:
    heard, spoken = _listen(port.path, listen_s)
    if spoken is not None:
        return spoken
    asked: list[tuple[str, str, float]] = []
    for ask in (_ask_ef01, *(_opener(name) for name in BY_OPENING if name in adapter_table())):
        try:
            found = ask(port.path, family_s, asked)
        except (DeviceBusyError, DeviceNotFoundError):
            raise
        except DeviceTimeoutError:
            continue
        except DeviceError as error:
            asked.append(("", error.reason_code, 0.0))
            heard += 1
            continue
        return _with(found, asked=tuple(asked), heard=heard)
    return Probed(port.path, "serial", UNKNOWN if heard else SILENT, heard=heard, asked=tuple(asked))


def _listen(path: str, listen_s: float) -> tuple[int, Probed | None]:
    """Listen at the speeds of receivers; return bytes heard and, where they are sentences, the receiver."""
    heard = 0
    for baud in LISTEN_BAUDS:
        framer = SentenceFramer()
        with SerialPort(path, baud) as line:
            deadline = Deadline(listen_s)
            while not deadline.passed:
                data = line.read(4096, deadline)
                if not data:
                    break
                heard += len(data)
                framer.feed(data)
                if framer.take() is not None:
                    return heard, Probed(path, "positioner", FOUND, "nmea", "NMEA 0183 receiver", "nmea0183", heard=heard,
                                         asked=((f"listen {baud}", "sentence", listen_s - deadline.left_s),))  # fmt: skip
        if not heard:
            # Silent at this speed means that nobody speaks: bytes at another speed would be heard as rubbish.
            return 0, None
    return heard, None


def _ask_ef01(path: str, family_s: float, asked: list[tuple[str, str, float]]) -> Probed:
    from devices.serial_ef01.probe import identify

    profiles = all_profiles()
    generic = next(p for p in profiles if p.id == "zfm-generic")
    with SerialPort(path, generic.port.bauds[0], generic.port.format) as line:
        found = identify(line, profiles, Deadline(family_s))
    asked += [(a.command, a.answer, a.took_s) for a in found.asked]
    product = found.product
    return Probed(path, "scanner", FOUND, "ef01", product.module if product else found.profile.profile.models[0], found.profile.id,
                  product.serial if product else "", found.firmware)  # fmt: skip


def _opener(name: str) -> Callable[[str, float, list[tuple[str, str, float]]], Probed]:
    def ask(path: str, family_s: float, asked: list[tuple[str, str, float]]) -> Probed:
        (device,) = load(name).discover({"ports": [path], "raise_speed": False})
        try:
            device.open(family_s)
            identity = device.describe().identity
        finally:
            device.close()
        asked += questions(device)
        assert identity is not None
        return Probed(path, "scanner", FOUND, name, identity.model, identity.profile, identity.serial, identity.firmware)

    return ask


def questions(device: Device) -> list[tuple[str, str, float]]:
    """Return what a device's adapter noted of its talk (question, answer, seconds), empty for those that note nothing."""
    noted = getattr(device, "asked", None)
    if noted is None:
        noted = getattr(getattr(device, "found", None), "asked", None)
    return [(str(a.command), str(a.answer), float(a.took_s)) for a in noted or ()]


def _listed(adapter: str) -> Iterator[Probed]:
    """Yield what an adapter lists without opening anything."""
    try:
        for device in load(adapter).discover({}):
            info = device.describe()
            identity = info.identity
            yield Probed(info.device_id, info.kind.value, info.error_code or FOUND, adapter, identity.model if identity else "",
                         identity.profile if identity else "", identity.serial if identity else "", identity.firmware if identity else "",
                         source=info.source, text=info.error)  # fmt: skip
    except DeviceError as error:
        yield Probed(adapter, adapter, error.reason_code, adapter, text=str(error))
