"""Signatures, certificate paths, JSON: the strict readers one by one."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from devices.errors import AnswerRefusedError, DeviceFormatError
from devices.sbi import jws
from devices.sbi.chain import check_chain
from devices.sbi.json_bytes import load_json
from devices.simulated.sbi_keys import SimulatedMakers, device_keys

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def segment(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def token(header: dict[str, object], payload: bytes = b"{}", signature: bytes = b"x") -> bytes:
    return b".".join([segment(json.dumps(header).encode()), segment(payload), segment(signature)])


def x5c() -> list[str]:
    return [base64.b64encode(c.public_bytes(Encoding.DER)).decode() for c in device_keys().device.chain]


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS512", "ES256", "PS256", "", None, 5, ["RS256"]])
def test_only_rs256(algorithm: object) -> None:
    with pytest.raises((AnswerRefusedError, DeviceFormatError)) as refused:
        jws.parse(token({"alg": algorithm, "x5c": x5c()}))
    assert refused.value.reason_code == "sbi-algorithm"


@pytest.mark.parametrize("extra", [{"jwk": {}}, {"jku": "http://x"}, {"x5u": "http://x"}, {"crit": ["b64"]}, {"b64": False}])
def test_a_header_that_brings_or_fetches_keys_is_refused(extra: dict[str, object]) -> None:
    with pytest.raises(AnswerRefusedError) as refused:
        jws.parse(token({"alg": "RS256", "x5c": x5c(), **extra}))
    assert refused.value.reason_code == "sbi-header"


@pytest.mark.parametrize("bad", [b"", b"a.b", b"a.b.c.d", b"!.b.c", b"e30.e30.e30", b"." * 3, b"e30..c"])
def test_what_is_no_jws(bad: bytes) -> None:
    with pytest.raises((DeviceFormatError, AnswerRefusedError)):
        jws.parse(bad)


def test_certificates_are_needed_bounded_and_read() -> None:
    for value in ([], None, "x", x5c() * 4, ["AAAA"], [7], ["A" * 40_000]):
        with pytest.raises((DeviceFormatError, AnswerRefusedError)):
            jws.parse(token({"alg": "RS256", "x5c": value}))


def test_any_changed_byte_breaks_the_signature() -> None:
    whole = device_keys().device.token({"a": "b"}).encode()
    jws.parse(whole).check_signature()
    body = whole.rindex(b".")
    first = whole.index(b".")
    for at in range(first + 1, body):
        changed = whole[:at] + (b"A" if whole[at : at + 1] != b"A" else b"B") + whole[at + 1 :]
        with pytest.raises(AnswerRefusedError) as refused:
            jws.parse(changed).check_signature()
        assert refused.value.reason_code == "sbi-signature"


def make(name: str, key: object, issuer: str, issuer_key: object, *, ca: bool, path: int | None = None, start: datetime = NOW - timedelta(1),
         days: int = 10, digest: hashes.HashAlgorithm | None = None, extra: x509.ExtensionType | None = None,
         sign_certs: bool | None = None) -> x509.Certificate:  # fmt: skip
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    builder = (
        x509.CertificateBuilder().subject_name(named(name)).issuer_name(named(issuer)).public_key(key.public_key())
        .serial_number(7).not_valid_before(start).not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path), critical=True)
    )  # fmt: skip
    if sign_certs is not None:
        builder = builder.add_extension(
            x509.KeyUsage(not sign_certs, False, False, False, False, sign_certs, False, False, False), critical=True
        )
    if extra is not None:
        builder = builder.add_extension(extra, critical=True)
    return builder.sign(issuer_key, digest or hashes.SHA256())


class Keys:
    root = ec.generate_private_key(ec.SECP256R1())
    middle = ec.generate_private_key(ec.SECP256R1())
    leaf = ec.generate_private_key(ec.SECP256R1())
    other = ec.generate_private_key(ec.SECP256R1())


def root(**more: object) -> x509.Certificate:
    return make("root", Keys.root, "root", Keys.root, ca=True, **more)


def middle(**more: object) -> x509.Certificate:
    return make("middle", Keys.middle, "root", Keys.root, **{"ca": True, **more})


def leaf(**more: object) -> x509.Certificate:
    return make("leaf", Keys.leaf, "middle", Keys.middle, **{"ca": False, **more})


def makers(*certificates: x509.Certificate, revoked: dict[str, str] | None = None) -> SimulatedMakers:
    return SimulatedMakers(tuple(c.public_bytes(Encoding.DER) for c in certificates), revoked or {})


def verdict(chain: list[x509.Certificate], trust: SimulatedMakers, now: datetime = NOW) -> str:
    try:
        check_chain(chain, trust, now)
    except AnswerRefusedError as error:
        return error.reason_code
    return "good"


def test_paths_that_hold() -> None:
    top, mid, end = root(), middle(), leaf()
    assert verdict([end, mid], makers(top)) == "good"
    assert verdict([end, mid, top], makers(top)) == "good"
    assert verdict([end, top, mid], makers(top)) == "good", "the order of the others does not matter"
    assert verdict([end], makers(mid)) == "good", "a trusted provider"
    assert verdict([end], makers(end)) == "good", "the very device is trusted"
    assert verdict([end, mid], makers(root(path=1))) == "good"


def test_paths_that_do_not() -> None:
    top, mid, end = root(), middle(), leaf()
    assert verdict([end, mid], makers()) == "sbi-chain-untrusted"
    assert verdict([end], makers(top)) == "sbi-chain-untrusted"
    forged = make("middle", Keys.other, "root", Keys.other, ca=True)
    assert verdict([make("leaf", Keys.leaf, "middle", Keys.other, ca=False), forged], makers(top)) == "sbi-chain-untrusted"
    assert verdict([end, mid], makers(top), NOW + timedelta(days=20)) == "sbi-certificate-expired"
    assert verdict([leaf(start=NOW + timedelta(days=1)), mid], makers(top)) == "sbi-certificate-expired"
    assert verdict([end, middle(days=1, start=NOW - timedelta(5))], makers(top)) == "sbi-certificate-expired"
    assert verdict([end, middle(ca=False)], makers(top)) == "sbi-certificate-usage", "a device may not issue"
    assert verdict([end, middle(sign_certs=False)], makers(top)) == "sbi-certificate-usage"
    assert verdict([leaf(sign_certs=True), mid], makers(top)) == "sbi-certificate-usage"
    assert verdict([end, mid], makers(root(path=0))) == "sbi-certificate-usage", "longer than the root allows"
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\0")
    assert verdict([leaf(extra=unknown), mid], makers(top)) == "sbi-certificate-usage"


def test_a_revoked_certificate_anywhere_in_the_path() -> None:
    import hashlib

    top, mid, end = root(), middle(), leaf()
    for one in (end, mid, top):
        digest = hashlib.sha256(one.public_bytes(Encoding.DER)).hexdigest()
        assert verdict([end, mid], makers(top, revoked={digest: "stolen"})) == "sbi-certificate-revoked"


def test_a_short_or_other_key_does_not_sign() -> None:
    weak = rsa.generate_private_key(65_537, 1024)
    certificate = make("weak", weak, "weak", weak, ca=False)
    signed = b"e30.e30"
    value = jws.Jws(b"{}", (certificate,), signed, weak.sign(signed, padding.PKCS1v15(), hashes.SHA256()))
    for bad in (value, jws.Jws(b"{}", (leaf(),), signed, b"x")):
        with pytest.raises(AnswerRefusedError) as refused:
            bad.check_signature()
        assert refused.value.reason_code == "sbi-key"


@pytest.mark.parametrize(
    "bad", [b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 100_000, b"\xff", b"", b"1" * 6_000, b'{"a":{"b":1,"b":1}}']
)
def test_json_that_is_none_or_says_two_things(bad: bytes) -> None:
    with pytest.raises(DeviceFormatError):
        load_json(bad)
