"""Enrollments with one planted mix-up each, put together from a pool of prints. Knows nothing of how mix-ups are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from biometrics.fingerprint.matching.sequence import SequencePrint
from biometrics.fingerprint.minutiae import Template
from biometrics.positions import SINGLE_FINGERS, SLAP_FINGERS, FingerPosition

F = FingerPosition
Prints = dict[tuple[FingerPosition, bool], Template]
"""(filed position, rolled) -> template."""
RIGHT, LEFT = SLAP_FINGERS[F.RIGHT_FOUR], SLAP_FINGERS[F.LEFT_FOUR]


@dataclass(frozen=True, slots=True)
class PoolPerson:
    """One person: per session the plain and rolled prints by true position."""

    name: str
    plain: tuple[dict[FingerPosition, Template], ...]
    rolled: tuple[dict[FingerPosition, Template], ...]


def clean(rng: np.random.Generator, person: PoolPerson) -> Prints:
    """Return an enrollment as it should be; each print from a session of its own choice."""
    prints: Prints = {}
    for position in SINGLE_FINGERS:
        for rolled, sessions in ((False, person.plain), (True, person.rolled)):
            chosen = sessions[int(rng.integers(len(sessions)))]
            if position in chosen:
                prints[position, rolled] = chosen[position]
    return prints


def swap_hands(rng: np.random.Generator, prints: Prints, person: PoolPerson, other: PoolPerson) -> None:
    """The left hand was laid for the right slap and the right for the left; labels by place, so index and little change too."""
    crossed = bool(rng.uniform() < 0.5)
    old = dict(prints)
    for right, left in zip(RIGHT, LEFT[::-1] if crossed else LEFT, strict=True):
        _move(prints, old, (right, False), (left, False))
        _move(prints, old, (left, False), (right, False))


def swap_fingers(rng: np.random.Generator, prints: Prints, person: PoolPerson, other: PoolPerson) -> None:
    """Two rolled fingers were taken in the wrong order."""
    first, second = (SINGLE_FINGERS[int(k)] for k in rng.choice(10, 2, replace=False))
    old = dict(prints)
    _move(prints, old, (first, True), (second, True))
    _move(prints, old, (second, True), (first, True))


def same_twice(rng: np.random.Generator, prints: Prints, person: PoolPerson, other: PoolPerson) -> None:
    """One finger was rolled twice and filed under two names (two touches, never the same picture)."""
    first, second = (SINGLE_FINGERS[int(k)] for k in rng.choice(10, 2, replace=False))
    used = prints.get((first, True))
    again = [s[first] for s in person.rolled if first in s and s[first] is not used]
    if again:
        prints[second, True] = again[0]


def same_hand_twice(rng: np.random.Generator, prints: Prints, person: PoolPerson, other: PoolPerson) -> None:
    """The right hand was laid down for the left slap too."""
    for right, left in zip(RIGHT, LEFT[::-1], strict=True):
        again = [s[right] for s in person.plain if right in s and s[right] is not prints.get((right, False))]
        if again:
            prints[left, False] = again[0]


def stranger_rolled(rng: np.random.Generator, prints: Prints, person: PoolPerson, other: PoolPerson) -> None:
    """One rolled print is another person's."""
    position = SINGLE_FINGERS[int(rng.integers(10))]
    session = other.rolled[-1]
    if position in session:
        prints[position, True] = session[position]


def previous_hand(rng: np.random.Generator, prints: Prints, person: PoolPerson, other: PoolPerson) -> None:
    """A slap of somebody known was taken (its last session; the known prints are of the first)."""
    slap = (RIGHT, LEFT)[int(rng.integers(2))]
    for position in slap:
        if position in other.plain[-1]:
            prints[position, False] = other.plain[-1][position]


def previous_person(rng: np.random.Generator, prints: Prints, person: PoolPerson, other: PoolPerson) -> None:
    """Somebody known enrolls again under another name."""
    prints.clear()
    for position in SINGLE_FINGERS:
        if position in other.plain[-1]:
            prints[position, False] = other.plain[-1][position]
        if position in other.rolled[-1]:
            prints[position, True] = other.rolled[-1][position]


def _move(prints: Prints, old: Prints, source: tuple[FingerPosition, bool], target: tuple[FingerPosition, bool]) -> None:
    if source in old:
        prints[target] = old[source]
    else:
        prints.pop(target, None)


Fault = Callable[[np.random.Generator, Prints, PoolPerson, PoolPerson], None]
FAULTS: dict[str, tuple[Fault, frozenset[str]]] = {
    "swapped hands": (swap_hands, frozenset({"swapped-hands"})),
    "swapped fingers": (swap_fingers, frozenset({"swapped-fingers"})),
    "same finger twice": (same_twice, frozenset({"same-finger-twice"})),
    "same hand twice": (same_hand_twice, frozenset({"same-finger-twice"})),
    "a stranger's rolled finger": (stranger_rolled, frozenset({"rolled-does-not-fit-slap", "previous-applicant"})),
    "a previous applicant's hand": (previous_hand, frozenset({"previous-applicant"})),
    "a previous applicant again": (previous_person, frozenset({"previous-applicant"})),
}
"""Name -> (what plants it, kinds of which one at least must be found)."""


def as_sequence(prints: Prints) -> list[SequencePrint]:
    """Return the enrollment as the check takes it."""
    return [
        SequencePrint(f"{'rolled' if rolled else 'slap'}-{position.name}", position, rolled, template)
        for (position, rolled), template in sorted(prints.items())
    ]
