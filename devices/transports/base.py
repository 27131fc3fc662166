"""Deadlines, and the contract of a byte transport."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, Self

from devices.errors import DeviceProtocolError

SLICE_S: Final = 0.05
"""The longest a read sleeps before it looks whether it was cancelled."""


class Deadline:
    """A moment after which waiting is over. Made from seconds; never extended."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = clock() + max(0.0, seconds)

    @property
    def left_s(self) -> float:
        """Seconds left, 0 when it has passed."""
        return max(0.0, self._at - self._clock())

    @property
    def passed(self) -> bool:
        """Whether it has passed."""
        return self._clock() >= self._at

    def within(self, seconds: float) -> Deadline:
        """Return the earlier of this deadline and `seconds` from now."""
        return Deadline(min(seconds, self.left_s), self._clock)


def never_cancelled() -> None:
    """What a transport asks when nobody can cancel it."""


class Transport(ABC):
    """A two-way stream of bytes. The base owns time and cancelling, a subclass only moves bytes."""

    def __init__(self) -> None:
        self.check: Callable[[], None] = never_cancelled
        """Called between slices of waiting; raises `DeviceCancelledError` to end the wait."""
        self.heard = 0
        """Bytes received since the transport was opened."""

    def read(self, most: int, deadline: Deadline) -> bytes:
        """Return 1 to `most` bytes as soon as there are any, none at the deadline.

        Raises:
            DeviceUnpluggedError: the other end is gone. DeviceCancelledError: `check` said so.
        """
        while True:
            self.check()
            data = self._read(most, min(deadline.left_s, SLICE_S))
            if data or deadline.passed:
                self.heard += len(data)
                return data

    def drain(self, quiet_s: float, deadline: Deadline) -> int:
        """Throw away what arrives until the line was quiet for `quiet_s`; return how many bytes that was.

        Raises:
            DeviceProtocolError: it did not become quiet by the deadline (code ``device-endless-data``).
        """
        thrown = 0
        while data := self.read(4096, Deadline(quiet_s)):
            thrown += len(data)
            if deadline.passed:
                raise DeviceProtocolError("The device does not stop sending; nothing of it was used. Unplug it and plug it in again.",
                                          code="device-endless-data", thrown=thrown)  # fmt: skip
        return thrown

    @abstractmethod
    def write(self, data: bytes, deadline: Deadline) -> None:
        """Send all of `data`.

        Raises:
            DeviceTimeoutError, DeviceUnpluggedError.
        """

    @property
    @abstractmethod
    def baud(self) -> int:
        """Bits per second of the line."""

    @abstractmethod
    def set_baud(self, baud: int) -> None:
        """Change the speed of this end."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the line; may be called twice, never raises."""

    @abstractmethod
    def _read(self, most: int, seconds: float) -> bytes:
        """Return what is there within `seconds`, at most `most` bytes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
