"""What a bridge may say, byte by byte, and what becomes of a child that will not behave."""

from __future__ import annotations

import json
import os
import sys
import threading
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometrics.positions import FingerPosition
from devices.bridge.adapter import MOST_STARTS, BridgeScanner
from devices.bridge.framing import FrameReader, encode
from devices.bridge.messages import read_capture, read_devices, read_error, read_frame, read_hello
from devices.bridge.process import BridgeProcess
from devices.contract import CaptureRequest, Source
from devices.errors import (
    DeviceCancelledError,
    DeviceError,
    DeviceFormatError,
    DeviceNotFoundError,
    DeviceProtocolError,
    UnsupportedCommandError,
)
from devices.simulated.bridge import BridgeSimulator
from tests.devices.bridge.contract_cases import EXAMPLE, scanner

RIGHT = CaptureRequest(FingerPosition.RIGHT_FOUR, missing=(FingerPosition.RIGHT_RING,), deadline_s=5.0)
# `{"id":1,"ok":true}` with the payload 01 02 03, typed from docs/bridge-protocol.md.
TYPED = bytes.fromhex("00000012 00000003 7b226964223a312c226f6b223a747275657d 010203 454e440a")


def test_a_typed_message() -> None:
    (message,) = FrameReader().feed(TYPED)
    assert message.header == {"id": 1, "ok": True}
    assert message.payload == b"\1\2\3"
    assert encode({"op": "list", "id": 7}) == b"\0\0\0\x14\0\0\0\0" + b'{"op":"list","id":7}END\n'


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=60)), max_size=6), st.integers(1, 40))
def test_messages_are_cut_however_they_are_split(parts: list[tuple[int, bytes]], step: int) -> None:
    stream = b""
    for number, payload in parts:
        text = json.dumps({"id": number}).encode()
        stream += len(text).to_bytes(4, "big") + len(payload).to_bytes(4, "big") + text + payload + b"END\n"
    reader = FrameReader()
    found = [m for at in range(0, len(stream), step) for m in reader.feed(stream[at : at + step])]
    assert [(m.header["id"], m.payload) for m in found] == parts


@pytest.mark.parametrize("at", range(8, len(TYPED)))
def test_a_lost_byte_is_noticed_at_once(at: int) -> None:
    broken = TYPED[:at] + TYPED[at + 1 :]
    with pytest.raises(DeviceFormatError):
        FrameReader().feed(broken + TYPED)


@pytest.mark.parametrize("bad", [b"\xff" * 8, b"\0\0\0\x01\0\0\0\0", b"\0\0\0\x02\x7f\0\0\0", b"\0\0\0\x02\0\0\0\0[]END\n",
                                 b"\0\0\0\x02\0\0\0\0{xEND\n"])  # fmt: skip
def test_a_length_or_header_that_cannot_be(bad: bytes) -> None:
    with pytest.raises(DeviceFormatError):
        FrameReader().feed(bad)


DEVICE = {"serial": "1", "vendor": "v", "model": "m", "firmware": "f", "positions": [13], "impressions": [0], "ppi": 500, "bits": 8,
          "preview": True}  # fmt: skip


@pytest.mark.parametrize("change", [{"serial": ""}, {"serial": 5}, {"serial": "a\nb"}, {"positions": [12]}, {"positions": []},
                                    {"positions": [True]}, {"impressions": [9]}, {"ppi": 5}, {"ppi": 500.0}, {"bits": 16}, {"preview": 1},
                                    {"firmware": "x" * 101}, {"positions": "all"}])  # fmt: skip
def test_every_field_of_a_listed_device_is_bounded(change: dict[str, object]) -> None:
    assert read_devices({"devices": [DEVICE]})[0].serial == "1"
    with pytest.raises(DeviceFormatError):
        read_devices({"devices": [{**DEVICE, **change}]})


@pytest.mark.parametrize("value", [None, {}, [5], [DEVICE] * 17])
def test_a_list_of_devices_that_is_none(value: object) -> None:
    with pytest.raises(DeviceFormatError):
        read_devices({"devices": value})


IMAGE = {"position": 13, "width": 20, "height": 16, "ppi": 500, "bits": 8}


@pytest.mark.parametrize(("images", "size"), [
    ([], 0), ([IMAGE], 319), ([IMAGE], 321), ([{**IMAGE, "width": 8001}], 320), ([{**IMAGE, "height": -16}], 320),
    ([{**IMAGE, "position": 14}], 320), ([{**IMAGE, "position": 99}], 320), ([{**IMAGE, "ppi": None}], 320),
    ([{**IMAGE, "quality": 101}], 320), ([IMAGE, {**IMAGE, "position": 2}], 640), ([{**IMAGE, "position": 2}] * 2, 640), ("x", 320),
    ([5], 320), ([{**IMAGE, "width": 8000, "height": 8000}], 320),
])  # fmt: skip
def test_a_capture_must_fit_its_bytes_and_its_request(images: object, size: int) -> None:
    assert len(read_capture({"images": [IMAGE]}, bytes(320), FingerPosition.RIGHT_FOUR)) == 1
    with pytest.raises(DeviceProtocolError):
        read_capture({"images": images}, bytes(size), FingerPosition.RIGHT_FOUR)


