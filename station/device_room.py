"""The device room: which devices this station uses, one row each, with the grade of today.

The settings ``devices.*`` say which adapters are used, and with what. A value is one or more devices, separated by ``;``::

    "devices.camera" = "mjpeg url=http://127.0.0.1:8080/stream; uvc"
    "devices.scanner" = "serial-ef01 port=/dev/ttyUSB0 profile=grow-r503-v12"

A device that fails is a row with its reason; it never hides the others.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from devices.contract import Capabilities, Device, DeviceInfo, Source
from devices.grade import (
    CERTIFICATE_MISSING,
    CERTIFICATE_UNREAD,
    CertificateSource,
    Grade,
    grade,
    graded,
    needs_certificate,
    no_certificates,
)
from devices.registry import Found, enumerate_devices
from station.errors import InputError
from station.settings import Settings

if TYPE_CHECKING:
    from devices.sbi.chain import MakerTrust

DEVICE_SETTINGS: Final = (
    "devices.scanner",
    "devices.camera",
    "devices.documents",
    "devices.iris",
    "devices.card_reader",
    "devices.document_reader",
    "devices.positioner",
)
MAX_DEVICES: Final = 32
SIGNING_ADAPTERS: Final = frozenset({"sbi"})
"""Adapters whose devices sign what they take."""


@dataclass(frozen=True, slots=True)
class DeviceWish:
    """One adapter that a setting names, with its own options."""

    adapter: str
    options: Mapping[str, Any]


def parse_wishes(text: str) -> tuple[DeviceWish, ...]:
    """Read a device setting: ``adapter key=value …``, several separated by ``;``; quotes keep blanks together.

    Raises:
        InputError: an option without ``=``, an open quote, more than 32 devices.
    """
    wishes: list[DeviceWish] = []
    for part in text.split(";"):
        try:
            words = shlex.split(part)
        except ValueError as error:
            raise InputError(
                "A device setting has an open quote; this device is not used. Close it.", code="setting-device"
            ) from error
        if not words:
            continue
        options: dict[str, Any] = {}
        for word in words[1:]:
            key, equals, value = word.partition("=")
            if not key or not equals:
                raise InputError(f"A device setting holds '{word}' where key=value is expected; this device is not used. Correct it.",
                                 code="setting-device")  # fmt: skip
            options[key] = value
        if "port" in options and "ports" not in options:
            # The serial families take several ports at once; one is the usual case.
            options["ports"] = [{"port": options["port"], "profile": options.get("profile", "")}]
        wishes.append(DeviceWish(words[0], options))
    if len(wishes) > MAX_DEVICES:
        raise InputError(f"A device setting names {len(wishes)} devices; at most {MAX_DEVICES} are used.", code="setting-device")
    return tuple(wishes)


@dataclass(frozen=True, slots=True)
class RoomRow:
    """One device as the room knows it now. `device` and `can` are None where only a reason could be given."""

    info: DeviceInfo
    grade: Grade
    device: Device | None
    can: Capabilities | None


@dataclass(frozen=True, slots=True)
class _RoomClock:
    now: Callable[[], datetime]


class DeviceRoom:
    """Finds devices and grades them. Holds no device open; may be asked from any one thread.

    `certificates` None: the station's book is not open, so the certificates are not known (rows say so).
    """

    def __init__(self, wishes: Sequence[DeviceWish], certificates: CertificateSource | None = no_certificates,
                 now: Callable[[], datetime] = lambda: datetime.now(UTC), faults: Sequence[str] = (),
                 makers: MakerTrust | None = None) -> None:  # fmt: skip
        """`makers`: the device makers that this station trusts, for the adapters that check signatures; None: nobody."""
        self._wishes = tuple(wishes)
        self._makers = makers
        self._certificates = certificates
        self._now = now
        self.faults = tuple(faults)
        """What was wrong with the settings themselves, one sentence each."""

    @classmethod
    def from_settings(cls, settings: Settings, certificates: CertificateSource | None = no_certificates,
                      now: Callable[[], datetime] = lambda: datetime.now(UTC), makers: MakerTrust | None = None,
                      names: Sequence[str] = DEVICE_SETTINGS) -> DeviceRoom:  # fmt: skip
        """Return the room of a station's settings (those called `names`); a bad one is a fault, and the other devices are used."""
        wishes: list[DeviceWish] = []
        faults: list[str] = []
        for name in names:
            try:
                wishes += parse_wishes(settings.text(name))
            except InputError as error:
                faults.append(f"{name}: {error}")
        return cls(wishes, certificates, now, faults, makers)

    def rows(self) -> Iterator[RoomRow]:
        """Look for every device and yield its row as soon as it is known; never raises for a device."""
        for found in enumerate_devices((w.adapter, self._options(w)) for w in self._wishes):
            yield self.row(found)

    def _options(self, wish: DeviceWish) -> Mapping[str, Any]:
        """Hand the trusted makers and the station's time to adapters that check signatures; a setting cannot replace them."""
        if wish.adapter not in SIGNING_ADAPTERS:
            return wish.options
        options = {k: v for k, v in wish.options.items() if k not in ("trust", "clock")}
        trust = wish.options.get("trust")
        return {
            **options,
            "trust": self._makers if trust is None or isinstance(trust, str) else trust,
            "clock": _RoomClock(self._now),
        }

    def row(self, found: Found) -> RoomRow:
        """Return one device's row with the grade of this moment."""
        answer = self.grade_of(found.info)
        can = found.device.capabilities if found.device is not None else None
        return RoomRow(graded(found.info, answer), answer, found.device, can)

    def grade_of(self, info: DeviceInfo) -> Grade:
        """Return whether the device of this row may enroll now."""
        if self._certificates is None:
            answer = grade(info, None, self._now())
            return Grade(enrolls=False, code=CERTIFICATE_UNREAD) if answer.code == CERTIFICATE_MISSING else answer
        certificate = self._certificates(info.identity) if info.identity is not None and needs_certificate(info) else None
        return grade(info, certificate, self._now())


def what_it_can(can: Capabilities | None) -> tuple[str, ...]:
    """Return the codes of what a device can do (``can.preview`` …), each with words in the catalogue."""
    if can is None:
        return ()
    flags = (("can.preview", can.preview), ("can.auto-capture", can.auto_capture), ("can.finger-detection", can.finger_detection),
             ("can.signs", can.signs_captures), ("can.irises", bool(can.eyes)), ("can.slaps", any(int(p) >= 13 for p in can.positions)),
             ("can.single-fingers", any(0 < int(p) <= 10 for p in can.positions)), ("can.rolled", len(can.impressions) > 1),
             ("can.controls", bool(can.controls)))  # fmt: skip
    return tuple(code for code, has in flags if has)


def is_simulated(info: DeviceInfo) -> bool:
    """Return whether this row must carry the tag *simulated*."""
    return info.source is Source.SIMULATED
