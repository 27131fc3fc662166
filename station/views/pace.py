"""Pace of the day (S1): what must be done by now, where the day ends at the present pace, how long each desk takes. No guess is shown
as a number: until enough dossiers were sealed there is no forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from station.clock import legal, legal_day
from station.dossier.pipeline import desk_of
from station.dossier.procedure import Desk
from station.dossier.state import DossierState
from station.errors import InputError
from station.hours import read_spans

WINDOW: Final = timedelta(hours=2)
"""The forecast goes on as the last two hours went."""
LEAST_SEALED: Final = 3
LEAST_S: Final = 600.0
"""Fewer sealed dossiers, or less time, say nothing about a pace."""
DEFAULT_HOURS: Final = (time(7), time(22))


@dataclass(frozen=True, slots=True)
class Pace:
    """`due`: dossiers that should be sealed by now for the day's target; `share`: the part of the day's hours that is over (0 to 1);
    `forecast`: sealed ones at the end of the hours at the present pace, None while that cannot be said; `begin`, `end`: ``07:00``."""

    due: int
    share: float
    forecast: int | None
    begin: str
    end: str


def day_hours(text: str) -> tuple[time, time]:
    """Return the span of the setting ``day.hours`` (``07:00-22:00``, legal time). A bad text never gets there: the settings refuse it where
    it is typed, applied or read from the file, and say so; the default stands here for a caller with a text of its own."""
    try:
        return read_spans(text, most=1)[0]
    except InputError:
        return DEFAULT_HOURS


def pace_of(states: Sequence[DossierState], finished: int, target: int, hours: tuple[time, time], now: datetime) -> Pace:
    """Return the pace of the day of `now` (aware): `finished` dossiers of a `target`, worked on within `hours` (an end at or before the
    beginning means until midnight)."""
    local = legal(now)
    begin = local.replace(hour=hours[0].hour, minute=hours[0].minute, second=0, microsecond=0)
    end = local.replace(hour=hours[1].hour, minute=hours[1].minute, second=0, microsecond=0)
    if end <= begin:
        end = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    share = min(1.0, max(0.0, (local - begin) / (end - begin)))
    left_s = max(0.0, (end - local).total_seconds()) if local >= begin else 0.0
    rate = _per_second(states, now)
    forecast = finished + int(rate * left_s) if rate is not None and left_s else None
    return Pace(
        round(target * share), share, forecast, f"{hours[0]:%H:%M}", f"{hours[1]:%H:%M}" if hours[1] > hours[0] else "24:00"
    )


def _per_second(states: Sequence[DossierState], now: datetime) -> float | None:
    today = [s for s in states if s.sealed_at is not None and legal_day(s.sealed_at) == legal_day(now)]
    recent = [s for s in today if s.sealed_at is not None and now - s.sealed_at <= WINDOW]
    if len(recent) < LEAST_SEALED:
        return None
    since = max(now - WINDOW, min(s.opened_at for s in today))
    span_s = (now - since).total_seconds()
    return len(recent) / span_s if span_s >= LEAST_S else None


def desk_means(states: Sequence[DossierState]) -> Mapping[Desk, float]:
    """Return the mean hands-on seconds at each desk, over the dossiers that need nothing more there; a desk nobody left yet has none."""
    order = list(Desk)
    spent: dict[Desk, list[float]] = {}
    for state in states:
        at = desk_of(state)
        for desk, seconds in state.desk_s.items():
            if seconds and (at is None or order.index(desk) < order.index(at)):
                spent.setdefault(desk, []).append(seconds)
    return {desk: sum(times) / len(times) for desk, times in spent.items()}


def spoken(seconds: float) -> str:
    """Return seconds as clerks read them: ``3:22``."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
