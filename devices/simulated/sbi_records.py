"""What a simulated SBI device packs its pictures into: a writer of its own for ISO/IEC 19794-4:2011 and 19794-6:2011.

It shares no line with the station's readers (`biometrics/formats`), so that a mistake on either side alone turns a test red.
"""

from __future__ import annotations

import struct
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray


def jpeg2000(pixels: NDArray[np.uint8], *, lossy: bool = False) -> bytes:
    """Return the picture as JPEG 2000; `lossy` keeps a tenth of the bytes."""
    done, data = cv2.imencode(".jp2", pixels, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 100 if lossy else 1000])
    assert done, "OpenCV with JPEG 2000"
    return bytes(data.tobytes())


def finger_record(
    code: int, pixels: NDArray[np.uint8], when: datetime, *, ppi: int = 500, score: int = 80, lossy: bool = False
) -> bytes:
    """Return the record of one finger (`code` 1..10)."""
    picture = jpeg2000(pixels, lossy=lossy)
    height, width = pixels.shape
    inner = _date(when) + struct.pack(">BHH", 0, 0, 0)  # technology, vendor and type not stated
    inner += struct.pack(">BBHH", 1, score, 0, 0)  # one quality block
    inner += struct.pack(">BBB", code, 0, 1)  # finger, first picture, per inch
    inner += struct.pack(">HHHH", ppi, ppi, ppi, ppi)
    inner += struct.pack(">BBB", 8, 4 if lossy else 5, 0)  # depth, JPEG 2000, live-scan plain
    inner += struct.pack(">HHI", width, height, len(picture)) + picture
    body = struct.pack(">I", len(inner) + 4) + inner
    return b"FIR\x00020\x00" + struct.pack(">IHBB", 16 + len(body), 1, 0, 1) + body


def iris_record(
    eye: int, pixels: NDArray[np.uint8], when: datetime, centre: tuple[int, int], diameter: int, *, score: int = 80
) -> bytes:
    """Return the record of one eye (1 right, 2 left), kind VGA (K2)."""
    picture = jpeg2000(pixels)
    height, width = pixels.shape
    inner = _date(when) + struct.pack(">BHH", 0, 0, 0)
    inner += struct.pack(">BBHH", 1, score, 0, 0)
    inner += struct.pack(">H", 1)
    inner += struct.pack(">BBBB", eye, 2, 0x0A, 0x01 | 0x01 << 2)  # VGA, JPEG 2000 grey, base orientation both ways
    inner += struct.pack(">HHBHHH", width, height, 8, 180, 0xFFFF, 0xFFFF)
    inner += struct.pack(">HHHHHH", centre[0], centre[0], centre[1], centre[1], diameter, diameter)
    inner += struct.pack(">I", len(picture)) + picture
    body = struct.pack(">I", len(inner) + 4) + inner
    return b"IIR\x00020\x00" + struct.pack(">IHBB", 16 + len(body), 1, 0, 1) + body


def _date(when: datetime) -> bytes:
    return struct.pack(">HBBBBBH", when.year, when.month, when.day, when.hour, when.minute, when.second, when.microsecond // 1000)
