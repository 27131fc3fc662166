"""Generated prints as a station takes them, for the score: upright, on one sensor, ordinary care. Persons 5000 …, seeds below.

Strangers' prints that lie alike look alike more often than those of the hard impressions: flows of one class fall on each other. So the
score learns from both, and its curve follows whichever is worse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from biometrics.fingerprint.minutiae import Template, extract_stored
from biometrics.fingerprint.synthesis import ImpressionKind, ImpressionSettings, Person, impression, slap
from biometrics.positions import FingerPosition

FIRST_PERSON = 5000
PEOPLE = 80
GENUINE = ((0, 1), (0, 2), (1, 3), (2, 3))
"""Which prints of a finger are compared: slap, slap, rolled, plain."""
Look = Callable[[Template, Template], np.ndarray | None]


class StationPairs(NamedTuple):
    """Features (n, 2, features) of one finger's pairs, of strangers' pairs, and of the strangers' plain pairs of any two positions among these."""

    genuine: np.ndarray
    impostor: np.ndarray
    plain_impostor: np.ndarray


class Taken(NamedTuple):
    """One print: whose, which finger, whether rolled, its template."""

    person: int
    position: int
    rolled: bool
    template: Template


def station_pairs(look: Look) -> StationPairs:
    """Generate, pair, look."""
    everybody = [hand(k) for k in range(PEOPLE)]
    genuine = [
        look(prints[a].template, prints[b].template)
        for fingers in everybody
        for prints in fingers.values()
        for a, b in GENUINE
        if b < len(prints)
    ]
    rng = np.random.default_rng(1)
    every = [print_ for fingers in everybody for prints in fingers.values() for print_ in prints]
    plain, rolled = [p for p in every if not p.rolled], [p for p in every if p.rolled]
    anywhere = strangers(rng, look, plain, plain, 2500)
    same_finger = strangers(rng, look, plain, plain, 2500, same_finger=True)
    across = [strangers(rng, look, plain, rolled, 1200), strangers(rng, look, rolled, rolled, 500)]
    found = np.array([values for values in genuine if values is not None])
    return StationPairs(found, np.concatenate([anywhere, same_finger, *across]), anywhere)


def hand(k: int) -> dict[int, list[Taken]]:
    """Return the prints of four fingers of one person: cut from two slaps, rolled, and pressed alone; as stored and read."""
    person, number = Person.from_seed(FIRST_PERSON + k), FIRST_PERSON + k
    rng = np.random.default_rng([number, 78])
    asked = (FingerPosition.RIGHT_FOUR, FingerPosition.LEFT_FOUR)[k // 2 % 2]
    prints: dict[int, list[Taken]] = {}
    for session in range(2):
        made = slap(person, asked, ImpressionSettings.natural(rng, spread=float(rng.choice([0.6, 1.0]))), session)
        for one in made.fingers:
            prints.setdefault(int(one.position), []).append(Taken(k, int(one.position), False, extract_stored(made.part(one))))
    for position, of_finger in prints.items():
        finger = person.finger(FingerPosition(position))
        rolled = ImpressionSettings.natural(rng, spread=0.6, kind=ImpressionKind.ROLLED)
        of_finger.append(Taken(k, position, True, extract_stored(impression(finger, rolled, 0).image)))
        alone = ImpressionSettings.natural(rng, spread=0.8)
        of_finger.append(Taken(k, position, False, extract_stored(impression(finger, alone, 1).image)))
    return prints


def strangers(
    rng: np.random.Generator, look: Look, first: list[Taken], second: list[Taken], count: int, *, same_finger: bool = False
) -> np.ndarray:
    """Return the features of `count` pairs of two people's prints, of the same finger where asked."""
    by_finger: dict[int, list[Taken]] = {}
    for print_ in second:
        by_finger.setdefault(print_.position, []).append(print_)
    found: list[np.ndarray] = []
    while len(found) < count:
        a = first[int(rng.integers(len(first)))]
        among = by_finger[a.position] if same_finger else second
        b = among[int(rng.integers(len(among)))]
        values = look(a.template, b.template) if a.person != b.person else None
        if values is not None:
            found.append(values)
    return np.array(found)
