"""A scanner that another program holds, and one that falls silent: what is said, what goes on by itself, what F5 does. At the desk and at a home."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from devices.simulated.scanner import SimulatedScanner
from station.desk import capturing
from tests.ui.driver import Clerk


def test_a_held_and_a_silent_scanner_at_the_desk(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capturing, "SILENT_S", 1.0)
    clerk = Clerk(tmp_path / "desk", light_s=600.0)
    port = tmp_path / "port"
    port.touch()
    try:
        clerk.to_capture()
        scanner, page, told = clerk.counter.scanner, clerk.capture, clerk.shell.trouble
        assert isinstance(scanner, SimulatedScanner)
        clerk.until(lambda: page.running is not None and page.view.frames_per_second > 1)
        with subprocess.Popen(["tail", "-f", str(port)], stdout=subprocess.DEVNULL) as other:
            try:
                scanner.hold(str(port))
                clerk.until(lambda: "tail" in told.text(), 30.0)
            finally:
                other.kill()
        assert clerk.shell.messages.code == "E21"
        clerk.shoot("s04-held")
        assert "F5" in {a.key for a in page.offers()}
        scanner.hold("")
        clerk.key("F5")
        clerk.until(lambda: scanner.is_open and page.running is not None and told.isHidden() and page.device.now is None)

        said: list[str] = []  # it may stand there for a moment only
        say = clerk.shell.say
        monkeypatch.setattr(clerk.shell, "say", lambda state, main, *more: (said.append(main), say(state, main, *more)))
        scanner.hang()
        clerk.until(lambda: any("khởi động lại" in words for words in said))
        clerk.until(lambda: page.running is not None and told.isHidden())  # closed, opened, gone on: nobody pressed a key

        scanner.hang(openings=2)
        clerk.until(lambda: "vẫn không trả lời" in told.text())
        assert "F5" in {a.key for a in page.offers()}
        clerk.key("F5")
        clerk.until(lambda: page.running is not None and told.isHidden())
        assert not any(c.attempts for c in clerk.counter.station.book.state(page.dossier).captures.values())
    finally:
        clerk.close()


def test_a_scanner_that_is_pulled_out_at_a_home_goes_on_by_itself(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "home", visitors=1, light_s=600.0)
    try:
        page = clerk.at_home()
        clerk.key("F12")
        capture, scanner = page.capture, clerk.counter.scanner
        assert isinstance(scanner, SimulatedScanner)
        clerk.until(lambda: capture.running is not None and capture.view.frames_per_second > 1)
        scanner.unplug()
        clerk.until(lambda: clerk.shell.messages.code == "E20" and capture.running is None)
        clerk.shoot("s17-unplugged")
        scanner.plug_in()
        clerk.until(lambda: capture.running is not None and clerk.shell.trouble.isHidden())
    finally:
        clerk.close()
