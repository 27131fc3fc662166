"""A scanner whose platen is a stage: nothing, a finger arriving, a finger resting, nothing again.

Folder replay and simulation share this timeline; what is seen at each moment comes from `_scene`. Faults are switches: a cable
can be pulled before a given frame or in the middle of a capture, and plugged in again.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from devices.contract import CaptureRequest, Frame, RawCapture, Scanner
from devices.errors import DeviceBusyError, DeviceNotFoundError, DeviceUnpluggedError
from devices.timing import Pacer, RealPacer

FRAME_S = 1 / 30
EMPTY_FRAMES = 4
"""Frames of an empty platen before the finger comes and after it was taken."""


class StagedScanner(Scanner):
    """Owns the timeline; subclasses draw."""

    def __init__(self, device_id: str, pacer: Pacer | None = None) -> None:
        super().__init__(device_id)
        self._pacer: Pacer = pacer or RealPacer()
        self._lock = threading.Lock()
        self._request: CaptureRequest | None = None
        self._taken = False
        self._frame_number = 0
        self._shown = 0
        self._plugged = True
        self._unplug_in_capture = False
        self._unplug_after: int | None = None
        self._held = ""
        self._hangs = 0

    def hold(self, port: str) -> None:
        """Fault switch: another program takes the device, which lies at `port`; "" lets it go."""
        with self._lock:
            self._held = port
            self._plugged = not port
        self._wake()

    def hang(self, openings: int = 1) -> None:
        """Fault switch: no picture comes any more, until the device was opened so many times again."""
        with self._lock:
            self._hangs = openings

    def unplug(self, *, in_capture: bool = False, after_frames: int | None = None) -> None:
        """Fault switch: pull the cable now, in the middle of the next capture, or after so many more frames."""
        with self._lock:
            if in_capture:
                self._unplug_in_capture = True
            elif after_frames is not None:
                self._unplug_after = self._frame_number + after_frames
            else:
                self._plugged = False
        if not in_capture and after_frames is None:
            self._wake()

    def plug_in(self) -> None:
        """Put the cable back; the device must be opened again."""
        with self._lock:
            self._plugged, self._unplug_in_capture, self._unplug_after = True, False, None

    def lift(self) -> None:
        """The finger leaves the platen; the next `prepare` brings one again."""
        with self._lock:
            self._taken = True
            self._shown = 0

    def lay_anew(self) -> None:
        """The finger leaves the platen and comes again, for the same request."""
        with self._lock:
            self._shown = 0

    def _prepare(self, request: CaptureRequest) -> None:
        with self._lock:
            self._request, self._taken, self._shown = request, False, 0
        self._stage(request)

    def _open(self, deadline_s: float) -> None:
        with self._lock:
            held, self._hangs = self._held, max(0, self._hangs - 1)
        if held:
            raise DeviceBusyError("Another program holds the scanner; nothing was captured. End it and try again.",
                                  device_id=self.device_id, port=held)  # fmt: skip
        if not self._plugged:
            raise DeviceNotFoundError(
                "The scanner is not plugged in; nothing was captured. Plug it in.", device_id=self.device_id
            )
        _ = deadline_s

    def _close(self) -> None:
        with self._lock:
            self._request = None

    def _check_plugged(self) -> None:
        if self._unplug_after is not None and self._frame_number >= self._unplug_after:
            self._plugged = False
        if not self._plugged:
            self._is_open = False
            raise DeviceUnpluggedError(
                "The scanner was unplugged; what was saved is safe. Plug it in again.", device_id=self.device_id
            )

    def _preview(self) -> Iterator[Frame]:
        while self._is_open:
            self._check_plugged()
            self._check_cancelled()
            if self._hangs:
                self._pacer.wait(FRAME_S, self._cancelled)
                continue
            with self._lock:
                request, taken, shown = self._request, self._taken, self._shown
                self._shown += 1
                self._frame_number += 1
                number = self._frame_number
            if request is None or taken or shown < EMPTY_FRAMES:
                image, ppi, present = self._empty(), self._preview_ppi(), False
            else:
                image, ppi, present = self._scene(request, shown - EMPTY_FRAMES), self._preview_ppi(), True
            yield Frame(image, number, self._pacer.monotonic(), ppi, present)
            self._pacer.wait(FRAME_S, self._cancelled)

    def _capture(self, request: CaptureRequest) -> RawCapture:
        self._check_plugged()
        with self._lock:
            staged = self._request
            moment = max(0, self._shown - EMPTY_FRAMES)
        if staged is None or (staged.position, staged.impression) != (request.position, request.impression):
            self._stage(request)
        if self._unplug_in_capture:
            self._plugged = False
        self._check_plugged()
        self._check_cancelled()
        result = self._take(request, moment)
        self.lift()
        return result

    @abstractmethod
    def _stage(self, request: CaptureRequest) -> None:
        """Make ready what the platen will show for `request`."""

    @abstractmethod
    def _scene(self, request: CaptureRequest, moment: int) -> npt.NDArray[np.uint8]:
        """Return the live picture `moment` frames after the finger came."""

    @abstractmethod
    def _empty(self) -> npt.NDArray[np.uint8]:
        """Return the live picture of the empty platen."""

    @abstractmethod
    def _preview_ppi(self) -> int:
        """Return the resolution of the live pictures."""

    @abstractmethod
    def _take(self, request: CaptureRequest, moment: int) -> RawCapture:
        """Return the full capture at that moment."""


def reduced(image: npt.NDArray[np.uint8], ppi: int, widest: int = 800) -> tuple[npt.NDArray[np.uint8], int]:
    """Halve a picture until it is at most `widest` pixels wide; returns it with its new resolution."""
    while image.shape[1] > widest:
        image = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        ppi //= 2
    return image, ppi
