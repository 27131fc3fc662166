"""Devices that come and go: a thread that looks once a second and tells what changed. No Qt, no library, nothing is opened.

On Linux the kernel's own list (sysfs) is read: serial ports behind USB, cameras, USB interfaces of card readers. Other systems
look at pyserial's list. Card readers and cards themselves are watched more closely by `devices.pcsc.watch`.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from devices.errors import DeviceError

EVERY_S: Final = 1.0
SETTLE_S: Final = 0.4
"""A device that was just plugged in needs a moment before it can be opened: udev sets its rights first."""
_LOG: Final = logging.getLogger(__name__)


class Change(StrEnum):
    """What happened."""

    ATTACHED = "attached"
    DETACHED = "detached"


@dataclass(frozen=True, slots=True, order=True)
class Attached:
    """Something that is plugged in: ``serial``, ``camera`` or ``card-reader``, its path or name, and the USB place it hangs at."""

    what: str
    path: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class HotPlugEvent:
    """One change."""

    change: Change
    thing: Attached


Look = Callable[[], frozenset[Attached]]


def attached_now(sysfs: Path = Path("/sys")) -> frozenset[Attached]:
    """Return what is plugged in now; empty where the system does not say."""
    if sys.platform != "linux":
        return _by_pyserial()
    found = set()
    for what, folder in (("serial", "class/tty"), ("camera", "class/video4linux")):
        for node in _entries(sysfs / folder):
            place = _usb_place(node / "device")
            if what == "camera" or place:
                found.add(Attached(what, f"/dev/{node.name}", place))
    for interface in _entries(sysfs / "bus/usb/devices"):
        if ":" in interface.name and _is_card_reader(interface):
            found.add(Attached("card-reader", interface.name.partition(":")[0], interface.name.partition(":")[0]))
    return frozenset(found)


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _usb_place(device: Path) -> str:
    """Return the USB place a node hangs at (``1-4.2``), empty when it is no USB device."""
    try:
        parts = device.resolve(strict=True).parts
    except OSError:
        return ""
    places = [p.partition(":")[0] for p in parts if p[:1].isdigit() and "-" in p]
    return places[-1] if places else ""


def _is_card_reader(interface: Path) -> bool:
    try:
        with (interface / "bInterfaceClass").open("rb") as stream:
            return stream.read(8).strip() == b"0b"
    except OSError:
        return False


def _by_pyserial() -> frozenset[Attached]:
    from devices.ports import serial_ports

    try:
        return frozenset(Attached("serial", p.path, p.usb) for p in serial_ports(usb_only=True))
    except DeviceError:
        return frozenset()


def changes(before: frozenset[Attached], after: frozenset[Attached]) -> tuple[HotPlugEvent, ...]:
    """Return what happened between two looks: what went first, then what came, each sorted."""
    gone = [HotPlugEvent(Change.DETACHED, thing) for thing in sorted(before - after)]
    return (*gone, *(HotPlugEvent(Change.ATTACHED, thing) for thing in sorted(after - before)))


class HotPlugWatch:
    """Looks on a thread of its own and calls `on_change` there with what happened; `close()` ends it.

    `look` can be replaced (tests, another system). A look that fails is an empty answer for that second, never an end. What came is
    told after it has settled; what came and went within that time is not told at all.
    """

    def __init__(self, on_change: Callable[[tuple[HotPlugEvent, ...]], None], look: Look = attached_now, every_s: float = EVERY_S,
                 settle_s: float = SETTLE_S) -> None:  # fmt: skip
        self._on_change, self._look = on_change, look
        self._every_s, self._settle_s = every_s, settle_s
        self._stop = threading.Event()
        self._known = look()
        self._thread = threading.Thread(target=self._run, name="hot-plug", daemon=True)
        self._thread.start()

    @property
    def known(self) -> frozenset[Attached]:
        """What is plugged in, as last told."""
        return self._known

    def close(self) -> None:
        """End the watch; harmless when repeated."""
        self._stop.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            if self._look() - self._known and self._stop.wait(self._settle_s):
                return
            after = self._look()
            events = changes(self._known, after)
            self._known = after
            if events:
                try:
                    self._on_change(events)
                except Exception:  # noqa: BLE001 - a listener may do anything
                    # Whoever listens must not end the watch; what went wrong stands in the log.
                    _LOG.exception("a listener of hot-plug events failed")
