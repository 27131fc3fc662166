"""What swipe and barcode readers put around their lines. Pure: bytes in, whole readings out, every length bounded.

- ``plain``: line CR line CR [line CR]; CR LF and LF alone are read too.
- ``desko``: [SOD] STX line CR line CR [line CR] ETX [EOD]. The values of SOD and EOD are recalled, so only STX and ETX decide.
- ``rte6701``: SOH len "OU" STX flag line CR line CR line CR ETX BCC. Absent lines keep their CR and may be padded. Which bytes
  the check byte covers is recalled: the XOR after SOH, with SOH, or after STX is accepted; the zone's own check digits follow.
- ``json``: STX object ETX CR LF. Which key holds the lines is not documented: any text value that holds a whole zone is taken.

A reading is the lines joined by CR; `devices.mrz` and `devices.barcode` understand it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import reduce
from operator import xor
from typing import Final

from devices.errors import DeviceFormatError
from devices.profile_schema import Reader

MAX_LINE: Final = 44
MAX_FRAME: Final = 512
MAX_OBJECT: Final = 4096
MAX_CODE: Final = 4096
LINES_OF: Final = {30: 3, 36: 2, 44: 2}
STX: Final = 0x02
ETX: Final = 0x03
SOH: Final = 0x01
_SHAPES: Final = {width * count: count for width, count in LINES_OF.items()}
_ENDS: Final = b"\r\n"
_ALPHABET: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")


class MrzFramer:
    """Frames one kind of swipe reader (`reader.framing`)."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._pad = reader.pad.encode("ascii", "ignore")
        self._most = MAX_OBJECT if reader.framing == "json" else MAX_FRAME
        self._buffer = bytearray()
        self._lines: list[bytes] = []

    @property
    def started(self) -> bool:
        """See `Framer.started`."""
        return bool(self._buffer or self._lines)

    def feed(self, data: bytes) -> None:
        """See `Framer.feed`."""
        self._buffer += data

    def reset(self) -> None:
        """See `Framer.reset`."""
        self._buffer.clear()
        self._lines.clear()

    def give_up(self) -> None:
        """See `Framer.give_up`."""
        if self.started:
            self.reset()
            raise _incomplete()

    def take(self) -> bytes | None:
        """See `Framer.take`: the lines of one zone joined by CR."""
        if self._reader.framing == "plain":
            return self._take_plain()
        start = SOH if self._reader.framing == "rte6701" else STX
        return self._take_framed(start, tail=1 if self._reader.framing == "rte6701" else 0)

    # --- lines and nothing else ------------------------------------------------------------------------------------------------

    def _take_plain(self) -> bytes | None:
        while (line := self._next_line()) is not None:
            if not line:
                continue
            try:
                self._lines.append(_checked(line))
                if len(line) != len(self._lines[0]):
                    raise _length()
            except DeviceFormatError:
                self._lines.clear()
                raise
            if len(self._lines) == LINES_OF[len(line)]:
                whole = b"\r".join(self._lines)
                self._lines.clear()
                return whole
        return None

    def _next_line(self) -> bytes | None:
        at = next((i for i, byte in enumerate(self._buffer) if byte in _ENDS), -1)
        if at < 0:
            if len(self._buffer) > MAX_FRAME:
                self.reset()
                raise _endless()
            return None
        line = bytes(self._buffer[:at])
        del self._buffer[: at + 1]
        return line

    # --- lines in a frame --------------------------------------------------------------------------------------------------------

    def _take_framed(self, start: int, tail: int) -> bytes | None:
        at = self._buffer.find(start)
        if at < 0:
            # Nothing of a frame: noise, or the trailer of the last one.
            self._buffer.clear()
            return None
        del self._buffer[:at]
        end = self._buffer.find(ETX)
        if end < 0 or len(self._buffer) < end + 1 + tail:
            if len(self._buffer) > self._most:
                del self._buffer[0]
                raise _endless()
            return None
        if end > self._most:
            del self._buffer[0]
            raise _endless()
        frame = bytes(self._buffer[: end + 1 + tail])
        try:
            lines = self._lines_of(frame, end)
        except DeviceFormatError:
            # Go on behind this start byte: the true start may lie inside what was taken for a frame.
            del self._buffer[0]
            raise
        del self._buffer[: end + 1 + tail]
        return b"\r".join(lines)

    def _lines_of(self, frame: bytes, end: int) -> list[bytes]:
        body = frame[1:end]
        if self._reader.framing == "json":
            return _zone_in_object(body)
        if self._reader.framing == "rte6701":
            inner = frame.find(STX, 0, end)
            if inner < 0 or b"OU" not in frame[1:inner]:
                raise DeviceFormatError("The reader's message is not one of a swiped document; nothing was used. Swipe again.",
                                        code="mrz-frame")  # fmt: skip
            covered = (frame[1 : end + 1], frame[: end + 1], frame[inner + 1 : end + 1])
            if frame[end + 1] not in {reduce(xor, part, 0) for part in covered}:
                raise DeviceFormatError(
                    "Bytes were lost between reader and station; nothing was used. Swipe again.", code="mrz-check-byte"
                )
            body = frame[inner + 2 : end]
        lines = [line for part in body.split(b"\r") if (line := part.strip(b"\n"))]
        lines = [line for line in lines if not (self._pad and set(line) <= set(self._pad))]
        if not lines:
            raise _incomplete()
        checked = [_checked(line) for line in lines]
        if len({len(line) for line in checked}) != 1 or len(checked) != LINES_OF[len(checked[0])]:
            raise _length()
        return checked


