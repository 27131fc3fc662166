"""ISO/IEC 19794-5 records and JPEG 2000: round trips, wrong bytes, and layouts written out by hand."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometrics.errors import FormatError
from biometrics.formats import jpeg2000
from biometrics.formats.iso19794_5 import Edition, FaceImage, FaceRecord, FeaturePoint, ImageFormat, QualityScore, parse, write

u8, u16 = st.integers(0, 255), st.integers(0, 65535)
angle = st.one_of(st.none(), st.integers(-89, 90).map(lambda k: 2 * k))
point = st.builds(FeaturePoint, kind=u8, code=u8, x=u16, y=u16, z=st.just(0))
common = {
    "image": st.binary(max_size=200), "width": u16, "height": u16, "image_type": u8, "colour_space": u8, "gender": u8,
    "eye_colour": u8, "hair_colour": u8, "properties": st.integers(0, 2**24 - 1), "expression": u16,
    "pose": st.tuples(angle, angle, angle), "pose_uncertainty": st.tuples(u8, u8, u8),
    "points": st.lists(point, max_size=5).map(tuple), "source_type": u8, "device_type": u16,
}  # fmt: skip
old = st.builds(FaceImage, image_format=st.sampled_from([ImageFormat.JPEG, ImageFormat.JPEG2000]), quality_2005=u16, **common)
new = st.builds(
    FaceImage, image_format=st.sampled_from(list(ImageFormat)), device_vendor=u16,
    qualities=st.lists(st.builds(QualityScore, score=u8, vendor=u16, algorithm=u16), max_size=3).map(tuple),
    subject_height_cm=u8, captured=st.binary(min_size=9, max_size=9), sampling_level=u8, post_processing=u16, cross_reference=u8,
    **common,
)  # fmt: skip
records = st.one_of(
    st.builds(FaceRecord, edition=st.just(Edition.E2005), faces=st.lists(old, min_size=1, max_size=3).map(tuple)),
    st.builds(FaceRecord, edition=st.just(Edition.E2011), faces=st.lists(new, min_size=1, max_size=3).map(tuple), temporal=u16),
)


@settings(max_examples=60, deadline=None)
@given(records)
def test_what_is_written_is_read(record):
    assert parse(write(record)) == record


@settings(max_examples=60, deadline=None)
@given(records, st.integers(0, 400), u8)
def test_cut_or_changed_records_raise_format_errors_only(record, at, value):
    data = write(record)
    with pytest.raises(FormatError):
        parse(data[: min(at, len(data) - 1)])
    changed = bytearray(data)
    changed[at % len(data)] = value
    try:
        parse(bytes(changed))
    except FormatError:
        pass


def test_layout_of_2005_byte_by_byte():
    face = FaceImage(
        b"\xff\xd8JPEG",
        ImageFormat.JPEG,
        480,
        720,
        pose=(0, -2, 10),
        points=(FeaturePoint(1, 0xC1, 200, 300),),
        gender=2,
        device_type=7,
    )
    expected = (
        b"FAC\x00010\x00" + struct.pack(">IH", 14 + 20 + 8 + 12 + 6, 1)
        + struct.pack(">IH", 20 + 8 + 12 + 6, 1) + bytes([2, 0, 0]) + b"\0\0\0" + b"\0\0" + bytes([1, 180, 6]) + bytes(3)
        + bytes([1, 0xC1]) + struct.pack(">HHH", 200, 300, 0)
        + bytes([1, 0]) + struct.pack(">HH", 480, 720) + bytes([1, 2]) + struct.pack(">HH", 7, 0)
        + b"\xff\xd8JPEG"
    )  # fmt: skip
    assert write(FaceRecord(Edition.E2005, (face,))) == expected


def test_image_of_2011_starts_where_public_samples_have_it():
    face = FaceImage(b"JP2", ImageFormat.JPEG2000, 240, 320, qualities=(QualityScore(90, 1, 2),))
    data = write(FaceRecord(Edition.E2011, (face,)))
    # MOSIP's sample face (one quality score, no points) has its JPEG 2000 at offset 73.
    assert data.index(b"JP2") == 73
    assert struct.unpack(">I", data[8:12])[0] == len(data)


def test_values_that_do_not_fit_are_refused():
    for face in (
        FaceImage(b"x", ImageFormat.PNG, 1, 1),
        FaceImage(b"x", ImageFormat.JPEG, 70000, 1),
        FaceImage(b"x", ImageFormat.JPEG, 1, 1, pose=(400, 0, 0)),
        FaceImage(b"x", ImageFormat.JPEG, 1, 1, properties=2**24),
    ):
        with pytest.raises(FormatError):
            write(FaceRecord(Edition.E2005, (face,)))
    with pytest.raises(FormatError):
        write(FaceRecord(Edition.E2011, ()))


def test_jpeg2000_header_and_round_trip():
    image = np.random.default_rng(3).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    data = jpeg2000.encode(image, 1000)
    header = jpeg2000.parse_header(data)
    assert (header.width, header.height, header.components, header.bits, header.boxed, header.complete) == (
        120,
        90,
        3,
        8,
        True,
        True,
    )
    assert np.abs(jpeg2000.decode(data).astype(int) - image).max() <= 1
    bare = data[data.index(jpeg2000.CODESTREAM) :]
    assert not jpeg2000.parse_header(bare).boxed


def test_jpeg2000_sizes_are_bounded_before_decoding():
    data = bytearray(jpeg2000.encode(np.zeros((64, 64, 3), np.uint8), 100))
    at = data.index(jpeg2000.CODESTREAM)
    data[at + 8 : at + 16] = struct.pack(">II", 60_000, 60_000)
    with pytest.raises(FormatError) as caught:
        jpeg2000.decode(bytes(data))
    assert caught.value.reason_code == "jpeg2000-large"
    data[at + 24 : at + 32] = struct.pack(">II", 0, 0)
    with pytest.raises(FormatError):
        jpeg2000.parse_header(bytes(data))
