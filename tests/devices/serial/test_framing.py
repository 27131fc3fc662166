"""Framings as properties: what was sent is found again, whatever stands between and however it is cut."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.errors import DeviceFormatError
from devices.serial_55aa.framing import Data, Gt5Framer, Message
from devices.serial_55aa.framing import encode as gt5_encode
from devices.serial_ef01.framing import Ef01Framer, Packet
from devices.serial_ef01.framing import encode as ef01_encode
from devices.serial_sfm.framing import Packet as SfmPacket
from devices.serial_sfm.framing import SfmFramer
from devices.serial_sfm.framing import encode as sfm_encode

ADDRESS = 0xFFFFFFFF
NOISE = st.binary(max_size=30).map(
    lambda b: b.replace(b"\xef", b"\x55").replace(b"\x5a", b"\0").replace(b"\x55", b"\x56").replace(b"\x40", b"\0")
)
PAYLOADS = st.lists(st.tuples(NOISE, st.binary(min_size=0, max_size=256)), min_size=1, max_size=5)


def taken(framer: Any, data: bytes, cuts: list[int]) -> list[Any]:
    """Everything that comes out when `data` is fed in pieces; format errors are stepped over."""
    found, at = [], 0
    for size in [*cuts, len(data)]:
        framer.feed(data[at : at + size])
        at += size
        while True:
            try:
                packet = framer.take()
            except DeviceFormatError:
                continue
            if packet is None:
                break
            found.append(packet)
    return found


@settings(max_examples=200, deadline=None)
@given(PAYLOADS, st.lists(st.integers(1, 50), max_size=8))
def test_ef01_packets_are_found_between_noise(parts: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    data = b"".join(noise + ef01_encode(2, payload, ADDRESS) for noise, payload in parts)
    assert taken(Ef01Framer(ADDRESS), data, cuts) == [Packet(2, payload) for _, payload in parts]


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=2, max_size=200), st.integers(0, 400), st.integers(1, 255))
def test_a_damaged_ef01_packet_costs_only_itself(payload: bytes, at: int, flip: int) -> None:
    first = bytearray(ef01_encode(2, payload, ADDRESS))
    first[9 + at % len(payload)] ^= flip
    second = ef01_encode(8, b"after", ADDRESS)
    assert taken(Ef01Framer(ADDRESS), bytes(first) + second, []) == [Packet(8, b"after")]


def test_an_ef01_packet_inside_a_picture_is_not_taken_for_one() -> None:
    inside = ef01_encode(7, b"\0", ADDRESS)
    assert taken(Ef01Framer(ADDRESS), ef01_encode(2, inside, ADDRESS), [3, 9]) == [Packet(2, inside)]


def test_packets_of_another_address_are_noise() -> None:
    data = ef01_encode(7, b"\0", 0x12345678) + ef01_encode(7, b"\1", ADDRESS)
    assert taken(Ef01Framer(ADDRESS), data, []) == [Packet(7, b"\1")]


def test_a_lying_length_is_given_up_and_the_packets_it_swallowed_are_found() -> None:
    framer = Ef01Framer(ADDRESS)
    lying = bytearray(ef01_encode(7, b"\0", ADDRESS))
    lying[8] = 200
    framer.feed(bytes(lying) + ef01_encode(8, b"swallowed", ADDRESS))
    assert framer.take() is None
    with pytest.raises(DeviceFormatError, match="broke off"):
        framer.give_up()
    assert framer.take() == Packet(8, b"swallowed")


@pytest.mark.parametrize("make", [lambda: Ef01Framer(ADDRESS), lambda: Gt5Framer(1), SfmFramer])
def test_nothing_but_noise_is_said_and_not_kept(make: Any) -> None:
    framer, said = make(), 0
    for _ in range(100):
        framer.feed(b"\0" * 500)
        try:
            framer.take()
        except DeviceFormatError as error:
            said += error.reason_code == "device-noise"
    assert said > 5
    assert not framer.started


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(NOISE, st.integers(0, 2**32 - 1)), min_size=1, max_size=6), st.lists(st.integers(1, 20), max_size=8))
def test_55aa_messages_are_found_between_noise(parts: list[tuple[bytes, int]], cuts: list[int]) -> None:
    data = b"".join(noise + gt5_encode(0x30, value, 1) for noise, value in parts)
    assert taken(Gt5Framer(1), data, cuts) == [Message(0x30, value) for _, value in parts]


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=500), st.lists(st.integers(1, 90), max_size=8))
def test_a_55aa_data_frame_holds_any_bytes(payload: bytes, cuts: list[int]) -> None:
    framer = Gt5Framer(1)
    framer.expect(len(payload))
    body = b"\x5a\xa5\x01\x00" + payload
    data = gt5_encode(0x30, 0, 1) + body + (sum(body) & 0xFFFF).to_bytes(2, "little")
    assert taken(framer, data, cuts) == [Message(0x30, 0), Data(payload)]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(NOISE, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), min_size=1, max_size=6),
    st.lists(st.integers(1, 20), max_size=8),
)
def test_sfm_packets_are_found_between_noise(parts: list[tuple[bytes, int, int]], cuts: list[int]) -> None:
    data = b"".join(noise + sfm_encode(3, a, b, 0x61) for noise, a, b in parts)
    assert taken(SfmFramer(), data, cuts) == [SfmPacket(3, a, b, 0x61) for _, a, b in parts]


def test_sfm_data_that_does_not_end_where_it_said_is_refused() -> None:
    framer = SfmFramer()
    framer.expect(4)
    framer.feed(b"abcdX")
    with pytest.raises(DeviceFormatError):
        framer.take()


@pytest.mark.parametrize("size", [2_000_001, 2**32 - 1])
def test_a_size_beyond_any_module_is_refused_before_anything_is_kept(size: int) -> None:
    with pytest.raises(DeviceFormatError):
        SfmFramer().expect(size)
    with pytest.raises(DeviceFormatError):
        Gt5Framer(1).expect(size)
