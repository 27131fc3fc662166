"""Garbage of the window is collected on the UI thread only.

Python's cycle collector runs on whatever thread happens to allocate. When that is a device's or the station's thread and the garbage
holds widgets of a page that was left, Qt objects are destroyed on the wrong thread and the process dies (a segmentation fault seen
once in some hundred dossiers under load). So the automatic collector is off while a window lives, and a timer of the UI thread
collects by the same thresholds.
"""

from __future__ import annotations

import gc
from typing import Final

from ui.qt import QObject, QTimer

EVERY_MS: Final = 500
THRESHOLDS: Final = (700, 10, 10)
"""CPython's own."""


class Collector:
    """Holds the automatic collector off from its making to `stop()`; several windows may each have one."""

    _windows = 0

    def __init__(self, parent: QObject) -> None:
        self._timer = QTimer(parent)
        self._timer.timeout.connect(collect_due)
        self._timer.start(EVERY_MS)
        self._running = True
        Collector._windows += 1
        gc.disable()

    def stop(self) -> None:
        """Let the automatic collector go on once the last window is closed; harmless when repeated."""
        if not self._running:
            return
        self._running = False
        self._timer.stop()
        Collector._windows -= 1
        if not Collector._windows:
            gc.collect()
            gc.enable()


def collect_due() -> int:
    """Collect the oldest generation whose threshold is passed, as the automatic collector would; returns how much was freed."""
    counts = gc.get_count()
    for generation in (2, 1, 0):
        if counts[generation] > THRESHOLDS[generation]:
            return gc.collect(generation)
    return 0
