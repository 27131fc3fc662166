"""`./run screenshots DIR`: every screen and every state of the interface rules as a PNG, from the running program on a demo's objects.

The window is real (offscreen), the station is real, the people are invented. Each state is reached the way a person reaches it, then
taken in the light and the dark theme and in large mode. What was made, and what could not be reached, stands in ``index.txt``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from station.counter import Counter
from station.demo_counter import DemoCounter
from station.demo_scenes import Scenes, build_scenes
from ui.main import build_shell
from ui.main import opened as show_opened
from ui.qt import QApplication, QEvent, QEventLoop, Qt, QTimer, QWidget
from ui.screens.base import Screen
from ui.shell import Shell

S = TypeVar("S", bound=Screen)
Say = Callable[[str], None]
DEADLINE_S = 60.0


class NotReachedError(Exception):
    """A state was not seen in time; the next one is tried."""


@dataclass
class Studio:
    """One window over one demo counter, driven to states and photographed there."""

    folder: Path
    out: Path
    scenes: Scenes
    say: Say
    language: str = "vi+en"
    variants: tuple[str, ...] = ("light", "dark", "large")
    small: bool = False
    made: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Open the window and wait for the queue of the day."""
        self.demo = DemoCounter(self.folder, procedure="test-short", light_s=0.0)
        self._demo_shell: Shell = build_shell(language=self.language)
        self._alarm = QTimer(self._demo_shell)  # nobody waits longer than this for an event
        self._alarm.start(10)
        self.shell.go("start")
        self.shell.show()
        if not self.small:
            self.shoot("s00-start")
        errors: list[BaseException] = []

        def opened(counter: Counter) -> None:
            show_opened(self.shell, counter)

        self.shell.jobs.submit(self.demo.open, opened, errors.append)
        self.until(lambda: errors or (self.shell.counter is not None and self.settled()))
        if errors:
            raise errors[0]

    real: Shell | None = None
    """The window of a real station, once one was opened: from then on it is the one that is driven."""
    target: QWidget | None = None
    """Another window to be taken instead of the officer's, for one state."""

    _visited: Callable[[], object] | None = None

    def visit(self, shell: Shell, close: Callable[[], object]) -> None:
        """Go on in another window for a while; `leave_visit` closes it and what stands behind it."""
        self.real, self._visited = shell, close

    def leave_visit(self) -> None:
        """Back to the demo's own window, where another one was visited."""
        if self._visited is not None and self.real is not None:
            self.real.close()
            self._visited()
            self.real, self._visited = None, None

    @property
    def shell(self) -> Shell:
        """The officer's window."""
        return self.real or self._demo_shell

    def close(self) -> None:
        """Close the windows, the stations and the intake."""
        self.leave_visit()
        if self.real is not None:
            self.real.close()
        self._demo_shell.close()
        self.demo.close()

    def work(self, milliseconds: int = 20) -> None:
        """Let the window work on what is there."""
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, milliseconds)
        self._tidy()

    def _wait(self) -> None:
        """Let the window work, and sleep while it has nothing to do: a loop that spins takes the interpreter from who is waited for."""
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        self._tidy()

    def _tidy(self) -> None:
        # What was replaced is deleted by a running event loop; here nobody runs one, and it would be painted beside the new.
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def until(self, seen: Callable[[], object], deadline_s: float = DEADLINE_S) -> None:
        """Work until something is seen.

        Raises:
            NotReachedError: it was not.
        """
        end = time.monotonic() + deadline_s
        while not seen():
            if time.monotonic() > end:
                raise NotReachedError(f"on {type(self.shell.page).__name__}: {self.shell.trouble.text()}")
            self._wait()

    def settled(self) -> bool:
        """Whether every job was answered and drawn."""
        if self.shell.jobs.pending:
            return False
        self.work(5)
        return not self.shell.jobs.pending

    def go(self, name: str, dossier: str = "") -> None:
        """Go to a screen and wait until it shows what it asked for."""
        if self.shell.counter is not None:
            self.shell.counter.shift.idle.touch()  # a long run is no idle clerk: the screen does not lock
        self.shell.menu.shut()
        self.shell.go(name, dossier)
        self.until(self.settled)

    def person(self) -> str:
        """Call somebody who waits and was not called yet, whatever else is open; returns the dossier."""
        counter = self.shell.counter
        called: list[str] = []
        assert counter is not None, "opened before"

        def work() -> str:
            waiting = next(t for t in counter.queue.visitors if not counter.queue.dossier_of(t))
            return counter.call(waiting, "ảnh chụp màn hình")

        errors: list[BaseException] = []
        self.shell.jobs.submit(work, called.append, errors.append)
        self.until(lambda: called or errors)
        if errors:
            raise NotReachedError(str(errors[0]))
        return called[0]

    def page(self, kind: type[S]) -> S:
        """Return the screen that is shown, which must be one of `kind`."""
        page = self.shell.page
        assert isinstance(page, kind), f"{type(page).__name__} is shown, not {kind.__name__}"
        return page

    def press(self, key: str) -> None:
        """Press a key by name and wait for its answers; the guard against double presses is waited for."""
        end = self.shell.guard.last + 0.41
        self.shell.guard.painted = True
        self.until(lambda: time.monotonic() >= end)
        if key.isdigit():
            self.shell.digit(int(key))
        else:
            self.shell.press(key)
        self.until(self.settled)

    def begin(self, key: str) -> None:
        """Press a key that starts something live: wait for the guard, not for the end."""
        end = self.shell.guard.last + 0.41
        self.shell.guard.painted = True
        self.until(lambda: time.monotonic() >= end)
        self.shell.press(key)

    def shoot(self, name: str) -> None:
        """Take the window in every variant; another window (the applicant's) as it is."""
        if self.target is not None:
            for _ in range(4):
                self.work(5)
            self.target.grab().save(str(self.out / f"{name}.png"), quality=75)
            self.made.append(f"{name}.png")
            return
        for variant in ("large" if name.startswith("s17") else "light",) if self.small else self.variants:
            self.shell.set_look(dark=variant == "dark", large=variant == "large")
            for _ in range(4):
                self.work(5)
            path = self.out / (f"{name}.png" if variant == "light" or self.small else f"{name}-{variant}.png")
            picture = self.shell.grab().toImage()
            if self.small:  # three quarters: sharp enough to read, small enough for a repository
                picture = picture.scaledToWidth(1024, Qt.TransformationMode.SmoothTransformation)
            picture.save(str(path), quality=0 if self.small else 75)  # fast here, small in the repository
            self.made.append(path.name)
        self.shell.set_look(dark=False, large=False)
        self.work(5)

    def scene(self, name: str, reach: Callable[[Studio], None]) -> None:
        """Reach a state and take it; one that cannot be reached is noted and the next one tried."""
        self.target = None
        try:
            reach(self)
            self.shoot(name)
            self.shell.set_zoom(100)
            self.shell.set_left_hand(False)
        except (NotReachedError, AssertionError, StopIteration) as error:
            self.missed.append(f"{name}: {error}")
            self.shoot(f"{name}-missed")


