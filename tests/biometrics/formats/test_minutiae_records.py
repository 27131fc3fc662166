"""ISO/IEC 19794-2:2005 and INCITS 378-2004: hand-made bytes, round trips, lies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometrics.errors import FormatError
from biometrics.fingerprint.matching import compare, threshold
from biometrics.formats import ansi378, iso19794_2
from biometrics.formats.minutiae_record import MinutiaeRecord, MinutiaeView
from biometrics.positions import FingerPosition
from tests.biometrics.prints import template

# One right index, two minutiae, written out by hand from the standards' tables.
VIEW = bytes.fromhex("02 00 50 02 4064 0032 20 28 80C8 0190 5A 00 0000".replace(" ", ""))
ISO = bytes.fromhex("464d5200 20323000 0000002a 0000 0190 01e0 00c5 00c5 01 00".replace(" ", "")) + VIEW
ANSI = bytes.fromhex("464d5200 20323000 002c 00330001 0000 0190 01e0 00c5 00c5 01 00".replace(" ", "")) + VIEW
FORMATS = {"iso": iso19794_2, "ansi": ansi378}


@pytest.mark.parametrize(("form", "data", "angles"), [(iso19794_2, ISO, (45.0, 126.5625)), (ansi378, ANSI, (64.0, 180.0))])
def test_hand_made_bytes(form, data, angles):
    record = form.read(data)
    assert (record.width, record.height, record.ppi_x) == (400, 480, 500.0)
    (view,) = record.views
    assert (view.position, view.quality, len(view)) == (FingerPosition.RIGHT_INDEX, 80, 2)
    assert view.x.tolist() == [100, 200]
    assert view.y.tolist() == [50, 400]
    assert view.kind.tolist() == [1, 2]
    assert view.minutia_quality.tolist() == [40, 0]
    assert view.angle_deg.tolist() == pytest.approx(angles)
    again = form.write(record, (0x33, 1)) if form is ansi378 else form.write(record)
    assert again == data
    assert form.is_record(data)


def test_the_two_are_told_apart():
    assert not iso19794_2.is_record(ANSI)
    assert not ansi378.is_record(ISO)
    with pytest.raises(FormatError):
        iso19794_2.read(ANSI)
    with pytest.raises(FormatError):
        ansi378.read(ISO)


@st.composite
def records(draw, units):
    width, height = draw(st.integers(1, 1500)), draw(st.integers(1, 1500))
    views = []
    for _ in range(draw(st.integers(1, 3))):
        n = draw(st.integers(0, 255))
        rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        views.append(
            MinutiaeView(
                FingerPosition(draw(st.integers(0, 10))),
                draw(st.integers(0, 15)),
                draw(st.integers(0, 100)),
                rng.integers(0, width, n).astype(np.uint16),
                rng.integers(0, height, n).astype(np.uint16),
                (rng.integers(0, units, n) * np.float32(360 / units)).astype(np.float32),
                rng.integers(0, 3, n).astype(np.uint8),
                rng.integers(0, 101, n).astype(np.uint8),
                draw(st.binary(max_size=20)),
            )
        )
    return MinutiaeRecord(width, height, 197, 197, tuple(views), draw(st.integers(0, 0xFFFF)))


@pytest.mark.parametrize(("name", "units"), [("iso", 256), ("ansi", 180)])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_round_trip(name, units, data):
    record = data.draw(records(units))
    form = FORMATS[name]
    again = form.read(form.write(record))
    assert form.write(again) == form.write(record)
    for one, two in zip(record.views, again.views, strict=True):
        assert (one.position, one.impression, one.quality, one.extended) == (
            two.position,
            two.impression,
            two.quality,
            two.extended,
        )
        for field in ("x", "y", "angle_deg", "kind", "minutia_quality"):
            assert np.array_equal(getattr(one, field), getattr(two, field))


@pytest.mark.parametrize("form", [iso19794_2, ansi378])
def test_lying_counts_are_named(form):
    data = ISO if form is iso19794_2 else ANSI
    start = len(data) - len(VIEW)
    for place, value in (
        (start + 3, 255),
        (start + 3, 1),
        (start, 77),
        (start + 2, 200),
        (len(data) - 1, 9),
        (start - 2, 9),
        (start - 2, 0),
    ):
        changed = bytearray(data)
        changed[place] = value
        with pytest.raises(FormatError):
            form.read(bytes(changed))
    for cut in range(len(data)):
        with pytest.raises(FormatError):
            form.read(data[:cut])
    with pytest.raises(FormatError):
        form.read(data + b"\0")
    with pytest.raises(FormatError):
        form.read(bytes(2_000_000))


@pytest.mark.parametrize("form", [iso19794_2, ansi378])
def test_templates_still_match_after_a_trip_through_a_record(form):
    record = form.read(form.write(iso19794_2.record_of(template(3), FingerPosition.RIGHT_INDEX)))
    after = record.views[0].template(record.width, record.height, record.ppi_x)
    same, other = compare(after, template(3, seed=1)), compare(after, template(4))
    assert same.score > threshold(1e-2) > other.score
    n = min(len(after), len(template(3)))
    gap = np.hypot(after.x[:n, None].astype(float) - template(3).x[None], after.y[:n, None].astype(float) - template(3).y[None])
    assert gap.min(1).max() < 2
