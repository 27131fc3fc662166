"""S1, the desk queue: whom do I call next?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from station.dossier.life import day_totals
from station.dossier.parts import PackageWord
from station.dossier.pipeline import DeskLoad, Ticket, TicketState, desk_loads, desk_of
from station.dossier.procedure import Desk
from station.dossier.state import DossierState
from station.views.base import Intent, Words


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of my table: a waiting ticket, or an open dossier that waits at this desk."""

    ticket: str
    dossier: str
    name: str
    wait_s: float
    state: Words
    priority: Words
    progress: tuple[int, int]
    marked: bool


@dataclass(frozen=True, slots=True)
class QueueView:
    """The whole of S1."""

    question: Words
    desks: tuple[DeskLoad, ...]
    rows: tuple[QueueRow, ...]
    empty: Words | None
    totals: Mapping[str, Any]
    words: Mapping[str, int]
    primary: Intent | None
    others: tuple[Intent, ...]


def queue_view(tickets: Sequence[Ticket], states: Sequence[DossierState], now: datetime, desk: Desk = Desk.CLERK) -> QueueView:
    """Return S1 for `desk`: dossiers that wait here, oldest first, then (first desk) the tickets in calling order."""
    rows = [_dossier_row(s, now) for s in sorted(states, key=lambda s: s.changed_at) if desk_of(s) is desk]
    waiting = [t for t in tickets if t.state is TicketState.WAITING] if desk is Desk.CLERK else []
    rows += [QueueRow(str(t.number), "", "", (now - t.issued_at).total_seconds(), Words("desk.clerk"), Words(f"priority.{t.priority.value}"),
                      (0, 0), t.priority.value != "normal") for t in waiting]  # fmt: skip
    primary = None
    if waiting:
        primary = Intent("call", Words("s1.call", {"ticket": waiting[0].number}), "F12", {"ticket": waiting[0].number})
    elif rows:
        primary = Intent(
            "open", Words("s1.call", {"ticket": rows[0].ticket or rows[0].dossier[-5:-1]}), "F12", {"dossier": rows[0].dossier}
        )
    others = tuple(Intent("call", Words("s1.call", {"ticket": t.number}), "Enter", {"ticket": t.number}, needs_reason=True)
                   for t in waiting[1:])  # fmt: skip
    totals = day_totals(list(states), now.date())
    return QueueView(Words("s1.question"), tuple(desk_loads(states, now)), tuple(rows), None if rows else Words("s1.empty"), totals,
                     {w.value: int(totals[w.value]) for w in PackageWord}, primary, others)  # fmt: skip


def _dossier_row(state: DossierState, now: datetime) -> QueueRow:
    steps = state.procedure.steps
    done = sum(state.done(s) for s in steps)
    desk = desk_of(state)
    return QueueRow(state.ticket, state.id, state.value("full_name"), (now - state.changed_at).total_seconds(),
                    Words(f"desk.{desk.value}" if desk else f"life.{state.lifecycle.value}"), Words("priority.normal"), (done, len(steps)),
                    bool(state.open_approvals or state.exceptions or state.blocked))  # fmt: skip
