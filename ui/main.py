"""The desktop's entry point. The command line starts it by name, so that no room below imports Qt."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from station.files import RealFiles
from station.settings import settings_in
from ui.frame.ahead import Ahead
from ui.qt import QApplication, QGuiApplication
from ui.screens.table import entries
from ui.shell import Shell
from ui.texts import desk_word
from ui.theme.tokens import State

if TYPE_CHECKING:
    from station.bindings import Bindings
    from station.counter import Counter


SWITCH_S = 0.001
"""How long a thread may keep the interpreter while others wait (Python's own: 5 ms). Judging a frame calls the picture library some two
hundred times and asks for the interpreter after each call: beside a busy thread every one of them could cost the whole interval."""


def build_shell(*, language: str = "vi+en", dark: bool = False, large: bool = False, demo: bool = True,
                bindings: Bindings | None = None) -> Shell:  # fmt: skip
    """Return the window, before any station is open; its pages are built when first shown."""
    return Shell(demo=demo, language=language, dark=dark, large=large, bindings=bindings)


def application() -> QApplication:
    """Return the one application object."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    from station.memory import few_arenas, large_apart

    few_arenas()
    large_apart()
    sys.setswitchinterval(SWITCH_S)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("enrollment-station")
    return app


def opened(shell: Shell, counter: Counter) -> None:
    """Show a station that has just been opened, with the looks of its settings."""
    station = counter.station
    shell.counter = counter
    from ui.peripherals import start_peripherals

    start_peripherals(shell, counter)
    shell.jobs.submit(counter.reports.begin)
    settings = station.settings
    shell.use_bindings(settings.bindings)
    shell.tones.follow(settings.values)
    shell.tones.sit(station.session.desk)
    shell.set_look(
        dark=shell.system_look.choose(settings.text("screen.theme")) or shell.dark,
        large=shell.large_mode or settings.flag("screen.large"),
    )
    shell.set_left_hand(shell.left_hand or settings.flag("screen.left_hand"))
    shell.set_zoom(max(shell.zoom, int(settings.number("screen.zoom"))))
    if settings.flag("screen.second_monitor") and len(QGuiApplication.screens()) > 1:
        shell.second.open()
    Ahead(shell).start()
    operator = station.operator
    if operator is None:
        shell.go("sign-in")
        return
    shell.show_operator(operator.name, counter.place, desk_word(shell.texts, station.session.desk))
    shell.go("home")


def run(arguments: Sequence[str]) -> int:
    """Open the window and stay until it is closed."""
    parser = argparse.ArgumentParser(prog="station")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--procedure", default="vn-60-2021")
    parser.add_argument("--language", default="vi")
    parser.add_argument("--data", type=Path)
    options = parser.parse_args(list(arguments))
    app = application()
    if options.data is not None:
        return run_station(app, options.data, options.language)
    shell = build_shell(language=options.language)
    shell.go("start")
    shell.show()
    from station.demo_counter import DemoCounter
    from ui.screens.start import StartScreen

    start = shell.page
    assert isinstance(start, StartScreen)
    with tempfile.TemporaryDirectory(prefix="station-demo-") as made:
        demo = DemoCounter(options.folder or Path(made), seed=options.seed, procedure=options.procedure)

        def failed(error: BaseException) -> None:
            shell.show_trouble(error)
            start.offer(begin, real)

        def begin() -> None:
            shell.jobs.submit(demo.open, lambda counter: opened(shell, counter), failed)

        def real() -> None:
            """The device room finds and tests what is plugged in; a station for real people is set up by its security officer."""
            shell.jobs.submit(demo.open, to_devices, failed)

        def to_devices(counter: Counter) -> None:
            opened(shell, counter)
            shell.go("devices")
            shell.say(State.IDLE, shell.texts("ui.start.no-station"), shell.texts.second("ui.start.no-station"))

        if options.demo:
            begin()
        else:
            start.offer(begin, real)
        shell.jobs.submit(preload)
        code = app.exec()
        demo.close()
    return code


def run_station(app: QApplication, folder: Path, language: str) -> int:
    """Open the window on the real station of `folder` and stay until it is closed."""
    # The keys are no secret and are needed before the station is open: whoever moved "next" from a dead F12 must get past the first page.
    shell = build_shell(
        language=language, demo=False, bindings=settings_in(RealFiles(folder)).bindings if folder.is_dir() else None
    )
    shell.go("start")
    shell.show()
    unlock(shell, folder)
    shell.jobs.submit(preload)
    return app.exec()


def unlock(shell: Shell, folder: Path) -> None:
    """Ask for what opens the station's keys, as often as it takes; then show who signs in."""
    from station.production import open_with_secret, protection_of
    from ui.screens.start import StartScreen

    start = shell.page
    assert isinstance(start, StartScreen)

    def ask(kind: str) -> None:
        if kind in {"keyring", "unprotected"}:
            open_it("")
        elif kind:
            start.ask_secret(open_it, token=kind == "token")
        else:
            shell.say(State.BLOCKED, shell.texts("ui.start.nothing-here"), shell.texts.second("ui.start.nothing-here"))

    def open_it(secret: str) -> None:
        shell.jobs.submit(lambda: open_with_secret(folder, secret), lambda counter: opened(shell, counter), refused)

    def refused(error: BaseException) -> None:
        shell.show_trouble(error)
        shell.jobs.submit(lambda: protection_of(folder), ask, shell.show_trouble)

    shell.jobs.submit(lambda: protection_of(folder), ask, shell.show_trouble)


def preload() -> None:
    """Import the modules of every screen on the station's thread, so that the first visit of a page does not stop the window."""
    for entry in entries().values():
        entry.load()
