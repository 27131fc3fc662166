"""S1, the queue of the day: whom do I call next?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from station.clock import legal_day
from station.dossier.life import day_totals
from station.dossier.parts import Lifecycle, PackageWord
from station.dossier.pipeline import desk_loads
from station.dossier.procedure import Desk
from station.dossier.state import DossierState
from station.queue.model import State
from station.views.base import Tone, Words
from station.views.clock import ClockView
from station.views.pace import DEFAULT_HOURS, Pace, desk_means, pace_of, spoken
from station.views.strip import next_stage

LONG_WAIT_S = 900.0
FRESH_S = 12 * 3600.0
"""An interrupted dossier older than this belongs to another shift: listed as paused, not called first, nobody stands waiting for it."""
SLIP_FRESH_S = 1800.0
"""So long after the seal its person may still stand at the desk for the slip; later it is kept for when they ask."""
_ORDER = {"open": 0, "slip": 1, "waiting": 2, "paused": 3, "finished": 4, "gone": 5}
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
    """One row. `place`: open (interrupted, comes first), slip (sealed, the appointment slip was never given), waiting, paused, finished,
    gone. `word` and `note` are what is said of it."""

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
    def resumable(self) -> bool:
        """Whether one key goes on with its dossier."""
        return self.open or self.place == "slip"

    @property
    def finished(self) -> bool:
        """Whether nothing is left at the counter."""
        return self.place in {"finished", "gone"}


@dataclass(frozen=True, slots=True)
class DeskCard:
    """One desk: how many wait there, how long the longest has waited, and the mean hands-on time there today ("" before the first one
    left it)."""

    number: int
    waiting: int
    longest_s: float
    mine: bool
    bottleneck: bool
    mean: str = ""
    mean_s: float = 0.0


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device: what it is (`devices.contract.DeviceKind`), how it stands, and that in words: ready, simulated, days, what to do."""

    what: str
    tone: Tone
    note: Words


@dataclass(frozen=True, slots=True)
class TodayView:
    """The whole screen. `following` is the key of the row that F12 calls or goes on with, "" when nobody waits; `work_s`: mean hands-on time of
    the sealed ones; `coach`: nothing was done yet; `day`: the legal day."""

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
    day: date
    pace: Pace
    total: int = 0
    """Dossiers of today that were not ended: the five counts are disjoint and add up to it."""
    unsent: int = 0
    """Packages of any day without an answer of the centre, and `refused`: those it refused."""
    refused: int = 0
    line: str | None = None
    """Why sending does not work now, "" when it worked last; None while it was not tried."""
    clock: ClockView | None = None
    """What is wrong with this machine's clock (E02), None while nothing is known against it."""


def today_view(tickets: Sequence[Ticket], states: Sequence[DossierState], counts: Mapping[State, int], devices: Sequence[DeviceRow],
               target: int, now: datetime, desk: str = "", hours: tuple[time, time] = DEFAULT_HOURS) -> TodayView:  # fmt: skip
    """Return S1; `hours`: when the counter is open (`station.views.pace`). An interrupted dossier comes first, then who waits in the order of calling, then paused, then finished ones."""
    rows = [_row(t, now) for t in tickets]
    rows.sort(key=lambda r: _ORDER[r.place] if r.place != "slip" or r.wait_s < SLIP_FRESH_S else _ORDER["paused"])
    following = next((r for r in rows if r.place in {"open", "waiting", "slip", "paused"}), None)
    of_day = day_totals(list(states), legal_day(now))
    words = {w.value: int(of_day[w.value]) for w in PackageWord}
    desks = _desks(rows, states, now, desk)
    work = [sum(s.work_s.values()) for s in states if s.sealed]
    done = [t.state.sealed_at for t in tickets if t.state is not None and t.state.sealed]
    finished = sum(at is not None and legal_day(at) == legal_day(now) for at in done)
    return TodayView(tuple(rows), following.key if following else "", desks, _advice(desks), words,
                     tuple(devices),
                     finished, target, sum(work) / len(work) if work else 0.0, not any(r.place != "waiting" for r in rows),
                     legal_day(now), pace_of(states, finished, target, hours, now), sum(words.values()),
                     counts.get(State.SEALED, 0) + counts.get(State.SENT, 0), counts.get(State.REFUSED, 0))  # fmt: skip


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
        place, word = "finished" if state.slip else "slip", Words(state.package_word.value)
        tone = {"acknowledged": Tone.GOOD, "sent": Tone.LIVE, "refused": Tone.BLOCKED}.get(state.package_word.value, Tone.IDLE)
    elif state.lifecycle is Lifecycle.PAUSED or (now - state.changed_at).total_seconds() > FRESH_S:
        place = "paused"
    if place in {"open", "paused"}:
        stage = next_stage(state)
        if state.blocked:
            word, tone = Words("ui.today.blocked"), Tone.BLOCKED
        elif stage in {"fingers", "portrait", "iris"} and done:
            note = Words("ui.today.go-on-at", {"number": done + 1, "total": total})
        else:
            note = Words("ui.today.go-on", {"stage": f"ui.stage.{stage or 'finish'}"})
        if state.reason and place == "paused":
            note = Words("ui.today.reason", {"reason": state.reason})
        if state.exceptions and not state.blocked:
            word, tone = Words("ui.today.exceptions", {"count": len(state.exceptions)}), Tone.EXCEPTION
    elif place == "slip":
        note = Words("ui.today.go-on", {"stage": "ui.stage.finish"})
    elif t.out_of_order:
        note = Words("ui.today.out-of-order")
    return TicketRow(
        t.ticket, state.id, t.name, t.born, t.kind, place, _waited(_since(state, place), now), word, tone, note, done, total
    )


def _since(state: DossierState, place: str) -> datetime:
    """Since when a person waits: a receipt that comes in changes the dossier, not how long somebody stands there."""
    return state.sealed_at if place == "slip" and state.sealed_at is not None else state.changed_at


def _waited(since: datetime, now: datetime) -> float:
    """Whole minutes only, so that a row changes (and is drawn anew) once a minute."""
    return max(0.0, (now - since).total_seconds()) // 60 * 60


def _desks(rows: Sequence[TicketRow], states: Sequence[DossierState], now: datetime, mine: str) -> tuple[DeskCard, ...]:
    open_ids = {r.dossier for r in rows if r.open and r.wait_s < FRESH_S}
    loads = {load.desk: load for load in desk_loads([s for s in states if s.id in open_ids], now)}
    means = desk_means(states)
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
        mean = means.get(desk, 0.0)
        out.append(DeskCard(number, count, longest, mine == str(number), slow, spoken(mean) if mean else "", mean))
    return tuple(out)


def _advice(desks: Sequence[DeskCard]) -> Words | None:
    slow = next((d for d in desks if d.bottleneck), None)
    idle = next((d for d in desks if not d.waiting), None)
    if slow is None or idle is None:
        return None
    now_min = int(slow.longest_s // 60)
    # With one helper the last in line waits for half of those before: said only where the mean is known and it is less than today's wait.
    then_min = math.ceil(slow.waiting * slow.mean_s / 2 / 60)
    if 0 < then_min < now_min:
        return Words("ui.today.advice-about", {"slow": slow.number, "idle": idle.number, "minutes": now_min, "about": then_min})
    return Words("ui.today.advice", {"slow": slow.number, "idle": idle.number, "minutes": now_min})
