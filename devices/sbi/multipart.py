"""A multipart stream of JPEG pictures (``multipart/x-mixed-replace``) cut into its pictures: bytes in, whole pictures out, all bounded."""

from __future__ import annotations

from typing import Final

from devices.errors import DeviceFormatError

MOST_HEADER: Final = 4_096
MOST_PART: Final = 8_000_000


class MultipartReader:
    """Feed it chunks as they come; it keeps at most one unfinished part.

    Parts are found by their header block, their length by ``Content-Length`` or, without one, by the next boundary. The boundary
    is what the first part begins with: services disagree whether the two hyphens belong to its name.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._boundary = b""
        self._searched = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes; return the pictures that became whole.

        Raises:
            DeviceFormatError: no boundary, a header or picture above its bound, a length that is no number.
        """
        self._buffer += chunk
        parts = []
        while (part := self._next()) is not None:
            parts.append(part)
        return parts

    def _next(self) -> bytes | None:
        start = len(self._buffer) - len(self._buffer.lstrip(b"\r\n"))
        if start:
            del self._buffer[:start]
        end = self._buffer.find(b"\r\n\r\n", 0, MOST_HEADER)
        if end < 0:
            if len(self._buffer) >= MOST_HEADER:
                raise DeviceFormatError("The stream is no multipart stream.", code="stream-format")
            return None
        lines = bytes(self._buffer[:end]).split(b"\r\n")
        if not lines[0].startswith(b"--") or (self._boundary and lines[0] != self._boundary):
            raise DeviceFormatError("The stream lost its boundary.", code="stream-format")
        self._boundary = lines[0]
        begin = end + 4
        length = _length(lines[1:])
        if length is None:
            return self._until_boundary(begin)
        if len(self._buffer) < begin + length:
            return None
        return self._cut(begin, begin + length)

    def _until_boundary(self, begin: int) -> bytes | None:
        mark = b"\r\n" + self._boundary
        at = self._buffer.find(mark, max(begin, self._searched - len(mark)))
        if at < 0:
            if len(self._buffer) > begin + MOST_PART:
                raise DeviceFormatError(f"A picture of the stream has more than {MOST_PART} bytes.", code="stream-format")
            self._searched = len(self._buffer)
            return None
        return self._cut(begin, at)

    def _cut(self, begin: int, end: int) -> bytes:
        part = bytes(self._buffer[begin:end])
        del self._buffer[:end]
        self._searched = 0
        return part


def _length(lines: list[bytes]) -> int | None:
    for line in lines:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            text = value.strip()
            if not text.isdigit() or len(text) > 9 or int(text) > MOST_PART:
                raise DeviceFormatError("A picture of the stream announces an impossible length.", code="stream-format")
            return int(text)
    return None
