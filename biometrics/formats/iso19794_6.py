"""ISO/IEC 19794-6:2011 iris image records ("IIR", version 020), read only: what MOSIP SBI iris cameras deliver.

Source: the standard's tables 3 and 4 as implemented by mosip/bio-utils (`util/iris/*.java`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from biometrics.formats.cursor import Cursor
from biometrics.formats.iso19794_4 import Quality
from biometrics.formats.record_image import Coding, decode_grey
from biometrics.positions import Eye

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAGIC: Final = b"IIR\x00020\x00"
MOST_BYTES: Final = 40_000_000
MOST_IMAGES: Final = 16
# Only the grey codings: near-infrared pictures have one channel.
_CODINGS: Final = {0x02: Coding.RAW, 0x06: Coding.JPEG, 0x0A: Coding.JPEG2000_LOSSLESS, 0x0E: Coding.PNG}
_KINDS: Final = {1: "uncropped", 2: "vga", 3: "cropped", 7: "cropped-and-masked"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IrisImage:
    """One representation.

    Attributes:
        eye: which eye (UNKNOWN where the device did not say).
        kind: ``uncropped`` (K1), ``vga`` (K2), ``cropped`` (K3) or ``cropped-and-masked`` (K7).
        number: of this picture.
        width, height: px.
        coding, data: how the picture is coded, and its bytes exactly as they came.
        centre: (smallest x, largest x, smallest y, largest y) of the iris centre in px, None where not stated.
        diameter: (smallest, largest) of the iris in px, None where not stated.
        range_mm: distance of the eye, None where not stated.
        technology, vendor, device_type: numbers of the capture device.
        qualities: quality blocks.
        captured: the nine date bytes, as read.
    """

    eye: Eye
    kind: str
    number: int
    width: int
    height: int
    coding: Coding
    data: bytes
    centre: tuple[int, int, int, int] | None
    diameter: tuple[int, int] | None
    range_mm: int | None
    technology: int
    vendor: int
    device_type: int
    qualities: tuple[Quality, ...]
    captured: bytes

    def __repr__(self) -> str:
        return f"IrisImage({self.eye.name}, {self.kind}, {self.width}x{self.height}, {self.coding.name})"

    def decode(self) -> NDArray[np.uint8]:
        """Return the picture, HxW uint8.

        Raises:
            FormatError: see `biometrics.formats.record_image.decode_grey`.
        """
        return decode_grey(self.data, self.coding, self.width, self.height)


def parse(data: bytes) -> tuple[IrisImage, ...]:
    """Read a whole record; pictures are not decoded.

    Raises:
        FormatError: another format or edition (``iris-record-edition``), cut short, lengths that contradict each other, an eye,
            kind, coding or depth that does not exist or is not read here (``iris-record-…``).
    """
    cursor = Cursor(data, "iris record", "iris-record")
    if len(data) > MOST_BYTES:
        raise cursor.fail(f"More than {MOST_BYTES} bytes", "large")
    if cursor.take(8) != MAGIC:
        raise cursor.fail("This is no ISO/IEC 19794-6:2011 record", "edition")
    if cursor.number(4) != len(data):
        raise cursor.fail("The record's length is not what it announces", "length")
    count, certified, eyes = cursor.number(2), cursor.number(1), cursor.number(1)
    if not 1 <= count <= MOST_IMAGES or certified != 0 or eyes > 2:
        raise cursor.fail(f"{count} pictures, certification flag {certified}, {eyes} eyes")
    images = tuple(_representation(cursor) for _ in range(count))
    if cursor.left:
        raise cursor.fail("Bytes follow the last picture", "length")
    known = {image.eye for image in images} - {Eye.UNKNOWN}
    if eyes and len(known) > eyes:
        raise cursor.fail(f"{eyes} eyes are announced, more are there")
    return images


def _representation(outer: Cursor) -> IrisImage:
    cursor = outer.part(outer.number(4) - 4)
    captured = cursor.take(9)
    technology, vendor, device_type = cursor.number(1), cursor.number(2), cursor.number(2)
    qualities = tuple(_quality(cursor) for _ in range(cursor.number(1)))
    number = cursor.number(2)
    eye, kind, coding, properties = (cursor.number(1) for _ in range(4))
    width, height, depth = cursor.number(2), cursor.number(2), cursor.number(1)
    distance, _roll, _uncertainty = (cursor.number(2) for _ in range(3))
    x0, x1, y0, y1, smallest, largest = (cursor.number(2) for _ in range(6))
    if eye > 2 or kind not in _KINDS:
        raise cursor.fail(f"Eye {eye} or kind {kind} does not exist")
    if coding not in _CODINGS or depth != 8:
        raise cursor.fail(f"Coding {coding} at {depth} bits is not read", "coding")
    if properties & 0x30 or width < 1 or height < 1:
        raise cursor.fail(f"A picture of {width}x{height} px with properties {properties:#x}")
    if x0 > x1 or y0 > y1 or smallest > largest or x1 > width or y1 > height:
        raise cursor.fail("The iris lies outside the picture")
    data = cursor.take(cursor.number(4))
    if cursor.left:
        raise cursor.fail("Bytes follow a picture", "length")
    # 0 is "not stated" in these fields, 0xFFFF "failed to compute" for the range.
    centre = (x0, x1, y0, y1) if x1 and y1 else None
    diameter = (smallest, largest) if largest else None
    return IrisImage(
        Eye(eye), _KINDS[kind], number, width, height, _CODINGS[coding], data, centre, diameter,
        distance if 1 < distance < 0xFFFF else None, technology, vendor, device_type, qualities, captured,
    )  # fmt: skip


def _quality(cursor: Cursor) -> Quality:
    score, vendor, algorithm = cursor.number(1), cursor.number(2), cursor.number(2)
    if 100 < score < 255:
        raise cursor.fail(f"Quality {score} does not exist")
    return Quality(None if score == 255 else score, vendor, algorithm)
