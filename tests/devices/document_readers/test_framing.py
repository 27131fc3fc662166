"""Framings typed from the notes byte by byte, any cut of them, and nothing but their own error for any bytes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.document_readers.framing import MAX_CODE, CodeFramer, MrzFramer
from devices.errors import DeviceFormatError
from devices.mrz import MrzFormat, parse
from devices.profile_schema import Reader
from devices.profiles import load_profile
from station.words import catalogue

L1, L2, L3 = b"I<UTOD231458907<<<<<<<<<<<<<<<", b"7408122F1204159UTO<<<<<<<<<<<6", b"ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
P1, P2 = b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", b"L898902C36UTO7408122F1204159ZE184226B<<<<<10"
CARD, PASSPORT = b"\r".join((L1, L2, L3)), b"\r".join((P1, P2))
DESKO_CARD = b"\x1c\x02" + CARD + b"\r\x03\x1d"
DESKO_PASSPORT = b"\x1c\x02" + PASSPORT + b"\r\x03\x1d"
RTE_BODY = b"\x8dOU\x020" + b"_" * 44 + b"\r" + PASSPORT + b"\r\x03"


def check_byte(data: bytes) -> bytes:
    """Written out so that it shares nothing with the framer."""
    value = 0
    for byte in data:
        value ^= byte
    return bytes([value])


RTE_PASSPORT = b"\x01" + RTE_BODY + check_byte(RTE_BODY)


def framer(kind: str) -> MrzFramer:
    reader = load_profile(f"mrz-{kind}").reader
    assert reader is not None
    return MrzFramer(reader)


def read_all(made: MrzFramer | CodeFramer, data: bytes, cuts: list[int] | None = None) -> list[bytes]:
    found = []
    for a, b in pairwise([0, *(cuts or []), len(data)]):
        made.feed(data[a:b])
        while (reading := made.take()) is not None:
            found.append(reading)
    return found


STREAMS = [
    ("plain", CARD + b"\r" + PASSPORT + b"\r", [CARD, PASSPORT]),
    ("plain", CARD.replace(b"\r", b"\r\n") + b"\r\n", [CARD]),
    ("plain", CARD.replace(b"\r", b"\n") + b"\n\n", [CARD]),
    ("desko", DESKO_CARD + DESKO_PASSPORT, [CARD, PASSPORT]),
    ("desko", b"\x55\x00" + DESKO_CARD, [CARD]),
    ("desko", b"\x02" + PASSPORT + b"\r\x03", [PASSPORT]),
    ("rte6701", RTE_PASSPORT + RTE_PASSPORT, [PASSPORT, PASSPORT]),
    ("json", b'\x02{"mrz": "' + PASSPORT.replace(b"\r", b"\\n") + b'"}\x03\r\n', [PASSPORT]),
    ("json", b'x\x02{"a": 1, "doc": {"lines": ["' + CARD.replace(b"\r", b'", "') + b'"]}}\x03\r\n', [CARD]),
]


@pytest.mark.parametrize(("kind", "stream", "expected"), STREAMS)
def test_each_framing_gives_the_zone(kind: str, stream: bytes, expected: list[bytes]) -> None:
    found = read_all(framer(kind), stream)
    assert found == expected
    assert all(parse(zone).layout in MrzFormat and not parse(zone).wrong for zone in found)


@given(st.sampled_from(STREAMS), st.data())
def test_any_cut_gives_the_same(case: tuple[str, bytes, list[bytes]], data: st.DataObject) -> None:
    kind, stream, expected = case
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    assert read_all(framer(kind), stream, cuts) == expected


@pytest.mark.parametrize("kind", ["plain", "desko", "rte6701", "json"])
def test_a_lost_or_changed_byte_is_never_half_a_zone_and_the_next_swipe_works(kind: str) -> None:
    stream = {
        "plain": CARD + b"\r",
        "desko": DESKO_CARD,
        "rte6701": RTE_PASSPORT,
        "json": b'\x02{"m":"' + CARD.replace(b"\r", b"") + b'"}\x03\r\n',
    }[kind]
    codes: set[str] = set()
    wanted = PASSPORT if kind == "rte6701" else CARD
    for at in range(len(stream)):
        made = framer(kind)
        found: list[bytes] = []
        made.feed(stream[:at] + stream[at + 1 :])
        for _ in range(6):
            try:
                while (reading := made.take()) is not None:
                    found.append(reading)
            except DeviceFormatError as error:
                codes.add(error.reason_code)
        try:
            made.give_up()
        except DeviceFormatError:
            made.reset()
        assert found in ([], [wanted])
        assert read_all(made, stream)[-1] == wanted
    assert codes <= set(catalogue())
    assert codes


def test_a_wrong_check_byte_and_an_endless_frame_are_named() -> None:
    made = framer("rte6701")
    made.feed(RTE_PASSPORT[:-1] + bytes([RTE_PASSPORT[-1] ^ 0x41]))
    with pytest.raises(DeviceFormatError) as wrong:
        made.take()
    assert wrong.value.reason_code == "mrz-check-byte"
    for kind in ("plain", "desko", "rte6701"):
        made = framer(kind)
        made.feed(b"\x01\x02" + b"A" * 2000)
        with pytest.raises(DeviceFormatError) as endless:
            made.take()
        assert endless.value.reason_code == "reader-endless"


def test_a_swipe_that_stops_in_the_middle_is_told() -> None:
    made = framer("plain")
    assert not made.started
    assert read_all(made, L1 + b"\r" + L2) == []
    assert made.started
    with pytest.raises(DeviceFormatError) as error:
        made.give_up()
    assert error.value.reason_code == "mrz-incomplete"
    assert read_all(made, CARD + b"\r") == [CARD]


def test_codes_end_with_a_line_end_or_with_silence_where_said() -> None:
    assert read_all(CodeFramer(), b"099158\r\n\r\n12|3\n") == [b"099158", b"12|3"]
    cut = CodeFramer()
    assert read_all(cut, b"0991") == []
    with pytest.raises(DeviceFormatError):
        cut.give_up()
    silent = CodeFramer(gap_ends=True)
    assert read_all(silent, b"0991") == []
    silent.give_up()
    assert silent.take() == b"0991"
    for rubbish in (b"\xff\xfe\r", b"a\x00b\r", b"\x1b[A\r"):
        made = CodeFramer()
        made.feed(rubbish)
        with pytest.raises(DeviceFormatError):
            made.take()
    long = CodeFramer()
    long.feed(b"1" * (MAX_CODE + 1))
    with pytest.raises(DeviceFormatError):
        long.take()


PIECES = st.lists(st.sampled_from([b"\x01", b"\x02", b"\x03", b"{", b"}", b'"', b"[", b"\r", b"\n", b"OU", L1, P1, b"_" * 30, b"\x1c", b"A", b"\xff"]) | st.binary(max_size=8),
                  max_size=14).map(b"".join)  # fmt: skip


@given(st.sampled_from(["plain", "desko", "rte6701", "json", "code", "code-gap"]), st.lists(PIECES, max_size=5))
def test_any_bytes_give_whole_zones_or_the_own_error(kind: str, chunks: list[bytes]) -> None:
    made: MrzFramer | CodeFramer = CodeFramer(gap_ends=kind == "code-gap") if kind.startswith("code") else framer(kind)
    for chunk in chunks:
        made.feed(chunk)
        for _ in range(len(chunk) + 2):
            try:
                reading = made.take()
            except DeviceFormatError:
                continue
            if reading is None:
                break
            assert reading
            if isinstance(made, MrzFramer):
                assert len(reading) in (92, 73, 89)
        try:
            made.give_up()
        except DeviceFormatError:
            continue
    assert isinstance(framer("plain")._reader, Reader)
