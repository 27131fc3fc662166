"""Pages of the next minutes are built while nobody waits, one at a time: the first look-up of a day would otherwise build, polish and
fill its page in one turn of the window. (What the first pictures need is made ready by `station.desk.judges`.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.qt import QObject, QTimer, QWidget

if TYPE_CHECKING:
    from ui.shell import Shell

PAGES = ("lookup", "capture", "portrait", "review")
"""The road of every dossier, in its order."""
PAUSE_MS = 250
"""Between two steps: a key pressed in between is served first."""


class Ahead(QObject):
    """Builds `PAGES` after the first page of a signed-in day; each step is far below 50 ms."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._steps = [(name, step) for name in PAGES for step in (self._build, self._polish, self._paint)]
        self._timer = QTimer(self)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._step)

    def start(self) -> None:
        """Begin, after the first page is shown."""
        self._timer.start()

    def _step(self) -> None:
        if not self._steps or not self._shell.isVisible():
            self._timer.stop()
            return
        name, step = self._steps.pop(0)
        step(name)

    def _build(self, name: str) -> None:
        self._shell.page_named(name)

    def _polish(self, name: str) -> None:
        page = self._shell.page_named(name)
        if not page.isVisible():
            for widget in (page, *page.findChildren(QWidget)):
                widget.ensurePolished()
            page.resize(self._shell.stack.size())

    def _paint(self, name: str) -> None:
        """Lay the page out and draw it once where nobody sees it: its letters are cut out of the font now."""
        page = self._shell.page_named(name)
        if not page.isVisible():
            page.grab()
