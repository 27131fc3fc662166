"""Everything a bug report about a device needs: versions, the device's own words, its profile, a self-test, what the doctor found.

Nothing personal: no pictures, no positions, no names; the computer's name and home folders are left out, serial numbers are cut to
their last four characters. What is not certain to be harmless goes through `station.support.redact`.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from devices.contract import Capabilities, Device, DeviceInfo
from devices.errors import DeviceError
from devices.permissions.doctor import Level, Machine, examine
from devices.profiles import load_profile, profile_hash
from devices.selftest import Step
from station.app import software_version
from station.device_room import RoomRow, what_it_can
from station.support import redact

PACKAGES: Final = ("numpy", "opencv-python-headless", "pyserial", "pynmea2", "cv2-enumerate-cameras", "pyscard", "cryptography")
_KEPT: Final = 4


def cut(serial: str) -> str:
    """Return a serial number as its last four characters."""
    return f"…{serial[-_KEPT:]}" if len(serial) > _KEPT else serial


def dump(row: RoomRow, steps: Sequence[Step], machine: Machine | None = None) -> dict[str, Any]:
    """Return the dump of one device as plain values; `steps` are those of its self-test."""
    info = row.info
    return {
        "dump": 1,
        "software": software_version(),
        "python": sys.version.split()[0],
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": {name: _version(name) for name in PACKAGES},
        "device": _device(info),
        "grade": {"enrolls": row.grade.enrolls, "code": row.grade.code, "days_left": row.grade.days_left},
        "capabilities": _capabilities(row.can),
        "profile": _profile(info, row.device),
        "selftest": [{"asked": redact(s.asked), "answered": redact(_harmless(s, info)), "seconds": round(s.took_s, 4), "code": s.code,
                      **s.values} for s in steps],
        "doctor": [{"code": f.code, "level": f.level.value, "subject": redact(f.subject)} for f in examine(machine or Machine()) if f.level is not Level.OK],
    }  # fmt: skip


def _harmless(step: Step, info: DeviceInfo) -> str:
    """Cut the device's serial number out of an answer that repeats it."""
    serial = info.identity.serial if info.identity is not None else ""
    return step.answered.replace(serial, cut(serial)) if len(serial) > _KEPT else step.answered


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _device(info: DeviceInfo) -> dict[str, Any]:
    identity = info.identity
    facts: dict[str, Any] = {"kind": info.kind.value, "source": info.source.value, "error_code": info.error_code, "error": redact(info.error),
                             "details": {k: redact(str(v)) for k, v in info.details.items() if k not in {"server"}}}  # fmt: skip
    if identity is not None:
        serial, firmware = cut(identity.serial), redact(identity.firmware)
        facts |= {"adapter": identity.adapter, "vendor": identity.vendor, "model": identity.model, "serial": serial, "firmware": firmware,
                  "profile": identity.profile}  # fmt: skip
    return facts


def _capabilities(can: Capabilities | None) -> dict[str, Any]:
    if can is None:
        return {}
    return {"can": [c.removeprefix("can.") for c in what_it_can(can)], "ppi": can.ppi, "bits": can.bits, "controls": sorted(can.controls),
            "positions": sorted(int(p) for p in can.positions), "impressions": sorted(int(i) for i in can.impressions)}  # fmt: skip


def _profile(info: DeviceInfo, device: Device | None) -> dict[str, Any]:
    """Return what is known of the firmware profile: its name, its hash, how well it is known."""
    held = getattr(device, "profile", None)
    name = info.identity.profile if info.identity is not None else ""
    try:
        profile = held if hasattr(held, "profile") else load_profile(name)
    except DeviceError:
        return {"id": name}
    if profile is None:
        return {"id": name}
    about = profile.profile
    return {
        "id": about.id,
        "sha256": profile_hash(profile),
        "status": about.status.value,
        "verified": about.verified,
        "unverified": list(about.unverified),
    }
