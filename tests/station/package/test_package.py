"""Sealing and opening: byte-identical parts, and every altered byte refused with the right reason."""

from __future__ import annotations

import dataclasses
import hashlib
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.errors import StationError
from station.keys.algorithms import SealedKey, Suite
from station.package import PackageFormatError, Part, SignatureError, cbor, layout, open_package, seal_package, verify_package
from tests.station.package.builders import Party, content


@pytest.fixture(scope="module")
def party() -> Party:
    return Party()


def seal(party: Party, what=None, **options):
    return seal_package(what or content(), station=party.station, operator=party.operator, recipients=[party.opener.public],
                        sealer=party.sealer, **options)  # fmt: skip


def unseal(party: Party, data: bytes, **options):
    return open_package(data, party.opener, find_station=party.find_station, find_operator=party.find_operator, **options)


def test_every_part_comes_back_byte_for_byte(party: Party) -> None:
    what = content(sizes=(0, 1, 23, 24, 255, 256, 65_535, 65_536, 300_000))
    sealed = seal(party, what)
    opened = unseal(party, sealed.data)
    for capture in what.captures:
        for part in capture.parts:
            assert opened.part(part.name) == part.data
    assert [c.capture for c in opened.manifest.captures] == [c.capture for c in what.captures]
    assert opened.package_id == sealed.package_id == sealed.manifest_sha256[:32]
    assert opened.verified.sha256 == hashlib.sha256(sealed.data).hexdigest() == sealed.sha256
    assert [str(e.id) for e in opened.events] == [f"00000000000000a1-{n}" for n in range(1, 11)]
    assert opened.signers == {"operator": party.operator.key_id, "station": party.station.key_id}


def test_every_byte_of_a_small_package_is_guarded(party: Party) -> None:
    data = seal(party, content(sizes=(40,))).data
    reasons: dict[str, int] = {}
    for at in range(len(data)):
        bad = bytearray(data)
        bad[at] ^= 1 << (at % 8)
        with pytest.raises(StationError) as caught:
            unseal(party, bytes(bad))
        reason = caught.value.reason_code
        reasons[reason] = reasons.get(reason, 0) + 1
    allowed = {"package-format", "package-signature", "package-newer", "package-suite", "signer-unknown", "package-too-large"}
    assert set(reasons) <= allowed, reasons
    assert reasons["package-signature"] > 0.9 * len(data)


def test_thousands_of_flips_in_a_large_package(party: Party) -> None:
    data = bytearray(seal(party, content(sizes=(250_000,) * 6)).data)
    places = np.random.default_rng(9).integers(0, len(data), 300)
    for at in map(int, places):
        data[at] ^= 0x10
        with pytest.raises(StationError):
            verify_package(memoryview(data), party.find_station)
        data[at] ^= 0x10
    verify_package(bytes(data), party.find_station)


@pytest.mark.all
def test_ten_thousand_flips_in_a_large_package(party: Party) -> None:
    data = bytearray(seal(party, content(sizes=(250_000,) * 6)).data)
    for at in map(int, np.random.default_rng(10).integers(0, len(data), 10_000)):
        data[at] ^= 0x01
        with pytest.raises(StationError):
            verify_package(memoryview(data), party.find_station)
        data[at] ^= 0x01


