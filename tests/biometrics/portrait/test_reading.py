"""Portrait files from outside: every bad one has a named answer, nothing large is decoded, memory and time stay bounded."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zlib

import cv2
import numpy as np
import pytest

from biometrics.errors import FormatError, ImageError
from biometrics.formats import jpeg2000
from biometrics.portrait import Instruction, assess
from biometrics.portrait.reading import inspect, read_portrait
from biometrics.portrait.synthesis import FaceSettings, Fault, render_face, settings_with


def encoded(image: np.ndarray, suffix: str, options: list[int] | None = None) -> bytes:
    done, data = cv2.imencode(suffix, image, options or [])
    assert done
    return data.tobytes()


@pytest.fixture(scope="module")
def small() -> np.ndarray:
    return render_face(6, FaceSettings(width=320, height=240, eye_distance_px=40)).image


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".jp2"])
def test_every_kind_is_read(small, suffix):
    read = read_portrait(encoded(small, suffix))
    assert read.image.shape == small.shape
    assert np.abs(read.image.astype(int) - small).mean() < 6
    assert (read.facts.width, read.facts.height) == (320, 240)


def code_of(data: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        read_portrait(data)
    return caught.value.reason_code


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int, extra: bytes = b"", rows: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", head)
        + extra
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


def jpeg_with_frame(components: int, width: int = 64, height: int = 64) -> bytes:
    parts = b"".join(bytes([i + 1, 0x11, 0]) for i in range(components))
    frame = struct.pack(">BHHB", 8, height, width, components) + parts
    return (
        b"\xff\xd8\xff\xc0" + struct.pack(">H", 2 + len(frame)) + frame
        + b"\xff\xda" + struct.pack(">H", 2 + 4 + 2 * components) + bytes([components]) + bytes(2 * components + 3) + b"\x00" * 50 + b"\xff\xd9"
    )  # fmt: skip


def test_named_answers(small):
    jpeg, png = encoded(small, ".jpg"), encoded(small, ".png")
    jp2 = jpeg2000.encode(small, 100)
    assert code_of(b"") == "file-unknown"
    assert code_of(b"hello, this is no picture") == "file-unknown"
    assert code_of(jpeg[: len(jpeg) // 2]) == "file-truncated"
    assert code_of(png[: len(png) // 2]) == "file-truncated"
    assert code_of(jp2[: len(jp2) // 2]) == "file-truncated"
    assert code_of(encoded(small, ".bmp")[:-10_000]) == "file-truncated"
    assert code_of(jpeg_with_frame(4)) == "file-cmyk"
    assert code_of(b"GIF89a" + bytes(30)) == "file-animated"
    assert code_of(png_of(64, 64, png_chunk(b"acTL", bytes(8)))) == "file-animated"
    assert code_of(b"RIFF\x10\0\0\0WEBPVP8X\x0a\0\0\0\x02" + bytes(20)) == "file-animated"
    assert code_of(b"RIFF\x10\0\0\0WEBPVP8 " + bytes(20)) == "file-kind"
    assert code_of(b"II*\0" + bytes(30)) == "file-kind"
    assert code_of(png_of(64, 64, rows=b"\0\0")) in {"file-damaged"}
    assert code_of(b"\xff\xd8\xff\xd9") == "file-damaged"


def test_hundred_megapixels_and_bombs_are_refused_before_decoding():
    rows = 2_000
    bombs = {
        "100 MP PNG": png_of(10_000, 10_000, rows=bytes(30_001 * rows)),
        "100 MP JPEG": jpeg_with_frame(3, 10_000, 10_000),
        "65k JPEG": jpeg_with_frame(3, 65_535, 65_535),
        "one-row bomb": png_of(2_000_000, 1),
        "100 MP BMP": b"BM"
        + struct.pack("<IHHI", 99, 0, 0, 54)
        + struct.pack("<IiiHHI", 40, 10_000, 10_000, 1, 24, 0)
        + bytes(40),
    }
    for name, data in bombs.items():
        tracemalloc.start()
        start = time.thread_time()
        code = code_of(data)
        seconds = time.thread_time() - start
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert code in {"file-pixels", "file-truncated"}, name
        assert peak < len(data) * 2 + 2_000_000, name
        assert seconds < 2, name


def test_profile_and_text_bombs_in_a_png_are_not_unpacked(small):
    png = encoded(small, ".png")
    bomb = png_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(50_000_000))) + png_chunk(
        b"zTXt", b"x\0\0" + zlib.compress(bytes(50_000_000))
    )
    facts, safe = inspect(png[:33] + bomb + png[33:])
    assert facts.width == 320
    assert b"iCCP" not in safe
    assert read_portrait(png[:33] + bomb + png[33:]).image.shape == small.shape


def test_a_jpeg_of_markers_only_takes_little_time():
    data = b"\xff\xd8" + b"\xff\x00" * 9_000_000
    start = time.thread_time()
    assert code_of(data) == "file-truncated"
    assert time.thread_time() - start < 3


def exif(orientation: int) -> bytes:
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + bytes(4)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", 2 + len(body)) + body


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_picture_upright(small, orientation):
    # How a camera would have stored the upright picture for each orientation, by the definition of the tag.
    stored = {
        1: small,
        2: small[:, ::-1],
        3: small[::-1, ::-1],
        4: small[::-1],
        5: np.swapaxes(small, 0, 1),
        6: np.rot90(small, 1),
        7: np.swapaxes(small[::-1, ::-1], 0, 1),
        8: np.rot90(small, -1),
    }[orientation]
    jpeg = encoded(np.ascontiguousarray(stored), ".jpg", [cv2.IMWRITE_JPEG_QUALITY, 98])
    read = read_portrait(jpeg[:2] + exif(orientation) + jpeg[2:])
    assert read.facts.orientation == orientation
    assert read.image.shape == small.shape
    assert np.abs(read.image.astype(int) - small).mean() < 5


@pytest.mark.parametrize("quality", [20, 50, 75, 90])
def test_jpeg_quality_is_read_from_its_tables(small, quality):
    facts, _ = inspect(encoded(small, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, quality]))
    assert abs(facts.jpeg_quality - quality) < 2


def test_pictures_that_cannot_be_judged(kit):
    for image, code in (
        (np.zeros((1, 1, 3), np.uint8), "image-too-small"),
        (np.zeros((400, 400), np.uint8), "image-kind"),
        (np.zeros((400, 400, 4), np.uint8), "image-kind"),
        (np.zeros((400, 400, 3), np.float32), "image-kind"),
        (np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (10_000, 10_000, 3)), "image-too-large"),
    ):
        with pytest.raises(ImageError) as caught:
            assess(image, kit=kit)
        assert caught.value.reason_code == code
    for image in (np.zeros((480, 640, 3), np.uint8), np.full((480, 640, 3), 255, np.uint8)):
        quality = assess(image, kit=kit)
        assert quality.reasons[-1].instruction is Instruction.NOBODY
        assert not quality.passed
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    assert not assess(noise, kit=kit).passed
    two = assess(render_face(9, settings_with(Fault.TWO_PEOPLE)).image, kit=kit)
    assert two.instruction is Instruction.ONE_PERSON
