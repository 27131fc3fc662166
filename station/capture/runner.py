"""Drives a `CaptureSession` from a device: synchronously (headless) or on two threads (window)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from devices.contract import Frame, ImagingDevice, RawCapture, Scanner
from devices.worker import DeviceWorker, LatestSlot
from station.capture.session import Attempt, CaptureSession, Phase, SessionView

ViewSink = Callable[[SessionView, Frame | None], None]
MAX_IDLE_FRAMES = 3000
"""A headless capture that sees nothing for so many frames gives up (100 s of a 30 Hz stream)."""


def run_headless(device: ImagingDevice, session: CaptureSession, on_view: ViewSink | None = None) -> Attempt | None:
    """Run one step to its end on the calling thread; returns the best attempt, or None when the stream ended without one.

    Raises:
        DeviceError: as the device does; what was attempted before is still in `session.attempts`.
    """
    while session.phase not in (Phase.DONE, Phase.DECIDE):
        if isinstance(device, Scanner):
            device.prepare(session.request)
        if not device.capabilities.preview:
            session.take_unseen()
            session.taken(*_burst(device, session))
            if on_view:
                on_view(session.view(), None)
            continue
        take = False
        preview = device.preview()
        for count, frame in enumerate(preview):
            take = session.process(frame)
            if on_view:
                on_view(session.view(), frame)
            if take or count >= MAX_IDLE_FRAMES:
                break
        close = getattr(preview, "close", None)
        if close:
            close()
        if not take:
            return session.best
        session.taken(*_burst(device, session))
        if on_view:
            on_view(session.view(), None)
    return session.best


def _burst(device: ImagingDevice, session: CaptureSession) -> list[RawCapture]:
    """Take as many full pictures as one attempt wants."""
    return [device.capture(session.request) for _ in range(session.rules.burst)]


class LiveRunner:
    """Runs steps for the window: frames on the device's own thread, scoring on another, the UI thread only told.

    `on_frame` is called on the device's thread for every frame (to be painted), `on_view` on the scoring thread for every
    analysed one. Analysis may skip frames; an overlay belongs to the frame number in its view.
    """

    def __init__(
        self, device: ImagingDevice, worker: DeviceWorker, *, on_frame: Callable[[Frame], None], on_view: ViewSink
    ) -> None:
        self._device = device
        self._worker = worker
        self._on_frame = on_frame
        self._on_view = on_view
        self._stop = threading.Event()
        self._session: CaptureSession | None = None
        self._watched: float | None = None

    @property
    def silent_s(self) -> float:
        """Seconds since the last live picture came (any thread); 0 while none is waited for."""
        since = self._watched
        return time.monotonic() - since if since is not None else 0.0

    def start(self, session: CaptureSession) -> Future[Attempt | None]:
        """Begin one step; the future brings its best attempt (None when stopped), or the device's error."""
        self._stop.clear()
        self._session = session
        return self._worker.submit(lambda: self._run(session))

    def press(self) -> None:
        """Take the picture now (the operator's key)."""
        if self._session is not None:
            self._session.press()

    def stop(self) -> None:
        """End the running step from any thread; what was attempted stays."""
        self._stop.set()
        self._device.cancel()

    def _run(self, session: CaptureSession) -> Attempt | None:
        while session.phase not in (Phase.DONE, Phase.DECIDE) and not self._stop.is_set():
            if isinstance(self._device, Scanner):
                self._device.prepare(session.request)
            if self._device.capabilities.preview and not self._watch(session):
                return session.best
            if not self._device.capabilities.preview:
                session.take_unseen()
            try:
                session.taken(*_burst(self._device, session))
            except BaseException:
                session.interrupted()
                raise
            self._on_view(session.view(), None)
        return session.best

    def _watch(self, session: CaptureSession) -> bool:
        """Show and score live pictures until the full one is to be taken (True) or the step is stopped."""
        take = threading.Event()
        slot: LatestSlot[Frame] = LatestSlot()
        scorer = threading.Thread(
            target=self._score, args=(session, slot, take), name=f"score-{self._device.device_id}", daemon=True
        )
        scorer.start()
        self._watched = time.monotonic()
        try:
            for frame in self._device.preview():
                self._watched = time.monotonic()
                if frame.finger_present is False:
                    session.glass_empty()  # judging may skip this very frame, and a finger that is quickly back would be sent away for ever
                slot.put(frame)
                self._on_frame(frame)
                if take.is_set() or self._stop.is_set():
                    break
        finally:
            self._watched = None
            slot.close()
            scorer.join()
        self._raise_from(scorer)
        return take.is_set()

    def _score(self, session: CaptureSession, slot: LatestSlot[Frame], take: threading.Event) -> None:
        version = 0
        while not take.is_set():
            version, frame = slot.newer_than(version, 1.0)
            if frame is None:
                if slot.closed:
                    return
                continue
            try:
                wanted = session.process(frame)
            except Exception as error:  # noqa: BLE001 - carried to the device's thread, which raises it
                self._error = error
                take.set()
                self._device.cancel()
                return
            self._on_view(session.view(), frame)
            if wanted:
                take.set()

    _error: Exception | None = None

    def _raise_from(self, scorer: threading.Thread) -> None:
        _ = scorer
        error, self._error = self._error, None
        if error is not None:
            raise error