def test_cut_short_and_prolonged(party: Party) -> None:
    data = seal(party).data
    for cut in (0, 1, 2, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(PackageFormatError):
            unseal(party, data[:cut])
    with pytest.raises(PackageFormatError):
        unseal(party, data + b"\x00")


def test_only_the_recipient_opens(party: Party) -> None:
    data = seal(party).data
    stranger = Party()
    with pytest.raises(PackageFormatError) as caught:
        open_package(data, stranger.opener, find_station=party.find_station, find_operator=party.find_operator)
    assert caught.value.reason_code == "package-recipient"


def test_strangers_signatures_are_not_believed(party: Party) -> None:
    rogue = Party()
    forged = seal_package(content(), station=rogue.station, operator=party.operator, recipients=[party.opener.public],
                          sealer=party.sealer)  # fmt: skip
    with pytest.raises(SignatureError) as caught:
        unseal(party, forged.data)
    assert caught.value.reason_code == "signer-unknown"
    forged = seal_package(content(), station=party.station, operator=rogue.operator, recipients=[party.opener.public],
                          sealer=party.sealer)  # fmt: skip
    with pytest.raises(SignatureError) as caught:
        unseal(party, forged.data)
    assert caught.value.reason_code == "signer-unknown"


def test_a_station_key_does_not_sign_as_operator(party: Party) -> None:
    data = seal_package(content(), station=party.station, operator=party.station, recipients=[party.opener.public],
                        sealer=party.sealer).data  # fmt: skip
    with pytest.raises(SignatureError):
        unseal(party, data)


def test_a_signature_taken_away_or_exchanged_is_refused(party: Party) -> None:
    header, recipients, body, pair = cbor.decode(seal(party).data, max_bytes=layout.HARD_LIMIT_BYTES)
    for changed in ([pair[0]], [pair[1], pair[0]], [pair[0], pair[0]], []):
        with pytest.raises(StationError):
            unseal(party, cbor.encode([header, recipients, body, changed]))


def test_a_manifest_cannot_be_sealed_on_to_another(party: Party) -> None:
    """A recipient who opened a package cannot pass it on as if the station had sealed it to someone else."""
    other = Party()
    outer = cbor.decode(seal(party).data, max_bytes=layout.HARD_LIMIT_BYTES)
    info = layout.key_info(outer[0])
    key = party.opener.open_key(SealedKey(party.opener.key_id, Suite(1), outer[1][0][1]), info)
    (sealed,) = other.sealer.seal_key(key, info, [other.opener.public])
    outer[1] = [[bytes.fromhex(sealed.recipient), sealed.value]]
    with pytest.raises(SignatureError):
        open_package(cbor.encode(outer), other.opener, find_station=party.find_station, find_operator=party.find_operator)


def test_downgrade_to_another_suite_is_refused(party: Party) -> None:
    outer = cbor.decode(seal(party).data, max_bytes=layout.HARD_LIMIT_BYTES)
    header = cbor.decode(outer[0], max_bytes=1000)
    for suite in (0, 2, 99):
        outer[0] = cbor.encode(header | {"suite": suite})
        with pytest.raises(PackageFormatError) as caught:
            unseal(party, cbor.encode(outer))
        assert caught.value.reason_code == "package-suite"
    outer[0] = cbor.encode(header | {"version": 2})
    with pytest.raises(PackageFormatError) as caught:
        unseal(party, cbor.encode(outer))
    assert caught.value.reason_code == "package-newer"


@pytest.mark.parametrize("odd", [[1], {"a": 1}, None, True, 1.0, "1", b"1"])
def test_numbers_of_another_kind_are_refused_not_fallen_over(party: Party, odd) -> None:
    """Found by fuzzing: a list where a number belongs stopped the reader with an error of Python's own."""
    outer = cbor.decode(seal(party).data, max_bytes=layout.HARD_LIMIT_BYTES)
    header, pair = cbor.decode(outer[0], max_bytes=1000), outer[3]
    for key in header:
        with pytest.raises((PackageFormatError, SignatureError)):
            unseal(party, cbor.encode([cbor.encode(header | {key: odd}), *outer[1:]]))
    for label in (1, 4):
        protected = cbor.decode(pair[0][0], max_bytes=100) | {label: odd}
        with pytest.raises((PackageFormatError, SignatureError)):
            unseal(party, cbor.encode([*outer[:3], [[cbor.encode(protected), *pair[0][1:]], pair[1]]]))


def test_an_event_that_claims_more_than_there_is_takes_no_memory() -> None:
    """Found by fuzzing: the tolerant decoder behind events ran out of memory on a claimed length."""
    from station.package.content import read_events

    for claim in ("9bffffffffffffffff", "9b0fffffffffffffff", "bb0fffffffffffffff", "5b0fffffffffffffff"):
        with pytest.raises(PackageFormatError):
            read_events(cbor.encode([b"\xa1" + cbor.encode("v") + bytes.fromhex(claim)]))


def test_too_large_is_said_before_sealing(party: Party) -> None:
    with pytest.raises(PackageFormatError) as caught:
        seal(party, content(sizes=(50_000, 80_000)), limit=100_000)
    assert caught.value.reason_code == "package-too-large"
    assert caught.value.details["part"] == "c01-image"
    big = seal(party, content(sizes=(50_000,))).data
    with pytest.raises(PackageFormatError) as caught:
        unseal(party, big, limit=10_000)
    assert caught.value.reason_code == "package-too-large"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/abs", "a/b", "", ".", "..", "a\\b", "C:x", "x" * 101, "nul\x00l", "UPPER"]
)
def test_names_that_are_paths_are_refused(party: Party, name: str) -> None:
    what = dataclasses.replace(content(), papers=(Part(name, "application/pdf", b"x"),))
    with pytest.raises(PackageFormatError) as caught:
        seal(party, what)
    assert caught.value.reason_code == "part-name"


def test_two_parts_of_one_name_are_refused(party: Party) -> None:
    what = dataclasses.replace(content(), papers=(Part("a", "text/plain", b"x"), Part("a", "text/plain", b"y")))
    with pytest.raises(PackageFormatError):
        seal(party, what)


def test_memory_stays_bounded(party: Party) -> None:
    what = content(sizes=(1_000_000,) * 12)
    tracemalloc.start()
    data = seal(party, what).data
    sealing = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    unseal(party, data)
    opening = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert sealing < 2.2 * len(data)
    assert opening < 1.2 * len(data)


BOMBS = [
    "9bffffffffffffffff", "5bffffffffffffffff", "bbffffffffffffffff", "9f", "7f", "c0", "d81c00", "1800", "f800",
    "fb3ff0000000000000",
    "81" * 5000, "a2616101616101", "a2616201616101", "f97e01", "ff", "62c328", "9a00100000" + "80" * 100,
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_and_loose_forms_are_refused(bomb: str) -> None:
    with pytest.raises(PackageFormatError):
        cbor.decode(bytes.fromhex(bomb), max_bytes=1_000_000)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=9) | st.binary(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=10,
)  # fmt: skip


@given(PLAIN)
@settings(max_examples=60, deadline=None)
def test_values_survive_encoding(value) -> None:
    assert cbor.decode(cbor.encode(value), max_bytes=100_000) == value


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_what_is_read_has_one_encoding(data: bytes) -> None:
    try:
        value = cbor.decode(data, max_bytes=1000)
    except PackageFormatError:
        return
    assert cbor.encode(value) == data
