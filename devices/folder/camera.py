"""A camera that replays portrait files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from biometrics.errors import ImageError
from biometrics.formats.raster import MAX_FILE_BYTES, read_colour
from devices.contract import (
    Camera,
    Capabilities,
    CapturedImage,
    CaptureRequest,
    Device,
    DeviceIdentity,
    DeviceInfo,
    DeviceKind,
    Frame,
    RawCapture,
    Source,
)
from devices.errors import DeviceNotFoundError
from devices.timing import Pacer, RealPacer

FRAME_S = 1 / 30
LIVE_WIDTH = 640


class FolderCamera(Camera):
    """Shows one file after another; each capture takes the one that is shown and moves on."""

    adapter = "folder-camera"

    def __init__(self, files: Sequence[Path], device_id: str = "folder-camera", pacer: Pacer | None = None) -> None:
        super().__init__(device_id)
        self._files = tuple(files)
        self._turn = 0
        self._pacer: Pacer = pacer or RealPacer()

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return one camera over `settings["files"]` in `settings["folder"]`."""
        return [cls([Path(str(settings["folder"])) / str(f) for f in settings.get("files", ())])]

    @property
    def capabilities(self) -> Capabilities:
        """Frames only; nothing can be adjusted on a file."""
        return Capabilities(preview=True)

    def _identity(self) -> DeviceIdentity:
        return DeviceIdentity(
            DeviceKind.CAMERA, self.adapter, "enrollment-station", "folder replay", f"{len(self._files)}-files", "1"
        )

    def _describe(self) -> DeviceInfo:
        if not all(f.is_file() for f in self._files) or not self._files:
            raise DeviceNotFoundError(
                "A portrait file is not there; nothing was taken. Check the list.", device_id=self.device_id
            )
        return DeviceInfo(
            self.device_id, self.kind, self._identity(), Source.FILE, enrolment_grade=False, grade_reason="source-file"
        )

    def _open(self, deadline_s: float) -> None:
        _ = deadline_s

    def _close(self) -> None:
        return

    def _read(self) -> CapturedImage:
        if not self._files:
            raise DeviceNotFoundError("No portrait file was given; nothing was taken.", device_id=self.device_id)
        path = self._files[self._turn % len(self._files)]
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise ImageError(f"{path.name} is larger than {MAX_FILE_BYTES} bytes; it was not read.", code="image-too-large")
            data = path.read_bytes()
        except OSError as error:
            raise ImageError(f"{path.name} cannot be read; nothing of it was used. Check the file's name and rights.",
                             code="image-missing") from error  # fmt: skip
        pixels, header = read_colour(data)
        return CapturedImage(pixels, 8, None, f"image/{header.kind}", data)

    def _preview(self) -> Iterator[Frame]:
        number = 0
        shown: tuple[int, np.ndarray[Any, np.dtype[np.uint8]]] | None = None
        while self._is_open:
            self._check_cancelled()
            if shown is None or shown[0] != self._turn:
                pixels = np.asarray(self._read().pixels, np.uint8)
                scale = min(1.0, LIVE_WIDTH / pixels.shape[1])
                shown = (
                    self._turn,
                    np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8),
                )
            number += 1
            yield Frame(shown[1], number, self._pacer.monotonic())
            self._pacer.wait(FRAME_S, self._cancelled)

    def _capture(self, request: CaptureRequest) -> RawCapture:
        _ = request
        self._check_cancelled()
        image = self._read()
        self._turn += 1
        return RawCapture((image,), self._identity(), Source.FILE)
