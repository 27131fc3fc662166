"""S4 to S6, the captures: is this finger (this face, this eye) good enough, and if not, what to do?"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from biometrics.positions import Eye, FingerPosition
from station.dossier.findings import FingerFinding
from station.dossier.procedure import CaptureStep, Modality
from station.dossier.state import DossierState


@dataclass(frozen=True, slots=True)
class StepRow:
    """One capture of the order: its state word and, when taken, its lowest score and why it was accepted."""

    step: CaptureStep
    number: int
    state: str
    score: float | None
    flagged: bool
    missing: int
    why: Why | None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a capture was accepted: each part's score against its threshold, by hand or by itself, which try, model, device, when."""

    parts: tuple[tuple[int, float, float], ...]
    how: str
    attempts: int
    best: int
    model: str
    device: str
    source: str
    time: str
    operator: str


class Kept(StrEnum):
    """What an earlier visit left at the present step: nothing, a picture that passed and was not confirmed, or all tries used up."""

    NOTHING = "nothing"
    PASSED = "passed"
    USED_UP = "used-up"


@dataclass(frozen=True, slots=True, eq=False)
class Try:
    """One try as a screen shows it: number, score, whether it passed, whether it is the best, and its small picture if that was kept."""

    number: int
    score: float
    passed: bool
    best: bool
    pixels: npt.NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class FingersView:
    """The order of captures, the one that is next (None: all done), and the fingers that are not taken."""

    dossier: str
    number: str
    person: str
    rows: tuple[StepRow, ...]
    current: CaptureStep | None
    done: int
    total: int
    exceptions: dict[FingerPosition, str]
    attempts: int
    eyes: tuple[Eye, ...] = ()
    """Eyes that are still wanted, where the procedure has irises."""
    eye_exceptions: dict[Eye, str] = field(default_factory=dict)
    tries: tuple[Try, ...] = ()
    """The tries at the present step, with small pictures of those that were kept."""
    kept: Kept = Kept.NOTHING
    findings: tuple[FingerFinding, ...] = ()
    """What the sequence check found and nobody has accepted: the newest capture may be the wrong finger, or another person's."""


def fingers_view(state: DossierState) -> FingersView:
    """Return the captures of a dossier as they stand."""
    current = state.next_step
    rows = []
    for number, step in enumerate(state.procedure.steps, 1):
        accepted = state.captures[step.id].accepted
        flagged = accepted is not None and "below-threshold" in accepted.capture.flags
        if accepted is not None:
            word = "exception" if flagged else "good"
        elif state.done(step):
            word = "exception"
        else:
            word = "live" if step is current else "idle"
        score = min((q.score for q in accepted.capture.quality), default=None) if accepted is not None else None
        missing = len(set(step.fingers) & state.excepted) if step.modality is not Modality.IRIS else len(state.eye_exceptions)
        rows.append(StepRow(step, number, word, score, flagged, missing, _why(step, state)))
    attempts = len(state.captures[current.id].attempts) if current is not None else 0
    return FingersView(state.id, state.value("personal_no"), state.value("full_name"), tuple(rows), current,
                       sum(r.state in {"good", "exception"} for r in rows), len(rows),
                       {f: e.kind.value for f, e in state.exceptions.items()}, attempts, state.expected_eyes,
                       {e: x.kind.value for e, x in state.eye_exceptions.items()}, findings=state.open_findings)  # fmt: skip


def _why(step: CaptureStep, state: DossierState) -> Why | None:
    found = state.captures[step.id]
    if found.accepted is None:
        return None
    capture = found.accepted.capture
    thresholds = {int(f): t for f, t in step.thresholds.items()}
    usual = thresholds.get(int(FingerPosition.UNKNOWN), 0.0)
    parts = tuple((q.position, q.score, thresholds.get(q.position, usual)) for q in capture.quality)
    best = next((a.number for a in found.attempts if a.accepted), len(found.attempts))
    model = next((q.model for q in capture.quality), "")
    return Why(parts, found.accepted.how, len(found.attempts), best, model, f"{capture.device.vendor} {capture.device.model}".strip(),
               str(capture.source), f"{found.accepted.at.astimezone():%H:%M:%S}", found.accepted.operator)  # fmt: skip
