"""The 12-digit number: shape, meaning of the digits, and which disagreements stop."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.errors import InputError
from station.vietnam.number import BIRTH_PLACES, NumberRule, PersonalNumber, Sex, check_number, make_number, parse_number


def test_the_digits_of_a_fictional_number():
    number = parse_number("001 099 012345")
    assert number.place_name == "Hà Nội"
    assert (number.sex, number.birth_year) == (Sex.MALE, 1999)
    assert number.access_number == "012345"
    assert number.mrz_document_number == "099012345"


def test_there_are_63_places():
    assert len(BIRTH_PLACES) == 63


@pytest.mark.parametrize("text", ["", "00109901234", "0010990123456", "٠٠١٠٩٩٠١٢٣٤٥", "00109901234a", "²" * 12])
def test_anything_but_twelve_ascii_digits_stops(text: str):
    assert check_number(text) == (NumberRule.SHAPE,)
    assert NumberRule.SHAPE.stops
    with pytest.raises(InputError):
        parse_number(text)


def test_a_country_code_is_a_question_and_not_a_refusal():
    (rule,) = check_number("333099012345")
    assert rule is NumberRule.PLACE_UNKNOWN
    assert not rule.stops


def test_year_century_sex_and_place_are_judged_apart():
    assert check_number("001099012345", birth=date(1999, 12, 31), sex=Sex.MALE, place_code="001") == ()
    assert check_number("001099012345", birth=date(1998, 1, 1)) == (NumberRule.YEAR,)
    assert check_number("001099012345", birth_year=2099) == (NumberRule.CENTURY,)
    assert check_number("001099012345", sex=Sex.FEMALE) == (NumberRule.SEX,)
    assert check_number("001099012345", place_code="002") == (NumberRule.PLACE,)


@given(st.sampled_from(sorted(BIRTH_PLACES)), st.sampled_from(Sex), st.integers(1900, 2399), st.integers(0, 999_999))
def test_a_made_number_breaks_no_rule(place: str, sex: Sex, year: int, serial: int):
    number = make_number(place, sex, year, serial)
    assert (number.sex, number.birth_year, number.place_code) == (sex, year, place)
    assert check_number(str(number), birth_year=year, sex=sex, place_code=place) == ()


def test_a_number_never_shows_in_a_traceback():
    assert "099012345" not in repr(PersonalNumber("001099012345"))
