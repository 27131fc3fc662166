"""A pool of generated captures for the sequence check: people with two sessions each (slaps cut apart and rolled), and recent strangers."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from biometrics.fingerprint.minutiae import Template, extract_stored
from biometrics.fingerprint.synthesis import (
    ImpressionKind,
    ImpressionSettings,
    Person,
    finger_spec,
    grow_master,
    impression,
    slap,
)
from biometrics.positions import SINGLE_FINGERS, SLAP_FINGERS, FingerPosition

SESSIONS = 2
RECENT_SEED = 700_000
_RECENT_SIZE = (520, 400)


@dataclass(frozen=True, slots=True)
class PersonCaptures:
    """Templates of one person: per session and finger the print cut from the slap and the rolled one."""

    seed: int
    plain: tuple[dict[FingerPosition, Template], ...]
    rolled: tuple[dict[FingerPosition, Template], ...]


def capture_person(seed: int) -> PersonCaptures:
    """Take two whole enrollments of one person, as an ordinary operator gets them."""
    person = Person.from_seed(seed)
    plain, rolled = [], []
    for session in range(SESSIONS):
        rng = np.random.default_rng([seed, session, 91])
        cut: dict[FingerPosition, Template] = {}
        for position in SLAP_FINGERS:
            made = slap(person, position, ImpressionSettings.natural(rng, spread=0.6), session)
            for one in made.fingers:
                cut[one.position] = extract_stored(made.part(one))
        plain.append(cut)
        settings = {p: ImpressionSettings.natural(rng, spread=0.6, kind=ImpressionKind.ROLLED) for p in SINGLE_FINGERS}
        rolled.append({p: extract_stored(impression(person.finger(p), settings[p], session).image) for p in SINGLE_FINGERS})
    return PersonCaptures(seed, tuple(plain), tuple(rolled))


Prints = dict[FingerPosition, Template]


def recent_pair(number: int) -> tuple[Prints, Prints]:
    """Return the ten prints of two strangers of the last days: one grown, and the mirror image of that one.

    A mirrored print is no one's finger but a natural one (of the other hand), so half of the growing is saved. Only plain prints are kept.
    """
    grown: Prints = {}
    mirrored: Prints = {}
    for position in SINGLE_FINGERS:
        finger = grow_master(finger_spec(RECENT_SEED + number, position), _RECENT_SIZE)
        rng = np.random.default_rng([RECENT_SEED + number, int(position), 92])
        image = impression(finger, ImpressionSettings.natural(rng, spread=0.6), 0).image
        grown[position] = extract_stored(image)
        other = FingerPosition((int(position) + 4) % 10 + 1)
        mirrored[other] = extract_stored(image[:, ::-1])
    return grown, mirrored


def people(count: int, cache: Path | None = None) -> list[PersonCaptures]:
    """Return the captures of `count` people; a cache folder keeps them between runs (remove it when the extractor changes)."""
    return [_kept(cache, f"person-{k}", lambda k=k: capture_person(8000 + k)) for k in range(count)]  # type: ignore[misc]


def recent(count: int, cache: Path | None = None) -> list[Prints]:
    """Return the prints of `count` strangers."""
    pairs = [_kept(cache, f"pair-{k}", lambda k=k: recent_pair(k)) for k in range(-(-count // 2))]  # type: ignore[misc]
    return [prints for pair in pairs for prints in pair][:count]


def _kept(cache: Path | None, name: str, make):  # type: ignore[no-untyped-def]
    if cache is None:
        return make()
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"{name}.pickle"
    if path.exists():
        return pickle.loads(path.read_bytes())
    made = make()
    path.write_bytes(pickle.dumps(made))
    return made
