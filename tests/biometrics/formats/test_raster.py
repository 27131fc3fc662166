"""Raster files: headers before pixels, and a named error for whatever else arrives."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometrics.errors import ImageError
from biometrics.formats.raster import read_grey, read_header, write_png

GREY = np.arange(60 * 40, dtype=np.uint32).astype(np.uint8).reshape(60, 40)


@pytest.mark.parametrize("ending", [".png", ".bmp", ".pgm", ".tiff"])
def test_lossless_kinds_come_back_equal(ending: str) -> None:
    data = cv2.imencode(ending, GREY)[1].tobytes()
    pixels, header = read_grey(data)
    assert np.array_equal(pixels, GREY)
    assert (header.width, header.height) == (40, 60)


def test_jpeg_header_gives_the_size() -> None:
    header = read_header(cv2.imencode(".jpg", GREY)[1].tobytes())
    assert (header.width, header.height, header.channels) == (40, 60, 1)


@pytest.mark.parametrize("ppi", [500, 512, 1000])
def test_resolution_is_kept_in_png(ppi: int) -> None:
    assert read_header(write_png(GREY, ppi)).ppi == ppi
    assert np.array_equal(read_grey(write_png(GREY, ppi))[0], GREY)


def test_colour_is_refused_and_grey_in_three_channels_is_not() -> None:
    three = np.dstack([GREY] * 3)
    assert np.array_equal(read_grey(cv2.imencode(".png", three)[1].tobytes())[0], GREY)
    three[5, 5, 1] ^= 1
    with pytest.raises(ImageError) as error:
        read_grey(cv2.imencode(".png", three)[1].tobytes())
    assert error.value.reason_code == "image-colour"


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    data = bytearray(write_png(GREY))
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    with pytest.raises(ImageError) as error:
        read_grey(bytes(data))
    assert error.value.reason_code == "image-too-large"


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"BM", b"P5\n1", b"\xff\xd8\xff", b"II*\0" + b"\xff" * 4, b"hello" * 99]
)
def test_rubbish_is_a_named_error(data: bytes) -> None:
    with pytest.raises(ImageError):
        read_grey(data)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([".png", ".bmp", ".pgm", ".tiff", ".jpg"]), st.integers(0, 400))
def test_damaged_files_raise_nothing_else(noise: bytes, ending: str, at: int) -> None:
    data = bytearray(cv2.imencode(ending, GREY)[1].tobytes())
    data[at : at + len(noise)] = noise
    try:
        read_grey(bytes(data), max_pixels=100_000)
    except ImageError:
        pass
