"""`Signer` and the software signer: a classical and a post-quantum signature over the same bytes.

A forger must break both, so `verify` wants every algorithm of the public half, none left out: a signature block from which the
post-quantum half was dropped is a downgrade and is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from station.errors import AccessError
from station.files import Files
from station.keys.algorithms import CLASSICAL, Algorithm, KeyFormatError, Signature, SignerPublic
from station.keys.wrap import Wrapper, load_secret, save_secret

_PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | mldsa.MLDSA65PrivateKey


class SignatureError(AccessError):
    """A signature is missing, wrong, or by another key than expected. What it stood for is not believed."""

    code = "signature"


class Signer(Protocol):
    """Signs for one identity (a station, an operator, an intake)."""

    @property
    def key_id(self) -> str:
        """SHA-256 (hex) of the public half's bytes."""

    @property
    def public(self) -> SignerPublic:
        """The public half."""

    @property
    def algorithms(self) -> tuple[Algorithm, ...]:
        """The algorithms of `sign`, classical first."""

    def sign(self, data: bytes) -> tuple[Signature, ...]:
        """Return one signature per algorithm over `data`."""

    def sign_one(self, algorithm: Algorithm, data: bytes) -> Signature:
        """Return the signature of one algorithm (COSE signs other bytes for each, as the header names the algorithm)."""


class SoftwareSigner:
    """A `Signer` whose private keys live in this process; stored only wrapped (`save`)."""

    def __init__(self, private: tuple[tuple[Algorithm, _PrivateKey], ...]) -> None:
        self._private = dict(private)
        self._public = SignerPublic(tuple((a, _raw_public(k)) for a, k in private))
        self._key_id = self._public.key_id

    @classmethod
    def generate(cls, classical: Algorithm = Algorithm.ES256) -> SoftwareSigner:
        """Make new keys: `classical` (ES256 or Ed25519) and ML-DSA-65."""
        if classical not in CLASSICAL:
            raise ValueError("classical must be ES256 or ED25519")
        first: _PrivateKey = (
            ec.generate_private_key(ec.SECP256R1()) if classical is Algorithm.ES256 else ed25519.Ed25519PrivateKey.generate()
        )
        return cls(((classical, first), (Algorithm.ML_DSA_65, mldsa.MLDSA65PrivateKey.generate())))

    @property
    def key_id(self) -> str:
        """See `Signer.key_id`."""
        return self._key_id

    @property
    def public(self) -> SignerPublic:
        """See `Signer.public`."""
        return self._public

    @property
    def algorithms(self) -> tuple[Algorithm, ...]:
        """See `Signer.algorithms`."""
        return self._public.algorithms

    def sign(self, data: bytes) -> tuple[Signature, ...]:
        """See `Signer.sign`."""
        return tuple(self.sign_one(a, data) for a in self._private)

    def sign_one(self, algorithm: Algorithm, data: bytes) -> Signature:
        """See `Signer.sign_one`."""
        key = self._private[algorithm]
        if isinstance(key, ec.EllipticCurvePrivateKey):
            r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
            value = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        else:
            value = key.sign(data)
        return Signature(algorithm, self._key_id, value)

    def to_secret(self) -> bytes:
        """Return the private keys as PKCS#8 DER, each with its length before it; for wrapping only, never for a file as it is."""
        parts = [
            k.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            for k in self._private.values()
        ]
        return b"".join(len(p).to_bytes(2, "big") + p for p in parts)

    @classmethod
    def from_secret(cls, secret: bytes) -> SoftwareSigner:
        """Read what `to_secret` gave.

        Raises:
            KeyFormatError: not such bytes.
        """
        private: list[tuple[Algorithm, _PrivateKey]] = []
        while secret:
            length = int.from_bytes(secret[:2], "big")
            der, secret = secret[2 : 2 + length], secret[2 + length :]
            try:
                key = serialization.load_der_private_key(der, None)
            except (ValueError, TypeError) as error:
                raise KeyFormatError("A stored private key is damaged; it was not used.") from error
            if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
                private.append((Algorithm.ES256, key))
            elif isinstance(key, ed25519.Ed25519PrivateKey):
                private.append((Algorithm.ED25519, key))
            elif isinstance(key, mldsa.MLDSA65PrivateKey):
                private.append((Algorithm.ML_DSA_65, key))
            else:
                raise KeyFormatError("A stored private key is of a kind this program does not use.")
        if not private:
            raise KeyFormatError("A stored private key is empty.")
        return cls(tuple(private))

    def save(self, files: Files, name: str, wrapper: Wrapper) -> None:
        """Store the private keys under `name`, wrapped; durable on return."""
        save_secret(files, name, "signer", self.to_secret(), wrapper)

    @classmethod
    def load(cls, files: Files, name: str, wrapper: Wrapper) -> SoftwareSigner:
        """Read what `save` wrote.

        Raises:
            WrongSecretError: the passphrase (or keyring entry, or token) is not the right one.
            StorageError: no such file, or not a wrapped signer.
        """
        return cls.from_secret(load_secret(files, name, "signer", wrapper))


def _raw_public(key: _PrivateKey) -> bytes:
    public = key.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return public.public_bytes_raw()


def verify_one(public: SignerPublic, data: bytes, signature: Signature) -> None:
    """Check one signature over `data`.

    Raises:
        SignatureError: another key's, an algorithm this key does not have, or wrong.
    """
    if signature.key_id != public.key_id or signature.algorithm not in public.algorithms:
        raise SignatureError(
            "The signature is by another key than the one expected; it was not believed.", code="signature-stranger"
        )
    raw = public.raw(signature.algorithm)
    try:
        if signature.algorithm is Algorithm.ES256:
            if len(signature.value) != 64:
                raise InvalidSignature
            r, s = int.from_bytes(signature.value[:32], "big"), int.from_bytes(signature.value[32:], "big")
            point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
            point.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
        elif signature.algorithm is Algorithm.ED25519:
            ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(signature.value, data)
        else:
            mldsa.MLDSA65PublicKey.from_public_bytes(raw).verify(signature.value, data)
    except (InvalidSignature, ValueError) as error:
        raise SignatureError(
            "The signature is wrong: the data was changed or the signer is another; it was not believed."
        ) from error


def verify(public: SignerPublic, data: bytes, signatures: Iterable[Signature]) -> None:
    """Check that `signatures` hold one right signature for *every* algorithm of `public`.

    Raises:
        SignatureError: one is missing (a downgrade), one too many, by another key, or wrong.
    """
    signatures = list(signatures)
    if sorted(s.algorithm for s in signatures) != sorted(public.algorithms):
        raise SignatureError(
            "A signature is missing or one too many: both the classical and the post-quantum one are needed.",
            code="signature-missing",
        )
    for signature in signatures:
        verify_one(public, data, signature)
