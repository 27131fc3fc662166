"""From the packed bytes of a serial module to pixels, by the picture form of its profile."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from devices.errors import DeviceFormatError
from devices.profile_schema import Image


def unpack(packed: bytes, image: Image) -> npt.NDArray[np.uint8]:
    """Return HxW uint8 pixels of the packed picture (a header of the family removed).

    A 4-bit value v becomes 17 v: black stays 0, white 255, sixteen levels stay sixteen; no low bits are invented.

    Raises:
        DeviceFormatError: `packed` has another length than the profile says.
    """
    if len(packed) + image.header_bytes != image.transfer_bytes:
        raise DeviceFormatError("A picture of another size than the profile says; it was not used.", code="device-short-picture")
    raw = np.frombuffer(packed, np.uint8)
    if image.bits < 8:
        shifts = np.arange(0, 8, image.bits, dtype=np.uint8)
        if image.packing == "high-nibble-first":
            shifts = shifts[::-1]
        top = (1 << image.bits) - 1
        raw = np.asarray(((raw[:, None] >> shifts) & top) * (255 // top), np.uint8).ravel()
    pixels = raw.reshape(image.height, image.width)
    if image.invert:
        pixels = 255 - pixels
    return np.ascontiguousarray(np.rot90(pixels, image.rotate // 90))
