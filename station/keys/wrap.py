"""Wrapping: how a secret lies on the disk. Every stored key is AES-256-GCM under a key that a `Wrapper` brings.

    PassphraseWrapper   argon2id over what a person types (parameters stored beside, so that they can rise later)
    KeyringWrapper      a random key in the desktop's keyring (Secret Service, KWallet, Windows, macOS)
    TokenWrapper        a key that never leaves a PKCS#11 token (station.keys.token)
    MasterWrapper       a 32-byte key already at hand: how the station's master key wraps its other keys

A stored file says which kind wrapped it, for which purpose, and is bound to both: a signer's file cannot be passed off as the
journal's key. OpenSSL's encrypted PKCS#8 is not used: its 2,048 rounds of PBKDF2 are weak against a stolen disk.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from typing import Final, Protocol

import argon2.low_level
import cbor2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from station.errors import StorageError
from station.files import Files
from station.keys.algorithms import KeyFormatError, as_bytes, loads_exact

MAX_WRAPPED_BYTES: Final = 65_536


class WrongSecretError(StorageError):
    """The passphrase, keyring entry or token is not the one this key was wrapped with (or the file was altered)."""

    code = "wrong-secret"


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """Cost of argon2id (RFC 9106): passes, memory, lanes. The default is RFC 9106's second recommendation (64 MiB, 3 passes)."""

    time: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


MAX_COST: Final = Argon2Cost(10, 1_048_576, 16)
"""A stored cost above this is refused: a crafted file must not take all memory."""


def argon2_key(secret: bytes, salt: bytes, cost: Argon2Cost, length: int = 32) -> bytes:
    """Return `length` bytes of argon2id over `secret` and `salt`."""
    return argon2.low_level.hash_secret_raw(
        secret, salt, cost.time, cost.memory_kib, cost.lanes, length, argon2.low_level.Type.ID, version=19
    )


class Wrapper(Protocol):
    """Wraps and unwraps secrets of up to 32 kB. `context` is authenticated with it and must be the same again."""

    kind: str

    def wrap(self, secret: bytes, context: bytes) -> bytes:
        """Return the wrapped form."""

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the secret; `WrongSecretError` when key or context are not right, `KeyFormatError` for foreign bytes."""


def seal_bytes(key: bytes, secret: bytes, context: bytes) -> bytes:
    """Return nonce ‖ AES-256-GCM ciphertext of `secret` bound to `context`."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, secret, context)


