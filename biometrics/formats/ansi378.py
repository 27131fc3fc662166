"""INCITS 378-2004 finger minutiae records, big endian, angles in 2 degrees.

The record's length has 2 bytes, or, from 65,536 bytes on, two zero bytes and then 4 (clause 6.4.3); a CBEFF product follows it, which ISO has not.
"""

from __future__ import annotations

import struct
from typing import Final

from biometrics.errors import FormatError
from biometrics.formats.minutiae_record import MOST_BYTES, MinutiaeRecord, read_views, record_of, view_of, write_views

__all__ = ["is_record", "read", "record_of", "view_of", "write"]

# CBEFF product owner and type, equipment, width, height, px/cm in x and y, views, reserved.
_REST: Final = struct.Struct(">HHHHHHHBB")
_UNITS: Final = 180
_MAGIC: Final = b"FMR\0 20\0"


def _length(data: bytes) -> tuple[int, int]:
    """Return (announced length, offset after it)."""
    short = int.from_bytes(data[8:10], "big")
    return (short, 10) if short else (int.from_bytes(data[10:14], "big"), 14)


def is_record(data: bytes) -> bool:
    """Return whether `data` begins as an INCITS 378-2004 record of its own length."""
    return data[:8] == _MAGIC and len(data) >= 14 and _length(data)[0] == len(data)


def read(data: bytes) -> MinutiaeRecord:
    """Return the record in `data`.

    Raises:
        FormatError: another format or edition, a length or count that lies, a place outside the picture, more than 1 MB.
    """
    if len(data) > MOST_BYTES:
        raise FormatError("A minutiae record is never larger than 1 MB.", code="record-long")
    if len(data) < 14 or data[:4] != b"FMR\0":
        raise FormatError("These bytes are not a minutiae record.", code="record-unknown")
    if data[:8] != _MAGIC:
        raise FormatError("The record is of another edition than INCITS 378-2004.", code="record-version")
    length, start = _length(data)
    if length != len(data):
        raise FormatError(f"The record announces {length} bytes and has {len(data)}.", code="record-length")
    if len(data) < start + _REST.size:
        raise FormatError("The record ends within its header.", code="record-short")
    _, _, equipment, width, height, x_per_cm, y_per_cm, views, _ = _REST.unpack_from(data, start)
    head = {"width": width, "height": height, "x_per_cm": x_per_cm, "y_per_cm": y_per_cm, "views": views, "equipment": equipment}
    return read_views(data, start + _REST.size, head, _UNITS)


def write(record: MinutiaeRecord, product: tuple[int, int] = (0, 0)) -> bytes:
    """Return the record's bytes; `product` is the CBEFF owner and type. Raises FormatError when a value is beyond its field."""
    body = write_views(record, _UNITS)
    size = record.width, record.height, record.x_per_cm, record.y_per_cm
    rest = _REST.pack(*product, record.equipment & 0xFFFF, *size, len(record.views), 0) + body
    length = len(_MAGIC) + 2 + len(rest)
    if length <= 0xFFFF:
        return _MAGIC + length.to_bytes(2, "big") + rest
    return _MAGIC + b"\0\0" + (length + 4).to_bytes(4, "big") + rest
