"""S10, the supervisor's inbox: what waits for my decision?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from station.dossier.card_case import CARD_CASE
from station.dossier.events import EventId
from station.dossier.findings import FINDING
from station.dossier.parts import Defect, DefectState
from station.dossier.pipeline import Ticket
from station.dossier.state import DossierState
from station.views.base import Intent, Tone, Words

_RISK = {"finger-finding": 0, "data-stop": 0, "correction": 1, "low-quality": 2, "many-exceptions": 3}


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One thing to decide, most at risk first. `own` = the reader asked for it and may not decide it (E04)."""

    dossier: str
    asked: EventId | None
    what: Words
    subject: Words | None
    detail: str
    asked_by: str
    waits_s: float
    deferred: bool
    own: bool
    tone: Tone
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class InboxView:
    """The whole of S10."""

    question: Words
    rows: tuple[InboxRow, ...]
    empty: Words | None
    out_of_order: tuple[Ticket, ...]


def inbox_view(states: Iterable[DossierState], operator: str, now: datetime, tickets: Sequence[Ticket] = ()) -> InboxView:
    """Return S10 for `operator`: approvals asked for, corrections to approve, faults that stop; and who was called out of turn."""
    rows: list[tuple[int, InboxRow]] = []
    for state in states:
        for approval in state.open_approvals:
            own = approval.asked_by == operator
            kinds = {f.key: f"finding-{f.kind}" for f in state.findings} if approval.what == FINDING else {}
            place = {"low-quality": f"step.{approval.subject}", FINDING: kinds.get(approval.subject)}.get(approval.what)
            rows.append((_RISK.get(approval.what, 4), InboxRow(
                state.id, approval.id, Words(f"approval.{approval.what}"), Words(place) if place else None, approval.reason,
                approval.asked_by, (now - approval.at).total_seconds(), approval.deferred, own, Tone.RETRY,
                _decide("decide", own=own, key=str(approval.id), reason=approval.what == FINDING))))  # fmt: skip
        for defect in state.open_defects:
            if defect.state is not DefectState.CORRECTED and not defect.stops:
                continue
            corrected = defect.state is DefectState.CORRECTED
            asked_by = defect.corrected_by or defect.found_by
            own = (corrected or defect.code == CARD_CASE) and asked_by == operator
            rows.append((_RISK["correction" if corrected else "data-stop"], InboxRow(
                state.id, None, Words(f"defect.{defect.code}"), _subject(defect),
                defect.new_value, asked_by, (now - defect.found_at).total_seconds(), False, own,
                Tone.RETRY if corrected else Tone.BLOCKED,
                _decide("approve-correction" if corrected else "settle-defect", own=own, key=str(defect.id),
                        reason=defect.code == CARD_CASE))))  # fmt: skip
    ordered = tuple(row for _, row in sorted(rows, key=lambda r: (r[0], -r[1].waits_s, r[1].dossier)))
    return InboxView(
        Words("s10.question"), ordered, None if ordered else Words("s10.empty"), tuple(t for t in tickets if t.out_of_order)
    )


def _subject(defect: Defect) -> Words | None:
    """What the row is about: the field that is corrected, or how the chip card was judged."""
    if defect.code == CARD_CASE:
        return Words(str(defect.evidence.get("why", "")))
    return Words(f"field.{defect.field}") if defect.new_value else None


def _decide(intent: str, *, own: bool, key: str, reason: bool = False) -> tuple[Intent, ...]:
    return (
        Intent(intent, Words("s10.approve"), "F12", {"id": key, "decision": "approved"}, enabled=not own, needs_reason=reason),
        Intent(intent, Words("returned"), "F4", {"id": key, "decision": "returned"}, enabled=not own, needs_reason=True),
    )
