"""The one bridge from worker threads to the window: jobs with answers, and live frames of which only the newest counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from devices.contract import Frame
from devices.worker import DeviceWorker
from station.capture.session import SessionView
from ui.qt import QImage, QObject, Signal
from ui.widgets.live_view import to_image

ASIDE_END_S = 60.0
"""A comparison that runs while the window closes takes a second; on a machine under load more."""
Done = Callable[[Any], None]
Failed = Callable[[BaseException], None]


@dataclass(frozen=True, slots=True)
class _Answer:
    done: Done | None
    failed: Failed | None
    counted: bool
    result: Any
    error: BaseException | None


class Jobs(QObject):
    """Runs the station's work on its own thread; answers arrive on the UI thread, in order.

    Answers wait in a Python queue and the signal carries nothing: objects handed through a signal's arguments have their
    references counted by the binding, which is where a None can be lost.
    """

    _answered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._worker = DeviceWorker("station")
        self._aside: DeviceWorker | None = None
        self._answers: SimpleQueue[_Answer] = SimpleQueue()
        self._answered.connect(self._deliver)
        self._open = True
        self.pending = 0

    def submit(self, job: Callable[[], Any], done: Done | None = None, failed: Failed | None = None) -> None:
        """Run `job`; then `done(result)` or `failed(error)` on the UI thread."""
        self.pending += 1
        self.follow(self._worker.submit(job), done, failed, counted=True)

    def aside(self, job: Callable[[], Any], then: Callable[[], None]) -> None:
        """Run long work that only reads and remembers on a lane of its own, so that the station's thread stays free for people; then
        `then` on the UI thread, whatever became of the job: what it prepared is done again, and judged, by who needs it."""
        if self._aside is None:
            self._aside = DeviceWorker("station-aside")
        self.pending += 1
        self.follow(self._aside.submit(job), lambda _: then(), lambda _: then(), counted=True)

    def follow(self, future: Future[Any], done: Done | None, failed: Failed | None, *, counted: bool = False) -> None:
        """Deliver the answer of a future that runs elsewhere."""

        def finished(f: Future[Any]) -> None:
            error = None if f.cancelled() else f.exception()
            result = None if f.cancelled() or error is not None else f.result()
            if self._open:
                self._answers.put(_Answer(done, failed, counted, result, error))
                self._answered.emit()

        future.add_done_callback(finished)

    def _deliver(self) -> None:
        answer = self._answers.get()
        if answer.counted:
            self.pending -= 1
        if answer.error is not None:
            if answer.failed is not None:
                answer.failed(answer.error)
        elif answer.done is not None:
            answer.done(answer.result)

    def last(self, job: Callable[[], Any]) -> None:
        """Run a last job on the station's thread and wait for it (the window is hidden already); its error is raised here."""
        self._open = False
        self._end_aside()
        self._worker.submit(job).result()

    def stop(self) -> None:
        """Stop delivering and end the thread after its running job."""
        self._open = False
        self._end_aside()
        self._worker.stop()

    def _end_aside(self) -> None:
        """The lane beside reads the station: it ends before the station closes."""
        aside, self._aside = self._aside, None
        if aside is not None:
            aside.stop(ASIDE_END_S)


class LiveBridge(QObject):
    """Frames and views of a live capture. A slow window misses frames, it never piles them up."""

    frame_ready = Signal()
    view_ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._image: QImage | None = None
        self._view: tuple[SessionView, float, float] | None = None
        self._arrived: dict[int, float] = {}
        self._frame_told = self._view_told = False

    def on_frame(self, frame: Frame) -> None:
        """Take a frame on the device's thread."""
        now = time.monotonic()
        image = to_image(frame.image)
        with self._lock:
            self._image = image
            self._arrived[frame.number] = now
            while len(self._arrived) > 120:
                self._arrived.pop(next(iter(self._arrived)))
            tell, self._frame_told = not self._frame_told, True
        if tell:
            self.frame_ready.emit()

    def on_view(self, view: SessionView, frame: Frame | None) -> None:
        """Take an analysed frame's view on the scoring thread."""
        with self._lock:
            arrived = self._arrived.get(frame.number, 0.0) if frame is not None else 0.0
            self._view = (view, time.monotonic(), arrived)
            tell, self._view_told = not self._view_told, True
        if tell:
            self.view_ready.emit()

    def take_image(self) -> QImage | None:
        """Return the newest frame on the UI thread."""
        with self._lock:
            self._frame_told = False
            return self._image

    def take_view(self) -> tuple[SessionView, float, float] | None:
        """Return the newest view, when it was made, and when its frame arrived (0: not known)."""
        with self._lock:
            self._view_told = False
            return self._view
