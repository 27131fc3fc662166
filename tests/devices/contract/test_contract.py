"""One suite over every adapter that runs without hardware (`table.CASES`): the rules of devices/contract.py."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from devices.contract import (
    Capabilities,
    CaptureRequest,
    CardReader,
    Device,
    DeviceKind,
    DocumentReader,
    ImagingDevice,
    Positioner,
    Scanner,
)
from devices.errors import DeviceCancelledError, DeviceError, DeviceNotFoundError, UnsupportedCommandError
from devices.registry import adapter_table, enumerate_devices, load
from tests.devices.contract.cases import REQUEST
from tests.devices.contract.table import CASES, ELSEWHERE, find

KINDS: dict[str, frozenset[DeviceKind]] = {
    "imaging": frozenset({DeviceKind.SCANNER, DeviceKind.CAMERA}),
    "document_reader": frozenset({DeviceKind.DOCUMENT_READER}),
    "positioner": frozenset({DeviceKind.POSITIONER}),
    "card_reader": frozenset({DeviceKind.CARD_READER}),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each rule over the adapters of its kind only."""
    if "case" not in metafunc.fixturenames:
        return
    kinds = next((k for name, k in KINDS.items() if name in metafunc.fixturenames), frozenset(DeviceKind))
    metafunc.parametrize("case", [name for name in sorted(CASES) if adapter_table()[name.partition("/")[0]][0] in kinds])


@pytest.fixture
def device(case: str, tmp_path: Path) -> Iterator[Device]:
    before = set(threading.enumerate())
    with find(CASES[case])(tmp_path) as made:
        yield made
        made.close()
    _wait_until(lambda: not _left_over(before), 5)
    assert not _left_over(before), "a thread outlived its device"


def _left_over(before: set[threading.Thread]) -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t not in before and t.is_alive()]


