"""S2, look-up and compare: same person, and does the data agree?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from station.dossier.card_case import case_of
from station.dossier.checks import FIELD_CODES, compare_field
from station.dossier.parts import Branch, Defect, DefectState, FieldSource
from station.dossier.state import DossierState
from station.vietnam.agreement import Agreement
from station.vietnam.names import differing_spans
from station.vietnam.number import NumberRule
from station.vietnam.units import UnitTable, default_units
from station.views.base import Intent, Tone, Words, shown
from station.views.chip_check import ChipCheck, chip_check
from station.views.kind import KindView, kind_view
from station.views.papers import PapersView, papers_view

COLUMNS = (FieldSource.CHIP, FieldSource.REGISTER, FieldSource.PAPERS, FieldSource.DECLARED)
ORDER = ("personal_no", *(n for n in FIELD_CODES if n != "personal_no"))
"""Who it is comes first, then the fields in the order of the form."""
_TONES = {
    Agreement.SAME: Tone.GOOD, Agreement.SAME_PLACE: Tone.GOOD, Agreement.PARTIAL: Tone.RETRY, Agreement.TONE_PLACED: Tone.RETRY,
    Agreement.MARKS_DIFFER: Tone.RETRY, Agreement.LETTERS_DIFFER: Tone.RETRY, Agreement.MOVED: Tone.RETRY,
    Agreement.DIFFERENT: Tone.RETRY, Agreement.MISSING: Tone.IDLE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about a row: its words, officer and time."""

    words: Words
    operator: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One field: what each source says (as read by people), the result, and the letters that differ per source."""

    field: str
    label: Words
    cells: Mapping[FieldSource, str]
    result: Words
    tone: Tone
    spans: Mapping[FieldSource, tuple[tuple[int, int], ...]]
    settled: bool
    decided: Decided | None = None
    """Who decided what about it, None while nobody did (or nothing had to be)."""
    warning: bool = False
    """The number contradicts birth, sex or province: said and routed, nobody stops (`result` says which)."""


@dataclass(frozen=True, slots=True)
class CompareView:
    """The whole of S2. `choices` are the values among which the decision panel offers, for the first open row."""

    question: Words
    branch: Words | None
    rows: tuple[CompareRow, ...]
    open_fields: tuple[str, ...]
    notes: tuple[Words, ...]
    choices: tuple[tuple[FieldSource, str], ...]
    blocked: tuple[Defect, ...]
    primary: Intent
    summary: Words
    known_at: Mapping[FieldSource, datetime]
    """When the register answered and when the form was last written, where that is known."""
    papers: PapersView
    """Photographed papers: the row that is looked at shows those that speak of it."""
    card: ChipCheck | None = None
    """How the chip card was judged, None while none was read."""
    kind: KindView | None = None
    """Cấp, đổi or cấp lại, and whether an officer said so."""
    card_case: bool = False
    """A card that is not to be relied on waits for the supervisor's decision (E12)."""


def _agreed(rows: Sequence[CompareRow]) -> Words:
    """What is said where nothing is open: what was decided is not called agreement."""
    agree, decided = sum(r.tone is Tone.GOOD for r in rows), sum(r.settled and r.tone is not Tone.GOOD for r in rows)
    return Words("s2.all-decided", {"count": agree, "decided": decided}) if decided else Words("s2.all", {"count": agree})


