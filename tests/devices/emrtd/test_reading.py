"""Whole readings over the direct transport: every document design, both keys, resume, swap, cancel."""

from __future__ import annotations

import pytest

from devices import mrz
from devices.emrtd import cccd, lds
from devices.emrtd.access import AccessKey
from devices.emrtd.errors import CardSwappedError
from devices.emrtd.passive import Answer
from devices.emrtd.reading import ChipProof, ChipReading
from devices.errors import DeviceCancelledError, DeviceFormatError, DeviceUnpluggedError
from devices.simulated.card import Chip
from devices.simulated.card_issue import Design, PaceOffer, synthetic_citizen
from devices.simulated.card_reader import DirectChannel
from tests.devices.emrtd.conftest import read, verdict

DESIGNS = {
    "vietnam-2021": Design(),
    "pace-gm-p256-aes256": Design(pace=(PaceOffer(cipher=4, parameter=12),)),
    "pace-gm-p384-aes192": Design(pace=(PaceOffer(cipher=3, parameter=15),), chip_curve=15),
    "pace-gm-3des": Design(pace=(PaceOffer(cipher=1),), chip_cipher=1),
    "pace-im-aes128": Design(pace=(PaceOffer("IM"),)),
    "pace-im-aes256": Design(pace=(PaceOffer("IM", cipher=4),)),
    "pace-im-3des": Design(pace=(PaceOffer("IM", cipher=1),)),
    "pace-dh-gm": Design(pace=(PaceOffer(agreement="dh", parameter=0),)),
    "pace-dh-im": Design(pace=(PaceOffer("IM", agreement="dh", parameter=0),)),
    "pace-cam": Design(pace=(PaceOffer("CAM"), PaceOffer())),
    "several-offers": Design(pace=(PaceOffer(cipher=1), PaceOffer(cipher=4), PaceOffer())),
    "bac-only": Design(pace=()),
    "bac-only-old": Design(pace=(), chip_cipher=None, active="rsa", hash_name="sha1"),
    "no-chip-proof": Design(chip_cipher=None, active=None),
    "chip-auth-3des": Design(chip_cipher=1),
    "chip-auth-aes256": Design(chip_cipher=4),
    "chip-key-explicit": Design(chip_key_explicit=True),
    "chip-key-ids": Design(chip_key_ids=True),
    "active-rsa": Design(active="rsa", chip_cipher=None),
    "signer-rsa": Design(scheme="rsa"),
    "signer-pss": Design(scheme="pss"),
    "sha384": Design(hash_name="sha384"),
    "face-39794": Design(face_record="39794-5"),
    "face-70-kB": Design(face_bytes=70_000),
    "all-groups": Design(extra_groups=(7, 11, 12, 16)),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_a_document_of_this_design_is_read_and_verified(name, card, store):
    made = card(DESIGNS[name])
    if made.design.pace:
        key = AccessKey.from_can(made.can)
    else:
        key = AccessKey.from_mrz(mrz.parse("".join(made.citizen.mrz_lines)))
    data = read(made, key)
    for number, content in data.groups.items():
        assert content == made.files[0x100 + number]
    assert set(data.groups) == {i - 0x100 for i in made.files if 0x100 < i <= 0x110} - {3}
    assert data.locked == (3,)
    result = verdict(data, store)
    assert result.answer is Answer.VERIFIED, result.findings
    assert len(lds.parse_dg2(data.groups[2])[0].image) == made.design.face_bytes
    if name == "no-chip-proof":
        assert result.chip is ChipProof.NOT_OFFERED
    elif name == "pace-cam":
        assert data.mapping_proof
    elif name in ("active-rsa", "bac-only-old"):
        assert result.chip is ChipProof.ACTIVE_AUTHENTICATION
    else:
        assert result.chip is ChipProof.CHIP_AUTHENTICATION
        assert data.challenge_signature or made.active_key is None


def test_pace_with_the_mrz_opens_the_same_card(card, store):
    made = card()
    data = read(made, AccessKey.from_mrz(mrz.parse("".join(made.citizen.mrz_lines))))
    assert data.access == "PACE-GM AES-128"
    assert verdict(data, store).answer is Answer.VERIFIED


def test_the_personal_number_opens_the_card(card):
    made = card()
    assert read(made, AccessKey.from_personal_number(made.citizen.number)).groups[13] == made.files[0x010D]


def test_a_can_cannot_open_a_card_without_pace(card):
    with pytest.raises(DeviceFormatError) as error:
        read(card(Design(pace=())))
    assert error.value.reason_code == "card-needs-mrz"


def test_the_same_person_in_mrz_dg13_and_qr(card):
    from devices.barcode import parse_qr

    made = card(None, citizen=synthetic_citizen(5))
    data = read(made)
    national = cccd.parse_dg13(data.groups[13])
    zone = mrz.to_holder(lds.parse_dg1(data.groups[1]))
    code = parse_qr(made.citizen.qr + "\r")
    assert zone.notes == ()
    assert national.number == zone.number == code.number == made.citizen.number
    assert national.birth == zone.birth == code.birth == made.citizen.birth.isoformat()
    assert national.sex == zone.sex == code.sex
    assert national.name == code.name == made.citizen.name
    assert national.issued == code.issued
    assert national.expiry == zone.expiry
    assert national.old_number == code.old_number


def test_a_lifted_card_goes_on_where_it_stopped(card, store):
    made = card()
    chip = Chip(made)
    seen: list[str] = []
    reading = ChipReading(AccessKey.from_can(made.can), on_file=lambda file, _: seen.append(file.name), max_block=500)
    with pytest.raises(DeviceUnpluggedError):
        reading.run(lambda: DirectChannel(chip, pull_after=60))
    before = chip.commands
    partial = sum(len(kept) for kept in reading._kept.values())
    assert partial > 10_000
    data = reading.run(lambda: DirectChannel(chip))
    assert verdict(data, store).answer is Answer.VERIFIED
    assert seen == ["DG1", "DG13", "DG14", "DG15", "DG2"]
    # Fewer commands than a reading from the start: the face was not read again.
    assert chip.commands - before < 50


def test_another_card_after_a_lifted_one_is_refused(card):
    made, other = card(None, citizen=synthetic_citizen(1)), card(None, citizen=synthetic_citizen(1))
    reading = ChipReading(AccessKey.from_can(made.can))
    with pytest.raises(DeviceUnpluggedError):
        reading.run(lambda: DirectChannel(Chip(made), pull_after=25))
    with pytest.raises(CardSwappedError):
        reading.run(lambda: DirectChannel(Chip(other)))


def test_cancel_stops_before_the_next_command(card):
    made = card()
    reading = ChipReading(AccessKey.from_can(made.can), on_progress=lambda _: reading.cancel())
    with pytest.raises(DeviceCancelledError):
        reading.run(lambda: DirectChannel(Chip(made)))


def test_progress_counts_bytes(card):
    made = card()
    lines = []
    read(made, on_progress=lines.append)
    face = [line for line in lines if line.file == "DG2"]
    assert face[-1].done == face[-1].total == len(made.files[0x0102])
    assert [line.overall for line in lines] == sorted(line.overall for line in lines)
