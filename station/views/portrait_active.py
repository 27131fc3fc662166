"""What S5 says of the blink-and-turn check. Every form of it says that it is an aid and detects no liveness."""

from __future__ import annotations

from dataclasses import dataclass

from biometrics.portrait.active import Challenge, Outcome
from station.capture.active import ActiveProgress
from station.dossier.parts import ActiveCheckState
from station.views.base import Tone, Words

CHALLENGES = frozenset(str(c) for c in Challenge)
NOTE = Words("portrait-active-note")
_TONES = {Outcome.PASSED: Tone.GOOD, Outcome.TIMED_OUT: Tone.RETRY, Outcome.STOPPED: Tone.IDLE, Outcome.UNAVAILABLE: Tone.IDLE,
          Outcome.RUNNING: Tone.LIVE}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActiveView:
    """`running`: pictures wait; `number`/`total`: which challenge is asked (or how many were answered); `asked`: its words, None when
    over; `outcome`: how it stands, in words; `note`: what it does not claim; `shown`: whether there was a check at all."""

    offered: bool
    shown: bool
    running: bool
    number: int
    total: int
    asked: Words | None
    outcome: Words
    tone: Tone
    note: Words = NOTE


def active_view(progress: ActiveProgress | None, *, offered: bool, recorded: ActiveCheckState | None = None) -> ActiveView:
    """Return the view of a check that runs or ended just now, else of the newest one in the dossier, else of none."""
    if progress is not None:
        challenges, done, outcome = len(progress.challenges), progress.done, progress.outcome
    elif recorded is not None:
        challenges, done = len(recorded.challenges), recorded.done
        # A newer station may know outcomes that this one does not: they prove nothing here.
        outcome = Outcome(recorded.outcome) if recorded.outcome in set(Outcome) else Outcome.STOPPED
    else:
        return ActiveView(offered, False, False, 0, 0, None, Words("portrait-active-none"), Tone.IDLE)
    running = outcome is Outcome.RUNNING
    number = min(done + 1, challenges) if running else done
    asked = Words(str(progress.challenge)) if progress is not None and progress.challenge is not None else None
    words = Words(f"portrait-active-{outcome}", {"number": number, "total": challenges})
    return ActiveView(offered, True, running, number, challenges, asked, words, _TONES[outcome])
