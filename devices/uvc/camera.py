"""A USB camera (or a video file, for tests and demonstrations) as a `Camera`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

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
from devices.errors import (
    DeviceBusyError,
    DeviceError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceTimeoutError,
    DeviceUnpluggedError,
    UnsupportedCommandError,
)
from devices.holders import holder_of
from devices.uvc.host import CameraChild, not_there
from devices.uvc.names import AttachedCamera, attached

CONTROLS: Final = frozenset(
    {"exposure_us", "auto_exposure", "focus", "auto_focus", "white_balance_k", "auto_white_balance", "gain", "brightness"}
)
LIVE_PIXELS: Final = 1_000_000
STALL_S: Final = 5.0
_SLICE_S: Final = 0.1
_PATIENCE_S: Final = 3.0
"""How much longer than asked the child may take to answer before it counts as hanging."""


class UvcCamera(Camera):
    """Frames are BGR; a capture is the next full picture after the request, as the driver gave it."""

    adapter = "uvc"

    def __init__(self, source: int | str, what: AttachedCamera | None = None, device_id: str = "", *, width: int = 0, height: int = 0,
                 fps: float = 0, driver: str = "", stall_s: float = STALL_S, patience_s: float = _PATIENCE_S) -> None:  # fmt: skip
        self._what = what
        self._open_with: dict[str, Any] = {"op": "open", "source": source, "width": width, "height": height, "fps": fps}
        self._is_file = isinstance(source, str) and not source.startswith("/dev/")
        super().__init__(device_id or f"uvc:{what.stable_id if what else Path(str(source)).name}")
        self._driver, self._stall_s, self._patience_s = driver, stall_s, patience_s
        self._child: CameraChild | None = None
        self._backend = ""

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return the cameras that are attached, or the one that `settings` choose.

        ``camera`` is part of a name or of an id that stays; ``file`` a video file instead of a camera; ``width``, ``height`` and
        ``fps`` what to ask the camera for.
        """
        size = {"width": _whole(settings, "width"), "height": _whole(settings, "height"), "fps": float(_whole(settings, "fps"))}
        if settings.get("file"):
            return [cls(str(settings["file"]), **size)]  # type: ignore[arg-type]  # three numbers by name
        try:
            found = attached()
        except ImportError as error:
            raise DeviceNotFoundError(f"USB cameras need the package '{error.name}'; other devices work.", device_id="uvc",
                                      code="device-library-missing", library=error.name or "") from error  # fmt: skip
        wanted = str(settings.get("camera", ""))
        chosen = [c for c in found if wanted in c.name or wanted in c.stable_id]
        if not chosen:
            raise DeviceNotFoundError("No USB camera is attached (or none of the name in the settings); other devices work. Plug it in, press F5.",
                                      device_id="uvc", code="camera-absent")  # fmt: skip
        return [cls(c.index, c, **size) for c in chosen]  # type: ignore[arg-type]  # three numbers by name

    @property
    def capabilities(self) -> Capabilities:
        """Frames in colour; `controls()` says which of the declared controls this very camera offers."""
        return Capabilities(preview=True, controls=frozenset() if self._is_file else CONTROLS)

    def _identity(self) -> DeviceIdentity:
        what = self._what
        if what is None:
            return DeviceIdentity(DeviceKind.CAMERA, self.adapter, "", "video file", self.device_id, "", "uvc")
        return DeviceIdentity(
            DeviceKind.CAMERA, self.adapter, what.usb, what.name, what.serial or what.stable_id, what.version, "uvc"
        )

    def _describe(self) -> DeviceInfo:
        source = Source.FILE if self._is_file else Source.DEVICE
        details = {"backend": self._backend, "id": "port" if self._what is not None and self._what.by_port else "serial"}
        return DeviceInfo(self.device_id, self.kind, self._identity(), source, not self._is_file, "source-file" if self._is_file else "",
                          details=details)  # fmt: skip

    def _open(self, deadline_s: float) -> None:
        child = CameraChild(self._driver, self.device_id)
        try:
            header, _ = child.ask(self._open_with, deadline_s)
            if "error" in header:
                raise self._refused()
        except BaseException:
            child.close()
            raise
        self._backend = str(header.get("backend", ""))[:20]
        self._child = child

    def _refused(self) -> DeviceError:
        """A camera that is there and does not open is mostly another program's: Video4Linux tells the driver no more than "no"."""
        source = self._open_with["source"]
        port = f"/dev/video{source}" if isinstance(source, int) else str(source)
        if holder_of(port):
            return DeviceBusyError("Another program uses the camera; nothing was changed. End it and try again.", device_id=self.device_id,
                                   port=port)  # fmt: skip
        return not_there(self.device_id)

    def _close(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.close()

    def _ask(self, request: dict[str, Any], wait_s: float = 0.0) -> tuple[dict[str, Any], bytearray]:
        if self._child is None:
            raise DeviceUnpluggedError(
                "The camera is no longer open; nothing was taken. Press F5.", device_id=self.device_id, code="camera-gone"
            )
        try:
            return self._child.ask(request, wait_s + self._patience_s)
        except (DeviceTimeoutError, DeviceUnpluggedError, DeviceProtocolError):
            self._close()
            self._is_open = False
            raise

    def _picture(self, newer_than: int, deadline_s: float, max_pixels: int = 0) -> tuple[int, npt.NDArray[np.uint8]]:
        """Return the newest picture after `newer_than` (BGR) with its number."""
        end = time.monotonic() + deadline_s
        while True:
            self._check_cancelled()
            request = {"op": "frame", "newer_than": newer_than, "wait_s": _SLICE_S, "max_pixels": max_pixels}
            header, payload = self._ask(request, _SLICE_S)
            if payload:
                height, width = int(header.get("height", 0)), int(header.get("width", 0))
                if height < 1 or width < 1 or height * width * 3 != len(payload):
                    self._close()
                    self._is_open = False
                    raise DeviceProtocolError("The camera's driver answered nonsense and was ended; what was saved is safe. Press F5.",
                                              device_id=self.device_id, code="camera-driver-died")  # fmt: skip
                return int(header["number"]), np.frombuffer(payload, np.uint8).reshape(height, width, 3)
            if header.get("error") == "gone":
                self._close()
                self._is_open = False
                raise DeviceUnpluggedError("The camera gives no more pictures; what was saved is safe. Check its cable, press F5.",
                                           device_id=self.device_id, code="camera-gone")  # fmt: skip
            if time.monotonic() > end:
                raise DeviceTimeoutError("The camera sent no picture in time; nothing was taken. Check its cable, press F5.",
                                         device_id=self.device_id, code="camera-silent")  # fmt: skip

    def _preview(self) -> Iterator[Frame]:
        number = 0
        while self._is_open:
            number, image = self._picture(number, self._stall_s, LIVE_PIXELS)
            yield Frame(image, number, time.monotonic())

    def _newest_number(self) -> int:
        header, _ = self._ask({"op": "frame", "newer_than": 1 << 60, "wait_s": 0.0})
        return int(header.get("number", 0))

    def _capture(self, request: CaptureRequest) -> RawCapture:
        # One more than the newest: it was exposed after the request.
        number, pixels = self._picture(self._newest_number(), request.deadline_s)
        source = Source.FILE if self._is_file else Source.DEVICE
        image = CapturedImage(pixels, 8, None)
        return RawCapture((image,), self._identity(), source, details={"stream-number": str(number), "backend": self._backend})

    def controls(self) -> Mapping[str, float]:
        """See `Camera.controls`; what this camera's backend offers."""
        self._check_open()
        header, _ = self._ask({"op": "controls"})
        found = header.get("controls", {})
        return {n: float(v) for n, v in found.items() if n in CONTROLS} if isinstance(found, dict) else {}

    def set_control(self, name: str, value: float) -> None:
        """See `Camera.set_control`. Turning an automatic off needs about ten pictures to settle before anything is measured."""
        self._check_open()
        header, _ = self._ask({"op": "set", "name": name, "value": value})
        if header.get("value") is None:
            raise UnsupportedCommandError(f"This camera has no control '{name}' (asked for {value:g}); nothing was changed.",
                                          device_id=self.device_id)  # fmt: skip


def _whole(settings: Mapping[str, Any], name: str) -> int:
    try:
        return max(0, min(int(settings.get(name, 0)), 20_000))
    except (TypeError, ValueError) as error:
        raise DeviceNotFoundError(f"The camera's '{name}' is not a whole number; nothing was opened. Correct the setting.",
                                  device_id="uvc", code="setting-device") from error  # fmt: skip
