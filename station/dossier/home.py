"""Home visits: the day's list and route, when to stop, how long each person took, and what the kit warns of.

A visit may stop at any moment (everything taken is saved); what may be *sealed* is another question: the portrait, and every finger
either taken or declared as an exception. A dossier that stopped half-way is resumed on another day or another kit as a draft.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import partial
from itertools import pairwise
from typing import Any, Final

from station.clock import legal_day
from station.dossier.book import DossierBook
from station.dossier.kinds import Kind
from station.dossier.mending import first_capture_day
from station.dossier.readiness import OpenItem, before_sealing
from station.dossier.reasons import short_reason
from station.dossier.state import DossierState
from station.errors import InputError

RETURN_WITHIN_DAYS: Final = 30
"""A half-taken dossier should be finished within a month, long before the purge (our proposal)."""

LOW_BATTERY_SHARE: Final = 0.20
NO_CAPTURE_BATTERY_SHARE: Final = 0.08
LOW_DISK_DOSSIERS: Final = 50
CLOCK_LIMIT_S: Final = 300.0
_EARTH_KM: Final = 6371.0
MAX_DAY_LIST: Final = 500


@dataclass(frozen=True, slots=True)
class Place:
    """A position in degrees (WGS 84)."""

    latitude: float
    longitude: float

    def km_to(self, other: Place) -> float:
        """Return the great-circle distance in km (haversine)."""
        a, b = math.radians(self.latitude), math.radians(other.latitude)
        h = (
            math.sin((b - a) / 2) ** 2
            + math.cos(a) * math.cos(b) * math.sin(math.radians(other.longitude - self.longitude) / 2) ** 2
        )
        return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


@dataclass(frozen=True, slots=True)
class Call:
    """One person of the day list. `revisit` is the date of an agreed second visit; `dossier` an already begun one."""

    personal_no: str
    name: str
    address: str
    place: Place | None
    revisit: date | None = None
    dossier: str = ""
    note: str = ""


def parse_day_list(payload: Mapping[str, Any]) -> tuple[Call, ...]:
    """Read the payload of a "day-list" notice: ``{"people": [{"personal_no", "name", "address", "latitude"?, "longitude"?, …}]}``.

    Raises:
        InputError: another shape, more than 500 people, a position that is none.
    """
    try:
        calls = []
        for row in list(payload["people"])[: MAX_DAY_LIST + 1]:
            place = None
            if row.get("latitude") is not None:
                place = Place(float(row["latitude"]), float(row["longitude"]))
                if not (abs(place.latitude) <= 90 and abs(place.longitude) <= 180):
                    raise ValueError("position")
            revisit = date.fromisoformat(row["revisit"]) if row.get("revisit") else None
            calls.append(Call(str(row["personal_no"])[:12], str(row["name"])[:100], str(row["address"])[:250], place, revisit,
                              str(row.get("dossier", ""))[:40], str(row.get("note", ""))[:200]))  # fmt: skip
        if len(calls) > MAX_DAY_LIST:
            raise ValueError("too many")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "This day list cannot be read; the present one stays. Ask for it again.", code="day-list-format"
        ) from error
    return tuple(calls)


def route(calls: Sequence[Call], start: Place | None, day: date) -> tuple[Call, ...]:
    """Return the order of visits: agreed second visits of today first, then the nearest next one, then untangled (2-opt).

    People without a position come last, by address. It is a proposal; the team may visit in any order.
    """
    agreed = sorted((c for c in calls if c.revisit == day), key=lambda c: c.name)
    later = [c for c in calls if c.revisit is not None and c.revisit > day]
    todo = [c for c in calls if c.revisit != day and c not in later]
    placed, unplaced = [c for c in todo if c.place], sorted((c for c in todo if not c.place), key=lambda c: (c.address, c.name))
    here = next((c.place for c in reversed(agreed) if c.place), start) or (placed[0].place if placed else None)
    ordered: list[Call] = []
    left, at = list(placed), here
    while left and at is not None:
        nearest = min(left, key=partial(_distance, at))
        left.remove(nearest)
        ordered.append(nearest)
        at = nearest.place or at
    return (*agreed, *_untangled(ordered, here), *unplaced)


def _distance(here: Place, call: Call) -> tuple[float, str]:
    return (here.km_to(call.place) if call.place else math.inf, call.name)


def _untangled(calls: list[Call], start: Place | None) -> list[Call]:
    best = calls
    improved = len(best) > 2 and start is not None
    rounds = 0
    while improved and rounds < 20:
        improved, rounds = False, rounds + 1
        for i in range(len(best) - 1):
            for j in range(i + 1, len(best)):
                other = best[:i] + best[i : j + 1][::-1] + best[j + 1 :]
                if route_km(other, start) + 1e-9 < route_km(best, start):
                    best, improved = other, True
        if len(best) > 60:
            break
    return best


def route_km(calls: Sequence[Call], start: Place | None) -> float:
    """Return the length of a route as the crow flies, in km."""
    points = [p for p in (start, *(c.place for c in calls)) if p is not None]
    return sum(a.km_to(b) for a, b in pairwise(points))


class Stop(Enum):
    """May the team leave this person now?"""

    COMPLETE = "s17.may-stop"
    PARTIAL = "s17.partial"


@dataclass(frozen=True, slots=True)
class StopAdvice:
    """The answer, what is open for sealing, and until when the team must be back."""

    stop: Stop
    open: tuple[OpenItem, ...]
    back_before: date | None


def stop_advice(state: DossierState) -> StopAdvice:
    """Return whether this person is done. Stopping half-way is always safe; sealing half-way is not legal."""
    rest = before_sealing(state)
    if not [i for i in rest if i.code in {"capture-open", "exception-reason"}]:
        return StopAdvice(Stop.COMPLETE, rest, None)
    return StopAdvice(Stop.PARTIAL, rest, first_capture_day(state) + timedelta(days=RETURN_WITHIN_DAYS))


@dataclass(frozen=True, slots=True)
class KitHealth:
    """What the kit knows of itself: battery share 0..1 (None: on mains), minutes left, dossiers that fit the disk, clock error."""

    battery_share: float | None
    battery_minutes: float | None
    disk_dossiers: int
    clock_error_s: float | None


def kit_warnings(health: KitHealth) -> tuple[str, ...]:
    """Return warning codes, most pressing first; ``s17.no-capture`` means no new capture may begin."""
    warnings = []
    if health.battery_share is not None and health.battery_share < NO_CAPTURE_BATTERY_SHARE:
        warnings.append("s17.no-capture")
    elif health.battery_share is not None and health.battery_share < LOW_BATTERY_SHARE:
        warnings.append("s17.plug")
    if health.clock_error_s is not None and abs(health.clock_error_s) > CLOCK_LIMIT_S:
        warnings.append("s17.clock")
    if health.disk_dossiers < LOW_DISK_DOSSIERS:
        warnings.append("s17.disk")
    return tuple(warnings)


@dataclass(frozen=True, slots=True)
class VisitNotes:
    """What was noted of the visits to one person: rests, the newest helper's name, where the newest stamped note was made and when."""

    rests: int = 0
    helper: str = ""
    place: Place | None = None
    placed_at: datetime | None = None
    days: int = 0
    """On how many days somebody was there."""


