"""Symmetric building blocks of ICAO Doc 9303-11 section 9.7-9.8: key derivation, ciphers, MACs and padding.

One `Suite` per algorithm family keeps the differences in one place: 3DES (retail MAC, 8-byte blocks) and AES-128/192/256
(CMAC cut to 8 bytes, 16-byte blocks).
"""

from __future__ import annotations

import hashlib
import hmac
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from devices.errors import DeviceFormatError

KDF_ENC: Final = 1
KDF_MAC: Final = 2
KDF_PI: Final = 3
MAC_LENGTH: Final = 8


def pad(data: bytes, block: int) -> bytes:
    """ISO/IEC 9797-1 padding method 2: 80, then zeros to a full block."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def unpad(data: bytes) -> bytes:
    """Undo `pad`.

    Raises:
        DeviceFormatError: no 80 before the zeros.
    """
    stripped = data.rstrip(b"\x00")
    if not stripped.endswith(b"\x80"):
        raise DeviceFormatError("Protected data end without their padding mark.")
    return stripped[:-1]


def equal(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left, right)


class Suite(ABC):
    """One cipher family with one key length."""

    name: str
    block: int
    key_length: int

    @abstractmethod
    def encrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """CBC without padding; `iv` None means zeros."""

    @abstractmethod
    def decrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """CBC without padding; `iv` None means zeros.

        Raises:
            DeviceFormatError: not whole blocks.
        """

    @abstractmethod
    def mac(self, key: bytes, data: bytes) -> bytes:
        """Eight bytes over `data`, which is padded here where the algorithm asks for it."""

    @abstractmethod
    def derive(self, secret: bytes, counter: int) -> bytes:
        """KDF(secret, counter) of Doc 9303-11 section 9.7.1."""

    @abstractmethod
    def message_iv(self, key: bytes, ssc: bytes) -> bytes | None:
        """IV of a protected message: zeros for 3DES, E(KSEnc, SSC) for AES."""

    def _whole(self, data: bytes) -> bytes:
        if not data or len(data) % self.block:
            raise DeviceFormatError("Protected data are not whole cipher blocks.")
        return data


class TripleDesSuite(Suite):
    """Two-key 3DES in CBC and the retail MAC (ISO/IEC 9797-1 MAC algorithm 3)."""

    name = "3DES"
    block = 8
    key_length = 16

    def encrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """See `Suite.encrypt`."""
        run = Cipher(TripleDES(key + key[:8]), modes.CBC(iv or bytes(8))).encryptor()
        return run.update(data) + run.finalize()

    def decrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """See `Suite.decrypt`."""
        run = Cipher(TripleDES(key + key[:8]), modes.CBC(iv or bytes(8))).decryptor()
        return run.update(self._whole(data)) + run.finalize()

    def mac(self, key: bytes, data: bytes) -> bytes:
        """Single DES in CBC with the first half of the key, the last block under both: retail MAC."""
        padded = pad(data, 8)
        single = TripleDES(key[:8] * 3)
        run = Cipher(single, modes.CBC(bytes(8))).encryptor()
        last = (run.update(padded) + run.finalize())[-8:]
        undo = Cipher(TripleDES(key[8:16] * 3), modes.ECB()).decryptor()  # noqa: S305 - one block of the MAC's definition
        redo = Cipher(single, modes.ECB()).encryptor()  # noqa: S305 - one block of the MAC's definition
        return redo.update(undo.update(last) + undo.finalize()) + redo.finalize()

    def derive(self, secret: bytes, counter: int) -> bytes:
        """SHA-1, first 16 bytes, odd parity."""
        raw = hashlib.sha1(secret + counter.to_bytes(4, "big"), usedforsecurity=False).digest()[:16]
        return bytes((byte & 0xFE) | (1 - (byte >> 1).bit_count() % 2) for byte in raw)

    def message_iv(self, key: bytes, ssc: bytes) -> bytes | None:  # noqa: ARG002 - the family's signature
        """Zeros."""
        return None


@dataclass(frozen=True, slots=True)
class AesSuite(Suite):
    """AES in CBC and CMAC cut to eight bytes."""

    key_length: int
    block: int = 16

    @property
    def name(self) -> str:  # type: ignore[override]  # computed here, a constant elsewhere
        """AES-128, AES-192 or AES-256."""
        return f"AES-{8 * self.key_length}"

    def encrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """See `Suite.encrypt`."""
        run = Cipher(algorithms.AES(key), modes.CBC(iv or bytes(16))).encryptor()
        return run.update(data) + run.finalize()

    def decrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """See `Suite.decrypt`."""
        run = Cipher(algorithms.AES(key), modes.CBC(iv or bytes(16))).decryptor()
        return run.update(self._whole(data)) + run.finalize()

    def mac(self, key: bytes, data: bytes) -> bytes:
        """CMAC, first eight bytes."""
        run = CMAC(algorithms.AES(key))
        run.update(data)
        return run.finalize()[:MAC_LENGTH]

    def derive(self, secret: bytes, counter: int) -> bytes:
        """SHA-1 for 128-bit keys, SHA-256 for longer ones."""
        data = secret + counter.to_bytes(4, "big")
        if self.key_length == 16:
            return hashlib.sha1(data, usedforsecurity=False).digest()[:16]
        return hashlib.sha256(data).digest()[: self.key_length]

    def message_iv(self, key: bytes, ssc: bytes) -> bytes | None:
        """The counter encrypted once."""
        return self.encrypt(key, ssc)


TRIPLE_DES: Final[Suite] = TripleDesSuite()
AES_128: Final[Suite] = AesSuite(16)
AES_192: Final[Suite] = AesSuite(24)
AES_256: Final[Suite] = AesSuite(32)
SUITES: Final[dict[int, Suite]] = {1: TRIPLE_DES, 2: AES_128, 3: AES_192, 4: AES_256}
"""Suite by the last arc of the PACE and chip authentication object identifiers."""


@dataclass(frozen=True, slots=True, repr=False)
class SessionKeys:
    """KSEnc and KSMac of one protected channel."""

    suite: Suite
    enc: bytes
    mac: bytes

    def __repr__(self) -> str:
        return f"SessionKeys({self.suite.name})"

    @classmethod
    def from_secret(cls, suite: Suite, secret: bytes) -> SessionKeys:
        """Derive both from a shared secret."""
        return cls(suite, suite.derive(secret, KDF_ENC), suite.derive(secret, KDF_MAC))
