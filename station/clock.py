"""The injected clock: nothing in the station asks the system for the time directly.

Time enters events, deadlines, dwell times and file names; tests and the headless demo run on `ManualClock`, where an hour
passes in no time and a jump of ten years can be ordered.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, Protocol

LEGAL_TIME: Final = timezone(timedelta(hours=7))
"""Viet Nam's one time, without summer time: legal days, deadlines and what papers show are counted in it, whatever the computer is set to."""


def legal(moment: datetime) -> datetime:
    """Return `moment` (aware) in legal time, to be shown or printed."""
    return moment.astimezone(LEGAL_TIME)


def legal_day(moment: datetime) -> date:
    """Return the legal day of `moment`: a dossier opened at six in the morning belongs to this day, not to yesterday's in UTC."""
    return legal(moment).date()


class Clock(Protocol):
    """What the station needs to know of time."""

    @property
    def source(self) -> str:
        """Where the time comes from (``system``, ``manual``, ``gps``, ``ntp``); written into every event."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""

    def wait(self, seconds: float, stop: threading.Event | None = None) -> bool:
        """Let `seconds` pass; return True at once when `stop` is set."""


class SystemClock:
    """The computer's own clock."""

    source = "system"

    def now(self) -> datetime:
        """See `Clock.now`."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return time.monotonic()

    def wait(self, seconds: float, stop: threading.Event | None = None) -> bool:
        """See `Clock.wait`."""
        if stop is not None:
            return stop.wait(seconds)
        time.sleep(seconds)
        return False


class ManualClock:
    """A clock that moves only when told, or when someone waits on it (waiting costs no real time)."""

    source = "manual"

    def __init__(self, start: datetime = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """See `Clock.now`."""
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        with self._lock:
            return self._monotonic

    def wait(self, seconds: float, stop: threading.Event | None = None) -> bool:
        """See `Clock.wait`; time jumps forward instead of passing."""
        self.advance(seconds)
        return stop is not None and stop.is_set()

    def advance(self, seconds: float) -> None:
        """Move both readings forward by `seconds`."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._monotonic += seconds

    def jump(self, to: datetime) -> None:
        """Set the wall clock (a wrong battery, a changed time zone); monotonic time is not moved."""
        with self._lock:
            self._now = to
