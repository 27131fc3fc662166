"""What all scanners on a serial line share: port, profile, waiting for a finger, progress, and putting the speed back.

A family supplies five steps (`_meet`, `_leave`, `_touched`, `_fetch`, `_find_again`); state, cancel, deadlines and the rules of
`devices.contract` live here. The chosen speed is restored at close and on every error that leaves the line usable.
"""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from biometrics.positions import SINGLE_FINGERS, FingerPosition, Impression
from devices.contract import (
    Capabilities,
    CapturedImage,
    CaptureRequest,
    Device,
    DeviceIdentity,
    DeviceInfo,
    Frame,
    RawCapture,
    Scanner,
    Source,
)
from devices.errors import DeviceError, DeviceNotFoundError, DeviceTimeoutError, DeviceUnpluggedError, UnsupportedCommandError
from devices.profiles import Profile, load_profile
from devices.serial_module import TRIES, Asked
from devices.timing import Pacer, RealPacer
from devices.transports import Deadline, SerialPort, Transport
from devices.transports.base import never_cancelled
from devices.transports.serial_port import is_pseudo_terminal

POLL_S: Final = 0.08
REST_S: Final = 1.5
CLOSE_S: Final = 4.0
"""How long putting the speed back may take."""
Connect = Callable[[str, int, str], Transport]
Progress = Callable[[int, int], None]


