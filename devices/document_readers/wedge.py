"""A scanner that types like a keyboard, told apart from a person by speed alone (ui.md section 3). No Qt: the window feeds it.

Rule: at least six characters with gaps of at most 30 ms, ended by CR, LF or Tab, are one scan. Everything else is given back
untouched and in order, at the latest 35 ms after the last key. The caller feeds every key press with its time and some token of
its own (the key event); it must hold back what it fed and do only what the answers say: replay these tokens, use this scan.
The end key of a scan never comes back, so that it presses no button.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

MIN_CHARACTERS: Final = 6
MAX_CHARACTERS: Final = 4096
"""More in one burst is no code of ours: it is given back like typed text."""
GAP_S: Final = 0.030
HOLD_S: Final = 0.035
LINE_GAP_S: Final = 0.250
TERMINATORS: Final = frozenset("\r\n\t")
_MRZ_LINES: Final = {30: 3, 36: 2, 44: 2}
_MRZ_ALPHABET: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WedgeAnswer(Generic[T]):
    """What to do now, in this order: replay these tokens; then use the scan, where there is one."""

    replay: tuple[T, ...] = ()
    scan: str | None = None


class WedgeFilter(Generic[T]):
    """The state machine. Times are seconds of one monotonic clock; the filter asks no clock itself."""

    def __init__(self) -> None:
        self._tokens: list[T] = []
        self._text: list[str] = []
        self._last_s = 0.0
        self._scan_ended_s: float | None = None

    @property
    def due_s(self) -> float | None:
        """When `tick` must be called at the latest; None while nothing is held."""
        return self._last_s + HOLD_S if self._tokens else None

    def feed(self, character: str, token: T, at_s: float) -> WedgeAnswer[T]:
        """Take one key press that types `character` (one character; CR, LF or Tab for the end keys)."""
        late = self._late(at_s)
        if character in TERMINATORS:
            return self._end(token, at_s, late)
        self._hold(token, at_s)
        self._text.append(character)
        if len(self._text) > MAX_CHARACTERS:
            return WedgeAnswer((*late, *self._release()))
        return WedgeAnswer(late)

    def feed_modifier(self, token: T, at_s: float) -> WedgeAnswer[T]:
        """Take a modifier pressed alone (scanners press Shift for capitals): held with the burst, no character of it."""
        late = self._late(at_s)
        if not self._tokens:
            return WedgeAnswer((*late, token))
        self._hold(token, at_s)
        return WedgeAnswer(late)

    def feed_other(self, token: T, at_s: float) -> WedgeAnswer[T]:
        """Take any other key (arrows, function keys, shortcuts, auto-repeat): no scanner sends it, so everything is given back."""
        _ = at_s
        self._scan_ended_s = None
        return WedgeAnswer((*self._release(), token))

    def tick(self, at_s: float) -> WedgeAnswer[T]:
        """Tell the time; what is held longer than 35 ms is given back."""
        due = self.due_s
        return WedgeAnswer(self._release()) if due is not None and at_s >= due else WedgeAnswer()

    def flush(self) -> WedgeAnswer[T]:
        """Give everything back now (the window loses focus, the screen changes)."""
        return WedgeAnswer(self._release())

    def _hold(self, token: T, at_s: float) -> None:
        self._tokens.append(token)
        self._last_s = at_s
        self._scan_ended_s = None

    def _late(self, at_s: float) -> tuple[T, ...]:
        """Release the burst when the gap to now is too long for a scanner (or time ran backwards)."""
        return self._release() if self._tokens and not 0 <= at_s - self._last_s <= GAP_S else ()

    def _end(self, token: T, at_s: float, late: tuple[T, ...]) -> WedgeAnswer[T]:
        if len(self._text) >= MIN_CHARACTERS:
            text = "".join(self._text)
            self._release()
            self._scan_ended_s = at_s
            return WedgeAnswer(late, text)
        if self._scan_ended_s is not None and not self._tokens and 0 <= at_s - self._scan_ended_s <= GAP_S:
            # The LF of a scanner that ends with CR LF: it belongs to the scan.
            self._scan_ended_s = at_s
            return WedgeAnswer(late)
        self._scan_ended_s = None
        return WedgeAnswer((*late, *self._release(), token))

    def _release(self) -> tuple[T, ...]:
        tokens = tuple(self._tokens)
        self._tokens.clear()
        self._text.clear()
        return tokens


class MrzLines:
    """Puts the lines of a swipe reader in keyboard mode together: each line arrives as a scan of its own.

    A scan that is no MRZ line passes at once. A line waits up to 250 ms for the next; lines that never become a whole zone are
    given out one by one, so that nothing is lost.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._last_s = 0.0

    @property
    def due_s(self) -> float | None:
        """When `tick` must be called at the latest; None while nothing waits."""
        return self._last_s + LINE_GAP_S if self._lines else None

    def feed(self, scan: str, at_s: float) -> tuple[str, ...]:
        """Take one scan; return what is complete now."""
        out = self.tick(at_s)
        fits = len(scan) in _MRZ_LINES and set(scan) <= _MRZ_ALPHABET
        if not fits or (self._lines and len(scan) != len(self._lines[0])):
            out = (*out, *self._release())
        if not fits:
            return (*out, scan)
        self._lines.append(scan)
        self._last_s = at_s
        if len(self._lines) == _MRZ_LINES[len(scan)]:
            return (*out, "\r".join(self._release()))
        return out

    def tick(self, at_s: float) -> tuple[str, ...]:
        """Tell the time; return the lines that waited in vain."""
        due = self.due_s
        return self._release() if due is not None and at_s >= due else ()

    def _release(self) -> tuple[str, ...]:
        lines = tuple(self._lines)
        self._lines.clear()
        return lines
