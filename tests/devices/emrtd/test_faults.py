"""Every fault switch of the simulated chip by name, and what the reading or its verdict must say to it.

None of these may ever end as *verified* unless the table says so (quirks of honest chips).
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from devices import mrz
from devices.emrtd import lds
from devices.emrtd.access import AccessKey
from devices.emrtd.passive import Answer
from devices.errors import DeviceError
from devices.simulated.card_faults import Fault
from devices.simulated.card_issue import Design, PaceOffer
from tests.devices.emrtd.conftest import read, verdict


@dataclass(frozen=True)
class Case:
    """A card and what must come of it: a verdict code, or the code of the error that ends the reading."""

    name: str
    faults: tuple[Fault, ...]
    expect: str
    design: Design | None = None
    by_mrz: bool = False
    max_block: int = 2048


F = Fault
BAC = Design(pace=())
CASES = [
    # wrong keys and waiting chips
    Case("can of another card", (F.WRONG_CAN,), "card-wrong-key"),
    Case("mrz of another card, PACE", (F.WRONG_MRZ,), "card-wrong-key", by_mrz=True),
    Case("mrz of another card, BAC", (F.WRONG_MRZ,), "card-wrong-key", BAC, by_mrz=True),
    Case("password suspended", (F.PACE_SUSPENDED,), "card-blocked"),
    Case("chip warns how many tries are left", (F.PACE_TRIES_WARNING,), "card-verified"),
    # tampered data
    Case("DG1 altered", (F.TAMPERED_DG1,), "card-group-hash"),
    Case("DG2 altered", (F.TAMPERED_DG2,), "card-group-hash"),
    Case("DG13 altered", (F.TAMPERED_DG13,), "card-group-hash"),
    Case("security object is no ASN.1", (F.SOD_GARBAGE,), "card-sod-format"),
    Case("signature of the security object wrong", (F.SOD_SIGNATURE,), "card-sod-signature"),
    Case("message digest attribute wrong", (F.SOD_DIGEST,), "card-sod-signature"),
    Case("content type attribute wrong", (F.SOD_TYPE,), "card-sod-signature"),
    Case("EF.COM lists an unsigned group", (F.COM_LISTS_UNSIGNED,), "card-com-lists-unsigned"),
    Case("DG15 withheld to avoid active authentication", (F.WITHHOLD_DG15,), "card-group-withheld"),
    Case("DG14 withheld to avoid chip authentication", (F.WITHHOLD_DG14,), "card-group-withheld"),
    # signers
    Case("unknown authority", (F.SIGNER_UNKNOWN,), "card-no-trust-anchor"),
    Case("signer expired", (F.SIGNER_EXPIRED,), "card-signer-expired"),
    Case("signer not yet valid", (F.SIGNER_NOT_YET_VALID,), "card-signer-not-yet-valid"),
    Case("signer of another usage", (F.SIGNER_USAGE,), "card-signer-usage"),
    Case("signer is an authority", (F.SIGNER_IS_AUTHORITY,), "card-signer-usage"),
    Case("signer certificate forged", (F.SIGNER_FORGED,), "card-signer-signature"),
    Case("signer named wrongly, signature right (gmrtd 441)", (F.SIGNER_MISNAMED,), "card-verified"),
    Case("several signers in the security object", (F.SEVERAL_SIGNERS,), "card-verified"),
    Case("LDS security object version 1", (F.SOD_V1,), "card-verified"),
    # copies
    Case("copied chip, chip authentication", (F.CLONE_CHIP_KEY,), "card-chip-clone"),
    Case("copied chip, 3DES", (F.CLONE_CHIP_KEY,), "card-chip-clone", Design(chip_cipher=1)),
    Case("copied chip, active authentication", (F.CLONE_ACTIVE_KEY,), "card-chip-clone"),
    Case(
        "copied chip, RSA active authentication", (F.CLONE_ACTIVE_KEY,), "card-chip-clone", Design(active="rsa", chip_cipher=None)
    ),
    Case("copied chip, PACE-CAM", (F.CLONE_CHIP_KEY,), "card-chip-clone", Design(pace=(PaceOffer("CAM"),))),
    Case("chip refuses every proof", (F.CHIP_REFUSES,), "card-chip-refused"),
    # downgrade
    Case("PACE broken while BAC works", (F.PACE_BROKEN,), "card-downgrade", by_mrz=True),
    Case("PACE token of the chip wrong", (F.PACE_TOKEN,), "card-wrong-key"),
    Case("PACE key off the curve", (F.PACE_OFF_CURVE,), "card-downgrade"),
    Case("PACE key echoed", (F.PACE_ECHO,), "card-downgrade"),
    Case("EF.CardAccess hidden, DG14 offers PACE", (F.ACCESS_ABSENT,), "card-downgrade", by_mrz=True),
    Case("EF.CardAccess altered to a weaker offer", (F.ACCESS_ALTERED,), "card-downgrade"),
    # ways to reach the files
    Case("SELECT MF unknown (CCCD, NFCPassportReader 219)", (F.MF_UNKNOWN,), "card-verified"),
    Case("EF.CardAccess only after SELECT MF (gmrtd 460)", (F.ACCESS_ONLY_AFTER_MF,), "card-verified"),
    Case("EF.CardAccess by short identifier", (F.ACCESS_BY_SFI,), "card-verified"),
    Case("domain parameters must be named (gmrtd 108)", (F.NEEDS_PARAMETER,), "card-verified"),
    Case("Le refused on SELECT (NFCPassportReader 153)", (F.REFUSES_LE,), "card-verified"),
    Case("SELECT by name wants an FCI", (F.SELECT_WANTS_FCI,), "card-verified"),
    Case("no travel application", (F.NO_APPLICATION,), "card-no-application"),
    Case("EF.COM absent", (F.COM_ABSENT,), "card-verified"),
    Case("EF.COM omits a signed group", (F.COM_OMITS_DG15,), "card-verified"),
    Case("DG3 listed but not there", (F.DG3_NOT_FOUND,), "card-verified"),
    Case("DG14 in unsorted order (NFCPassportReader 44)", (F.DG14_UNSORTED,), "card-verified"),
    Case("BCD date in DG12 (JMRTD 88)", (F.DG12_BCD,), "card-verified", Design(extra_groups=(11, 12))),
    Case("chip keys told apart by key id (gmrtd 447)", (), "card-verified", Design(chip_key_ids=True)),
    # lengths
    Case("extended length refused (gmrtd 457)", (F.NO_EXTENDED,), "card-verified"),
    Case("extended length ends the channel (gmrtd 458)", (F.NO_EXTENDED_DROPS,), "card-verified"),
    Case("6282 at the end of a file", (F.EOF_6282,), "card-verified"),
    Case("6B00 past the end of a file", (F.EOF_6B00,), "card-verified"),
    Case("6Cxx asks for another length", (F.WRONG_LE_6C,), "card-verified"),
    Case("61xx before the rest", (F.MORE_DATA_61,), "card-verified", None, False, 223),
    Case("61xx without end", (F.ENDLESS_61,), "device-protocol"),
    Case("chip gives less than asked", (F.SHORT_READS,), "card-verified"),
    Case("chip gives nothing", (F.EMPTY_READS,), "card-file-short"),
    Case("file shorter than its own length", (F.DG_TRUNCATED,), "card-file-short"),
    Case("file announces 2 GB", (F.DG_HUGE,), "device-format"),
    Case("face of 70 kB, odd instruction", (), "card-verified", Design(face_bytes=70_000), False, 223),
    # disturbed channel
    Case("chip finds a wrong checksum (6988)", (F.MAC_ERROR,), "card-status"),
    Case("checksum of the answer wrong", (F.MAC_LIES,), "card-secure-messaging"),
    Case("answer without protection", (F.UNPROTECTED_ANSWER,), "card-secure-messaging"),
    Case("status under a wrong checksum", (F.STATUS_LIES,), "card-secure-messaging"),
    Case("answer of one byte", (F.ONE_BYTE_ANSWER,), "device-protocol"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_fault(case: Case, card, store):
    made = card(case.design, *case.faults)
    citizen = made.citizen
    key = AccessKey.from_mrz(mrz.parse("".join(citizen.mrz_lines))) if case.by_mrz else AccessKey.from_can(citizen.number[-6:])
    try:
        result = verdict(read(made, key, max_block=case.max_block), store)
    except DeviceError as error:
        code, verified = error.reason_code, False
    else:
        code, verified = result.code, result.answer is Answer.VERIFIED
    assert code == case.expect
    assert verified == (case.expect == "card-verified")


def test_every_switch_is_in_the_table():
    used = {fault for case in CASES for fault in case.faults}
    assert set(Fault) - used == {Fault.BAC_WAITS}


def test_a_tampered_group_is_named(card, store):
    result = verdict(read(card(None, Fault.TAMPERED_DG2)), store)
    assert [(f.code, f.group) for f in result.findings if f.breaks] == [("group-hash", 2)]
    assert result.passive.groups[1]
    assert not result.passive.groups[2]


def test_a_tampered_card_without_anchor_is_broken_and_not_unknown(card, store):
    result = verdict(read(card(None, Fault.TAMPERED_DG1, Fault.SIGNER_UNKNOWN)), store)
    assert result.answer is Answer.BROKEN


def test_an_offer_weakened_on_the_way_is_found_after_a_successful_reading(card, store):
    """The unsigned EF.CardAccess hides the stronger of two offers; the weaker one works, DG14 tells."""
    made = card(Design(pace=(PaceOffer(cipher=4), PaceOffer(cipher=1))))
    from devices.simulated.card_bytes import der, der_int, der_oid

    weak = PaceOffer(cipher=1)
    made.master_files[0x011C] = der(0x31, der(0x30, der_oid(weak.oid), der_int(2), der_int(weak.parameter)))
    data = read(made)
    assert data.access == "PACE-GM 3DES"
    assert verdict(data, store).code == "card-downgrade"


def test_the_copied_chip_still_shows_its_data(card, store):
    made = card(None, Fault.CLONE_CHIP_KEY)
    data = read(made)
    assert data.groups[2] == made.files[0x0102]


def test_a_chip_waits_after_a_wrong_mrz_and_then_opens(card, store):
    """The retry delay after a failed BAC: refused with its own code, then the right key opens."""
    from devices.emrtd.errors import CardAccessError, CardBlockedError
    from devices.emrtd.reading import ChipReading
    from devices.simulated.card import Chip
    from devices.simulated.card_reader import DirectChannel

    made = card(BAC, Fault.BAC_WAITS)
    chip = Chip(made)
    right = mrz.parse("".join(made.citizen.mrz_lines))
    wrong = AccessKey(AccessKey.from_mrz(right).kind, AccessKey.from_mrz(right).secret[:-1] + b"0")
    for key, expected in ((wrong, CardAccessError), (AccessKey.from_mrz(right), CardBlockedError)):
        with pytest.raises(expected):
            ChipReading(key).run(lambda: DirectChannel(chip))
    data = ChipReading(AccessKey.from_mrz(right)).run(lambda: DirectChannel(chip))
    assert verdict(data, store).answer is Answer.VERIFIED


def test_dg11_and_dg12_are_read(card):
    data = read(card(Design(extra_groups=(7, 11, 12, 16)), Fault.DG12_BCD))
    person, document = lds.parse_dg11(data.groups[11]), lds.parse_dg12(data.groups[12])
    assert person.get("birth") is not None
    assert document.get("issued") is not None
    assert len(document.get("issued") or "") == 10
    assert lds.parse_dg7(data.groups[7])[0][:2] == b"\xff\xd8"
    assert lds.parse_dg16(data.groups[16])[0].get("name") == "MAU  NGUOI"
