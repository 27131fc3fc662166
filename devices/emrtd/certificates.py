"""Certificates, revocation lists and signatures of the travel document PKI (ICAO Doc 9303-12): tolerant in form only.

Read with `asn1crypto`, because real CSCA certificates break what stricter readers ask for (explicit curves, odd integers);
verified over the bytes as they came, never over a re-encoding.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from asn1crypto import algos, crl, x509
from cryptography.hazmat.primitives.asymmetric import rsa

from devices.emrtd.keys import ASN1_ERRORS, EllipticKey, PublicKey, load_public_key, verify_ecdsa, verify_rsa
from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from datetime import datetime

MAX_CERTIFICATE: Final = 32 * 1024
MASTER_LIST_SIGNER: Final = "2.23.136.1.1.3"
_UNKNOWN_CRITICAL_OK: Final = frozenset({"key_usage", "basic_constraints", "private_key_usage_period", "extended_key_usage",
                                         "certificate_policies", "2.23.136.1.1.6.1", "2.23.136.1.1.6.2", "name_constraints",
                                         "crl_distribution_points", "issuer_alt_name", "subject_alt_name"})  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Certificate:
    """What verification needs of one certificate; `raw` are its bytes."""

    raw: bytes
    subject: bytes
    """Canonical hash of the subject's name."""
    issuer: bytes
    country: str
    subject_text: str
    serial: int
    not_before: datetime
    not_after: datetime
    key_id: bytes | None
    authority_key_id: bytes | None
    is_authority: bool
    key_usage: frozenset[str]
    extended_usage: frozenset[str]
    critical_unknown: tuple[str, ...]
    public_key_info: bytes
    signed: bytes
    signature: bytes
    algorithm: bytes

    def __repr__(self) -> str:
        return f"Certificate({self.subject_text})"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hex."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are the same name."""
        return self.subject == self.issuer

    def public_key(self) -> PublicKey:
        """Return the key.

        Raises:
            DeviceFormatError: a key or curve that no document may use.
        """
        return load_public_key(self.public_key_info)

    def valid_at(self, when: datetime) -> bool:
        """Whether `when` (aware) lies in the validity period."""
        return self.not_before <= when <= self.not_after


def load_certificate(data: bytes) -> Certificate:
    """Read one DER certificate.

    Raises:
        DeviceFormatError: malformed, or larger than 32 kB.
    """
    if len(data) > MAX_CERTIFICATE:
        raise DeviceFormatError("A certificate is larger than 32 kB.")
    try:
        return _certificate(x509.Certificate.load(data))
    except DeviceFormatError:
        raise
    except ASN1_ERRORS as error:
        raise DeviceFormatError("A certificate cannot be read.") from error


def _certificate(parsed: Any) -> Certificate:
    body = parsed["tbs_certificate"]
    usage = parsed.key_usage_value
    constraints = parsed.basic_constraints_value
    extended = parsed.extended_key_usage_value
    names = {str(e["extn_id"].native) for e in body["extensions"] if e["critical"].native} if body["extensions"] else set()
    return Certificate(
        raw=parsed.dump(),
        subject=hashlib.sha256(name_key(body["subject"])).digest(),
        issuer=hashlib.sha256(name_key(body["issuer"])).digest(),
        country=str(body["subject"].native.get("country_name", "")).upper()[:3],
        subject_text=body["subject"].human_friendly[:200],
        serial=int(body["serial_number"].native),
        not_before=body["validity"]["not_before"].native,
        not_after=body["validity"]["not_after"].native,
        key_id=parsed.key_identifier,
        authority_key_id=parsed.authority_key_identifier,
        is_authority=bool(constraints is not None and constraints["ca"].native),
        key_usage=frozenset(usage.native) if usage is not None else frozenset(),
        extended_usage=frozenset(p.dotted for p in extended) if extended is not None else frozenset(),
        critical_unknown=tuple(sorted(names - _UNKNOWN_CRITICAL_OK)),
        public_key_info=body["subject_public_key_info"].dump(),
        signed=body.dump(),
        signature=bytes(parsed["signature_value"].native),
        algorithm=parsed["signature_algorithm"].dump(),
    )


