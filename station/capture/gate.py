"""When a live picture is good for long enough, and which word is steady enough to be shown (ui.md section 5).

Pure state machines: time comes in with each verdict, nothing here asks a clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from station.capture.verdict import Verdict, rank

MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class GateRules:
    """How long everything must hold before the picture is taken by itself."""

    hold_s: float = 0.5
    frames: int = 5
    drift_mm: float = 1.0
    unrest_s: float = 0.25
    """So long after a movement "hold still" is what hinders the picture."""


class SteadyGate:
    """Opens when every expected part passes, the count is right and nothing moved, for `hold_s` and `frames` verdicts."""

    def __init__(self, rules: GateRules = GateRules()) -> None:
        self._rules = rules
        self._since: float | None = None
        self._frames = 0
        self._anchor: dict[int, tuple[float, float]] = {}
        self._moved_at: float | None = None

    def reset(self) -> None:
        """Start counting anew."""
        self._since, self._frames, self._anchor, self._moved_at = None, 0, {}, None

    def feed(self, verdict: Verdict, at_s: float) -> bool:
        """Take one verdict; return True when the picture should be taken now."""
        if not verdict.passed:
            self.reset()
            return False
        centres = {int(p.position): p.centre for p in verdict.parts if p.centre is not None}
        moved = self._since is not None and self._drift_mm(centres, verdict.ppi) > self._rules.drift_mm
        self._moved_at = at_s if moved else self._moved_at
        if self._since is None or moved or at_s < self._since:
            self._since, self._frames, self._anchor = at_s, 1, centres
            return False
        self._frames += 1
        return self._frames >= self._rules.frames and at_s - self._since >= self._rules.hold_s

    def moving(self, at_s: float) -> bool:
        """Whether what passes by itself was moved just before: the picture waits for it to lie still."""
        return self._moved_at is not None and 0 <= at_s - self._moved_at <= self._rules.unrest_s

    @property
    def share(self) -> float:
        """How much of the holding is done, 0..1, by frames (what the screen's bar shows)."""
        return min(1.0, self._frames / self._rules.frames) if self._since is not None else 0.0

    def _drift_mm(self, centres: dict[int, tuple[float, float]], ppi: int) -> float:
        moved = [
            max(abs(x - self._anchor[k][0]), abs(y - self._anchor[k][1])) for k, (x, y) in centres.items() if k in self._anchor
        ]
        return max(moved, default=0.0) * MM_PER_INCH / ppi


@dataclass(frozen=True, slots=True)
class Instruction:
    """One word on the screen: a code and the finger (code of FingerPosition, 0 = whole) it concerns; `seen`: how many fingers there are,
    where the word says it."""

    code: str
    position: int
    seen: int = 0


class SteadyWords:
    """A reason appears after 3 frames or 200 ms, stays at least 800 ms, and yields at once only to a more blocking one."""

    def __init__(self, appear_frames: int = 3, appear_s: float = 0.2, stay_s: float = 0.8) -> None:
        self._appear_frames, self._appear_s, self._stay_s = appear_frames, appear_s, stay_s
        self._shown: Instruction | None = None
        self._shown_at = 0.0
        self._candidate: Instruction | None = None
        self._candidate_at = 0.0
        self._candidate_frames = 0

    def feed(self, wanted: Instruction | None, at_s: float) -> Instruction | None:
        """Take what the newest verdict wants to say; return what the screen says."""
        if wanted != self._candidate:
            self._candidate, self._candidate_at, self._candidate_frames = wanted, at_s, 0
        self._candidate_frames += 1
        if wanted == self._shown:
            return self._shown
        ripe = self._candidate_frames >= self._appear_frames or at_s - self._candidate_at >= self._appear_s
        more_blocking = wanted is not None and (self._shown is None or rank(wanted.code) < rank(self._shown.code))
        stayed = self._shown is None or at_s - self._shown_at >= self._stay_s
        if ripe and (stayed or more_blocking):
            self._shown, self._shown_at = wanted, at_s
        return self._shown
