"""Exposure, focus and white balance in plain units, and what OpenCV's backends want for them. Pure; runs in the child process.

What backends want: V4L2 counts exposure in 100 µs and says 1 for manual and 3 for automatic exposure; DirectShow and Media
Foundation count log2 of seconds, and say 0.25 and 0.75. OpenCV names no ranges, so a control exists when setting its present
value succeeds. "Unsupported" is an answer, never an error.
"""

from __future__ import annotations

import math
from typing import Final, Protocol

import cv2

NAMES: Final = (
    "exposure_us", "auto_exposure", "focus", "auto_focus", "white_balance_k", "auto_white_balance", "gain", "brightness",
)  # fmt: skip
_PROPERTIES: Final[dict[str, int]] = {
    "exposure_us": cv2.CAP_PROP_EXPOSURE,
    "auto_exposure": cv2.CAP_PROP_AUTO_EXPOSURE,
    "focus": cv2.CAP_PROP_FOCUS,
    "auto_focus": cv2.CAP_PROP_AUTOFOCUS,
    "white_balance_k": cv2.CAP_PROP_WB_TEMPERATURE,
    "auto_white_balance": cv2.CAP_PROP_AUTO_WB,
    "gain": cv2.CAP_PROP_GAIN,
    "brightness": cv2.CAP_PROP_BRIGHTNESS,
}
LOGARITHMIC: Final = frozenset({"DSHOW", "MSMF"})


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that controls use."""

    def get(self, prop: int, /) -> float:
        """Return a raw value, -1 or 0 where there is none."""

    def set(self, prop: int, value: float, /) -> bool:
        """Set a raw value; False where it cannot be set."""


def to_raw(backend: str, name: str, value: float) -> float:
    """Return what `backend` wants for `name` = `value` (microseconds, kelvin, 0 or 1 for automatics)."""
    if name == "exposure_us":
        return math.log2(max(value, 1.0) / 1e6) if backend in LOGARITHMIC else value / 100.0
    if name == "auto_exposure":
        manual, automatic = (0.25, 0.75) if backend in LOGARITHMIC else (1.0, 3.0)
        return automatic if value else manual
    return value


def from_raw(backend: str, name: str, raw: float) -> float:
    """Return the plain value of what `backend` said."""
    if name == "exposure_us":
        return 2.0 ** min(raw, 10.0) * 1e6 if backend in LOGARITHMIC else raw * 100.0
    if name == "auto_exposure":
        return float(raw in (0.75, 3.0))
    return raw


def offered(capture: Capture, backend: str) -> dict[str, float]:
    """Return the controls this camera has, with their present values: those that can be set to what they are."""
    found: dict[str, float] = {}
    for name, prop in _PROPERTIES.items():
        raw = float(capture.get(prop))
        if raw != -1.0 and math.isfinite(raw) and capture.set(prop, raw):
            found[name] = from_raw(backend, name, raw)
    return found


def put(capture: Capture, backend: str, name: str, value: float) -> float | None:
    """Set one control and return what the camera then says; None when it cannot be set."""
    prop = _PROPERTIES.get(name)
    if prop is None or not math.isfinite(value) or not capture.set(prop, to_raw(backend, name, value)):
        return None
    return from_raw(backend, name, float(capture.get(prop)))
