"""The device contract: what every scanner, camera, card reader, document reader and positioner promises.

An adapter supplies bytes and knowledge of its family; the base classes here own state, cancel and idempotent close, so that
these behave the same everywhere (`tests/devices/contract` runs one suite over every adapter).

Threads: an adapter is driven by one worker thread (`devices.worker.DeviceWorker` makes and names it). Only `cancel()` and
`describe()` may be called from any thread.
"""

from __future__ import annotations

import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import numpy.typing as npt

from biometrics.positions import Eye, FingerPosition, Impression
from devices.errors import DeviceCancelledError, DeviceError, UnsupportedCommandError

if TYPE_CHECKING:
    from types import TracebackType

AnyPixels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


class DeviceKind(StrEnum):
    """What a device is for."""

    SCANNER = "scanner"
    CAMERA = "camera"
    CARD_READER = "card-reader"
    DOCUMENT_READER = "document-reader"
    POSITIONER = "positioner"


class Source(StrEnum):
    """Where a sample came from. A production intake refuses the last two."""

    DEVICE = "device"
    SIMULATED = "simulated"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a device can do. Every field is declared by every adapter; the contract suite checks each against behaviour."""

    preview: bool
    positions: frozenset[FingerPosition] = frozenset()
    impressions: frozenset[Impression] = frozenset()
    ppi: int | None = None
    bits: int = 8
    finger_detection: bool = False
    auto_capture: bool = False
    signs_captures: bool = False
    controls: frozenset[str] = frozenset()
    eyes: frozenset[Eye] = frozenset()
    """Eyes an iris camera can take; empty for everything else."""


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """What is written beside every capture: which very device, with which firmware, profile and certificate."""

    kind: DeviceKind
    adapter: str
    vendor: str
    model: str
    serial: str
    firmware: str
    profile: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """One row of the device room. An error is a field of the row, never an exception: one bad device hides no other."""

    device_id: str
    kind: DeviceKind
    identity: DeviceIdentity | None
    source: Source
    enrolment_grade: bool
    grade_reason: str = ""
    """Code that says why the device may preview but not enroll; empty when it may."""
    error_code: str = ""
    error: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """One live picture: grey HxW or BGR HxWx3 uint8, its sequence number and the monotonic time it was taken (seconds)."""

    image: npt.NDArray[np.uint8]
    number: int
    at_s: float
    ppi: int | None = None
    finger_present: bool | None = None


@dataclass(frozen=True, slots=True)
class CapturedImage:
    """One accepted picture, pixels untouched.

    `pixels` is HxW or HxWx3 (BGR), uint8 or uint16; `bits` is what the sensor really gave per channel (a 4-bit module stays 4);
    `encoding` is ``raw`` for decoded pixels, or the media type of `original` when the device delivered encoded bytes.
    """

    pixels: AnyPixels
    bits: int
    ppi: int | None
    encoding: str = "raw"
    original: bytes | None = None
    position: FingerPosition = FingerPosition.UNKNOWN
    eye: Eye = Eye.UNKNOWN
    quality: int | None = None
    """The device's own score of this picture, 0..100; None where it gives none."""


@dataclass(frozen=True, slots=True)
class RawCapture:
    """What a device hands over for one request: 1..n images, its identity, and its own signed bytes kept exactly.

    A slap is one image at the slap's position, or one image for each finger (SBI devices segment themselves and give no slap
    picture); judges must take both.
    """

    images: tuple[CapturedImage, ...]
    identity: DeviceIdentity
    source: Source
    signed: tuple[bytes, ...] = ()
    device_quality: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    uncorrected: tuple[CapturedImage, ...] = ()
    """The images exactly as the device gave them, where `images` had a certificate's corrections applied; kept beside them."""
    corrections: tuple[str, ...] = ()
    """Names of the corrections that were applied; empty for every device that needs none."""


@dataclass(frozen=True, slots=True)
class CaptureRequest:
    """What is wanted: a position, an impression, the fingers known to be missing, and how long to wait."""

    position: FingerPosition = FingerPosition.UNKNOWN
    impression: Impression = Impression.LIVE_PLAIN
    missing: tuple[FingerPosition, ...] = ()
    deadline_s: float = 30.0
    modality: Literal["finger", "face", "iris", "document"] = "finger"
    eyes: tuple[Eye, ...] = ()
    """For `modality` iris: the eyes wanted (those declared missing are not in it)."""


