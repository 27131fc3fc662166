"""BER-TLV as ISO/IEC 7816-4:2020 clause 6 and X.690 use it: bounded reading, minimal writing.

Everything a chip or a QR reader sends passes through here, so every length is checked against what is really there and the
only error raised is `DeviceFormatError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_TAG_BYTES = 4
MAX_LENGTH_BYTES = 4
MAX_ITEMS = 4096


@dataclass(frozen=True, slots=True, repr=False)
class Tlv:
    """One object: `tag` as the number its bytes spell (0x7F61), `value`, and `raw`, the bytes exactly as they came."""

    tag: int
    value: bytes
    raw: bytes

    def __repr__(self) -> str:
        return f"Tlv(0x{self.tag:X}, {len(self.value)} bytes)"

    @property
    def constructed(self) -> bool:
        """Whether the value holds further objects."""
        first = self.tag
        while first > 0xFF:
            first >>= 8
        return bool(first & 0x20)

    def children(self) -> list[Tlv]:
        """Return the objects inside."""
        return parse_all(self.value)


def header(data: bytes, offset: int = 0) -> tuple[int, int, int]:
    """Return (tag, length of the header, length of the value) of the object at `offset`; the value may lie past the end.

    Raises:
        DeviceFormatError: the header itself is cut, its tag is longer than four bytes, or its length is indefinite.
    """
    tag, position = _tag(data, offset)
    if position >= len(data):
        raise DeviceFormatError("A TLV object ends before its length.")
    first = data[position]
    position += 1
    if first < 0x80:
        return tag, position - offset, first
    count = first & 0x7F
    if count == 0 or count > MAX_LENGTH_BYTES:
        raise DeviceFormatError("A TLV length is indefinite or longer than four bytes.")
    if position + count > len(data):
        raise DeviceFormatError("A TLV object ends inside its length.")
    return tag, position + count - offset, int.from_bytes(data[position : position + count], "big")


def _tag(data: bytes, offset: int) -> tuple[int, int]:
    if offset >= len(data):
        raise DeviceFormatError("A TLV object was expected where the data end.")
    tag = data[offset]
    position = offset + 1
    if tag & 0x1F == 0x1F:
        while True:
            if position >= len(data) or position - offset >= MAX_TAG_BYTES:
                raise DeviceFormatError("A TLV tag is cut or longer than four bytes.")
            byte = data[position]
            tag = (tag << 8) | byte
            position += 1
            if not byte & 0x80:
                break
    return tag, position


def parse_one(data: bytes, offset: int = 0) -> tuple[Tlv, int]:
    """Return the object at `offset` and the offset behind it.

    Raises:
        DeviceFormatError: the object is cut or malformed.
    """
    tag, header_length, length = header(data, offset)
    start = offset + header_length
    end = start + length
    if end > len(data):
        raise DeviceFormatError("A TLV length points past the end of the data.")
    return Tlv(tag, data[start:end], data[offset:end]), end


def parse_all(data: bytes) -> list[Tlv]:
    """Return the objects that fill `data` exactly.

    Raises:
        DeviceFormatError: they do not fill it, or there are more than 4,096.
    """
    items: list[Tlv] = []
    offset = 0
    while offset < len(data):
        item, offset = parse_one(data, offset)
        items.append(item)
        if len(items) > MAX_ITEMS:
            raise DeviceFormatError("More than 4,096 TLV objects stand in a row.")
    return items


def parse_single(data: bytes, tag: int) -> Tlv:
    """Return the one object with `tag` that `data` starts with (trailing filler after it is allowed: files may be padded).

    Raises:
        DeviceFormatError: another tag stands there, or the object is cut.
    """
    item, _ = parse_one(data)
    if item.tag != tag:
        raise DeviceFormatError(f"Tag 0x{item.tag:X} stands where 0x{tag:X} belongs.")
    return item


def find(items: Iterable[Tlv], tag: int) -> Tlv | None:
    """Return the first object with `tag`, or None."""
    return next((item for item in items if item.tag == tag), None)


def need(items: Iterable[Tlv], tag: int) -> Tlv:
    """Return the first object with `tag`.

    Raises:
        DeviceFormatError: there is none.
    """
    item = find(items, tag)
    if item is None:
        raise DeviceFormatError(f"The object 0x{tag:X} is missing.")
    return item


def walk(data: bytes, depth: int = 8) -> Iterator[Tlv]:
    """Yield every object of `data`, outer before inner, down to `depth`.

    Raises:
        DeviceFormatError: a cut object, or constructed objects nested deeper than `depth`.
    """
    if depth == 0:
        raise DeviceFormatError("TLV objects are nested too deeply.")
    for item in parse_all(data):
        yield item
        if item.constructed:
            yield from walk(item.value, depth - 1)


def encode(tag: int, value: bytes) -> bytes:
    """Return the object with the shortest length form."""
    length = len(value)
    if length < 0x80:
        size = bytes([length])
    else:
        body = length.to_bytes((length.bit_length() + 7) // 8, "big")
        size = bytes([0x80 | len(body)]) + body
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + size + value


def integer(item: Tlv) -> int:
    """Return a DER INTEGER's value.

    Raises:
        DeviceFormatError: empty, or longer than 1 kB.
    """
    if not 1 <= len(item.value) <= 1024:
        raise DeviceFormatError("An INTEGER is empty or longer than 1 kB.")
    return int.from_bytes(item.value, "big", signed=True)


def oid(item: Tlv) -> str:
    """Return a DER OBJECT IDENTIFIER (or PACE's DO'80') as dotted text.

    Raises:
        DeviceFormatError: empty, longer than 32 bytes, or cut inside an arc.
    """
    data = item.value
    if not 1 <= len(data) <= 32 or data[-1] & 0x80:
        raise DeviceFormatError("An object identifier is empty, too long or cut.")
    arcs: list[int] = []
    value = 0
    for byte in data:
        value = (value << 7) | (byte & 0x7F)
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))


def encode_oid(dotted: str) -> bytes:
    """Return the content bytes of an object identifier."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    out = bytearray()
    for arc in (40 * first + second, *rest):
        chunk = [arc & 0x7F]
        while arc := arc >> 7:
            chunk.append(0x80 | (arc & 0x7F))
        out += bytes(reversed(chunk))
    return bytes(out)
