"""Country signing certificates: reading certificates, master lists, link certificates and revocation lists into one view.

The station's trust stores (`station/keys`) own the files; this room only parses them and answers "who may have signed this".
A master list counts when its own signature holds; a link certificate counts when a trusted key of the same state signed it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from devices.emrtd import certificates, cms, tlv
from devices.emrtd.certificates import MASTER_LIST_SIGNER, Certificate, RevocationList, signed_by
from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from pathlib import Path

MASTER_LIST: Final = "2.23.136.1.1.2"
MAX_FILE: Final = 32 << 20
MAX_CERTIFICATES: Final = 5000
_PEM: Final = re.compile(rb"-----BEGIN (CERTIFICATE|X509 CRL|CMS|PKCS7)-----(.+?)-----END \1-----", re.DOTALL)
_LDIF: Final = re.compile(rb"^(CscaMasterListData|userCertificate;binary|cACertificate;binary|certificateRevocationList;binary)"
                          rb"::[ ]?(.+)$", re.MULTILINE | re.IGNORECASE)  # fmt: skip


class TrustView(Protocol):
    """What passive authentication asks of a trust store."""

    def authorities(self) -> Sequence[Certificate]:
        """Return the trusted country signing certificates (links included)."""

    def revocation_lists(self) -> Sequence[RevocationList]:
        """Return the revocation lists whose signature a trusted authority made."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or entry that could not be used, and why."""

    name: str
    code: str


@dataclass
class CscaStore:
    """A set of country signing certificates in memory; a `TrustView`. Add everything, then call `settle()`."""

    problems: list[Problem] = field(default_factory=list)
    _pending: dict[str, Certificate] = field(default_factory=dict)
    _trusted: dict[str, Certificate] = field(default_factory=dict)
    _lists: list[RevocationList] = field(default_factory=list)
    _pending_lists: list[tuple[str, RevocationList]] = field(default_factory=list)

    def authorities(self) -> Sequence[Certificate]:
        """See `TrustView.authorities`."""
        return tuple(self._trusted.values())

    def revocation_lists(self) -> Sequence[RevocationList]:
        """See `TrustView.revocation_lists`."""
        return tuple(self._lists)

    def add(self, name: str, data: bytes) -> None:
        """Take one file: DER or PEM certificate, master list, revocation list, LDIF export. Never raises: see `problems`."""
        if len(data) > MAX_FILE:
            self.problems.append(Problem(name, "trust-file-too-large"))
            return
        for part in _parts(data):
            try:
                self._add_der(name, part)
            except DeviceFormatError as error:
                self.problems.append(
                    Problem(name, error.reason_code if error.reason_code != "device-format" else "trust-file-format")
                )

    def _add_der(self, name: str, data: bytes) -> None:
        kind = _kind(data)
        if kind == "list":
            certs, problems = parse_master_list(data)
            self.problems += [Problem(name, code) for code in problems]
            for certificate in certs:
                self._pending[certificate.fingerprint] = certificate
        elif kind == "crl":
            self._pending_lists.append((name, certificates.load_crl(data)))
        else:
            certificate = certificates.load_certificate(data)
            self._pending[certificate.fingerprint] = certificate
        if len(self._pending) > MAX_CERTIFICATES:
            raise DeviceFormatError("More certificates than all states have together.", code="trust-file-too-large")

    def settle(self) -> CscaStore:
        """Decide what is trusted: self-signed authorities, then links that one of those signed, then revocation lists."""
        waiting = dict(self._pending)
        for fingerprint, certificate in list(waiting.items()):
            if certificate.self_issued and certificate.is_authority and signed_by(certificate, certificate):
                self._trusted[fingerprint] = waiting.pop(fingerprint)
        progress = True
        while progress:
            progress = False
            for fingerprint, certificate in list(waiting.items()):
                if certificate.is_authority and any(
                    issuer.country == certificate.country and signed_by(certificate, issuer)
                    for issuer in _issuers(certificate, self._trusted.values())
                ):
                    self._trusted[fingerprint] = waiting.pop(fingerprint)
                    progress = True
        self.problems += [
            Problem(c.subject_text, "trust-no-issuer" if c.is_authority else "trust-not-authority") for c in waiting.values()
        ]
        self._pending = {}
        for name, revocations in self._pending_lists:
            if any(_crl_signed_by(revocations, issuer) for issuer in self._trusted.values()):
                self._lists.append(revocations)
            else:
                self.problems.append(Problem(name, "trust-crl-signature"))
        self._pending_lists = []
        return self