class HomeVisit:
    """Notes of a visit: arrived, helped, rested, left, with the helper named and the place stamped."""

    def __init__(self, book: DossierBook) -> None:
        self._book = book

    def note(self, dossier: str, what: str, *, helper: str = "", place: Place | None = None) -> None:
        """Write ``arrived``, ``helped`` (who reads, answers or holds the hand), ``rested`` or ``left`` down.

        Raises:
            InputError: another word.
        """
        if what not in {"arrived", "helped", "rested", "left"}:
            raise InputError("A visit is arrived, rested or left; nothing was written.", code="visit-word")
        self._book.state(dossier)
        where = [place.latitude, place.longitude] if place is not None else None
        self._book.write(Kind.VISIT, {"what": what, "helper": short_reason(helper), "place": where}, dossier)

    def notes(self, dossier: str) -> VisitNotes:
        """Return what was noted of the visits so far."""
        rests, helper, place, placed_at, days = 0, "", None, None, set()
        for event in self._book.journal.events(dossier):
            if event.kind != Kind.VISIT:
                continue
            rests += event.body.get("what") == "rested"
            helper = str(event.body.get("helper") or "") or helper
            days.add(legal_day(event.at))
            where = event.body.get("place")
            if where:
                place, placed_at = Place(float(where[0]), float(where[1])), event.at
        return VisitNotes(rests, helper, place, placed_at, len(days))

    def minutes_with(self, dossier: str) -> float:
        """Return the minutes spent with this person over all visits (arrived … left; rests between captures count)."""
        total, since = 0.0, None
        last: datetime | None = None
        for event in self._book.journal.events(dossier):
            if event.kind == Kind.VISIT and event.body.get("what") == "arrived":
                since = event.at
            elif event.kind == Kind.VISIT and event.body.get("what") == "left" and since is not None:
                total, since = total + (event.at - since).total_seconds(), None
            last = event.at
        if since is not None and last is not None:
            total += (last - since).total_seconds()
        return max(total, 0.0) / 60


def left_over(calls: Iterable[Call], states: Iterable[DossierState]) -> list[Call]:
    """Return the people of the list who still need something: no dossier, or one that is neither sealed nor ended."""
    done = {s.value("personal_no") for s in states if s.sealed}
    return [c for c in calls if c.personal_no not in done]
