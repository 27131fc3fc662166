"""Goes through every screen of a filled demo and measures it; also run as a program, so that the scale factor can be another one:

``QT_SCALE_FACTOR=1.5 python -m tests.ui.tour FOLDER LANGUAGE`` prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.ui.measuring import clipped, nameless, tab_jumps

if TYPE_CHECKING:
    from tests.ui.conftest import Day

SIZES = ((1366, 768), (1280, 720))
PANELS = {"supervisor": "F8", "settings": "F8", "operators": "F8", "sending": "F6", "defects": "F8"}
"""Panels that take room beside what is shown, and the key that opens each; Esc shuts it."""
LIVE = ("capture", "portrait", "iris", "start", "calibration")
"""Screens that need a live picture or a device; `live_tour` goes there. The first page is measured in test_start, the irises in test_iris."""


def stops(day: Day) -> list[tuple[str, str]]:
    """Return (screen, dossier) of every screen that can be opened as it is."""
    s = day.scenes
    with_dossier = {"lookup": s.returned, "declaration": s.returned, "review": s.reviewing, "finish": s.acknowledged,
                    "defects": s.refused, "hand-over": s.acknowledged, "side-by-side": s.acknowledged, "print-preview": s.acknowledged}  # fmt: skip
    from ui.screens.table import entries

    return [(name, with_dossier.get(name, "")) for name in entries() if name not in LIVE]


def drop_replaced() -> None:
    """Delete what was replaced: a running event loop does that by itself, a test's `processEvents` does not."""
    from ui.qt import QApplication, QEvent

    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def tour(day: Day, *, sizes: tuple[tuple[int, int], ...] = SIZES, begin_large: bool = False) -> dict[str, list[str]]:
    """Return place → faults (clipped words, nameless controls, jumps of the Tab order); empty when all is well. `begin_large`: in which
    scale the first screen is entered; two tours that begin differently switch every screen both ways."""
    faults: dict[str, list[str]] = {}
    large = begin_large
    for name, dossier in stops(day):
        # Every screen is entered in one type scale and switched to the other while it is shown; the next one begins where it ended.
        day.go(name, dossier)
        faults |= look(day, name, sizes, (large, not large))
        large = day.shell.large
        if name in PANELS:
            day.key(PANELS[name])
            faults |= look(day, f"{name} {PANELS[name]}", sizes[-1:], (large, not large))
            day.key("Esc")
            large = day.shell.large
    day.shell.set_look(dark=False, large=False)
    return faults


def look(day: Day, name: str, sizes: tuple[tuple[int, int], ...] = SIZES,
         scales: tuple[bool, ...] = (False, True)) -> dict[str, list[str]]:  # fmt: skip
    """Measure the screen that is shown, in both type scales (large or not, in this order) and every size."""
    faults: dict[str, list[str]] = {}
    for large in scales:
        for size in sizes:
            day.shell.resize(*size)
            day.shell.set_look(dark=size != sizes[0], large=large)  # the second size in the dark
            for _ in range(4):
                day.settled()
                drop_replaced()
            found = clipped(day.shell) + (
                nameless(day.shell) + tab_jumps(day.shell.page) if size == sizes[0] and large == scales[0] else []
            )
            if found:
                faults[f"{name} {day.shell.texts.setting} {'large' if large else 'desk'} {size[0]}x{size[1]}"] = found
    return faults


def live_tour(day: Day, sizes: tuple[tuple[int, int], ...] = SIZES,
              scales: tuple[bool, ...] = (False, True)) -> dict[str, list[str]]:  # fmt: skip
    """Measure the screens with a live picture while it is stopped, and the wizard at its first step; `day` is a fresh one.

    Nobody's fingers are waited for: the second person has none of those that the short procedure asks for, so the portrait comes at once.
    """
    clerk = day.clerk
    waiting = list(clerk.counter.queue.visitors)
    day.go("capture", _called(day, waiting[0], ()))
    clerk.until(lambda: clerk.page == "CaptureScreen" and clerk.capture.running is not None)
    clerk.key("Esc")
    faults = look(day, "capture", sizes, scales)
    day.go("portrait", _called(day, waiting[1], (2, 3, 4, 5)))
    clerk.until(lambda: clerk.page == "PortraitScreen" and clerk.portrait.running is not None)
    clerk.key("Esc")
    faults |= look(day, "portrait", sizes, scales)
    day.go("devices")
    day.key("F12")
    clerk.until(lambda: clerk.page == "CalibrationScreen")
    return faults | look(day, "calibration", sizes, scales)


def _called(day: Day, ticket: str, missing: tuple[int, ...]) -> str:
    """Call somebody on the station's own thread, with fingers that cannot be taken; returns the dossier."""
    counter, called = day.clerk.counter, []

    def work() -> str:
        dossier = counter.call(ticket, "out of order")
        for finger in missing:
            counter.station.book.declare_exception(dossier, finger, "amputated", "lasting", "")
        return dossier

    day.shell.jobs.submit(work, called.append, day.clerk.errors.append)
    day.clerk.until(lambda: called)
    return called[0]


def main(folder: Path, language: str) -> None:
    """Measure and print."""
    from station.demo_scenes import Scenes
    from tests.ui.conftest import Day
    from ui.main import application

    _ = application()
    scenes = Scenes.read(folder)
    assert scenes is not None, "a filled folder"
    day = Day(folder, scenes, language=language)
    try:
        sys.stdout.write(json.dumps(tour(day, sizes=((1280, 720),)), ensure_ascii=False) + "\n")
    finally:
        day.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