def _wait_until(done, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        threading.Event().wait(0.01)


@pytest.fixture
def imaging(device: Device) -> ImagingDevice:
    assert isinstance(device, ImagingDevice)
    return device


@pytest.fixture
def document_reader(device: Device) -> DocumentReader:
    assert isinstance(device, DocumentReader)
    return device


@pytest.fixture
def positioner(device: Device) -> Positioner:
    assert isinstance(device, Positioner)
    return device


@pytest.fixture
def card_reader(device: Device) -> CardReader:
    assert isinstance(device, CardReader)
    return device


def request_for(device: ImagingDevice) -> CaptureRequest:
    """Something this device says it can take."""
    can = device.capabilities
    if not isinstance(device, Scanner):
        return CaptureRequest(modality="face")
    if can.eyes:
        return CaptureRequest(modality="iris", eyes=tuple(sorted(can.eyes)), deadline_s=10.0)
    position = REQUEST.position if REQUEST.position in can.positions or not can.positions else min(can.positions)
    impression = (
        REQUEST.impression if REQUEST.impression in can.impressions else next(iter(sorted(can.impressions)), REQUEST.impression)
    )
    return CaptureRequest(position, impression, deadline_s=10.0)


def prepare(device: ImagingDevice) -> None:
    if isinstance(device, Scanner):
        device.prepare(request_for(device))


# --- every device ------------------------------------------------------------------------------------------------------------


def test_describe_never_raises_and_says_what_it_is(device: Device) -> None:
    info = device.describe()
    assert info.error_code == ""
    assert info.kind is device.kind
    assert info.device_id == device.device_id
    assert info.identity is not None
    assert info.identity.adapter == device.adapter
    if not info.enrolment_grade:
        assert info.grade_reason
    assert isinstance(device.capabilities, Capabilities), "complete before open"


def test_the_row_is_the_same_device_while_open_and_from_another_thread(device: Device) -> None:
    device.open()
    rows = []
    other = threading.Thread(target=lambda: rows.append(device.describe()))
    other.start()
    other.join(10)
    assert rows[0].error_code == ""
    assert rows[0].identity == device.describe().identity


def test_closed_twice_and_opened_again(device: Device) -> None:
    device.close()
    device.open()
    device.open()
    device.close()
    device.close()
    device.open()
    assert device.is_open


def test_a_cancel_on_a_closed_device_is_harmless(device: Device) -> None:
    device.cancel()
    device.open()
    device.cancel()
    device.close()
    device.cancel()


# --- pictures ------------------------------------------------------------------------------------------------------------------


def test_nothing_works_before_open(imaging: ImagingDevice) -> None:
    with pytest.raises(DeviceError):
        imaging.capture(request_for(imaging))
    with pytest.raises(DeviceError):
        next(iter(imaging.preview()))


def test_without_live_picture_it_says_so(imaging: ImagingDevice) -> None:
    if imaging.capabilities.preview:
        return
    imaging.open()
    with pytest.raises(UnsupportedCommandError):
        next(iter(imaging.preview()))


def test_frames_are_numbered_and_eight_bit(imaging: ImagingDevice) -> None:
    live = imaging
    if not live.capabilities.preview:
        return
    live.open()
    prepare(live)
    frames = list(islice(live.preview(), 8))
    steps = [b.number - a.number for a, b in pairwise(frames)]
    assert len(frames) == 8
    assert all(step >= 1 for step in steps), "numbers grow; a gap is a dropped frame"
    assert all(f.image.dtype == np.uint8 and f.image.size for f in frames)
    assert all(b.at_s >= a.at_s for a, b in pairwise(frames))


def test_a_capture_names_its_device_and_source(imaging: ImagingDevice) -> None:
    imaging.open()
    prepare(imaging)
    taken = imaging.capture(request_for(imaging))
    assert taken.identity == imaging.describe().identity
    assert taken.source is imaging.describe().source
    assert taken.images
    can = imaging.capabilities
    for image in taken.images:
        assert image.pixels.size
        assert image.bits == can.bits
        assert can.ppi is None or image.ppi == can.ppi
        assert image.pixels.dtype == (np.uint16 if image.bits > 8 else np.uint8)


def test_cancel_from_another_thread_ends_the_preview_and_the_next_one_runs(imaging: ImagingDevice) -> None:
    live = imaging
    if not live.capabilities.preview:
        return
    live.open()
    prepare(live)
    for seen, _ in enumerate(live.preview(), 1):
        if seen == 3:
            other = threading.Thread(target=live.cancel)
            other.start()
            other.join()
        assert seen < 60, "the preview goes on after a cancel"
    assert list(islice(live.preview(), 2))


def test_a_preview_that_is_left_early_lets_the_capture_run(imaging: ImagingDevice) -> None:
    live = imaging
    if not live.capabilities.preview:
        return
    live.open()
    prepare(live)
    preview = live.preview()
    next(preview)
    preview.close()  # type: ignore[attr-defined]  # a generator
    assert live.capture(request_for(live)).images
    assert next(iter(live.preview())).image.size


def test_a_cancel_without_a_running_call_does_not_last(imaging: ImagingDevice) -> None:
    imaging.open()
    imaging.cancel()
    prepare(imaging)
    assert imaging.capture(request_for(imaging)).images


def test_controls_are_those_that_the_capabilities_declare(imaging: ImagingDevice) -> None:
    controls = getattr(imaging, "controls", None)
    if controls is None:
        assert not imaging.capabilities.controls
        return
    imaging.open()
    assert set(controls()) <= imaging.capabilities.controls
    with pytest.raises(UnsupportedCommandError):
        imaging.set_control("no-such-control", 1.0)  # type: ignore[attr-defined]


# --- documents, positions, cards -------------------------------------------------------------------------------------------------


def test_a_document_reader_gives_its_bytes_and_ends_when_cancelled(document_reader: DocumentReader) -> None:
    with pytest.raises(DeviceError):
        next(iter(document_reader.readings()))
    document_reader.open()
    readings = document_reader.readings()
    first = next(readings)
    assert first.data
    assert first.kind in {"barcode", "qr", "mrz"}
    ended = threading.Event()
    rest = threading.Thread(target=lambda: (list(readings), ended.set()))
    rest.start()
    _wait_until(lambda: _cancelled_at_last(document_reader, ended), 10)
    rest.join(10)
    assert ended.is_set()


def _cancelled_at_last(reader: DocumentReader, ended: threading.Event) -> bool:
    # A cancel before the thread has begun to wait is a cancel without a running call: say it again.
    reader.cancel()
    return ended.is_set()


def test_a_positioner_answers_within_its_deadline(positioner: Positioner) -> None:
    with pytest.raises(DeviceError):
        positioner.fix(0.1)
    positioner.open()
    fix = positioner.fix(10.0)
    assert fix.valid
    assert fix.latitude_deg is not None
    assert -90 <= fix.latitude_deg <= 90


def test_waiting_for_a_card_is_cancelled(card_reader: CardReader) -> None:
    with pytest.raises(DeviceError):
        card_reader.connect()
    card_reader.open()
    assert card_reader.wait_for_card(5.0)
    card_reader.cancel()
    with pytest.raises(DeviceCancelledError):
        card_reader.wait_for_card(5.0)
    assert card_reader.wait_for_card(5.0)


# --- the table and the registry ----------------------------------------------------------------------------------------------------


def test_every_adapter_of_the_registry_is_in_this_suite_or_says_where_it_is_tested() -> None:
    covered = {name.partition("/")[0] for name in CASES} | set(ELSEWHERE)
    assert set(adapter_table()) - covered == set()
    assert covered - set(adapter_table()) == set()


def test_a_broken_adapter_is_a_row_and_hides_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from devices import registry

    table = {**registry.ADAPTERS, "needs-more": (DeviceKind.SCANNER, "no_such_vendor_library:Scanner")}
    monkeypatch.setattr(registry, "ADAPTERS", table)
    rows = list(enumerate_devices({"needs-more": {}, "nobody": {}, "simulated-scanner": {"seed": 1}, "folder-scanner": {}}))
    assert [bool(r.info.error_code) for r in rows] == [True, True, False, True]
    assert rows[0].info.error_code == "device-library-missing"
    assert "no_such_vendor_library" in rows[0].info.error
    with pytest.raises(DeviceNotFoundError):
        load("nobody")
