"""Look-up: by number, by old number, by misspelt name; the distance against the textbook definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.errors import InputError
from station.population import NameQuery, PersonIndex, PersonRecord, SyntheticPopulation
from station.population.index import Spelling
from station.vietnam.dates import parse_date


def textbook_distance(a: str, b: str) -> int:
    rows = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(st.text("ABN ", max_size=12), st.text("ABN ", max_size=12))
def test_distance_is_the_textbook_one(a: str, b: str) -> None:
    assert Spelling(a).distance(b) == textbook_distance(a, b)


@pytest.fixture(scope="module")
def people() -> SyntheticPopulation:
    return SyntheticPopulation(5, 2000)


def test_every_person_is_found_by_number_and_old_number(people: SyntheticPopulation) -> None:
    for citizen in list(people)[::97]:
        (record,) = people.by_number(citizen.truth["personal_no"]).records
        assert record.fields["full_name"] == citizen.truth["full_name"]
        if old := citizen.truth.get("old_id_no"):
            assert people.by_old_number(old).records[0].personal_no == citizen.truth["personal_no"]
    assert people.by_number("000000000000").records == ()


def test_names_without_marks_and_with_a_slip_find_the_person_first(people: SyntheticPopulation) -> None:
    for citizen in list(people)[::131]:
        plain = citizen.truth["full_name"].replace("Đ", "D").encode("ascii", "ignore").decode()
        birth = parse_date(citizen.truth["dob"])
        parents = (citizen.truth["father_name"], citizen.truth["mother_name"])
        for name in (
            citizen.truth["full_name"].lower(),
            citizen.truth["full_name"][:-1],
            plain if len(plain) > 8 else citizen.truth["full_name"],
        ):
            answer = people.by_name(NameQuery(name, birth, parents))
            assert answer.records[0].personal_no == citizen.truth["personal_no"], name
            assert list(answer.scores) == sorted(answer.scores, reverse=True)


def test_queries_that_cannot_be_used(people: SyntheticPopulation) -> None:
    for bad in ("", "A", "Á" * 300):
        with pytest.raises(InputError):
            people.by_name(NameQuery(bad))


def test_empty_index_answers() -> None:
    empty = PersonIndex.of_records([], "list", complete=False)
    assert empty.by_name(NameQuery("LAN ANH")).records == ()
    assert not empty.by_number("1").complete


def test_no_personal_data_in_repr() -> None:
    assert repr(PersonRecord("099158004217", {"full_name": "X"})) == "PersonRecord(…)"
