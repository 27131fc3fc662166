"""What is said of this machine's clock (E02): from the clock guard's own findings, never a guess that it is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from station.clock import legal
from station.journal.guards import ClockState, Level
from station.views.base import Tone, Words


@dataclass(frozen=True, slots=True)
class ClockView:
    """`words`: what is true or to be done; `note`: how it is known; `stops`: nothing is captured until it is set or a supervisor records an
    override."""

    words: Words
    note: Words
    tone: Tone
    stops: bool


def off_words(off: timedelta) -> Words:
    """Return how far a clock is off, in minutes or, from two days on, in days."""
    if off >= timedelta(days=2):
        return Words("clock.days", {"days": off.days})
    return Words("clock.minutes", {"minutes": max(1, int(off.total_seconds() // 60))})


def clock_view(state: ClockState, told_at: datetime | None, ahead_s: float = 0.0) -> ClockView:
    """Return what is said of the clock.

    Args:
        state: what the guard found.
        told_at: when a trusted peer last told the time (by this clock), None when nobody did.
        ahead_s: how far this clock was ahead of it then.
    """
    if state.level is not Level.OK:
        code = "clock.off" if state.level is Level.STOP else "clock.allowed"
        off = off_words(state.off)
        tone = Tone.BLOCKED if state.level is Level.STOP else Tone.EXCEPTION
        return ClockView(Words(f"{code}.{off.code.partition('.')[2]}", off.values), Words(f"clock.why.{state.reason}"), tone,
                         state.level is Level.STOP)  # fmt: skip
    if told_at is None or state.now - told_at > timedelta(days=1):
        return ClockView(Words("clock.untold"), Words("clock.compare"), Tone.IDLE, stops=False)
    values = {"seconds": round(abs(ahead_s)), "time": f"{legal(told_at):%H:%M}"}
    return ClockView(Words("clock.good", values), Words("clock.told"), Tone.GOOD, stops=False)