def _zone_in_object(data: bytes) -> list[bytes]:
    """Return the lines of the first text value that holds a whole zone."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DeviceFormatError("The reader's message is damaged; nothing was used. Swipe again.", code="mrz-frame") from error
    for text in _texts(value, 6):
        body = "".join(text.split()).upper()
        shape = _SHAPES.get(len(body))
        if shape is not None and body.isascii() and set(body.encode()) <= _ALPHABET:
            width = len(body) // shape
            return [body[i * width : (i + 1) * width].encode() for i in range(shape)]
    raise _incomplete()


def _texts(value: object, depth: int) -> Iterator[str]:
    """Yield the text values of an object, in order; lists of lines are also given joined."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner, depth - 1)
    elif depth and isinstance(value, list):
        if all(isinstance(inner, str) for inner in value):
            yield "".join(value)
        for inner in value:
            yield from _texts(inner, depth - 1)


def _checked(line: bytes) -> bytes:
    if not set(line) <= _ALPHABET:
        raise DeviceFormatError(
            "The reader sent characters that no document has; nothing was used. Swipe again.", code="mrz-characters"
        )
    if len(line) not in LINES_OF:
        raise _length()
    return line


def _incomplete() -> DeviceFormatError:
    return DeviceFormatError(
        "The document was read in part; nothing was used. Swipe again, without stopping.", code="mrz-incomplete"
    )


def _length() -> DeviceFormatError:
    return DeviceFormatError(
        "The lines are not as long as those of a card or passport; nothing was used. Swipe again.", code="mrz-length"
    )


def _endless() -> DeviceFormatError:
    return DeviceFormatError("The reader does not stop sending; nothing was used. Unplug it, plug it in, and check its speed.",
                             code="reader-endless")  # fmt: skip


class CodeFramer:
    """One barcode or QR per line, ended by CR, LF or both; `gap_ends` for readers that send no end: there silence ends a code."""

    def __init__(self, *, gap_ends: bool = False) -> None:
        self._gap_ends = gap_ends
        self._buffer = bytearray()
        self._ready: list[bytes] = []

    @property
    def started(self) -> bool:
        """See `Framer.started`."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> None:
        """See `Framer.feed`."""
        self._buffer += data

    def reset(self) -> None:
        """See `Framer.reset`."""
        self._buffer.clear()
        self._ready.clear()

    def give_up(self) -> None:
        """See `Framer.give_up`; with `gap_ends` what came is the code."""
        if not self._buffer:
            return
        code = bytes(self._buffer)
        self._buffer.clear()
        if not self._gap_ends:
            raise DeviceFormatError("The code was read in part; nothing was used. Scan again.", code="scan-incomplete")
        if len(code) <= MAX_CODE:
            self._ready.append(_text(code))

    def take(self) -> bytes | None:
        """See `Framer.take`."""
        while not self._ready:
            at = next((i for i, byte in enumerate(self._buffer) if byte in _ENDS), -1)
            if at < 0:
                if len(self._buffer) > MAX_CODE:
                    self._buffer.clear()
                    raise _endless()
                return None
            line = bytes(self._buffer[:at]).strip(b"\x02\x03\x00")
            del self._buffer[: at + 1]
            if len(line) > MAX_CODE:
                raise _endless()
            if line:
                self._ready.append(_text(line))
        return self._ready.pop(0)


def _text(line: bytes) -> bytes:
    """Refuse what is no text: a line at another speed turns codes into rubbish. GS (1D) is GS1's own separator."""
    try:
        clean = not any((ord(c) < 32 and c != "\x1d") or 0x7F <= ord(c) < 0xA0 for c in line.decode("utf-8"))
    except UnicodeDecodeError:
        clean = False
    if not clean:
        raise DeviceFormatError("What the reader sent is no text; nothing was used. Check its speed, and that it sends UTF-8.",
                                code="scan-garbled")  # fmt: skip
    return line
