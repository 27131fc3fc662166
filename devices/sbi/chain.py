"""Is a device's signing key vouched for? Certificate paths (RFC 5280, what devices need of it) up to the device makers the site trusts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

from devices.errors import AnswerRefusedError

LONGEST_PATH: Final = 5
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
_HASHES: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_UNDERSTOOD: Final = frozenset({ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE, ExtensionOID.EXTENDED_KEY_USAGE,
                                ExtensionOID.SUBJECT_KEY_IDENTIFIER, ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
                                ExtensionOID.SUBJECT_ALTERNATIVE_NAME, ExtensionOID.CERTIFICATE_POLICIES})  # fmt: skip


class TrustedEntry(Protocol):
    """One trusted certificate."""

    @property
    def data(self) -> bytes:
        """DER bytes."""


class MakerTrust(Protocol):
    """The read-only view of the site's trusted device makers (`station.keys.trust.TrustView` is one)."""

    @property
    def revoked(self) -> Mapping[str, str]:
        """SHA-256 (hex) of a revoked certificate → reason."""

    def good(self, now: datetime) -> Sequence[TrustedEntry]:
        """Return the certificates that may be relied on at `now`."""


class NoTrust:
    """Nothing is trusted: every capture is refused with the reason, which is right where no maker was configured."""

    revoked: Mapping[str, str] = {}

    def good(self, now: datetime) -> Sequence[TrustedEntry]:
        """See `MakerTrust.good`."""
        _ = now
        return ()


def check_chain(chain: Sequence[x509.Certificate], trust: MakerTrust, now: datetime) -> None:
    """Check the path from `chain[0]` (the signer) to a trusted certificate, at the time `now` (aware).

    The order of the other certificates does not matter; the trusted one may be in the chain or not. A trusted signer needs no path.

    Raises:
        AnswerRefusedError: ``sbi-certificate-expired`` (or not yet valid), ``sbi-certificate-revoked``, ``sbi-certificate-usage``,
            ``sbi-chain-untrusted``.
    """
    anchors = _anchors(trust, now)
    rest = list(chain[1:])
    current = chain[0]
    for depth in range(LONGEST_PATH):
        _check_one(current, trust, now, signs_certificates=depth > 0, below=depth - 1)
        if _fingerprint(current) in anchors:
            return
        anchor = next((a for a in anchors.values() if _issued(current, a)), None)
        if anchor is not None:
            _check_one(anchor, trust, now, signs_certificates=True, below=depth)
            return
        issuer = next((c for c in rest if _issued(current, c)), None)
        if issuer is None:
            break
        rest.remove(issuer)
        current = issuer
    raise AnswerRefusedError("The device's certificate leads to no device maker trusted here.", code="sbi-chain-untrusted")


def _anchors(trust: MakerTrust, now: datetime) -> dict[str, x509.Certificate]:
    found: dict[str, x509.Certificate] = {}
    for entry in trust.good(now):
        try:
            certificate = x509.load_der_x509_certificate(entry.data)
        except (ValueError, TypeError, x509.InvalidVersion):
            continue  # another kind of trusted key; it vouches for nothing here
        found[_fingerprint(certificate)] = certificate
    return found


def _fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _check_one(certificate: x509.Certificate, trust: MakerTrust, now: datetime, *, signs_certificates: bool, below: int) -> None:
    """`below` is how many certificates that sign certificates stand between this one and the signer."""
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise AnswerRefusedError("A certificate of the device has expired or is not valid yet.", code="sbi-certificate-expired")
    if _fingerprint(certificate) in trust.revoked:
        raise AnswerRefusedError("A certificate of the device was revoked.", code="sbi-certificate-revoked")
    try:
        extensions = certificate.extensions
        hash_used = certificate.signature_hash_algorithm
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, UnsupportedAlgorithm) as error:
        raise AnswerRefusedError("A certificate of the device cannot be read whole.", code="sbi-certificate-usage") from error
    if any(e.critical and e.oid not in _UNDERSTOOD for e in extensions) or not isinstance(hash_used, _HASHES):
        raise AnswerRefusedError(
            "A certificate of the device asks for what is not known here, or is weakly signed.", code="sbi-certificate-usage"
        )
    usage = _value(extensions, x509.KeyUsage)
    basic = _value(extensions, x509.BasicConstraints)
    if signs_certificates:
        allowed = (
            basic is not None
            and basic.ca
            and (usage is None or usage.key_cert_sign)
            and (basic.path_length is None or basic.path_length >= below)
        )
    else:
        allowed = usage is None or usage.digital_signature
    if not allowed:
        raise AnswerRefusedError("A certificate of the device was used for what it may not do.", code="sbi-certificate-usage")


def _value(extensions: x509.Extensions, kind: type[_Extension]) -> _Extension | None:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