def test_frames_hello_and_errors() -> None:
    assert read_frame({"width": 20, "height": 16}, bytes(320)).image.shape == (16, 20)
    for header, size in (
        ({"width": 20, "height": 16}, 319),
        ({"width": 20}, 20),
        ({"width": 20, "height": 16, "finger": 1}, 320),
    ):
        with pytest.raises(DeviceFormatError):
            read_frame(header, bytes(size))
    for bad in (True, 0, 11, "1", None):
        with pytest.raises(DeviceFormatError):
            read_hello({"protocol": 1, "beat_s": bad})
    with pytest.raises(UnsupportedCommandError):
        read_hello({"protocol": 2})
    assert read_error({"error": "unplugged"}).reason_code == "device-unplugged"
    assert read_error({"error": ["x"], "text": 5}).reason_code == "bridge-fault"


def test_a_slap_through_a_bridge_keeps_positions_and_pixels() -> None:
    device = scanner(BridgeSimulator("stripes").command(), margin_s=5.0)
    device.open()
    taken = device.capture(RIGHT)
    assert [int(i.position) for i in taken.images] == [2, 3, 5]
    assert taken.source is Source.SIMULATED
    assert taken.device_quality == 66
    for image in taken.images:
        row = np.where((np.arange(64 + int(image.position)) // 5) % 2, 40, 220)
        assert np.array_equal(image.pixels, np.tile(row, (80, 1)))
    device.close()


def test_the_shipped_example_imports_nothing_of_ours_and_takes_a_picture() -> None:
    device = scanner([sys.executable, "-I", str(EXAMPLE)], margin_s=5.0, silence_s=3.0)
    device.open()
    assert all(f.finger_present for f in islice(device.preview(), 3))
    (image,) = device.capture(CaptureRequest(FingerPosition.LEFT_LITTLE, deadline_s=2.0)).images
    assert (image.pixels.shape, image.ppi) == ((400, 320), 500)
    device.close()


@pytest.mark.parametrize("fault", ["stuck", "ignores-cancel"])
def test_a_cancel_is_heard_or_the_child_is_killed(fault: str) -> None:
    device = scanner(BridgeSimulator("stripes").command(), margin_s=30.0)
    device.command = tuple(BridgeSimulator("stripes", (fault,)).command())
    device.open()
    child = device._process
    assert child is not None
    done = threading.Event()
    other = threading.Thread(target=_cancel_until, args=(device, done))
    other.start()
    with pytest.raises(DeviceCancelledError):
        device.capture(RIGHT)
    done.set()
    other.join()
    assert device.is_open == (fault == "stuck"), "one that heard stays open, one that did not is stopped"
    device.close()
    assert not _exists(child._child.pid)


def _cancel_until(device: BridgeScanner, done: threading.Event) -> None:
    while not done.wait(0.02):
        device.cancel()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_the_child_started_dies_with_it() -> None:
    script = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); print(p.pid, file=sys.stderr, flush=True); p.wait()"
    process = BridgeProcess([sys.executable, "-c", script], "x")
    waited = threading.Event()
    while not process.error_text.endswith("\n") and not waited.wait(0.01):
        pass
    grandchild = int(process.error_text)
    process.kill()
    # It is our grandchild: its end shows when init, or a subreaper, has collected it; a zombie is dead.
    for _ in range(200):
        if not _runs(grandchild):
            break
        waited.wait(0.01)
    assert not _runs(grandchild)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123 - procfs
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_program_that_is_not_there_or_no_bridge() -> None:
    with pytest.raises(DeviceNotFoundError) as missing:
        BridgeScanner.discover({"command": "/nonexistent/bridge"})
    assert missing.value.reason_code == "bridge-missing"
    with pytest.raises(DeviceError):
        BridgeScanner.discover({"command": [sys.executable, "-c", "print('hello, I am no bridge' * 9)"]})
    assert BridgeScanner.discover({}) == []


def test_a_bridge_that_fails_again_and_again_is_left_stopped() -> None:
    device = scanner(BridgeSimulator("stripes").command())
    device.command = tuple(BridgeSimulator("stripes", ("busy",)).command())
    codes = set()
    for _ in range(MOST_STARTS + 1):
        with pytest.raises(DeviceError) as refused:
            device.open()
        codes.add(refused.value.reason_code)
    assert codes == {"device-busy", "bridge-restarts"}


def test_the_child_sees_no_secrets_of_the_station(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATION_SECRET", "do not tell")
    script = "import os, sys; print('|'.join(os.environ), file=sys.stderr, flush=True)"
    process = BridgeProcess([sys.executable, "-c", script], "x")
    for thread in process._threads:
        thread.join(10)
    process.kill()
    assert "PATH" in process.error_text
    assert "STATION_SECRET" not in process.error_text
