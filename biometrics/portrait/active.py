"""Active checks for an attended desk: blink, turn left, turn right in an order nobody can guess. An aid to the officer.

This is no liveness detection and claims no ISO/IEC 30107-3 figure: a good video or mask passes it. It only stops a flat photo
held before the lens. Needs tier 1 (lids and pose).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from biometrics.portrait.face import Landmarks
from biometrics.portrait.measures import geometry

CLOSED_T: Final = 0.030
OPEN_T: Final = 0.045
TURN_DEG: Final = 14.0
STRAIGHT_DEG: Final = 7.0
BLINK_S: Final = (0.04, 1.2)
TIME_PER_STEP_S: Final = 8.0


class Challenge(StrEnum):
    """What the person is asked; left and right are the person's own."""

    BLINK = "portrait-active-blink"
    TURN_LEFT = "portrait-active-turn-left"
    TURN_RIGHT = "portrait-active-turn-right"


class Outcome(StrEnum):
    """RUNNING, PASSED, TIMED_OUT, STOPPED by the officer, or UNAVAILABLE where the tier knows no lids or pose."""

    RUNNING = "running"
    PASSED = "passed"
    TIMED_OUT = "timed-out"
    STOPPED = "stopped"
    UNAVAILABLE = "unavailable"


def random_order(seed: int, count: int = 3) -> tuple[Challenge, ...]:
    """Return `count` challenges, no two neighbours alike. `seed` must come from a source that cannot be guessed."""
    r = np.random.default_rng(seed)
    out: list[Challenge] = []
    while len(out) < count:
        choice = list(Challenge)[int(r.integers(len(Challenge)))]
        if not out or out[-1] is not choice:
            out.append(choice)
    return tuple(out)


@dataclass(frozen=True, slots=True)
class ActiveState:
    """Where the check stands: the challenge to show (None when over), how many are done, the outcome."""

    challenge: Challenge | None
    done: int
    outcome: Outcome


class ActiveCheck:
    """Feed every frame's landmarks with its time (seconds of the caller's clock, never backwards)."""

    def __init__(self, challenges: Sequence[Challenge]) -> None:
        self._challenges = tuple(challenges)
        self._done = 0
        self._started_s: float | None = None
        self._closed_s: float | None = None
        self._was_straight = False
        self._was_open = False
        self._outcome = Outcome.RUNNING if challenges else Outcome.PASSED

    def update(self, face: Landmarks | None, time_s: float) -> ActiveState:
        """Take one frame; a frame without a face only lets time pass."""
        if self._outcome is Outcome.RUNNING:
            if self._started_s is None:
                self._started_s = time_s
            if time_s - self._started_s > TIME_PER_STEP_S:
                self._outcome = Outcome.TIMED_OUT
            elif face is not None:
                self._take(face, time_s)
        running = self._outcome is Outcome.RUNNING
        return ActiveState(self._challenges[self._done] if running else None, self._done, self._outcome)

    def stop(self) -> ActiveState:
        """End it before its time; what is over stays as it ended."""
        if self._outcome is Outcome.RUNNING:
            self._outcome = Outcome.STOPPED
        return ActiveState(None, self._done, self._outcome)

    def _take(self, face: Landmarks, time_s: float) -> None:
        opening, yaw = geometry(face).eye_opening, face.pose.yaw
        if np.isnan(opening) or np.isnan(yaw):
            self._outcome = Outcome.UNAVAILABLE
            return
        challenge = self._challenges[self._done]
        straight = abs(yaw) < STRAIGHT_DEG
        if challenge is Challenge.BLINK:
            passed = self._blinked(opening, time_s)
        else:
            # Only a turn seen from straight ahead counts, so that a picture of a turned head does not.
            turned = yaw > TURN_DEG if challenge is Challenge.TURN_LEFT else yaw < -TURN_DEG
            passed = turned and self._was_straight
        self._was_straight |= straight
        if passed:
            self._done += 1
            self._started_s, self._closed_s, self._was_straight = time_s, None, False
            if self._done == len(self._challenges):
                self._outcome = Outcome.PASSED

    def _blinked(self, opening: float, time_s: float) -> bool:
        """Open, shut for a moment, open again."""
        if opening >= OPEN_T:
            shut_for = time_s - self._closed_s if self._closed_s is not None else -1.0
            self._closed_s = None
            done = BLINK_S[0] <= shut_for <= BLINK_S[1] and self._was_open
            self._was_open = True
            return done
        if opening <= CLOSED_T and self._closed_s is None:
            self._closed_s = time_s
        return False
