"""Portrait files from outside: looked at byte by byte and bounded before a pixel is decoded; every refusal has a name.

JPEG, PNG, BMP and JPEG 2000 are read. The codes: `file-unknown`, `file-large`, `file-pixels`, `file-truncated`, `file-damaged`,
`file-cmyk`, `file-animated`, `file-complex`, `file-kind` (GIF, WebP, TIFF, HEIF: known but not read).
"""

from __future__ import annotations

import contextlib
import re
import struct
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import FormatError
from biometrics.formats import jpeg2000

MAX_BYTES: Final = 40_000_000
MAX_PIXELS: Final = 50_000_000
MAX_SCAN_PIXELS: Final = 600_000_000
"""A progressive JPEG is decoded once per scan: pixels times scans."""
MAX_SIDE: Final = 30_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_MARKER: Final = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])", re.DOTALL)
_KEPT_CHUNKS: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"})


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the file says of itself. `orientation`: EXIF 1..8. `jpeg_quality`: 1..100 by its tables, NaN for other kinds."""

    kind: str
    width: int
    height: int
    components: int
    orientation: int = 1
    jpeg_quality: float = float("nan")


@dataclass(frozen=True, slots=True)
class ReadPortrait:
    """`image`: HxWx3 uint8 B G R, turned upright as EXIF says. `facts`: of the file as stored."""

    image: NDArray[np.uint8]
    facts: FileFacts


def read_portrait(data: bytes, max_pixels: int = MAX_PIXELS) -> ReadPortrait:
    """Decode a portrait file.

    Raises:
        FormatError: with one of the codes of this module; nothing was decoded unless the code is `file-damaged`.
    """
    facts, safe = inspect(data, max_pixels)
    pixels = None
    with contextlib.suppress(cv2.error):
        pixels = cv2.imdecode(np.frombuffer(safe, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None or pixels.shape[:2] != (facts.height, facts.width):
        raise FormatError("the picture cannot be decoded: the file is damaged", code="file-damaged")
    return ReadPortrait(_upright(np.asarray(pixels, np.uint8), facts.orientation), facts)


def inspect(data: bytes, max_pixels: int = MAX_PIXELS) -> tuple[FileFacts, bytes]:
    """Look at a file without decoding; return its facts and the bytes that may be given to a decoder.

    Raises:
        FormatError: with one of the codes of this module.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(f"the file has more than {MAX_BYTES // 1_000_000} MB", code="file-large")
    try:
        facts, safe = _dispatch(data)
    except (struct.error, IndexError) as error:
        raise FormatError("the file is cut short", code="file-truncated") from error
    if facts.width < 1 or facts.height < 1 or max(facts.width, facts.height) > MAX_SIDE:
        raise FormatError(f"a picture of {facts.width} x {facts.height} px is not read", code="file-pixels")
    if facts.width * facts.height > max_pixels:
        raise FormatError(
            f"a picture of {facts.width} x {facts.height} px is more than {max_pixels // 1_000_000} megapixels",
            code="file-pixels",
        )
    return facts, safe


