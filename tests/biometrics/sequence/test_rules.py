"""Which mix-up follows from who matches whom: every planted fault, with comparisons read off the true owners."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometrics.fingerprint.matching import Comparison
from biometrics.fingerprint.matching.recent import KnownPeople, Suspicion, Touching
from biometrics.fingerprint.matching.sequence import FindingKind, SequencePrint, check_sequence
from biometrics.fingerprint.minutiae import Template
from biometrics.positions import SINGLE_FINGERS, FingerPosition
from tests.bench.planted import FAULTS, PoolPerson, as_sequence, clean

MATCH = Comparison(12.0, 1e-9, ((0, 0),), 0.0, 100.0)
NO_MATCH = Comparison(-3.4, 0.9, (), 0.0, 100.0)


def _template() -> Template:
    """Return a print big enough to be judged; what it is compared with is decided by its owner."""
    n = 40
    zero = np.zeros(n, np.uint8)
    place = np.zeros(n, np.uint16)
    mask = np.ones((30, 30), np.bool_)
    return Template(
        360, 360, place, place, zero, zero, zero, np.zeros((n, 2), np.uint64), mask, (0, 0), np.zeros((0, 0), np.int8)
    )


class World:
    """People whose prints know their owner."""

    def __init__(self, people: int = 3) -> None:
        self.owner: dict[int, tuple[str, FingerPosition]] = {}
        self.keep: list[Template] = []
        self.people = [self._person(f"person-{k}") for k in range(people)]

    def _print(self, name: str, position: FingerPosition) -> Template:
        made = _template()
        self.keep.append(made)
        self.owner[id(made)] = (name, position)
        return made

    def _person(self, name: str) -> PoolPerson:
        plain = tuple({p: self._print(name, p) for p in SINGLE_FINGERS} for _ in range(2))
        rolled = tuple({p: self._print(name, p) for p in SINGLE_FINGERS} for _ in range(2))
        return PoolPerson(name, plain, rolled)

    def compare(self, a: SequencePrint, b: SequencePrint) -> Comparison:
        return MATCH if self.owner[id(a.template)] == self.owner[id(b.template)] else NO_MATCH

    def sketch(self, a: SequencePrint, b: SequencePrint) -> float:
        return self.compare(a, b).score


class Known(KnownPeople):
    """Known people who recognise a print by its owner."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.names = [person.name for person in world.people]

    def __len__(self) -> int:
        return len(self.names)

    def suspicions(self, prints, besides=None):
        found: dict[str, list[Touching]] = {}
        for key, position, template in prints:
            person, theirs = self.world.owner[id(template)]
            if person != besides and person in self.names:
                found.setdefault(person, []).append(Touching(key, position, theirs, MATCH))
        return [Suspicion(name, tuple({t.theirs: t for t in touching}.values()), -8.0) for name, touching in found.items()]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def _check(world: World, prints, besides: str = "person-0"):
    return check_sequence(as_sequence(prints), Known(world), besides=besides, comparer=world.compare, sketch=world.sketch)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_clean_enrollment_has_no_findings(seed: int) -> None:
    world = World(2)
    assert _check(world, clean(np.random.default_rng(seed), world.people[0])) == []


@pytest.mark.parametrize("name", list(FAULTS))
@pytest.mark.parametrize("seed", range(4))
def test_every_fault_is_found_and_named(world: World, name: str, seed: int) -> None:
    rng = np.random.default_rng([seed, 8])
    prints = clean(rng, world.people[0])
    plant, expected = FAULTS[name]
    plant(rng, prints, world.people[0], world.people[1])
    findings = _check(world, prints)
    kinds = {finding.kind.value for finding in findings}
    assert kinds & expected
    keys = {one.key for one in as_sequence(prints)}
    assert all(evidence.first in keys for finding in findings for evidence in finding.evidence)


def test_swapped_hands_name_all_eight_fingers_and_nothing_else(world: World) -> None:
    rng = np.random.default_rng(1)
    prints = clean(rng, world.people[0])
    FAULTS["swapped hands"][0](rng, prints, world.people[0], world.people[1])
    findings = _check(world, prints)
    assert [finding.kind for finding in findings] == [FindingKind.SWAPPED_HANDS]
    assert len(findings[0].positions) == 8


def test_a_swap_is_a_swap_also_where_one_finger_fits_its_own_slap_by_chance(world: World) -> None:
    prints = clean(np.random.default_rng(1), world.people[0])
    middle, index = FingerPosition.RIGHT_MIDDLE, FingerPosition.LEFT_INDEX
    prints[middle, True], prints[index, True] = prints[index, True], prints[middle, True]

    def by_chance(a: SequencePrint, b: SequencePrint) -> Comparison:
        return dataclasses.replace(NO_MATCH, fmr=7e-4) if a.position == b.position == index else world.compare(a, b)

    findings = check_sequence(as_sequence(prints), comparer=by_chance, sketch=world.sketch)
    assert [(finding.kind, set(finding.positions)) for finding in findings] == [(FindingKind.SWAPPED_FINGERS, {middle, index})]


