"""Keys for the whole window: bound keys act wherever the focus is, once per press; a scanner's burst is one scan.

What is pressed is translated by the station's bindings into the standard key it stands for (`station.bindings`), and only that is handed on:
no screen knows which key was really pressed.

Composing Vietnamese text (Telex, VNI through an input method) is committed before any key acts. Nothing here filters letters:
what is typed at a person's speed reaches its field untouched.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from devices.document_readers.wedge import MrzLines, WedgeAnswer, WedgeFilter
from station.bindings import FUNCTION, Bindings
from ui.qt import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QEvent,
    QKeyEvent,
    QKeySequence,
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
NEXT = "F12"
PLAIN = frozenset({"Esc", "Enter", "Ctrl+Tab"})
"""Keys with a meaning of their own, which nobody rebinds."""
MODIFIERS = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta, Qt.Key.Key_CapsLock,
                       Qt.Key.Key_NumLock, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R})  # fmt: skip
"""Keys that are only held beside others: they are never the answer to "press the new key"."""
NAMES = {Qt.Key.Key_F1: "F1", Qt.Key.Key_F2: "F2", Qt.Key.Key_F3: "F3", Qt.Key.Key_F4: "F4", Qt.Key.Key_F5: "F5", Qt.Key.Key_F6: "F6",
         Qt.Key.Key_F7: "F7", Qt.Key.Key_F8: "F8", Qt.Key.Key_F9: "F9", Qt.Key.Key_F10: "F10", Qt.Key.Key_F11: "F11", Qt.Key.Key_F12: "F12",
         Qt.Key.Key_F13: "F13", Qt.Key.Key_F14: "F14", Qt.Key.Key_F15: "F15", Qt.Key.Key_F16: "F16", Qt.Key.Key_F17: "F17",
         Qt.Key.Key_F18: "F18", Qt.Key.Key_F19: "F19", Qt.Key.Key_F20: "F20", Qt.Key.Key_F21: "F21", Qt.Key.Key_F22: "F22",
         Qt.Key.Key_F23: "F23", Qt.Key.Key_F24: "F24",
         Qt.Key.Key_Escape: "Esc", Qt.Key.Key_Delete: "Del", Qt.Key.Key_Return: "Enter", Qt.Key.Key_Enter: "Enter", Qt.Key.Key_Tab: "Tab",
         Qt.Key.Key_Backtab: "Tab", Qt.Key.Key_Space: "Space", Qt.Key.Key_Backspace: "Backspace", Qt.Key.Key_Insert: "Insert",
         Qt.Key.Key_Home: "Home", Qt.Key.Key_End: "End", Qt.Key.Key_PageUp: "PageUp", Qt.Key.Key_PageDown: "PageDown",
         Qt.Key.Key_Pause: "Pause", Qt.Key.Key_Up: "Up", Qt.Key.Key_Down: "Down", Qt.Key.Key_Left: "Left", Qt.Key.Key_Right: "Right",
         Qt.Key.Key_Print: "Print", Qt.Key.Key_ScrollLock: "ScrollLock"}  # fmt: skip
KEYPAD = {Qt.Key.Key_Enter: "Num+Enter", Qt.Key.Key_Plus: "NumPlus", Qt.Key.Key_Asterisk: "NumStar"}
ZOOM = {Qt.Key.Key_Plus: "Ctrl++", Qt.Key.Key_Equal: "Ctrl++", Qt.Key.Key_Minus: "Ctrl+-", Qt.Key.Key_0: "Ctrl+0"}
"""With Ctrl: the zoom, on the row of digits (with Shift or without) and on the number pad."""
TYPING = (QLineEdit, QPlainTextEdit, QComboBox)


class Hands(Protocol):
    """Who acts on keys: the shell."""

    def press(self, key: str) -> bool:
        """Act on a key by name; True when it meant something."""

    def digit(self, number: int) -> bool:
        """Act on a digit typed outside a field."""


def pressed_name(event: QKeyEvent) -> str:
    """Return the name of the key that was pressed, as `station.bindings` writes it: ``F5``, ``Shift+F5``, ``NumPlus``, ``Alt+Z``."""
    key, held = Qt.Key(event.key()), event.modifiers()
    name = KEYPAD.get(key, "") if held & Qt.KeyboardModifier.KeypadModifier else ""
    name = name or NAMES.get(key, "") or QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
    beside = (("Ctrl", Qt.KeyboardModifier.ControlModifier), ("Alt", Qt.KeyboardModifier.AltModifier),
              ("Meta", Qt.KeyboardModifier.MetaModifier), ("Shift", Qt.KeyboardModifier.ShiftModifier))  # fmt: skip
    return "".join(f"{word}+" for word, bit in beside if held & bit) + name


class Keys(QObject):
    """An application-wide filter for one window."""

    def __init__(self, window: QMainWindow, hands: Hands, touched: Callable[[], None], scanned: Callable[[str], None],
                 bindings: Callable[[], Bindings]) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._hands, self._touched, self._scanned, self._bindings = window, hands, touched, scanned, bindings
        self._taker: Callable[[str], None] | None = None
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

    def ask(self, taker: Callable[[str], None] | None) -> None:
        """Give the name of the very next key to `taker` instead of acting on it ("press the new key"); None: ask no longer."""
        self._taker = taker

    def answer(self, pressed: str) -> None:
        """Give a key's name to who asked for it, once."""
        taker, self._taker = self._taker, None
        if taker is not None:
            taker(pressed)

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
        key, pressed = event.key(), pressed_name(event)
        focus = self._window.focusWidget()
        typing = isinstance(focus, TYPING)
        if self._taker is not None:
            if not event.isAutoRepeat() and Qt.Key(key) not in MODIFIERS:
                self.answer(pressed)
            return True
        if key in ZOOM and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return event.isAutoRepeat() or self._hands.press(ZOOM[Qt.Key(key)])
        if not typing and not event.isAutoRepeat() and Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            return self._hands.digit(key - Qt.Key.Key_0)
        name = "" if typing and pressed in ("Del", "Enter") else self._meaning(pressed, focus)
        if not name or event.isAutoRepeat():
            return bool(name) or pressed in FUNCTION  # a function key that is bound to nothing means nothing to a field either
        if typing:
            # A word in preedit would be lost when the focus leaves: commit it first.
            self.commit_composed()
        return self._hands.press(name)

    def _meaning(self, pressed: str, focus: QWidget | None) -> str:
        """Return the standard key that a pressed one stands for, empty when it is the focus's own."""
        if pressed in PLAIN:
            return pressed
        own_space = isinstance(focus, (*TYPING, QAbstractButton, QListWidget)) or bool(getattr(focus, "takes_space", False))
        space = pressed == "Space" and not own_space
        return NEXT if space or pressed == "Num+Enter" else self._bindings().standard(pressed)


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