def _dispatch(data: bytes) -> tuple[FileFacts, bytes]:
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data.startswith(_PNG):
        return _png(data)
    if jpeg2000.is_jpeg2000(data):
        return _jpeg2000(data)
    if data.startswith(b"BM"):
        return _bmp(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        raise FormatError(
            "GIF pictures are not portraits (few colours, maybe animated): save it as JPEG or PNG", code="file-animated"
        )
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        moving = data[12:16] == b"VP8X" and len(data) > 20 and bool(data[20] & 2)
        raise FormatError("WebP pictures are not read: save it as JPEG or PNG", code="file-animated" if moving else "file-kind")
    if data.startswith((b"II*\0", b"MM\0*")) or data[4:12] in {b"ftypheic", b"ftypmif1", b"ftypavif"}:
        raise FormatError("TIFF, HEIF and AVIF pictures are not read: save it as JPEG or PNG", code="file-kind")
    raise FormatError("not a JPEG, PNG, BMP or JPEG 2000 picture", code="file-unknown")


def _jpeg(data: bytes) -> tuple[FileFacts, bytes]:
    at, scans, orientation, quality = 2, 0, 1, float("nan")
    frame: tuple[int, int, int] | None = None
    for _ in range(4096):
        found = _MARKER.search(data, at)
        if found is None:
            raise FormatError("the JPEG ends without its end marker: it is cut short", code="file-truncated")
        marker, at = found.group(1)[0], found.end()
        if marker == 0xD9:
            if frame is None or scans == 0:
                raise FormatError("the JPEG holds no picture", code="file-damaged")
            facts = FileFacts("jpeg", frame[0], frame[1], frame[2], orientation, quality)
            return facts, data[:at]
        if marker in {0x01, 0xD8}:
            continue
        (length,) = struct.unpack_from(">H", data, at)
        body = data[at + 2 : at + length]
        if length < 2 or len(body) != length - 2:
            raise FormatError("the JPEG is cut short", code="file-truncated")
        at += length
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = _exif_orientation(body[6:])
        elif marker == 0xDB and np.isnan(quality):
            quality = _table_quality(body)
        elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            if frame is not None:
                raise FormatError("the JPEG holds more than one frame", code="file-complex")
            bits, height, width, components = struct.unpack_from(">BHHB", body)
            if components == 4:
                raise FormatError("the JPEG is in CMYK (print) colours: save it in RGB", code="file-cmyk")
            if components not in {1, 3} or bits != 8:
                raise FormatError("the JPEG has neither 1 nor 3 components of 8 bits", code="file-kind")
            frame = (width, height, components)
        elif marker == 0xDA:
            scans += 1
            if frame is None:
                raise FormatError("the JPEG's data come before its size", code="file-damaged")
            if frame[0] * frame[1] * scans > MAX_SCAN_PIXELS and scans > 12:
                raise FormatError("the JPEG has so many scans that decoding it would take minutes", code="file-complex")
    raise FormatError("the JPEG has thousands of segments", code="file-complex")


def _exif_orientation(tiff: bytes) -> int:
    """Return EXIF's orientation 1..8; 1 for anything odd."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (offset,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, offset)
        for i in range(min(count, 256)):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, offset + 2 + 12 * i)
            if tag == 0x0112 and kind == 3:
                return value if 1 <= value <= 8 else 1
    except (KeyError, struct.error):
        return 1
    return 1


_STANDARD_LUMA_SUM: Final = 3688
"""Sum of the 64 luma steps of annex K of ISO/IEC 10918-1 (quality 50 in libjpeg's scale)."""


def _table_quality(body: bytes) -> float:
    """Return libjpeg's quality 1..100 whose luma table has this one's mean step."""
    if len(body) < 65 or body[0] >> 4:
        return float("nan")
    scale = 100 * sum(body[1:65]) / _STANDARD_LUMA_SUM
    quality = (200 - scale) / 2 if scale <= 100 else 5000 / scale
    return float(np.clip(quality, 1, 100))


def _png(data: bytes) -> tuple[FileFacts, bytes]:
    at, kept = 8, [_PNG]
    width = height = colour = 0
    for number in range(100_000):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise FormatError("the PNG is cut short", code="file-truncated")
        if number == 0:
            if kind != b"IHDR" or length != 13:
                raise FormatError("the PNG does not begin with its header", code="file-damaged")
            width, height, _, colour = struct.unpack_from(">IIBB", data, at + 8)
        if kind == b"acTL":
            raise FormatError("the PNG is animated: save one picture of it", code="file-animated")
        # Ancillary chunks (profiles, texts) can be bombs of their own; the picture does not need them.
        if kind in _KEPT_CHUNKS:
            kept.append(data[at:end])
        at = end
        if kind == b"IEND":
            return FileFacts("png", width, height, {0: 1, 3: 3, 2: 3, 4: 1, 6: 3}.get(colour, 3)), b"".join(kept)
    raise FormatError("the PNG has too many chunks", code="file-complex")


def _jpeg2000(data: bytes) -> tuple[FileFacts, bytes]:
    header = jpeg2000.parse_header(data)
    if header.components == 4:
        raise FormatError("the JPEG 2000 picture has four components (CMYK or alpha): save it in RGB", code="file-cmyk")
    if header.components not in {1, 3}:
        raise FormatError("the JPEG 2000 picture has neither 1 nor 3 components", code="file-kind")
    if header.width * header.height > jpeg2000.MAX_PIXELS:
        raise FormatError("a JPEG 2000 picture of more than 25 megapixels is not read", code="file-pixels")
    if header.tiles > jpeg2000.MAX_TILES:
        raise FormatError("the JPEG 2000 picture has thousands of tiles", code="file-complex")
    if not header.complete:
        raise FormatError("the JPEG 2000 picture is cut short", code="file-truncated")
    return FileFacts("jpeg2000", header.width, header.height, header.components), data


def _bmp(data: bytes) -> tuple[FileFacts, bytes]:
    offset, head, width, height, _, depth, packing = struct.unpack_from("<IIiiHHI", data, 10)
    if head < 40 or depth not in {24, 32} or packing not in {0, 3}:
        raise FormatError("only 24- and 32-bit BMP pictures without packing are read", code="file-kind")
    rows = abs(height)
    if 0 < width <= MAX_SIDE and rows <= MAX_SIDE and offset + rows * ((width * depth // 8 + 3) & ~3) > len(data):
        raise FormatError("the BMP is cut short", code="file-truncated")
    return FileFacts("bmp", width, rows, 3), data


def _upright(image: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Turn and mirror as EXIF's orientation asks."""
    turned = image
    if orientation in {5, 6, 7, 8}:
        turned = np.swapaxes(turned, 0, 1)
    if orientation in {2, 3, 6, 7}:
        turned = turned[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        turned = turned[::-1]
    return np.ascontiguousarray(turned)
