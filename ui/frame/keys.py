"""Keys for the whole window: function keys act wherever the focus is, once per press; a scanner's burst is one scan.

Composing Vietnamese text (Telex, VNI through an input method) is committed before any key acts. Nothing here filters letters:
what is typed at a person's speed reaches its field untouched.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from devices.document_readers.wedge import MrzLines, WedgeAnswer, WedgeFilter
from ui.qt import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QEvent,
    QKeyEvent,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QObject,
    QPlainTextEdit,
    Qt,
    QTimer,
    QWidget,
)

REPEAT_GUARD_S = 0.4
NAMES = {Qt.Key.Key_F1: "F1", Qt.Key.Key_F2: "F2", Qt.Key.Key_F3: "F3", Qt.Key.Key_F4: "F4", Qt.Key.Key_F5: "F5", Qt.Key.Key_F6: "F6",
         Qt.Key.Key_F7: "F7", Qt.Key.Key_F8: "F8", Qt.Key.Key_F9: "F9", Qt.Key.Key_F10: "F10", Qt.Key.Key_F11: "F11", Qt.Key.Key_F12: "F12",
         Qt.Key.Key_Escape: "Esc", Qt.Key.Key_Delete: "Del", Qt.Key.Key_Return: "Enter"}  # fmt: skip
TYPING = (QLineEdit, QPlainTextEdit, QComboBox)


class Hands(Protocol):
    """Who acts on keys: the shell."""

    def press(self, key: str) -> bool:
        """Act on a key by name; True when it meant something."""

    def digit(self, number: int) -> bool:
        """Act on a digit typed outside a field."""


class Keys(QObject):
    """An application-wide filter for one window."""

    def __init__(self, window: QMainWindow, hands: Hands, touched: Callable[[], None], scanned: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window, self._hands, self._touched, self._scanned = window, hands, touched, scanned
        self._wedge: WedgeFilter[tuple[QWidget, QKeyEvent]] = WedgeFilter()
        self._zones = MrzLines()
        self._replaying = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._late)

    @staticmethod
    def commit_composed() -> None:
        """Let the platform's input method commit the word being composed."""
        QApplication.inputMethod().commit()

    def stop(self) -> None:
        """Hold nothing back any more."""
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take keys that are meant for this window, before any widget sees them."""
        kind = event.type()
        if (
            kind == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QWidget)
            and self._meant_here(watched)
        ):
            self._touched()
            return self._key(event) if self._replaying else self._sift(watched, event)
        if kind == QEvent.Type.MouseButtonPress:
            self._touched()
        return False

    def _sift(self, watched: QWidget, event: QKeyEvent) -> bool:
        """Ask the scanner's filter first: what may be a burst is held for at most 35 ms, everything else acts at once."""
        now = time.monotonic()
        text = event.text()
        token = (watched, QKeyEvent(event.type(), event.key(), event.modifiers(), text, event.isAutoRepeat()))
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if event.key() in (Qt.Key.Key_Shift, Qt.Key.Key_CapsLock):
            answer = self._wedge.feed_modifier(token, now)
        elif len(text) == 1 and plain and not event.isAutoRepeat() and (text.isprintable() or text in "\r\n\t"):
            answer = self._wedge.feed(text, token, now)
        else:
            answer = self._wedge.feed_other(token, now)
        self._do(answer, now)
        return True

    def _do(self, answer: WedgeAnswer[tuple[QWidget, QKeyEvent]], now: float) -> None:
        for widget, key in answer.replay:
            self._replay(widget, key)
        if answer.scan is not None:
            for scan in self._zones.feed(answer.scan, now):
                self._scanned(scan)
        due = min((d for d in (self._wedge.due_s, self._zones.due_s) if d is not None), default=None)
        if due is not None:
            self._timer.start(max(1, round(1000 * (due - time.monotonic())) + 1))

    def _late(self) -> None:
        now = time.monotonic()
        for scan in self._zones.tick(now):
            self._scanned(scan)
        self._do(self._wedge.tick(now), now)

    def _replay(self, widget: QWidget, key: QKeyEvent) -> None:
        """Give a held key to whoever has the focus now, as if it came this moment."""
        focused: QWidget | None = self._window.focusWidget()
        target = focused if focused is not None else self._window
        self._replaying = True
        try:
            if not self._key(key):
                QApplication.sendEvent(target if target.window() is self._window else widget, key)
        finally:
            self._replaying = False

    def _meant_here(self, watched: QWidget) -> bool:
        return watched.window() is self._window and (watched is self._window or watched is self._window.focusWidget())

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        focus = self._window.focusWidget()
        typing = isinstance(focus, TYPING)
        if event.isAutoRepeat():
            return key in NAMES and not (typing and key in (Qt.Key.Key_Delete, Qt.Key.Key_Return))
        keypad = bool(event.modifiers() & Qt.KeyboardModifier.KeypadModifier)
        if not typing and Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            return self._hands.digit(key - Qt.Key.Key_0)
        name = NAMES.get(Qt.Key(key))
        own_space = isinstance(focus, (*TYPING, QAbstractButton, QListWidget)) or bool(getattr(focus, "takes_space", False))
        space = key == Qt.Key.Key_Space and not own_space
        if space or (key == Qt.Key.Key_Enter and keypad):
            name = "F12"
        elif key == Qt.Key.Key_Tab and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            name = "Ctrl+Tab"
        if name is None or (typing and name in ("Del", "Enter")):
            return False
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            name = f"Shift+{name}"
        if typing:
            # A word in preedit would be lost when the focus leaves: commit it first.
            self.commit_composed()
        return self._hands.press(name)


class RepeatGuard:
    """Drops a second primary press within 400 ms or before the new page was painted: a hurried clerk skips no step."""

    def __init__(self) -> None:
        self.last = 0.0
        self.painted = True

    def allows(self) -> bool:
        """Whether a primary press counts now; remembers it when it does."""
        now = time.monotonic()
        if now - self.last < REPEAT_GUARD_S or not self.painted:
            return False
        self.last = now
        return True
