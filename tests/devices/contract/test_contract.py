"""One suite over every imaging adapter that runs without hardware: the rules of devices/contract.py."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from biometrics.formats.raster import write_png
from biometrics.positions import FingerPosition, Impression
from devices.contract import CaptureRequest, Device, ImagingDevice, Scanner, Source
from devices.errors import DeviceError, DeviceNotFoundError
from devices.folder.camera import FolderCamera
from devices.folder.scanner import FolderPrint, FolderScanner
from devices.registry import adapter_table, enumerate_devices, load
from devices.simulated.camera import SimulatedCamera, Sitting
from devices.simulated.scanner import Applicant, SimulatedScanner
from station.clock import ManualClock

REQUEST = CaptureRequest(FingerPosition.RIGHT_INDEX, Impression.LIVE_ROLLED)
Make = Callable[[Path], ImagingDevice]


def _folder_scanner(folder: Path) -> ImagingDevice:
    picture = np.tile((np.arange(300) % 9 * 28).astype(np.uint8), (300, 1))
    (folder / "p.png").write_bytes(write_png(picture, 500))
    return FolderScanner([FolderPrint(folder / "p.png", REQUEST.position, REQUEST.impression, 500)], pacer=ManualClock())


def _folder_camera(folder: Path) -> ImagingDevice:
    (folder / "f.png").write_bytes(write_png(np.full((80, 60, 3), 120, np.uint8)))
    return FolderCamera([folder / "f.png"], pacer=ManualClock())


ADAPTERS: dict[str, Make] = {
    "folder-scanner": _folder_scanner,
    "folder-camera": _folder_camera,
    "simulated-scanner": lambda _: SimulatedScanner(Applicant(5), pacer=ManualClock()),
    "simulated-camera": lambda _: SimulatedCamera(Sitting(5), pacer=ManualClock()),
}


@pytest.fixture(params=sorted(ADAPTERS))
def device(request: pytest.FixtureRequest, tmp_path: Path):
    made = ADAPTERS[request.param](tmp_path)
    yield made
    made.close()


def prepare(device: ImagingDevice) -> None:
    if isinstance(device, Scanner):
        device.prepare(REQUEST)


def test_describe_never_raises_and_says_what_it_is(device: Device) -> None:
    info = device.describe()
    assert info.error_code == ""
    assert info.source is not Source.DEVICE
    assert not info.enrolment_grade
    assert info.grade_reason


def test_closed_twice_and_opened_again(device: ImagingDevice) -> None:
    device.close()
    device.open()
    device.close()
    device.close()
    device.open()
    assert device.is_open


def test_nothing_works_before_open(device: ImagingDevice) -> None:
    with pytest.raises(DeviceError):
        device.capture(REQUEST)
    with pytest.raises(DeviceError):
        next(iter(device.preview()))


def test_frames_are_numbered_and_eight_bit(device: ImagingDevice) -> None:
    device.open()
    prepare(device)
    frames = list(islice(device.preview(), 8))
    assert [b.number - a.number for a, b in pairwise(frames)] == [1] * 7
    assert all(f.image.dtype == np.uint8 for f in frames)


def test_a_capture_names_its_device_and_source(device: ImagingDevice) -> None:
    device.open()
    prepare(device)
    taken = device.capture(REQUEST)
    assert taken.identity == device.describe().identity
    assert taken.source is device.describe().source
    assert all(image.pixels.size for image in taken.images)


def test_cancel_from_another_thread_ends_the_preview_and_the_next_one_runs(device: ImagingDevice) -> None:
    device.open()
    prepare(device)
    for seen, _ in enumerate(device.preview(), 1):
        if seen == 3:
            other = threading.Thread(target=device.cancel)
            other.start()
            other.join()
        assert seen < 10
    assert list(islice(device.preview(), 2))


def test_a_cancel_without_a_running_call_does_not_last(device: ImagingDevice) -> None:
    device.open()
    device.cancel()
    prepare(device)
    assert device.capture(REQUEST).images


def test_every_built_in_adapter_of_this_suite_is_in_the_table() -> None:
    assert set(ADAPTERS) <= set(adapter_table())


def test_a_broken_adapter_is_a_row_and_hides_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from devices import registry
    from devices.contract import DeviceKind

    table = {**registry.ADAPTERS, "needs-more": (DeviceKind.SCANNER, "no_such_vendor_library:Scanner")}
    monkeypatch.setattr(registry, "ADAPTERS", table)
    rows = list(enumerate_devices({"needs-more": {}, "nobody": {}, "simulated-scanner": {"seed": 1}, "folder-scanner": {}}))
    assert [bool(r.info.error_code) for r in rows] == [True, True, False, True]
    assert rows[0].info.error_code == "device-library-missing"
    assert "no_such_vendor_library" in rows[0].info.error
    with pytest.raises(DeviceNotFoundError):
        load("nobody")
