"""Starts the unmodified pcscd with the vpcd driver inside a private network and mount namespace.

`run_inside()` is called by ordinary tests; it starts `unshare` with this file as a program, which runs the scenarios of
`inside_pcscd.py` there. Nothing listens outside: /run is a fresh tmpfs, the only interface is loopback.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
PORT = 35979
SOCKET = Path("/run/pcscd/pcscd.comm")


def available() -> str:
    """Return what is missing, empty when everything is there."""
    if shutil.which("pcscd") is None or not DRIVER.exists():
        return "pcscd with the vpcd driver (packages pcscd, vsmartcard-vpcd)"
    try:
        import smartcard.scard  # noqa: F401
    except ImportError:
        return "pyscard (extra pcsc)"
    if not _namespace():
        return "private namespaces (unshare -n -m)"
    return ""


def _namespace() -> list[str]:
    for options in (["-n", "-m"], ["-r", "-n", "-m"]):
        command = ["unshare", *options]
        if shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    return []


def run_inside(scenario: str, *arguments: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
    """Run one scenario in a fresh namespace; its output is returned, its exit code says whether it held."""
    root = Path(__file__).resolve().parents[3]
    inner = ["mount -t tmpfs tmpfs /run", "mkdir -p /run/pcscd", "ip link set lo up", 'exec "$@"']
    command = [
        *_namespace(),
        "sh",
        "-c",
        " && ".join(inner),
        "sh",
        sys.executable,
        "-m",
        "tests.devices.emrtd.inside_pcscd",
        scenario,
        *arguments,
    ]
    environment = dict(os.environ, PYTHONPATH=str(root), PYTHONWARNINGS="error")
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False)


class Pcscd:
    """The service; `start()` returns when its socket and the driver's port answer."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        (folder / "conf").mkdir()
        lines = (
            'FRIENDLYNAME "Enroll Virtual PCD"',
            f"DEVICENAME /dev/null:0x{PORT:04X}",
            f"LIBPATH {DRIVER}",
            f"CHANNELID 0x{PORT:04X}",
        )
        (folder / "conf" / "vpcd").write_text("\n".join(lines) + "\n")
        self._conf = str(folder / "conf")
        self._log = (folder / "pcscd.log").open("wb")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Pcscd:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._log.close()
        self._folder.cleanup()

    def start(self) -> None:
        SOCKET.unlink(missing_ok=True)
        options = ["--disable-polkit"] if self._knows_polkit() else []
        self._process = subprocess.Popen(["pcscd", "-f", "-c", self._conf, *options], stdout=self._log, stderr=self._log)
        end = time.monotonic() + 15
        while not SOCKET.exists():
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError("pcscd did not start")
            time.sleep(0.02)

    @staticmethod
    def _knows_polkit() -> bool:
        result = subprocess.run(["pcscd", "--help"], capture_output=True, text=True, check=False)
        return "polkit" in result.stdout + result.stderr

    def stop(self, *, hard: bool = False) -> None:
        if self._process is not None:
            self._process.kill() if hard else self._process.terminate()
            self._process.wait(10)
            self._process = None
        SOCKET.unlink(missing_ok=True)
