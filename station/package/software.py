"""Software keys for signing and sealing, held in memory; storing, locking and rotating them is the room of keys."""

from __future__ import annotations

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa, mlkem, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from station.errors import StorageError
from station.package.cbor import PackageFormatError
from station.package.parties import ED25519, PublicKey

_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_MLKEM_BYTES = 1184


class SoftwareSigner:
    """Ed25519 and ML-DSA-65 from one 32-byte seed (expanded with SHAKE-256, so the seed is the only secret to keep)."""

    def __init__(self, seed: bytes) -> None:
        expanded = hashlib.shake_256(b"enrollment-station signer 1" + seed).digest(64)
        self._classical = ed25519.Ed25519PrivateKey.from_private_bytes(expanded[:32])
        self._post_quantum = mldsa.MLDSA65PrivateKey.from_seed_bytes(expanded[32:])
        self._public = PublicKey(
            ED25519, self._classical.public_key().public_bytes_raw(), self._post_quantum.public_key().public_bytes_raw()
        )
        self._key_id = self._public.key_id

    @classmethod
    def generate(cls) -> SoftwareSigner:
        """Return a new random signer."""
        return cls(os.urandom(32))

    @property
    def public(self) -> PublicKey:
        """See `Signer.public`."""
        return self._public

    @property
    def key_id(self) -> str:
        """See `Signer.key_id`."""
        return self._key_id

    def sign_classical(self, data: bytes) -> bytes:
        """See `Signer.sign_classical`."""
        return self._classical.sign(data)

    def sign_post_quantum(self, data: bytes) -> bytes:
        """See `Signer.sign_post_quantum`."""
        return self._post_quantum.sign(data)


class SoftwareSealer:
    """Suite 1: HPKE base mode, MLKEM768_X25519, HKDF-SHA256, AES-256-GCM."""

    suite = 1

    def seal(self, content_key: bytes, recipient: bytes, info: bytes) -> bytes:
        """See `Sealer.seal`; `recipient` is the ML-KEM-768 key (1,184 bytes) followed by the X25519 key (32 bytes)."""
        if len(recipient) != _MLKEM_BYTES + 32:
            raise PackageFormatError("A recipient's key is not of the right form; nothing was sealed.", code="key-format")
        public = hpke.MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(recipient[:_MLKEM_BYTES]),
            x25519.X25519PublicKey.from_public_bytes(recipient[_MLKEM_BYTES:]),
        )
        return _SUITE.encrypt(content_key, public, info)


class SoftwareOpener:
    """A recipient's private key from its 32-byte seed (X-Wing's expansion)."""

    def __init__(self, seed: bytes) -> None:
        expanded = hashlib.shake_256(seed).digest(96)
        kem = mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        curve = x25519.X25519PrivateKey.from_private_bytes(expanded[64:])
        self._key = hpke.MLKEM768X25519PrivateKey(kem, curve)
        self.recipient = kem.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) + curve.public_key().public_bytes_raw()
        self._id = hashlib.sha256(self.recipient).hexdigest()

    @property
    def recipient_id(self) -> str:
        """See `Opener.recipient_id`."""
        return self._id

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """See `Opener.open`."""
        try:
            return _SUITE.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError) as error:
            raise StorageError("The sealed key does not open with this key.", code="unseal") from error
