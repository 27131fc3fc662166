"""The one thread that sends: takes the most urgent package, hands it to a carrier, and writes down only what was confirmed."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from station.carriers.model import Carrier, CarrierError, Parcel
from station.clock import Clock, legal
from station.errors import StationError
from station.hours import Span, within
from station.queue.model import Entry, State
from station.queue.store import Queue

FIRST_DELAY_S: Final = 2.0
LONGEST_DELAY_S: Final = 300.0
ANSWER_DELAY_S: Final = 5.0
IDLE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class SendingHours:
    """When sending is allowed, legal time; empty means always. A span over midnight is written as it is (22:00 to 05:00)."""

    spans: tuple[Span, ...] = ()

    def open_at(self, moment: datetime) -> bool:
        """Return whether sending is allowed at `moment` (aware)."""
        return not self.spans or within(legal(moment).time(), self.spans)


@dataclass(frozen=True, slots=True)
class UploaderStatus:
    """What the screen may say: times are None until they are known; `error` is the last failure's code, "" after a success."""

    running: bool = False
    paused: bool = False
    sending: str = ""
    confirmed: int = 0
    error: str = ""
    last_success: datetime | None = None
    next_try_s: float = 0.0


class Uploader:
    """Drives one carrier. `step()` does one piece of work (headless); `start()` runs it on a thread until `stop()`."""

    def __init__(self, queue: Queue, carrier: Carrier, clock: Clock, *, hours: SendingHours | None = None,
                 on_change: Callable[[Entry], None] | None = None, between: Callable[[], None] | None = None,
                 seed: int | None = None) -> None:  # fmt: skip
        """`between` is called on the sending thread after each step while the line is good and sending is allowed."""
        self._queue, self._carrier, self._clock = queue, carrier, clock
        self.hours = hours or SendingHours()
        self._on_change, self._between = on_change, between
        self._random = random.Random(seed)
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._status = UploaderStatus()
        self._tries: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._line_tries = 0
        self._line_not_before = 0.0
        self._chosen: frozenset[str] = frozenset()

    # -- control -----------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread; harmless when it runs."""
        if self._thread is None or not self._thread.is_alive():
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="uploader", daemon=True)
            self._thread.start()

    def stop(self, deadline_s: float = 30.0) -> None:
        """Stop after the current chunk and wait for the thread."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(deadline_s)

    def pause(self) -> None:
        """Stop sending after the current chunk; the place is kept."""
        self._stop.set()
        self._set(paused=True)

    def resume(self) -> None:
        """Go on, at once."""
        self._stop.clear()
        self._set(paused=False)
        self.wake()

    def wake(self, first: Collection[str] = ()) -> None:
        """Something new is in the queue, or a person pressed *send now*: forget the back-off.

        `first`: packages a person chose; they go before the others, once, in the queue's own order among themselves.
        """
        if first:
            with self._lock:
                self._chosen |= frozenset(first)
        self._line_not_before = 0.0
        self._not_before.clear()
        self._wake.set()

    def status(self) -> UploaderStatus:
        """Return what is known now."""
        with self._lock:
            wait = max(0.0, self._line_not_before - self._clock.monotonic())
            return replace(self._status, next_try_s=wait)

    # -- work --------------------------------------------------------------------------------------------------------------

    def step(self, only: Collection[str] | None = None) -> Entry | None:
        """Work on the next package that is due and return its row afterwards; None when there is nothing to do now.

        `only`: one of these packages; None: the chosen ones (see `wake`), then all others.
        Failures are noted in the queue's history and in `status`; nothing is raised for them.
        """
        now = self._clock.monotonic()
        if self._status.paused or now < self._line_not_before or not self.hours.open_at(self._clock.now()):
            return None
        entry = self._due({p for p, t in self._not_before.items() if now < t}, only)
        if entry is None:
            self._call_between()
            return None
        self._set(sending=entry.package_id, confirmed=entry.confirmed)
        try:
            after = self._deliver(entry)
        except CarrierError as error:
            self._failed(entry, error.reason_code, error.retry_after_s, line=error.line)
            after = self._queue.get(entry.package_id) or entry
        except StationError as error:  # a damaged file, a receipt that is not believed
            self._failed(entry, error.reason_code, None, line=False)
            after = self._queue.get(entry.package_id) or entry
        finally:
            self._set(sending="")
        if not self._line_tries:  # a line that is down has tried nothing: they still go first when it is back
            with self._lock:
                self._chosen -= {entry.package_id}
        if self._on_change is not None:
            self._on_change(after)
        if not self._line_tries:
            self._call_between()
        return after

    def _due(self, skip: Collection[str], only: Collection[str] | None) -> Entry | None:
        chosen = only if only is not None else self._chosen
        first = self._queue.next(skip, chosen) if chosen else None
        return first if first is not None or only is not None else self._queue.next(skip)

    def _call_between(self) -> None:
        """A fault of the station's own in there (a full disk) is said like a failed try and stops no sending."""
        if self._between is not None:
            try:
                self._between()
            except StationError as error:
                self._set(error=error.reason_code)

    def drain(self, limit: int = 100_000, only: Collection[str] | None = None) -> int:
        """Work until nothing (of `only`) is due now; return how many steps were taken (headless and tests)."""
        steps = 0
        while steps < limit and not self._stop.is_set() and self.step(only) is not None:
            steps += 1
        return steps

    def _deliver(self, entry: Entry) -> Entry:
        package = entry.package_id
        parcel = Parcel(entry.manifest_sha256, entry.sha256, self._queue.read(entry) if entry.state is State.SEALED else bytes(entry.size),
                        entry.location, entry.confirmed, entry.state is State.SENT)  # fmt: skip

        def report(confirmed: int, location: str) -> None:
            self._queue.progress(package, confirmed, location)
            self._set(confirmed=confirmed)
            if confirmed > entry.confirmed:  # bytes were accepted: what failed before is over
                self._set(error="")

        delivery = self._carrier.deliver(parcel, report, self._stop)
        if delivery.lost:
            entry = self._queue.lost(package)
            self._failed(entry, "peer-lost", None, line=False)
            return entry
        entry = self._queue.sent(package, delivery.confirmed, self._carrier.name)
        if delivery.answer is not None:
            entry = self._queue.answer(package, delivery.answer, self._carrier.name)
            self._tries.pop(package, None)
            self._not_before.pop(package, None)
        else:
            self._not_before[package] = self._clock.monotonic() + ANSWER_DELAY_S
        self._line_tries = 0
        self._set(error="", last_success=self._clock.now())
        return entry

    def _failed(self, entry: Entry, code: str, retry_after_s: float | None, *, line: bool) -> None:
        if code == "paused":
            return
        self._queue.failed(entry.package_id, code)
        if code == "too-large":
            self._queue.hold(entry.package_id, code)
        if line:
            self._line_tries += 1
            self._line_not_before = self._clock.monotonic() + (retry_after_s or self._delay(self._line_tries))
        else:
            tries = self._tries[entry.package_id] = self._tries.get(entry.package_id, 0) + 1
            self._not_before[entry.package_id] = self._clock.monotonic() + (retry_after_s or self._delay(tries))
        self._set(error=code)

    def _delay(self, tries: int) -> float:
        """Doubling, with up to a quarter of chance on top, so that a hundred stations do not knock together."""
        return min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** min(tries - 1, 10)) * (1 + 0.25 * self._random.random())

    def _run(self) -> None:
        while not self._stop.is_set() or self._status.paused:
            self._set(running=True)
            self._wake.clear()
            if self.step() is None:
                pause = max(0.2, min(IDLE_S, self._line_not_before - self._clock.monotonic()))
                self._wake.wait(pause)
            if self._stop.is_set() and not self._status.paused:
                break
        self._set(running=False)

    def _set(self, **changes: object) -> None:
        with self._lock:
            self._status = replace(self._status, **changes)  # type: ignore[arg-type]  # names are this class's own fields
