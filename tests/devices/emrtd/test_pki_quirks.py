"""Quirks of real certificates and documents, rebuilt synthetically: spelled-out curves, absent PSS parameters, large DH groups."""

from __future__ import annotations

import hashlib

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from devices.emrtd import certificates, groups
from devices.emrtd.access import AccessKey
from devices.emrtd.errors import CardAccessError
from devices.emrtd.passive import Answer
from devices.emrtd.trust import CscaStore
from devices.simulated import card_pace
from devices.simulated.card_authority import TestAuthority
from devices.simulated.card_bytes import CHIP_CURVES, der, der_int, der_oid
from devices.simulated.card_issue import Design, PaceOffer, _public
from devices.simulated.card_modp import ChipGroup
from tests.devices.emrtd.conftest import read, verdict


def spelled_out(authority: TestAuthority) -> bytes:
    """Return the authority's certificate with its curve spelled out, signed again by its own key."""
    parsed = x509.Certificate.load(authority.der)
    body = parsed["tbs_certificate"]
    curve = CHIP_CURVES[12]
    private = authority.key.private_numbers().private_value
    named = body["subject_public_key_info"].dump()
    changed = der(0x30, body.contents.replace(named, _public(curve, private, explicit=True)))
    signature = authority.key.sign(changed, ec.ECDSA(hashes.SHA384()))
    return der(0x30, changed, parsed["signature_algorithm"].dump(), der(0x03, b"\x00" + signature))


def test_an_authority_with_a_spelled_out_curve_is_trusted(card):
    authority = TestAuthority("CSCA Explicit", ec.SECP256R1())
    content = spelled_out(authority)
    store = CscaStore()
    store.add("csca", content)
    store.settle()
    assert store.problems == []
    assert verdict(read(card(None, signer=authority.signer())), store).answer is Answer.VERIFIED


def test_absent_pss_parameters_mean_sha1_and_salt_20():
    key = rsa.generate_private_key(65537, 2048)
    message = b"signed with the defaults of RFC 4055"
    signature = key.sign(message, padding.PSS(padding.MGF1(hashes.SHA1()), 20), hashes.SHA1())
    algorithm = der(0x30, der_oid("1.2.840.113549.1.1.10"), der(0x30))
    assert certificates.verify(key.public_key(), algorithm, signature, message)
    assert not certificates.verify(key.public_key(), algorithm, signature, message + b"!")
    # Salt length given, hash absent: the rest keeps its defaults.
    longer = key.sign(message, padding.PSS(padding.MGF1(hashes.SHA1()), 32), hashes.SHA1())
    with_salt = der(0x30, der_oid("1.2.840.113549.1.1.10"), der(0x30, der(0xA2, der_int(32))))
    assert certificates.verify(key.public_key(), with_salt, longer, message)


@pytest.mark.parametrize("mapping", ["GM", "IM"])
@pytest.mark.parametrize("number", [1, 2])
def test_pace_over_the_larger_dh_groups(number, mapping, card, store, monkeypatch):
    group = groups.by_number(number)
    monkeypatch.setitem(card_pace.CHIP_GROUPS, number, ChipGroup(group.p, group.g, group.q))
    made = card(Design(pace=(PaceOffer(mapping, agreement="dh", parameter=number),)))
    assert verdict(read(made), store).answer is Answer.VERIFIED


def test_every_wrong_can_is_told_from_a_disturbed_channel(card):
    made = card()
    for guess in range(12):
        wrong = f"{(int(made.can) + guess + 1) % 10**6:06d}"
        with pytest.raises(CardAccessError):
            read(made, AccessKey.from_can(wrong))


def test_an_old_chip_with_sha1_and_rsa_is_judged_by_the_same_rules(card, store):
    made = card(Design(hash_name="sha1", scheme="rsa", active="rsa", chip_cipher=None))
    result = verdict(read(made), store)
    assert result.answer is Answer.VERIFIED
    assert result.passive.hash_name == "sha1"


def test_evidence_names_what_was_hashed(card, store):
    made = card()
    result = verdict(read(made), store).passive
    assert result.signer == hashlib.sha256(made.signer.der).hexdigest()
    assert result.authority == hashlib.sha256(made.authority.der).hexdigest()
    assert result.groups == {1: True, 2: True, 13: True, 14: True, 15: True}
    assert result.unread == (3,)
