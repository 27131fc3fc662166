"""Errors of the chip room, below `DeviceError`. No message carries a key, a number or a byte of a data group.

DeviceError
├── CardStatusError            the chip answered with a status word that ends the step
├── CardAccessError            the access key was refused: wrong CAN, wrong MRZ, or a chip that is not this citizen's
│   └── CardBlockedError       the chip asks to wait (or is suspended) after wrong keys
├── CardDowngradeError         PACE is offered but failed; falling back to BAC is refused
├── SecureMessagingError       (DeviceProtocolError) a checksum of the protected channel is wrong
├── CardSwappedError           after a lost field another card came back
└── DeviceFormatError          bytes from the chip that break their format (from devices.errors)
"""

from __future__ import annotations

from devices.errors import DeviceError, DeviceProtocolError


class CardStatusError(DeviceError):
    """Examples: 6A82 on a data group that the list promised, 6985 in the middle of chip authentication."""

    code = "card-status"

    def __init__(self, message: str, *, sw: int, device_id: str = "", code: str | None = None) -> None:
        super().__init__(message, device_id=device_id, code=code, sw=f"{sw:04X}")
        self.sw = sw


class CardAccessError(DeviceError):
    """Examples: the six digits typed belong to another card, the MRZ was misread by one letter."""

    code = "card-wrong-key"


class CardBlockedError(CardAccessError):
    """Examples: 6983 or 63C0 after repeated wrong keys, a chip that answers 6985 until it was off the reader."""

    code = "card-blocked"


class CardDowngradeError(DeviceError):
    """Examples: a chip whose PACE breaks while BAC would work: perhaps a fault, perhaps somebody in between."""

    code = "card-downgrade"


class SecureMessagingError(DeviceProtocolError):
    """Examples: an answer without its checksum, a checksum that is not of this answer, an unprotected answer."""

    code = "card-secure-messaging"


class CardSwappedError(DeviceError):
    """Examples: the citizen lifted the card and another family member's card was put down."""

    code = "card-swapped"
