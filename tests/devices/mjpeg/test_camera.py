"""The IP camera against its simulator: whole pictures only, the newest one, the camera's own bytes kept."""

from __future__ import annotations

import threading
from itertools import islice, pairwise

import cv2
import numpy as np
import pytest

from devices.contract import CaptureRequest, Source
from devices.errors import DeviceError, DeviceNotFoundError, DeviceUnpluggedError
from devices.mjpeg.camera import MjpegCamera, decode_live
from devices.simulated.mjpeg import MjpegSimulator, draw
from station.words import catalogue

FACE = CaptureRequest(modality="face", deadline_s=5)


@pytest.fixture
def simulator():
    made = MjpegSimulator("320x240@100")
    yield made
    made.stop()


def test_pictures_are_those_the_camera_took(simulator: MjpegSimulator) -> None:
    with MjpegCamera(simulator.start(), simulated=True) as camera:
        taken = camera.capture(FACE)
        again = camera.capture(FACE)
    (image,) = taken.images
    number = int(taken.details["stream-number"]) % 8
    assert image.original == MjpegSimulator._encode(draw(320, 240, number))
    assert np.abs(image.pixels.astype(int) - draw(320, 240, number)).mean() < 4
    assert int(again.details["stream-number"]) > int(taken.details["stream-number"])
    assert taken.source is Source.SIMULATED
    assert MjpegCamera("http://127.0.0.1:9/x").describe().source is Source.DEVICE


def test_a_slow_viewer_misses_pictures_and_never_sees_old_ones(simulator: MjpegSimulator) -> None:
    with MjpegCamera(simulator.start(), simulated=True) as camera:
        seen = []
        for frame in islice(camera.preview(), 4):
            seen.append(frame.number)
            before = simulator.sent
            while simulator.sent < before + 20:
                threading.Event().wait(0.005)
    assert all(b - a >= 15 for a, b in pairwise(seen))


def test_large_pictures_are_shown_at_half_size_and_taken_whole() -> None:
    simulator = MjpegSimulator("1600x1200@20")
    with MjpegCamera(simulator.start(), simulated=True) as camera:
        assert next(iter(camera.preview())).image.shape == (600, 800, 3)
        assert camera.capture(FACE).images[0].pixels.shape == (1200, 1600, 3)
    simulator.stop()


def test_an_unplugged_camera_says_so_and_is_opened_again(simulator: MjpegSimulator) -> None:
    camera = MjpegCamera(simulator.start(), simulated=True)
    camera.open()
    preview = camera.preview()
    next(preview)
    simulator.unplug()
    with pytest.raises(DeviceUnpluggedError):
        list(preview)
    assert not camera.is_open
    camera.open()
    assert camera.capture(FACE).images
    camera.close()
    simulator.stop()
    with pytest.raises(DeviceNotFoundError):
        camera.open(1.0)


def test_the_row_says_what_is_wrong_with_its_address() -> None:
    row = MjpegCamera("http://user:secret@cam/").describe()
    assert row.error_code == "mjpeg-address"
    assert "secret" not in row.error + row.device_id
    with pytest.raises(DeviceNotFoundError):
        MjpegCamera("nonsense").open()
    with pytest.raises(DeviceNotFoundError):
        MjpegCamera.discover({})


def test_a_picture_that_only_looks_like_one_is_not_shown() -> None:
    good = MjpegSimulator._encode(draw(64, 48, 1))
    assert decode_live(good).shape == (48, 64, 3)
    huge = bytearray(good)
    at = huge.find(b"\xff\xc0")
    huge[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    for bad in (b"", b"\xff\xd8\xff\xd9", bytes(huge), cv2.imencode(".png", draw(64, 48, 1))[1].tobytes()):
        with pytest.raises(DeviceError) as error:
            decode_live(bad)
        assert error.value.reason_code in catalogue()
