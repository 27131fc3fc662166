"""The picture inside an ISO/IEC 19794-4 or -6 record: its coding checked against what the record says, then decoded to grey."""

from __future__ import annotations

from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import FormatError, ImageError
from biometrics.formats import jpeg2000, raster

MAX_PIXELS: Final = 16_000_000
"""A 1000 ppi ten-print slap is 3200 x 3000; no record here holds more."""


class Coding(Enum):
    """How a picture's bytes are coded; the value is their media type."""

    RAW = "image/x-raw"
    WSQ = "image/x-wsq"
    JPEG = "image/jpeg"
    JPEG2000_LOSSY = "image/jp2"
    JPEG2000_LOSSLESS = "image/jp2; lossless"
    PNG = "image/png"

    @property
    def media_type(self) -> str:
        """The media type without parameters."""
        return self.value.partition(";")[0]

    @property
    def lossless(self) -> bool:
        """Whether the pixels are exactly those that were coded."""
        return self in (Coding.RAW, Coding.JPEG2000_LOSSLESS, Coding.PNG)


def decode_grey(data: bytes, coding: Coding, width: int, height: int) -> NDArray[np.uint8]:
    """Return the 8-bit grey picture, HxW uint8.

    Raises:
        FormatError: another size or coding than announced, colour, cut short, more than `MAX_PIXELS`, or an announced lossless
            coding that is lossy (code ``record-image-lossy``).
    """
    if not 1 <= width * height <= MAX_PIXELS:
        raise FormatError(f"A picture of {width}x{height} px is not read.", code="record-image-size")
    if coding is Coding.RAW:
        if len(data) != width * height:
            raise FormatError(f"A raw picture of {width}x{height} px holds {len(data)} bytes.", code="record-image-size")
        return np.frombuffer(data, np.uint8).reshape(height, width).copy()
    if coding is Coding.WSQ:
        pixels = _wsq(data, width, height)
    elif coding in (Coding.JPEG2000_LOSSY, Coding.JPEG2000_LOSSLESS):
        if coding is Coding.JPEG2000_LOSSLESS and not jpeg2000.parse_header(data).reversible:
            raise FormatError("A picture announced as lossless was coded with loss.", code="record-image-lossy")
        pixels = jpeg2000.decode_grey(data, MAX_PIXELS)
    else:
        pixels = _raster(data, coding)
    if pixels.shape != (height, width):
        raise FormatError(
            f"The record announces {width}x{height} px, its picture has {pixels.shape[1]}x{pixels.shape[0]}.",
            code="record-image-size",
        )
    return pixels


def _raster(data: bytes, coding: Coding) -> NDArray[np.uint8]:
    try:
        pixels, header = raster.read_grey(data, MAX_PIXELS)
    except ImageError as error:
        raise FormatError("The record's picture cannot be decoded.", code="record-image-coding") from error
    if f"image/{header.kind}" != coding.media_type:
        raise FormatError("The record's picture is coded otherwise than announced.", code="record-image-coding")
    return pixels


def _wsq(data: bytes, width: int, height: int) -> NDArray[np.uint8]:
    """Decode WSQ; the size is read from the frame header (marker FFA2) first, because the library allocates what it says."""
    frame = data.find(b"\xff\xa2", 2, 65_536)
    if not data.startswith(b"\xff\xa0") or frame < 0 or len(data) < frame + 10 or not data.rstrip(b"\0").endswith(b"\xff\xa1"):
        raise FormatError("The record's picture is not a whole WSQ picture.", code="record-image-coding")
    rows, columns = int.from_bytes(data[frame + 6 : frame + 8], "big"), int.from_bytes(data[frame + 8 : frame + 10], "big")
    if (columns, rows) != (width, height):
        raise FormatError("The WSQ picture has another size than the record says.", code="record-image-size")
    import io

    import wsq  # noqa: F401 - registers itself with Pillow
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("WSQ",)) as picture:
            return np.asarray(picture.convert("L"), np.uint8).copy()
    except (OSError, ValueError, SyntaxError) as error:
        raise FormatError("The WSQ picture cannot be decoded.", code="record-image-coding") from error
