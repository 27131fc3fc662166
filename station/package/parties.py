"""Who signs and who may open, as this room sees them: public keys, and the two protocols that `station.keys` fulfils."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from station.package import cbor
from station.package.cbor import PackageFormatError

ES256: Final = -7
ED25519: Final = -19
ML_DSA_65: Final = -49
"""Algorithm numbers of the IANA COSE registry: ECDSA P-256, Ed25519 (fully specified, RFC 9864), ML-DSA-65."""

MAX_PUBLIC_KEY_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One party's two public keys, used together: a forger must break both.

    `classical` is a raw Ed25519 key (32 bytes) or an uncompressed P-256 point (65 bytes), as `algorithm` says;
    `post_quantum` a raw ML-DSA-65 key (1,952 bytes).
    """

    algorithm: int
    classical: bytes
    post_quantum: bytes

    def encode(self) -> bytes:
        """Return the deterministic encoding that `key_id` is the SHA-256 of."""
        return cbor.encode([self.algorithm, self.classical, ML_DSA_65, self.post_quantum])

    @property
    def key_id(self) -> str:
        """SHA-256 of the encoding, 64 hex digits: names the pair, so neither half can be exchanged."""
        return hashlib.sha256(self.encode()).hexdigest()

    @classmethod
    def decode(cls, data: bytes) -> PublicKey:
        """Read an encoded pair.

        Raises:
            PackageFormatError: not a pair of known algorithms with keys of the right size.
        """
        match cbor.decode(data, max_bytes=MAX_PUBLIC_KEY_BYTES):
            case [int(algorithm), bytes(classical), int(pq), bytes(post_quantum)] if (
                (algorithm, len(classical)) in {(ES256, 65), (ED25519, 32)} and pq == ML_DSA_65 and len(post_quantum) == 1952
            ):
                return cls(algorithm, classical, post_quantum)
        raise PackageFormatError("This is not a public key pair of a known kind; it was not used.", code="key-format")

    def verify_classical(self, signature: bytes, data: bytes) -> bool:
        """Return whether the classical signature (64 bytes, raw) over `data` is by this key."""
        try:
            if self.algorithm == ED25519:
                ed25519.Ed25519PublicKey.from_public_bytes(self.classical).verify(signature, data)
            else:
                point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.classical)
                if len(signature) != 64:
                    return False
                r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
                point.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError, UnsupportedAlgorithm):
            return False
        return True

    def verify_post_quantum(self, signature: bytes, data: bytes) -> bool:
        """Return whether the ML-DSA-65 signature over `data` is by this key."""
        try:
            mldsa.MLDSA65PublicKey.from_public_bytes(self.post_quantum).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer(Protocol):
    """A private key pair that never leaves its keeper (encrypted file, PKCS#11 token)."""

    @property
    def public(self) -> PublicKey:
        """The pair that verifies."""

    @property
    def key_id(self) -> str:
        """`public.key_id`."""

    def sign_classical(self, data: bytes) -> bytes:
        """Return the raw 64-byte signature over `data`."""

    def sign_post_quantum(self, data: bytes) -> bytes:
        """Return the ML-DSA-65 signature over `data`."""


class Sealer(Protocol):
    """Seals a package's 32-byte content key to recipients; an external cipher module may stand behind it."""

    suite: int

    def seal(self, content_key: bytes, recipient: bytes, info: bytes) -> bytes:
        """Return `content_key` sealed to the recipient's encoded public key, bound to `info`."""


class Opener(Protocol):
    """Opens what was sealed to one recipient."""

    @property
    def recipient_id(self) -> str:
        """SHA-256 (hex) of the recipient's encoded public key."""

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Return the content key.

        Raises:
            StationError: not sealed to this key, or altered.
        """
