"""``multipart/x-mixed-replace`` from bytes, every length bounded (RFC 2046 section 5.1.1; the media type is Netscape's of 1995).

What cameras really do, and how it is taken:

- the boundary parameter is quoted, or already carries the two dashes that belong to the delimiter: both are read;
- lines end with LF alone: read;
- no ``Content-Length``: the part ends at the next delimiter;
- a ``Content-Length`` that lies, or a byte lost on the way: the part is dropped, never shown in half, and the next delimiter is
  looked for; thirty lost parts in a row end the stream.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from devices.errors import DeviceFormatError

MAX_PART_BYTES: Final = 8_000_000
MAX_HEADER_BYTES: Final = 8_192
MAX_BOUNDARY: Final = 200
MAX_DROPPED_IN_A_ROW: Final = 30
_START, _END = b"\xff\xd8", b"\xff\xd9"
_BOUNDARY: Final = re.compile(r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_LENGTH: Final = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """One whole JPEG picture and its number in the stream; a gap in the numbers is a part that was dropped."""

    number: int
    jpeg: bytes


def boundary_of(content_type: str) -> bytes:
    """Return the delimiter (with its two dashes) that a ``Content-Type`` names.

    Raises:
        DeviceFormatError: no multipart, or no usable boundary.
    """
    kind = content_type.partition(";")[0].strip().lower()
    found = _BOUNDARY.search(content_type[:1000])
    if not kind.startswith("multipart/") or found is None:
        raise DeviceFormatError("The camera's answer is no picture stream (multipart with a boundary); nothing was shown. Check the address.",
                                code="mjpeg-type")  # fmt: skip
    name = (found[1] or found[2]).encode("latin-1", "replace")
    return name if name.startswith(b"--") else b"--" + name


class MultipartParser:
    """Feed it bytes as they come; it returns the parts that became whole. Holds at most one part and what was just fed."""

    def __init__(self, delimiter: bytes) -> None:
        if not 2 < len(delimiter) <= MAX_BOUNDARY + 2:
            raise DeviceFormatError("The camera's boundary is empty or too long; nothing was shown.", code="mjpeg-type")
        self._delimiter = delimiter
        self._buffer = bytearray()
        self._number = 0
        self._skipped = 0
        self._searched = 0
        self._body: tuple[int, int | None] | None = None
        """Where the body begins in the buffer and its declared length; None while a delimiter is looked for."""
        self._lost_in_a_row = 0
        self.dropped = 0
        """Parts that were not whole."""
        self.ended = False
        """Whether the closing delimiter came."""

    def feed(self, data: bytes) -> list[Part]:
        """Take the next bytes and return the whole parts in them.

        Raises:
            DeviceFormatError: a header or part above its bound, no delimiter for `MAX_PART_BYTES`, too many lost parts.
        """
        self._buffer += data
        parts: list[Part] = []
        while not self.ended and self._step(parts):
            pass
        return parts

    def _step(self, parts: list[Part]) -> bool:
        return self._find_part() if self._body is None else self._take_body(parts)

    def _drop_front(self, count: int) -> None:
        del self._buffer[:count]
        self._searched = 0

    def _find_part(self) -> bool:
        at = self._buffer.find(self._delimiter)
        if at < 0:
            gone = max(0, len(self._buffer) - len(self._delimiter))
            self._skipped += gone
            self._drop_front(gone)
            if self._skipped > MAX_PART_BYTES:
                raise DeviceFormatError("The camera sends no boundary between pictures; the stream was ended. Start it again.",
                                        code="mjpeg-boundary")  # fmt: skip
            return False
        self._drop_front(at)
        head = len(self._delimiter)
        if self._buffer[head : head + 2] == b"--":
            self.ended = True
            return False
        blank = _header_end(self._buffer, head)
        if blank is None:
            if len(self._buffer) > MAX_HEADER_BYTES + head:
                raise DeviceFormatError(
                    "The header of a picture is longer than any camera's; the stream was ended.", code="mjpeg-header"
                )
            return False
        header = bytes(self._buffer[head : blank[0]]).replace(b"\r", b"")
        if len(header) > MAX_HEADER_BYTES:
            raise DeviceFormatError(
                "The header of a picture is longer than any camera's; the stream was ended.", code="mjpeg-header"
            )
        said = _LENGTH.search(header)
        length = int(said[1]) if said else None
        self._skipped = 0
        self._number += 1
        if length is not None and length > MAX_PART_BYTES:
            self._lose(blank[1])
            return True
        self._body = (blank[1], length)
        self._searched = blank[1]
        return True

    def _take_body(self, parts: list[Part]) -> bool:
        assert self._body is not None
        start, length = self._body
        at = self._buffer.find(self._delimiter, max(start, self._searched - len(self._delimiter)))
        self._searched = len(self._buffer)
        if length is None:
            if at < 0:
                if len(self._buffer) - start > MAX_PART_BYTES:
                    raise DeviceFormatError(
                        "A picture is larger than any camera's; the stream was ended.", code="mjpeg-part-size"
                    )
                return False
            return self._finish(parts, start, _without_line_end(self._buffer, start, at))
        if 0 <= at < start + length:
            # The next picture begins before this one is complete: a length that lies, or bytes lost on the way.
            return self._lose(at)
        if len(self._buffer) < start + length:
            return False
        return self._finish(parts, start, start + length)

    def _finish(self, parts: list[Part], start: int, end: int) -> bool:
        body = bytes(self._buffer[start:end])
        if not (body.startswith(_START) and body.rstrip(b"\x00").endswith(_END)):
            # Not where a picture ends: look for the next delimiter from its beginning, whatever the length said.
            return self._lose(start)
        parts.append(Part(self._number, body))
        self._lost_in_a_row = 0
        self._body = None
        self._drop_front(end)
        return True

    def _lose(self, keep_from: int) -> bool:
        self.dropped += 1
        self._lost_in_a_row += 1
        self._body = None
        self._drop_front(keep_from)
        if self._lost_in_a_row > MAX_DROPPED_IN_A_ROW:
            raise DeviceFormatError("Thirty pictures in a row came damaged; the stream was ended. Check cable and network, start it again.",
                                    code="mjpeg-damaged")  # fmt: skip
        return True


def _header_end(buffer: bytearray, start: int) -> tuple[int, int] | None:
    """Return where the header lines end and where the body begins; None while the blank line has not come."""
    limit = start + MAX_HEADER_BYTES + 4
    found = [(at, at + len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := buffer.find(mark, start, limit)) >= 0]
    return min(found, default=None)


def _without_line_end(buffer: bytearray, start: int, end: int) -> int:
    for _ in range(2):
        if end > start and buffer[end - 1] in b"\r\n":
            end -= 1
    return end
