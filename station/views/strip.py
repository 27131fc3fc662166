"""The strip over every dossier screen: who, which dossier, and how far the work of each desk is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from station.clock import legal_day
from station.dossier.procedure import Modality
from station.dossier.readiness import missing_fields
from station.dossier.state import DossierState
from station.vietnam.dates import age_on
from station.views.base import Words, grouped, shown

STAGES = ("lookup", "declaration", "fingers", "portrait", "iris", "review", "finish")
"""Every stage there is; `stages_of` says which a dossier has, and in what order."""
STAGE_OF = {Modality.FINGER: "fingers", Modality.FACE: "portrait", Modality.IRIS: "iris"}


@dataclass(frozen=True, slots=True)
class StripView:
    """What the strip draws. `done` names the stages that need nothing more; `since` is when the present work began."""

    dossier: str
    person: str
    number: str
    born: str
    age: int | None
    sex: str
    printed: str
    ticket: str
    kind: Words
    procedure: str
    done: frozenset[str]
    since: datetime
    sealed: bool
    stages: tuple[str, ...] = STAGES
    kind_sure: bool = True
    """Whether an officer said the kind; otherwise it is a proposal and is shown as one."""


def stages_of(state: DossierState) -> tuple[str, ...]:
    """Return the stages of a dossier in order: captures as its procedure (or the site's setting) puts them, irises only where taken."""
    found = tuple(dict.fromkeys(STAGE_OF[s.modality] for s in state.procedure.steps))
    return ("lookup", "declaration", *found, "review", "finish")


def stage_before(state: DossierState, stage: str) -> str:
    """Return the stage one step back, "" before the first."""
    order = stages_of(state)
    at = order.index(stage) if stage in order else len(order)
    return order[at - 1] if at > 0 else ""


def stages_done(state: DossierState) -> frozenset[str]:
    """Return the stages of a dossier that need nothing more."""
    by_modality = {
        "fingers": [s for s in state.procedure.steps if s.modality is Modality.FINGER],
        "portrait": [s for s in state.procedure.steps if s.modality is Modality.FACE],
    }
    done = {name for name, steps in by_modality.items() if all(state.done(s) or s.optional for s in steps)}
    # An iris is optional only where no camera takes it, and then it is no step here: with one, an eye is taken or excepted.
    if all(state.done(s) for s in state.procedure.steps if s.modality is Modality.IRIS):
        done.add("iris")
    if state.look_up is not None and not state.blocked:
        done.add("lookup")
    if not missing_fields(state):
        done.add("declaration")
    if state.sealed or (state.signed_by("applicant") and state.signed_by("operator")):
        done.add("review")
    if state.slip:
        done.add("finish")
    return frozenset(done)


def next_stage(state: DossierState, *, looked: bool = False) -> str:
    """Return the screen on which a dossier goes on: the first stage in the desks' order that is not done; "" when all are.

    `looked`: a person has just looked at the comparison.
    """
    if state.sealed:
        return "" if state.slip else "finish"
    done = stages_done(state)
    began = (
        any(s.attempts or s.accepted for s in state.captures.values())
        or bool(state.exceptions or state.eye_exceptions)
        or bool(state.review)
        or state.handed  # handed on: a window that died before the first capture asks for no second look
    )
    for stage in stages_of(state):
        # The comparison is looked at by a person once; only that it was handed on, captures or answers show that it was.
        if stage == "lookup" and not began and not looked:
            return "lookup"
        if stage not in done:
            return stage
    return "review"


def strip_view(state: DossierState, since: datetime | None = None) -> StripView:
    """Return the strip of a dossier."""
    birth = state.birth
    age = age_on(birth, legal_day(state.opened_at)) if birth is not None else None
    return StripView(state.id, state.value("full_name").upper(), grouped(state.value("personal_no")), shown("dob", state.value("dob")), age,
                     state.value("sex"), state.number, state.ticket, Words(f"ui.kind.{state.kind.value}"), state.procedure.id,
                     stages_done(state), since or state.changed_at, state.sealed, stages_of(state), state.kind_sure)  # fmt: skip
