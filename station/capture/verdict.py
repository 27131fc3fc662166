"""Verdicts on live frames and on captures, the same shape for a slap, a single finger and a face."""

from __future__ import annotations

from dataclasses import dataclass, field

from biometrics.positions import FingerPosition
from biometrics.reasons import ReasonCode, Region


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """The verdict on one finger (or the face, position UNKNOWN).

    `score` 0..100; `threshold` is what this very part must reach (equal passes); `centre` in pixels of the judged picture,
    `outline` the corners of the turned box, empty where nothing was found; `reasons` most blocking first.
    """

    position: FingerPosition
    score: float
    threshold: float
    reasons: tuple[str, ...] = ()
    region: Region | None = None
    centre: tuple[float, float] | None = None
    outline: tuple[tuple[float, float], ...] = ()

    @property
    def passed(self) -> bool:
        """Whether this part reaches its own threshold and nothing blocks it."""
        return self.score >= self.threshold and not BLOCKING.intersection(self.reasons)


BLOCKING = frozenset(
    str(code)
    for code in (
        ReasonCode.NO_FINGER,
        ReasonCode.FINGERS_MISSING,
        ReasonCode.WRONG_HAND,
        ReasonCode.SAME_FINGER,
        ReasonCode.PREVIOUS_PERSON,
        ReasonCode.SLAP_MISMATCH,
        ReasonCode.DIRTY_PLATEN,
        ReasonCode.FINGERS_TOUCHING,
        ReasonCode.MOVED,
        ReasonCode.TIP_ONLY,
    )
)
"""Reasons that stop an automatic capture whatever the score says."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one picture. `whole` are reasons that belong to no single part, most blocking first."""

    parts: tuple[PartVerdict, ...]
    expected: int
    whole: tuple[str, ...] = ()
    present: bool = True
    ppi: int = 500
    model: str = ""
    provisional: bool = False
    details: dict[str, float] = field(default_factory=dict)
    merit: float = 0.0
    """0..1: tells pictures of one burst apart that hold the same rules; no threshold looks at it."""
    held_for: str = ""
    """Code of what must be over before a picture may be taken (a check of the person); it is the one instruction then."""

    @property
    def passed(self) -> bool:
        """Every expected part found and each at its own threshold; never the average."""
        return (
            self.present
            and not self.held_for
            and len(self.parts) == self.expected
            and not BLOCKING.intersection(self.whole)
            and all(p.passed for p in self.parts)
        )

    @property
    def score(self) -> float:
        """The lowest score of the parts: a slap is as good as its worst finger."""
        return min((p.score for p in self.parts), default=0.0) if len(self.parts) == self.expected else 0.0

    def main_reason(self) -> tuple[str, FingerPosition] | None:
        """Return the one instruction to show: code and the finger it concerns (UNKNOWN: the whole hand or face)."""
        if self.held_for:
            return self.held_for, FingerPosition.UNKNOWN
        ranked = [(rank(code), code, FingerPosition.UNKNOWN) for code in self.whole]
        ranked += [(rank(code), code, p.position) for p in self.parts if not p.passed for code in p.reasons[:1]]
        if not ranked:
            failing = [p for p in self.parts if not p.passed]
            return (str(ReasonCode.LOW_QUALITY), failing[0].position) if failing else None
        _, code, position = min(ranked)
        return code, position


PRIORITY = (
    # ui.md section 5: the most blocking first.
    ReasonCode.WRONG_HAND, ReasonCode.PREVIOUS_PERSON, ReasonCode.SAME_FINGER, ReasonCode.SLAP_MISMATCH, ReasonCode.DIRTY_PLATEN,
    ReasonCode.LATENT, ReasonCode.NO_FINGER, ReasonCode.FINGERS_MISSING, ReasonCode.OFF_CENTRE_LEFT, ReasonCode.OFF_CENTRE_RIGHT,
    ReasonCode.OFF_CENTRE_UP, ReasonCode.OFF_CENTRE_DOWN, ReasonCode.TILTED, ReasonCode.FINGERS_TOUCHING, ReasonCode.TIP_ONLY,
    ReasonCode.TOO_SMALL, ReasonCode.MOVED, ReasonCode.TOO_LIGHT, ReasonCode.TOO_HEAVY, ReasonCode.TOO_DRY, ReasonCode.TOO_WET,
    ReasonCode.WORN, ReasonCode.ROLL_FAST, ReasonCode.ROLL_SHORT, ReasonCode.ROLL_SLIPPED, ReasonCode.LOW_QUALITY,
)  # fmt: skip


def rank(code: str) -> int:
    """Return the place of a reason in the order of blocking (codes without a place come last)."""
    try:
        return PRIORITY.index(ReasonCode(code))
    except ValueError:
        return len(PRIORITY)
