"""Templates as bytes: what goes in comes out, in at most 2 kB, and lying bytes are named."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometrics.errors import FormatError
from biometrics.fingerprint.minutiae import Template, extract, extract_stored, from_bytes, to_bytes
from biometrics.fingerprint.synthesis import ImpressionKind, ImpressionSettings, Person, impression
from biometrics.positions import FingerPosition
from tests.biometrics.prints import template


@pytest.mark.parametrize("person", [3, 4, 5])
def test_minutiae_and_codes_survive_and_ridges_nearly(person):
    before = template(person)
    data = to_bytes(before)
    after = from_bytes(data)
    n = len(after)
    assert len(data) <= 2048
    assert n == min(len(before), 64)
    for name in ("x", "y", "angle", "kind", "texture"):
        assert np.array_equal(getattr(before, name)[:n], getattr(after, name))
    assert np.array_equal(before.mask, after.mask)
    if n == len(before):
        assert np.array_equal(before.codes, after.codes)
    height, width = before.ridges.shape
    both = (before.ridges != 0) & (after.ridges[:height, :width] != 0)
    assert both.sum() > 0.5 * (before.ridges != 0).sum()
    assert np.corrcoef(before.ridges[both], after.ridges[:height, :width][both])[0, 1] > 0.85


def test_a_rolled_print_fits_too():
    rolled = impression(Person.from_seed(3).finger(FingerPosition.RIGHT_INDEX), ImpressionSettings(kind=ImpressionKind.ROLLED))
    fresh, stored = extract(rolled.image), extract_stored(rolled.image)
    assert len(to_bytes(fresh)) <= 2048
    # What is compared is what a store gives back, not what was just found.
    assert stored.ridges.tobytes() == from_bytes(to_bytes(fresh)).ridges.tobytes()
    assert stored.ridges.tobytes() != fresh.ridges.tobytes()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 100), st.integers(1, 30), st.integers(1, 30))
def test_any_template_survives(seed, n, rows, columns):
    rng = np.random.default_rng(seed)
    mask = rng.random((rows, columns)) < 0.7
    shape = int(rows * 4.8), int(columns * 4.8)
    before = Template(
        width=columns * 12,
        height=rows * 12,
        x=rng.integers(0, columns * 12, n).astype(np.uint16),
        y=rng.integers(0, rows * 12, n).astype(np.uint16),
        angle=rng.integers(0, 256, n).astype(np.uint8),
        quality=rng.integers(0, 256, n).astype(np.uint8),
        kind=rng.integers(0, 3, n).astype(np.uint8),
        codes=np.zeros((n, 2), np.uint64),
        texture=rng.integers(0, 2**63, n).astype(np.uint64),
        mask=mask,
        origin=(0, 0),
        ridges=rng.integers(-127, 128, shape).astype(np.int8),
    )
    data = to_bytes(before)
    after = from_bytes(data)
    assert len(data) <= 2048
    assert np.array_equal(before.x[:64], after.x)
    assert np.array_equal(before.kind[:64], after.kind)
    assert np.array_equal(before.mask, after.mask)


def sealed(body: bytes) -> bytes:
    return body + struct.pack("<I", zlib.crc32(body))


def test_lies_are_named_even_with_a_right_checksum():
    data = to_bytes(template(3))
    body = data[:-4]
    for place, value in ((3, 9), (12, 0), (13, 255), (14, 255), (15, 0), (16, 255), (18, 1), (4, 0), (5, 0)):
        changed = bytearray(body)
        changed[place] = value
        if bytes(changed) == body:
            continue
        try:
            after = from_bytes(sealed(bytes(changed)))
        except FormatError:
            continue
        assert place in (4, 5, 15)  # a smaller or larger picture, another quantiser step: another template, not a lie
        assert len(after) <= 255


def test_a_changed_byte_is_noticed():
    data = bytearray(to_bytes(template(3)))
    data[40] ^= 1
    with pytest.raises(FormatError):
        from_bytes(bytes(data))


@pytest.mark.parametrize("data", [b"", b"EFT", b"EFT\x01" + bytes(10), bytes(3000), b"FMR\0 20\0" + bytes(40)])
def test_foreign_bytes_are_named(data):
    with pytest.raises(FormatError):
        from_bytes(data)
