"""Compact JWS (RFC 7515) as SBI devices sign: strict. RS256 only, the certificates in ``x5c``, nothing taken from the header but these."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from devices.errors import AnswerRefusedError, DeviceFormatError
from devices.sbi.json_bytes import as_object, load_json

MOST_BYTES: Final = 24_000_000
MOST_HEADER: Final = 64_000
MOST_CERTIFICATES: Final = 5
MOST_CERTIFICATE: Final = 16_384
LEAST_RSA_BITS: Final = 2048
ALGORITHMS: Final = frozenset({"RS256"})
"""What the SBI specification names. ``none``, the symmetric ones and everything else are refused by not being here."""
_FORBIDDEN_HEADERS: Final = frozenset({"crit", "jwk", "jku", "x5u", "b64"})
_BASE64URL: Final = re.compile(rb"[A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True, repr=False)
class Jws:
    """A parsed, not yet verified JWS: `chain` as delivered, leaf first; `signed` is what the signature covers."""

    payload: bytes
    chain: tuple[x509.Certificate, ...]
    signed: bytes
    signature: bytes

    def __repr__(self) -> str:
        return f"Jws({len(self.payload)} bytes, {len(self.chain)} certificates)"

    @property
    def signer_key(self) -> bytes:
        """SHA-256 of the signer's public key (DER SubjectPublicKeyInfo); call after `check_signature`."""
        public = self.chain[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(public).digest()

    @property
    def issuer(self) -> x509.Name:
        """Who issued the signer's certificate."""
        return self.chain[0].issuer

    def check_signature(self) -> None:
        """Verify the signature with the leaf's key (whether that key is trusted is `devices.sbi.chain`'s question).

        Raises:
            AnswerRefusedError: ``sbi-signature``, or ``sbi-key`` for a key that no device may use.
        """
        try:
            key = self.chain[0].public_key()
        except (ValueError, UnsupportedAlgorithm) as error:
            raise AnswerRefusedError("The device signs with a key that cannot be read.", code="sbi-key") from error
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < LEAST_RSA_BITS:
            raise AnswerRefusedError(
                f"The device signs with a key that is not RSA of {LEAST_RSA_BITS} bits or more.", code="sbi-key"
            )
        try:
            key.verify(self.signature, self.signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as error:
            raise AnswerRefusedError("The device's signature does not hold.", code="sbi-signature") from error


def decode_base64url(text: bytes, what: str) -> bytes:
    """Decode base64url, with or without padding.

    Raises:
        DeviceFormatError: another alphabet, or bits left over.
    """
    bare = text.rstrip(b"=")
    if len(text) - len(bare) > 2 or not _BASE64URL.fullmatch(bare) or len(bare) % 4 == 1:
        raise DeviceFormatError(f"The {what} is not base64url.", code="sbi-format")
    return base64.urlsafe_b64decode(bare + b"=" * (-len(bare) % 4))


def parse(token: bytes) -> Jws:
    """Read one compact JWS.

    Raises:
        DeviceFormatError: not three parts of base64url, a header that is no JSON, more certificates or bytes than allowed.
        AnswerRefusedError: ``sbi-algorithm``, ``sbi-header`` (a header that asks to fetch keys or carries its own), or
            ``sbi-chain-missing``.
    """
    if len(token) > MOST_BYTES:
        raise DeviceFormatError(f"A signed answer of more than {MOST_BYTES} bytes.", code="sbi-format")
    parts = token.split(b".", 3)
    if len(parts) != 3 or not parts[0] or not parts[1]:
        raise DeviceFormatError("A signed answer is not of the form header.payload.signature.", code="sbi-format")
    if len(parts[0]) > MOST_HEADER:
        raise DeviceFormatError("The header of a signed answer is too large.", code="sbi-format")
    header = as_object(load_json(decode_base64url(parts[0], "header")), "header")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise AnswerRefusedError("The device signs with an algorithm that is not allowed.", code="sbi-algorithm")
    if _FORBIDDEN_HEADERS & header.keys():
        raise AnswerRefusedError("The signature's header asks for what is not allowed.", code="sbi-header")
    chain = _chain(header.get("x5c"))
    return Jws(decode_base64url(parts[1], "payload"), chain, parts[0] + b"." + parts[1], decode_base64url(parts[2], "signature"))


def _chain(value: Any) -> tuple[x509.Certificate, ...]:
    if not value:
        raise AnswerRefusedError("The signature names no certificate.", code="sbi-chain-missing")
    if not isinstance(value, list) or len(value) > MOST_CERTIFICATES:
        raise DeviceFormatError(f"A chain is a list of at most {MOST_CERTIFICATES} certificates.", code="sbi-format")
    return tuple(_certificate(text) for text in value)


def _certificate(text: Any) -> x509.Certificate:
    if not isinstance(text, str) or len(text) > 2 * MOST_CERTIFICATE:
        raise DeviceFormatError("A certificate of the chain is no text or too large.", code="sbi-format")
    try:
        # x5c is plain base64 (RFC 7515 section 4.1.6); some devices write base64url.
        der = base64.b64decode(
            text.translate({0x2D: "+", 0x5F: "/"}).rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True
        )
        return x509.load_der_x509_certificate(der)
    except (ValueError, binascii.Error, TypeError, x509.InvalidVersion) as error:
        raise DeviceFormatError("A certificate of the chain cannot be read.", code="sbi-format") from error
