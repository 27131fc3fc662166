"""The doctor on made-up machines: what is missing is named with the line that mends it, what is there is not."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from devices.permissions import RULES_NAME, udev_rules
from devices.permissions.doctor import Finding, Level, Machine, examine
from station.words import catalogue


def put(root: Path, path: str, text: str = "") -> None:
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def found(machine: Machine) -> dict[str, Finding]:
    findings = {f.code: f for f in examine(machine)}
    assert set(findings) <= set(catalogue())
    assert all(f.mend for f in findings.values() if f.level is Level.MISSING), "what is missing says how to mend it"
    return findings


def test_a_bare_machine_with_everything_attached_and_nothing_allowed(tmp_path: Path) -> None:
    put(tmp_path, "/dev/ttyUSB0")
    put(tmp_path, "/dev/video0")
    put(tmp_path, "/sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "0b\n")
    put(tmp_path, "/usr/lib/udev/rules.d/85-brltty.rules")
    put(tmp_path, "/usr/sbin/ModemManager")
    codes = found(Machine(tmp_path, lambda _: False, lambda _: False, lambda name: name != "serial"))
    assert {c for c, f in codes.items() if f.level is Level.MISSING} == {
        "doctor-udev-missing", "doctor-serial-denied", "doctor-camera-denied", "doctor-library-missing", "doctor-pcscd-missing",
    }  # fmt: skip
    assert {"doctor-brltty", "doctor-modemmanager", "doctor-v4l-utils"} <= set(codes)
    assert codes["doctor-serial-denied"].subject == "/dev/ttyUSB0"
    assert "dialout" in codes["doctor-serial-denied"].mend


def test_a_machine_in_order_is_told_so(tmp_path: Path) -> None:
    put(tmp_path, f"/etc/udev/rules.d/{RULES_NAME}", udev_rules())
    put(tmp_path, "/dev/ttyACM0")
    put(tmp_path, "/dev/video2")
    put(tmp_path, "/run/pcscd/pcscd.comm")
    put(tmp_path, "/usr/lib/pcsc/drivers/ifd-ccid.bundle/x")
    codes = found(Machine(tmp_path, lambda _: True, lambda _: True, lambda _: True))
    assert {f.level for f in codes.values()} == {Level.OK}


def test_half_a_machine(tmp_path: Path) -> None:
    put(tmp_path, f"/lib/udev/rules.d/{RULES_NAME}", "# older\n")
    put(tmp_path, "/usr/sbin/pcscd")
    put(tmp_path, "/sys/bus/usb/devices/1-3:1.0/bInterfaceClass", "0e\n")
    codes = found(Machine(tmp_path, lambda _: True, lambda _: True, lambda _: True))
    assert codes["doctor-udev-other"].level is Level.HINT
    assert codes["doctor-pcscd-stopped"].mend.startswith("sudo systemctl")
    assert codes["doctor-uvc-driver"].mend == "sudo modprobe uvcvideo"


def test_the_shipped_rules_keep_modem_manager_away_and_open_nothing_to_everyone() -> None:
    text = udev_rules()
    assert 'ENV{ID_MM_DEVICE_IGNORE}="1"' in text
    assert not re.search(r'MODE="0?666"', text)
    assert int(RULES_NAME[:2]) < 73, "uaccess is handed out by 73-seat-late.rules"
    labels = set(re.findall(r'LABEL="(\w+)"', text))
    assert set(re.findall(r'GOTO="(\w+)"', text)) <= labels


def test_udev_itself_accepts_the_rules(tmp_path: Path) -> None:
    udevadm = shutil.which("udevadm")
    if udevadm is None or "verify" not in subprocess.run([udevadm, "--help"], capture_output=True, text=True, check=False).stdout:
        pytest.skip("udevadm verify is not on this machine")
    file = tmp_path / RULES_NAME
    file.write_text(udev_rules(), "utf-8")
    done = subprocess.run([udevadm, "verify", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
