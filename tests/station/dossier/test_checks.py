"""Planted faults are found, clean people have none; and the desk writes them down once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest

from station.dossier.checks import Found, find_defects, investigate
from station.dossier.comparing import ComparingDesk
from station.dossier.parts import Branch, FieldSource
from station.errors import TransferError
from station.population import Answer, NameQuery, SyntheticPopulation
from station.population.faults import PLANTERS
from station.population.synthetic import SyntheticCitizen
from station.vietnam.fields import commit, mandatory_fields
from station.vietnam.units import default_units

from .builders import make_book

DAY = date(2026, 11, 22)


def defects_of(population: SyntheticPopulation, citizen: SyntheticCitizen) -> Sequence[Found]:
    declared = {k: commit(k, v) for k, v in citizen.declared.items()}
    investigation = investigate(population, declared, citizen.chip)
    sources = {FieldSource.DECLARED: declared, FieldSource.PAPERS: citizen.papers}
    if citizen.chip:
        sources[FieldSource.CHIP] = citizen.chip
    if investigation.record:
        sources[FieldSource.REGISTER] = investigation.record.fields
    hits = [str(citizen.finger_of)] if citizen.finger_of != citizen.index else []
    return find_defects(sources, investigation, kind=citizen.kind, units=default_units(), day=DAY,
                        mandatory=mandatory_fields(citizen.kind), finger_hits=hits)  # fmt: skip


@pytest.fixture(scope="module")
def people() -> SyntheticPopulation:
    return SyntheticPopulation(3, 500, fault_share=0.8)


def test_every_planted_fault_is_found_and_nothing_else(people: SyntheticPopulation) -> None:
    missed: Counter[tuple[str, str, str]] = Counter()
    false: Counter[tuple[str, str]] = Counter()
    kinds = set()
    for citizen in people:
        found = {(f.code, f.field) for f in defects_of(people, citizen)}
        planted = {(f.code, f.field) for f in citizen.faults}
        kinds |= {(f.code, f.variant) for f in citizen.faults}
        missed.update((f.code, f.field, f.variant) for f in citizen.faults if (f.code, f.field) not in found)
        false.update(found - planted)
    assert not missed
    assert not false
    assert len(kinds) >= len(PLANTERS) - 2  # nearly every way to plant one was drawn


def test_people_are_the_same_for_the_same_seed() -> None:
    one, two = SyntheticPopulation(9, 50, fault_share=0.5), SyntheticPopulation(9, 50, fault_share=0.5)
    assert [c.declared for c in one] == [c.declared for c in two]
    assert len({c.truth["personal_no"] for c in one}) == 50


class Silent:
    """A register that does not answer."""

    source = "silent"

    def by_number(self, number: str) -> Answer:
        raise TransferError("no route")

    by_old_number = by_number

    def by_name(self, query: NameQuery) -> Answer:
        raise TransferError("no route")


def test_the_desk_records_once_and_closes_what_is_mended(people: SyntheticPopulation) -> None:
    citizen = next(c for c in people if c.faults and c.faults[0].variant == "digit" and c.faults[0].field == "personal_no")
    book = make_book()
    desk = ComparingDesk(book, people)
    dossier = book.open_dossier("vn-60-2021", applicant=citizen.declared, kind=citizen.kind)
    first = desk.compare(dossier)
    assert ("S3", "personal_no") in {(f.code, f.field) for f in first}
    desk.compare(dossier)
    assert len(book.state(dossier).defects) == len(first)
    book.set_field(dossier, "personal_no", citizen.truth["personal_no"])
    desk.compare(dossier)
    state = book.state(dossier)
    assert not [d for d in state.open_defects if d.field == "personal_no"]
    assert state.look_up is not None
    assert state.look_up.branch is Branch.UNCHANGED


def test_a_silent_register_stops_nothing(people: SyntheticPopulation) -> None:
    book = make_book()
    dossier = book.open_dossier("vn-60-2021", applicant=people.citizen(1).declared)
    ComparingDesk(book, Silent()).compare(dossier)
    state = book.state(dossier)
    assert state.look_up is not None
    assert state.look_up.branch is Branch.UNANSWERED
    with pytest.raises(TransferError):
        ComparingDesk(book, Silent()).compare(dossier, offline_ok=False)


def test_a_mistyped_number_that_belongs_to_somebody_else_finds_the_right_person() -> None:
    people = SyntheticPopulation(6, 300)
    citizen, stranger = people.citizen(10), people.citizen(11)
    declared = {k: commit(k, v) for k, v in citizen.declared.items()} | {"personal_no": stranger.truth["personal_no"]}
    declared.pop("old_id_no", None)
    found = investigate(people, declared)
    assert found.record is not None
    assert (found.record.personal_no, found.found_by) == (citizen.truth["personal_no"], "name")
    sources = {FieldSource.DECLARED: declared, FieldSource.REGISTER: found.record.fields}
    codes = {(f.code, f.field) for f in find_defects(sources, found, kind=citizen.kind, units=default_units(), day=DAY)}
    assert ("S3", "personal_no") in codes
    assert ("S1", "full_name") not in codes
