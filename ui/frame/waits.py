"""What takes long is named: after 300 ms a quiet line says what runs, after 5 s for how long, and Esc stops what can be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ui.qt import QEvent, QObject, QTimer
from ui.theme.tokens import State
from ui.widgets.chips import StateChip

if TYPE_CHECKING:
    from ui.shell import Shell

NAMED_S: Final = 0.3
COUNTED_S: Final = 5.0
LOOK_MS: Final = 100
MARGIN: Final = 12


@dataclass(frozen=True, slots=True)
class _Wait:
    words: Callable[[], str]
    began: float
    stop: Callable[[], None] | None


class Waits(QObject):
    """Over one shell: `begin` when something is asked for, `end` when its answer is here. The longest that waits is said."""

    def __init__(self, shell: Shell, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(shell)
        self._shell, self._clock = shell, clock
        self._running: dict[int, _Wait] = {}
        self._next = 0
        self.line = StateChip(State.LIVE, "", shell.stack)
        self.line.hide()
        shell.stack.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def begin(self, words: str | Callable[[], str], stop: Callable[[], None] | None = None) -> int:
        """Something is asked for. `words`: the catalogue's code of the step, or what gives its words now ("": nothing is said); `stop`: what
        Esc does. Returns what `end` takes."""
        self._next += 1
        code = words if isinstance(words, str) else ""
        say = words if not isinstance(words, str) else lambda: self._shell.texts(code)
        self._running[self._next] = _Wait(say, self._clock(), stop)
        self._timer.start()
        return self._next

    def end(self, number: int) -> None:
        """Its answer is here, or nobody waits for it any more."""
        self._running.pop(number, None)
        self.look()

    def stop(self) -> bool:
        """Esc: stop what was said to be stoppable; False when nothing of it is running."""
        found = [(n, w) for n, w in self._running.items() if w.stop is not None and w.words()]
        for number, wait in found:
            self._running.pop(number, None)
            assert wait.stop is not None
            wait.stop()
        self.look()
        return bool(found)

    def look(self) -> None:
        """Say what takes long now."""
        if not self._running or self._shell.counter is None:
            self._timer.stop()
            self.line.hide()
            return
        now, texts = self._clock(), self._shell.texts
        slow = [(now - w.began, w) for w in self._running.values() if now - w.began >= NAMED_S and w.words()]
        if not slow:
            self.line.hide()
            return
        passed, wait = max(slow, key=lambda s: s[0])
        said = f"{wait.words()}…"
        if passed >= COUNTED_S:
            said += " " + texts("ui.wait.seconds", seconds=int(passed))
            said += f" · {texts('ui.wait.esc')}" if wait.stop is not None else ""
        if said != self.line.text() or self.line.isHidden():
            self.line.set(State.LIVE, said)
            self._place()
            self.line.show()
            self.line.raise_()

    def _place(self) -> None:
        size, stack = self.line.sizeHint(), self._shell.stack
        self.line.setGeometry(
            max(0, stack.width() - size.width() - MARGIN),
            max(0, stack.height() - size.height() - MARGIN),
            min(size.width(), stack.width()),
            size.height(),
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the line in its corner."""
        if event.type() == QEvent.Type.Resize and not self.line.isHidden():
            self._place()
        return super().eventFilter(watched, event)
