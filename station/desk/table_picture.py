"""What lies on the table is photographed: live, taken by itself or when the officer presses, held in hand until somebody keeps it.

Papers (`station.desk.photographing`) and hands (`station.desk.excepting`) say how it is judged and what is cut out of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
import numpy.typing as npt

from devices.contract import Camera, CaptureRequest, Frame, RawCapture
from devices.worker import DeviceWorker
from station.app import Station
from station.capture.gate import GateRules
from station.capture.runner import LiveRunner, ViewSink
from station.capture.session import CaptureSession, Judge, Phase, StepRules
from station.dossier.photographing import Page

DRIFT_MM = 4.0
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class InHand:
    """What was taken and is not kept yet: the page as it would be stored, its pixels, whether the machine is content."""

    page: Page
    pixels: Pixels
    good: bool


class TablePicture(ABC):
    """One picture of the table. For the station's thread, except `press`, `stop`, `in_hand` and `turn` (any thread)."""

    attempts: ClassVar[int] = 3

    def __init__(self, station: Station, camera: Callable[[], Camera], worker: Callable[[], DeviceWorker]) -> None:
        self._station, self._camera, self._worker = station, camera, worker
        self._runner: LiveRunner | None = None
        self._raw: RawCapture | None = None
        self._turns = 0
        self.in_hand: InHand | None = None

    @abstractmethod
    def _judge(self) -> Judge:
        """Return what judges the live picture."""

    @abstractmethod
    def _page(self, raw: RawCapture, turns: int) -> Page:
        """Return what is kept of a full picture, turned by so many quarters clockwise."""

    def start(self, *, on_frame: Callable[[Frame], None], on_view: ViewSink) -> Future[InHand | None]:
        """Open the live picture of the table; the future brings what was taken, None when stopped, or the camera's error.

        Raises:
            StationError: clock or disk forbid a capture. DeviceError: the camera is not there.
        """
        self._station.check_before_capture()
        self.stop()
        self.drop()
        worker, camera = self._worker(), self._camera()

        def opened() -> None:
            if not camera.is_open:
                camera.open()

        worker.submit(opened).result()
        hold = GateRules(
            self._station.settings.number("capture.hold_s"), int(self._station.settings.number("capture.hold_frames")), DRIFT_MM
        )
        rules = StepRules(self.attempts, {}, hold, needs_empty_platen=False)
        session = CaptureSession(CaptureRequest(modality="document"), rules, self._judge())
        self._runner = LiveRunner(camera, worker, on_frame=on_frame, on_view=on_view)
        run = self._runner.start(session)

        def took() -> InHand | None:
            attempt = run.result()  # over already: one thread drives the camera
            if attempt is None or session.phase not in {Phase.DONE, Phase.DECIDE}:
                return None  # stopped
            return self._take(attempt.capture, good=attempt.verdict.passed)

        return worker.submit(took)

    def press(self) -> None:
        """Take the picture now (F12)."""
        if self._runner is not None:
            self._runner.press()

    def stop(self) -> None:
        """End the live picture; nothing that was not kept stays."""
        if self._runner is not None:
            self._runner.stop()
            self._runner = None

    def drop(self) -> None:
        """Forget what is in hand."""
        self._raw, self._turns, self.in_hand = None, 0, None

    def _take(self, raw: RawCapture, *, good: bool) -> InHand:
        page = self._page(raw, self._turns)
        self._raw = raw
        self.in_hand = InHand(page, decoded(page.data), good)
        return self.in_hand

    def turn(self, quarters: int) -> InHand | None:
        """Turn what is in hand by quarters clockwise: a paper may lie sideways."""
        if self._raw is None or self.in_hand is None:
            return None
        self._turns = (self._turns + quarters) % 4
        return self._take(self._raw, good=self.in_hand.good)


def decoded(data: bytes) -> Pixels:
    """Return a kept page's pixels (BGR uint8); a grey mat where the bytes of an older program are no picture."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(picture, np.uint8) if picture is not None else np.full((76, 56, 3), 232, np.uint8)
