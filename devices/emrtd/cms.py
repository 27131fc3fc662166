"""SignedData of RFC 5652 as travel documents use it: EF.SOD, EF.CardSecurity and master lists.

The traps: signed attributes are signed as a SET OF (tag 31 instead of A0); messageDigest and contentType must be there and
fit; the content is the bytes inside the OCTET STRING as they came.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import cms as asn1_cms

from devices.emrtd import certificates
from devices.emrtd.certificates import Certificate
from devices.emrtd.keys import ASN1_ERRORS, HASHES
from devices.errors import DeviceFormatError

MAX_SIGNED: Final = 16 << 20
MAX_CERTIFICATES: Final = 64


@dataclass(frozen=True, slots=True, repr=False)
class SignerInfo:
    """One signature: how the signer is named, what is signed, and what the attributes claim."""

    issuer: bytes | None
    serial: int | None
    key_id: bytes | None
    digest: str
    signature_algorithm: bytes
    signature: bytes
    signed_attributes: bytes | None
    claimed_digest: bytes | None
    claimed_type: str | None


@dataclass(frozen=True, slots=True, repr=False)
class SignedData:
    """One message: content type, content, the certificates it carries, its signers."""

    content_type: str
    content: bytes
    certificates: tuple[Certificate, ...]
    signers: tuple[SignerInfo, ...]

    def candidates(self, signer: SignerInfo) -> tuple[Certificate, ...]:
        """Return the carried certificates that may be the signer's: those named first, then any other.

        Some documents name the signer wrongly (issuer and serial of another certificate); the signature then decides.
        """
        named = [c for c in self.certificates if (signer.key_id is not None and c.key_id == signer.key_id)
                 or (signer.serial == c.serial and signer.issuer == c.issuer)]  # fmt: skip
        return (*named, *(c for c in self.certificates if c not in named))


def parse(data: bytes, *, skip_bad_certificates: bool = False) -> SignedData:
    """Read a ContentInfo with SignedData.

    Raises:
        DeviceFormatError: malformed, another content type, larger than 16 MB, no content, or no signer.
    """
    if len(data) > MAX_SIGNED:
        raise DeviceFormatError("A signed message is larger than 16 MB.")
    try:
        info = asn1_cms.ContentInfo.load(data)
        if info["content_type"].native != "signed_data":
            raise DeviceFormatError("The security file holds something else than signed data.")
        signed = info["content"]
        encapsulated = signed["encap_content_info"]
        content = encapsulated["content"].contents if encapsulated["content"] else None
        if content is None:
            raise DeviceFormatError("A signed message carries no content.")
        # ParsableOctetString keeps the bytes; `.contents` is exactly what stands inside the OCTET STRING.
        found = _certificates(signed["certificates"], skip_bad=skip_bad_certificates)
        signers = tuple(_signer(item) for item in signed["signer_infos"])
        content_type = encapsulated["content_type"].dotted
    except DeviceFormatError:
        raise
    except ASN1_ERRORS as error:
        raise DeviceFormatError("A signed message cannot be read.") from error
    if not signers or len(signers) > 8:
        raise DeviceFormatError("A signed message has no signature, or more than eight.")
    return SignedData(content_type, bytes(content), found, signers)


def _certificates(items: Any, *, skip_bad: bool) -> tuple[Certificate, ...]:
    found = []
    for item in list(items)[:MAX_CERTIFICATES] if items else []:
        if item.name != "certificate":
            continue
        try:
            found.append(certificates.load_certificate(item.chosen.dump()))
        except DeviceFormatError:
            if not skip_bad:
                raise
    return tuple(found)


def _signer(item: Any) -> SignerInfo:
    sid = item["sid"]
    issuer = serial = key_id = None
    if sid.name == "issuer_and_serial_number":
        issuer = hashlib.sha256(certificates.name_key(sid.chosen["issuer"])).digest()
        serial = int(sid.chosen["serial_number"].native)
    else:
        key_id = bytes(sid.chosen.native)
    attributes = item["signed_attrs"]
    raw: bytes | None = None
    claimed_digest: bytes | None = None
    claimed_type: str | None = None
    if attributes:
        dumped = attributes.dump()
        raw = b"\x31" + dumped[1:]
        for attribute in attributes:
            if attribute["type"].native == "message_digest":
                claimed_digest = bytes(attribute["values"][0].native)
            elif attribute["type"].native == "content_type":
                claimed_type = attribute["values"][0].dotted
    return SignerInfo(issuer, serial, key_id, str(item["digest_algorithm"]["algorithm"].native),
                      item["signature_algorithm"].dump(), bytes(item["signature"].native), raw, claimed_digest,
                      claimed_type)  # fmt: skip


def verify_signer(message: SignedData, signer: SignerInfo, certificate: Certificate) -> bool:
    """Return whether `certificate`'s key made this signature over this content.

    Raises:
        DeviceFormatError: an algorithm that no document may use.
    """
    if signer.digest not in HASHES:
        raise DeviceFormatError("A signed message uses a hash that no document may use.")
    if signer.signed_attributes is None:
        covered = message.content
    else:
        digest = hashlib.new(signer.digest, message.content, usedforsecurity=False).digest()
        if signer.claimed_digest != digest or signer.claimed_type != message.content_type:
            return False
        covered = signer.signed_attributes
    return certificates.verify(certificate.public_key(), signer.signature_algorithm, signer.signature, covered, signer.digest)