def _issuers(certificate: Certificate, among: Iterable[Certificate]) -> list[Certificate]:
    """Return the authorities that may have issued `certificate`: by key identifier where both state one, else by name."""
    found = []
    for issuer in among:
        if certificate.authority_key_id is not None and issuer.key_id is not None:
            if certificate.authority_key_id == issuer.key_id:
                found.append(issuer)
        elif certificate.issuer == issuer.subject:
            found.append(issuer)
    return found


def possible_issuers(certificate: Certificate, view: TrustView) -> list[Certificate]:
    """Return the trusted authorities that may have issued `certificate`."""
    return _issuers(certificate, view.authorities())


def _crl_signed_by(revocations: RevocationList, issuer: Certificate) -> bool:
    if revocations.issuer != issuer.subject and revocations.authority_key_id != issuer.key_id:
        return False
    try:
        return certificates.verify(issuer.public_key(), revocations.algorithm, revocations.signature, revocations.signed)
    except DeviceFormatError:
        return False


def parse_master_list(data: bytes) -> tuple[tuple[Certificate, ...], tuple[str, ...]]:
    """Read a CSCA master list (ICAO Doc 9303-12 section 9) and check its signature.

    Returns the certificates and the codes of entries that could not be used.

    Raises:
        DeviceFormatError: malformed, another content, or a signature that does not hold (code ``trust-list-signature``).
    """
    message = cms.parse(data, skip_bad_certificates=True)
    if message.content_type != MASTER_LIST:
        raise DeviceFormatError("The file is no master list.", code="trust-not-a-list")
    if not any(_list_signature(message, signer) for signer in message.signers):
        raise DeviceFormatError(
            "The signature of the master list does not hold; nothing of it was taken.", code="trust-list-signature"
        )
    fields = tlv.parse_single(message.content, 0x30).children()
    certs: list[Certificate] = []
    problems: list[str] = []
    for item in tlv.need(fields, 0x31).children():
        try:
            certs.append(certificates.load_certificate(item.raw))
        except DeviceFormatError:
            problems.append("trust-entry-format")
    return tuple(certs), tuple(problems)


def _list_signature(message: cms.SignedData, signer: cms.SignerInfo) -> bool:
    for certificate in message.candidates(signer):
        if MASTER_LIST_SIGNER not in certificate.extended_usage and not certificate.is_authority:
            continue
        try:
            if cms.verify_signer(message, signer, certificate):
                return True
        except DeviceFormatError:
            continue
    return False


def _kind(data: bytes) -> str:
    """Tell a CMS message, a revocation list and a certificate apart by their first objects."""
    children = tlv.parse_single(data, 0x30).children()
    if children and children[0].tag == 0x06:
        return "list"
    inner = tlv.parse_all(children[0].value) if children and children[0].tag == 0x30 else []
    # A certificate's body has its subject's key at index 5 or 6; a list's body has a time where the issuer's validity would be.
    has_time = any(item.tag in (0x17, 0x18) for item in inner)
    return "crl" if has_time else "certificate"


def _parts(data: bytes) -> Iterator[bytes]:
    """Yield the DER objects of a file: PEM blocks, LDIF attributes, or the file itself."""
    if b"-----BEGIN " in data[:4096]:
        for match in _PEM.finditer(data):
            yield _base64(match.group(2))
    elif re.match(rb"\s*(#|version:|dn:)", data[:64]):
        unfolded = re.sub(rb"\r?\n ", b"", data)
        for match in _LDIF.finditer(unfolded):
            yield _base64(match.group(2))
    else:
        yield data


def _base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        return b""


def read_directory(folder: Path) -> CscaStore:
    """Read every file of a directory (not of those below it) into a settled store; unreadable files become problems."""
    store = CscaStore()
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not path.is_file() or path.name.startswith("."):
            continue
        try:
            store.add(path.name, path.read_bytes())
        except OSError:
            store.problems.append(Problem(path.name, "trust-file-unreadable"))
    return store.settle()
