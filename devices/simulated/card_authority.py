"""A test state: its own country signing key and document signers, made on first use, marked as simulated in every name.

It signs what simulated chips carry. Its certificate is never among the trusted ones of a production station.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from devices.simulated.card_bytes import der, der_int, der_oid

START: Final = datetime(2024, 1, 1, tzinfo=UTC)
_HASH_OID: Final = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2",
                    "sha512": "2.16.840.1.101.3.4.2.3"}  # fmt: skip
_HASH: Final[dict[str, Any]] = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Simulated, test only"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


@dataclass(frozen=True, slots=True)
class Signer:
    """A document signer: certificate and private key; `scheme` is ``ecdsa``, ``rsa`` or ``pss``."""

    certificate: x509.Certificate
    key: Any
    scheme: str = "ecdsa"

    @property
    def der(self) -> bytes:
        """The certificate's bytes."""
        return self.certificate.public_bytes(Encoding.DER)

    def algorithm(self, hash_name: str) -> bytes:
        """Return the AlgorithmIdentifier of this scheme."""
        if self.scheme == "ecdsa":
            last = {"sha1": "1", "sha256": "3.2", "sha384": "3.3", "sha512": "3.4"}[hash_name]
            return der(0x30, der_oid(f"1.2.840.10045.4.{last}"))
        if self.scheme == "rsa":
            last = {"sha1": "5", "sha256": "11", "sha384": "12", "sha512": "13"}[hash_name]
            return der(0x30, der_oid(f"1.2.840.113549.1.1.{last}"), der(0x05))
        inner = der(0x30, der_oid(_HASH_OID[hash_name]), der(0x05))
        mask = der(0x30, der_oid("1.2.840.113549.1.1.8"), inner)
        salt = der_int(hashlib.new(hash_name, usedforsecurity=False).digest_size)
        return der(0x30, der_oid("1.2.840.113549.1.1.10"), der(0x30, der(0xA0, inner), der(0xA1, mask), der(0xA2, salt)))

    def sign(self, data: bytes, hash_name: str) -> bytes:
        """Return the signature over `data`."""
        digest = _HASH[hash_name]()
        if self.scheme == "ecdsa":
            return bytes(self.key.sign(data, ec.ECDSA(digest)))
        scheme = padding.PKCS1v15() if self.scheme == "rsa" else padding.PSS(padding.MGF1(digest), digest.digest_size)
        return bytes(self.key.sign(data, scheme, digest))


