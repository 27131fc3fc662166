"""The open device room looks again by itself when something is plugged in, and watches nothing once it is left."""

from __future__ import annotations

import threading

import pytest

from devices import hotplug
from devices.hotplug import Attached
from tests.ui.conftest import Day


def test_a_device_that_is_plugged_in_starts_the_search(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    plugged: set[Attached] = set()
    monkeypatch.setattr(hotplug, "attached_now", lambda: frozenset(plugged))
    day.go("devices")
    page = day.shell.page
    day.clerk.until(lambda: page.view is not None and not page.busy)
    first = page.view
    plugged.add(Attached("serial", "/dev/ttyUSB0", "1-4"))
    day.clerk.until(lambda: page.view is not first)
    assert any(t.name == "hot-plug" for t in threading.enumerate())
    day.go("home")
    assert not any(t.name == "hot-plug" for t in threading.enumerate())
