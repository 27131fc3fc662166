"""What a reading is worth: passive authentication and the chip's own proof in one verdict.

A tampered group, a copied chip, an expired or wrongly used signer, an unknown authority, a downgrade: each has its own code,
and none of them is ever *verified*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices.emrtd import chip_authentication, cms, lds, passive, security_infos
from devices.emrtd.certificates import signed_by
from devices.emrtd.lds import File
from devices.emrtd.passive import Answer, Finding, PassiveResult
from devices.emrtd.reading import ChipData, ChipProof
from devices.emrtd.standing import CardStanding, standing_of
from devices.emrtd.trust import TrustView, possible_issuers
from devices.errors import DeviceFormatError

if TYPE_CHECKING:
    from datetime import datetime

SECURITY_OBJECT = "0.4.0.127.0.7.3.2.1"


@dataclass(frozen=True, slots=True)
class CardVerdict:
    """The answer, one code for the screen, what passive authentication found, and how the chip proved itself."""

    answer: Answer
    code: str
    passive: PassiveResult
    chip: ChipProof
    findings: tuple[Finding, ...]

    @property
    def genuine(self) -> bool:
        """Whether data are verified and the chip proved itself (or its state gave it no key to do so)."""
        return self.answer is Answer.VERIFIED

    @property
    def standing(self) -> CardStanding:
        """What the findings mean for the work."""
        return standing_of((f.code for f in self.findings if f.breaks), verified=self.answer is Answer.VERIFIED)


def judge(data: ChipData, view: TrustView, when: datetime) -> CardVerdict:
    """Return the verdict on what was read, at the moment `when` (aware)."""
    result = passive.verify(data.sod, data.groups, view, when, com=data.com, card_access=data.card_access,
                            opened_by_bac=data.access == "BAC")  # fmt: skip
    findings = [*result.findings, *(Finding("group-withheld", n, breaks=n in _WITHHOLDING_BREAKS) for n in data.withheld)]
    proof, failed = _proof(data, view)
    if failed is not None:
        findings.append(failed)
    broken = [f for f in findings if f.breaks]
    answer = Answer.BROKEN if broken else result.answer
    return CardVerdict(answer, _code(answer, broken), result, proof, tuple(findings))


_WITHHOLDING_BREAKS = frozenset({1, 2, 13, 14, 15})
"""Groups that carry the person or the chip's keys; without the others nothing false is said."""
_ORDER = ("chip-clone", "downgrade", "group-hash", "sod-signature", "signer-signature", "signer-revoked", "signer-expired",
          "signer-not-yet-valid", "signer-usage")  # fmt: skip


def _code(answer: Answer, broken: list[Finding]) -> str:
    if answer is Answer.VERIFIED:
        return "card-verified"
    if answer is Answer.NO_TRUST_ANCHOR:
        return "card-no-trust-anchor"
    codes = [f.code for f in broken]
    return "card-" + next((code for code in _ORDER if code in codes), codes[0])


def _proof(data: ChipData, view: TrustView) -> tuple[ChipProof, Finding | None]:
    """Combine the three ways a chip can prove itself; a proof that fails outweighs one that holds."""
    infos = _infos(data)
    held: list[ChipProof] = []
    if data.chip_authentication is ChipProof.FAILED:
        return ChipProof.FAILED, Finding("chip-clone")
    if data.chip_authentication is ChipProof.CHIP_AUTHENTICATION:
        held.append(ChipProof.CHIP_AUTHENTICATION)
    if data.mapping_proof:
        if not _mapping_holds(data, infos, view):
            return ChipProof.FAILED, Finding("chip-clone")
        held.append(ChipProof.MAPPING)
    if 15 in data.groups and data.challenge:
        active = _active(data, infos)
        if active is ChipProof.FAILED:
            return ChipProof.FAILED, Finding("chip-clone")
        if active is ChipProof.ACTIVE_AUTHENTICATION:
            held.append(active)
    if held:
        return held[0], None
    offered = 15 in data.groups or bool(infos and infos.public_keys)
    if not offered:
        return ChipProof.NOT_OFFERED, None
    # A chip that has a key and never proved it may be a copy that knows better than to try.
    return (ChipProof.REFUSED, Finding("chip-refused"))


def _infos(data: ChipData) -> security_infos.SecurityInfos | None:
    if 14 not in data.groups:
        return None
    try:
        return security_infos.parse(lds.unwrap(data.groups[14], File.DG14))
    except DeviceFormatError:
        return None


def _active(data: ChipData, infos: security_infos.SecurityInfos | None) -> ChipProof:
    if not data.challenge_signature:
        return ChipProof.REFUSED
    algorithm = infos.active_authentication_algorithm if infos is not None else None
    try:
        key = lds.parse_dg15(data.groups[15])
        holds = chip_authentication.signature_holds(key, algorithm, data.challenge, data.challenge_signature)
    except DeviceFormatError:
        holds = False
    return ChipProof.ACTIVE_AUTHENTICATION if holds else ChipProof.FAILED


def _mapping_holds(data: ChipData, infos: security_infos.SecurityInfos | None, view: TrustView) -> bool:
    """Check PACE-CAM against the key of DG14, else against that of EF.CardSecurity when a trusted authority vouches for it."""
    try:
        if infos is not None and chip_authentication.mapping_proof_holds(infos, data.mapping_proof, data.mapping_key):
            return True
        if data.card_security is None:
            return False
        message = cms.parse(data.card_security)
        vouched = message.content_type == SECURITY_OBJECT and any(
            cms.verify_signer(message, signer, certificate)
            and any(signed_by(certificate, a) for a in possible_issuers(certificate, view))
            for signer in message.signers
            for certificate in message.candidates(signer)
        )
        return vouched and chip_authentication.mapping_proof_holds(security_infos.parse(message.content), data.mapping_proof,
                                                                   data.mapping_key)  # fmt: skip
    except DeviceFormatError:
        return False
