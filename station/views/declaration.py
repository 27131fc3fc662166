"""S3, declaration and marks: is anything missing?"""

from __future__ import annotations

from dataclasses import dataclass

from station.dossier.readiness import missing_fields
from station.dossier.state import DossierState
from station.vietnam.fields import field_rules
from station.vietnam.lookup import kind_of
from station.views.base import Intent, Tone, Words, shown
from station.views.papers import PapersView, papers_view


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of the form in paper order."""

    field: str
    item: int
    label: Words
    value: str
    shown: str
    source: Words | None
    mandatory: bool
    sensitive: bool
    tone: Tone
    picks: str = ""
    """``list``: only a value of a list, found by name; ``place``: communes are offered; "": free text."""


@dataclass(frozen=True, slots=True)
class DeclarationView:
    """The whole of S3; `focus` is the first empty mandatory field."""

    question: Words
    rows: tuple[FieldRow, ...]
    left: Words
    missing: tuple[str, ...]
    focus: str
    papers: PapersView
    primary: Intent


def declaration_view(state: DossierState) -> DeclarationView:
    """Return S3."""
    missing = missing_fields(state)
    wanted = {r.name for r in field_rules().values() if state.kind.value in r.mandatory} | set(missing)
    rows = []
    for rule in field_rules().values():
        value = state.fields.get(rule.name)
        text = value.value if value else ""
        tone = Tone.GOOD if text else Tone.RETRY if rule.name in missing else Tone.IDLE
        rows.append(FieldRow(rule.name, rule.item, Words(f"field.{rule.name}"), text, shown(rule.name, text),
                             Words(f"source.{value.source.value}") if value and text else None, rule.name in wanted, rule.sensitive, tone, kind_of(rule.name)))  # fmt: skip
    papers = papers_view(state)
    count = len(missing) + sum(w.must for w in papers.open)  # what is only wanted is listed, and holds nobody up
    left = Words("s3.left", {"count": count}) if count else Words("s3.all", {"count": sum(bool(r.value) for r in rows)})
    primary = (
        Intent("focus", left, "F12", {"field": missing[0]})
        if missing
        else Intent("photograph", left, "F12", {"kind": must.kind, "field": must.field})
        if (must := next((w for w in papers.open if w.must), None)) is not None
        else Intent("next-desk", Words("s3.next"), "F12", {"desk": "fingers"})
    )
    return DeclarationView(Words("s3.question"), tuple(rows), left, missing, missing[0] if missing else "",
                           papers, primary)  # fmt: skip
