"""Live JPEG pictures as frames: bounds read from the header first, half size decoded where the picture is larger than a screen shows."""

from __future__ import annotations

import contextlib
import time
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ImageError
from biometrics.formats.raster import read_header
from devices.contract import Frame
from devices.errors import DeviceFormatError

WIDEST: Final = 800
MOST_PIXELS: Final = 16_000_000
MOST_BAD: Final = 10


class LiveJpeg:
    """Decodes one stream's pictures to grey. A damaged picture is left out; ten in a row end the stream."""

    def __init__(self, ppi: int | None) -> None:
        """`ppi` of the pictures as sent, None where it has no meaning."""
        self._ppi = ppi
        self._reduced = 1
        self._bad = 0

    def decode(self, data: bytes) -> NDArray[np.uint8] | None:
        """Return the picture as HxW uint8, at most about 1600 px wide (halved or quartered while it decodes), None when damaged.

        Raises:
            DeviceFormatError: ten damaged pictures in a row, or one of more than `MOST_PIXELS`.
        """
        pixels = None
        try:
            header = read_header(data)
        except ImageError:
            header = None
        if header is not None and header.kind == "jpeg" and data.rstrip(b"\0\r\n").endswith(b"\xff\xd9"):
            if header.width * header.height > MOST_PIXELS:
                raise DeviceFormatError("A live picture is larger than any scanner's.", code="stream-format")
            self._reduced = 1 if header.width <= WIDEST else 2 if header.width <= 2 * WIDEST else 4
            flag = {1: cv2.IMREAD_GRAYSCALE, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2, 4: cv2.IMREAD_REDUCED_GRAYSCALE_4}[self._reduced]
            with contextlib.suppress(cv2.error):
                pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
        if pixels is None:
            self._bad += 1
            if self._bad >= MOST_BAD:
                raise DeviceFormatError("The live pictures are damaged.", code="stream-format")
            return None
        self._bad = 0
        return np.asarray(pixels, np.uint8)

    def frame(self, image: NDArray[np.uint8], number: int) -> Frame:
        """Return the picture just decoded as a frame."""
        return Frame(image, number, time.monotonic(), self._ppi // self._reduced if self._ppi else None)
