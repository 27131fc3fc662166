"""Advice on a finger that is rolled: "Roll slower", "Roll edge to edge", "Slipped, roll again", one at a time, from the stream of live pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from biometrics.fingerprint.quality.rolling import SHORT_MM, RollWatch
from devices.contract import Frame
from station.capture.verdict import Verdict

HELD_S: Final = 2.0
"""So long the automatic picture waits for advice to be read and followed; the officer's key takes it at once. Advice refuses nothing."""
NARROW_S: Final = 1.5
"""So long a print that is still as narrow as a pressed one is given to be rolled, before its picture is taken by itself."""


@dataclass(slots=True)
class RollAdvice:
    """The watch of one rolled capture; `code` is what stands to be said of this roll, "" for nothing."""

    code: str = ""
    _watch: RollWatch = field(default_factory=RollWatch)
    _since: float = 0.0
    _came: float | None = None

    def lifted(self) -> None:
        """The finger left: the next roll is a new one."""
        self._watch.reset()
        self.code, self._came = "", None

    def feed(self, frame: Frame, verdict: Verdict) -> Verdict:
        """Take an analysed picture with a finger on it; return its verdict with the roll's reasons on the finger, behind those of its ridges."""
        if frame.image.ndim != 2 or not frame.ppi or not verdict.parts:
            return verdict
        codes = tuple(map(str, self._watch.feed(frame.image, frame.ppi, frame.at_s)))
        self._came = frame.at_s if self._came is None else self._came
        before, self.code = self.code, codes[0] if codes else ""
        if self.code and not before:
            self._since = frame.at_s
        part = verdict.parts[0]
        return replace(verdict, parts=(replace(part, reasons=(*part.reasons, *codes)), *verdict.parts[1:])) if codes else verdict

    def holds(self, at_s: float) -> bool:
        """Whether the automatic picture still waits: for the roll to begin, or for advice to be read."""
        beginning = self._came is not None and at_s - self._came < NARROW_S and self._watch.width_mm < SHORT_MM
        return beginning or (bool(self.code) and at_s - self._since < HELD_S)
