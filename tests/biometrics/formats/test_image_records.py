"""ISO/IEC 19794-4:2011 and 19794-6:2011 image records: typed bytes, every bound, and the simulator's independent writer."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometrics.errors import FormatError
from biometrics.formats import iso19794_4, iso19794_6
from biometrics.formats.record_image import Coding, decode_grey
from biometrics.positions import Eye, FingerPosition
from devices.simulated.sbi_records import finger_record, iris_record

# A 2 x 3 px raw picture of a left middle finger, 197 px per cm, one quality block, typed from the standard's tables.
FINGER = bytes.fromhex(
    "46495200 30323000 00000044 0001 00 01"  # FIR 020, 68 bytes, 1 picture, no certification, 1 finger
    "00000034 07E8 02 1D 17 3B 3A 03E7 01 0009 000B 01 3C 0001 0002"  # 52 bytes, 29 February 2024, TIR, quality 60
    "08 00 02 00C5 00C5 00C5 00C5 08 00 00 0003 0002 00000006"  # left middle, first, per cm, 8 bits, raw, plain, 3 x 2
    "000102FDFEFF"
)
IRIS = bytes.fromhex(
    "49495200 30323000 00000048 0001 00 01"
    "00000038 07E8 02 1D 17 3B 3A 03E7 00 0000 0000 00 0001 01 02 02 05 0002 0002 08 00B4 FFFF FFFF"
    "0001 0001 0001 0001 0001 0002 00000004"
    "00FF7F80"
)


def test_a_typed_finger_record() -> None:
    (image,) = iso19794_4.parse(FINGER)
    assert (image.position, image.impression, image.number) == (FingerPosition.LEFT_MIDDLE, 0, 0)
    assert (image.width, image.height, image.ppi, image.sensor_ppi, image.coding) == (3, 2, 500, 500, Coding.RAW)
    assert (image.technology, image.vendor, image.device_type) == (1, 9, 11)
    assert image.qualities == (iso19794_4.Quality(60, 1, 2),)
    assert image.decode().tolist() == [[0, 1, 2], [253, 254, 255]]


def test_a_typed_iris_record() -> None:
    (image,) = iso19794_6.parse(IRIS)
    assert (image.eye, image.kind, image.width, image.height, image.range_mm) == (Eye.RIGHT, "vga", 2, 2, 180)
    assert (image.centre, image.diameter) == ((1, 1, 1, 1), (1, 2))
    assert image.decode().tolist() == [[0, 255], [127, 128]]


def patched(data: bytes, at: int, value: int, size: int = 1) -> bytes:
    return data[:at] + value.to_bytes(size, "big") + data[at + size :]


@pytest.mark.parametrize(("at", "size", "value", "code"), [
    (0, 1, 0x47, "edition"), (5, 1, 0x31, "edition"), (8, 4, 69, "length"), (12, 2, 0, "value"), (12, 2, 2, "short"),
    (12, 2, 500, "value"), (14, 1, 2, "value"), (15, 1, 2, "value"), (16, 4, 53, "length"), (16, 4, 3, "length"),
    (34, 1, 200, "value"), (35, 1, 130, "value"), (40, 1, 12, "value"), (42, 1, 3, "value"), (43, 2, 900, "value"),
    (47, 2, 10, "value"), (51, 1, 4, "coding"), (52, 1, 9, "coding"), (54, 2, 0, "value"), (58, 4, 7, "short"),
])  # fmt: skip
def test_every_field_of_a_finger_record_is_bounded(at: int, size: int, value: int, code: str) -> None:
    with pytest.raises(FormatError) as refused:
        iso19794_4.parse(patched(FINGER, at, value, size))
    assert refused.value.reason_code == f"finger-record-{code}"


@pytest.mark.parametrize(("at", "size", "value", "code"), [
    (0, 1, 0x46, "edition"), (8, 4, 73, "length"), (12, 2, 17, "value"), (14, 1, 1, "value"), (15, 1, 3, "value"),
    (16, 4, 57, "length"), (37, 1, 3, "value"), (38, 1, 4, "value"), (39, 1, 4, "coding"), (40, 1, 0x35, "value"), (41, 2, 0, "value"),
    (45, 1, 16, "coding"), (54, 2, 9, "value"), (64, 4, 3, "length"), (64, 4, 5, "short"),
])  # fmt: skip
def test_every_field_of_an_iris_record_is_bounded(at: int, size: int, value: int, code: str) -> None:
    with pytest.raises(FormatError) as refused:
        iso19794_6.parse(patched(IRIS, at, value, size))
    assert refused.value.reason_code == f"iris-record-{code}"


def test_cut_anywhere_it_is_refused() -> None:
    for whole, parse in ((FINGER, iso19794_4.parse), (IRIS, iso19794_6.parse)):
        for end in range(len(whole)):
            with pytest.raises(FormatError):
                parse(whole[:end])
        with pytest.raises(FormatError):
            parse(whole + b"\0")


PICTURE = np.random.default_rng(4).integers(0, 256, (48, 40), dtype=np.uint8)


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 10), st.integers(40, 90), st.integers(40, 90), st.integers(0, 100), st.sampled_from([500, 1000]))
def test_what_the_simulator_writes_is_read_bit_exact(code: int, height: int, width: int, score: int, ppi: int) -> None:
    picture = np.random.default_rng(code).integers(0, 256, (height, width), dtype=np.uint8)
    record = finger_record(code, picture, datetime(2026, 11, 22, tzinfo=UTC), ppi=ppi, score=score)
    (image,) = iso19794_4.parse(record)
    assert (image.position, image.ppi, image.qualities[0].score) == (FingerPosition(code), ppi, score)
    assert image.coding is Coding.JPEG2000_LOSSLESS
    assert np.array_equal(image.decode(), picture)
    (eye,) = iso19794_6.parse(iris_record(1 + code % 2, picture, datetime(2026, 11, 22, tzinfo=UTC), (4, 4), 6, score=score))
    assert eye.eye == Eye(1 + code % 2)
    assert np.array_equal(eye.decode(), picture)


def coded(suffix: str) -> bytes:
    return cv2.imencode(suffix, PICTURE)[1].tobytes()


def test_each_coding_decodes_and_only_as_itself() -> None:
    import wsq
    from PIL import Image

    assert wsq
    ridges = np.tile((np.arange(128) % 9 * 28).astype(np.uint8), (128, 1))
    out = io.BytesIO()
    Image.fromarray(ridges).save(out, format="WSQ")
    assert decode_grey(out.getvalue(), Coding.WSQ, 128, 128).shape == (128, 128)
    assert np.array_equal(decode_grey(coded(".png"), Coding.PNG, 40, 48), PICTURE)
    assert decode_grey(coded(".jpg"), Coding.JPEG, 40, 48).shape == (48, 40)
    wrong = [(coded(".png"), Coding.JPEG, 40, 48), (coded(".png"), Coding.PNG, 48, 40), (coded(".jpg"), Coding.WSQ, 40, 48),
             (out.getvalue(), Coding.WSQ, 128, 64), (out.getvalue()[:200], Coding.WSQ, 128, 128), (b"\0" * 5, Coding.RAW, 3, 2),
             (b"", Coding.RAW, 0, 0), (b"", Coding.RAW, 60_000, 60_000), (coded(".jp2")[:-40], Coding.JPEG2000_LOSSLESS, 40, 48),
             (coded(".jp2"), Coding.JPEG2000_LOSSLESS, 41, 48), (b"", Coding.PNG, 3, 2)]  # fmt: skip
    for data, coding, width, height in wrong:
        with pytest.raises(FormatError):
            decode_grey(data, coding, width, height)


def test_a_colour_picture_is_no_print() -> None:
    colour = np.dstack([PICTURE, PICTURE // 2, PICTURE])
    for suffix, coding in ((".jp2", Coding.JPEG2000_LOSSLESS), (".png", Coding.PNG)):
        with pytest.raises(FormatError):
            decode_grey(cv2.imencode(suffix, colour)[1].tobytes(), coding, 40, 48)


def test_loss_behind_a_lossless_label_is_found() -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(PICTURE).save(out, format="JPEG2000", irreversible=True, quality_layers=[5])
    assert decode_grey(out.getvalue(), Coding.JPEG2000_LOSSY, 40, 48).shape == (48, 40)
    with pytest.raises(FormatError) as refused:
        decode_grey(out.getvalue(), Coding.JPEG2000_LOSSLESS, 40, 48)
    assert refused.value.reason_code == "record-image-lossy"
