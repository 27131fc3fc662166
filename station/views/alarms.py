"""What must be seen wherever somebody works: the battery is nearly empty, the disk takes no new dossier (ui rules, section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from station.journal.guards import DiskState, Level
from station.views.base import Words

BATTERY_SHARE: Final = 0.05
"""Below this the kit is put on mains or the work is saved and ended."""


class AlarmKind(StrEnum):
    """What it is about."""

    BATTERY = "battery"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: its short words for the top bar and what to do."""

    kind: AlarmKind
    words: Words
    advice: Words


def alarms_of(battery_share: float | None, disk: DiskState) -> tuple[Alarm, ...]:
    """Return what is wrong now; `battery_share` 0..1, None on mains."""
    found = []
    if battery_share is not None and battery_share < BATTERY_SHARE:
        found.append(
            Alarm(AlarmKind.BATTERY, Words("alarm.battery", {"percent": round(100 * battery_share)}), Words("advice.battery"))
        )
    if disk.level is Level.STOP:
        found.append(Alarm(AlarmKind.DISK, Words("alarm.disk", {"count": disk.dossiers_left}), Words("advice.disk")))
    return tuple(found)
