"""Passive authentication (ICAO Doc 9303-11 section 5.1) with three answers, each with its evidence.

*Verified*: every group read has the hash its state signed. *Broken*: something contradicts, with the group or signature named.
*No trust anchor*: nothing contradicts, but no trusted authority is known for the signer; the raw files are kept for a later look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from devices.emrtd import cms, lds, security_infos, sod
from devices.emrtd.certificates import Certificate, signed_by
from devices.emrtd.trust import TrustView, possible_issuers
from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from datetime import datetime


class Answer(StrEnum):
    """The three answers."""

    VERIFIED = "verified"
    BROKEN = "broken"
    NO_TRUST_ANCHOR = "no-trust-anchor"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that contradicts (`breaks`) or is worth knowing; `group` is the data group it concerns."""

    code: str
    group: int | None = None
    breaks: bool = True


@dataclass(frozen=True, slots=True)
class PassiveResult:
    """The answer with its evidence: which groups were compared, whose signature, under which authority."""

    answer: Answer
    findings: tuple[Finding, ...]
    groups: Mapping[int, bool] = field(default_factory=dict)
    """Data group → whether its hash is the signed one."""
    unread: tuple[int, ...] = ()
    """Groups that are signed but were not read (DG3 is locked)."""
    hash_name: str = ""
    signer: str = ""
    """SHA-256 of the document signer's certificate, hex."""
    signer_name: str = ""
    authority: str = ""
    """SHA-256 of the authority's certificate, hex."""
    authority_name: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of what breaks, each once."""
        return tuple(dict.fromkeys(f.code for f in self.findings if f.breaks))


def verify(sod_bytes: bytes, groups: Mapping[int, bytes], view: TrustView, when: datetime, *,
           com: bytes | None = None, card_access: bytes | None = None, opened_by_bac: bool = False) -> PassiveResult:  # fmt: skip
    """Judge the files of one chip.

    Args:
        sod_bytes: EF.SOD as read.
        groups: data group number → file as read; hashed exactly as they are.
        view: trusted authorities and revocation lists.
        when: the moment to judge validity at (aware).
        com: EF.COM, whose list must not go beyond what is signed.
        card_access: EF.CardAccess, whose PACE offers must be those that DG14 vouches for.
        opened_by_bac: whether the chip was opened by BAC; a signed PACE offer then means a downgrade.

    Raises:
        DeviceFormatError: never; malformed files are a *broken* answer.
    """
    try:
        security = sod.parse(sod_bytes)
    except DeviceFormatError:
        return PassiveResult(Answer.BROKEN, (Finding("sod-format"),))
    findings: list[Finding] = []
    same = _compare(security, groups, findings)
    _check_com(security, com, findings)
    _check_access(groups.get(14), same.get(14, False), card_access, opened_by_bac, findings)
    signers = _signers(security, findings)
    authority = None
    anchored = False
    # Some objects carry several signatures: the one whose authority is known counts, else the first that holds.
    signer = next(
        (s for s in signers if any(signed_by(s, a) for a in possible_issuers(s, view))), signers[0] if signers else None
    )
    if signer is not None:
        _check_signer(signer, when, findings)
        authority, anchored = _anchor(signer, view, when, findings)
    broken = any(f.breaks for f in findings)
    answer = Answer.BROKEN if broken else Answer.VERIFIED if anchored else Answer.NO_TRUST_ANCHOR
    return PassiveResult(
        answer,
        tuple(findings),
        same,
        tuple(sorted(set(security.hashes) - set(groups))),
        security.hash_name,
        signer.fingerprint if signer else "",
        signer.subject_text if signer else "",
        authority.fingerprint if authority else "",
        authority.subject_text if authority else "",
    )


def _compare(security: sod.SecurityObject, groups: Mapping[int, bytes], findings: list[Finding]) -> dict[int, bool]:
    same: dict[int, bool] = {}
    for number, data in sorted(groups.items()):
        expected = security.hashes.get(number)
        digest = hashlib.new(security.hash_name, data, usedforsecurity=False).digest()
        same[number] = expected == digest
        if expected is None:
            findings.append(Finding("group-not-signed", number))
        elif not same[number]:
            findings.append(Finding("group-hash", number))
    if not same:
        findings.append(Finding("nothing-read"))
    return same


def _check_com(security: sod.SecurityObject, com: bytes | None, findings: list[Finding]) -> None:
    if com is None:
        return
    try:
        listed = {file.group for file in lds.parse_com(com).files if file.group is not None}
    except DeviceFormatError:
        findings.append(Finding("com-format"))
        return
    findings += [Finding("com-lists-unsigned", number) for number in sorted(listed - set(security.hashes))]
    findings += [Finding("com-omits-signed", number, breaks=False) for number in sorted(set(security.hashes) - listed)]


def _check_access(dg14: bytes | None, dg14_signed: bool, card_access: bytes | None, by_bac: bool,
                  findings: list[Finding]) -> None:  # fmt: skip
    """Compare the unsigned EF.CardAccess with the signed DG14 (Doc 9303-11 section 9.2.11): an altered offer is a downgrade."""
    if dg14 is None or not dg14_signed:
        if card_access is not None:
            findings.append(Finding("access-unsigned", 14, breaks=False))
        return
    try:
        signed = security_infos.parse(lds.unwrap(dg14, lds.File.DG14))
        offered = security_infos.parse(card_access) if card_access is not None else None
    except DeviceFormatError:
        findings.append(Finding("access-format", 14))
        return
    if by_bac and signed.pace:
        findings.append(Finding("downgrade", 14))
    if offered is not None:
        if not signed.pace_raw:
            findings.append(Finding("access-unsigned", 14, breaks=False))
        elif offered.pace_raw != signed.pace_raw:
            findings.append(Finding("downgrade", 14))


def _signers(security: sod.SecurityObject, findings: list[Finding]) -> list[Certificate]:
    """Return the certificates whose keys signed the object."""
    unknown_algorithm = False
    found: list[Certificate] = []
    for signer in security.message.signers:
        for certificate in security.message.candidates(signer):
            try:
                if cms.verify_signer(security.message, signer, certificate):
                    named = certificate.serial == signer.serial or certificate.key_id == signer.key_id
                    if not named:
                        findings.append(Finding("signer-misnamed", breaks=False))
                    found.append(certificate)
                    break
            except DeviceFormatError:
                unknown_algorithm = True
    if not found:
        findings.append(Finding("sod-algorithm" if unknown_algorithm else "sod-signature"))
    return found


def _check_signer(signer: Certificate, when: datetime, findings: list[Finding]) -> None:
    if when > signer.not_after:
        findings.append(Finding("signer-expired"))
    if when < signer.not_before:
        findings.append(Finding("signer-not-yet-valid"))
    # Doc 9303-12 table 5: digitalSignature alone, no authority, no extended usage.
    if (
        signer.is_authority
        or signer.key_usage - {"digital_signature", "non_repudiation"}
        or signer.extended_usage
        or "digital_signature" not in signer.key_usage
    ):
        findings.append(Finding("signer-usage"))
    if signer.critical_unknown:
        findings.append(Finding("signer-critical-extension"))


def _anchor(signer: Certificate, view: TrustView, when: datetime, findings: list[Finding]) -> tuple[Certificate | None, bool]:
    candidates = possible_issuers(signer, view)
    authority = next((c for c in candidates if signed_by(signer, c)), None)
    if authority is None:
        if any(c.key_id is not None and c.key_id == signer.authority_key_id for c in candidates):
            # The very key it names is known and did not sign it: forged.
            findings.append(Finding("signer-signature"))
        return None, False
    if not authority.valid_at(when):
        findings.append(Finding("authority-expired"))
    if authority.key_usage and "key_cert_sign" not in authority.key_usage:
        findings.append(Finding("authority-usage"))
    for revocations in view.revocation_lists():
        of_authority = revocations.issuer == authority.subject or revocations.authority_key_id == authority.key_id
        if of_authority and signer.serial in revocations.serials:
            findings.append(Finding("signer-revoked"))
        if of_authority and revocations.next_update is not None and when > revocations.next_update:
            findings.append(Finding("revocation-list-stale", breaks=False))
    return authority, True
