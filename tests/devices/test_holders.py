"""Which program holds a port: told for a process of this user, silent for the rest."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from devices.holders import holder_of


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_another_program_of_this_user_is_named_and_this_one_is_not(tmp_path: Path) -> None:
    port, link = tmp_path / "ttyUSB0", tmp_path / "by-id"
    port.touch()
    link.symlink_to(port)
    with port.open("rb"):
        assert holder_of(str(port)) == "", "this very program"
    with subprocess.Popen(["tail", "-f", str(port)], stdout=subprocess.PIPE) as other:
        try:
            while not _open_files(other.pid, port):
                assert other.poll() is None
            assert holder_of(str(port)) == holder_of(str(link)) == "tail"
        finally:
            other.kill()
    assert holder_of(str(port)) == ""


def _open_files(pid: int, port: Path) -> bool:
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a program that is starting opens and closes files between the two looks
            if file.readlink() == port:
                return True
    return False


def test_nothing_is_said_where_nothing_can_be_read(tmp_path: Path) -> None:
    for port in ("", "/dev/ttyNone", "a\0b"):
        assert holder_of(port, tmp_path / "no-proc") == ""
    (tmp_path / "12" / "fd").mkdir(parents=True)
    assert holder_of("/dev/null", tmp_path) == ""