class SerialScanner(Scanner):
    """Base of the serial fingerprint modules: one finger at a time, plain, slow, each picture asked for."""

    family_profile: ClassVar[str]
    """The profile that stands for the family while the module is not identified."""

    def __init__(self, port: str, profile: str | Profile | None = None, device_id: str = "", *, folders: Sequence[Path] = (),
                 pacer: Pacer | None = None, progress: Progress | None = None, connect: Connect = SerialPort,
                 raise_speed: bool = True) -> None:  # fmt: skip
        super().__init__(device_id or f"{self.adapter}:{port}")
        self.port = port
        self.progress = progress
        """Told (bytes received, bytes of the picture) during an upload, on the device's thread."""
        self._raise_speed = raise_speed
        self._folders = tuple(folders)
        self._named = load_profile(profile, self._folders) if isinstance(profile, str) else profile
        self._profile = self._named or load_profile(self.family_profile)
        self._pacer: Pacer = pacer or RealPacer()
        self._connect = connect
        self._transport: Transport | None = None
        self._known: DeviceIdentity | None = None
        self._number = 0
        self._log: list[Asked] = []
        self._troubled = False

    @classmethod
    def discover(cls, settings: Mapping[str, Any]) -> Sequence[Device]:
        """Return one scanner for each entry of `settings["ports"]`: a path, or a table of `port` and `profile`. Opens nothing.

        `settings["profiles"]` names the folder of the site's own profiles; ``raise_speed=no`` leaves the line's speed alone.
        """
        folders = [Path(str(settings["profiles"]))] if settings.get("profiles") else []
        raised = str(settings.get("raise_speed", True)).lower() not in ("false", "no", "0")
        devices: list[Device] = []
        for entry in settings.get("ports", ()):
            table = entry if isinstance(entry, Mapping) else {"port": entry}
            profile = str(table["profile"]) if table.get("profile") else None
            devices.append(cls(str(table["port"]), profile, folders=folders, raise_speed=raised))
        return devices

    @property
    def profile(self) -> Profile:
        """The firmware profile in use: the named one, the identified one after `open()`, else the family's."""
        return self._profile

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The last exchanges (question, answer, seconds), also after `close()` and after an `open()` that failed."""
        return tuple(self._log)

    @property
    def capabilities(self) -> Capabilities:
        """What the profile's firmware does."""
        image = self._profile.image
        assert image is not None  # the profile check requires it of these families
        return Capabilities(preview=True, positions=frozenset({*SINGLE_FINGERS, FingerPosition.UNKNOWN}),
                            impressions=frozenset({Impression.LIVE_PLAIN}), ppi=image.nominal_ppi, bits=image.bits,
                            finger_detection=True)  # fmt: skip

    @property
    def source(self) -> Source:
        """Simulated when the port is a pseudo-terminal: no hardware is behind one."""
        return Source.SIMULATED if is_pseudo_terminal(self.port) else Source.DEVICE

    def identity(self) -> DeviceIdentity:
        """Which module this is, as far as it said."""
        about = self._profile.profile
        named = about.id if self._named is not None else ""
        return self._known or DeviceIdentity(self.kind, self.adapter, about.vendor, " / ".join(about.models), "", "", named)

    def _describe(self) -> DeviceInfo:
        if not self._is_open and not Path(self.port).exists():
            raise DeviceNotFoundError(f"There is no serial port {self.port}; nothing was changed. Plug the device in.",
                                      device_id=self.device_id, port=self.port)  # fmt: skip
        return DeviceInfo(self.device_id, self.kind, self.identity(), self.source, enrolment_grade=not self._profile.grade_reason(),
                          grade_reason=self._profile.grade_reason(), details=self._details())  # fmt: skip

    def _details(self) -> dict[str, str]:
        about = self._profile.profile
        return {
            "port": self.port,
            "bits": str(self.capabilities.bits),
            "profile_status": about.status.value,
            "profile_verified": str(about.verified).lower(),
        }

    def _open(self, deadline_s: float) -> None:
        deadline = Deadline(deadline_s)
        port = self._profile.port
        with self._named_errors():
            transport = self._connect(self.port, port.bauds[0], port.format)
            transport.check = self._check_cancelled
            try:
                self._profile, self._known = self._meet(transport, deadline)
            except BaseException:
                self._transport = transport
                self._let_go()
                raise
            self._transport, self._troubled = transport, False

    def _close(self) -> None:
        self._let_go()

    def _let_go(self) -> None:
        """Put the module back as it was found, then close the port; whatever fails, the port is closed."""
        transport, self._transport = self._transport, None
        if transport is None:
            return
        transport.check = never_cancelled
        with contextlib.suppress(Exception):
            self._leave(Deadline(CLOSE_S))
        transport.close()

    def _preview(self) -> Iterator[Frame]:
        try:
            yield from self._frames()
        finally:
            self._settle_down()

    def _frames(self) -> Iterator[Frame]:
        while self._is_open:
            self._check_cancelled()
            pixels = self._look()
            image = self._profile.image
            assert image is not None
            shown = pixels if pixels is not None else np.full(self._shape(), 255, np.uint8)
            self._number += 1
            yield Frame(shown, self._number, self._pacer.monotonic(), image.nominal_ppi, pixels is not None)
            self._pacer.wait(POLL_S, self._cancelled)

    def _look(self) -> npt.NDArray[np.uint8] | None:
        """One live picture, None without a finger."""
        deadline = Deadline(self.picture_s * 3 + 5)
        with self._named_errors():
            self._mend(deadline)
            return self._fetch(deadline) if self._touched(deadline) else None

    def _capture(self, request: CaptureRequest) -> RawCapture:
        if request.position not in self.capabilities.positions or request.impression not in self.capabilities.impressions:
            raise UnsupportedCommandError("This scanner takes one finger at a time, pressed flat; nothing was captured. Use another "
                                          "scanner for slaps and rolled prints.", device_id=self.device_id, code="device-position")  # fmt: skip
        deadline = Deadline(request.deadline_s)
        with self._named_errors():
            self._mend(deadline)
            try:
                pixels = self._once_more(deadline)
            finally:
                self._settle_down()
        image = self._profile.image
        assert image is not None
        taken = CapturedImage(pixels, image.bits, image.nominal_ppi, position=request.position)
        details = {"profile": self._profile.id, "grade": self._profile.grade_reason()}
        return RawCapture((taken,), self.identity(), self.source, details=details)

    def _once_more(self, deadline: Deadline) -> npt.NDArray[np.uint8]:
        """Wait for a finger and fetch its picture; a module that lost its speed on the way is found again, once."""
        try:
            return self._wait_and_fetch(deadline)
        except DeviceTimeoutError as error:
            if error.reason_code == "device-no-finger" or deadline.passed:
                raise
            self._find_again(deadline)
            return self._wait_and_fetch(deadline)

    def _wait_and_fetch(self, deadline: Deadline) -> npt.NDArray[np.uint8]:
        looked = False
        while True:
            left_s = deadline.left_s
            try:
                if self._touched(deadline):
                    break
            except DeviceTimeoutError as error:
                # A look that the deadline cut short says nothing of the module: it answered every look before.
                if looked and deadline.passed and left_s < TRIES * self._profile.port.answer_ms / 1000:
                    raise self._no_finger() from error
                raise
            looked = True
            self._check_cancelled()
            if deadline.passed:
                raise self._no_finger()
            self._pacer.wait(POLL_S, self._cancelled)
        return self._fetch(deadline)

    def _no_finger(self) -> DeviceTimeoutError:
        return DeviceTimeoutError(
            "No finger was laid on the scanner in time; nothing was captured. Try again.", code="device-no-finger"
        )

    def _settle_down(self) -> None:
        """Lights out after a capture or preview; what cannot be reached now is put right at the next call or at close."""
        if self._transport is None or not self._is_open:
            return
        self._transport.check, asked = never_cancelled, self._transport.check
        try:
            with contextlib.suppress(DeviceError):
                self._rest(Deadline(REST_S))
        finally:
            if self._transport is not None:
                self._transport.check = asked

    def _mend(self, deadline: Deadline) -> None:
        """After an error the module is met again before it is asked anything."""
        if self._troubled:
            self._find_again(deadline)
            self._troubled = False

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        """Put the device's name on errors; a pulled cable closes the device, other troubles are mended before the next call."""
        try:
            yield
        except DeviceError as error:
            error.device_id = error.device_id or self.device_id
            self._troubled = self._troubled or error.reason_code not in ("device-no-finger", "device-position")
            if isinstance(error, DeviceUnpluggedError):
                self._is_open = False
                transport, self._transport = self._transport, None
                if transport is not None:
                    transport.close()
            raise

    def _shape(self) -> tuple[int, int]:
        image = self._profile.image
        assert image is not None
        return (image.width, image.height) if image.rotate in (90, 270) else (image.height, image.width)

    @property
    def line(self) -> Transport:
        """The open transport."""
        assert self._transport is not None, "the contract checks that the device is open"
        return self._transport

    @property
    def picture_s(self) -> float:
        """Seconds that one picture takes on the wire at the present speed, framing included (10 bits a byte)."""
        image = self._profile.image
        assert image is not None
        baud = self._transport.baud if self._transport is not None else self._profile.port.bauds[0]
        return 10 * image.transfer_bytes * (139 / 128) / baud

    @abstractmethod
    def _meet(self, transport: Transport, deadline: Deadline) -> tuple[Profile, DeviceIdentity]:
        """Find and identify the module, raise its speed; return its profile and identity."""

    @abstractmethod
    def _leave(self, deadline: Deadline) -> None:
        """Put speed and light back as they were found."""

    @abstractmethod
    def _find_again(self, deadline: Deadline) -> None:
        """Meet the module again after an error, at whatever speed it now has."""

    def _rest(self, deadline: Deadline) -> None:
        """After a capture or preview: switch off what they switched on."""

    @abstractmethod
    def _touched(self, deadline: Deadline) -> bool:
        """Whether a finger lies there; its picture is then in the module."""

    @abstractmethod
    def _fetch(self, deadline: Deadline) -> npt.NDArray[np.uint8]:
        """Return the whole picture in the module, HxW uint8."""