def compare_view(state: DossierState, day: date, units: UnitTable | None = None, names: Mapping[str, str] | None = None) -> CompareView:  # fmt: skip
    """Return S2; `names`: operator id → name. The first open row has the focus; a stopping defect leaves only the supervisor's key."""
    table = units or default_units()
    sources = {k: dict(v) for k, v in state.sources.items()}
    sources[FieldSource.DECLARED] = {n: f.value for n, f in state.fields.items()}
    corrected = {n for n, f in state.fields.items() if f.source is not FieldSource.DECLARED}
    corrected |= {d.field for d in state.defects if d.open and d.state is not DefectState.FOUND}
    rows = tuple(
        _row(n, sources, table, day, settled=n in corrected, decided=_decided(state, n, names or {}))
        for n in ORDER
        if any(s.get(n) for s in sources.values())
    )
    rows = tuple(_warned(r, state) if r.field == "personal_no" else r for r in rows)
    open_fields = tuple(r.field for r in rows if r.tone is Tone.RETRY and not r.settled and not r.warning)
    notes = tuple(
        n
        for d in state.open_defects
        if d.field not in open_fields and not d.stops and d.evidence.get("why") != "not-given"
        for n in notes_of(d)
    )
    notes = tuple(
        sorted(notes, key=lambda n: n.values.get("field") != "field.personal_no")
    )  # who it is comes first; what is empty, desk 2 lists
    check = chip_check(state.chip.standing, state.chip.verdict) if state.chip is not None else None
    if check is not None and check.mark is not None:
        notes = (check.mark, *notes)
    silent = state.look_up is not None and state.look_up.branch is Branch.UNANSWERED
    if state.blocked:
        primary = Intent("supervisor", Words("s2.stop"), "F8")
    elif open_fields:
        primary = Intent("keep", Words("s2.next"), "F12", {"field": open_fields[0]})
    else:
        primary = Intent("go-on", Words("s2.go-on"), "F12", enabled=state.look_up is not None)
    choices = (
        tuple((s, sources[s][open_fields[0]]) for s in COLUMNS if sources.get(s, {}).get(open_fields[0])) if open_fields else ()
    )
    summary = Words("s2.offline") if silent else _agreed(rows) if rows else Words("s2.empty")
    branch = Words(f"branch.{state.look_up.branch.value}") if state.look_up is not None else None
    known_at = {FieldSource.REGISTER: state.look_up.at} if state.look_up is not None and not silent else {}
    if written := [f.at for f in state.fields.values() if f.source is FieldSource.DECLARED]:
        known_at[FieldSource.DECLARED] = max(written)
    return CompareView(Words("s2.question"), branch, rows, open_fields, notes, choices, state.blocked, primary, summary, known_at,
                       papers_view(state), check, kind_view(state), case_of(state) is not None)  # fmt: skip


def notes_of(defect: Defect) -> tuple[Words, ...]:
    """Return what is said of a defect that stops nobody: field, what is wrong (each rule by itself), and who mends it."""
    rules = defect.evidence.get("rules") or [defect.evidence.get("why", f"defect.{defect.code}")]
    return tuple(
        Words("s2.note", {"field": f"field.{defect.field}", "why": str(r), "owner": f"owner.{defect.owner}"}) for r in rules
    )


def number_warnings(state: DossierState) -> tuple[str, ...]:
    """Return the rules the personal number breaks without stopping anybody (R2 to R5): codes with words."""
    found = (d for d in state.open_defects if (d.code, d.field) == ("S2", "personal_no") and not d.stops)
    return tuple(str(r) for d in found for r in d.evidence.get("rules", ()) if str(r) in NUMBER_RULES)


NUMBER_RULES = frozenset(r.value for r in NumberRule)


def _warned(row: CompareRow, state: DossierState) -> CompareRow:
    """The number's own row: where the sources agree on it, that it contradicts birth, sex or province is its result."""
    broken = number_warnings(state)
    if not broken or (row.tone is Tone.RETRY and not row.settled):
        return row
    return replace(row, result=Words(broken[0]), tone=Tone.RETRY, warning=True)


def _decided(state: DossierState, name: str, names: Mapping[str, str]) -> Decided | None:
    """The newest decision about a field: a defect with a way, or a form's value that the officer saw on the papers and kept."""
    for defect in reversed(state.defects):
        if defect.field == name and defect.way and defect.way_at is not None:
            return Decided(Words(f"ui.decision.{defect.way}"), names.get(defect.way_by, defect.way_by), defect.way_at)
    field = state.fields.get(name)
    if field is not None and field.source is FieldSource.PAPERS:
        return Decided(Words("ui.lookup.kept-form"), names.get(field.operator, field.operator), field.at)
    return None


def _row(name: str, sources: dict[FieldSource, dict[str, str]], units: UnitTable, day: date, *, settled: bool,
         decided: Decided | None) -> CompareRow:  # fmt: skip
    result, _ = compare_field(name, sources, units, day)
    cells = {s: shown(name, sources[s][name]) for s in COLUMNS if sources.get(s, {}).get(name)}
    own = cells.get(FieldSource.DECLARED, "")
    spans: dict[FieldSource, tuple[tuple[int, int], ...]] = {
        s: differing_spans(own, text) for s, text in cells.items() if own and s is not FieldSource.DECLARED and text != own
    }
    return CompareRow(name, Words(f"field.{name}"), cells, Words(result.value), _TONES[result], spans, settled, decided)
