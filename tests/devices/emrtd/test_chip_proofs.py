"""Chip and active authentication against recorded and independently made material."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from devices.emrtd import chip_authentication as chip
from devices.emrtd.apdu import Command
from devices.emrtd.crypto import AES_128, SessionKeys
from devices.emrtd.secure_messaging import SecureMessaging
from devices.emrtd.security_infos import parse
from devices.emrtd.session import CardSession
from tests.devices.emrtd import vectors
from tests.devices.emrtd.test_vectors_terminal import Script


def spki(key) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_recorded_chip_authentication_gives_the_same_commands_and_keys():
    v = vectors.CHIP_AUTHENTICATION
    session = CardSession(Script([(bytes.fromhex(sent), bytes.fromhex(answer)) for sent, answer in v["lines"]]))
    session.protection = SecureMessaging(SessionKeys(AES_128, v["old_enc"], v["old_mac"]), v["old_ssc"])
    protocol, suite, key = chip.choose(parse(v["infos"]))
    chip.authenticate_chip(session, protocol, suite, key, random=lambda _limit: v["private"] - 1)
    assert session.protection._keys == SessionKeys(AES_128, v["ks_enc"], v["ks_mac"])
    assert session.send(Command(0, 0xA4, 2, 0x0C, b"\x01\x0e")).ok


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.BrainpoolP256R1(), ec.SECP384R1()], ids=lambda c: c.name)
def test_ecdsa_challenge_plain_and_der(curve):
    key = ec.generate_private_key(curve)
    nonce = b"\x01" * 8
    algorithm, hash_object = ("0.4.0.127.0.7.1.1.4.1.3", hashes.SHA256())
    der = key.sign(nonce, ec.ECDSA(hash_object))
    size = curve.key_size // 8
    plain = b"".join(v.to_bytes(size, "big") for v in decode_dss_signature(der))
    assert chip.signature_holds(spki(key), algorithm, nonce, der)
    assert chip.signature_holds(spki(key), algorithm, nonce, plain)
    assert not chip.signature_holds(spki(key), algorithm, b"\x02" * 8, plain)
    other = ec.generate_private_key(curve)
    assert not chip.signature_holds(spki(other), algorithm, nonce, plain)


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(65537, 1024)


@pytest.mark.parametrize(
    ("name", "trailer"), [("sha1", b"\xbc"), ("sha256", b"\x34\xcc"), ("sha224", b"\x38\xcc"), ("sha512", b"\x35\xcc")]
)
def test_rsa_with_recovery(rsa_key, name, trailer):
    nonce = bytes(range(8))
    numbers = rsa_key.private_numbers()
    size = 128
    digest_size = hashlib.new(name).digest_size
    recovered = bytes(range(size - 1 - digest_size - len(trailer)))
    message = b"\x6a" + recovered + hashlib.new(name, recovered + nonce).digest() + trailer
    value = pow(int.from_bytes(message, "big"), numbers.d, numbers.public_numbers.n)
    for sent in (value, numbers.public_numbers.n - value):
        assert chip.signature_holds(spki(rsa_key), None, nonce, sent.to_bytes(size, "big"))
    assert not chip.signature_holds(spki(rsa_key), None, b"\xff" * 8, value.to_bytes(size, "big"))
    assert not chip.signature_holds(spki(rsa_key), None, nonce, (value ^ 1).to_bytes(size, "big"))
