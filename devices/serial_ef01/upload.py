"""A picture out of an EF01 module: all of it, checked, or an error; never a part.

Source: GROW R503 manual 1.2.1 (UpImage): one acknowledgement, then data packets, the last one with its own id; two pixels in a
byte, the left one in the high nibble.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from devices.errors import DeviceError, DeviceFormatError, DeviceProtocolError, DeviceTimeoutError, ProfileError
from devices.profile_schema import Image
from devices.serial_ef01.commands import Ef01Module
from devices.serial_ef01.framing import ACK, DATA, LAST
from devices.transports import Deadline

Progress = Callable[[int, int], None]
"""Told (bytes received, bytes of the whole picture) after each packet."""
TRIES: Final = 3


def fetch(module: Ef01Module, deadline: Deadline, progress: Progress | None = None) -> bytes:
    """Return the packed picture in the module's buffer; a damaged upload is asked for again.

    Raises:
        DeviceProtocolError: damaged three times; its `reason_code` names the last damage (``device-checksum`` …).
        DeviceTimeoutError, DeviceUnpluggedError, DeviceCancelledError.
    """
    last: DeviceError | None = None
    for _ in range(TRIES):
        try:
            return _fetch_once(module, deadline, progress)
        except (DeviceFormatError, DeviceTimeoutError) as error:
            if last is not None and error.reason_code == "device-short-picture" and error.details == last.details:
                raise ProfileError("The module's pictures have another size than its profile says; none was used. Name the right profile.",
                                   code="profile-mismatch", expected=error.details["expected"], got=error.details["got"]) from error  # fmt: skip
            last = error
            if deadline.passed:
                break
    assert last is not None
    raise last


def _fetch_once(module: Ef01Module, deadline: Deadline, progress: Progress | None) -> bytes:
    image = module.profile.image
    assert image is not None  # the profile check requires it of this family
    answer = module.ask("up_image", deadline=deadline)
    if answer.name != "ok":
        raise module.refusal("up_image", answer)
    picture = bytearray()
    last = False
    while not last:
        # A module that falls silent is noticed long before the deadline.
        packet = module.link.receive(deadline.within(module.packet_s))
        if packet.kind == ACK:
            continue  # a second acknowledgement of the same command
        if packet.kind not in (DATA, LAST):
            raise DeviceFormatError("A command came where picture data was due; the picture was not used.", code="device-format")
        picture += packet.payload
        last = packet.kind == LAST
        if len(picture) > image.transfer_bytes:
            raise DeviceFormatError("More data came than a picture has; the picture was not used.", code="device-endless-data")
        if progress is not None:
            progress(len(picture), image.transfer_bytes)
    if len(picture) != image.transfer_bytes:
        raise DeviceFormatError("The picture ended early; it was not used.", code="device-short-picture",
                                expected=image.transfer_bytes, got=len(picture))  # fmt: skip
    return bytes(picture)


def unpack(packed: bytes, image: Image) -> npt.NDArray[np.uint8]:
    """Return HxW uint8 pixels. A 4-bit value v becomes 17 v: black stays 0, white 255, and no low bits are invented.

    Raises:
        DeviceProtocolError: `packed` has another length than the profile says.
    """
    if len(packed) + image.header_bytes != image.transfer_bytes:
        raise DeviceProtocolError(
            "A picture of another size than the profile says; it was not used.", code="device-short-picture"
        )
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