def run(
    out: Path, *, say: Say = print, folder: Path | None = None, only: str = "", language: str = "vi+en", docs: bool = False
) -> list[str]:
    """Write the pictures into `out`; returns what could not be reached (empty: everything was).

    Args:
        out: where the PNG files go.
        say: told what is being done.
        folder: a demo folder filled by `build_scenes` before; default one that is made and removed.
        only: take only states whose name begins so.
        language: vi, vi+en or en.
        docs: take only the few pictures of the guides, once each, small.
    """
    import tempfile

    from ui.main import application
    from ui.shots import GUIDES, SHOTS

    _ = application()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="station-shots-") as made:
        place = folder or Path(made)
        say("filling a demo station: enrollments, refusals, cards, a village list")
        scenes = Scenes.read(place) or build_scenes(place, say=say)
        studio = Studio(place, out, scenes, say, language, small=docs)
        try:
            studio.open()
            chosen = [name for name, _ in SHOTS if name.startswith(only) and (name in GUIDES or not docs)]
            # The states of a station with a real passphrase lead from one to the next: those before a chosen one are gone through.
            last = max((n for n, (name, _) in enumerate(SHOTS) if name in chosen and "-real-" in name), default=-1)
            for number, (name, reach) in enumerate(SHOTS):
                if name not in chosen and "-real-" in name and number < last:
                    reach(studio)
                elif name in chosen:
                    say(name)
                    if not name.startswith("s06"):
                        studio.leave_visit()
                    studio.scene(name, reach)
        finally:
            studio.close()
    lines = [*studio.made, *(f"NOT REACHED {m}" for m in studio.missed)]
    (out / "index.txt").write_text("\n".join(lines) + "\n", "utf-8")
    say(f"{len(studio.made)} pictures in {out}; {len(studio.missed)} states not reached")
    return studio.missed
