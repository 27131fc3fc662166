"""The picture of an SFM module: a header of seven 32-bit words, then grey pixels. The header states the true size.

Source: SFM SDK headers (width, height, compressed, encrypted, format, image length, template length).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from devices.errors import DeviceFormatError

HEADER_BYTES: Final = 28
MAX_SIDE: Final = 1024
MIN_SIDE: Final = 16


def parse_picture(data: bytes, grey8: int) -> npt.NDArray[np.uint8]:
    """Return HxW uint8 pixels; `grey8` is the profile's number of the plain 8-bit format.

    Raises:
        DeviceFormatError: ``device-bad-picture`` (compressed, encrypted, another format, a size beyond 1024 pixels a side),
        ``device-short-picture`` (the lengths do not fit the bytes).
    """
    if len(data) < HEADER_BYTES:
        raise DeviceFormatError("The picture is shorter than its header; it was not used.", code="device-short-picture")
    width, height, compressed, encrypted, form, length, template = (
        int.from_bytes(data[i : i + 4], "little") for i in range(0, HEADER_BYTES, 4)
    )
    if compressed or encrypted or template or form not in (0, grey8):
        raise DeviceFormatError("The module sends its pictures in a form that is not plain grey; it was not used. Set its image format to "
                                "grey.", code="device-bad-picture", format=form)  # fmt: skip
    if not (MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE):
        raise DeviceFormatError("The picture states a size that no sensor has; it was not used.", code="device-bad-picture")
    if length != width * height or len(data) != HEADER_BYTES + length:
        raise DeviceFormatError(
            "The picture's length is not its width times its height; it was not used.", code="device-short-picture"
        )
    return np.frombuffer(data, np.uint8, length, HEADER_BYTES).reshape(height, width).copy()
