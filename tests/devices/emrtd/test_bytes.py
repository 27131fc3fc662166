"""Properties of the byte layers: TLV, APDU, padding and the protected channel against the chip's own implementation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.emrtd import tlv
from devices.emrtd.apdu import Command, Response, meaning, parse_response
from devices.emrtd.crypto import AES_128, AES_192, AES_256, TRIPLE_DES, SessionKeys, pad, unpad
from devices.emrtd.errors import SecureMessagingError
from devices.emrtd.secure_messaging import SecureMessaging
from devices.errors import DeviceFormatError, DeviceProtocolError
from devices.simulated.card_bytes import der, read_apdu, split
from devices.simulated.card_crypto import Protected, cipher_kind

TAGS = st.sampled_from([0x02, 0x04, 0x30, 0x31, 0x61, 0x87, 0x5F1F, 0x5F2E, 0x7F49, 0x7F61])


@given(TAGS, st.binary(max_size=70_000))
@settings(max_examples=60)
def test_both_encoders_agree_and_both_readers_read_it(tag, value):
    encoded = tlv.encode(tag, value)
    assert encoded == der(tag, value)
    item, end = tlv.parse_one(encoded)
    assert (item.tag, item.value, item.raw, end) == (tag, value, encoded, len(encoded))
    assert split(encoded) == [(tag, value, encoded)]


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=8), st.integers(0, 2), st.integers(0, 39))
def test_object_identifiers_come_back(arcs, first, second):
    dotted = ".".join(str(a) for a in (first, second, *arcs))
    content = tlv.encode_oid(dotted)
    if len(content) <= 32:
        assert tlv.oid(tlv.Tlv(0x06, content, b"")) == dotted


@given(st.binary(max_size=300))
def test_any_bytes_parse_or_are_refused(data):
    try:
        items = tlv.parse_all(data)
    except DeviceFormatError:
        return
    assert b"".join(item.raw for item in items) == data


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255), st.binary(max_size=600), st.none() | st.integers(1, 65536))
def test_the_chip_reads_every_command_as_it_was_meant(ins, p1, p2, data, le):
    command = Command(0, ins, p1, p2, data, le)
    got = read_apdu(command.encode())
    assert got is not None
    expected = le
    if le == 65536 and not command.needs_extended:
        expected = 256
    assert (got.ins, got.p1, got.p2, got.data, got.le) == (ins, p1, p2, data, expected)


@pytest.mark.parametrize(("suite", "arc"), [(TRIPLE_DES, 1), (AES_128, 2), (AES_192, 3), (AES_256, 4)])
@given(exchanges=st.lists(st.tuples(st.binary(max_size=300), st.binary(max_size=500), st.booleans()), min_size=1, max_size=4),
       secret=st.binary(min_size=16, max_size=48))  # fmt: skip
@settings(max_examples=30)
def test_both_ends_of_a_channel_understand_each_other(suite, arc, exchanges, secret):
    terminal = SecureMessaging(SessionKeys.from_secret(suite, secret))
    chip = Protected.after(cipher_kind(arc), secret)
    for data, answer, odd in exchanges:
        sent = terminal.wrap(Command(0, 0xB1 if odd else 0xB0, 1, 2, data, 256))
        got = chip.open(read_apdu(sent.encode()))
        assert got is not None
        assert got.data == data
        back = terminal.unwrap(Response(chip.close(answer, 0x9000, odd=odd), 0x9000))
        assert (back.data, back.sw) == (answer, 0x9000)


@pytest.mark.parametrize("suite", [TRIPLE_DES, AES_128, AES_256], ids=lambda s: s.name)
@given(bit=st.integers(0, 10_000), answer=st.binary(min_size=1, max_size=60))
@settings(max_examples=40)
def test_any_flipped_bit_of_an_answer_is_noticed(suite, bit, answer):
    arc = {"3DES": 1, "AES-128": 2, "AES-256": 4}[suite.name]
    chip = Protected.after(cipher_kind(arc), b"secret" * 5)
    terminal = SecureMessaging(SessionKeys.from_secret(suite, b"secret" * 5))
    chip.open(read_apdu(terminal.wrap(Command(0, 0xB0, 0, 0, b"", 256)).encode()))
    whole = bytearray(chip.close(answer, 0x9000))
    whole[bit // 8 % len(whole)] ^= 1 << bit % 8
    with pytest.raises(SecureMessagingError):
        terminal.unwrap(Response(bytes(whole), 0x9000))


@given(st.binary(max_size=100), st.sampled_from([8, 16]))
def test_padding_comes_off_as_it_went_on(data, block):
    assert len(pad(data, block)) % block == 0
    assert unpad(pad(data, block)) == data


def test_answers_too_short_and_what_status_words_mean():
    for raw in (b"", b"\x90"):
        with pytest.raises(DeviceProtocolError):
            parse_response(raw)
    assert [meaning(sw) for sw in (0x9000, 0x63C2, 0x6A82, 0x6CFF, 0x1234)] == ["done", "verification-failed", "file-not-found",
                                                                                "wrong-le", "unknown"]  # fmt: skip


def test_nothing_is_sent_in_the_clear_after_a_channel_ended():
    from devices.emrtd.session import CardSession

    sent = []

    class Plain:
        def transmit(self, apdu: bytes) -> bytes:
            sent.append(apdu)
            return b"\x69\x88"

    session = CardSession(Plain())
    session.protection = SecureMessaging(SessionKeys.from_secret(AES_128, b"x" * 16))
    assert session.send(Command(0, 0xB0, 0, 0, b"", 8)).sw == 0x6988
    with pytest.raises(SecureMessagingError):
        session.send(Command(0, 0xB0, 0, 0, b"", 8))
    assert len(sent) == 1
