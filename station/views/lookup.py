"""S2, look-up and compare: same person, and does the data agree?"""

from __future__ import annotations

from dataclasses import dataclass

from station.dossier.parts import Branch
from station.dossier.state import DossierState
from station.vietnam.agreement import Agreement, agree
from station.vietnam.fields import field_rules


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One field from both sources; `result` is the code of its words, `state` one of the six states."""

    name: str
    register: str
    declared: str
    result: str
    state: str


@dataclass(frozen=True, slots=True)
class LookupView:
    """The whole screen."""

    dossier: str
    number: str
    person: str
    born: str
    branch: str
    status: str
    rows: tuple[CompareRow, ...]
    differing: int
    blocked: tuple[str, ...]


SHOWN_STATE = {
    Agreement.SAME: "good", Agreement.SAME_PLACE: "good", Agreement.PARTIAL: "good", Agreement.MISSING: "exception",
    Agreement.TONE_PLACED: "retry", Agreement.MARKS_DIFFER: "retry", Agreement.MOVED: "live", Agreement.LETTERS_DIFFER: "blocked",
    Agreement.DIFFERENT: "blocked",
}  # fmt: skip


def lookup_view(state: DossierState) -> LookupView:
    """Return S2."""
    record = dict(state.look_up.record or {}) if state.look_up is not None else {}
    rows = []
    for name in field_rules():
        if name.endswith("_unit"):
            continue
        declared, register = state.value(name), record.get(name, "")
        if not declared and not register:
            continue
        result = agree(name, register, declared)
        rows.append(CompareRow(name, register, declared, result.value, SHOWN_STATE[result]))
    branch = state.look_up.branch if state.look_up is not None else Branch.UNANSWERED
    status = state.look_up.status if state.look_up is not None else ""
    differing = sum(r.state in {"retry", "blocked", "live"} for r in rows) if record else 0
    return LookupView(state.id, state.value("personal_no"), state.value("full_name"), state.value("dob"), branch.value, status,
                      tuple(rows), differing, tuple(d.code for d in state.blocked))  # fmt: skip
