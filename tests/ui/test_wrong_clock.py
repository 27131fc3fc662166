"""E02 by keys alone: a clock that runs back stops captures and says by how much; a supervisor records an override; then the capture begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from station.clock import SystemClock
from station.demo_team import demo_pins
from station.dossier.kinds import Kind
from station.system_clock import clock_dialog
from tests.ui.driver import Clerk
from ui.screens.capture import CaptureScreen


class SetClock(SystemClock):
    """This computer's clock, set by somebody."""

    off = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.off


@pytest.fixture
def clerk(qapp: object, tmp_path: Path) -> Iterator[Clerk]:
    clerk = Clerk(tmp_path / "demo", visitors=1, clock=SetClock())
    yield clerk
    clerk.close()


def test_a_clock_that_runs_back_stops_captures_until_a_supervisor_records_it(
    clerk: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.lookup.view is not None and clerk.primary())
    clock = clerk.counter.station.clock
    assert isinstance(clock, SetClock)
    clock.off = timedelta(minutes=-7, seconds=-30)
    clerk.through_lookup()
    clerk.until(
        lambda: clerk.page == "CaptureScreen" and clerk.shell.trouble.isVisible() and "phút" in clerk.shell.trouble.text()
    )
    assert "Giờ máy lệch 7 phút" in clerk.shell.trouble.text()
    assert clerk.capture.running is None
    clerk.key("F9")
    clerk.until(lambda: clerk.page == "HomeScreen" and clerk.home.view is not None and clerk.home.view.clock is not None)
    clerk.until(lambda: "Giờ máy lệch" in clerk.home._coach.text())
    assert any(a.name == "clock" and a.key == "F8" for a in clerk.home.offers())
    clerk.shoot("s01-wrong-clock")
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "CaptureScreen" and clerk.shell.trouble.isVisible() and clerk.capture.running is None)
    clerk.until(lambda: not clerk.shell.jobs.pending)

    panel = clerk.shell.supervisor
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    assert clock_dialog() == ()
    clerk.key("F8")
    clerk.until(panel.isVisible)
    clerk.until(lambda: panel.noted() != "")  # no dialog of the system here: who sets the clock
    assert "F5" not in panel.noted()
    assert not any(a.key == "F5" for a in clerk.shell.calling.actions("clock"))
    clerk.key("Esc")
    asked = tmp_path / "asked"
    dialog = programs / "gnome-control-center"
    dialog.write_text(f'#!/bin/sh\necho "$1" > "{asked}"\n', "utf-8")
    dialog.chmod(0o755)
    clerk.key("F8")
    clerk.until(lambda: "F5" in panel.noted())
    clerk.key("F5")
    clerk.until(lambda: asked.exists() and asked.read_text("utf-8") == "datetime\n")
    panel.who.setText("truong-ca")
    panel.pin.setText(demo_pins(clerk.counter.station)["truong-ca"])
    clerk.key("F12")
    clerk.until(lambda: bool(panel._error.text()))
    assert clerk.counter.station.journal.last_of_kind(Kind.CLOCK_OVERRIDDEN) is None, "a reason is asked first"
    panel.pin.setText(demo_pins(clerk.counter.station)["truong-ca"])
    panel.why.setText("đã so với đồng hồ trung tâm")
    clerk.key("F12")
    clerk.until(
        lambda: (
            clerk.page == "CaptureScreen" and isinstance(clerk.shell.page, CaptureScreen) and clerk.shell.page.running is not None
        )
    )
    written = clerk.counter.station.journal.last_of_kind(Kind.CLOCK_OVERRIDDEN)
    assert written is not None
    assert written.operator == "truong-ca"
    assert written.body["why"] == "đã so với đồng hồ trung tâm"
    assert "trưởng ca đã cho phép" in clerk.counter.shift.clock().words.say()