class TestAuthority:
    """One country signing certificate with its key."""

    __test__ = False  # not a test class, whatever its name begins with

    def __init__(self, common: str = "CSCA Simulated Viet Nam", curve: ec.EllipticCurve | None = None, *,
                 start: datetime = START, years: float = 15, previous: TestAuthority | None = None) -> None:  # fmt: skip
        self.key = ec.generate_private_key(curve or ec.BrainpoolP384R1())
        self.name = _name(common)
        self.certificate = self._authority(self.key, self.name, start, years)
        self.link = previous.sign_link(self, start, years) if previous else None

    @property
    def der(self) -> bytes:
        """The self-signed certificate."""
        return self.certificate.public_bytes(Encoding.DER)

    def _authority(self, signing: Any, issuer: x509.Name, start: datetime, years: float, *,
                   subject: TestAuthority | None = None) -> x509.Certificate:  # fmt: skip
        own = subject or self
        public = own.key.public_key()
        builder = (
            x509.CertificateBuilder()
            .subject_name(own.name)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=365.25 * years))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        )
        return builder.sign(signing, hashes.SHA384())

    def sign_link(self, new: TestAuthority, start: datetime, years: float) -> x509.Certificate:
        """Return the link certificate: the new authority's key under the old one's signature."""
        return self._authority(self.key, self.name, start, years, subject=new)

    def signer(self, *, scheme: str = "ecdsa", start: datetime = START, years: float = 13, usage: tuple[str, ...] = ("digital_signature",),
               authority: bool = False, extended: bool = False, forged: bool = False) -> Signer:  # fmt: skip
        """Make a document signer. `forged` signs its certificate with a key that is not this authority's."""
        key: Any = ec.generate_private_key(ec.BrainpoolP256R1()) if scheme == "ecdsa" else _rsa_key(scheme)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name("DS Simulated 1"))
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=365.25 * years))
            .add_extension(_usage(*usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if authority:
            builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        if extended:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        signing = ec.generate_private_key(ec.BrainpoolP384R1()) if forged else self.key
        return Signer(builder.sign(signing, hashes.SHA384()), key, scheme)

    def revocation_list(self, serials: list[int], *, start: datetime = START, days: float = 3650) -> bytes:
        """Return a DER revocation list with these serial numbers."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name).last_update(start)
        builder = builder.next_update(start + timedelta(days=days))
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        for serial in serials:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(start).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.key, hashes.SHA384()).public_bytes(Encoding.DER)

    def master_list(self, certificates: list[bytes], *, forged: bool = False) -> bytes:
        """Return a signed CSCA master list (ICAO Doc 9303-12 section 9) holding these certificates."""
        signer = self._list_signer()
        content = der(0x30, der_int(0), der(0x31, *certificates))
        return signed_data("2.23.136.1.1.2", content, [signer], "sha256", extra=[self.der], wrong_signature=forged)

    def _list_signer(self) -> Signer:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name("Master list signer, simulated"))
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(START)
            .not_valid_after(START + timedelta(days=3650))
            .add_extension(_usage("digital_signature"), critical=True)
            .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier("2.23.136.1.1.3")]), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return Signer(builder.sign(self.key, hashes.SHA384()), key)


_USAGES: Final = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                  "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip


def _usage(*names: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in names for name in _USAGES})


@lru_cache(maxsize=4)
def _rsa_key(label: str) -> rsa.RSAPrivateKey:  # noqa: ARG001 - one cached key per label: making them is slow
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@lru_cache(maxsize=1)
def test_authority() -> TestAuthority:
    """Return this process's test state, made on first use."""
    return TestAuthority()


test_authority.__test__ = False  # type: ignore[attr-defined]  # pytest must not collect it


def signed_data(content_type: str, content: bytes, signers: list[Signer], hash_name: str, *, extra: list[bytes] | None = None,
                wrong_digest: bool = False, wrong_type: bool = False, wrong_signature: bool = False,
                misnamed: bool = False) -> bytes:  # fmt: skip
    """Return a CMS SignedData (RFC 5652) over `content`."""
    digest_id = der(0x30, der_oid(_HASH_OID[hash_name]), der(0x05))
    infos = []
    for signer in signers:
        digest = hashlib.new(hash_name, content, usedforsecurity=False).digest()
        claimed = bytes(len(digest)) if wrong_digest else digest
        stated = "1.2.840.113549.1.7.1" if wrong_type else content_type
        attributes = sorted([
            der(0x30, der_oid("1.2.840.113549.1.9.3"), der(0x31, der_oid(stated))),
            der(0x30, der_oid("1.2.840.113549.1.9.4"), der(0x31, der(0x04, claimed))),
        ])  # fmt: skip
        signature = signer.sign(der(0x31, *attributes), hash_name)
        if wrong_signature:
            signature = signer.sign(b"something else", hash_name)
        serial = signer.certificate.serial_number + (1 if misnamed else 0)
        sid = der(0x30, signer.certificate.issuer.public_bytes(), der_int(serial))
        infos.append(
            der(0x30, der_int(1), sid, digest_id, der(0xA0, *attributes), signer.algorithm(hash_name), der(0x04, signature))
        )
    certificates = [signer.der for signer in signers] + (extra or [])
    body = der(0x30, der_int(3), der(0x31, digest_id), der(0x30, der_oid(content_type), der(0xA0, der(0x04, content))),
               der(0xA0, *certificates), der(0x31, *infos))  # fmt: skip
    return der(0x30, der_oid("1.2.840.113549.1.7.2"), der(0xA0, body))
