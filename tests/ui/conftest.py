"""A demo station in the middle of its day, made once; every test works on its own copy."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from station.demo_scenes import Scenes, build_scenes
from station.demo_team import demo_pins
from tests.grown import grown_once  # noqa: F401 - a fixture of this folder
from tests.ui.driver import Clerk
from tests.ui.near_intake import NearIntake


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A closed window is taken apart here, on the UI thread, and not when some thread of a later test happens to collect it."""
    result = yield
    if "ui" in item.path.parts:
        gc.collect()
    return result


@pytest.fixture(scope="session", autouse=True)
def near_centre() -> Iterator[None]:
    """A window's centre is on a thread here; a test that needs the process says so."""
    kept, Clerk.intake = Clerk.intake, NearIntake
    yield
    Clerk.intake = kept


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Scenes]:
    """The folder that is copied, and which dossier is which. Two workers of one run fill it once: three people's captures take half a
    minute of CPU."""
    base = tmp_path_factory.getbasetemp()
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        folder = base / "scenes"
        return folder, build_scenes(folder)
    folder = base.parent / "scenes"  # every worker's own folder lies in the run's
    with (base.parent / "scenes.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return folder, Scenes.read(folder) or build_scenes(folder)


class Day:
    """A window over a copy of the filled station."""

    def __init__(self, folder: Path, scenes: Scenes, *, language: str = "vi+en") -> None:
        self.scenes = scenes
        self.clerk = Clerk(folder, language=language)
        self.shell = self.clerk.shell

    @property
    def station(self):
        """The station behind the window."""
        return self.shell.station

    def settled(self) -> None:
        """Wait until every job was answered and all of its answer is shown."""
        self.clerk.until(lambda: not self.shell.jobs.pending)
        self.clerk.until(lambda: not self.shell.jobs.pending and not self.shell.page.rest)

    def go(self, name: str, dossier: str = "") -> None:
        """Go to a screen and wait for what it shows."""
        self.shell.go(name, dossier)
        self.settled()

    def key(self, name: str) -> None:
        """Press a key and wait for its answers."""
        self.clerk.key(name)
        self.settled()

    def type(self, text: str) -> None:
        """Type into the field that has the focus, letter by letter."""
        from ui.qt import QApplication, QEvent, QKeyEvent, Qt

        target = self.shell.focusWidget()
        assert target is not None
        for letter in text:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(target, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))
        end = time.monotonic() + 0.06  # an Enter at once would make a scanner's burst of it
        self.clerk.until(lambda: time.monotonic() >= end)

    def enter(self) -> None:
        """Press Enter in a field."""
        from ui.qt import QApplication, QEvent, QKeyEvent, Qt

        target = self.shell.focusWidget()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r"))
        self.settled()

    def pin(self, operator: str) -> str:
        """A demo account's PIN."""
        return demo_pins(self.station)[operator]

    def close(self) -> None:
        """Close window and intake."""
        self.clerk.close()


@pytest.fixture
def day(qapp: object, tmp_path: Path, filled: tuple[Path, Scenes]) -> Iterator[Day]:
    """A window over a fresh copy."""
    folder = tmp_path / "day"
    shutil.copytree(filled[0], folder)
    made = Day(folder, filled[1])
    yield made
    made.close()
