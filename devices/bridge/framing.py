"""Messages of a bridge: two lengths, a JSON header, raw bytes, an end mark. Lengths are checked before anything is kept.

The end mark is what makes a lost byte visible at once: without it the next message would fill the gap in a picture.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from devices.errors import DeviceFormatError

MOST_HEADER: Final = 65_536
MOST_PAYLOAD: Final = 64_000_000
END: Final = b"END\n"
_PREFIX: Final = 8


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One whole message."""

    header: dict[str, Any]
    payload: bytes


def encode(header: dict[str, Any]) -> bytes:
    """Return a message of the station (it sends no payload)."""
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    return len(text).to_bytes(4, "big") + bytes(4) + text + END


class FrameReader:
    """Feed it bytes as they come; it gives whole messages and keeps at most one unfinished."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Take the next bytes; return the messages that became whole.

        Raises:
            DeviceFormatError: a length above its bound, no end mark where the message ends, a header that is no JSON object. The stream cannot be read on after that.
        """
        self._buffer += data
        found = []
        while (message := self._next()) is not None:
            found.append(message)
        return found

    def _next(self) -> Message | None:
        if len(self._buffer) < _PREFIX:
            return None
        header_size = int.from_bytes(self._buffer[:4], "big")
        payload_size = int.from_bytes(self._buffer[4:8], "big")
        if not 2 <= header_size <= MOST_HEADER or payload_size > MOST_PAYLOAD:
            raise DeviceFormatError("The bridge announces a message of impossible length.", code="bridge-format")
        whole = _PREFIX + header_size + payload_size
        if len(self._buffer) < whole + len(END):
            return None
        if self._buffer[whole : whole + len(END)] != END:
            raise DeviceFormatError("A message of the bridge lost or gained bytes.", code="bridge-format")
        text = bytes(self._buffer[_PREFIX : _PREFIX + header_size])
        payload = bytes(memoryview(self._buffer)[_PREFIX + header_size : whole])
        del self._buffer[: whole + len(END)]
        try:
            header = json.loads(text.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise DeviceFormatError("The header of a bridge's message is no JSON.", code="bridge-format") from error
        if not isinstance(header, dict):
            raise DeviceFormatError("The header of a bridge's message is no object.", code="bridge-format")
        return Message(header, payload)