def open_bytes(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Return what `seal_bytes` sealed.

    Raises:
        WrongSecretError: another key, another context, or altered bytes.
    """
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], context)
    except (InvalidTag, ValueError) as error:
        raise WrongSecretError(
            "The key does not open: wrong passphrase, other token, or the file was altered. Nothing was changed; try again."
        ) from error


class MasterWrapper:
    """Wraps under a 32-byte key already at hand."""

    kind = "master"

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("a master key has 32 bytes")
        self._key = key

    def wrap(self, secret: bytes, context: bytes) -> bytes:
        """See `Wrapper.wrap`."""
        return seal_bytes(self._key, secret, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See `Wrapper.unwrap`."""
        return open_bytes(self._key, wrapped, context)


class PassphraseWrapper:
    """Wraps under argon2id of a passphrase."""

    kind = "passphrase"

    def __init__(self, passphrase: str, cost: Argon2Cost | None = None) -> None:
        self._passphrase = passphrase.encode("utf-8")
        self._cost = cost or Argon2Cost()

    def wrap(self, secret: bytes, context: bytes) -> bytes:
        """See `Wrapper.wrap`; a fresh salt each time."""
        salt = os.urandom(16)
        sealed = seal_bytes(argon2_key(self._passphrase, salt, self._cost), secret, context)
        return cbor2.dumps([self._cost.time, self._cost.memory_kib, self._cost.lanes, salt, sealed], canonical=True)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See `Wrapper.unwrap`."""
        time, memory, lanes, salt, sealed = loads_exact(wrapped, MAX_WRAPPED_BYTES, 5)
        limits = ((time, MAX_COST.time), (memory, MAX_COST.memory_kib), (lanes, MAX_COST.lanes))
        if any(not isinstance(v, int) or isinstance(v, bool) or not 1 <= v <= most for v, most in limits) or memory < 8 * lanes:
            raise KeyFormatError("A wrapped key asks for a cost that this program refuses; it was not opened.")
        key = argon2_key(self._passphrase, as_bytes(salt, 16), Argon2Cost(time, memory, lanes))
        return open_bytes(key, as_bytes(sealed, None, MAX_WRAPPED_BYTES), context)


class KeyringWrapper:
    """Wraps under a random key kept in the desktop's keyring under `service` / `name`, made on first use."""

    kind = "keyring"

    def __init__(self, service: str, name: str) -> None:
        self._service, self._name = service, name

    def _key(self, make: bool) -> bytes:
        import keyring
        import keyring.errors

        try:
            found = keyring.get_password(self._service, self._name)
            if found is None and make:
                found = base64.b64encode(os.urandom(32)).decode()
                keyring.set_password(self._service, self._name, found)
        except (keyring.errors.KeyringError, RuntimeError) as error:
            raise WrongSecretError(
                "The desktop's keyring cannot be reached; nothing was changed. Unlock it, or use a passphrase.", code="keyring"
            ) from error
        if found is None:
            raise WrongSecretError("The desktop's keyring does not hold this station's key; nothing was changed.", code="keyring")
        return base64.b64decode(found)

    def wrap(self, secret: bytes, context: bytes) -> bytes:
        """See `Wrapper.wrap`."""
        return seal_bytes(self._key(make=True), secret, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See `Wrapper.unwrap`."""
        return open_bytes(self._key(make=False), wrapped, context)


def wrap_secret(purpose: str, secret: bytes, wrapper: Wrapper) -> bytes:
    """Return the stored form of `secret`: CBOR ["wrapped", 1, kind, purpose, wrapped]."""
    wrapped = wrapper.wrap(secret, _context(wrapper.kind, purpose))
    return cbor2.dumps(["wrapped", 1, wrapper.kind, purpose, wrapped], canonical=True)


def unwrap_secret(data: bytes, purpose: str, wrapper: Wrapper) -> bytes:
    """Return the secret that `wrap_secret` stored.

    Raises:
        WrongSecretError: another secret, kind or purpose.
        KeyFormatError: not such bytes.
    """
    kind = wrapped_kind(data)
    raw = loads_exact(data, MAX_WRAPPED_BYTES, 5)
    if kind != wrapper.kind or raw[3] != purpose:
        raise WrongSecretError(f"This key is wrapped by '{kind}' for another use; nothing was changed.", kind=kind)
    return wrapper.unwrap(as_bytes(raw[4], None, MAX_WRAPPED_BYTES), _context(kind, purpose))


def wrapped_kind(data: bytes) -> str:
    """Return which kind of wrapper a stored key needs (``passphrase``, ``keyring``, ``token``, ``master``)."""
    raw = loads_exact(data, MAX_WRAPPED_BYTES, 5)
    if raw[0] != "wrapped" or raw[1] != 1 or not isinstance(raw[2], str) or not isinstance(raw[3], str):
        raise KeyFormatError("These bytes are not a wrapped key of this version; they were not used.")
    return raw[2]


def wrapped_purpose(data: bytes) -> str:
    """Return for which purpose a stored key was wrapped."""
    wrapped_kind(data)
    return str(loads_exact(data, MAX_WRAPPED_BYTES, 5)[3])


def save_secret(files: Files, name: str, purpose: str, secret: bytes, wrapper: Wrapper) -> None:
    """Write the wrapped secret under `name`, durable on return."""
    files.write(name, wrap_secret(purpose, secret, wrapper))


def load_secret(files: Files, name: str, purpose: str, wrapper: Wrapper) -> bytes:
    """Read what `save_secret` wrote; errors as `unwrap_secret` and `Files.read`."""
    return unwrap_secret(files.read(name, MAX_WRAPPED_BYTES), purpose, wrapper)


def _context(kind: str, purpose: str) -> bytes:
    return cbor2.dumps(["enrollment-station wrapped key", 1, kind, purpose], canonical=True)
