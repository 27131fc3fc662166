"""What is missing on this machine for the devices to work, each with the one line that mends it. Looks only.

`Machine` is everything that is looked at, rooted in a folder, so that tests make machines of their own.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from devices.permissions import RULES_NAME, udev_rules


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    HINT = "hint"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `code` has words in the catalogue; `mend` is a shell line, empty when nothing is to be done."""

    code: str
    level: Level
    subject: str = ""
    mend: str = ""


def _has_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


@dataclass(frozen=True)
class Machine:
    """What the doctor may look at."""

    root: Path = Path("/")
    may_open: Callable[[Path], bool] = lambda path: os.access(path, os.R_OK | os.W_OK)
    has_program: Callable[[str], bool] = lambda name: shutil.which(name) is not None
    has_module: Callable[[str], bool] = _has_module

    def at(self, path: str) -> Path:
        """Return a path inside the root."""
        return self.root / path.lstrip("/")

    def there(self, folder: str, pattern: str) -> list[Path]:
        """Return the entries of a folder that fit, sorted; empty when the folder is not there."""
        try:
            return sorted(self.at(folder).glob(pattern))
        except OSError:
            return []


INSTALL_RULES: Final = f"station devices doctor --udev | sudo tee /etc/udev/rules.d/{RULES_NAME} && sudo udevadm control --reload && sudo udevadm trigger"
_LIBRARIES: Final = {
    # module: (package, what for)
    "serial": ("pyserial", "serial scanners, readers, GPS"),
    "pynmea2": ("pynmea2", "GPS"),
    "cv2": ("opencv-python-headless", "cameras"),
    "cv2_enumerate_cameras": ("cv2-enumerate-cameras", "names of USB cameras"),
    "smartcard": ("pyscard", "chip cards"),
}


def examine(machine: Machine = Machine()) -> Iterator[Finding]:
    """Yield what was found, good and bad."""
    yield _rules(machine)
    yield from _ports(machine)
    yield from _cameras(machine)
    yield from _libraries(machine)
    yield from _card_service(machine)
    yield from _rivals(machine)


def _rules(machine: Machine) -> Finding:
    text = udev_rules()
    for folder in ("/etc/udev/rules.d", "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d"):
        file = machine.at(folder) / RULES_NAME
        try:
            same = file.read_text("utf-8") == text
        except (OSError, UnicodeDecodeError):
            continue
        if same:
            return Finding("doctor-udev-ok", Level.OK, f"{folder}/{RULES_NAME}")
        return Finding("doctor-udev-other", Level.HINT, f"{folder}/{RULES_NAME}", INSTALL_RULES)
    return Finding("doctor-udev-missing", Level.MISSING, RULES_NAME, INSTALL_RULES)


def _ports(machine: Machine) -> Iterator[Finding]:
    ports = [p for pattern in ("ttyUSB*", "ttyACM*") for p in machine.there("/dev", pattern)]
    if not ports:
        yield Finding("doctor-no-serial", Level.HINT)
    for port in ports:
        if machine.may_open(port):
            yield Finding("doctor-serial-ok", Level.OK, f"/dev/{port.name}")
        else:
            yield Finding(
                "doctor-serial-denied",
                Level.MISSING,
                f"/dev/{port.name}",
                'sudo usermod -aG dialout "$USER"   # then sign out and in',
            )


def _cameras(machine: Machine) -> Iterator[Finding]:
    cameras = machine.there("/dev", "video[0-9]*")
    if not cameras:
        # A camera that USB sees (interface class 0e) and the kernel does not offer lacks its driver.
        seen = [f for f in machine.there("/sys/bus/usb/devices", "*/bInterfaceClass") if _line(f) == "0e"]
        if seen:
            yield Finding("doctor-uvc-driver", Level.MISSING, seen[0].parent.name, "sudo modprobe uvcvideo")
        else:
            yield Finding("doctor-no-camera", Level.HINT)
    for camera in cameras:
        if machine.may_open(camera):
            yield Finding("doctor-camera-ok", Level.OK, f"/dev/{camera.name}")
        else:
            yield Finding(
                "doctor-camera-denied",
                Level.MISSING,
                f"/dev/{camera.name}",
                'sudo usermod -aG video "$USER"   # then sign out and in',
            )
    if cameras and not machine.has_program("v4l2-ctl"):
        yield Finding("doctor-v4l-utils", Level.HINT, "v4l2-ctl", "sudo apt install v4l-utils")


def _libraries(machine: Machine) -> Iterator[Finding]:
    for module, (package, what) in _LIBRARIES.items():
        if machine.has_module(module):
            yield Finding("doctor-library-ok", Level.OK, f"{package} ({what})")
        else:
            extra = "pcsc" if module == "smartcard" else "station"
            level = Level.HINT if module == "smartcard" else Level.MISSING
            yield Finding("doctor-library-missing", level, f"{package} ({what})", f"pip install 'enrollment-station[{extra}]'")


def _card_service(machine: Machine) -> Iterator[Finding]:
    readers = [f for f in machine.there("/sys/bus/usb/devices", "*/bInterfaceClass") if _line(f) == "0b"]
    if machine.at("/run/pcscd/pcscd.comm").exists():
        yield Finding("doctor-pcscd-ok", Level.OK, "pcscd")
        if not any(
            machine.there(folder, "ifd-ccid.bundle") for folder in ("/usr/lib/pcsc/drivers", "/usr/local/lib/pcsc/drivers")
        ):
            yield Finding("doctor-ccid-missing", Level.MISSING if readers else Level.HINT, "libccid", "sudo apt install libccid")
        return
    if machine.at("/usr/sbin/pcscd").exists():
        yield Finding("doctor-pcscd-stopped", Level.MISSING, "pcscd", "sudo systemctl enable --now pcscd.socket")
    else:
        level = Level.MISSING if readers else Level.HINT
        yield Finding(
            "doctor-pcscd-missing", level, "pcscd", "sudo apt install pcscd libccid && sudo systemctl enable --now pcscd.socket"
        )


def _rivals(machine: Machine) -> Iterator[Finding]:
    """Programs that take devices away from the station."""
    if machine.there("/usr/lib/udev/rules.d", "*brltty*.rules") or machine.there("/lib/udev/rules.d", "*brltty*.rules"):
        yield Finding(
            "doctor-brltty", Level.HINT, "brltty", "sudo apt remove brltty   # it takes CH340 serial bridges for braille displays"
        )
    if machine.at("/usr/sbin/ModemManager").exists() and _rules(machine).level is Level.MISSING:
        yield Finding("doctor-modemmanager", Level.HINT, "ModemManager", INSTALL_RULES)


def _line(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(100).decode("utf-8", "replace").strip()
    except OSError:
        return ""