@pytest.mark.parametrize(("denied", "found"), [(True, [FindingKind.SAME_FINGER_TWICE]), (False, [])])
def test_a_weaker_match_counts_where_a_print_denies_its_own_slap(world: World, denied: bool, found: list[FindingKind]) -> None:
    thumb, little = FingerPosition.RIGHT_THUMB, FingerPosition.RIGHT_LITTLE

    def weak(a: SequencePrint, b: SequencePrint) -> Comparison:
        if a.rolled and b.rolled and {a.position, b.position} == {thumb, little}:
            return dataclasses.replace(MATCH, fmr=1e-5)
        return NO_MATCH if denied and a.position == b.position == little else world.compare(a, b)

    prints = as_sequence(clean(np.random.default_rng(1), world.people[0]))
    findings = check_sequence(prints, comparer=weak, sketch=lambda a, b: weak(a, b).score)
    assert [finding.kind for finding in findings] == found


def test_one_match_alone_between_fingers_that_fit_their_own_prints_is_chance(world: World) -> None:
    pair = {FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_RING}

    def once(a: SequencePrint, b: SequencePrint) -> Comparison:
        return MATCH if a.rolled and b.rolled and {a.position, b.position} == pair else world.compare(a, b)

    prints = as_sequence(clean(np.random.default_rng(1), world.people[0]))
    assert check_sequence(prints, comparer=once, sketch=lambda a, b: once(a, b).score) == []


def test_swapped_thumbs_are_swapped_fingers(world: World) -> None:
    prints = clean(np.random.default_rng(1), world.people[0])
    right, left = (FingerPosition.RIGHT_THUMB, True), (FingerPosition.LEFT_THUMB, True)
    prints[right], prints[left] = prints[left], prints[right]
    findings = _check(world, prints)
    assert [finding.kind for finding in findings] == [FindingKind.SWAPPED_FINGERS]
    assert findings[0].positions == (FingerPosition.RIGHT_THUMB, FingerPosition.LEFT_THUMB)
    assert len(findings[0].evidence) == 2


def test_one_finger_alone_accuses_nobody(world: World) -> None:
    """A rolled print that fits its slap and also somebody known is not enough."""
    prints = clean(np.random.default_rng(1), world.people[0])
    known = Known(world)

    def one_hit(prints, besides=None):
        first = next(iter(prints))
        return [Suspicion("person-1", (Touching(first[0], first[1], FingerPosition.LEFT_RING, MATCH),), -8.0)]

    known.suspicions = one_hit
    assert check_sequence(as_sequence(prints), known, comparer=world.compare, sketch=world.sketch) == []


def test_poor_prints_are_not_called_strangers(world: World) -> None:
    """No match between two prints of which one hardly has minutiae is no evidence."""
    prints = clean(np.random.default_rng(1), world.people[0])
    poor = dataclasses.replace(_template(), x=np.zeros(5, np.uint16))
    world.keep.append(poor)
    world.owner[id(poor)] = ("nobody", FingerPosition.RIGHT_INDEX)
    prints[FingerPosition.RIGHT_INDEX, True] = poor
    assert _check(world, prints) == []


def test_prints_whose_minutiae_agree_somewhat_are_not_called_strangers(world: World) -> None:
    """Touches pulled far: the ridges do not lie on each other, the minutiae alone score -1.5 (strangers' median is -3.4)."""
    prints = as_sequence(clean(np.random.default_rng(1), world.people[0]))

    def pulled(a: SequencePrint, b: SequencePrint) -> Comparison:
        return NO_MATCH if a.position == b.position == FingerPosition.RIGHT_LITTLE else world.compare(a, b)

    def sketch(a: SequencePrint, b: SequencePrint) -> float:
        return -1.5 if a.position == b.position == FingerPosition.RIGHT_LITTLE else world.sketch(a, b)

    assert check_sequence(prints, comparer=pulled, sketch=sketch) == []
    strangers = check_sequence(prints, comparer=pulled, sketch=lambda a, b: pulled(a, b).score)
    assert [f.kind for f in strangers] == [FindingKind.ROLLED_NOT_SLAP]


def test_missing_fingers_are_no_finding(world: World) -> None:
    prints = clean(np.random.default_rng(1), world.people[0])
    for rolled in (False, True):
        prints.pop((FingerPosition.LEFT_LITTLE, rolled))
    prints.pop((FingerPosition.LEFT_RING, True))
    assert _check(world, prints) == []


def test_an_empty_enrollment_has_no_findings() -> None:
    assert check_sequence([]) == []
