"""Drives the real window offscreen as a clerk does: keys only, waiting for what the screen shows."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from station.clock import Clock
from station.counter import Counter
from station.demo_counter import DemoCounter
from station.demo_intake import DemoIntake
from station.demo_team import demo_pin_of
from tests.ui.guard import ui_work
from ui.frame.keys import NAMES
from ui.main import build_shell, opened
from ui.qt import QApplication, QEvent, QEventLoop, QKeyEvent, Qt, QTimer
from ui.screens.capture import CaptureScreen
from ui.screens.excepting import ExceptingScreen
from ui.screens.home import HomeScreen
from ui.screens.live import LiveScreen
from ui.screens.lookup import LookupScreen
from ui.screens.portrait import PortraitScreen
from ui.screens.review import ReviewScreen
from ui.shell import Shell
from ui.widgets.chips import Banner

if TYPE_CHECKING:
    from ui.screens.declaring import Declaring
    from ui.screens.home_visit import HomeVisitScreen

QT_KEYS = {name: key for key, name in reversed(NAMES.items())}
PAD = {"NumPlus": (Qt.Key.Key_Plus, "+"), "NumStar": (Qt.Key.Key_Asterisk, "*")}
HELD = {"Shift": Qt.KeyboardModifier.ShiftModifier, "Ctrl": Qt.KeyboardModifier.ControlModifier}
ARROWS = {"Down": Qt.Key.Key_Down, "Up": Qt.Key.Key_Up, "Left": Qt.Key.Key_Left, "Right": Qt.Key.Key_Right}
WAIT = QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
WAKE_MS = 10
"""How long the driver sleeps at most. It must sleep: a loop that spins on an empty queue takes the interpreter's lock from the station's,
the devices' and the scoring threads, and every wall time measured through it is its own."""
ARTEFACTS = os.environ.get("STATION_ARTEFACTS", "")


