"""What bridges say: devices, live pictures, captures and errors, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from biometrics.positions import SINGLE_FINGERS, SLAP_FINGERS, FingerPosition, Impression
from devices.contract import CapturedImage
from devices.errors import (
    CaptureRefusedError,
    DeviceBusyError,
    DeviceCancelledError,
    DeviceError,
    DeviceFormatError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceTimeoutError,
    DeviceUnpluggedError,
    UnsupportedCommandError,
)

PROTOCOL: Final = 1
MOST_DEVICES: Final = 16
MOST_IMAGES: Final = 10
MOST_PIXELS: Final = 16_000_000
_ERRORS: Final[Mapping[str, tuple[type[DeviceError], str]]] = {
    "busy": (DeviceBusyError, "The scanner is busy; nothing was captured. Wait and try again."),
    "not-found": (DeviceNotFoundError, "The scanner is not found; nothing was captured. Plug it in."),
    "timeout": (DeviceTimeoutError, "The scanner saw nothing in time; nothing was captured. Place the fingers and try again."),
    "unplugged": (DeviceUnpluggedError, "The scanner was unplugged; what was saved is safe. Plug it in again."),
    "cancelled": (DeviceCancelledError, "The capture was cancelled; nothing was taken."),
    "unsupported": (UnsupportedCommandError, "The scanner cannot do this; nothing was captured."),
    "refused": (CaptureRefusedError, "The scanner's maker refuses the capture; nothing was captured. Check its licence."),
}


@dataclass(frozen=True, slots=True)
class BridgedDevice:
    """One scanner as its bridge lists it."""

    serial: str
    vendor: str
    model: str
    firmware: str
    positions: frozenset[FingerPosition]
    impressions: frozenset[Impression]
    ppi: int
    bits: int
    preview: bool
    finger_detection: bool
    simulated: bool


@dataclass(frozen=True, slots=True, eq=False)
class LivePicture:
    """One live picture: HxW uint8."""

    image: NDArray[np.uint8]
    ppi: int | None
    finger: bool | None


def read_hello(header: Mapping[str, Any]) -> float:
    """Return the bridge's beat in seconds (0.1 … 10).

    Raises:
        UnsupportedCommandError: another protocol version. DeviceFormatError.
    """
    if header.get("protocol") != PROTOCOL:
        raise UnsupportedCommandError(f"The bridge speaks another protocol than version {PROTOCOL}; it was stopped. Update it.",
                                      code="bridge-version")  # fmt: skip
    beat = header.get("beat_s", 1.0)
    if isinstance(beat, bool) or not isinstance(beat, int | float) or not 0.1 <= beat <= 10:
        raise _wrong("beat_s")
    return float(beat)


def read_devices(header: Mapping[str, Any]) -> tuple[BridgedDevice, ...]:
    """Read the answer to `list`.

    Raises:
        DeviceFormatError: a field is missing, of another type, or outside its bounds.
    """
    rows = header.get("devices")
    if not isinstance(rows, list) or len(rows) > MOST_DEVICES:
        raise _wrong("devices")
    return tuple(_device(row) for row in rows)


def _device(row: Any) -> BridgedDevice:
    if not isinstance(row, dict):
        raise _wrong("devices")
    positions = [_code(c, FingerPosition, "positions") for c in _list(row, "positions", 14)]
    impressions = [_code(c, Impression, "impressions") for c in _list(row, "impressions", 4)]
    return BridgedDevice(
        _text(row, "serial"), _text(row, "vendor"), _text(row, "model"), _text(row, "firmware"), frozenset(positions),
        frozenset(impressions), _number(row, "ppi", 100, 2000), _number(row, "bits", 1, 8), _flag(row, "preview"),
        _flag(row, "finger_detection"), _flag(row, "simulated"),
    )  # fmt: skip


def read_frame(header: Mapping[str, Any], payload: bytes) -> LivePicture:
    """Read a live picture.

    Raises:
        DeviceFormatError: sizes that do not fit the payload.
    """
    width, height = _number(header, "width", 16, 8000), _number(header, "height", 16, 8000)
    if width * height != len(payload) or len(payload) > MOST_PIXELS:
        raise _wrong("frame")
    ppi = _number(header, "ppi", 50, 2000) if "ppi" in header else None
    finger = _flag(header, "finger") if "finger" in header else None
    return LivePicture(np.frombuffer(payload, np.uint8).reshape(height, width), ppi, finger)


def read_capture(header: Mapping[str, Any], payload: bytes, position: FingerPosition) -> tuple[CapturedImage, ...]:
    """Read the answer to `capture` for `position`: its pictures, which fill the payload one after the other.

    Raises:
        DeviceFormatError: sizes that do not fit the payload, another finger than was asked for, or the same one twice.
    """
    rows = header.get("images")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_IMAGES:
        raise _wrong("images")
    allowed = {position, *SLAP_FINGERS.get(position, ())}
    images: list[CapturedImage] = []
    at = 0
    for row in rows:
        if not isinstance(row, dict):
            raise _wrong("images")
        width, height = _number(row, "width", 16, 8000), _number(row, "height", 16, 8000)
        size = width * height
        if size > MOST_PIXELS or at + size > len(payload):
            raise _wrong("images")
        finger = _code(row.get("position"), FingerPosition, "position")
        if finger not in allowed or any(i.position == finger for i in images):
            raise DeviceProtocolError(
                "The bridge gave another finger than was asked for; nothing of it was used.", code="bridge-finger"
            )
        pixels = np.frombuffer(payload, np.uint8, size, at).reshape(height, width).copy()
        quality = _number(row, "quality", 0, 100) if row.get("quality") is not None else None
        images.append(
            CapturedImage(pixels, _number(row, "bits", 1, 8), _number(row, "ppi", 100, 2000), position=finger, quality=quality)
        )
        at += size
    if at != len(payload):
        raise _wrong("images")
    if len(images) > 1 and not all(i.position in SINGLE_FINGERS for i in images):
        raise _wrong("images")
    return tuple(images)


def read_error(header: Mapping[str, Any]) -> DeviceError:
    """Return the error that stands for a bridge's refusal; its text is kept for the technician, never shown as ours."""
    code, text = header.get("error"), header.get("text", "")
    details = {"bridge_text": text[:200] if isinstance(text, str) else ""}
    if isinstance(code, str) and code in _ERRORS:
        kind, message = _ERRORS[code]
        return kind(message, **details)
    return DeviceProtocolError(
        "The scanner's bridge reports a fault; nothing was captured. Try again.", code="bridge-fault", **details
    )


def _wrong(field: str) -> DeviceFormatError:
    return DeviceFormatError(f"The bridge's message has a wrong field: {field}.", code="bridge-format", field=field)


def _text(row: Mapping[str, Any], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.isprintable() or not 1 <= len(value) <= 100:
        raise _wrong(field)
    return value


def _number(row: Mapping[str, Any], field: str, low: int, high: int) -> int:
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _wrong(field)
    return value


def _flag(row: Mapping[str, Any], field: str) -> bool:
    value = row.get(field, False)
    if not isinstance(value, bool):
        raise _wrong(field)
    return value


def _list(row: Mapping[str, Any], field: str, most: int) -> list[Any]:
    value = row.get(field)
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise _wrong(field)
    return value


def _code(value: Any, kind: Any, field: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(field)
    try:
        return kind(value)
    except ValueError as error:
        raise _wrong(field) from error
