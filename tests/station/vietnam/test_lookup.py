"""Values found by name while typing: marks or not, lists and communes, never a guess written into the field."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.vietnam.codes import code_lists
from station.vietnam.fields import commit, field_rules
from station.vietnam.lookup import PLACES, kind_of, suggest, unit_reference
from station.vietnam.units import default_units

NOW, BEFORE = date(2026, 11, 28), date(2024, 5, 1)


def shown(field: str, text: str, day: date = NOW) -> list[str]:
    return [s.shown for s in suggest(field, text, day)]


@pytest.mark.parametrize(("typed", "first"), [("tà", "Tày"), ("tay", "Tày"), ("TAY", "Tày"), ("mông", "HMông"), ("keo", None), ("dê", "Ê-đê"),
                                              ("01", "Kinh"), ("kieu", "Bru-Vân Kiều"), ("h'", None)])  # fmt: skip
def test_a_people_is_found_with_and_without_marks(typed: str, first: str | None) -> None:
    found = shown("ethnicity", typed)
    assert (first in found[:3]) if first else not found


def test_marks_that_were_typed_come_first_and_nothing_typed_offers_the_list() -> None:
    assert shown("ethnicity", "th")[:2] == ["Thái", "Thổ"]
    assert shown("ethnicity", "thổ")[0] == "Thổ"
    assert shown("ethnicity", "") == list(code_lists()["ethnicity"].codes.values())[:8]
    assert shown("sex", "n") == ["Nam", "Nữ"]
    assert shown("religion", "hoa hao") == ["Phật giáo Hoà Hảo"]
    assert suggest("marital", "goa", NOW)[0].note == "widowed"


def test_every_suggestion_of_a_list_can_be_stored() -> None:
    for name in field_rules():
        if kind_of(name) == "list":
            for found in suggest(name, "", NOW, limit=1000):
                assert commit(name, found.text)


def test_communes_of_today_are_offered_with_their_path_and_old_ones_where_papers_name_them() -> None:
    assert shown("addr_perm", "mau") == ["Xã Mẫu, Tỉnh Ví Dụ"]
    assert shown("addr_perm", "Thôn 3, mẫu h", BEFORE) == ["Xã Mẫu Hạ, Huyện Mẫu, Tỉnh Ví Dụ"]
    found = suggest("hometown", "xa mau", NOW)
    assert [s.note for s in found] == ["", *["30/06/2025"] * 3], "today's first, then what older papers say, with its last day"
    street = suggest("addr_perm", "Thôn 3, mẫu h", BEFORE)[0]
    assert street.text == "Thôn 3, Xã Mẫu Hạ, Huyện Mẫu, Tỉnh Ví Dụ"
    assert suggest("addr_perm", street.text, BEFORE) == (), "named already: nothing is offered"
    assert suggest("addr_perm", "m", NOW) == ()
    assert suggest("full_name", "tran", NOW) == ()


def test_the_code_of_a_place_follows_from_its_words() -> None:
    assert unit_reference("Thôn 3, Xã Mẫu, Tỉnh Ví Dụ", NOW) == "99901@2026-11-28"
    assert unit_reference("xa mau ha, huyen mau, tinh vi du", NOW) == "99004@2025-06-30"
    assert unit_reference("Thôn 3", NOW) == ""


@given(st.sampled_from(sorted(field_rules())), st.text(max_size=30), st.sampled_from([NOW, BEFORE]))
def test_any_text_is_answered_and_a_place_keeps_what_was_typed_before_it(field: str, text: str, day: date) -> None:
    for found in suggest(field, text, day):
        assert found.shown
        if field in PLACES:
            assert found.text.startswith(text.rpartition(",")[0].strip())
            assert default_units().resolve(found.text)[1] is not None
