"""Numbered algorithms and the plain values that keys and signatures travel as.

Signature algorithms carry the numbers of the IANA COSE registry, so that a COSE header and our own records say the same;
sealing suites are numbered by us and never reused: an old number stays readable for ever.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import cbor2

from station.errors import StationError

MAX_PUBLIC_BYTES: Final = 8192
MAX_SEALED_BYTES: Final = 4096


class KeyFormatError(StationError, ValueError):
    """Bytes from outside are not a key, a signature or a sealed key: cut off, too long, a wrong version, an unknown number."""

    code = "key-format"


class Algorithm(IntEnum):
    """Signature algorithms, COSE numbers (ES256: RFC 9053; Ed25519: RFC 9864; ML-DSA-65: FIPS 204, COSE registry)."""

    ES256 = -7
    ED25519 = -19
    ML_DSA_65 = -49


CLASSICAL: Final = (Algorithm.ES256, Algorithm.ED25519)

PUBLIC_LENGTHS: Final = {Algorithm.ES256: 65, Algorithm.ED25519: 32, Algorithm.ML_DSA_65: 1952}
SIGNATURE_LENGTHS: Final = {Algorithm.ES256: 64, Algorithm.ED25519: 64, Algorithm.ML_DSA_65: 3309}


class Suite(IntEnum):
    """Sealing suites. 1: HPKE base mode (RFC 9180), KEM 0x647A ML-KEM-768 + X25519, HKDF-SHA256, AES-256-GCM."""

    MLKEM768_X25519_AES256GCM = 1


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: `value` is raw (ES256: r ‖ s, 64 bytes; never DER), `key_id` names the signer's public half."""

    algorithm: Algorithm
    key_id: str
    value: bytes

    def to_bytes(self) -> bytes:
        """Return deterministic CBOR: [algorithm, key id, value]."""
        return cbor2.dumps([int(self.algorithm), bytes.fromhex(self.key_id), self.value], canonical=True)

    @classmethod
    def from_bytes(cls, data: bytes) -> Signature:
        """Read one signature.

        Raises:
            KeyFormatError: not a signature.
        """
        raw = loads_exact(data, MAX_SEALED_BYTES, 3)
        algorithm = _algorithm(raw[0])
        key_id, value = as_bytes(raw[1], 32), as_bytes(raw[2], SIGNATURE_LENGTHS[algorithm])
        return cls(algorithm, key_id.hex(), value)


