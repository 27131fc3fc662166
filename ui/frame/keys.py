"""Keys for the whole window: function keys act wherever the focus is, once per press; a scanner's burst is one scan.

Composing Vietnamese text (Telex, VNI through an input method) is committed before any key acts. Nothing here filters letters:
what is typed at a person's speed reaches its field untouched.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from ui.qt import QApplication, QComboBox, QEvent, QKeyEvent, QLineEdit, QMainWindow, QObject, QPlainTextEdit, Qt, QWidget

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

    def __init__(self, window: QMainWindow, hands: Hands, touched: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._hands, self._touched = window, hands, touched

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take keys that are meant for this window, before any widget sees them."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._meant_here(watched):
            self._touched()
            return self._key(event)
        if kind == QEvent.Type.MouseButtonPress:
            self._touched()
        return False

    def _meant_here(self, watched: QObject) -> bool:
        return (
            isinstance(watched, QWidget)
            and watched.window() is self._window
            and (watched is self._window or watched is self._window.focusWidget())
        )

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
        space = key == Qt.Key.Key_Space and not typing and focus in (None, self._window)
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
            QApplication.inputMethod().commit()
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
