"""Everyday raster files (PNG, BMP, PGM, TIFF, JPEG): the header first, pixels only when within bounds."""

from __future__ import annotations

import contextlib
import struct
import zlib
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from biometrics.errors import ImageError

MAX_FILE_BYTES: Final = 100_000_000
MAX_PRINT_PIXELS: Final = 16_000_000
"""A 1000 ppi ten-print card slap is 3200 x 3000; more than this is no capture."""

INCH_MM: Final = 25.4


@dataclass(frozen=True, slots=True)
class RasterHeader:
    """What a file says of itself before a pixel is decoded; `ppi` is None where it is silent or says something impossible."""

    kind: str
    width: int
    height: int
    channels: int
    bits: int
    ppi: int | None


def read_header(data: bytes) -> RasterHeader:
    """Read the header of one file.

    Raises:
        ImageError: ``image-corrupt`` (no known header, or cut short), ``image-too-large`` (more than `MAX_FILE_BYTES`).
    """
    if len(data) > MAX_FILE_BYTES:
        raise ImageError(f"The file has {len(data)} bytes; at most {MAX_FILE_BYTES} are read.", code="image-too-large")
    try:
        for signature, reader in _READERS:
            if data.startswith(signature):
                header = reader(data)
                if header.width < 1 or header.height < 1:
                    break
                return header
    except (struct.error, ValueError, IndexError, KeyError) as error:
        raise ImageError("The file's header is damaged; it was not decoded.", code="image-corrupt") from error
    raise ImageError("The file is not a PNG, BMP, PGM, TIFF or JPEG picture.", code="image-corrupt")


def read_grey(data: bytes, max_pixels: int = MAX_PRINT_PIXELS) -> tuple[npt.NDArray[np.uint8], RasterHeader]:
    """Decode an 8-bit grey picture; returns the pixels (HxW uint8) and the header.

    Raises:
        ImageError: ``image-corrupt``, ``image-too-large`` (checked before decoding), ``image-colour`` (three different
            channels, or a transparency channel), ``image-bits`` (not 8 bits a sample).
    """
    header = _bounded(data, max_pixels)
    if header.bits > 8:
        raise ImageError(f"The picture has {header.bits} bits a sample; prints are 8-bit grey.", code="image-bits")
    pixels = _decode(data, cv2.IMREAD_UNCHANGED)
    if pixels.ndim == 3:
        grey = pixels[:, :, 0]
        if pixels.shape[2] == 3 and np.array_equal(grey, pixels[:, :, 1]) and np.array_equal(grey, pixels[:, :, 2]):
            return np.ascontiguousarray(grey), header
        raise ImageError("The picture is in colour; a print is 8-bit grey.", code="image-colour")
    return pixels, header


def read_colour(data: bytes, max_pixels: int = 50_000_000) -> tuple[npt.NDArray[np.uint8], RasterHeader]:
    """Decode a portrait as BGR (HxWx3 uint8), the file's own orientation tag ignored; returns the pixels and the header.

    Raises:
        ImageError: ``image-corrupt``, ``image-too-large``.
    """
    header = _bounded(data, max_pixels)
    return _decode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION), header


def write_png(pixels: npt.NDArray[np.uint8], ppi: int | None = None) -> bytes:
    """Return the picture as PNG bytes; `ppi` becomes a pHYs chunk."""
    done, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise ImageError("The picture could not be written as PNG.", code="image-encode")
    data: bytes = encoded.tobytes()
    if ppi is None:
        return data
    per_metre = round(ppi / INCH_MM * 1000)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    return data[:33] + chunk + data[33:]


def _bounded(data: bytes, max_pixels: int) -> RasterHeader:
    header = read_header(data)
    if header.width * header.height > max_pixels:
        raise ImageError(f"The picture is {header.width} x {header.height}; at most {max_pixels} pixels are decoded.",
                         code="image-too-large", width=header.width, height=header.height)  # fmt: skip
    return header


