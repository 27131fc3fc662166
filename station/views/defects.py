"""S12, the defect desk: by age and legal clock, each row with exactly one owner and the one next thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from station.dossier.checks import defect_rules
from station.dossier.mending import AgedDefect, ages
from station.dossier.parts import DefectState
from station.dossier.state import DossierState
from station.views.base import Intent, Tone, Words, shown


@dataclass(frozen=True, slots=True)
class DefectRow:
    """One defect: sentence, owner, clock, wrong and right value, next thing."""

    dossier: str
    id: str
    code: str
    sentence: Words
    why: Words
    field: Words
    owner: Words
    state: Words
    age_days: int
    purge: Words
    tone: Tone
    wrong: str
    right: str
    says: Mapping[str, str]
    form: str
    needs_proof: bool
    next: Intent
    from_centre: bool = False
    """Whether the centre said it; otherwise this station found it."""


@dataclass(frozen=True, slots=True)
class DefectsView:
    """The whole of S12; `alarms` counts rows past 90 and 150 days."""

    question: Words
    rows: tuple[DefectRow, ...]
    empty: Words | None
    alarms: Mapping[int, int]
    by_code: Mapping[str, int]


def defects_view(states: Iterable[DossierState], day: date) -> DefectsView:
    """Return S12."""
    by_id = {s.id: s for s in states}
    aged = ages(by_id.values(), day)
    rows = tuple(_row(a, by_id[a.dossier]) for a in aged)
    codes: dict[str, int] = {}
    for row in rows:
        codes[row.code] = codes.get(row.code, 0) + 1
    alarms = {level: sum(a.retention.alarm == level for a in aged) for level in (90, 150)}
    return DefectsView(Words("s12.question"), rows, None if rows else Words("s12.empty"), alarms, dict(sorted(codes.items())))


def _row(aged: AgedDefect, state: DossierState) -> DefectRow:
    defect, rule = aged.defect, defect_rules()[aged.defect.code]
    tone = Tone.BLOCKED if defect.stops or aged.retention.alarm >= 150 else Tone.RETRY if aged.retention.alarm else Tone.IDLE
    steps = {
        DefectState.FOUND: Intent("correct", Words("s12.next-assigned"), "F12"), DefectState.ASSIGNED: Intent("correct", Words("s12.next-assigned"), "F12"),
        DefectState.CORRECTED: Intent("approve", Words("s12.next-corrected"), "F8"), DefectState.APPROVED: Intent("resend", Words("s12.send"), "F12"),
    }  # fmt: skip
    says = {k: str(v) for k, v in defect.evidence.items() if k in {"register", "chip", "papers", "declared", "qr"}}
    owner = f"owner.{defect.owner}" if f"owner.{defect.owner}" in _known() else defect.owner
    return DefectRow(state.id, str(defect.id), defect.code, Words(f"defect.{defect.code}"), Words(_text(defect.evidence)),
                     Words(f"field.{defect.field}"), Words(owner), Words(f"defect.{defect.state.value}"), aged.age_days,
                     Words("s12.purge", {"days": aged.retention.days_left}), tone, shown(defect.field, state.value(defect.field)),
                     shown(defect.field, defect.new_value), says, rule.form, rule.proof, steps[defect.state],
                     from_centre=defect.evidence.get("from") == "centre")  # fmt: skip


def _text(evidence: Mapping[str, Any]) -> str:
    return str(evidence.get("words") or evidence.get("why", ""))


def _known() -> Mapping[str, Any]:
    from station.words import catalogue

    return catalogue()
