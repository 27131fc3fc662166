"""The computer's audio output: short sounds on a thread of its own, so that no capture and no window waits for a sound card.

The library (miniaudio) finds PulseAudio, PipeWire's stand-in for it, ALSA, WASAPI or Core Audio when the first sound is played; before
that it is not even loaded. A station without an audio output goes on: sounds only double what the screen says.
"""

from __future__ import annotations

import ctypes
import functools
import sys
import threading
import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from devices.errors import DeviceNotFoundError
from devices.worker import LatestSlot

if TYPE_CHECKING:
    from miniaudio import PlaybackDevice

RATE_HZ: Final = 48_000
PERIOD_MS: Final = 20
TAIL_S: Final = 0.12
"""Silence behind a sound: what the output still holds when it is stopped would be cut off."""
AGAIN_S: Final = 30.0
"""A computer without an output is not asked at each sound; headphones may be plugged in later."""
BACKENDS: Final = ("WASAPI", "DSOUND", "WINMM", "COREAUDIO", "PULSEAUDIO", "ALSA")
"""Its "null" output is left out: that one would take every sound and play none."""
PATIENCE_S: Final = 3.0
"""An output that takes no samples for this long beyond the sound's own length is given up."""

Sound = npt.NDArray[np.int16]
"""Samples at `RATE_HZ`, one channel, shape (N,)."""


def open_output() -> PlaybackDevice:
    """Open the default audio output.

    Raises:
        DeviceNotFoundError: ``no-audio-library``, ``no-audio-output``.
    """
    try:
        import miniaudio
    except ImportError as error:
        raise DeviceNotFoundError(
            "Sounds need the package miniaudio; the screen says the same.", code="no-audio-library"
        ) from error
    _quiet_alsa()
    known = [getattr(miniaudio.Backend, name) for name in BACKENDS]
    try:
        return miniaudio.PlaybackDevice(
            miniaudio.SampleFormat.SIGNED16, 1, RATE_HZ, PERIOD_MS, backends=known, app_name="station"
        )
    except miniaudio.MiniaudioError as error:
        raise DeviceNotFoundError(
            "This computer has no audio output; the screen says the same.", code="no-audio-output"
        ) from error


@functools.cache
def _quiet_alsa() -> object:
    """ALSA's library writes a page on standard error where there is no sound card; we say that in one sentence. Returns what must be kept."""
    if not sys.platform.startswith("linux"):
        return None
    silent = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)(
        lambda *_: None
    )
    try:
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(silent)
    except (OSError, AttributeError):  # no ALSA here: nothing to silence
        return None
    return silent


def play_on(output: PlaybackDevice, sound: Sound) -> None:
    """Play one sound to its end (or until the output stops taking samples).

    Raises:
        DeviceNotFoundError: ``no-audio-output``: it is gone, or takes nothing any more.
    """
    import miniaudio

    whole = np.concatenate([sound, np.zeros(int(TAIL_S * RATE_HZ), np.int16)])
    ended = threading.Event()
    feed = _samples(whole, ended)
    next(feed)
    try:
        output.start(feed)
        taken = ended.wait(len(whole) / RATE_HZ + PATIENCE_S)
        output.stop()
    except miniaudio.MiniaudioError as error:
        raise DeviceNotFoundError("The audio output is gone; the screen says the same.", code="no-audio-output") from error
    if not taken:
        raise DeviceNotFoundError("The audio output takes no sound; the screen says the same.", code="no-audio-output")


def _samples(whole: Sound, ended: threading.Event) -> Generator[bytes, int, None]:
    """What the output asks for, as many frames as it asks for; silence at the end."""
    at, frames = 0, (yield b"")
    while at < len(whole):
        part = whole[at : at + frames]
        at += frames
        frames = yield part.tobytes()
    ended.set()
    while True:
        frames = yield b""


class Speaker:
    """Plays the newest sound asked for. `play` never waits; `fault` is the code of why nothing is heard, empty otherwise."""

    def __init__(self) -> None:
        self.fault = ""
        self._slot: LatestSlot[Sound] = LatestSlot()
        self._thread: threading.Thread | None = None

    def play(self, sound: Sound) -> None:
        """Ask for a sound; one that is still waiting is replaced by it."""
        if self._slot.closed:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
            self._thread.start()
        self._slot.put(sound)

    def close(self) -> None:
        """Let the sound that is heard end, and give the output back."""
        self._slot.close()
        if self._thread is not None:
            self._thread.join(PATIENCE_S)

    def _run(self) -> None:
        output: PlaybackDevice | None = None
        version, not_before = 0, 0.0
        while not self._slot.closed:
            version, sound = self._slot.newer_than(version, 3600.0)
            if sound is None or (output is None and time.monotonic() < not_before):
                continue
            try:
                output = output or open_output()
                play_on(output, sound)
                self.fault = ""
            except DeviceNotFoundError as error:
                self.fault, not_before = error.reason_code, time.monotonic() + AGAIN_S
                if output is not None:
                    output.close()
                    output = None
        if output is not None:
            output.close()