def _decode(data: bytes, flags: int) -> npt.NDArray[np.uint8]:
    pixels: npt.NDArray[np.generic] | None = None
    with contextlib.suppress(cv2.error):
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None or pixels.dtype != np.uint8:
        raise ImageError("The picture cannot be decoded; the file is damaged.", code="image-corrupt")
    return pixels.astype(np.uint8, copy=False)


def _sane_ppi(value: float) -> int | None:
    return round(value) if 50 <= value <= 5000 else None


def _png(data: bytes) -> RasterHeader:
    width, height, bits, colour = struct.unpack(">IIBB", data[16:26])
    ppi = None
    at = 33
    while at + 12 <= len(data) and at < 100_000:  # pHYs stands before the pixels
        size, name = struct.unpack(">I4s", data[at : at + 8])
        if name == b"pHYs" and size == 9:
            x, _, unit = struct.unpack(">IIB", data[at + 8 : at + 17])
            ppi = _sane_ppi(x * INCH_MM / 1000) if unit == 1 else None
        if name == b"IDAT":
            break
        at += 12 + size
    return RasterHeader("png", width, height, {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}[colour], bits, ppi)


def _bmp(data: bytes) -> RasterHeader:
    width, height, _, depth = struct.unpack("<iiHH", data[18:30])
    (per_metre,) = struct.unpack("<i", data[38:42])
    return RasterHeader(
        "bmp", width, abs(height), 1 if depth <= 8 else depth // 8, min(depth, 8), _sane_ppi(per_metre * INCH_MM / 1000)
    )


def _pnm(data: bytes) -> RasterHeader:
    fields: list[int] = []
    for line in data[2:512].split(b"\n"):
        fields += [int(x) for x in line.split(b"#")[0].split() if len(fields) < 3]
        if len(fields) >= 3:
            break
    return RasterHeader("pnm", fields[0], fields[1], 1 if data[1:2] == b"5" else 3, 8 if fields[2] < 256 else 16, None)


def _jpeg(data: bytes) -> RasterHeader:
    at, ppi = 2, None
    while True:
        marker, size = struct.unpack(">HH", data[at : at + 4])
        if marker < 0xFF00 or size < 2:
            raise ValueError("marker")
        if marker == 0xFFE0 and data[at + 4 : at + 9] == b"JFIF\0":
            unit, x = struct.unpack(">BH", data[at + 11 : at + 14])
            ppi = {1: _sane_ppi(x), 2: _sane_ppi(x * 2.54)}.get(unit)
        if 0xFFC0 <= marker <= 0xFFCF and marker not in {0xFFC4, 0xFFC8, 0xFFCC}:
            bits, height, width, channels = struct.unpack(">BHHB", data[at + 4 : at + 10])
            return RasterHeader("jpeg", width, height, channels, bits, ppi)
        at += 2 + size


def _tiff(data: bytes) -> RasterHeader:
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack(order + "I", data[4:8])
    (count,) = struct.unpack(order + "H", data[at : at + 2])
    tags: dict[int, int] = {}
    for index in range(min(count, 100)):
        tag, kind, _, value = struct.unpack(order + "HHI4s", data[at + 2 + 12 * index : at + 14 + 12 * index])
        tags[tag] = struct.unpack(order + "H", value[:2])[0] if kind == 3 else struct.unpack(order + "I", value)[0]
    ppi = None
    if 282 in tags:
        top, bottom = struct.unpack(order + "II", data[tags[282] : tags[282] + 8])
        ppi = _sane_ppi(top / bottom * {3: 2.54}.get(tags.get(296, 2), 1.0)) if bottom else None
    channels = tags.get(277, 1)
    return RasterHeader("tiff", tags[256], tags[257], channels, tags.get(258, 8) if channels == 1 else 8, ppi)


_READERS: Final = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"BM", _bmp),
    (b"P5", _pnm),
    (b"P6", _pnm),
    (b"\xff\xd8\xff", _jpeg),
    (b"II*\0", _tiff),
    (b"MM\0*", _tiff),
)
