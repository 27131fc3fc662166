"""ISO/IEC 19794-2:2005 finger minutiae records: the record format of clause 7 (" 20"), big endian, angles in 1/256 turn.

data = write(record_of(template, FingerPosition.RIGHT_INDEX))
record = read(data); record.views[0].template(record.width, record.height, record.ppi_x)
"""

from __future__ import annotations

import struct
from typing import Final

from biometrics.errors import FormatError
from biometrics.formats.minutiae_record import MOST_BYTES, MinutiaeRecord, read_views, record_of, view_of, write_views

__all__ = ["is_record", "read", "record_of", "view_of", "write"]

# Magic, version, length, equipment, width, height, px/cm in x and y, views, reserved (table 4 of the standard).
_HEAD: Final = struct.Struct(">4s4sIHHHHHBB")
_UNITS: Final = 256


def is_record(data: bytes) -> bool:
    """Return whether `data` begins as an ISO record of its own length (INCITS 378 has the same magic and a shorter length)."""
    return data[:8] == b"FMR\0 20\0" and data[8:12] == len(data).to_bytes(4, "big")


def read(data: bytes) -> MinutiaeRecord:
    """Return the record in `data`.

    Raises:
        FormatError: another format or edition, a length or count that lies, a place outside the picture, more than 1 MB.
    """
    if len(data) > MOST_BYTES:
        raise FormatError("A minutiae record is never larger than 1 MB.", code="record-long")
    if len(data) < _HEAD.size or data[:4] != b"FMR\0":
        raise FormatError("These bytes are not a minutiae record.", code="record-unknown")
    _, version, length, equipment, width, height, x_per_cm, y_per_cm, views, _ = _HEAD.unpack_from(data)
    if version != b" 20\0":
        raise FormatError("The record is of another edition than ISO/IEC 19794-2:2005.", code="record-version")
    if length != len(data):
        raise FormatError(f"The record announces {length} bytes and has {len(data)}.", code="record-length")
    head = {"width": width, "height": height, "x_per_cm": x_per_cm, "y_per_cm": y_per_cm, "views": views, "equipment": equipment}
    return read_views(data, _HEAD.size, head, _UNITS)


def write(record: MinutiaeRecord) -> bytes:
    """Return the record's bytes. Raises FormatError when a value is beyond its field."""
    body = write_views(record, _UNITS)
    length = _HEAD.size + len(body)
    size = record.width, record.height, record.x_per_cm, record.y_per_cm
    return _HEAD.pack(b"FMR\0", b" 20\0", length, record.equipment & 0xFFFF, *size, len(record.views), 0) + body
