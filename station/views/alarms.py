"""What must be seen wherever somebody works: the battery is nearly empty, the disk takes no new dossier (ui rules,
section 2), dossiers stay here past 150 days without a receipt or with an open defect (section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from station.journal.guards import DiskState, Level
from station.views.base import Words
from station.views.keeping import Overdue

BATTERY_SHARE: Final = 0.05
"""Below this the kit is put on mains or the work is saved and ended."""


class AlarmKind(StrEnum):
    """What it is about."""

    BATTERY = "battery"
    DISK = "disk"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: its short words for the top bar and what to do."""

    kind: AlarmKind
    words: Words
    advice: Words


LAST_DAYS: Final = 150
"""From this alarm on it is signed everywhere; the first one (two months before) stands on S11, where its work is done."""


def alarms_of(battery_share: float | None, disk: DiskState, overdue: Overdue | None = None) -> tuple[Alarm, ...]:
    """Return what is wrong now; `battery_share` 0..1, None on mains; `overdue`: what stays here too long."""
    found = []
    if battery_share is not None and battery_share < BATTERY_SHARE:
        found.append(
            Alarm(AlarmKind.BATTERY, Words("alarm.battery", {"percent": round(100 * battery_share)}), Words("advice.battery"))
        )
    if disk.level is Level.STOP:
        found.append(Alarm(AlarmKind.DISK, Words("alarm.disk", {"count": disk.dossiers_left}), Words("advice.disk")))
    if overdue is not None and overdue.days >= LAST_DAYS:
        values = {"count": overdue.counts[overdue.days], "days": overdue.days}
        found.append(Alarm(AlarmKind.KEPT, Words("alarm.kept", values), Words("advice.kept")))
    return tuple(found)
