"""JPEG 2000 pictures: the header read and bounded before a pixel is decoded; encoding by OpenCV's OpenJPEG.

Source: ISO/IEC 15444-1, annexes A (code-stream markers) and I (JP2 boxes).
"""

from __future__ import annotations

import contextlib
import struct
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import FormatError, ImageError

SIGNATURE: Final = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
CODESTREAM: Final = b"\xff\x4f\xff\x51"
MAX_BYTES: Final = 40_000_000
MAX_PIXELS: Final = 25_000_000
MAX_TILES: Final = 4096
_MAX_BOXES: Final = 256


@dataclass(frozen=True, slots=True)
class Jpeg2000Header:
    """What the code-stream says of itself.

    Attributes:
        width, height: px.
        components: 1 grey, 3 colour; others are refused by `decode`.
        bits: of the deepest component.
        tiles: how many.
        levels: wavelet levels; -1 where the marker does not come first.
        reversible: True for the 5-3 transform (lossless possible).
        complete: the end-of-code-stream marker is there.
        boxed: True for a JP2 file, False for a bare code-stream.
    """

    width: int
    height: int
    components: int
    bits: int
    tiles: int
    levels: int
    reversible: bool
    complete: bool
    boxed: bool


def is_jpeg2000(data: bytes) -> bool:
    """True when `data` begins as a JP2 file or a bare code-stream."""
    return data.startswith((SIGNATURE, CODESTREAM))


def parse_header(data: bytes) -> Jpeg2000Header:
    """Read the header only.

    Raises:
        FormatError: not JPEG 2000, cut short, or sizes that contradict each other.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(f"a JPEG 2000 file of more than {MAX_BYTES} bytes is not read", code="jpeg2000-large")
    try:
        start = 0 if data.startswith(CODESTREAM) else _codestream_at(data)
        return _codestream(data, start)
    except (struct.error, IndexError) as error:
        raise FormatError("the JPEG 2000 header is cut short", code="jpeg2000-truncated") from error


def _codestream_at(data: bytes) -> int:
    if not data.startswith(SIGNATURE):
        raise FormatError("not a JPEG 2000 file", code="jpeg2000-format")
    at = 12
    for _ in range(_MAX_BOXES):
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        if kind == b"jp2c":
            if not data.startswith(CODESTREAM, at + head):
                raise FormatError("the JP2 file's code-stream box holds no code-stream", code="jpeg2000-format")
            return at + head
        if length < head:
            raise FormatError("a box of the JP2 file has an impossible length", code="jpeg2000-format")
        at += length
        if at >= len(data):
            raise FormatError("the JP2 file ends before its code-stream", code="jpeg2000-truncated")
    raise FormatError("the JP2 file has too many boxes", code="jpeg2000-format")


def _codestream(data: bytes, start: int) -> Jpeg2000Header:
    _, size, _, x1, y1, x0, y0, tw, th, tx, ty, count = struct.unpack_from(">HHHIIIIIIIIH", data, start + 2)
    if not (1 <= count <= 16 and size == 38 + 3 * count):
        raise FormatError("the JPEG 2000 size marker contradicts itself", code="jpeg2000-format")
    if not (x0 < x1 and y0 < y1 and tw > 0 and th > 0 and tx <= x0 < tx + tw and ty <= y0 < ty + th):
        raise FormatError("the JPEG 2000 picture or tile sizes are impossible", code="jpeg2000-format")
    depths = [data[start + 42 + 3 * i] for i in range(count)]
    steps = [data[start + 43 + 3 * i] * data[start + 44 + 3 * i] for i in range(count)]
    if 0 in steps:
        raise FormatError("a JPEG 2000 component is sampled every 0 pixels", code="jpeg2000-format")
    tiles = -(-(x1 - tx) // tw) * -(-(y1 - ty) // th)
    levels, reversible = _coding_style(data, start + 4 + size)
    complete = data.rstrip(b"\0").endswith(b"\xff\xd9")
    return Jpeg2000Header(
        x1 - x0, y1 - y0, count, max((d & 0x7F) + 1 for d in depths), tiles, levels, reversible, complete, start > 0
    )


def _coding_style(data: bytes, at: int) -> tuple[int, bool]:
    """Look for the COD marker among the first main-header markers."""
    for _ in range(64):
        marker, size = struct.unpack_from(">HH", data, at)
        if marker == 0xFF52:
            return data[at + 9], data[at + 13] == 1
        if marker == 0xFF90 or size < 2:
            break
        at += 2 + size
    return -1, False


def decode(data: bytes, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Return the picture as HxWx3 uint8, B G R (grey is tripled).

    Raises:
        FormatError: see `parse_header`; also too many pixels or tiles (`jpeg2000-large`), 2 or more than 3 components
            (`jpeg2000-components`), cut short (`jpeg2000-truncated`), or not decodable (`jpeg2000-format`).
    """
    header = parse_header(data)
    if header.width * header.height > max_pixels or header.tiles > MAX_TILES:
        raise FormatError(f"the JPEG 2000 picture has more than {max_pixels} pixels or {MAX_TILES} tiles", code="jpeg2000-large")
    if header.components not in {1, 3}:
        raise FormatError(
            f"the JPEG 2000 picture has {header.components} components; 1 or 3 are read", code="jpeg2000-components"
        )
    if not header.complete:
        raise FormatError("the JPEG 2000 picture is cut short", code="jpeg2000-truncated")
    pixels = None
    with contextlib.suppress(cv2.error):
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None or pixels.shape[:2] != (header.height, header.width):
        raise FormatError("the JPEG 2000 picture cannot be decoded", code="jpeg2000-format")
    return np.asarray(pixels, np.uint8)


def decode_grey(data: bytes, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Return a one-component 8-bit picture as HxW uint8, bit-exact for the reversible transform.

    Raises:
        FormatError: see `decode`; more than one component or more than 8 bits (`jpeg2000-components`).
    """
    header = parse_header(data)
    if header.width * header.height > max_pixels or header.tiles > MAX_TILES:
        raise FormatError(f"the JPEG 2000 picture has more than {max_pixels} pixels or {MAX_TILES} tiles", code="jpeg2000-large")
    if header.components != 1 or header.bits != 8:
        raise FormatError("the JPEG 2000 picture is not 8-bit grey", code="jpeg2000-components")
    if not header.complete:
        raise FormatError("the JPEG 2000 picture is cut short", code="jpeg2000-truncated")
    pixels = None
    with contextlib.suppress(cv2.error):
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.shape != (header.height, header.width) or pixels.dtype != np.uint8:
        raise FormatError("the JPEG 2000 picture cannot be decoded", code="jpeg2000-format")
    return np.asarray(pixels, np.uint8)


def encode(image: NDArray[np.uint8], rate: int = 1000) -> bytes:
    """Return `image` (HxW or HxWx3 B G R uint8) as a JP2 file; `rate` 1..1000 is the share of the raw size, 1000 lossless.

    Raises:
        ImageError: a rate outside 1..1000, or this OpenCV has no JPEG 2000 (code `encoder-missing`).
    """
    if not 1 <= rate <= 1000:
        raise ImageError("the JPEG 2000 rate is 1 to 1000 thousandths of the raw size")
    done, data = False, None
    with contextlib.suppress(cv2.error):
        done, data = cv2.imencode(".jp2", image, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, rate])
    if not done or data is None:
        raise ImageError("this OpenCV cannot write JPEG 2000", code="encoder-missing")
    return bytes(data.tobytes())
