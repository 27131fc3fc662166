"""ISO/IEC 19794-4:2011 finger image records ("FIR", version 020), read only: what MOSIP SBI scanners deliver.

Source: the standard's tables 2 to 8 as implemented by mosip/bio-utils (`util/finger/*.java`), with its quirk that a decoded and
re-encoded record shifts the month: dates are kept as read and never trusted for anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from biometrics.formats.cursor import Cursor
from biometrics.formats.record_image import Coding, decode_grey
from biometrics.positions import FingerPosition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAGIC: Final = b"FIR\x00020\x00"
MOST_BYTES: Final = 40_000_000
MOST_FINGERS: Final = 176
"""Representations: 11 positions times 16 pictures."""
_CODINGS: Final = {
    0: Coding.RAW,
    2: Coding.WSQ,
    3: Coding.JPEG,
    4: Coding.JPEG2000_LOSSY,
    5: Coding.JPEG2000_LOSSLESS,
    6: Coding.PNG,
}
_PPI_RANGE: Final = (90, 2100)


@dataclass(frozen=True, slots=True)
class Quality:
    """One quality block: score 0..100 (None: the device failed to compute it, code 255), vendor and algorithm numbers."""

    score: int | None
    vendor: int
    algorithm: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FingerImage:
    """One representation.

    Attributes:
        position: which finger or slap.
        impression: code of the 2011 table (0 plain, 1 rolled, 24 contactless plain …), kept as read.
        number: of this picture among those of the same finger.
        width, height: px.
        ppi: of the stored picture (the mean of both directions, which agree within 1 %).
        sensor_ppi: of the sensor.
        coding, data: how the picture is coded, and its bytes exactly as they came.
        technology, vendor, device_type: numbers of the capture device.
        qualities: quality blocks.
        captured: the nine date bytes, as read.
        extended: extended data blocks, unread.
    """

    position: FingerPosition
    impression: int
    number: int
    width: int
    height: int
    ppi: int
    sensor_ppi: int
    coding: Coding
    data: bytes
    technology: int
    vendor: int
    device_type: int
    qualities: tuple[Quality, ...]
    captured: bytes
    extended: bytes = b""

    def __repr__(self) -> str:
        return f"FingerImage({self.position.name}, {self.width}x{self.height}, {self.ppi} ppi, {self.coding.name})"

    def decode(self) -> NDArray[np.uint8]:
        """Return the picture, HxW uint8.

        Raises:
            FormatError: see `biometrics.formats.record_image.decode_grey`.
        """
        return decode_grey(self.data, self.coding, self.width, self.height)


def parse(data: bytes) -> tuple[FingerImage, ...]:
    """Read a whole record; pictures are not decoded.

    Raises:
        FormatError: another format or edition (``finger-record-edition``), cut short, lengths that contradict each other, a
            position, coding, depth or resolution that does not exist or is not read here (``finger-record-…``).
    """
    if len(data) > MOST_BYTES:
        raise Cursor(data, "finger record", "finger-record").fail(f"More than {MOST_BYTES} bytes", "large")
    cursor = Cursor(data, "finger record", "finger-record")
    if cursor.take(8) != MAGIC:
        raise cursor.fail("This is no ISO/IEC 19794-4:2011 record", "edition")
    if cursor.number(4) != len(data):
        raise cursor.fail("The record's length is not what it announces", "length")
    count, certified, distinct = cursor.number(2), cursor.number(1), cursor.number(1)
    if not 1 <= count <= MOST_FINGERS or certified > 1:
        raise cursor.fail(f"{count} pictures, certification flag {certified}")
    images = tuple(_representation(cursor, bool(certified)) for _ in range(count))
    if cursor.left:
        raise cursor.fail("Bytes follow the last picture", "length")
    if distinct != len({image.position for image in images}):
        raise cursor.fail(f"{distinct} distinct fingers are announced, others are there")
    return images


def _representation(outer: Cursor, certified: bool) -> FingerImage:
    length = outer.number(4)
    cursor = outer.part(length - 4)
    captured = cursor.take(9)
    technology, vendor, device_type = cursor.number(1), cursor.number(2), cursor.number(2)
    qualities = tuple(_quality(cursor) for _ in range(cursor.number(1)))
    if certified:
        cursor.take(3 * cursor.number(1))
    position, number, units = cursor.number(1), cursor.number(1), cursor.number(1)
    sensor = (cursor.number(2), cursor.number(2))
    stored = (cursor.number(2), cursor.number(2))
    depth, coding, impression = cursor.number(1), cursor.number(1), cursor.number(1)
    width, height = cursor.number(2), cursor.number(2)
    if position not in set(FingerPosition):
        raise cursor.fail(f"Finger position {position} does not exist")
    if coding not in _CODINGS or depth != 8:
        raise cursor.fail(f"Coding {coding} at {depth} bits is not read", "coding")
    if width < 1 or height < 1:
        raise cursor.fail(f"A picture of {width}x{height} px")
    data = cursor.take(cursor.number(4))
    return FingerImage(
        FingerPosition(position), impression, number, width, height, _ppi(cursor, units, stored), _ppi(cursor, units, sensor),
        _CODINGS[coding], data, technology, vendor, device_type, qualities, captured, cursor.take(cursor.left),
    )  # fmt: skip


def _quality(cursor: Cursor) -> Quality:
    score, vendor, algorithm = cursor.number(1), cursor.number(2), cursor.number(2)
    if 100 < score < 255:
        raise cursor.fail(f"Quality {score} does not exist")
    return Quality(None if score == 255 else score, vendor, algorithm)


def _ppi(cursor: Cursor, units: int, rate: tuple[int, int]) -> int:
    """Return pixels per inch; units 1 is per inch, 2 per centimetre (197 per cm is 500 ppi)."""
    if units not in (1, 2):
        raise cursor.fail(f"Scale unit {units} does not exist")
    across, along = (round(value * 2.54) if units == 2 else value for value in rate)
    if units == 2:
        across, along = (500 if value == 197 else near for value, near in zip(rate, (across, along), strict=True))
        across, along = (1000 if value == 394 else near for value, near in zip(rate, (across, along), strict=True))
    if not (_PPI_RANGE[0] <= across <= _PPI_RANGE[1] and abs(across - along) <= 0.01 * across):
        raise cursor.fail(f"A resolution of {across}x{along} ppi is not read")
    return round((across + along) / 2)
