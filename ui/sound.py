"""Three tones, always doubled by the screen: each is said as a caption too. Without an audio device the window system's bell rings."""

from __future__ import annotations

from ui.qt import QApplication

TONES = ("captured", "adjust", "blocked")


class Tones:
    """`volume` 0 is silent (night). `heard` names the last tones, for the caption and the tests."""

    def __init__(self, volume: int = 60) -> None:
        self.volume = volume
        self.heard: list[str] = []

    def play(self, tone: str) -> None:
        """Sound one of `TONES`."""
        assert tone in TONES
        self.heard = [*self.heard[-9:], tone]
        if self.volume > 0 and tone != "adjust":
            QApplication.beep()
