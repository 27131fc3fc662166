"""A device's self-test: what was asked, what was answered, how long it took; pictures a second, dropped ones, noise.

Looks and listens only: nobody needs to be there, nothing is captured, no picture is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from devices.contract import Camera, CaptureRequest, CardReader, Device, Frame, ImagingDevice, Positioner, Scanner
from devices.errors import DeviceError
from devices.probing import questions

DONE: Final = "selftest-pass"
FAIL: Final = "selftest-fail"
NOTE: Final = "selftest-note"
PREVIEW_S: Final = 2.0
OPEN_S: Final = 15.0
FIX_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was asked, what came, seconds; `code` is pass, fail or note; `values` are figures for a program."""

    asked: str
    answered: str
    took_s: float
    code: str
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """Figures of a live picture: pictures a second, share of dropped ones (0..1), noise in grey levels (None: too few pictures)."""

    frames_per_s: float
    dropped: float
    noise: float | None
    frames: int


class LiveMeter:
    """Counts frames as they pass; also used beside a live picture in the window."""

    def __init__(self) -> None:
        self._first: Frame | None = None
        self._last: Frame | None = None
        self._frames = 0
        self._noise: list[float] = []

    def feed(self, frame: Frame) -> None:
        """Take one frame."""
        if self._last is not None and self._last.image.shape == frame.image.shape and len(self._noise) < 50:
            noise = noise_between(self._last.image, frame.image)
            if noise is not None:
                self._noise.append(noise)
        self._first = self._first or frame
        self._last = frame
        self._frames += 1

    def figures(self) -> LiveFigures:
        """Return the figures so far."""
        if self._first is None or self._last is None or self._frames < 2:
            return LiveFigures(0.0, 0.0, None, self._frames)
        span = self._last.at_s - self._first.at_s
        numbered = self._last.number - self._first.number + 1
        dropped = max(0.0, 1 - self._frames / numbered) if numbered > 0 else 0.0
        noise = float(np.median(self._noise)) if self._noise else None
        return LiveFigures((self._frames - 1) / span if span > 0 else 0.0, dropped, noise, self._frames)


def noise_between(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> float | None:
    """Return the standard deviation of one picture's noise from two of the same scene, in grey levels.

    Robust against what moves: 1.4826 x median absolute difference / sqrt(2). None when most pixels are clipped or equal.
    """
    step = max(1, int(np.sqrt(a.shape[0] * a.shape[1] / 40_000)))
    x, y = a[::step, ::step].astype(np.int16), b[::step, ::step].astype(np.int16)
    unclipped = (x > 2) & (x < 253)
    if np.count_nonzero(unclipped) < 100:
        return None
    difference = np.abs(x - y)[unclipped]
    middle = _middle(difference)
    # What differs by more than any noise is something that moved: leave it out and look once more.
    return 1.4826 * _middle(difference[difference <= 5 * middle + 1]) / float(np.sqrt(2))


def _middle(values: npt.NDArray[np.int16]) -> float:
    """Return the median of whole grey levels, taken inside its level as if the level's values lay evenly in it."""
    counts = np.bincount(values)
    below = np.cumsum(counts)
    half = float(below[-1]) / 2
    level = int(np.searchsorted(below, half))
    share = (half - (float(below[level - 1]) if level else 0.0)) / float(counts[level])
    return share / 2 if level == 0 else level - 0.5 + share


def selftest(device: Device, *, preview_s: float = PREVIEW_S, on_frame: Callable[[Frame], None] | None = None) -> Iterator[Step]:
    """Yield the steps of one device as they are done; closes the device at the end when it was closed before. Never raises for the device."""
    began = time.monotonic()
    info = device.describe()
    yield Step("describe", info.error_code or (info.identity.model if info.identity else ""), time.monotonic() - began,
               FAIL if info.error_code else DONE)  # fmt: skip
    was_open = device.is_open
    began = time.monotonic()
    try:
        device.open(OPEN_S)
    except DeviceError as error:
        yield from _notes(device)
        yield Step("open", error.reason_code, time.monotonic() - began, FAIL)
        return
    try:
        yield from _notes(device)
        yield Step("open", "opened", time.monotonic() - began, DONE)
        if isinstance(device, ImagingDevice):
            yield from _imaging(device, preview_s, on_frame)
        elif isinstance(device, Positioner):
            yield _positioner(device)
        elif isinstance(device, CardReader):
            yield _timed("card", lambda: "present" if device.wait_for_card(0.0) else "none", NOTE)
    finally:
        if not was_open:
            began = time.monotonic()
            device.close()
    if not was_open:
        yield Step("close", "closed", time.monotonic() - began, DONE)


def _notes(device: Device) -> Iterator[Step]:
    for command, answer, took_s in questions(device):
        yield Step(f"  {command}", answer, took_s, NOTE)


def _timed(asked: str, work: Callable[[], str], good: str = DONE) -> Step:
    began = time.monotonic()
    try:
        answer = work()
    except DeviceError as error:
        return Step(asked, error.reason_code, time.monotonic() - began, FAIL)
    return Step(asked, answer, time.monotonic() - began, good)


def _imaging(device: ImagingDevice, preview_s: float, on_frame: Callable[[Frame], None] | None) -> Iterator[Step]:
    if isinstance(device, Camera) and device.capabilities.controls:
        yield _timed("controls", lambda: ", ".join(f"{n}={v:g}" for n, v in device.controls().items()) or "none", NOTE)
    if not device.capabilities.preview:
        yield Step("preview", "not offered", 0.0, NOTE)
        return
    if isinstance(device, Scanner):
        can = device.capabilities
        position, impression = min(can.positions, default=None), min(can.impressions, default=None)
        if position is not None and impression is not None:
            request = CaptureRequest(position, impression)
            yield _timed("prepare", lambda: _prepared(device, request))
    meter = LiveMeter()
    began = time.monotonic()
    fault = ""
    preview = device.preview()
    try:
        for frame in preview:
            meter.feed(frame)
            if on_frame is not None:
                on_frame(frame)
            if time.monotonic() - began >= preview_s:
                break
    except DeviceError as error:
        fault = error.reason_code
    finally:
        close = getattr(preview, "close", None)
        if close is not None:
            close()
    seen = meter.figures()
    values = {"frames_per_s": round(seen.frames_per_s, 2), "dropped": round(seen.dropped, 4)}
    if seen.noise is not None:
        values["noise"] = round(seen.noise, 2)
    answer = fault or f"{seen.frames} pictures"
    yield Step("preview", answer, time.monotonic() - began, FAIL if fault or not seen.frames else DONE, values)


def _prepared(device: Scanner, request: CaptureRequest) -> str:
    device.prepare(request)
    return "ready"


def _positioner(device: Positioner) -> Step:
    began = time.monotonic()
    try:
        fix = device.fix(FIX_S)
    except DeviceError as error:
        return Step("fix", error.reason_code, time.monotonic() - began, FAIL)
    # Where the kit stands is nobody's business in a bug report: only whether there is a position.
    return Step("fix", "valid" if fix.valid else "no valid position yet", time.monotonic() - began, DONE if fix.valid else NOTE)
