"""Signals in the window: each is a caption for a moment, adjust is not said over and over, nothing sounds at night or at volume 0."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from station.clock import LEGAL_TIME
from ui.qt import QApplication, QEventLoop
from ui.shell import Shell
from ui.sound import Tones


@pytest.fixture
def shell(qapp: object) -> Iterator[Shell]:
    shell = Shell()
    shell.show()
    yield shell
    shell.close()


def at(hour: int) -> datetime:
    return datetime(2026, 11, 29, hour, tzinfo=LEGAL_TIME).astimezone(UTC)


def wait_until(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < end
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)


def test_a_signal_is_read_for_a_moment(shell: Shell) -> None:
    shell.tones.follow({"sound.volume": 0})
    shell.tones.play("blocked")
    assert "dừng lại" in shell.top._tone.text()
    wait_until(lambda: not shell.top._tone.text())
    assert shell.tones.heard == ["blocked"]


def test_one_adjust_is_heard_for_a_run_of_instructions(shell: Shell) -> None:
    shell.tones.follow({"sound.volume": 0})
    for name in ("adjust", "adjust", "captured", "adjust"):
        shell.tones.play(name)
    assert shell.tones.heard == ["adjust", "captured"]


@pytest.mark.parametrize(("hour", "quiet", "silent"), [
    (23, "22:00-06:00", True), (5, "22:00-06:00", True), (6, "22:00-06:00", False), (23, "", False), (12, "12:00-13:00, 22:00-06:00", True),
])  # fmt: skip
def test_the_quiet_hours_are_those_of_the_settings_in_legal_time(shell: Shell, hour: int, quiet: str, silent: bool) -> None:
    tones = Tones(shell, lambda: at(hour) + timedelta(minutes=1))
    tones.follow({"sound.quiet": quiet})
    assert tones.silent is silent
    tones.follow({"sound.volume": 0})
    assert tones.silent
    tones.follow({"sound.volume": 60})
    assert tones.silent is silent, "other settings stay as they were"
