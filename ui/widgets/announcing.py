"""What a screen reader is told of its own accord: the live instruction, politely, at most every 2 s (ui rules, section 14).

A capture's instruction may change several times a second; somebody who listens hears the first at once, and after 2 s the newest that
stands there then, never a queue of old ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from ui.qt import QAccessible, QAccessibleAnnouncementEvent, QTimer, QWidget

PAUSE_S: Final = 2.0


def announcement(widget: QWidget, text: str) -> QAccessibleAnnouncementEvent:
    """Return the event for the platform's accessibility: polite, so that it waits for what is being read."""
    event = QAccessibleAnnouncementEvent(widget, text)
    event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
    return event


class Announcer:
    """Announces what a widget says."""

    def __init__(self, widget: QWidget, tell: Callable[[QAccessibleAnnouncementEvent], None] = QAccessible.updateAccessibility,
                 clock: Callable[[], float] = time.monotonic) -> None:  # fmt: skip
        self._widget, self._tell, self._clock = widget, tell, clock
        self._told, self._next = "", ""
        self._at = -PAUSE_S
        self._timer = QTimer(widget)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.due)

    def say(self, text: str) -> None:
        """Announce `text` now, or when 2 s are over and it still stands there."""
        if text == self._told:
            self._next = ""  # back to what was told: nothing new
            return
        self._next = text
        self.due()

    def due(self) -> None:
        """Tell what waits, if the pause is over and somebody sees it."""
        wait = self._at + PAUSE_S - self._clock()
        if not self._next or not self._widget.isVisible():
            self._next = ""
        elif wait > 0:
            if not self._timer.isActive():
                self._timer.start(max(1, round(wait * 1000)))
        else:
            self._told, self._next, self._at = self._next, "", self._clock()
            self._tell(announcement(self._widget, self._told))

    def forget(self) -> None:
        """The message went: the same one, when it comes again, is news."""
        self._told = self._next = ""
