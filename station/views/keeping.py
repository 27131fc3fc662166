"""What leaves this machine and when, what stays though its day comes, and why: the purge list of S11 (interface rules, section 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from station.clock import legal_day
from station.retention import Entry
from station.views.base import Tone, Words, printed

SOON_DAYS: Final = 30
"""What goes within this is listed, so that nobody is surprised."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """How many dossiers stay too long, by the alarm they passed; `going` may be purged now."""

    counts: Mapping[int, int]
    going: int = 0

    @property
    def days(self) -> int:
        """The highest alarm passed, 0 for none."""
        return max((d for d, n in self.counts.items() if n), default=0)

    @property
    def count(self) -> int:
        """Dossiers past the first alarm."""
        return sum(self.counts.values())


NONE_OVERDUE: Final = Overdue({})


@dataclass(frozen=True, slots=True)
class KeepingRow:
    """One dossier: when it was captured, how many days are left (negative: over), why it stays (none: it goes on its day)."""

    dossier: str
    number: str
    person: str
    captured: date
    age_days: int
    days_left: int
    why: tuple[Words, ...]
    when: Words
    alarm_days: int
    goes: bool
    tone: Tone


@dataclass(frozen=True, slots=True)
class KeepingView:
    """The list: what stays past an alarm first (oldest first), then what goes. `told` is when the centre's time was heard last."""

    rows: tuple[KeepingRow, ...]
    overdue: Overdue
    main: Words
    told: Words
    tone: Tone


def overdue_of(entries: Sequence[Entry]) -> Overdue:
    """Count what stays past an alarm, and what may go."""
    counts: dict[int, int] = {}
    for entry in entries:
        if entry.alarm_days:
            counts[entry.alarm_days] = counts.get(entry.alarm_days, 0) + 1
    return Overdue(counts, sum(e.may_go for e in entries))


def keeping_view(entries: Sequence[Entry], names: Mapping[str, str], told: datetime | None) -> KeepingView:
    """Return the list of `entries` (`station.retention.survey`): those past an alarm, due, or due within `SOON_DAYS`."""
    listed = [e for e in entries if e.alarm_days or e.days_left <= SOON_DAYS]
    rows = tuple(_row(e, names) for e in sorted(listed, key=lambda e: (not e.holds, -e.age_days, e.dossier)))
    overdue = overdue_of(entries)
    if overdue.count:
        last = max(max(e.rule.alarm_days) for e in entries if e.alarm_days)
        tone = Tone.BLOCKED if overdue.days >= last else Tone.RETRY
        main = Words("ui.keep.overdue", {"count": overdue.count, "days": min(d for d, n in overdue.counts.items() if n)})
    elif overdue.going:
        tone, main = Tone.LIVE, Words("ui.keep.going", {"count": overdue.going})
    else:
        tone, main = Tone.GOOD, Words("ui.keep.none")
    heard = Words("ui.keep.told", {"day": f"{legal_day(told):%d/%m/%Y}"}) if told is not None else Words("ui.keep.untold")
    return KeepingView(rows, overdue, main, heard, tone)


def _row(entry: Entry, names: Mapping[str, str]) -> KeepingRow:
    why = tuple(Words(f"ui.keep.why.{hold.value}") for hold in entry.holds)
    if entry.may_go:
        when = Words("ui.keep.goes-now")
    elif entry.days_left >= 0:
        when = Words("ui.keep.days-left" if not why else "ui.keep.days-left-held", {"days": entry.days_left})
    else:
        when = Words("ui.keep.days-over", {"days": -entry.days_left})
    last = entry.alarm_days and entry.alarm_days == max(entry.rule.alarm_days)
    tone = Tone.BLOCKED if last else Tone.RETRY if entry.holds else Tone.LIVE if entry.may_go else Tone.IDLE
    return KeepingRow(entry.dossier, printed(entry.dossier), names.get(entry.dossier, ""), legal_day(entry.captured_at), entry.age_days,
                      entry.days_left, why, when, entry.alarm_days, entry.may_go, tone)  # fmt: skip
