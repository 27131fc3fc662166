"""Simulated devices that speak without being asked: swipe readers, barcode readers, GPS receivers, each on a pty.

The texts are published specimens (ICAO Doc 9303) or invented (province code 099). Nothing of the adapters' codecs is used here.
"""

from __future__ import annotations

import json
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final

from devices.profiles import Profile, load_profile
from devices.simulated.wire_faults import FaultScript
from devices.simulated.wire_pty import Module, Piece, SerialSimulator

TD1_SPECIMEN: Final = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
"""Doc 9303-5, appendix B."""
TD3_SPECIMEN: Final = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
"""Doc 9303-4, appendix B."""
QR_SPECIMEN: Final = "099158004217|012345678|Hồ Thị Bích Vân|15051958|Nữ|Thôn Mẫu, Xã Ví Dụ, Tỉnh Ví Dụ|01012022"
PUSH_FAULTS: Final = ("dropped-byte", "bad-checksum", "stray-ready", "split-read", "silence", "short-last-packet", "wrong-baud",
                      "lying-length", "unplug", "endless-data", "double-ack")  # fmt: skip


class PushModule(Module):
    """Says its message every `every_s` seconds, whatever it hears."""

    def __init__(
        self, profile: Profile, faults: Sequence[str], every_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.profile = profile
        self.baud = profile.port.bauds[0]
        self.faults = FaultScript(faults)
        self._every_s, self._clock = every_s, clock
        self._due = clock() + every_s / 2
        self._count = 0

    def receive(self, data: bytes) -> Iterable[Piece]:
        """Such devices hear nothing."""
        _ = data
        return ()

    def power_on(self) -> bytes:
        """They say nothing of themselves."""
        return b""

    def idle(self) -> Iterator[Piece]:
        """Say the message when it is due."""
        if self._clock() < self._due:
            return
        self._due = self._clock() + self._every_s
        self._count += 1
        if self.faults.strikes("wrong-baud", "picture"):
            self.baud = self.profile.port.bauds[-1]
        message = self._message(
            self._count, bad=self.faults.strikes("bad-checksum", "picture"), lying=self.faults.strikes("lying-length", "picture")
        )
        if self.faults.strikes("short-last-packet", "picture"):
            message = message[: len(message) * 2 // 3]
        yield Piece(message, "picture")

    @abstractmethod
    def _message(self, count: int, *, bad: bool, lying: bool) -> bytes:
        """Return one message; `bad` breaks its check, `lying` its length, where it has them."""


def _framed(framing: str, lines: Sequence[str], pad: str, *, bad: bool, lying: bool) -> bytes:
    """Return what a reader of that framing sends for these lines."""
    text = "".join(line + "\r" for line in lines).encode("ascii")
    if bad:
        text = text[:12] + bytes([text[12] ^ 1]) + text[13:]
    if framing == "plain":
        return text[:-3] + b"\r" if lying else text
    if framing == "json":
        inside = json.dumps({"type": "MRZ", "data": {"lines": [line.decode() for line in text.split(b"\r") if line]}}).encode()
        return b"\x02" + (inside[:-4] if lying else inside) + b"\x03\r\n"
    if framing == "desko":
        return b"\x1c\x02" + (text[:-5] + b"\r" if lying else text) + b"\x03\x1d"
    above = [pad * len(lines[0])] if len(lines) == 2 else []
    good = "".join(line + "\r" for line in [*above, *lines]).encode("ascii")
    inner = b"OU\x02" + b"0" + good + b"\x03"
    whole = bytes([(len(inner) + (40 if lying else 0)) & 0xFF]) + inner
    check = 0
    for byte in whole:
        check ^= byte
    if lying:
        whole = whole[:-9] + whole[-2:]
    return b"\x01" + whole + bytes([check ^ (0x41 if bad else 0)])


class _SwipeModule(PushModule):
    def _message(self, count: int, *, bad: bool, lying: bool) -> bytes:
        reader = self.profile.reader
        assert reader is not None
        lines = TD3_SPECIMEN if count % 2 == 0 else TD1_SPECIMEN
        return _framed(reader.framing, lines, reader.pad or "_", bad=bad, lying=lying)


class _CodeModule(PushModule):
    def _message(self, count: int, *, bad: bool, lying: bool) -> bytes:
        _ = count, bad, lying
        return QR_SPECIMEN.encode() + b"\r\n"


def _sentence(body: str, *, bad: bool = False) -> bytes:
    check = 0
    for byte in body.encode("ascii"):
        check ^= byte
    return f"${body}*{check ^ (1 if bad else 0):02X}\r\n".encode("ascii")


def _degrees(value: float, digits: int) -> str:
    whole = int(value)
    return f"{whole:0{digits}d}{(value - whole) * 60:07.4f}"


class _GpsModule(PushModule):
    """Stands still at an invented place; its clock begins at 2026-05-12 02:00:00 UTC and counts the messages, or is the one given."""

    latitude, longitude = 21.028511, 105.804817
    now: Callable[[], datetime] | None = None

    def _message(self, count: int, *, bad: bool, lying: bool) -> bytes:
        seconds = 7200 + count
        at = f"{seconds // 3600 % 24:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}.00"
        date = "120526"
        if self.now is not None:
            moment = self.now().astimezone(UTC)
            at, date = f"{moment:%H%M%S}.00", f"{moment:%d%m%y}"
        place = f"{_degrees(self.latitude, 2)},N,{_degrees(self.longitude, 3)},E"
        lines = [_sentence(f"GPGGA,{at},{place},1,08,1.10,12.0,M,-28.0,M,,", bad=bad), _sentence("GPGSV,1,1,01,03,45,120,40"),
                 _sentence(f"GPRMC,{at},A,{place},0.0,0.0,{date},,,A", bad=bad)]  # fmt: skip
        whole = b"".join(lines)
        return whole[:20] + whole[25:] if lying else whole


class MrzSwipeSimulator(SerialSimulator):
    """A swipe reader through which ICAO's specimen card and passport are pulled in turn."""

    FAULTS: ClassVar[tuple[str, ...]] = PUSH_FAULTS

    def __init__(
        self, profile: str | None = None, faults: Sequence[str] = (), *, every_s: float = 0.5, paced: bool = True
    ) -> None:
        made = load_profile(profile or "mrz-plain")
        super().__init__(_SwipeModule(made, faults, every_s), f"swipe-{made.id}", paced=paced)


class BarcodeSimulator(SerialSimulator):
    """A QR reader in serial mode that reads an invented identity card again and again."""

    FAULTS: ClassVar[tuple[str, ...]] = tuple(
        f for f in PUSH_FAULTS if f not in {"bad-checksum", "lying-length", "dropped-byte", "double-ack"}
    )

    def __init__(
        self, profile: str | None = None, faults: Sequence[str] = (), *, every_s: float = 0.5, paced: bool = True
    ) -> None:
        made = load_profile(profile or "mrz-plain")  # a line of 9600 8N1 like any reader's
        super().__init__(_CodeModule(made, faults, every_s), "barcode", paced=paced)


class NmeaSimulator(SerialSimulator):
    """A GPS receiver that stands still."""

    FAULTS: ClassVar[tuple[str, ...]] = PUSH_FAULTS

    def __init__(
        self, profile: str | None = None, faults: Sequence[str] = (), *, every_s: float = 0.5, paced: bool = True,
        at: tuple[float, float] | None = None, now: Callable[[], datetime] | None = None,
    ) -> None:  # fmt: skip
        """`at`: latitude and longitude in degrees (north, east); `now`: the clock it tells, default its own."""
        module = _GpsModule(load_profile(profile or "nmea0183"), faults, every_s)
        if at is not None:
            module.latitude, module.longitude = at
        module.now = now
        super().__init__(module, "nmea", paced=paced)
