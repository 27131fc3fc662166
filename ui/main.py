"""The desktop's entry point. The command line starts it by name, so that no room below imports Qt."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ui.qt import QApplication
from ui.shell import Shell


def build_shell(*, language: str = "vi+en", dark: bool = False, large: bool = False) -> Shell:
    """Return the window, before any station is open; its pages are built when first shown."""
    return Shell(demo=True, language=language, dark=dark, large=large)


def application() -> QApplication:
    """Return the one application object."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    app = QApplication(sys.argv[:1])
    app.setApplicationName("enrollment-station")
    return app


def run(arguments: Sequence[str]) -> int:
    """Open the window and stay until it is closed."""
    parser = argparse.ArgumentParser(prog="station")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--language", default="vi")
    options = parser.parse_args(list(arguments))
    app = application()
    shell = build_shell(language=options.language)
    shell.go("start")
    shell.show()
    from station.demo_counter import DemoCounter

    with tempfile.TemporaryDirectory(prefix="station-demo-") as made:
        demo = DemoCounter(options.folder or Path(made), seed=options.seed)

        def opened(counter: object) -> None:
            from station.counter import Counter

            assert isinstance(counter, Counter)
            shell.counter = counter
            operator = counter.station.operator
            shell.show_operator(operator.name if operator is not None else "", demo.place)
            shell.go("home")

        shell.jobs.submit(demo.open, opened, shell.show_trouble)
        code = app.exec()
        demo.close()
    return code
