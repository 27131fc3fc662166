"""What opens a chip: the six-digit CAN, or the MRZ; and how each becomes a key (ICAO Doc 9303-11 sections 4.3.2 and 9.7).

The objects hide their secret in `repr`. The CAN of the Vietnamese card of 2021 is the last six digits of the personal number.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from devices.emrtd.crypto import KDF_PI, Suite
from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from devices.mrz import Mrz


class PasswordKind(Enum):
    """Which secret PACE is told to use (DO'83' of MSE:Set AT)."""

    MRZ = 1
    CAN = 2


@dataclass(frozen=True, slots=True, repr=False)
class AccessKey:
    """A secret and its kind. For the MRZ it is document number + check + birth + check + expiry + check."""

    kind: PasswordKind
    secret: bytes

    def __repr__(self) -> str:
        return f"AccessKey({self.kind.name})"

    @classmethod
    def from_can(cls, digits: str) -> AccessKey:
        """A card access number of six digits.

        Raises:
            DeviceFormatError: not six ASCII digits.
        """
        if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
            raise DeviceFormatError(
                "The access number of a card has six digits; nothing was sent to the card.", code="card-can-shape"
            )
        return cls(PasswordKind.CAN, digits.encode())

    @classmethod
    def from_personal_number(cls, digits: str) -> AccessKey:
        """The CAN inside a 12-digit personal number: its last six digits.

        Raises:
            DeviceFormatError: not twelve ASCII digits.
        """
        if len(digits) != 12 or not (digits.isascii() and digits.isdigit()):
            raise DeviceFormatError("A personal number has twelve digits; nothing was sent to the card.", code="number-shape")
        return cls.from_can(digits[-6:])

    @classmethod
    def from_mrz(cls, mrz: Mrz) -> AccessKey:
        """The MRZ information of a read machine readable zone."""
        return cls(PasswordKind.MRZ, mrz.access_information.encode())

    @property
    def bac_seed(self) -> bytes:
        """Kseed of Basic Access Control: the first 16 bytes of SHA-1 over the MRZ information.

        Raises:
            DeviceFormatError: a CAN cannot open a chip by BAC.
        """
        if self.kind is not PasswordKind.MRZ:
            raise DeviceFormatError("This card only knows the old access method, which needs the MRZ and not the six digits; "
                                    "nothing was read. Scan the lines on the back.", code="card-needs-mrz")  # fmt: skip
        return hashlib.sha1(self.secret, usedforsecurity=False).digest()[:16]

    def pace_key(self, suite: Suite) -> bytes:
        """K_pi: what encrypts the nonce. The MRZ is hashed first, the CAN is used as it is."""
        secret = self.secret if self.kind is PasswordKind.CAN else hashlib.sha1(self.secret, usedforsecurity=False).digest()
        return suite.derive(secret, KDF_PI)