@dataclass(frozen=True, slots=True)
class SignerPublic:
    """A signer's public half: one raw key per algorithm, in the order the signer signs (classical first).

    ES256 keys are uncompressed points (65 bytes), Ed25519 and ML-DSA-65 keys the raw bytes of their standards.
    """

    keys: tuple[tuple[Algorithm, bytes], ...]

    @property
    def key_id(self) -> str:
        """SHA-256 (hex) of `to_bytes()`."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def algorithms(self) -> tuple[Algorithm, ...]:
        """The algorithms this signer signs with."""
        return tuple(a for a, _ in self.keys)

    def raw(self, algorithm: Algorithm) -> bytes:
        """Return the raw public key for `algorithm`; KeyError when there is none."""
        return dict(self.keys)[algorithm]

    def to_bytes(self) -> bytes:
        """Return deterministic CBOR: ["signer", 1, [[algorithm, raw key], …]]."""
        return cbor2.dumps(["signer", 1, [[int(a), k] for a, k in self.keys]], canonical=True)

    @classmethod
    def from_bytes(cls, data: bytes) -> SignerPublic:
        """Read a public half.

        Raises:
            KeyFormatError: not a signer's public half, or lengths that do not fit the algorithm.
        """
        raw = loads_exact(data, MAX_PUBLIC_BYTES, 3)
        if raw[0] != "signer" or raw[1] != 1 or not isinstance(raw[2], list) or not 1 <= len(raw[2]) <= 4:
            raise KeyFormatError("These bytes are not a signer's public key; they were not used.")
        keys: list[tuple[Algorithm, bytes]] = []
        for entry in raw[2]:
            if not isinstance(entry, list) or len(entry) != 2:
                raise KeyFormatError("These bytes are not a signer's public key; they were not used.")
            algorithm = _algorithm(entry[0])
            keys.append((algorithm, as_bytes(entry[1], PUBLIC_LENGTHS[algorithm])))
        if len({a for a, _ in keys}) != len(keys):
            raise KeyFormatError("A signer's public key names an algorithm twice; it was not used.")
        return cls(tuple(keys))


@dataclass(frozen=True, slots=True)
class RecipientPublic:
    """What something is sealed to: the hybrid public key (ML-KEM-768 1184 bytes ‖ X25519 32 bytes)."""

    suite: Suite
    key: bytes

    @property
    def key_id(self) -> str:
        """SHA-256 (hex) of `to_bytes()`."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        """Return deterministic CBOR: ["recipient", 1, suite, key]."""
        return cbor2.dumps(["recipient", 1, int(self.suite), self.key], canonical=True)

    @classmethod
    def from_bytes(cls, data: bytes) -> RecipientPublic:
        """Read a public half.

        Raises:
            KeyFormatError: not a recipient's public half, or an unknown suite.
        """
        raw = loads_exact(data, MAX_PUBLIC_BYTES, 4)
        if raw[0] != "recipient" or raw[1] != 1:
            raise KeyFormatError("These bytes are not a recipient's public key; they were not used.")
        return cls(_suite(raw[2]), as_bytes(raw[3], 1216))


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A content key sealed to one recipient. `value` is HPKE's enc ‖ ciphertext (1168 bytes for a 32-byte key in suite 1)."""

    recipient: str
    suite: Suite
    value: bytes

    def to_bytes(self) -> bytes:
        """Return deterministic CBOR: [recipient key id, suite, value]."""
        return cbor2.dumps([bytes.fromhex(self.recipient), int(self.suite), self.value], canonical=True)

    @classmethod
    def from_bytes(cls, data: bytes) -> SealedKey:
        """Read a sealed key.

        Raises:
            KeyFormatError: not a sealed key, or an unknown suite.
        """
        raw = loads_exact(data, MAX_SEALED_BYTES, 3)
        return cls(as_bytes(raw[0], 32).hex(), _suite(raw[1]), as_bytes(raw[2], None, MAX_SEALED_BYTES))


def loads_exact(data: bytes, limit: int, items: int) -> list[Any]:
    """Return the CBOR array of `items` items that `data` is in its deterministic form, and nothing else after it.

    Raises:
        KeyFormatError: longer than `limit`, not CBOR, not such an array, or not deterministic.
    """
    if len(data) > limit:
        raise KeyFormatError(f"Key material of {len(data)} bytes is larger than {limit}; it was not read.")
    try:
        raw = cbor2.loads(data)
        same = cbor2.dumps(raw, canonical=True) == data
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise KeyFormatError("Key material is damaged or not ours; it was not used.") from error
    if not same or not isinstance(raw, list) or len(raw) != items:
        raise KeyFormatError("Key material is damaged or not ours; it was not used.")
    return raw


def as_bytes(value: object, length: int | None, limit: int = MAX_PUBLIC_BYTES) -> bytes:
    """Return `value` when it is bytes of `length` (or at most `limit`); KeyFormatError otherwise."""
    if not isinstance(value, bytes) or (length is not None and len(value) != length) or len(value) > limit:
        raise KeyFormatError("A key or signature has a wrong length; it was not used.")
    return value


def _algorithm(value: object) -> Algorithm:
    if isinstance(value, int) and not isinstance(value, bool) and value in Algorithm.__members__.values():
        return Algorithm(value)
    raise KeyFormatError(
        "A signature algorithm is not known to this program; a newer one may read it.", algorithm=str(value)[:20]
    )


def _suite(value: object) -> Suite:
    if isinstance(value, int) and not isinstance(value, bool) and value in Suite.__members__.values():
        return Suite(value)
    raise KeyFormatError("A sealing suite is not known to this program; a newer one may read it.", suite=str(value)[:20])
