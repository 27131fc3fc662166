"""SFM packets (numbers little-endian) and the raw data that follows some of them.

Packet, 13 bytes: ``40``, command, parameter (4), size (4), flag or error, sum of the first eleven bytes modulo 256, ``0A``. Data:
`size` bytes, then ``0A``; no start and no checksum, so the framer must be told, and what follows data is checked to be nothing.
Source: SFM protocol manuals 1.9 to 3.5; supremainc/sfm-sdk-python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from devices.errors import DeviceFormatError

PACKET_BYTES: Final = 13
MAX_DATA: Final = 2_000_000
MAX_NOISE: Final = 4096
_START: Final = 0x40
_END: Final = 0x0A


class Packet(NamedTuple):
    """A command or an answer."""

    command: int
    parameter: int
    size: int
    flag: int


class Data(NamedTuple):
    """The raw bytes after a packet."""

    payload: bytes


def encode(command: int, parameter: int = 0, size: int = 0, flag: int = 0) -> bytes:
    """Return the thirteen bytes of one command."""
    body = bytes([_START, command]) + parameter.to_bytes(4, "little") + size.to_bytes(4, "little") + bytes([flag])
    return body + bytes([sum(body) & 0xFF, _END])


class SfmFramer:
    """See `devices.transports.link.Framer`. `expect(n)` says that n raw bytes follow now."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._noise = 0
        self._expected = 0
        self.progress: Callable[[int, int], None] | None = None

    def expect(self, count: int) -> None:
        """The next `count` bytes are data, ended by 0A.

        Raises:
            DeviceFormatError: more than 2,000,000 (``device-length``).
        """
        if not 0 <= count <= MAX_DATA:
            raise DeviceFormatError(
                "An answer states more data than any module has; it was not used.", code="device-length", size=count
            )
        self._expected = count

    def feed(self, data: bytes) -> None:
        """Add received bytes."""
        self._buffer += data

    @property
    def started(self) -> bool:
        """Whether bytes of a packet or of awaited data are there."""
        return bool(self._buffer)

    def reset(self) -> None:
        """Forget everything received, and what was expected."""
        self._buffer.clear()
        self._noise = self._expected = 0

    def take(self) -> Packet | Data | None:
        """Return the next whole packet or the awaited data, None while there is none.

        Raises:
            DeviceFormatError: ``device-checksum``, ``device-format``, ``device-noise``.
        """
        if self._expected:
            return self._take_data()
        while self._seek():
            if len(self._buffer) < PACKET_BYTES:
                return None
            body = self._buffer[: PACKET_BYTES - 2]
            if self._buffer[PACKET_BYTES - 1] != _END:
                self._skip(1)
                continue
            if sum(body) & 0xFF != self._buffer[PACKET_BYTES - 2]:
                self._skip(1)
                raise DeviceFormatError("An answer arrived damaged (checksum); it was not used.", code="device-checksum")
            del self._buffer[:PACKET_BYTES]
            self._noise = 0
            return Packet(body[1], int.from_bytes(body[2:6], "little"), int.from_bytes(body[6:10], "little"), body[10])
        return None

    def give_up(self) -> None:
        """No more bytes came for a started packet or for awaited data.

        Raises:
            DeviceFormatError: ``device-truncated``.
        """
        if self.started:
            self._expected = 0
            self._skip(1)
            raise DeviceFormatError("An answer or picture broke off; it was not used.", code="device-truncated")

    def _take_data(self) -> Data | None:
        if self.progress is not None:
            self.progress(min(len(self._buffer), self._expected), self._expected)
        if len(self._buffer) <= self._expected:
            return None
        payload, end = bytes(self._buffer[: self._expected]), self._buffer[self._expected]
        del self._buffer[: self._expected + 1]
        self._expected = 0
        if end != _END:
            raise DeviceFormatError("Data did not end where it said; it was not used.", code="device-format")
        return Data(payload)

    def _seek(self) -> bool:
        at = self._buffer.find(_START)
        self._skip(at if at >= 0 else len(self._buffer))
        return at >= 0

    def _skip(self, count: int) -> None:
        del self._buffer[:count]
        self._noise += count
        if self._noise > MAX_NOISE:
            self._noise = 0
            raise DeviceFormatError("The line carries only noise; nothing of it was used.", code="device-noise")
