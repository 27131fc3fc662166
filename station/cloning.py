"""Thirty kits with the same settings: export what one kit has, compare a file with this kit, apply it.

A file is TOML of the changed values with one head line. What belongs to one kit alone (its number) is never in it; what the law sets is
compared but not changed. A file with a single fault changes nothing: all faults are told together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from station.errors import InputError
from station.settings import BY_NAME, DECLARED, Settings, Value, parse

HEAD: Final = "# enrollment-station settings, edition 1"


class Change(StrEnum):
    """What applying a file would do to one setting."""

    SAME = "setting-same"
    CHANGES = "setting-changes"
    LEGAL = "setting-legal"  # set by law: differs, but is not changed by a file
    OWN = "setting-own"  # belongs to this kit


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting of a comparison: this kit's value and the file's (its default where the file says nothing)."""

    name: str
    ours: Value
    theirs: Value
    change: Change


def export_settings(settings: Settings) -> str:
    """Return the file for other kits: only what differs from the defaults, sorted, without what is this kit's own."""
    shared = Settings({n: v for n, v in settings.values.items() if not BY_NAME[n].own})
    return f"{HEAD}\n{shared.to_toml()}"


def read_export(data: bytes) -> Settings:
    """Read a file made by `export_settings`.

    Raises:
        InputError: no settings file (``settings-format``), or entries that no kit could take (``settings-faults``, all of them named).
    """
    settings = parse(data)
    if settings.faults:
        raise InputError(f"{len(settings.faults)} entries cannot be used; nothing was changed: {' '.join(map(str, settings.faults))}",
                         code="settings-faults", count=len(settings.faults))  # fmt: skip
    return settings


def compare_settings(ours: Settings, theirs: Settings) -> tuple[Difference, ...]:
    """Return every setting of both, in the order of their declaration."""
    rows = []
    for setting in DECLARED:
        mine, other = ours[setting.name], theirs[setting.name]
        change = (
            Change.SAME if mine == other else Change.OWN if setting.own else Change.LEGAL if setting.legal else Change.CHANGES
        )
        rows.append(Difference(setting.name, mine, other, change))
    return tuple(rows)


def applied(ours: Settings, theirs: Settings) -> Settings:
    """Return this kit's settings after taking over the file's: also what the file leaves at its default, never `own` or `legal` ones."""
    values = dict(ours.values)
    for row in compare_settings(ours, theirs):
        if row.change is Change.CHANGES:
            values[row.name] = row.theirs
    return Settings({n: v for n, v in values.items() if v != BY_NAME[n].default})
