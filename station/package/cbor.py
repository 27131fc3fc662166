"""Deterministic CBOR, strictly read: one value has exactly one encoding, and every length is bounded before it is believed.

Written by `cbor2` in its canonical form (RFC 8949 section 4.2.1). Read by our own small decoder, since a reader of foreign bytes
must refuse what a tolerant library accepts: longer forms, indefinite lengths, tags, repeated or unsorted keys, deep nesting.
"""

from __future__ import annotations

import struct
from typing import Any, Final

import cbor2

from station.errors import TransferError

MAX_DEPTH: Final = 16
MAX_ITEMS: Final = 400_000
"""Values in one document; a dossier's manifest has a few thousand."""


class PackageFormatError(TransferError):
    """Bytes are not what the format says: cut off, another kind of file, altered, or made to harm.

    Examples: a file cut off on its way, a photo named .pkg, an array that claims 2^60 members, a path as a part's name.
    """

    code = "package-format"


def encode(value: Any) -> bytes:
    """Return the deterministic encoding of plain values: None, bool, int, float, str, bytes, list or tuple, map."""
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes | memoryview, *, max_bytes: int, views: bool = False) -> Any:
    """Read one value that fills `data` exactly.

    Args:
        data: the encoding.
        max_bytes: refuse more than this before looking inside.
        views: byte strings come back as views into `data` (no copy) instead of `bytes`.

    Raises:
        PackageFormatError: larger than `max_bytes`, not the deterministic form, a tag, deeper than `MAX_DEPTH`, more than
            `MAX_ITEMS` values, bytes left over.
    """
    if len(data) > max_bytes:
        raise PackageFormatError(f"{len(data)} bytes are more than the {max_bytes} allowed here; nothing was read.",
                                 code="package-too-large")  # fmt: skip
    reader = _Reader(memoryview(data), views)
    value = reader.value(0)
    if reader.at != len(data):
        raise PackageFormatError(f"{len(data) - reader.at} bytes are left over after the value; nothing was used.")
    return value


class _Reader:
    """One pass over the bytes. `at` is the next unread place."""

    def __init__(self, data: memoryview, views: bool) -> None:
        self._data = data
        self._views = views
        self._items = 0
        self.at = 0

    def value(self, depth: int) -> Any:
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise PackageFormatError("The bytes are nested too deeply or hold too many values; nothing was used.")
        first = self._take(1)[0]
        major, info = first >> 5, first & 31
        if major == 7:
            return self._simple(info)
        number = self._number(info)
        if major == 0:
            return number
        if major == 1:
            return -1 - number
        if major in {2, 3}:
            raw = self._take(number)
            if major == 2:
                return raw if self._views else bytes(raw)
            try:
                return str(raw, "utf-8")
            except UnicodeDecodeError as error:
                raise PackageFormatError("A text is not UTF-8; nothing was used.") from error
        if major == 4:
            self._plausible(number)
            return [self.value(depth + 1) for _ in range(number)]
        if major == 5:
            return self._map(number, depth)
        raise PackageFormatError("A tag stands where this format has none; nothing was used.")

    def _map(self, count: int, depth: int) -> dict[str | int, Any]:
        self._plausible(2 * count)
        result: dict[str | int, Any] = {}
        last = b""
        for _ in range(count):
            start = self.at
            key = self.value(depth + 1)
            raw = bytes(self._data[start : self.at])
            if isinstance(key, bool) or not isinstance(key, str | int) or raw <= last:
                raise PackageFormatError("Keys are not texts or numbers in their order, each once; nothing was used.")
            last = raw
            result[key] = self.value(depth + 1)
        return result

    def _plausible(self, count: int) -> None:
        """Refuse a count that the remaining bytes cannot hold, before anything is allocated for it."""
        if count > len(self._data) - self.at:
            raise PackageFormatError("A list claims more members than there are bytes; nothing was used.")

    def _take(self, count: int) -> memoryview:
        if count > len(self._data) - self.at:
            raise PackageFormatError("The bytes end too early; nothing was used.")
        self.at += count
        return self._data[self.at - count : self.at]

    def _number(self, info: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise PackageFormatError("An open-ended length stands where this format has none; nothing was used.")
        width = 1 << (info - 24)
        number = int.from_bytes(self._take(width), "big")
        if number < (24 if width == 1 else 1 << (4 * width)):
            raise PackageFormatError("A number is not in its shortest form; nothing was used.")
        return number

    def _simple(self, info: int) -> Any:
        if info in {20, 21, 22}:
            return (False, True, None)[info - 20]
        if info not in {25, 26, 27}:
            raise PackageFormatError("A simple value stands where this format has none; nothing was used.")
        raw = bytes(self._take({25: 2, 26: 4, 27: 8}[info]))
        value = struct.unpack({25: ">e", 26: ">f", 27: ">d"}[info], raw)[0]
        if encode(value) != bytes([0xE0 | info]) + raw:
            raise PackageFormatError("A number is not in its shortest form; nothing was used.")
        return value