class Device(ABC):
    """Base of all devices. Subclasses override the `_…` methods; the public ones own state and the rules of the contract."""

    kind: DeviceKind
    adapter: str

    def __init__(self, device_id: str) -> None:
        self.device_id = device_id
        self._is_open = False
        self._cancelled = threading.Event()

    def describe(self) -> DeviceInfo:
        """Return this device's row. Never raises: what goes wrong stands in the row."""
        try:
            return self._describe()
        except DeviceError as error:
            return self._error_row(error.reason_code, str(error))
        except Exception as error:  # noqa: BLE001 - the contract: describe never raises, whatever a vendor library does
            return self._error_row("device-unexpected", type(error).__name__)

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What this device can do; complete before `open()`."""

    @property
    def is_open(self) -> bool:
        """Whether `open()` succeeded and `close()` was not called since."""
        return self._is_open

    def open(self, deadline_s: float = 10.0) -> None:
        """Take the device.

        Raises:
            DeviceNotFoundError, DeviceBusyError, DeviceTimeoutError, DeviceProtocolError, ProfileError.
        """
        if self._is_open:
            return
        self._cancelled.clear()
        self._open(deadline_s)
        self._is_open = True

    def cancel(self) -> None:
        """Stop the preview or capture that is running, from any thread; the running call raises `DeviceCancelledError`.

        Without a running call it does nothing that lasts: the next call starts fresh.
        """
        self._cancelled.set()
        self._wake()

    def close(self) -> None:
        """Let go of the device. May be called twice, from an error path, and after an unplug; never raises."""
        if not self._is_open:
            return
        self._is_open = False
        # A device that is gone cannot be closed better than this.
        with contextlib.suppress(Exception):
            self._close()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _error_row(self, code: str, text: str) -> DeviceInfo:
        return DeviceInfo(self.device_id, self.kind, None, Source.DEVICE, enrolment_grade=False, grade_reason=code,
                          error_code=code, error=text)  # fmt: skip

    def _check_open(self) -> None:
        if not self._is_open:
            raise DeviceError("The device is not open; nothing was captured. Open it first.", device_id=self.device_id,
                              code="device-not-open")  # fmt: skip

    def _check_cancelled(self) -> None:
        """Raise `DeviceCancelledError` once for each `cancel()`."""
        if self._cancelled.is_set():
            self._cancelled.clear()
            raise DeviceCancelledError("The capture was cancelled; nothing was taken.", device_id=self.device_id)

    @abstractmethod
    def _describe(self) -> DeviceInfo: ...

    @abstractmethod
    def _open(self, deadline_s: float) -> None: ...

    @abstractmethod
    def _close(self) -> None: ...

    def _wake(self) -> None:  # noqa: B027 - optional hook
        """Break a blocking wait inside the adapter; override where one exists."""


class ImagingDevice(Device):
    """What scanners and cameras share: a stream of frames and a capture."""

    def preview(self) -> Iterator[Frame]:
        """Yield live frames until closed or cancelled (which ends the iterator). The caller keeps only the latest.

        Raises:
            DeviceUnpluggedError, DeviceTimeoutError, DeviceProtocolError.
        """
        self._check_open()
        self._cancelled.clear()
        try:
            yield from self._preview()
        except DeviceCancelledError:
            return

    def capture(self, request: CaptureRequest) -> RawCapture:
        """Take one full picture for `request`; blocks until done.

        Raises:
            DeviceCancelledError, DeviceUnpluggedError, DeviceTimeoutError, DeviceProtocolError, UnsupportedCommandError,
            CaptureRefusedError.
        """
        self._check_open()
        self._cancelled.clear()
        return self._capture(request)

    @abstractmethod
    def _preview(self) -> Iterator[Frame]: ...

    @abstractmethod
    def _capture(self, request: CaptureRequest) -> RawCapture: ...


class Scanner(ImagingDevice):
    """A fingerprint scanner or an iris camera (`Capabilities.eyes`): a device that is told what comes next."""

    kind = DeviceKind.SCANNER

    def prepare(self, request: CaptureRequest) -> None:
        """Tell the device what comes next (position, impression), so that its preview shows and segments accordingly."""
        self._check_open()
        self._prepare(request)

    def _prepare(self, request: CaptureRequest) -> None:
        """Override where the hardware wants to know."""


class Camera(ImagingDevice):
    """A camera for portraits or documents; frames are BGR."""

    kind = DeviceKind.CAMERA

    def controls(self) -> Mapping[str, float]:
        """Return the adjustable values (exposure_us, focus, white_balance_k, …) with their present settings."""
        return {}

    def set_control(self, name: str, value: float) -> None:
        """Set one control.

        Raises:
            UnsupportedCommandError: the backend does not offer it.
        """
        raise UnsupportedCommandError(f"This camera has no control '{name}' (asked for {value:g}); nothing was changed.",
                                      device_id=self.device_id)  # fmt: skip


class CardChannel(ABC):
    """One powered card: raw APDUs in, raw answers out. Secrets never pass through logs here."""

    @property
    @abstractmethod
    def atr(self) -> bytes:
        """Answer to reset."""

    @abstractmethod
    def transmit(self, apdu: bytes) -> bytes:
        """Send one command APDU, return the response with its two status bytes.

        Raises:
            DeviceUnpluggedError: the card left the field or the reader left the machine.
        """

    @abstractmethod
    def disconnect(self) -> None:
        """Power the card down; never raises."""


class CardReader(Device):
    """A reader with a slot or a field."""

    kind = DeviceKind.CARD_READER

    @abstractmethod
    def wait_for_card(self, deadline_s: float) -> bool:
        """Return True when a card is there, False at the deadline; `cancel()` ends it with `DeviceCancelledError`."""

    @abstractmethod
    def connect(self) -> CardChannel:
        """Power the card that is there.

        Raises:
            DeviceNotFoundError: no card; DeviceBusyError: another program has it.
        """


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """One scan of a barcode, QR or MRZ reader: what kind, and the bytes exactly as they came."""

    kind: Literal["barcode", "qr", "mrz"]
    data: bytes
    at_s: float


class DocumentReader(Device):
    """Barcode, QR and MRZ readers."""

    kind = DeviceKind.DOCUMENT_READER

    @abstractmethod
    def readings(self) -> Iterator[DocumentReading]:
        """Yield what is scanned until closed or cancelled."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One position: WGS 84 degrees, metres, UTC seconds since the epoch as the receiver gave it (None without a date)."""

    latitude_deg: float | None
    longitude_deg: float | None
    accuracy_m: float | None
    utc_s: float | None
    valid: bool


class Positioner(Device):
    """A GPS receiver: position and an independent clock for mobile units."""

    kind = DeviceKind.POSITIONER

    @abstractmethod
    def fix(self, deadline_s: float) -> Fix:
        """Return the latest fix (``valid`` says whether it can be trusted)."""
