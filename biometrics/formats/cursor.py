"""A reader of big-endian records that cannot run past its end: every ISO/IEC 19794 image record here is read through it."""

from __future__ import annotations

from biometrics.errors import FormatError


class Cursor:
    """Walks over `data` from `start` to `end`; `what` names the record in messages, `code` prefixes the error codes."""

    def __init__(self, data: bytes, what: str, code: str, start: int = 0, end: int | None = None) -> None:
        self._data = data
        self._what = what
        self._code = code
        self.at = start
        self.end = len(data) if end is None else end

    @property
    def left(self) -> int:
        """How many bytes are left before `end`."""
        return self.end - self.at

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes.

        Raises:
            FormatError: ``<code>-short`` when fewer are left.
        """
        if count < 0 or count > self.left:
            raise FormatError(f"The {self._what} is cut short.", code=f"{self._code}-short")
        self.at += count
        return self._data[self.at - count : self.at]

    def number(self, size: int) -> int:
        """Return the next `size` bytes as an unsigned number."""
        return int.from_bytes(self.take(size), "big")

    def part(self, length: int) -> Cursor:
        """Return a cursor over the next `length` bytes and step over them."""
        if length < 0 or length > self.left:
            raise FormatError(f"A part of the {self._what} announces more bytes than there are.", code=f"{self._code}-length")
        inner = Cursor(self._data, self._what, self._code, self.at, self.at + length)
        self.at += length
        return inner

    def fail(self, text: str, code: str = "value") -> FormatError:
        """Return the error for a value that does not exist or contradicts another."""
        return FormatError(f"{text}; the {self._what} was not used.", code=f"{self._code}-{code}")
