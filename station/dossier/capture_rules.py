"""What a step of the procedure takes: which capture is refused, which one lies below its threshold."""

from __future__ import annotations

from biometrics.positions import FingerPosition
from station.capture.model import Capture
from station.dossier.procedure import CaptureStep, Modality
from station.dossier.state import DossierState
from station.errors import ProcedureError


def check_capture(state: DossierState, step: CaptureStep, capture: Capture) -> None:
    """Refuse a capture that this step of this dossier cannot take now.

    Raises:
        ProcedureError: a fault stops the dossier, another position or impression, an undeclared missing finger, no picture, or
            another capture comes first.
    """
    if state.blocked:
        raise ProcedureError("A fault stops this dossier; the capture was not accepted. Call the supervisor.",
                             code="dossier-blocked", defect=state.blocked[0].code)  # fmt: skip
    if capture.modality != step.modality.value or capture.position != int(step.position):
        raise ProcedureError(
            "This capture shows another position than the step asks for; it was not accepted.", code="wrong-position"
        )
    if step.modality is Modality.FINGER:
        if capture.impression != int(step.impression):
            raise ProcedureError("This step wants the other way of taking the finger (flat or rolled); it was not accepted.",
                                 code="wrong-impression")  # fmt: skip
        undeclared = set(capture.missing) - {int(f) for f in state.excepted}
        if undeclared or not state.expected(step):
            raise ProcedureError("A finger is missing without an exception; the capture was not accepted. Declare it with F7.",
                                 code="missing-undeclared")  # fmt: skip
    if not capture.images:
        raise ProcedureError("A capture without a picture was not accepted.", code="no-image")
    if state.visit != "home":
        before = state.procedure.steps[: state.procedure.steps.index(step)]
        if skipped := [s.id for s in before if not state.done(s) and not s.optional]:
            raise ProcedureError("Another capture comes first; this one was not accepted.", code="out-of-order", first=skipped[0])


def below_threshold(state: DossierState, step: CaptureStep, capture: Capture) -> list[FingerPosition]:
    """Return the wanted positions whose quality (0..100) lies below the step's threshold."""
    if step.modality is Modality.IRIS:  # each eye for itself; the weaker one decides
        lowest = min((q.score for q in capture.quality), default=0.0)
        return [FingerPosition.UNKNOWN] if lowest < step.thresholds.get(FingerPosition.UNKNOWN, 0.0) else []
    wanted = state.expected(step) or (FingerPosition.UNKNOWN,)
    scores = {q.position: q.score for q in capture.quality}
    return [f for f in wanted if scores.get(int(f), 0.0) < step.thresholds.get(f, 0.0)]


def approved(state: DossierState, what: str, subject: str) -> bool:
    """Whether a supervisor approved this of this subject."""
    return any(a.what == what and a.subject == subject and a.decision == "approved" for a in state.approvals)
