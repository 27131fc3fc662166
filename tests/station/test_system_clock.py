"""E02: the desktop's own clock dialog is found where it is installed, and started beside the station."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from station.errors import InputError
from station.system_clock import DIALOGS, clock_dialog, open_dialog


def test_the_first_installed_dialog_is_taken_and_none_is_no_error() -> None:
    assert clock_dialog(lambda _: None) == ()
    installed = {DIALOGS[5][0]: "/usr/bin/mate-time-admin", DIALOGS[2][0]: "/usr/bin/systemsettings"}
    assert clock_dialog(installed.get) == ("/usr/bin/systemsettings", *DIALOGS[2][1:])


def test_a_dialog_is_started_with_its_page_and_not_waited_for(tmp_path: Path) -> None:
    told, go = tmp_path / "told", tmp_path / "go"
    os.mkfifo(go)
    program = tmp_path / "settings"
    program.write_text(f'#!/bin/sh\nread line < {go}\necho "$1" > {told}.part\nmv {told}.part {told}\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    assert open_dialog((str(program), "datetime")) > 0
    assert not told.exists(), "it was waited for"
    with go.open("w", encoding="utf-8") as line:  # the program goes on only now
        line.write("on\n")
    end = time.monotonic() + 60
    while not told.exists() and time.monotonic() < end:
        os.sched_yield()
    assert told.read_text(encoding="utf-8") == "datetime\n"


def test_a_dialog_that_does_not_start_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        open_dialog((str(tmp_path / "nothing"),))
    assert refused.value.reason_code == "clock-dialog"
