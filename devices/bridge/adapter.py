"""`BridgeScanner`: a scanner behind a bridge, as the device contract has it."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from biometrics.positions import SLAP_FINGERS
from devices.bridge.messages import BridgedDevice, read_capture, read_frame
from devices.bridge.process import CANCEL_S, START_S, BridgeProcess
from devices.contract import (
    Capabilities,
    CaptureRequest,
    Device,
    DeviceIdentity,
    DeviceInfo,
    DeviceKind,
    Frame,
    RawCapture,
    Scanner,
    Source,
)
from devices.errors import (
    DeviceError,
    DeviceFormatError,
    DeviceNotFoundError,
    DeviceTimeoutError,
    DeviceUnpluggedError,
    UnsupportedCommandError,
)
from devices.grade import PROFILE_BITS, PROFILE_PPI

SILENCE_S: Final = 3.0
MARGIN_S: Final = 3.0
SHORT_S: Final = 5.0
POLL_S: Final = 0.05
MOST_STARTS: Final = 8
STARTS_WINDOW_S: Final = 30.0
LEAST_PPI: Final = 495


class BridgeScanner(Scanner):
    """One scanner of one bridge. Each opened scanner has a child process of its own."""

    adapter = "bridge"

    def __init__(self, command: Sequence[str], device: BridgedDevice, name: str = "bridge", *, silence_s: float = SILENCE_S,
                 margin_s: float = MARGIN_S) -> None:  # fmt: skip
        """`command` starts the bridge; `device` is what it listed; `silence_s` bounds waits for live pictures, `margin_s` late answers."""
        super().__init__(f"{name}-{device.serial}")
        self.command = tuple(command)
        self._device = device
        self._silence_s, self._margin_s = silence_s, margin_s
        self._process: BridgeProcess | None = None
        self._starts: deque[float] = deque(maxlen=MOST_STARTS)
        self._number = 0

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Start each configured bridge, ask what it sees, and end it again.

        Settings: `command` (a list, or one line as typed in a shell), `name`, `silence_s`, `margin_s`; or `bridges`, a list of such tables.

        Raises:
            DeviceError: the bridge could not be asked.
        """
        found: list[Device] = []
        for table in settings.get("bridges") or [settings]:
            given = table.get("command") or ()
            try:
                command = shlex.split(given) if isinstance(given, str) else [str(part) for part in given]
                silence_s, margin_s = float(table.get("silence_s", SILENCE_S)), float(table.get("margin_s", MARGIN_S))
            except (TypeError, ValueError) as error:
                raise DeviceError("A setting of the bridge is no number or has an open quote; it is not used. Correct it.",
                                  code="device-settings") from error  # fmt: skip
            if not command:
                continue
            with _started(command, str(table.get("name", "bridge"))) as process:
                devices = process.devices()
            name = str(table.get("name", "bridge"))
            found += [cls(command, device, name, silence_s=silence_s, margin_s=margin_s) for device in devices]
        return found

    @property
    def capabilities(self) -> Capabilities:
        """As the bridge lists them."""
        device = self._device
        return Capabilities(preview=device.preview, positions=device.positions, impressions=device.impressions, ppi=device.ppi,
                            bits=device.bits, finger_detection=device.finger_detection)  # fmt: skip

    @property
    def error_text(self) -> str:
        """What the bridge last wrote to its error output, for the technician's dump."""
        return self._process.error_text if self._process is not None else ""

    def _describe(self) -> DeviceInfo:
        if not self._is_open:
            with _started(self.command, self.device_id) as process:
                self._device = self._found(process)
        device = self._device
        identity = DeviceIdentity(
            DeviceKind.SCANNER, self.adapter, device.vendor, device.model, device.serial, device.firmware, "bridge-1"
        )
        source = Source.SIMULATED if device.simulated else Source.DEVICE
        reason = ("source-simulated" if device.simulated else PROFILE_PPI if device.ppi < LEAST_PPI
                  else PROFILE_BITS if device.bits < 8 else "")  # fmt: skip
        return DeviceInfo(self.device_id, self.kind, identity, source, enrolment_grade=not reason, grade_reason=reason,
                          details={"bits": str(device.bits), "ppi": str(device.ppi)})  # fmt: skip

    def _found(self, process: BridgeProcess) -> BridgedDevice:
        device = next((d for d in process.devices() if d.serial == self._device.serial), None)
        if device is None:
            raise DeviceNotFoundError(
                "The bridge does not see this scanner; nothing was captured. Plug it in.", device_id=self.device_id
            )
        return device

    def _open(self, deadline_s: float) -> None:
        now = time.monotonic()
        if len(self._starts) == MOST_STARTS and now - self._starts[0] < STARTS_WINDOW_S:
            raise DeviceNotFoundError("The scanner's bridge fails again and again; it is left stopped for half a minute. Check its maker's "
                                      "software.", device_id=self.device_id, code="bridge-restarts")  # fmt: skip
        self._starts.append(now)
        process = BridgeProcess(self.command, self.device_id)
        try:
            process.hello()
            self._device = self._found(process)
            process.call("open", deadline_s, self._cancelled, serial=self._device.serial)
        except BaseException:
            process.kill()
            raise
        self._process = process

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            if process.alive:
                with contextlib.suppress(DeviceError):
                    process.call("close", 1.0)
            process.stop()

    def _running(self) -> BridgeProcess:
        assert self._process is not None, "open before use"
        return self._process

    def _preview(self) -> Iterator[Frame]:
        if not self._device.preview:
            raise UnsupportedCommandError("This scanner has no live picture.", device_id=self.device_id)
        with self._border():
            process = self._running()
            version, _ = process.frames.newer_than(0, 0.0)
            process.call("start_preview", SHORT_S, self._cancelled)
            try:
                seen = time.monotonic()
                while True:
                    version, message = process.next_frame(version, POLL_S)
                    self._check_cancelled()
                    if message is None and time.monotonic() - seen < self._silence_s:
                        continue
                    if message is None:
                        process.kill()
                        raise DeviceTimeoutError("The scanner's live picture stands still; its bridge was stopped. Open the scanner again.",
                                                 device_id=self.device_id, code="bridge-hung")  # fmt: skip
                    seen = time.monotonic()
                    picture = read_frame(message.header, message.payload)
                    self._number += 1
                    yield Frame(picture.image, self._number, time.monotonic(), picture.ppi, picture.finger)
            finally:
                process.end_preview()
                if process.alive:
                    with contextlib.suppress(DeviceError):
                        process.call("cancel", CANCEL_S)

    def _capture(self, request: CaptureRequest) -> RawCapture:
        able = self.capabilities
        if request.modality != "finger" or request.position not in able.positions or request.impression not in able.impressions:
            raise UnsupportedCommandError("This scanner cannot take that; nothing was captured. Choose another scanner or finger.",
                                          device_id=self.device_id, position=int(request.position))  # fmt: skip
        with self._border():
            answer = self._running().call(
                "capture", request.deadline_s + self._margin_s, self._cancelled, position=int(request.position),
                impression=int(request.impression), missing=[int(f) for f in request.missing], deadline_ms=round(request.deadline_s * 1000),
            )  # fmt: skip
            images = read_capture(answer.header, answer.payload, request.position)
            if len(images) > 1:
                self._check_complete(request, {i.position for i in images})
        info = self._describe()
        assert info.identity is not None
        scores = [i.quality for i in images if i.quality is not None]
        return RawCapture(images, info.identity, info.source, device_quality=min(scores) if scores else None)

    def _check_complete(self, request: CaptureRequest, given: set[Any]) -> None:
        wanted = set(SLAP_FINGERS[request.position]) - set(request.missing)
        if given != wanted:
            raise DeviceFormatError("The bridge gave other fingers than were asked for; nothing of them was used.",
                                    device_id=self.device_id, code="bridge-finger")  # fmt: skip

    @contextlib.contextmanager
    def _border(self) -> Iterator[None]:
        """A device whose child is gone is closed: the next `open` starts a fresh one."""
        try:
            yield
        except DeviceError as error:
            error.device_id = error.device_id or self.device_id
            process = self._process
            if isinstance(error, DeviceFormatError) and process is not None:
                process.kill()  # what broke the protocol once is not listened to again
            if process is not None and not process.alive:
                self._is_open, self._process = False, None
                process.kill()
            elif isinstance(error, DeviceUnpluggedError):
                self.close()
            raise


@contextlib.contextmanager
def _started(command: Sequence[str], device_id: str) -> Iterator[BridgeProcess]:
    process = BridgeProcess(command, device_id)
    try:
        process.hello()
        yield process
        process.stop(START_S)
    finally:
        process.kill()