def name_key(name: Any) -> bytes:
    """Return bytes that are equal for names that mean the same: attribute types with folded text, in order.

    Countries write the same issuer as PrintableString here and UTF8String there, in upper or lower case.
    """
    attributes = [attribute for rdn in name.chosen for attribute in rdn]
    return "\x00".join(f"{a['type'].dotted}={' '.join(str(a['value'].native).split()).casefold()}" for a in attributes).encode()


def verify(key: PublicKey, algorithm: bytes, signature: bytes, message: bytes, digest: str | None = None) -> bool:
    """Return whether `signature` over `message` holds.

    Args:
        key: the signer's public key.
        algorithm: DER AlgorithmIdentifier of the signature.
        signature: the signature bytes.
        message: what was signed, as it came.
        digest: hash to use where the algorithm names none (CMS with plain RSA or ECDSA identifiers).

    Raises:
        DeviceFormatError: an algorithm that no document may use, or one that does not fit the key.
    """
    try:
        parsed = algos.SignedDigestAlgorithm.load(algorithm, strict=True)
        name = str(parsed["algorithm"].native)
        if name == "rsassa_pss":
            parameters = parsed["parameters"]
            hash_name = str(parameters["hash_algorithm"]["algorithm"].native)
            mask = parameters["mask_gen_algorithm"]
            mask_hash = str(mask["parameters"]["algorithm"].native) if mask["parameters"] else hash_name
            scheme, pss = "rsa", (mask_hash, int(parameters["salt_length"].native))
            if not 0 <= pss[1] <= 512:
                raise DeviceFormatError("A signature asks for an impossible salt.")
        else:
            pss = None
            scheme = str(parsed.signature_algo)
            hash_name = str(parsed.hash_algo) if "_" in name or "with" in name else (digest or "sha1")
    except DeviceFormatError:
        raise
    except ASN1_ERRORS as error:
        raise DeviceFormatError("A signature algorithm is unknown or malformed.") from error
    if scheme == "ecdsa" and isinstance(key, EllipticKey):
        return verify_ecdsa(key, signature, message, hash_name)
    if scheme in ("rsa", "rsassa_pkcs1v15") and isinstance(key, rsa.RSAPublicKey):
        return verify_rsa(key, signature, message, hash_name, pss=pss)
    raise DeviceFormatError("A signature algorithm does not fit its key.")


def signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Return whether `issuer`'s key made `certificate`'s signature (nothing else is judged)."""
    try:
        return verify(issuer.public_key(), certificate.algorithm, certificate.signature, certificate.signed)
    except DeviceFormatError:
        return False


@dataclass(frozen=True, slots=True, repr=False)
class RevocationList:
    """One CRL: issuer, times and the revoked serial numbers."""

    issuer: bytes
    authority_key_id: bytes | None
    this_update: datetime
    next_update: datetime | None
    serials: frozenset[int]
    signed: bytes
    signature: bytes
    algorithm: bytes

    def __repr__(self) -> str:
        return f"RevocationList({len(self.serials)} entries)"


def load_crl(data: bytes) -> RevocationList:
    """Read one DER revocation list.

    Raises:
        DeviceFormatError: malformed, or larger than 8 MB.
    """
    if len(data) > 8 << 20:
        raise DeviceFormatError("A revocation list is larger than 8 MB.")
    try:
        parsed = crl.CertificateList.load(data)
        body = parsed["tbs_cert_list"]
        revoked = body["revoked_certificates"]
        return RevocationList(
            issuer=hashlib.sha256(name_key(body["issuer"])).digest(),
            authority_key_id=parsed.authority_key_identifier,
            this_update=body["this_update"].native,
            next_update=body["next_update"].native,
            serials=frozenset(int(entry["user_certificate"].native) for entry in revoked) if revoked else frozenset(),
            signed=body.dump(),
            signature=bytes(parsed["signature"].native),
            algorithm=parsed["signature_algorithm"].dump(),
        )
    except ASN1_ERRORS as error:
        raise DeviceFormatError("A revocation list cannot be read.") from error
