"""One named worker thread per device, and a latest-frame slot instead of a queue that could grow."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Generic, TypeVar

from devices.contract import Frame, ImagingDevice

T = TypeVar("T")


class LatestSlot(Generic[T]):
    """Holds one value: the newest. A slow reader misses old ones, never piles them up."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._value: T | None = None
        self._version = 0
        self._closed = False

    def put(self, value: T) -> None:
        """Replace the value and wake every reader."""
        with self._condition:
            self._value = value
            self._version += 1
            self._condition.notify_all()

    def close(self) -> None:
        """Wake every reader for the last time."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def newer_than(self, version: int, deadline_s: float) -> tuple[int, T | None]:
        """Wait for a value newer than `version`; return (version, value), value None at the deadline or after `close()`."""
        with self._condition:
            self._condition.wait_for(lambda: self._version > version or self._closed, deadline_s)
            if self._version > version:
                return self._version, self._value
            return version, None

    @property
    def closed(self) -> bool:
        """Whether no further value will come."""
        return self._closed


class DeviceWorker:
    """Runs jobs for one device on one thread named after it; asserts that nobody else drives the device."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[tuple[Callable[[], object], Future[object]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"device-{name}", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Run `job` on the device's thread; its result or error arrives in the future."""
        future: Future[T] = Future()
        self._jobs.put((job, future))  # type: ignore[arg-type]  # one queue carries futures of every result type
        return future

    def assert_here(self) -> None:
        """Raise AssertionError when called from another thread than the device's."""
        assert threading.current_thread() is self._thread, "device driven from a foreign thread"

    def stop(self, deadline_s: float = 5.0) -> bool:
        """End the thread after the running job; return whether it ended in time."""
        self._jobs.put(None)
        self._thread.join(deadline_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (item := self._jobs.get()) is not None:
            job, future = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001 - carried to the one who asked
                future.set_exception(error)


def pump(device: ImagingDevice, slot: LatestSlot[Frame]) -> Iterator[Frame]:
    """Yield the device's preview while putting each frame into `slot` (runs on the device's thread)."""
    for frame in device.preview():
        slot.put(frame)
        yield frame
