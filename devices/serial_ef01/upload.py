"""A picture out of an EF01 module: all of it, checked, or an error; never a part.

Source: GROW R503 manual 1.2.1 (UpImage): one acknowledgement, then data packets, the last one with its own id; two pixels in a
byte, the left one in the high nibble.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from devices.errors import DeviceFormatError
from devices.serial_ef01.commands import Ef01Module
from devices.serial_ef01.framing import ACK, DATA, LAST
from devices.transports import Deadline

MAX_PACKETS: Final = 4096
"""Empty packets and repeated acknowledgements end somewhere too."""
Progress = Callable[[int, int], None]
"""Told (bytes received, bytes of the whole picture) after each packet."""


def fetch(module: Ef01Module, deadline: Deadline, progress: Progress | None = None) -> bytes:
    """Return the packed picture in the module's buffer; a damaged upload is asked for again.

    Raises:
        DeviceProtocolError: damaged three times; its `reason_code` names the last damage (``device-checksum`` …).
        DeviceTimeoutError, DeviceUnpluggedError, DeviceCancelledError.
    """
    return module.again(lambda: _fetch_once(module, deadline, progress), deadline)


def _fetch_once(module: Ef01Module, deadline: Deadline, progress: Progress | None) -> bytes:
    image = module.profile.image
    assert image is not None  # the profile check requires it of this family
    answer = module.ask("up_image", deadline=deadline)
    if answer.name != "ok":
        raise module.refusal("up_image", answer)
    module.sending = True
    picture = bytearray()
    for _ in range(MAX_PACKETS):
        # A module that falls silent is noticed long before the deadline.
        packet = module.link.receive(deadline.within(module.packet_s))
        if packet.kind == ACK:
            continue  # a second acknowledgement of the same command
        if packet.kind not in (DATA, LAST):
            raise DeviceFormatError("A command came where picture data was due; the picture was not used.", code="device-format")
        picture += packet.payload
        module.sending = packet.kind != LAST
        if len(picture) > image.transfer_bytes:
            raise DeviceFormatError("More data came than a picture has; the picture was not used.", code="device-endless-data")
        if progress is not None:
            progress(len(picture), image.transfer_bytes)
        if packet.kind == LAST:
            break
    if len(picture) != image.transfer_bytes:
        raise DeviceFormatError("The picture ended early; it was not used.", code="device-short-picture",
                                expected=image.transfer_bytes, got=len(picture))  # fmt: skip
    return bytes(picture)
