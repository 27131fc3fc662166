"""`Sealer` and `Opener`: a content key goes into an envelope that only its recipient opens.

Suite 1 is HPKE base mode (RFC 9180) with KEM 0x647A, ML-KEM-768 with X25519: both must be broken to read what was sealed today
in twenty years. A sealer holds no secret, so a station cannot open what it sealed. An external cipher module replaces these
two classes and nothing else.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519

from station.errors import AccessError
from station.files import Files
from station.keys.algorithms import KeyFormatError, RecipientPublic, SealedKey, Suite
from station.keys.wrap import Wrapper, load_secret, save_secret

_SUITE1 = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_MLKEM_PUBLIC = 1184


class OpenError(AccessError):
    """What was sealed does not open: for another recipient, altered, or bound to other data (`info`)."""

    code = "sealed-not-opened"


class Sealer(Protocol):
    """Seals content keys to recipients."""

    def seal_key(self, content_key: bytes, info: bytes, recipients: Iterable[RecipientPublic]) -> tuple[SealedKey, ...]:
        """Return one sealed key per recipient, bound to `info` (format label, header hash …), which opening must repeat."""


class Opener(Protocol):
    """Opens what was sealed to one recipient."""

    @property
    def key_id(self) -> str:
        """The recipient's key id."""

    @property
    def public(self) -> RecipientPublic:
        """The public half, to hand out."""

    def open_key(self, sealed: SealedKey, info: bytes) -> bytes:
        """Return the content key.

        Raises:
            OpenError: sealed for another, altered, or `info` differs.
        """


class HybridSealer:
    """`Sealer` of suite 1."""

    def seal_key(self, content_key: bytes, info: bytes, recipients: Iterable[RecipientPublic]) -> tuple[SealedKey, ...]:
        """See `Sealer.seal_key`."""
        return tuple(
            SealedKey(r.key_id, r.suite, _SUITE1.encrypt(content_key, _public_key(r), _bound(info, r.key_id))) for r in recipients
        )


class HybridOpener:
    """`Opener` of suite 1; the only secret is a 32-byte seed, expanded as X-Wing does (SHAKE-256 to 96 bytes)."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise ValueError("a seed has 32 bytes")
        self._seed = seed
        wide = hashlib.shake_256(seed).digest(96)
        kem, dh = mlkem.MLKEM768PrivateKey.from_seed_bytes(wide[:64]), x25519.X25519PrivateKey.from_private_bytes(wide[64:])
        self._key = hpke.MLKEM768X25519PrivateKey(kem, dh)
        self._public = RecipientPublic(
            Suite.MLKEM768_X25519_AES256GCM, kem.public_key().public_bytes_raw() + dh.public_key().public_bytes_raw()
        )
        self._key_id = self._public.key_id

    @classmethod
    def generate(cls) -> HybridOpener:
        """Make a new key pair."""
        return cls(os.urandom(32))

    @property
    def seed(self) -> bytes:
        """The secret itself, for a team's file (`station.keys.team`)."""
        return self._seed

    @property
    def key_id(self) -> str:
        """See `Opener.key_id`."""
        return self._key_id

    @property
    def public(self) -> RecipientPublic:
        """See `Opener.public`."""
        return self._public

    def open_key(self, sealed: SealedKey, info: bytes) -> bytes:
        """See `Opener.open_key`."""
        if sealed.recipient != self._key_id:
            raise OpenError("This was sealed for another recipient; it was not opened.", code="sealed-for-another")
        try:
            return _SUITE1.decrypt(sealed.value, self._key, _bound(info, self._key_id))
        except (InvalidTag, ValueError) as error:
            raise OpenError(
                "The seal is broken: what was sealed was altered, or belongs to other data; it was not opened."
            ) from error

    def save(self, files: Files, name: str, wrapper: Wrapper) -> None:
        """Store the seed under `name`, wrapped; durable on return."""
        save_secret(files, name, "opener", self._seed, wrapper)

    @classmethod
    def load(cls, files: Files, name: str, wrapper: Wrapper) -> HybridOpener:
        """Read what `save` wrote; errors as `SoftwareSigner.load`."""
        seed = load_secret(files, name, "opener", wrapper)
        if len(seed) != 32:
            raise KeyFormatError("A stored opening key is damaged; it was not used.")
        return cls(seed)


def _bound(info: bytes, recipient: str) -> bytes:
    return info + b"|" + bytes.fromhex(recipient)


def _public_key(recipient: RecipientPublic) -> hpke.MLKEM768X25519PublicKey:
    try:
        return hpke.MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(recipient.key[:_MLKEM_PUBLIC]),
            x25519.X25519PublicKey.from_public_bytes(recipient.key[_MLKEM_PUBLIC:]),
        )
    except ValueError as error:
        raise KeyFormatError("A recipient's public key is not a valid one; nothing was sealed.") from error
