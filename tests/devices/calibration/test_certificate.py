"""The certificate's bytes: one form, every byte covered, nothing but the one error from foreign bytes."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.calibration import canonical
from devices.calibration.certificate import Certificate, read_certificate, to_be_signed, write_certificate
from devices.contract import DeviceIdentity, DeviceKind
from devices.errors import DeviceFormatError
from station.device_certificates import check_alone
from station.keys import Algorithm, SoftwareSigner
from tests.devices.calibration.certificates import NOW, body
from tests.fuzz.fuzz_calibration import one as fuzz_one

JSON = st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
                    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), below, max_size=4), max_leaves=12)  # fmt: skip


CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A loaded machine is no finding."""


def signed(signer: SoftwareSigner, **changes: object) -> Certificate:
    made = body(**changes)
    return write_certificate(made, signer.public.to_bytes(), [s.to_bytes() for s in signer.sign(to_be_signed(made))])


def believed(data: bytes, signer: SoftwareSigner) -> bool:
    try:
        found = read_certificate(data)
    except DeviceFormatError:
        return False
    return check_alone(found, {signer.key_id: signer.public}, NOW).verified


def test_written_and_read_back() -> None:
    signer = SoftwareSigner.generate()
    for made in (body(), body(ppi=493.6), body(rows_before=body(ppi=490).rows, note="phòng 2")):
        assert read_certificate(write_certificate(made).data).body == read_certificate(write_certificate(made).data).body
        found = read_certificate(write_certificate(made).data)
        assert write_certificate(found.body).data == write_certificate(made).data
    whole = signed(signer)
    assert believed(whole.data, signer)
    assert not believed(whole.data, SoftwareSigner.generate())
    assert whole.facts(verified=True).verified
    plain = write_certificate(body())
    assert json.loads(plain.data)["statement"] == "not a signature"
    assert not plain.facts(verified=True).verified
    assert (plain.body.passed, write_certificate(body(ppi=493.6)).body.passed) == (True, False)


def test_every_changed_byte_breaks_it() -> None:
    """Every byte of the file, twice: its lowest bit, and any other value. A classical signer keeps the file short; the next test has both."""
    signer = SoftwareSigner(((Algorithm.ES256, ec.generate_private_key(ec.SECP256R1())),))
    data = signed(signer).data
    assert believed(data, signer)
    rng = random.Random(7)
    changes = [(at, value) for at in range(len(data)) for value in (data[at] ^ 1, (data[at] + rng.randrange(1, 256)) % 256)]
    assert [c for c in changes if believed(data[: c[0]] + bytes([c[1]]) + data[c[0] + 1 :], signer)] == []
    for cut in range(0, len(data), 97):
        assert not believed(data[:cut], signer)
        assert not believed(data[:cut] + b" " + data[cut:], signer)
    assert not believed(data + b"\n", signer)


def test_changed_bytes_break_the_hybrid_signature_and_the_unsigned_one() -> None:
    signer = SoftwareSigner.generate()
    data = signed(signer).data
    for at in range(0, len(data), 37):
        assert not believed(data[:at] + bytes([data[at] ^ 2]) + data[at + 1 :], signer)
    plain = write_certificate(body()).data
    changed = 0
    for at in range(len(plain)):
        try:
            read_certificate(plain[:at] + bytes([plain[at] ^ 1]) + plain[at + 1 :])
        except DeviceFormatError:
            changed += 1
    assert changed == len(plain)


def test_base64_has_one_spelling_too() -> None:
    """The last sign before ``=`` has bits that decoding ignores: another sign there is another file with the same signature."""
    data = write_certificate(body(), b"k", [b"s"]).data
    assert b'"key":"aw=="' in data
    for other in (b'"key":"ax=="', b'"key":"aw="', b'"key":"aw==="', b'"key":"a w=="', b'"key":"aw"'):
        with pytest.raises(DeviceFormatError):
            read_certificate(data.replace(b'"key":"aw=="', other))


def test_half_of_the_signature_is_no_signature() -> None:
    signer = SoftwareSigner.generate()
    made = body()
    both = [s.to_bytes() for s in signer.sign(to_be_signed(made))]
    for some in (both[:1], both[1:], [both[0], both[0]]):
        assert not believed(write_certificate(made, signer.public.to_bytes(), some).data, signer)
    other = body(note="x")
    assert not believed(write_certificate(other, signer.public.to_bytes(), both).data, signer)


def test_a_verdict_that_its_numbers_contradict_is_no_certificate() -> None:
    data = write_certificate(body(ppi=493.6)).data
    raw = json.loads(data)
    raw["body"]["rows"][0]["verdict"] = "pass"
    raw["body"]["result"] = "passed"
    with pytest.raises(DeviceFormatError):
        read_certificate(_redone(raw))
    raw = json.loads(data)
    raw["body"]["result"] = "passed"
    with pytest.raises(DeviceFormatError):
        read_certificate(_redone(raw))
    raw = json.loads(data)
    raw["body"]["rows"][0]["low"] = None
    raw["body"]["rows"][0]["high"] = None
    with pytest.raises(DeviceFormatError):
        read_certificate(_redone(raw))


def _redone(raw: dict) -> bytes:
    """A forger fits the digest to the new body."""
    import hashlib

    raw["digest"] = hashlib.sha256(canonical.dumps(raw["body"])).hexdigest()
    return canonical.dumps(raw)


@pytest.mark.parametrize("changes", [
    {"number": 2}, {"number": 0}, {"previous": "ab" * 32}, {"previous": "xyz", "number": 2}, {"expires": NOW}, {"finished": NOW - timedelta(1)},
    {"note": "a\nb"}, {"note": "x" * 500}, {"technician_name": "Vu\u031bo\u031bng"}, {"device": DeviceIdentity(DeviceKind.CAMERA, "", "", "", "\x00", "", "")},
])  # fmt: skip
def test_bodies_that_cannot_be_certified(changes: dict) -> None:
    with pytest.raises((ValueError, DeviceFormatError)):
        write_certificate(body(**changes))


@CALM
@given(JSON)
def test_canonical_form_is_one(value: object) -> None:
    try:
        data = canonical.dumps(value)
    except (ValueError, UnicodeEncodeError):
        return
    assert canonical.loads(data) == value
    assert canonical.dumps(canonical.loads(data)) == data


@CALM
@given(st.floats(-1e11, 1e11))
def test_numbers_have_one_spelling(value: float) -> None:
    text = canonical.number(value)
    assert canonical.read_number(text) == pytest.approx(value, abs=6e-7, rel=1e-9)
    assert canonical.number(canonical.read_number(text)) == text


@pytest.mark.parametrize("data", [
    b"{}", b"[]", b"", b"null", b'{"a":1.0}', b'{"a":1e3}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{ "a":1}', b'{"a":NaN}', b'{"A":1}', b'\xef\xbb\xbf{"a":1}',
    b'{"a":"\\u0041"}', b'{"a":"u\xcc\x9b"}', b"[" * 50 + b"]" * 50, b'{"a":99999999999999999999}', b'{"a":"\xff"}', b"1" * 5000,
])  # fmt: skip
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(DeviceFormatError):
        read_certificate(data)


def test_fuzzed_bytes_raise_nothing_else() -> None:
    for seed in range(400):
        fuzz_one(seed)
