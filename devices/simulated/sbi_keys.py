"""Keys and certificates of a simulated SBI device: root, provider, device and chip, made in memory on first use, never on disk.

Every subject says "Simulated, test only"; no production station trusts this root.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

START: Final = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """A key with its certificates, leaf first (the root is not sent)."""

    key: rsa.RSAPrivateKey
    chain: tuple[x509.Certificate, ...]

    def token(self, payload: Mapping[str, Any], *, algorithm: str = "RS256") -> str:
        """Return ``header.payload.signature``; `algorithm` is what the header claims (a fault may claim another)."""
        x5c = [base64.b64encode(c.public_bytes(Encoding.DER)).decode() for c in self.chain]
        head = _segment({"alg": algorithm, "typ": "JWT", "x5c": x5c})
        body = f"{head}.{_segment(payload)}"
        signature = self.key.sign(body.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{body}.{_text(b'' if algorithm == 'none' else signature)}"


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """Everything one simulated device signs with, and the root a test station may trust."""

    root: x509.Certificate
    device: TokenSigner
    chip: TokenSigner
    late: TokenSigner
    """The device's key with a certificate that ran out in 2025."""

    @property
    def root_der(self) -> bytes:
        """The root's bytes, to be imported as a device maker."""
        return self.root.public_bytes(Encoding.DER)

    def trust(self) -> SimulatedMakers:
        """Return a trust view that holds this root only."""
        return SimulatedMakers((self.root_der,))


@dataclass(frozen=True, slots=True)
class _Entry:
    data: bytes


@dataclass(frozen=True, slots=True)
class SimulatedMakers:
    """A trust view for tests and demonstrations."""

    roots: tuple[bytes, ...]
    revoked: Mapping[str, str] = field(default_factory=dict)

    def good(self, now: datetime) -> Sequence[_Entry]:
        """Return the trusted roots."""
        _ = now
        return tuple(_Entry(root) for root in self.roots)


@lru_cache(maxsize=8)
def device_keys(maker: str = "Simulated Maker") -> DeviceKeys:
    """Return the keys of a maker, the same within this process."""
    root_key, provider_key, device_key, chip_key = (rsa.generate_private_key(65_537, 2048) for _ in range(4))
    root = _certificate(f"{maker} Root", root_key, f"{maker} Root", root_key, authority=1)
    provider = _certificate(f"{maker} Provider", provider_key, f"{maker} Root", root_key, authority=0)
    device = _certificate(f"{maker} Device", device_key, f"{maker} Provider", provider_key, days=5_000)
    late = _certificate(f"{maker} Device", device_key, f"{maker} Provider", provider_key, days=365)
    chip = _certificate(f"{maker} Chip", chip_key, f"{maker} Provider", provider_key, days=5_000)
    return DeviceKeys(root, TokenSigner(device_key, (device, provider)), TokenSigner(chip_key, (chip, provider)),
                      TokenSigner(device_key, (late, provider)))  # fmt: skip


def _certificate(name: str, key: rsa.RSAPrivateKey, issuer: str, issuer_key: rsa.RSAPrivateKey, *, authority: int | None = None,
                 days: int = 5_400) -> x509.Certificate:  # fmt: skip
    is_authority = authority is not None
    usage = x509.KeyUsage(digital_signature=not is_authority, content_commitment=False, key_encipherment=False, data_encipherment=False,
                          key_agreement=False, key_cert_sign=is_authority, crl_sign=is_authority, encipher_only=False, decipher_only=False)  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=authority), critical=True)
        .add_extension(usage, critical=True)
    )
    return builder.sign(issuer_key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Simulated, test only"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _segment(value: Mapping[str, Any]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
