"""55AA messages (all numbers little-endian) and the data frames that follow some of them.

Message, 12 bytes: ``55 AA``, device id (2), parameter (4), code (2), checksum (2) = sum of the first ten bytes.
Data: ``5A A5``, device id (2), n bytes, checksum (2) = sum of all before it. A data frame states no length: the receiver must know
n, so the framer is told what to expect. Source: brianrho/GT5X GT5X.h; unosquare/sparkfunfingerprint README.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from devices.errors import DeviceFormatError

MESSAGE_BYTES: Final = 12
MAX_DATA: Final = 200_000
MAX_NOISE: Final = 4096
_MESSAGE: Final = b"\x55\xaa"
_DATA: Final = b"\x5a\xa5"


class Message(NamedTuple):
    """A command or a response: its code and parameter."""

    code: int
    parameter: int


class Data(NamedTuple):
    """The payload of one data frame."""

    payload: bytes


def encode(code: int, parameter: int, device: int) -> bytes:
    """Return the twelve bytes of one command."""
    body = _MESSAGE + device.to_bytes(2, "little") + parameter.to_bytes(4, "little") + code.to_bytes(2, "little")
    return body + (sum(body) & 0xFFFF).to_bytes(2, "little")


class Gt5Framer:
    """See `devices.transports.link.Framer`. `expect(n)` says that a data frame of n bytes follows the next message."""

    def __init__(self, device: int) -> None:
        self._device = device.to_bytes(2, "little")
        self._buffer = bytearray()
        self._noise = 0
        self._expected = 0
        self.progress: Callable[[int, int], None] | None = None

    def expect(self, count: int) -> None:
        """A data frame of `count` bytes may come (0: none). `count` is at most 200,000."""
        if not 0 <= count <= MAX_DATA:
            raise DeviceFormatError("A data frame larger than any module's was asked for.", code="device-length")
        self._expected = count

    def feed(self, data: bytes) -> None:
        """Add received bytes."""
        self._buffer += data

    @property
    def started(self) -> bool:
        """Whether the buffer holds the beginning of a message or frame."""
        return len(self._buffer) >= 2

    def reset(self) -> None:
        """Forget everything received, and what was expected."""
        self._buffer.clear()
        self._noise = self._expected = 0

    def take(self) -> Message | Data | None:
        """Return the next whole message or data frame, None while there is none.

        Raises:
            DeviceFormatError: ``device-checksum``, ``device-noise``.
        """
        while self._seek():
            if len(self._buffer) < 4:
                return None
            if self._buffer[2:4] != self._device:
                self._skip(1)
                continue
            is_data = self._buffer.startswith(_DATA)
            end = 6 + self._expected if is_data else MESSAGE_BYTES
            if is_data and self.progress is not None:
                self.progress(max(0, min(len(self._buffer) - 4, self._expected)), self._expected)
            if len(self._buffer) < end:
                return None
            if sum(self._buffer[: end - 2]) & 0xFFFF != int.from_bytes(self._buffer[end - 2 : end], "little"):
                self._skip(1)
                raise DeviceFormatError("A message arrived damaged (checksum); it was not used.", code="device-checksum")
            body = bytes(self._buffer[4 : end - 2])
            del self._buffer[:end]
            self._noise = 0
            if is_data:
                self._expected = 0
                return Data(body)
            return Message(int.from_bytes(body[4:6], "little"), int.from_bytes(body[:4], "little"))
        return None

    def give_up(self) -> None:
        """No more bytes came for a started message or frame.

        Raises:
            DeviceFormatError: ``device-truncated``; the bytes behind its header are searched again.
        """
        if self.started:
            self._skip(1)
            raise DeviceFormatError("A message or picture broke off; it was not used.", code="device-truncated")

    def _seek(self) -> bool:
        """Drop what stands before the next start; return whether one is there."""
        starts = [at for header in self._headers() if (at := self._buffer.find(header)) >= 0]
        if starts:
            self._skip(min(starts))
            return True
        self._skip(len(self._buffer) - self._buffer.endswith((b"\x55", b"\x5a")))
        return False

    def _headers(self) -> tuple[bytes, ...]:
        return (_MESSAGE, _DATA) if self._expected else (_MESSAGE,)

    def _skip(self, count: int) -> None:
        del self._buffer[:count]
        self._noise += count
        if self._noise > MAX_NOISE:
            self._noise = 0
            raise DeviceFormatError("The line carries only noise; nothing of it was used.", code="device-noise")
