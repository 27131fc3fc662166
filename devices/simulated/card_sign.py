"""Signatures of the simulated chip that no library makes: RSA with message recovery (ISO/IEC 9796-2 scheme 1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


def sha1(data: bytes) -> bytes:
    """SHA-1, as the old protocols want it."""
    return hashlib.sha1(data, usedforsecurity=False).digest()


def with_recovery(key: RSAPrivateKey, nonce: bytes, random: Callable[[int], bytes]) -> bytes:
    """Sign `nonce`: 6A || random part || SHA-256(random part || nonce) || 34 CC, raised to the private exponent."""
    numbers = key.private_numbers()
    n = numbers.public_numbers.n
    size = (n.bit_length() + 7) // 8
    part = random(size - 1 - 32 - 2)
    message = b"\x6a" + part + hashlib.sha256(part + nonce).digest() + b"\x34\xcc"
    return pow(int.from_bytes(message, "big"), numbers.d, n).to_bytes(size, "big")
