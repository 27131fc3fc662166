"""What every way of travelling promises the queue, and how its failures are told apart (ui.md E40 to E46)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from station.clock import Clock
from station.errors import TransferError


class CarrierError(TransferError):
    """A carrier could not deliver now. What was saved, sealed and confirmed stays as it was.

    `line` is true when every package would fail the same way (no network, intake down), false when only this one did.
    `retry_after_s` is what the peer asked for, or None.

    Codes: ``no-network`` (E41), ``intake-unreachable`` (E40), ``tls-name`` (E42), ``tls-expired``, ``tls-untrusted``,
    ``captive-portal``, ``proxy``, ``intake-busy`` (E43), ``intake-error``, ``slow-line``, ``not-enrolled``, ``too-large`` (E45),
    ``stick-not-allowed`` (E46), ``stick-full``, ``stick-gone``, ``peer-lies``, ``foreign-location``.
    """

    code = "carrier"

    def __init__(
        self, message: str, *, code: str, line: bool = True, retry_after_s: float | None = None, **details: object
    ) -> None:
        super().__init__(message, code=code, **details)
        self.line = line
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Parcel:
    """One sealed package on its way. `location` and `confirmed` are what the last try left behind."""

    manifest_sha256: str
    sha256: str
    data: bytes
    location: str = ""
    confirmed: int = 0
    already_sent: bool = False

    @property
    def package_id(self) -> str:
        """The first 32 digits of the manifest's hash."""
        return self.manifest_sha256[:32]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the peer confirmed: bytes it holds, its answer (unverified bytes) if it has one, or that it knows nothing of it."""

    confirmed: int
    location: str = ""
    answer: bytes | None = None
    lost: bool = False


Report = Callable[[int, str], None]
"""Called with (bytes confirmed by the peer, location) after each confirmation."""


class Carrier(Protocol):
    """A way to bring a package to the intake and its answer back."""

    @property
    def name(self) -> str:
        """Short name for history lines (``network``, ``stick``)."""

    def deliver(self, parcel: Parcel, report: Report, stop: threading.Event) -> Delivery:
        """Bring one package and return what the peer confirmed.

        Raises:
            CarrierError: not now; says whether others would fail the same way.
        """


class Pace:
    """A bandwidth limit: a bucket of bytes on the injected monotonic clock. None means no limit."""

    def __init__(self, clock: Clock, bytes_per_s: int | None) -> None:
        self._clock = clock
        self.bytes_per_s = bytes_per_s
        self._free_at = clock.monotonic()

    def take(self, count: int, stop: threading.Event) -> bool:
        """Wait until `count` bytes may go out; True when `stop` was set meanwhile."""
        if not self.bytes_per_s:
            return stop.is_set()
        now = self._clock.monotonic()
        self._free_at = max(self._free_at, now) + count / self.bytes_per_s
        return self._clock.wait(max(0.0, self._free_at - count / self.bytes_per_s - now), stop)

    def chunk(self, wished: int) -> int:
        """Return a chunk that takes at most about two seconds at this pace."""
        return wished if not self.bytes_per_s else max(1024, min(wished, 2 * self.bytes_per_s))


MAX_RESPONSE_BYTES: Final = 64_000