class Clerk:
    """One window over one demo counter. `errors` collects what failed; `keys` counts presses."""

    intake: type[DemoIntake] = DemoIntake
    """What a clerk's centre is when nothing is said: the demo's process; the tests' `conftest.py` takes one on a thread."""

    def __init__(self, folder: Path, *, procedure: str = "test-short", seed: int = 7, language: str = "vi+en", light_s: float = 0.0,
                 dark: bool = False, large: bool = False, desk: str = "all", clock: Clock | None = None, visitors: int = 7,
                 intake: type[DemoIntake] | None = None) -> None:  # fmt: skip
        self.demo = DemoCounter(
            folder,
            seed=seed,
            procedure=procedure,
            light_s=light_s,
            desk=desk,
            clock=clock,
            visitors=visitors,
            intake=intake or self.intake,
        )
        self.shell: Shell = build_shell(language=language, dark=dark, large=large)
        self.errors: list[BaseException] = []
        self.keys = 0
        self.pressed: list[str] = []
        self._alarm = QTimer()
        self._alarm.start(WAKE_MS)
        self.shell.go("start")
        self.shell.show()
        self.shell.jobs.submit(self.demo.open, self._opened, self.errors.append)
        self.until(lambda: self.page == "HomeScreen" and bool(self.shell.page.offers()[-1].enabled))

    def _opened(self, counter: Counter) -> None:
        opened(self.shell, counter)

    @property
    def counter(self) -> Counter:
        """The station behind the window, for what a test looks at."""
        counter = self.demo.counter
        assert counter is not None
        return counter

    @property
    def page(self) -> str:
        """Name of the page that is shown."""
        return type(self.shell.page).__name__

    @property
    def home(self) -> HomeScreen:
        """The queue."""
        page = self.shell.page_named("home")
        assert isinstance(page, HomeScreen)
        return page

    @property
    def lookup(self) -> LookupScreen:
        """The comparison."""
        page = self.shell.page_named("lookup")
        assert isinstance(page, LookupScreen)
        return page

    @property
    def capture(self) -> CaptureScreen:
        """The fingers."""
        page = self.shell.page_named("capture")
        assert isinstance(page, CaptureScreen)
        return page

    @property
    def portrait(self) -> PortraitScreen:
        """The portrait."""
        page = self.shell.page_named("portrait")
        assert isinstance(page, PortraitScreen)
        return page

    @property
    def review(self) -> ReviewScreen:
        """The review."""
        page = self.shell.page_named("review")
        assert isinstance(page, ReviewScreen)
        return page

    def until(self, seen: Callable[[], object], deadline_s: float = 120.0) -> None:
        """Let the window work until something is seen.

        Raises:
            AssertionError: it was not seen in time, or a job failed.
        """
        end = time.monotonic() + deadline_s
        while time.monotonic() < end:
            with ui_work():
                QApplication.processEvents(WAIT)
            assert not self.errors, self.errors
            if seen():
                return
        self.shoot("timeout")
        says = [b.text() for b in self.shell.page.findChildren(Banner) if b.isVisible()]
        raise AssertionError(
            f"not seen in {deadline_s} s on {self.page}; trouble: {self.shell.trouble.text()!r}; says: {says}; "
            f"offers: {[a.name for a in self.shell.page.offers()]}"
        )

    def primary(self) -> bool:
        """Whether F12 would do something now."""
        return any(a.primary and a.enabled for a in self.shell.page.offers())

    def key(self, name: str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press the key that is bound to a standard one, as the keyboard would."""
        self.press(self.shell.texts.keys.bound(name), modifiers)

    def press(self, name: str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press this very key of the keyboard, whatever it is bound to: ``F5``, ``Shift+F5``, ``PageDown``; a primary one waits until the
        guard against double presses is over."""
        if self.shell.texts.keys.standard(name) == "F12":
            end = self.shell.guard.last + 0.41
            self.until(lambda: time.monotonic() >= end and self.shell.guard.painted)
        *held, name = name.split("+")
        for word in held:
            modifiers |= HELD[word]
        if name in PAD:
            code, text = PAD[name]
            modifiers |= Qt.KeyboardModifier.KeypadModifier
        else:
            code = QT_KEYS.get(name) or (ARROWS[name] if name in ARROWS else Qt.Key(ord(name.upper())))
            text = name if len(name) == 1 else "\r" if name == "Enter" else ""
        self._send(code, text, modifiers)
        self.keys += 1
        self.pressed.append(name)
        if text:  # what may begin a scanner's burst is held for at most 35 ms
            end = time.monotonic() + 0.06
            self.until(lambda: time.monotonic() >= end)

    def _send(self, code: Qt.Key, text: str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        focus = self.shell.focusWidget()
        with ui_work():
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(focus if focus is not None else self.shell, QKeyEvent(kind, code, modifiers, text))

    def burst(self, text: str) -> None:
        """Scan: a burst of keys faster than any person, ended by CR."""
        for letter in text:
            self._send(Qt.Key(ord(letter.upper())), letter)
        self._send(Qt.Key.Key_Return, "\r")

    def type(self, text: str) -> None:
        """Type as a person does: each key after the one before was let through."""
        for letter in text:
            self.key(letter)

    # --- roads that several tests go ---------------------------------------------------------------------------------------------

    def to_capture(self) -> None:
        """Call the next ticket and go on to the fingers, deciding every open row by its first option."""
        self.key("F12")
        self.until(
            lambda: self.page == "LookupScreen" and self.lookup.view is not None and not self.lookup.reading and self.primary()
        )
        self.through_lookup()

    def through_lookup(self) -> None:
        """Decide what is open, then go on."""
        while self.page == "LookupScreen":
            view = self.lookup.view
            assert view is not None
            open_rows = len(view.open_fields)
            self.key("F12")
            self.until(
                lambda n=open_rows: (
                    self.page != "LookupScreen" or (self.lookup.view is not None and len(self.lookup.view.open_fields) < n)
                )
            )
            self.until(lambda: self.page != "LookupScreen" or self.primary())
        self.until(lambda: self.page in {"CaptureScreen", "DeclarationScreen", "IrisScreen"})

    def at_home(self, number: str = "099136000314") -> HomeVisitScreen:
        """Open a visit by somebody's number."""
        from ui.screens.home_visit import HomeVisitScreen  # a page of its own: benches measure memory without it

        self.shell.go("home-visit")
        page = self.shell.page
        assert isinstance(page, HomeVisitScreen)
        self.until(lambda: page.view is not None)
        self.key("F2")
        self.until(lambda: page.asking.kind == "number")
        self.type(number)
        self.key("F12")
        self.until(lambda: page.dossier != "" and page.view is not None and page.view.person is not None)
        return page

    def sign_exception(self, *, photo: bool = True) -> None:
        """Photograph the hand and sign with the demo's own PIN, as the open panel asks."""
        page = self.shell.page
        declaring = page.declaring if isinstance(page, ExceptingScreen) else self._home_declaring()
        self.until(lambda: declaring._signing is not None and (declaring.live or not photo))
        self.key("F12")
        self.until(lambda: declaring.panel.signing)
        self.type(demo_pin_of(self.counter.station, self.counter.station.session.operator))
        self.key("F12")
        self.until(lambda: not declaring.open_now)

    def _home_declaring(self) -> Declaring:
        from ui.screens.home_visit import HomeVisitScreen  # costs memory that a desk's benchmark does not have

        page = self.shell.page
        assert isinstance(page, HomeVisitScreen)
        return page.declaring

    def capture_all(self) -> None:
        """Stay on the capture pages until they are over; accept what the window asks about."""

        def over() -> bool:
            page = self.shell.page
            if isinstance(page, LiveScreen) and page.decide:
                self.key("F12")
            return self.page == "ReviewScreen"

        self.until(over)

    def review_and_seal(self) -> None:
        """Agree, both sign, seal."""
        while True:
            self.until(lambda: self.review.next != "")
            if self.review.next == "done":
                return
            if self.review.next == "old-card":  # asked in place; what the kind lets expect stands first
                self.key("F12")
                self.until(lambda: self.review.settling.open)
                self.key("F12")
                self.until(lambda: self.review.next not in {"", "old-card"})
                continue
            assert self.review.next in {"agree", "applicant", "operator", "seal"}, self.review.next
            self.key("F12")

    def shoot(self, name: str) -> None:
        """Keep a picture of the window where artefacts are collected."""
        if ARTEFACTS:
            Path(ARTEFACTS).mkdir(parents=True, exist_ok=True)
            self.shell.grab().save(str(Path(ARTEFACTS) / f"{name}.png"))

    def close(self) -> None:
        """Close the window and the intake."""
        self._alarm.stop()
        self.shell.close()
        self.demo.close()
