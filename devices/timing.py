"""What a device needs of time, so that a station's injected clock (or a test's) can drive it."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Pacer(Protocol):
    """The part of `station.clock.Clock` that devices use."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""

    def wait(self, seconds: float, stop: threading.Event | None = None) -> bool:
        """Let `seconds` pass; return True at once when `stop` is set."""


class RealPacer:
    """Real time."""

    def monotonic(self) -> float:
        """See `Pacer.monotonic`."""
        return time.monotonic()

    def wait(self, seconds: float, stop: threading.Event | None = None) -> bool:
        """See `Pacer.wait`."""
        if stop is not None:
            return stop.wait(seconds)
        time.sleep(seconds)
        return False
