"""What the sequence check of an enrollment's fingers found, as it stands in the dossier: evidence for a person who judges, never a refusal.

One ``fingers.checked`` event holds everything the newest check found. A finding is open until a supervisor accepts it (an approval
``finger-finding`` with the finding's key) or a capture it rests on is taken again. An acceptance is about the captures of that moment: a
retake with the same finding asks anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from biometrics.positions import FingerPosition

FINDING: Final = "finger-finding"
"""Name of the approval and of the open item."""
WEAK: Final = frozenset({"rolled-does-not-fit-slap"})
"""Kinds that are shown and asked, and do not hold the seal: that two prints do not match is weak evidence."""
SCREEN_CODES: Final[Mapping[str, str]] = {
    "swapped-hands": "E24", "swapped-fingers": "E24", "same-finger-twice": "E24", "rolled-does-not-fit-slap": "E25",
    "previous-applicant": "E27", "operator-finger": "E27",
}  # fmt: skip
_MOST_EVIDENCE: Final = 20


@dataclass(frozen=True, slots=True)
class PrintName:
    """One print: the step and event id of its capture, and the finger. For somebody known `step` is empty and `capture` the person."""

    step: str
    capture: str
    finger: int


@dataclass(frozen=True, slots=True)
class FindingEvidence:
    """One comparison: two prints, score, false-match rate."""

    first: PrintName
    second: PrintName
    score: float
    fmr: float


@dataclass(frozen=True, slots=True)
class FingerFinding:
    """One finding. `person`: the dossier or operator whose fingers they are, empty within one enrollment."""

    kind: str
    fingers: tuple[int, ...]
    evidence: tuple[FindingEvidence, ...]
    log10_chance: float
    person: str = ""

    @property
    def key(self) -> str:
        """What a decision is about: kind and person, or kind and fingers. More evidence for the same does not ask again."""
        text = f"{self.kind}/{self.person or ','.join(map(str, self.fingers))}"
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()

    @property
    def code(self) -> str:
        """The code on the screen (E24, E25, E27)."""
        return SCREEN_CODES.get(self.kind, "E24")

    @property
    def captures(self) -> frozenset[str]:
        """Event ids of the captures of this dossier that it rests on."""
        return frozenset(p.capture for e in self.evidence for p in (e.first, e.second) if p.step)

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps concerned, those of the strongest evidence first."""
        return tuple(dict.fromkeys(p.step for e in self.evidence for p in (e.first, e.second) if p.step))


@dataclass(frozen=True, slots=True)
class FingerCheckState:
    """The newest check: when, how many prints, against how many known people, what was found."""

    at: datetime
    captures: tuple[str, ...]
    prints: int
    known: int
    findings: tuple[FingerFinding, ...]


def to_body(findings: tuple[FingerFinding, ...], *, captures: tuple[str, ...], prints: int, known: int) -> dict[str, Any]:
    """Return the body of a ``fingers.checked`` event."""
    rows = [
        {"kind": f.kind, "code": f.code, "key": f.key, "fingers": list(f.fingers), "person": f.person,
         "log10_chance": round(f.log10_chance, 2),
         "evidence": [[*_name(e.first), *_name(e.second), round(e.score, 3), float(f"{e.fmr:.3e}")]
                      for e in f.evidence[:_MOST_EVIDENCE]]}
        for f in findings
    ]  # fmt: skip
    return {"captures": list(captures), "prints": prints, "known": known, "findings": rows}


def from_body(at: datetime, body: Mapping[str, Any]) -> FingerCheckState:
    """Return the state of a ``fingers.checked`` event."""
    findings = tuple(
        FingerFinding(str(row["kind"]), tuple(int(x) for x in row["fingers"]), tuple(_evidence(e) for e in row["evidence"]),
                      float(row["log10_chance"]), str(row.get("person", "")))
        for row in body.get("findings", ())
    )  # fmt: skip
    return FingerCheckState(
        at, tuple(map(str, body.get("captures", ()))), int(body.get("prints", 0)), int(body.get("known", 0)), findings
    )


def finger_code(finger: int) -> str:
    """Return the catalogue's code of a finger."""
    return f"finger.{int(FingerPosition(finger))}"


def _name(name: PrintName) -> tuple[str, str, int]:
    return name.step, name.capture, name.finger


def _evidence(row: Any) -> FindingEvidence:
    a, b, c, d, e, f, score, fmr = row
    return FindingEvidence(PrintName(str(a), str(b), int(c)), PrintName(str(d), str(e), int(f)), float(score), float(fmr))
