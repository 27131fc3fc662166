"""The simulated chip against the same worked examples, from its own side: it shares no code with the terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from devices.simulated.card import Chip
from devices.simulated.card_bytes import CHIP_CURVES, Apdu, der, split
from devices.simulated.card_crypto import Kind, Protected, cipher_kind
from devices.simulated.card_issue import Design, PaceOffer, personalise
from devices.simulated.card_modp import CHIP_GROUPS
from devices.simulated.card_pace import PaceRun, encode_point
from tests.devices.emrtd import vectors

CHIP_MAP = 0x498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560
CHIP_EPHEMERAL = 0x107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A


def queue(*values: bytes):
    left = list(values)
    return lambda count: left.pop(0)


def private(value: int, width: int) -> bytes:
    """Random bytes that make the chip choose this private key."""
    return (value - 1).to_bytes(width + 8, "big")


@pytest.mark.parametrize(("number", "library"), [(12, ec.SECP256R1()), (13, ec.BrainpoolP256R1()), (15, ec.SECP384R1())])
def test_chip_curves_agree_with_openssl(number, library):
    curve = CHIP_CURVES[number]
    for k in (1, 2, 3, 0x1234567890ABCDEF << 100, curve.n - 1):
        numbers = ec.derive_private_key(k, library).public_key().public_numbers()
        assert curve.times(k, curve.g) == (numbers.x, numbers.y)
    assert CHIP_GROUPS[0].point(CHIP_GROUPS[0].g.to_bytes(128, "big"))


def test_bac_and_secure_messaging_from_the_chip_side():
    v = vectors.BAC
    made = personalise(design=Design(pace=(), chip_cipher=None, active=None))
    made.mrz_information = v["info"].decode()
    made.files[0x011E] = bytes.fromhex("60145F0104303130365F36063034303030305C026175")
    chip = Chip(made, random=queue(v["rnd_ic"], v["k_ic"]))
    assert chip.process(bytes.fromhex("00A4040C07A0000002471001")) == b"\x90\x00"
    assert chip.process(bytes.fromhex("0084000008")) == v["rnd_ic"] + b"\x90\x00"
    assert chip.process(bytes.fromhex("0082000028") + v["command"] + b"\x28") == v["answer"] + b"\x90\x00"
    for _, command, answer, _ in vectors.SM_3DES:
        assert chip.process(bytes.fromhex(command)).hex().upper() == answer


def run_pace(offer: PaceOffer, password: bytes, randoms, static: int | None = None) -> PaceRun:
    made = personalise(design=Design(pace=(offer,)))
    if static is not None:
        made.chip_keys = {None: static}
    return PaceRun(offer, password, made, randoms)


def inside(data: bytes, tag: int) -> bytes:
    return {t: value for t, value, _ in split(split(data)[0][1])}[tag]


def sha1(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha1(data).digest()


def test_pace_ecdh_generic_mapping_from_the_chip_side():
    v = vectors.PACE_ECDH_GM
    run = run_pace(PaceOffer(), sha1(v["info"]), queue(v["s"], private(CHIP_MAP, 32), private(CHIP_EPHEMERAL, 32)))
    assert inside(run.step(b"")[0], 0x80) == v["z"]
    assert inside(run.step(der(0x81, v["terminal_map_public"]))[0], 0x82) == v["chip_map_public"]
    assert inside(run.step(der(0x83, v["terminal_public"]))[0], 0x84) == v["chip_public"]
    assert inside(run.step(der(0x85, v["t_ifd"]))[0], 0x86) == v["t_ic"]
    assert (run.channel.key_enc, run.channel.key_mac) == (v["ks_enc"], v["ks_mac"])


def test_pace_dh_generic_mapping_from_the_chip_side():
    v = vectors.PACE_DH_GM
    group = CHIP_GROUPS[0]
    run = run_pace(
        PaceOffer(agreement="dh", parameter=0), b"", queue(v["s"], private(v["chip_map"], 128), private(v["chip"], 128))
    )
    run.step(b"")
    run.step(der(0x81, pow(group.g, v["terminal_map"], group.p).to_bytes(128, "big")))
    run.step(der(0x83, pow(run._base, v["terminal"], group.p).to_bytes(128, "big")))
    assert inside(run.step(der(0x85, v["t_ifd"]))[0], 0x86) == v["t_ic"]
    assert (run.channel.key_enc, run.channel.key_mac) == (v["ks_enc"], v["ks_mac"])


def test_pace_ecdh_integrated_mapping_from_the_chip_side():
    v = vectors.PACE_ECDH_IM
    curve = CHIP_CURVES[13]
    assert encode_point(curve, v["rp"])[0] == v["mapped_x"]
    run = run_pace(PaceOffer("IM"), b"", queue(v["s"], private(CHIP_EPHEMERAL, 32)))
    run.step(b"")
    run.step(der(0x81, v["t"]))
    terminal = curve.spell(curve.times(v["terminal"], run._base))
    assert inside(run.step(der(0x83, terminal))[0], 0x84) == v["chip_public"]
    assert inside(run.step(der(0x85, v["t_ifd"]))[0], 0x86) == v["t_ic"]
    assert (run.channel.key_enc, run.channel.key_mac) == (v["ks_enc"], v["ks_mac"])


def test_recorded_chip_authentication_commands_open_under_the_recorded_keys():
    v = vectors.CHIP_AUTHENTICATION
    kind = cipher_kind(2)
    old = Protected(kind, v["old_enc"], v["old_mac"], v["old_ssc"])
    plain = old.open(apdu(v["lines"][0][0]))
    assert plain is not None
    assert (plain.ins, plain.p2) == (0x22, 0xA4)
    assert old.close(b"", 0x9000).hex().upper() + "9000" == v["lines"][0][1]
    new = Protected(kind, v["ks_enc"], v["ks_mac"])
    assert new.open(apdu(v["lines"][2][0])).data == b"\x01\x0e"
    assert new.close(b"", 0x9000).hex().upper() + "9000" == v["lines"][2][1]


def apdu(text: str) -> Apdu:
    from devices.simulated.card_bytes import read_apdu

    command = read_apdu(bytes.fromhex(text))
    assert command is not None
    return replace(command)


def test_retail_mac_of_the_worked_example():
    v = vectors.BAC
    kind = Kind(False, 16)
    assert kind.key(v["seed"], 1) == v["kenc"]
    assert kind.key(v["seed"], 2) == v["kmac"]
    from devices.simulated.card_crypto import stuffed

    assert kind.seal(v["kmac"], stuffed(v["command"][:32], 8)) == v["command"][32:]
