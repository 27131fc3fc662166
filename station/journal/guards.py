"""Asked before a capture, not after: is there room on the disk, and is the clock believable?

A clock cannot be proven right offline, but it can be proven wrong: it ran backwards past an event of our own journal, it stands
before the day this program was made, or it is far from the last time a trusted peer told (a receipt, a signed notice, GPS).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from station.clock import Clock
from station.dossier.kinds import Kind
from station.errors import StorageError
from station.files import Files
from station.journal.store import Journal

DOSSIER_BYTES: Final = 12_000_000
"""What one dossier may take until it is accepted: originals packed losslessly, sealed package, index (docs/keys-and-journal.md)."""
WARN_DOSSIERS: Final = 400
STOP_DOSSIERS: Final = 50
PROGRAM_DAY: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""No true clock stands before this: the program was not written yet."""
MAX_BACK: Final = timedelta(minutes=2)
MAX_SKEW: Final = timedelta(minutes=5)
MAX_GAP: Final = timedelta(days=400)
"""A station that was off longer than this needs a person to say that the date is right."""


class Level(StrEnum):
    """What a guard says."""

    OK = "ok"
    WARN = "warn"
    STOP = "stop"


class DiskLowError(StorageError):
    """Too little room for another dossier; what is open can be finished."""

    code = "E03"


class ClockError(StorageError):
    """The clock is surely wrong; nothing is captured under a wrong time unless a supervisor records an override."""

    code = "E02"


@dataclass(frozen=True, slots=True)
class DiskState:
    """Room on the disk: bytes and whole dossiers that still fit."""

    free_bytes: int
    dossiers_left: int
    level: Level


@dataclass(frozen=True, slots=True)
class ClockState:
    """The clock's state. `reason`: ``""``, ``backwards``, ``before-program``, ``skew``, ``gap``; `off` is by how much at least."""

    now: datetime
    source: str
    reason: str
    off: timedelta
    overridden: bool

    @property
    def level(self) -> Level:
        """STOP when surely wrong and nobody took the responsibility."""
        if not self.reason:
            return Level.OK
        return Level.WARN if self.overridden else Level.STOP


def disk_state(files: Files, per_dossier: int = DOSSIER_BYTES) -> DiskState:
    """Look at the disk now."""
    free = files.free_bytes()
    left = free // per_dossier
    return DiskState(free, left, Level.STOP if left < STOP_DOSSIERS else Level.WARN if left < WARN_DOSSIERS else Level.OK)


def journal_bytes(files: Files) -> int:
    """Return how much of the disk budget the journal takes: segments and database."""
    names = [*files.list(f"{Journal.FOLDER}/segments"), Journal.DATABASE]
    return sum(files.size(name) or 0 for name in names)


def require_disk(files: Files) -> DiskState:
    """Return the state, or raise `DiskLowError` ("E03") when no new dossier may begin."""
    state = disk_state(files)
    if state.level is Level.STOP:
        raise DiskLowError(
            f"The disk has {state.free_bytes / 1e9:.1f} GB left, about {state.dossiers_left} dossiers. What is saved is safe. "
            "Send or copy what waits, then go on.", free_gb=round(state.free_bytes / 1e9, 1), dossiers=state.dossiers_left,
        )  # fmt: skip
    return state


def clock_state(journal: Journal, clock: Clock) -> ClockState:
    """Compare the clock with what the journal knows."""
    now = clock.now()
    reason, off = "", timedelta(0)
    told = journal.last_of_kind(Kind.TIME_TOLD)
    latest = journal.latest_time()
    if now < PROGRAM_DAY:
        reason, off = "before-program", PROGRAM_DAY - now
    elif told is not None and abs(skew := timedelta(seconds=told.body["ahead_s"])) > MAX_SKEW and _same_run(told.at, now):
        reason, off = "skew", abs(skew)
    elif latest is not None and now < latest - MAX_BACK:
        reason, off = "backwards", latest - now
    elif latest is not None and now - latest > MAX_GAP:
        reason, off = "gap", now - latest
    override = journal.last_of_kind(Kind.CLOCK_OVERRIDDEN)
    overridden = override is not None and override.body["reason"] == reason and abs(now - override.at) < timedelta(hours=12)
    return ClockState(now, clock.source, reason, off, overridden)


def require_clock(journal: Journal, clock: Clock) -> ClockState:
    """Return the state, or raise `ClockError` ("E02") when it stops a capture."""
    state = clock_state(journal, clock)
    if state.level is Level.STOP:
        minutes = int(state.off.total_seconds() // 60)
        raise ClockError(
            f"The clock is {minutes} min off ({state.reason}). What is saved is safe. Set it before capturing, "
            "or a supervisor records an override.", minutes=minutes, reason=state.reason,
        )  # fmt: skip
    return state


def note_time(journal: Journal, clock: Clock, told: datetime, source: str, *, operator: str = "", desk: str = "") -> None:
    """Record the time a trusted peer told (a verified receipt, a signed notice, GPS): how far this clock is ahead of it."""
    ahead = (clock.now() - told).total_seconds()
    journal.append(Kind.TIME_TOLD, {"source": source, "ahead_s": ahead}, dossier="", operator=operator, desk=desk)


def override_clock(journal: Journal, clock: Clock, *, why: str, operator: str, desk: str) -> None:
    """Record that a supervisor (the caller checked `Permission.OVERRIDE`) says the clock is right or good enough, for 12 hours."""
    state = clock_state(journal, clock)
    journal.append(Kind.CLOCK_OVERRIDDEN, {"reason": state.reason, "off_s": state.off.total_seconds(), "why": why},
                   dossier="", operator=operator, desk=desk)  # fmt: skip


def _same_run(told_at: datetime, now: datetime) -> bool:
    """A skew told on a clock that has been set since says nothing about the clock of now."""
    return timedelta(0) <= now - told_at < timedelta(days=1)
