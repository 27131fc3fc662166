"""S7, what was captured, told in a few words: fingers, portrait, the check of the prints, exceptions, the active check, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
import numpy.typing as npt

from biometrics.portrait.active import Outcome
from station.dossier.procedure import Modality
from station.dossier.state import DossierState
from station.dossier.wanted import open_papers
from station.views.base import Tone, Words

PASS_SCORE = 100.0
"""A portrait's score when every rule that could be judged holds (`station.capture.portrait`)."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One chip: how it stands and in what words."""

    tone: Tone
    words: Words


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature: whose name, when, and the drawn line (HxW ``uint8`` grey), None when it was given on paper, by thumb or by key."""

    name: str
    at: datetime
    drawn: npt.NDArray[np.uint8] | None


def decode_line(png: bytes) -> npt.NDArray[np.uint8] | None:
    """Return a drawn signature (HxW ``uint8`` grey), None when the bytes are no picture."""
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    return np.asarray(picture, np.uint8) if picture is not None else None


def evidence_facts(state: DossierState) -> tuple[Fact, ...]:
    """Return what the officer sees beside the face, most weighty first."""
    return tuple(f for f in (*_captures(state), *_prints(state), *_notes(state)) if f is not None)


def _captures(state: DossierState) -> list[Fact | None]:
    facts: list[Fact | None] = []
    for modality, code in ((Modality.FINGER, "fingers"), (Modality.IRIS, "irises")):
        steps = [s for s in state.procedure.steps if s.modality is modality]
        done = sum(state.done(s) for s in steps)
        if steps:
            facts.append(
                Fact(
                    Tone.GOOD if done == len(steps) else Tone.IDLE,
                    Words(f"ui.evidence.{code}", {"done": done, "total": len(steps)}),
                )
            )
    face = next((state.captures[s.id].accepted for s in state.procedure.steps if s.modality is Modality.FACE), None)
    if face is not None:
        score = min((q.score for q in face.capture.quality), default=0.0)
        whole = score >= PASS_SCORE
        facts.insert(
            0, Fact(Tone.GOOD if whole else Tone.RETRY, Words("ui.evidence.face" if whole else "ui.evidence.face-flagged"))
        )
    return facts


def _prints(state: DossierState) -> list[Fact | None]:
    check = state.finger_check
    if check is None or not check.prints:
        return [Fact(Tone.IDLE, Words("ui.evidence.not-checked"))] if state.captures else []
    if state.open_findings:
        return [Fact(Tone.BLOCKED, Words("ui.evidence.findings", {"count": len(state.open_findings)}))]
    if state.findings:
        return [Fact(Tone.EXCEPTION, Words("ui.evidence.findings-decided", {"count": len(state.findings)}))]
    known = Fact(Tone.GOOD, Words("ui.evidence.no-double", {"count": check.known})) if check.known else None
    return [known, Fact(Tone.GOOD, Words("ui.evidence.in-order"))]


def _notes(state: DossierState) -> list[Fact | None]:
    taken = [s.accepted.capture for s in state.captures.values() if s.accepted is not None]
    flagged = sum("below-threshold" in c.flags for c in taken)
    excepted = len(state.exceptions) + len(state.eye_exceptions)
    facts: list[Fact | None] = [
        Fact(Tone.RETRY, Words("ui.review.flagged", {"count": flagged})) if flagged else None,
        Fact(Tone.EXCEPTION, Words("ui.review.exceptions", {"count": excepted})) if excepted else None,
    ]
    papers = state.standing_photos
    if papers:
        whole = not any(p.flaws for p in papers)
        facts.append(Fact(Tone.GOOD if whole else Tone.EXCEPTION, Words("ui.evidence.papers", {"count": len(papers)})))
    if wanted := open_papers(state):
        facts.append(
            Fact(
                Tone.RETRY if any(w.must for w in wanted) else Tone.IDLE, Words("ui.evidence.papers-open", {"count": len(wanted)})
            )
        )
    if state.active_checks:
        last = state.active_checks[-1]
        passed = last.outcome == Outcome.PASSED
        code = "ui.evidence.active" if passed else "ui.evidence.active-open"
        facts.append(Fact(Tone.GOOD if passed else Tone.IDLE, Words(code, {"done": last.done, "total": len(last.challenges)})))
    return facts
