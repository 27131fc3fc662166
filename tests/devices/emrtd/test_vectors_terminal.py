"""The terminal against every worked example of ICAO Doc 9303-11: scripted answers, exact commands, exact keys."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from devices.emrtd import bac, groups, pace, tlv
from devices.emrtd.access import AccessKey, PasswordKind
from devices.emrtd.apdu import Command, parse_response
from devices.emrtd.crypto import AES_128, TRIPLE_DES, SessionKeys
from devices.emrtd.curves import CURVES, by_number
from devices.emrtd.mapping import EllipticAgreement, ModularAgreement, agreement, pseudo_random
from devices.emrtd.secure_messaging import SecureMessaging
from devices.emrtd.security_infos import Mapping, PaceInfo, best_pace, parse
from devices.emrtd.session import CardSession
from tests.devices.emrtd import vectors


class Script:
    """A channel that expects these commands and gives these answers."""

    def __init__(self, lines: list[tuple[bytes | None, bytes]]) -> None:
        self.lines = lines

    def transmit(self, apdu: bytes) -> bytes:
        expected, answer = self.lines.pop(0)
        if expected is not None:
            assert apdu.hex() == expected.hex()
        return answer


def mrz_key(info: bytes) -> AccessKey:
    return AccessKey(PasswordKind.MRZ, info)


@pytest.mark.parametrize("curve", CURVES, ids=lambda c: c.name)
def test_curve_parameters_are_a_curve_with_a_generator_of_that_order(curve):
    assert curve.contains(curve.generator)
    assert curve.multiply(curve.n, curve.generator) is None
    assert curve.multiply(curve.n - 1, curve.generator) == (curve.gx, curve.p - curve.gy)
    assert pow(2, curve.p - 1, curve.p) == 1
    assert pow(2, curve.n - 1, curve.n) == 1


OPENSSL = {12: ec.SECP256R1(), 13: ec.BrainpoolP256R1(), 15: ec.SECP384R1(), 16: ec.BrainpoolP384R1(), 17: ec.BrainpoolP512R1(),
           18: ec.SECP521R1()}  # fmt: skip


@pytest.mark.parametrize(("number", "library"), OPENSSL.items())
def test_multiplication_agrees_with_openssl(number, library):
    curve = by_number(number)
    for seed in range(3):
        k = int.from_bytes(hashlib.sha512(bytes([number, seed])).digest(), "big") % (curve.n - 1) + 1
        numbers = ec.derive_private_key(k, library).public_key().public_numbers()
        assert curve.multiply(k, curve.generator) == (numbers.x, numbers.y)


@pytest.mark.parametrize("group", groups.GROUPS, ids=lambda g: str(g.number))
def test_group_parameters_generate_a_prime_order_subgroup(group):
    assert pow(2, group.p - 1, group.p) == 1
    assert pow(2, group.q - 1, group.q) == 1
    assert (group.p - 1) % group.q == 0
    assert group.contains(group.g)


def test_bac_keys_challenge_and_session():
    v = vectors.BAC
    key = mrz_key(v["info"])
    assert key.bac_seed == v["seed"]
    keys = bac.document_keys(v["seed"])
    assert (keys.enc, keys.mac) == (v["kenc"], v["kmac"])
    assert bac.challenge(keys, v["rnd_ifd"], v["rnd_ic"], v["k_ifd"]) == v["command"]
    session, counter = bac.session_keys(keys, v["answer"], v["rnd_ifd"], v["rnd_ic"], v["k_ifd"])
    assert (session.enc, session.mac, counter.to_bytes(8, "big")) == (v["ks_enc"], v["ks_mac"], v["ssc"])


def test_bac_over_the_wire_then_secure_messaging():
    v = vectors.BAC
    randoms = {8: v["rnd_ifd"], 16: v["k_ifd"]}
    lines = [(bytes.fromhex("0084000008"), v["rnd_ic"] + b"\x90\x00"),
             (bytes.fromhex("0082000028") + v["command"] + b"\x28", v["answer"] + b"\x90\x00")]  # fmt: skip
    lines += [(bytes.fromhex(sent), bytes.fromhex(answer)) for _, sent, answer, _ in vectors.SM_3DES]
    session = CardSession(Script(lines))
    bac.run(session, mrz_key(v["info"]), random=randoms.__getitem__)
    assert session.send(Command(0, 0xA4, 2, 0x0C, b"\x01\x1e")).ok
    assert session.send(Command(0, 0xB0, 0, 0, b"", 4)).data.hex().upper() == vectors.SM_3DES[1][3]
    assert session.send(Command(0, 0xB0, 0, 4, b"", 18)).data.hex().upper() == vectors.SM_3DES[2][3]


def test_secure_messaging_3des_commands():
    v = vectors.BAC
    channel = SecureMessaging(SessionKeys(TRIPLE_DES, v["ks_enc"], v["ks_mac"]), int.from_bytes(v["ssc"], "big"))
    for (_, sent, answer, data), command in zip(
        vectors.SM_3DES,
        (Command(0, 0xA4, 2, 0x0C, b"\x01\x1e"), Command(0, 0xB0, 0, 0, b"", 4), Command(0, 0xB0, 0, 4, b"", 18)),
        strict=True,
    ):
        assert channel.wrap(command).encode().hex().upper() == sent
        assert channel.unwrap(parse_response(bytes.fromhex(answer))).data.hex().upper() == data


def fixed(agree, keys):
    agree.new_key = iter(keys).__next__
    return agree


def answers(*contents: bytes) -> list[tuple[None, bytes]]:
    return [(None, tlv.encode(0x7C, c) + b"\x90\x00") for c in contents]


def test_pace_ecdh_generic_mapping_over_the_wire():
    v = vectors.PACE_ECDH_GM
    info = best_pace(parse(v["card_access"]))
    assert info is not None
    assert (info.parameter, info.mapping, info.suite) == (13, Mapping.GENERIC, AES_128)
    key = mrz_key(v["info"])
    assert key.pace_key(AES_128) == v["kpi"]
    assert AES_128.decrypt(v["kpi"], v["z"]) == v["s"]
    agree = fixed(agreement(info), [v["terminal_map"], v["terminal"]])

    def step(content: bytes, *, last: bool = False) -> bytes:
        return bytes([0 if last else 0x10, 0x86, 0, 0, len(content) + 2]) + tlv.encode(0x7C, content) + b"\0"

    lines = [
        (v["mse"], b"\x90\x00"),
        (step(b""), tlv.encode(0x7C, tlv.encode(0x80, v["z"])) + b"\x90\x00"),
        (
            step(tlv.encode(0x81, v["terminal_map_public"])),
            tlv.encode(0x7C, tlv.encode(0x82, v["chip_map_public"])) + b"\x90\x00",
        ),
        (step(tlv.encode(0x83, v["terminal_public"])), tlv.encode(0x7C, tlv.encode(0x84, v["chip_public"])) + b"\x90\x00"),
        (step(tlv.encode(0x85, v["t_ifd"]), last=True), tlv.encode(0x7C, tlv.encode(0x86, v["t_ic"])) + b"\x90\x00"),
    ]
    session = CardSession(Script(lines))
    pace.run(session, info, key, agree=agree)
    assert agree.base == v["mapped"]
    assert session.protection._keys == SessionKeys(AES_128, v["ks_enc"], v["ks_mac"])


def test_pace_dh_generic_mapping():
    v = vectors.PACE_DH_GM
    agree = ModularAgreement(groups.by_number(0))
    agree.map_generic(v["s"], v["terminal_map"], agree.map_key(v["chip_map"]))
    keys = SessionKeys.from_secret(AES_128, agree.secret(v["terminal"], agree.public(v["chip"])))
    assert (keys.enc, keys.mac) == (v["ks_enc"], v["ks_mac"])
    protocol = "0.4.0.127.0.7.2.2.4.1.2"
    assert AES_128.mac(keys.mac, agree.token_input(protocol, agree.public(v["chip"]))) == v["t_ifd"]
    assert AES_128.mac(keys.mac, agree.token_input(protocol, agree.public(v["terminal"]))) == v["t_ic"]


def test_pace_ecdh_integrated_mapping():
    v = vectors.PACE_ECDH_IM
    assert AES_128.decrypt(v["kpi"], v["z"]) == v["s"]
    agree = EllipticAgreement(by_number(13))
    assert pseudo_random(AES_128, v["s"], v["t"], agree.curve.p) == v["rp"]
    agree.map_integrated(AES_128, v["s"], v["t"])
    assert agree.base[0] == v["mapped_x"]
    keys = SessionKeys.from_secret(AES_128, agree.secret(v["terminal"], v["chip_public"]))
    assert (keys.enc, keys.mac) == (v["ks_enc"], v["ks_mac"])
    protocol = "0.4.0.127.0.7.2.2.4.4.2"
    assert AES_128.mac(keys.mac, agree.token_input(protocol, v["chip_public"])) == v["t_ifd"]
    assert AES_128.mac(keys.mac, agree.token_input(protocol, agree.public(v["terminal"]))) == v["t_ic"]


@pytest.mark.parametrize("curve", [c for c in CURVES if c.p % 4 == 3], ids=lambda c: c.name)
def test_point_encoding_always_lands_on_the_curve(curve):
    from devices.emrtd.mapping import point_encoding

    for seed in range(8):
        t = int.from_bytes(hashlib.sha512(bytes([seed])).digest(), "big") % curve.p
        assert curve.contains(point_encoding(curve, t))


def test_pace_chip_authentication_mapping_over_the_wire():
    v = vectors.PACE_CAM
    key = mrz_key(v["info"])
    assert key.pace_key(AES_128) == v["kpi"]
    info = PaceInfo("0.4.0.127.0.7.2.2.4.6.2", 2, 13, True, Mapping.CHIP_AUTHENTICATION, AES_128)
    agree = fixed(EllipticAgreement(by_number(13)), [v["terminal_map"], v["terminal"]])
    lines = [(None, b"\x90\x00"), *answers(tlv.encode(0x80, v["z"]), tlv.encode(0x82, v["chip_map_public"]),
             tlv.encode(0x84, v["chip_public"]), tlv.encode(0x86, v["t_ic"]) + tlv.encode(0x8A, v["sealed"]))]  # fmt: skip
    session = CardSession(Script(lines))
    result = pace.run(session, info, key, agree=agree)
    assert agree.base[0] == v["mapped_x"]
    assert session.protection._keys == SessionKeys(AES_128, v["ks_enc"], v["ks_mac"])
    assert result.chip_proof == v["proof"]
    assert result.chip_mapping_key == v["chip_map_public"]
