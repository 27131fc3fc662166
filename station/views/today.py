"""S1, the queue of the day: whom do I call next?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from devices.contract import DeviceInfo
from station.dossier.parts import Lifecycle
from station.dossier.pipeline import desk_loads
from station.dossier.procedure import Desk
from station.dossier.state import DossierState
from station.queue.model import State
from station.views.base import Tone, Words
from station.views.strip import next_stage

LONG_WAIT_S = 900.0
FRESH_S = 12 * 3600.0
"""An interrupted dossier older than this belongs to another shift: listed as paused, not called first, nobody stands waiting for it."""
DESK_NUMBER = {Desk.CLERK: 1, Desk.FORM: 2, Desk.FINGERS: 3, Desk.PORTRAIT: 4, Desk.FINISH: 5}


@dataclass(frozen=True, slots=True)
class Ticket:
    """Someone who waits, and their dossier once it is open."""

    ticket: str
    name: str
    born: str
    kind: str
    state: DossierState | None
    since: datetime
    priority: str = "normal"
    out_of_order: bool = False


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One row. `place`: open (interrupted, comes first), waiting, paused, finished, gone. `word` and `note` are what is said of it."""

    ticket: str
    dossier: str
    name: str
    born: str
    kind: str
    place: str
    wait_s: float
    word: Words
    tone: Tone
    note: Words | None
    done: int
    total: int

    @property
    def key(self) -> str:
        """What names the row: its dossier, or the ticket until one is open (numbers begin anew each day, home visits have none)."""
        return self.dossier or self.ticket

    @property
    def open(self) -> bool:
        """Whether its dossier is open here (at work or paused)."""
        return self.place in {"open", "paused"}

    @property
    def finished(self) -> bool:
        """Whether nothing is left at the counter."""
        return self.place in {"finished", "gone"}


@dataclass(frozen=True, slots=True)
class DeskCard:
    """One desk: how many wait there and how long the longest has waited."""

    number: int
    waiting: int
    longest_s: float
    mine: bool
    bottleneck: bool


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device: what it is, whether it is ready, its source and the reason when it is not."""

    what: str
    ready: bool
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class TodayView:
    """The whole screen. `following` is the key of the row that F12 calls or goes on with, "" when nobody waits; `work_s`: mean hands-on time of
    the sealed ones; `coach`: nothing was done yet."""

    rows: tuple[TicketRow, ...]
    following: str
    desks: tuple[DeskCard, ...]
    advice: Words | None
    counts: Mapping[str, int]
    devices: tuple[DeviceRow, ...]
    finished: int
    target: int
    work_s: float
    coach: bool


def today_view(tickets: Sequence[Ticket], states: Sequence[DossierState], counts: Mapping[State, int], devices: Sequence[DeviceInfo],
               target: int, now: datetime, desk: str = "") -> TodayView:  # fmt: skip
    """Return S1. An interrupted dossier comes first, then who waits in the order of calling, then paused, then finished ones."""
    rows = [_row(t, now) for t in tickets]
    order = {"open": 0, "waiting": 1, "paused": 2, "finished": 3, "gone": 4}
    rows.sort(key=lambda r: order[r.place])
    following = next((r for r in rows if r.place in {"open", "waiting"}), None) or next(
        (r for r in rows if r.place == "paused"), None
    )
    words = {"saved": sum(r.open for r in rows), **{str(s.value): n for s, n in counts.items() if s is not State.SAVED}}
    desks = _desks(rows, states, now, desk)
    work = [sum(s.work_s.values()) for s in states if s.sealed]
    return TodayView(tuple(rows), following.key if following else "", desks, _advice(desks), words,
                     tuple(DeviceRow(str(d.kind), not d.error_code, str(d.source), d.error) for d in devices),
                     sum(r.place == "finished" for r in rows), target, sum(work) / len(work) if work else 0.0, not any(r.place != "waiting" for r in rows))  # fmt: skip


def _row(t: Ticket, now: datetime) -> TicketRow:
    state = t.state
    note = Words(f"priority.{t.priority}") if t.priority != "normal" else None
    if state is None:
        return TicketRow(
            t.ticket, "", t.name, t.born, t.kind, "waiting", _waited(t.since, now), Words("ui.state.new"), Tone.IDLE, note, 0, 0
        )
    done, total = sum(state.done(s) for s in state.procedure.steps), len(state.procedure.steps)
    place = "open"
    word, tone = Words("ui.today.open", {"time": f"{state.changed_at.astimezone():%H:%M}"}), Tone.LIVE
    if state.lifecycle in {Lifecycle.ABANDONED, Lifecycle.MERGED}:
        place, word, tone = "gone", Words(f"life.{state.lifecycle.value}"), Tone.IDLE
    elif state.sealed:
        place, word = "finished", Words(state.package_word.value)
        tone = {"acknowledged": Tone.GOOD, "sent": Tone.LIVE, "refused": Tone.BLOCKED}.get(state.package_word.value, Tone.IDLE)
    elif state.lifecycle is Lifecycle.PAUSED or (now - state.changed_at).total_seconds() > FRESH_S:
        place = "paused"
    if place in {"open", "paused"}:
        stage = next_stage(state)
        if state.blocked:
            word, tone = Words("ui.today.blocked"), Tone.BLOCKED
        elif stage in {"fingers", "portrait"} and done:
            note = Words("ui.today.go-on-at", {"number": done + 1, "total": total})
        else:
            note = Words("ui.today.go-on", {"stage": f"ui.stage.{stage or 'finish'}"})
        if state.reason and place == "paused":
            note = Words("ui.today.reason", {"reason": state.reason})
        if state.exceptions and not state.blocked:
            word, tone = Words("ui.today.exceptions", {"count": len(state.exceptions)}), Tone.EXCEPTION
    elif t.out_of_order:
        note = Words("ui.today.out-of-order")
    return TicketRow(
        t.ticket, state.id, t.name, t.born, t.kind, place, _waited(state.changed_at, now), word, tone, note, done, total
    )


def _waited(since: datetime, now: datetime) -> float:
    """Whole minutes only, so that a row changes (and is drawn anew) once a minute."""
    return max(0.0, (now - since).total_seconds()) // 60 * 60


def _desks(rows: Sequence[TicketRow], states: Sequence[DossierState], now: datetime, mine: str) -> tuple[DeskCard, ...]:
    open_ids = {r.dossier for r in rows if r.open and r.wait_s < FRESH_S}
    loads = {load.desk: load for load in desk_loads([s for s in states if s.id in open_ids], now)}
    waiting = [r for r in rows if r.place == "waiting"]
    cards = []
    for desk, number in DESK_NUMBER.items():
        load = loads[desk]
        count, longest = len(load.waiting), load.longest_wait_s // 60 * 60
        if desk is Desk.CLERK:
            count, longest = count + len(waiting), max([longest, *(r.wait_s for r in waiting)])
        cards.append((desk, number, count, longest))
    out = []
    for desk, number, count, longest in cards:
        others = max((c[3] for c in cards if c[0] is not desk), default=0.0)
        slow = longest > LONG_WAIT_S and longest > 2 * others
        out.append(DeskCard(number, count, longest, mine == str(number), slow))
    return tuple(out)


def _advice(desks: Sequence[DeskCard]) -> Words | None:
    slow = next((d for d in desks if d.bottleneck), None)
    idle = next((d for d in desks if not d.waiting), None)
    if slow is None or idle is None:
        return None
    return Words("ui.today.advice", {"slow": slow.number, "idle": idle.number, "minutes": int(slow.longest_s // 60)})
