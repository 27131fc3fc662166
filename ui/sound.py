"""The tones as the window plays them: each is said as a caption too, and silent where nobody should be disturbed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from devices.speaker import Speaker
from station.clock import legal
from station.hours import read_spans, within
from station.tones import TONES, desk_number, tone
from ui.qt import QApplication

if TYPE_CHECKING:
    from ui.shell import Shell

ADJUST_EVERY_S = 4.0
"""A clerk who is told five things one after the other hears one note, not five."""


class Tones:
    """`volume` 0 is silent, and so are the hours of `quiet`. `heard` names the last tones, also those that were not sounded.
    Without an audio output the window system's bell rings, but for *adjust*."""

    def __init__(self, shell: Shell, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.heard: list[str] = []
        self.speaker = Speaker()
        self._shell, self._now = shell, now
        self._volume, self._quiet, self._desk = 60, "", 1
        self._adjusted = -ADJUST_EVERY_S

    def follow(self, values: Mapping[str, object]) -> None:
        """Use the settings ``sound.volume`` and ``sound.quiet`` where `values` has them."""
        self._volume = int(str(values.get("sound.volume", self._volume)))
        self._quiet = str(values.get("sound.quiet", self._quiet))

    def sit(self, desk: str) -> None:
        """Sound with the pitch of a desk, as its sign-in names it."""
        self._desk = desk_number(desk)

    @property
    def silent(self) -> bool:
        """Whether nothing would sound now."""
        return self._volume == 0 or (bool(self._quiet) and within(legal(self._now()).time(), read_spans(self._quiet)))

    def play(self, name: str) -> None:
        """Sound one of `TONES`; never waits."""
        assert name in TONES
        if name == "adjust":
            if time.monotonic() - self._adjusted < ADJUST_EVERY_S:
                return
            self._adjusted = time.monotonic()
        self.heard = [*self.heard[-9:], name]
        self._shell.top.show_tone(name)
        if self.silent:
            return
        if self.speaker.fault and name != "adjust":
            QApplication.beep()
        self.speaker.play(tone(name, desk=self._desk, volume=self._volume))

    def close(self) -> None:
        """Give the audio output back."""
        self.speaker.close()
