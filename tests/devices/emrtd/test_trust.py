"""Trust stores: master lists, links, revocation lists, PEM and LDIF; explicit curves and the five values."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from devices.emrtd import curves
from devices.emrtd.keys import EllipticKey, load_public_key
from devices.emrtd.passive import Answer
from devices.emrtd.trust import CscaStore, read_directory
from devices.errors import DeviceFormatError
from devices.simulated.card_authority import START, TestAuthority
from devices.simulated.card_bytes import CHIP_CURVES
from devices.simulated.card_issue import _public
from tests.devices.emrtd.conftest import read, verdict


def store_of(*files: bytes) -> CscaStore:
    made = CscaStore()
    for number, content in enumerate(files):
        made.add(f"file-{number}", content)
    return made.settle()


def codes(store: CscaStore) -> list[str]:
    return [problem.code for problem in store.problems]


def test_a_master_list_brings_its_authorities(authority, card):
    other = TestAuthority("CSCA Other", ec.SECP256R1())
    store = store_of(other.master_list([authority.der, other.der]))
    assert codes(store) == []
    assert len(store.authorities()) == 2
    assert verdict(read(card()), store).answer is Answer.VERIFIED


def test_an_altered_master_list_brings_nothing(authority):
    whole = authority.master_list([authority.der])
    forged = authority.master_list([authority.der], forged=True)
    added = whole.replace(b"CSCA Simulated", b"CSCA Simulates", 1)
    assert added != whole
    for content in (forged, added):
        store = store_of(content)
        assert store.authorities() == ()
        assert codes(store) == ["trust-list-signature"]


def test_pem_ldif_and_garbage(authority, tmp_path):
    (tmp_path / "a.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "junk.der").write_bytes(b"\x30\x03\x02\x01")
    (tmp_path / "text.txt").write_text("not a certificate")
    (tmp_path / ".hidden").write_text("x")
    store = read_directory(tmp_path)
    assert len(store.authorities()) == 1
    assert len(store.problems) == 2
    encoded = base64.b64encode(TestAuthority("CSCA LDIF").master_list([authority.der])).decode()
    folded = "\n ".join(encoded[i : i + 70] for i in range(0, len(encoded), 70))
    ldif = f"dn: o=ML,c=XX\nobjectClass: top\nCscaMasterListData:: {folded}\n\n"
    assert len(store_of(ldif.encode()).authorities()) == 1


def test_a_link_certificate_carries_trust_to_the_new_key(authority, card):
    new = TestAuthority(previous=authority)
    made = card(None, signer=new.signer())
    link = new.link.public_bytes(Encoding.DER)
    assert verdict(read(made), store_of(authority.der)).answer is Answer.NO_TRUST_ANCHOR
    assert verdict(read(made), store_of(authority.der, link)).answer is Answer.VERIFIED
    alone = store_of(link)
    assert codes(alone) == ["trust-no-issuer"]
    assert verdict(read(made), alone).answer is Answer.NO_TRUST_ANCHOR


def test_a_foreign_key_cannot_link_itself_in(authority, card):
    foreign = TestAuthority("CSCA Foreign")
    new = TestAuthority(previous=foreign)
    made = card(None, signer=new.signer())
    store = store_of(authority.der, new.link.public_bytes(Encoding.DER))
    assert verdict(read(made), store).answer is Answer.NO_TRUST_ANCHOR


def test_a_document_signer_is_no_authority(authority, card):
    signer = authority.signer()
    store = store_of(signer.der)
    assert codes(store) == ["trust-not-authority"]
    assert verdict(read(card(None, signer=signer)), store).answer is Answer.NO_TRUST_ANCHOR


def test_a_revoked_signer(authority, card):
    signer = authority.signer()
    made = card(None, signer=signer)
    revoked = authority.revocation_list([signer.certificate.serial_number])
    result = verdict(read(made), store_of(authority.der, revoked))
    assert (result.answer, result.code) == (Answer.BROKEN, "card-signer-revoked")
    others = authority.revocation_list([4711])
    assert verdict(read(made), store_of(authority.der, others)).answer is Answer.VERIFIED


def test_a_revocation_list_by_somebody_else_counts_for_nothing(authority, card):
    signer = authority.signer()
    forged = TestAuthority().revocation_list([signer.certificate.serial_number])
    store = store_of(authority.der, forged)
    assert "trust-crl-signature" in codes(store)
    assert verdict(read(card(None, signer=signer)), store).answer is Answer.VERIFIED


def test_an_old_revocation_list_is_said_and_does_not_break(authority, card):
    stale = authority.revocation_list([4711], days=10)
    result = verdict(read(card()), store_of(authority.der, stale))
    assert result.answer is Answer.VERIFIED
    assert [f.code for f in result.findings] == ["revocation-list-stale"]


def test_an_expired_authority(card):
    old = TestAuthority(start=START - timedelta(days=4000), years=11)
    made = card(None, signer=old.signer())
    result = verdict(read(made), store_of(old.der))
    assert (result.answer, result.code) == (Answer.BROKEN, "card-authority-expired")


@pytest.mark.parametrize("number", [12, 13, 15])
def test_explicit_parameters_of_a_named_curve_are_that_curve(number):
    curve = CHIP_CURVES[number]
    key = load_public_key(_public(curve, 12345, explicit=True))
    assert isinstance(key, EllipticKey)
    assert key.curve is curves.by_number(number)
    named = load_public_key(_public(curve, 12345, explicit=False))
    assert isinstance(named, EllipticKey)
    assert named.point == key.point


@pytest.mark.parametrize("value", ["p", "a", "b", "g", "n"])
def test_any_other_value_than_the_curves_own_is_refused(value):
    """The class of CVE-2020-0601: a base point chosen so that a known signature fits."""
    from dataclasses import replace

    curve = CHIP_CURVES[12]
    forged = {
        "p": replace(curve, p=curve.p - 2), "a": replace(curve, a=curve.a - 1), "b": replace(curve, b=curve.b + 1),
        "g": replace(curve, g=curve.times(2, curve.g)), "n": replace(curve, n=curve.n - 2),
    }[value]  # fmt: skip
    point = curve.spell(curve.times(5, curve.g))
    template = _public(curve, 5, explicit=True)
    spelled = template
    for old, new in ((curve.p, forged.p), (curve.a, forged.a), (curve.b, forged.b), (curve.n, forged.n)):
        if old != new:
            spelled = spelled.replace(old.to_bytes(32, "big"), new.to_bytes(32, "big"))
    spelled = spelled.replace(curve.spell(curve.g), curve.spell(forged.g))
    if value == "p":
        assert point in spelled
    assert spelled != template
    with pytest.raises(DeviceFormatError):
        load_public_key(spelled)


@pytest.mark.parametrize("curve", [c for c in curves.CURVES if c.size in (24, 28, 40)], ids=lambda c: c.name)
def test_ecdsa_on_curves_that_the_library_lacks(curve):
    import hashlib

    digest = hashlib.sha256(b"message").digest()
    e = int.from_bytes(digest, "big") >> max(0, 256 - curve.n.bit_length())
    private, k = 0xABCDEF, 0x123456789
    r = curve.multiply(k, curve.generator)[0] % curve.n
    s = pow(k, -1, curve.n) * (e + r * private) % curve.n
    key = EllipticKey(curve, curve.multiply(private, curve.generator))
    assert key.verify((r, s), digest)
    assert not key.verify((r, s + 1), digest)
    assert not key.verify((0, s), digest)
    assert not key.verify((r, s), hashlib.sha256(b"another").digest())
