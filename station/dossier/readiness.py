"""What is still open: the check lists before signing and sealing (screen S7). Pure functions of the state."""

from __future__ import annotations

from dataclasses import dataclass

from biometrics.positions import fingers_of
from station.clock import legal_day
from station.dossier.findings import FINDING, WEAK
from station.dossier.parts import ExceptionKind, FieldSource
from station.dossier.procedure import Modality, Stage
from station.dossier.state import DossierState
from station.dossier.wanted import open_papers
from station.vietnam.fields import mandatory_fields

CAPTURE_FORM = "capture"
"""The form that citizen and officer sign (Circular 60/2021 art. 5.5)."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing still open: `code` has words in the catalogue, `place` is the field, step or finger to go to."""

    code: str
    place: str = ""


def missing_fields(state: DossierState) -> tuple[str, ...]:
    """Return the mandatory fields that are empty, in paper order; a child's dossier needs the guardian who brings it."""
    wanted = list(mandatory_fields(state.kind.value))
    if not state.procedure.steps and "marks" in wanted:  # under 6: no appearance, no biometrics
        wanted.remove("marks")
    birth = state.birth
    if birth is not None and state.opened_at.year - birth.year <= 14 and state.procedure.min_age < 14:
        from station.vietnam.dates import age_on

        if age_on(birth, legal_day(state.opened_at)) < 14:
            wanted = [w for w in wanted if w != "phone"] + ["guardian_name"]
    return tuple(name for name in wanted if not state.value(name))


def lines_to_review(state: DossierState) -> tuple[str, ...]:
    """Return the lines the applicant answers: every filled field that goes on the card or decides the delivery, in paper order."""
    from station.vietnam.fields import field_rules

    hidden = {"ethnicity", "religion"} if not state.value("ethnicity") else set()
    return tuple(n for n in field_rules() if state.value(n) and n not in hidden and not n.endswith("_unit"))


def before_signing(state: DossierState, who: str) -> tuple[OpenItem, ...]:
    """Return what comes before the signature of `who` (``applicant``, ``operator``, ``supervisor``), most blocking first."""
    items = [OpenItem("blocked-by-defect", d.field or d.code) for d in state.blocked]
    items += [OpenItem("capture-open", s.id) for s in state.procedure.steps if not s.optional and not state.done(s)]
    items += [OpenItem("exception-reason", str(int(f))) for f, e in state.exceptions.items()
              if e.kind is ExceptionKind.OTHER and not e.reason]  # fmt: skip
    items += [] if state.kind_sure else [OpenItem("kind-open")]
    items += [OpenItem("field-missing", name) for name in missing_fields(state)]
    items += [OpenItem("paper-missing", f"{w.kinds[0]} {w.field}".strip()) for w in open_papers(state) if w.must]
    lines = lines_to_review(state)
    items += [OpenItem("line-disagreed", n) for n in lines if state.review.get(n) is False]
    items += [OpenItem("line-unseen", n) for n in lines if n not in state.review]
    if who == "operator" and not state.signed_by("applicant"):
        items.append(OpenItem("applicant-unsigned"))
    return tuple(items)


def before_sealing(state: DossierState) -> tuple[OpenItem, ...]:
    """Return what comes before sealing: the signatures and everything before them, and decisions that may not be deferred."""
    items = list(before_signing(state, "applicant"))
    stages = {s.stage for s in state.procedure.stages}
    if not state.signed_by("applicant"):
        items.append(OpenItem("applicant-unsigned"))
    if not state.signed_by("operator"):
        items.append(OpenItem("operator-unsigned"))
    if Stage.LOOK_UP in stages and state.look_up is None:
        items.append(OpenItem("look-up-missing"))
    items += [OpenItem(FINDING, f.key) for f in state.open_findings if f.kind not in WEAK]
    items += [OpenItem("decision-open", a.what) for a in state.open_approvals if not a.deferred]
    items += [OpenItem("exception-unsigned", str(int(f))) for f, e in state.exceptions.items() if not e.signature]
    items += [OpenItem("exception-unsigned", f"eye-{int(e)}") for e, x in state.eye_exceptions.items() if not x.signature]
    return tuple(items)


def contradictions(state: DossierState) -> tuple[OpenItem, ...]:
    """Return exceptions that contradict an accepted capture: the finger is declared amputated yet stands in a picture."""
    found = []
    for step in state.captures.values():
        if step.accepted is None or step.accepted.capture.modality != Modality.FINGER.value:
            continue
        shown = set(fingers_of(state.procedure.step(step.step).position)) - set(step.accepted.capture.missing)
        found += [OpenItem("exception-contradicts", str(int(f))) for f, e in state.exceptions.items()
                  if f in shown and e.kind is ExceptionKind.AMPUTATED]  # fmt: skip
    return tuple(dict.fromkeys(found))


def sources_of(state: DossierState, name: str) -> dict[FieldSource, str]:
    """Return what each source says about field `name` (only sources that say something)."""
    return {source: values[name] for source, values in state.sources.items() if values.get(name)}
