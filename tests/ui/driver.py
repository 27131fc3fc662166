"""Drives the real window offscreen as a clerk does: keys only, waiting for what the screen shows."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from station.counter import Counter
from station.demo_counter import DemoCounter
from ui.frame.keys import NAMES
from ui.main import build_shell
from ui.qt import QApplication, QEvent, QKeyEvent, Qt
from ui.shell import Shell

QT_KEYS = {name: key for key, name in NAMES.items()}
ARTEFACTS = os.environ.get("STATION_ARTEFACTS", "")


class Clerk:
    """One window over one demo counter."""

    def __init__(
        self, folder: Path, *, procedure: str = "test-short", seed: int = 7, language: str = "vi+en", light_s: float = 0.0
    ) -> None:
        self.demo = DemoCounter(folder, seed=seed, procedure=procedure, light_s=light_s)
        self.shell: Shell = build_shell(language=language)
        self.errors: list[BaseException] = []
        self.keys = 0
        self.shell.go("start")
        self.shell.show()
        self.shell.jobs.submit(self.demo.open, self._opened, self.errors.append)
        self.until(lambda: self.page == "HomeScreen" and bool(self.shell.page.offers()[-1].enabled))

    def _opened(self, counter: Counter) -> None:
        self.shell.counter = counter
        self.shell.go("home")

    @property
    def page(self) -> str:
        """Name of the page that is shown."""
        return type(self.shell.page).__name__

    def until(self, seen: Callable[[], object], deadline_s: float = 120.0) -> None:
        """Let the window work until something is seen.

        Raises:
            AssertionError: it was not seen in time, or a job failed.
        """
        end = time.monotonic() + deadline_s
        while time.monotonic() < end:
            QApplication.processEvents(all_events(), 20)
            assert not self.errors, self.errors
            if seen():
                return
        self.shoot("timeout")
        raise AssertionError(f"not seen in {deadline_s} s on {self.page}; trouble: {self.shell.trouble.text()!r}")

    def key(self, name: str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press one key as the keyboard would; a primary key waits until the guard against double presses is over."""
        if name == "F12":
            end = self.shell.guard.last + 0.41
            self.until(lambda: time.monotonic() >= end and self.shell.guard.painted)
        target = self.shell.focusWidget() or self.shell
        code = QT_KEYS.get(name) or Qt.Key(ord(name.upper()))
        text = name if len(name) == 1 else ""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, code, modifiers, text))
        self.keys += 1

    def shoot(self, name: str) -> None:
        """Keep a picture of the window where artefacts are collected."""
        if ARTEFACTS:
            Path(ARTEFACTS).mkdir(parents=True, exist_ok=True)
            self.shell.grab().save(str(Path(ARTEFACTS) / f"{name}.png"))

    def close(self) -> None:
        """Close the window and the intake."""
        self.shell.close()
        self.demo.close()


def all_events() -> object:
    """All events."""
    from ui.qt import QEventLoop

    return QEventLoop.ProcessEventsFlag.AllEvents
