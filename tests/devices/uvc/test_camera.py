"""A USB camera's driver may hang, crash or chatter: the station loses a child process, nothing else, and says what happened."""

from __future__ import annotations

import os
import time
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contract import CaptureRequest, Source
from devices.errors import DeviceError, DeviceNotFoundError, DeviceProtocolError, DeviceTimeoutError, DeviceUnpluggedError
from devices.registry import enumerate_devices
from devices.uvc.camera import UvcCamera
from devices.uvc.controls import from_raw, to_raw
from devices.uvc.host import CameraChild
from devices.uvc.names import attached, describe
from station.words import catalogue
from tests.devices.uvc.case import WEBCAM, write_video

FACE = CaptureRequest(modality="face", deadline_s=5)


def camera(driver: str, source: int = 0) -> UvcCamera:
    return UvcCamera(source, WEBCAM, driver=f"tests.devices.uvc.drivers:{driver}", stall_s=0.5, patience_s=1.0)


def test_a_capture_was_exposed_after_the_request() -> None:
    with camera("Webcam") as device:
        frame = next(iter(device.preview()))
        taken = device.capture(FACE)
    number = int.from_bytes(bytes(taken.images[0].pixels[0, :4, 0]), "big")
    assert number == int(taken.details["stream-number"])
    assert number > frame.number
    assert taken.images[0].pixels.shape == (240, 320, 3)
    assert (taken.identity.serial, taken.identity.firmware, taken.source) == ("SN-5", "0102", Source.DEVICE)


def test_controls_in_plain_units_and_what_is_missing_is_an_answer() -> None:
    with camera("Webcam") as device:
        assert dict(device.controls()) == {
            "auto_exposure": 1.0, "exposure_us": 15_600.0, "white_balance_k": 4600.0, "auto_white_balance": 1.0,
        }  # fmt: skip
        device.set_control("auto_exposure", 0)
        device.set_control("exposure_us", 8000)
        assert device.controls()["exposure_us"] == 8000.0
        assert device.controls()["auto_exposure"] == 0.0
        for missing in ("focus", "nonsense"):
            with pytest.raises(DeviceError) as error:
                device.set_control(missing, 1)
            assert error.value.reason_code == "device-unsupported"


@given(st.sampled_from(["V4L2", "DSHOW", "MSMF"]), st.floats(1, 1e6))
def test_units_survive_the_way_to_the_driver_and_back(backend: str, value: float) -> None:
    assert from_raw(backend, "exposure_us", to_raw(backend, "exposure_us", value)) == pytest.approx(value)
    for automatic in (0.0, 1.0):
        assert from_raw(backend, "auto_exposure", to_raw(backend, "auto_exposure", automatic)) == automatic


@pytest.mark.parametrize(
    ("driver", "kind", "code"),
    [
        ("HangsInRead", DeviceTimeoutError, "camera-silent"),
        ("Crashes", DeviceUnpluggedError, "camera-driver-died"),
        ("Unplugged", DeviceUnpluggedError, "camera-gone"),
    ],
)
def test_a_driver_that_fails_in_the_stream_ends_it_with_its_name_in_time(driver: str, kind: type[DeviceError], code: str) -> None:
    device = camera(driver)
    device.open()
    began = time.monotonic()
    with pytest.raises(kind) as error:
        list(device.preview())
    assert error.value.reason_code == code
    assert code in catalogue()
    assert time.monotonic() - began < 5
    pid = device._child.pid if device._child else None
    device.close()
    assert pid is None or not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_driver_that_hangs_at_open_is_killed_in_time() -> None:
    device = camera("HangsAtOpen")
    began = time.monotonic()
    with pytest.raises(DeviceTimeoutError) as error:
        device.open(1.5)
    assert error.value.reason_code == "camera-hangs"
    assert time.monotonic() - began < 4
    assert not device.is_open


def test_a_control_that_hangs_costs_the_child_and_the_camera_opens_again() -> None:
    device = camera("HangsInControl")
    device.open()
    with pytest.raises(DeviceTimeoutError):
        device.controls()
    assert not device.is_open
    device.open()
    assert device.capture(FACE).images
    device.close()


def test_what_a_driver_prints_does_not_get_between_the_pictures() -> None:
    with camera("Chatters") as device:
        assert len(list(islice(device.preview(), 3))) == 3


def test_a_camera_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(DeviceNotFoundError):
        camera("Webcam", 99).open()
    with pytest.raises(DeviceNotFoundError):
        UvcCamera(str(tmp_path / "none.avi")).open()


def test_a_child_that_answers_nonsense_is_ended() -> None:
    child = CameraChild("tests.devices.uvc.nonsense:Nothing")
    with pytest.raises((DeviceUnpluggedError, DeviceProtocolError)):
        child.ask({"op": "open", "source": 0}, 5)
    child.close()


def test_a_video_file_is_a_file_and_ends(tmp_path: Path) -> None:
    device = UvcCamera(str(write_video(tmp_path / "v.avi", frames=12, width=1600, height=1200)))
    assert device.describe().source is Source.FILE
    with device:
        assert next(iter(device.preview())).image.shape == (600, 800, 3)
        assert device.capture(FACE).images[0].pixels.shape == (1200, 1600, 3)
        with pytest.raises(DeviceUnpluggedError):
            list(device.preview())


class Listed:
    """An entry as cv2_enumerate_cameras gives it."""

    index, name, path, vid, pid = 2, "HD Webcam", "/dev/video2", 0x046D, 0x0825


def test_ids_stay_with_the_serial_number_or_else_with_the_port(tmp_path: Path) -> None:
    usb = tmp_path / "devices" / "usb1" / "1-4"
    (usb / "1-4:1.0").mkdir(parents=True)
    (usb / "bcdDevice").write_text("0012\n")
    node = tmp_path / "class" / "video2"
    node.mkdir(parents=True)
    (node / "device").symlink_to(usb / "1-4:1.0")
    without = describe(Listed(), tmp_path / "class")
    assert (without.stable_id, without.by_port, without.version) == ("046d-0825-1-4", True, "0012")
    (usb / "serial").write_text("8E21 B0\n")
    with_serial = describe(Listed(), tmp_path / "class")
    assert (with_serial.stable_id, with_serial.by_port, with_serial.serial) == ("046d-0825-8E21-B0", False, "8E21 B0")
    assert describe(Listed(), tmp_path / "nowhere").stable_id == "046d-0825-dev-video2"


def test_without_a_camera_the_row_says_so() -> None:
    if attached():
        pytest.skip("a real camera is attached here")
    (found,) = enumerate_devices({"uvc": {}})
    assert (found.device, found.info.error_code) == (None, "camera-absent")
    (bad,) = enumerate_devices({"uvc": {"width": "wide"}})
    assert bad.info.error_code == "setting-device"


def test_pictures_are_writable_copies_of_nobody() -> None:
    with camera("Webcam") as device:
        a, b = islice(device.preview(), 2)
    assert not np.shares_memory(a.image, b.image)
