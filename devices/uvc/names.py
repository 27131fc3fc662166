"""Which USB cameras are attached, by name and by an id that stays the same after a restart and in another port order.

Names come from `cv2_enumerate_cameras`; on Linux serial number, USB place and device version come from sysfs. A camera without
serial number is known by vendor, product and the port it is plugged into: such an id follows the port, not the camera.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices.errors import DeviceTimeoutError

SYSFS: Final = Path("/sys/class/video4linux")
_UNFIT: Final = re.compile(r"[^A-Za-z0-9_.\-]+")
_LIST_DEADLINE_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class AttachedCamera:
    """One camera: OpenCV's index, what it calls itself, USB ids, serial ("" without), device version, and the id that stays."""

    index: int
    name: str
    path: str
    usb: str
    serial: str
    version: str
    stable_id: str
    by_port: bool
    """The id holds for the port only, since the camera has no serial number."""


def attached(sysfs: Path = SYSFS) -> list[AttachedCamera]:
    """Return the cameras that are attached; opens none of them for pictures.

    Raises:
        ImportError: OpenCV or cv2_enumerate_cameras is not installed.
        DeviceTimeoutError: a driver hangs when it is asked for its name.
    """
    from cv2 import CAP_ANY
    from cv2_enumerate_cameras import enumerate_cameras

    found: list[AttachedCamera] = []
    # A driver may hang even when asked for its name only; that thread is then left behind, the station goes on.
    lister = threading.Thread(
        target=lambda: found.extend(describe(c, sysfs) for c in _first_backend(enumerate_cameras(CAP_ANY))),
        name="list-cameras",
        daemon=True,
    )
    lister.start()
    lister.join(_LIST_DEADLINE_S)
    if lister.is_alive():
        raise DeviceTimeoutError("A camera driver hangs when asked for its name; other devices work. Unplug the camera and plug it in.",
                                 device_id="uvc", code="camera-hangs")  # fmt: skip
    return found


def _first_backend(cameras: object) -> list[object]:
    """Keep each camera once: the list names it for every backend (V4L2 and GStreamer number alike, up to a base)."""
    seen: dict[str, object] = {}
    for camera in cameras:  # type: ignore[attr-defined]  # an untyped library's list
        seen.setdefault(str(getattr(camera, "path", None) or getattr(camera, "index", "")), camera)
    return list(seen.values())


def describe(camera: object, sysfs: Path = SYSFS) -> AttachedCamera:
    """Return what is known of one entry of `cv2_enumerate_cameras`."""
    index, name = int(getattr(camera, "index", 0)), str(getattr(camera, "name", "") or "camera")
    path = str(getattr(camera, "path", "") or "")
    vid, pid = getattr(camera, "vid", None), getattr(camera, "pid", None)
    usb = f"{vid:04x}:{pid:04x}" if isinstance(vid, int) and isinstance(pid, int) else ""
    serial, version, place = _from_sysfs(sysfs / Path(path).name) if path.startswith("/dev/") else ("", "", "")
    by_port = not serial
    tail = serial or place or path or str(index)
    return AttachedCamera(
        index, name, path, usb, serial, version, re.sub("-+", "-", _UNFIT.sub("-", f"{usb or 'cam'}-{tail}")).strip("-"), by_port
    )


def _from_sysfs(node: Path) -> tuple[str, str, str]:
    """Return serial, device version (bcdDevice) and USB place of a video node; empty texts where sysfs is silent."""
    try:
        device = (node / "device").resolve(strict=True)
    except OSError:
        return "", "", ""
    # The video node belongs to an interface (1-2:1.0); serial and version stand one level up, at the device.
    if ":" in device.name:
        device = device.parent
    return _line(device / "serial"), _line(device / "bcdDevice"), device.name


def _line(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(200).decode("utf-8", "replace").split("\n", 1)[0].strip()
    except OSError:
        return ""
