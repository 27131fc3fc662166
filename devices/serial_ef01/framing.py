"""EF01 packets (all numbers big-endian): header EF 01, address (4), packet id, length (2), payload, checksum (2).

Source: GROW R503 manual 1.2.1, section on the data package; the checksum is the sum of packet id, both length bytes and the
payload, modulo 65536. The stream may hold noise and a lone 0x55 (module ready); the header bytes may occur inside a picture, so
packets are found by header *and* checksum, and after damage the search goes on one byte behind the false start.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from devices.errors import DeviceFormatError

COMMAND: Final = 0x01
DATA: Final = 0x02
ACK: Final = 0x07
LAST: Final = 0x08
MAX_PAYLOAD: Final = 256
MAX_NOISE: Final = 4096
"""Bytes without one good packet after which the stream is called noise."""
_HEADER: Final = b"\xef\x01"
_KINDS: Final = frozenset({COMMAND, DATA, ACK, LAST})
_BEFORE_PAYLOAD: Final = 9


class Packet(NamedTuple):
    """One packet: its id (`COMMAND`, `DATA`, `ACK`, `LAST`) and payload, at most 256 bytes."""

    kind: int
    payload: bytes


def encode(kind: int, payload: bytes, address: int) -> bytes:
    """Return the bytes of one packet."""
    body = bytes([kind]) + (len(payload) + 2).to_bytes(2, "big") + payload
    return _HEADER + address.to_bytes(4, "big") + body + (sum(body) & 0xFFFF).to_bytes(2, "big")


class Ef01Framer:
    """See `devices.transports.link.Framer`. Packets of other addresses count as noise."""

    def __init__(self, address: int) -> None:
        self._address = address.to_bytes(4, "big")
        self._buffer = bytearray()
        self._noise = 0

    def feed(self, data: bytes) -> None:
        """Add received bytes."""
        self._buffer += data

    @property
    def started(self) -> bool:
        """Whether the buffer holds the beginning of a packet."""
        return len(self._buffer) >= 2

    def reset(self) -> None:
        """Forget everything received."""
        self._buffer.clear()
        self._noise = 0

    def take(self) -> Packet | None:
        """Return the next whole packet, None while there is none.

        Raises:
            DeviceFormatError: ``device-length`` (a length no module sends), ``device-checksum``, ``device-noise``.
        """
        while self._seek():
            if len(self._buffer) < _BEFORE_PAYLOAD:
                return None
            kind, length = self._buffer[6], int.from_bytes(self._buffer[7:9], "big")
            if self._buffer[2:6] != self._address or kind not in _KINDS:
                self._skip(1)
                continue
            if not 2 <= length <= MAX_PAYLOAD + 2:
                self._skip(1)
                raise DeviceFormatError(
                    "A packet states a length that no module sends; it was not used.", code="device-length", length=length
                )
            end = _BEFORE_PAYLOAD + length
            if len(self._buffer) < end:
                return None
            if sum(self._buffer[6 : end - 2]) & 0xFFFF != int.from_bytes(self._buffer[end - 2 : end], "big"):
                self._skip(1)
                raise DeviceFormatError("A packet arrived damaged (checksum); it was not used.", code="device-checksum")
            payload = bytes(self._buffer[_BEFORE_PAYLOAD : end - 2])
            del self._buffer[:end]
            self._noise = 0
            return Packet(kind, payload)
        return None

    def give_up(self) -> None:
        """No more bytes came for a started packet.

        Raises:
            DeviceFormatError: ``device-truncated``; the bytes behind its header are searched again.
        """
        if self.started:
            self._skip(1)
            raise DeviceFormatError("A packet broke off; it was not used.", code="device-truncated")

    def _seek(self) -> bool:
        """Drop what stands before the next header; return whether one is there."""
        at = self._buffer.find(_HEADER)
        if at < 0:
            at = len(self._buffer) - self._buffer.endswith(_HEADER[:1])
        self._skip(at)
        return len(self._buffer) >= 2

    def _skip(self, count: int) -> None:
        del self._buffer[:count]
        self._noise += count
        if self._noise > MAX_NOISE:
            self._noise = 0
            raise DeviceFormatError("The line carries only noise; nothing of it was used.", code="device-noise")
