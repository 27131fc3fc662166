"""No widget is shown before it has its place: it would be a window of its own for a moment, and the focus of the real one would be lost."""

from __future__ import annotations

from tests.ui.conftest import Day
from ui.qt import QApplication, QEvent, QObject, QWidget
from ui.screens.table import SCREENS


class Windows(QObject):
    """Notes what is shown as a window."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.where = ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(f"{self.where}: {type(watched).__name__} {watched.objectName()}")
        return False


def test_no_page_shows_a_widget_without_its_place(day: Day, qapp: QApplication) -> None:
    windows = Windows()
    qapp.installEventFilter(windows)
    try:
        for entry in SCREENS:
            if entry.present:
                windows.where = entry.name
                day.shell.page_named(entry.name)
    finally:
        qapp.removeEventFilter(windows)
    assert windows.seen == []
    assert day.shell.isActiveWindow()
