"""S17, home visit: what is left for this person, and may we stop now?"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from station.clock import legal_day
from station.dossier.home import Call, KitHealth, Place, StopAdvice, kit_warnings, route, stop_advice
from station.dossier.parts import Lifecycle
from station.dossier.procedure import Modality
from station.dossier.readiness import missing_fields
from station.dossier.state import DossierState
from station.errors import InputError
from station.vietnam.number import parse_number
from station.views.base import Intent, Tone, Words


@dataclass(frozen=True, slots=True)
class StripStep:
    """One of the steps in the strip."""

    step: str
    label: Words
    tone: Tone


@dataclass(frozen=True, slots=True)
class Part:
    """One of the four parts: data, fingers, portrait, signatures."""

    name: str
    done: int
    all: int
    tone: Tone


@dataclass(frozen=True, slots=True)
class HomeRow:
    """One person of the day list, in route order."""

    name: str
    address: str
    km: float | None
    revisit: date | None
    dossier: str
    done: bool
    number: str = ""
    age: int | None = None
    taken: int = 0
    captures: int = 0
    since: date | None = None
    """The day a visit that is still open began, when that was not today."""
    listed: bool = True
    """Whether the day list names this person; otherwise the visit was opened by its number, or goes on from an older list."""


@dataclass(frozen=True, slots=True)
class HomeView:
    """The whole of S17. `state` parts are empty until a person of the list is opened."""

    question: Words
    rows: tuple[HomeRow, ...]
    empty: Words | None
    parts: tuple[Part, ...]
    strip: tuple[StripStep, ...]
    advice: StopAdvice | None
    advice_words: Words | None
    warnings: tuple[Words, ...]
    primary: Intent | None


def home_view(calls: Sequence[Call], states: Sequence[DossierState], health: KitHealth, day: date, *, here: Place | None = None,
              open_dossier: str = "") -> HomeView:  # fmt: skip
    """Return S17 for the day list and the person that is open."""
    by_number = {s.value("personal_no"): s for s in states}
    rows, at = [], here
    for call in route(calls, here, day):
        state = by_number.get(call.personal_no)
        km = at.km_to(call.place) if at is not None and call.place is not None else None
        at = call.place or at
        rows.append(_row(call, km, state, day))
    listed = {c.personal_no for c in calls}
    # A visit that is not finished is never lost with yesterday's list: it stands first until it is.
    others = [s for s in states if s.visit == "home" and s.value("personal_no") not in listed and _unfinished(s)]
    rows = [_unlisted(s, day) for s in sorted(others, key=lambda s: s.opened_at)] + rows
    warnings = kit_warnings(health)
    state = next((s for s in states if s.id == open_dossier), None)
    if state is None:
        return HomeView(Words("s17.question"), tuple(rows), None if rows else Words("s17.empty"), (), (), None, None,
                        tuple(map(Words, warnings)), None)  # fmt: skip
    advice = stop_advice(state)
    back = f"{advice.back_before:%d/%m/%Y}" if advice.back_before else ""
    return HomeView(Words("s17.question"), tuple(rows), None, _parts(state), _strip(state), advice,
                    Words(advice.stop.value, {"date": back} if back else {}), tuple(map(Words, warnings)),
                    _primary(state, may_capture="s17.no-capture" not in warnings))  # fmt: skip


def _unfinished(state: DossierState) -> bool:
    return not state.sealed and state.lifecycle in {Lifecycle.OPEN, Lifecycle.PAUSED}


def _unlisted(state: DossierState, day: date) -> HomeRow:
    call = Call(state.value("personal_no"), state.value("full_name"), state.value("addr_perm"), None)
    return replace(_row(call, None, state, day), listed=False)


def _row(call: Call, km: float | None, state: DossierState | None, day: date) -> HomeRow:
    age = None
    with contextlib.suppress(InputError):  # a list may name somebody without a number of today's form
        age = day.year - parse_number(call.personal_no).birth_year
    base = HomeRow(call.name, call.address, km, call.revisit, state.id if state else call.dossier, bool(state and state.sealed),
                   call.personal_no, age)  # fmt: skip
    if state is None:
        return base
    began = legal_day(state.opened_at)
    return replace(base, taken=sum(map(state.done, state.procedure.steps)), captures=len(state.procedure.steps),
                   since=began if began < day and _unfinished(state) else None)  # fmt: skip


def _strip(state: DossierState) -> tuple[StripStep, ...]:
    strip = []
    for step in state.procedure.steps:
        taken = state.captures[step.id].accepted is not None
        tone = Tone.GOOD if taken else Tone.EXCEPTION if state.done(step) else Tone.IDLE
        strip.append(StripStep(step.id, Words(f"step.{step.id}"), tone))
    return tuple(strip)


def _parts(state: DossierState) -> tuple[Part, ...]:
    missing = missing_fields(state)
    fingers = [s for s in state.procedure.steps if s.modality is Modality.FINGER]
    faces = [s for s in state.procedure.steps if s.modality is Modality.FACE]
    signed = sum(state.signed_by(w) for w in ("applicant", "operator"))
    counts = [("data", int(not missing), 1), ("fingers", sum(map(state.done, fingers)), len(fingers)),
              ("portrait", sum(map(state.done, faces)), len(faces)), ("signatures", signed, 2)]  # fmt: skip
    return tuple(Part(name, done, total, Tone.GOOD if done == total else Tone.IDLE) for name, done, total in counts)


def _primary(state: DossierState, *, may_capture: bool) -> Intent | None:
    step = state.next_step
    if step is not None and not state.captures_complete:
        return Intent("capture", Words("s17.next", {"step": f"step.{step.id}"}), "F12", {"step": step.id}, enabled=may_capture)
    return None if state.sealed else Intent("review", Words("s7.sign"), "F12")
