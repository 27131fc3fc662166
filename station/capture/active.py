"""The blink-and-turn check on the portrait's live pictures: an aid to the officer who watches, no liveness detection.

The judge feeds it each frame's landmarks with the frame's own time; while it runs, no picture is taken. The order of the challenges
comes from a source nobody can guess.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from biometrics.portrait.active import ActiveCheck, Challenge, Outcome, random_order
from biometrics.portrait.face import Landmarks


@dataclass(frozen=True, slots=True)
class ActiveProgress:
    """Where a check stands: what was asked in which order, how many are done, the one asked now (None: over), how it ended.

    `tier`: of the face model that watched; 0 knows neither lids nor pose.
    """

    challenges: tuple[Challenge, ...]
    done: int
    challenge: Challenge | None
    outcome: Outcome
    tier: int = 1

    @property
    def running(self) -> bool:
        """Whether pictures wait for it."""
        return self.outcome is Outcome.RUNNING


class ActiveAid:
    """One check at a time for one camera. Begun, stopped and read from any thread, fed by the one that judges live pictures."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._check: ActiveCheck | None = None
        self._progress: ActiveProgress | None = None
        self._over: list[ActiveProgress] = []
        self._seen = False
        self.heard: Callable[[Challenge | None], None] | None = None
        """Told each challenge when it is first asked, None when the check is over: a simulated person then does it."""

    @property
    def progress(self) -> ActiveProgress | None:
        """The check that runs, or the last one that ended since `forget`; None when there was none."""
        return self._progress

    @property
    def running(self) -> bool:
        """Whether a check runs."""
        progress = self._progress
        return progress is not None and progress.running

    def begin(self, challenges: Sequence[Challenge] | None = None) -> None:
        """Begin a check with `challenges`, by default three in a random order; the time runs from the first frame with one face."""
        asked = tuple(challenges) if challenges is not None else random_order(secrets.randbits(64))
        with self._lock:
            self._stop()
            self._check, self._seen = ActiveCheck(asked), False
            self._progress = ActiveProgress(asked, 0, asked[0] if asked else None, Outcome.RUNNING)
        self._tell(self._progress.challenge)

    def stop(self) -> None:
        """End a check that runs; it is kept as stopped."""
        with self._lock:
            stopped = self._stop()
        if stopped:
            self._tell(None)

    def forget(self) -> None:
        """Show nothing of an earlier check any more: another live picture opens. What ended stays for `taken`."""
        self.stop()
        self._progress = None

    def taken(self) -> tuple[ActiveProgress, ...]:
        """Return the checks that ended since the last call, oldest first, to be written down."""
        with self._lock:
            over, self._over = tuple(self._over), []
        return over

    def feed(self, face: Landmarks | None, time_s: float, tier: int) -> Challenge | None:
        """Take one frame's own landmarks (None: no face, or several) and return what is asked; None while nothing holds a picture back."""
        with self._lock:
            before = self._progress
            if self._check is None or before is None:
                return None
            self._seen |= face is not None
            if not self._seen:
                return before.challenge
            state = self._check.update(face, time_s)
            now = ActiveProgress(before.challenges, state.done, state.challenge, state.outcome, tier)
            self._progress = now
            if not now.running:
                self._check = None
                self._over.append(now)
        if now.challenge is not before.challenge:
            self._tell(now.challenge)
        return now.challenge

    def _stop(self) -> bool:
        """Stop with the lock held; True when one ran."""
        if self._check is None or self._progress is None:
            return False
        state, last = self._check.stop(), self._progress
        self._check = None
        self._progress = ActiveProgress(last.challenges, state.done, None, state.outcome, last.tier)
        self._over.append(self._progress)
        return True

    def _tell(self, challenge: Challenge | None) -> None:
        if self.heard is not None:
            self.heard(challenge)
