"""Plugging in and out is told once, in order, after it settled; read from a made-up sysfs."""

from __future__ import annotations

import logging
import queue
import shutil
import sys
import threading
from pathlib import Path

import pytest

from devices.hotplug import Attached, Change, HotPlugEvent, HotPlugWatch, attached_now, changes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux' sysfs")

SCANNER = Attached("serial", "/dev/ttyUSB0", "1-4")
CAMERA = Attached("camera", "/dev/video0", "1-2")


def plug_serial(sysfs: Path, name: str, place: str) -> None:
    device = sysfs / f"devices/pci0000:00/usb1/{place}/{place}:1.0/{name}"
    device.mkdir(parents=True)
    node = sysfs / f"class/tty/{name}"
    node.mkdir(parents=True)
    (node / "device").symlink_to(device)


def test_sysfs_tells_usb_ports_cameras_and_card_readers_apart(tmp_path: Path) -> None:
    assert attached_now(tmp_path) == frozenset()
    plug_serial(tmp_path, "ttyUSB0", "1-4")
    (tmp_path / "class/tty/ttyS0/device").mkdir(parents=True)
    camera = tmp_path / "devices/pci0000:00/usb1/1-2/1-2:1.0/video4linux/video0"
    camera.mkdir(parents=True)
    (tmp_path / "class/video4linux/video0").mkdir(parents=True)
    (tmp_path / "class/video4linux/video0/device").symlink_to(camera.parent.parent)
    for place, kind in (("3-1:1.0", "0b\n"), ("3-2:1.0", "03\n")):
        (tmp_path / "bus/usb/devices" / place).mkdir(parents=True)
        (tmp_path / "bus/usb/devices" / place / "bInterfaceClass").write_text(kind)
    assert attached_now(tmp_path) == {SCANNER, CAMERA, Attached("card-reader", "3-1", "3-1")}
    shutil.rmtree(tmp_path / "class/tty/ttyUSB0")
    assert SCANNER not in attached_now(tmp_path)


def test_changes_are_sorted_gone_before_come() -> None:
    assert changes(frozenset({SCANNER}), frozenset({CAMERA})) == (
        HotPlugEvent(Change.DETACHED, SCANNER),
        HotPlugEvent(Change.ATTACHED, CAMERA),
    )
    assert changes(frozenset({SCANNER}), frozenset({SCANNER})) == ()


class Desk:
    """What is plugged in; counts the looks so that a test can wait for the watch instead of sleeping."""

    def __init__(self) -> None:
        self.things: frozenset[Attached] = frozenset()
        self.looks = 0
        self._seen = threading.Condition()

    def look(self) -> frozenset[Attached]:
        with self._seen:
            self.looks += 1
            self._seen.notify_all()
            return self.things

    def after_looks(self, more: int) -> None:
        with self._seen:
            target = self.looks + more
            assert self._seen.wait_for(lambda: self.looks >= target, 10)


def test_the_watch_tells_each_change_once_and_not_what_only_flickered() -> None:
    desk = Desk()
    told: queue.SimpleQueue[tuple[HotPlugEvent, ...]] = queue.SimpleQueue()
    watch = HotPlugWatch(told.put, desk.look, every_s=0.01, settle_s=0.01)
    try:
        desk.things = frozenset({SCANNER})
        assert told.get(timeout=10) == (HotPlugEvent(Change.ATTACHED, SCANNER),)
        desk.things = frozenset()
        assert told.get(timeout=10) == (HotPlugEvent(Change.DETACHED, SCANNER),)
        desk.after_looks(5)
        assert told.empty()
    finally:
        watch.close()
        watch.close()
    assert not any(t.name == "hot-plug" for t in threading.enumerate())


@pytest.mark.allow_log
def test_a_listener_that_fails_does_not_end_the_watch(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    told: queue.SimpleQueue[int] = queue.SimpleQueue()

    def listener(events: tuple[HotPlugEvent, ...]) -> None:
        told.put(len(events))
        raise RuntimeError("listener")

    with caplog.at_level(logging.ERROR):
        watch = HotPlugWatch(listener, desk.look, every_s=0.01, settle_s=0.0)
        desk.things = frozenset({SCANNER})
        assert told.get(timeout=10) == 1
        desk.things = frozenset()
        assert told.get(timeout=10) == 1
        watch.close()
    assert "hot-plug" in caplog.text
