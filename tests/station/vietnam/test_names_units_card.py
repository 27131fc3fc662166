"""Names and their keys, units by date, MRZ and QR text: samples of the notes and properties."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.errors import InputError
from station.vietnam.card import marks_sentence, mrz_check, mrz_lines, mrz_name, qr_text
from station.vietnam.codes import code_lists
from station.vietnam.dates import PartialDate, parse_date
from station.vietnam.fields import commit, field_rules
from station.vietnam.names import NameMatch, compare_names, exact_key, legal_name, plain_key, tone_folded_key
from station.vietnam.number import PersonalNumber
from station.vietnam.units import MERGER, UnitLevel, default_units, place_of_number, read_units, shipped_units

LETTERS = "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXYÀÁẢÃẠẰẮẲẴẶẦẤẨẪẬÈÉẺẼẸỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌỒỐỔỖỘỜỚỞỠỢÙÚỦŨỤỪỨỬỮỰỲÝỶỸỴ"
names = st.lists(st.text(LETTERS, min_size=1, max_size=7), min_size=2, max_size=5).map(" ".join)


@pytest.mark.parametrize(("one", "other", "match"), [
    ("NGUYỄN THỊ HOÀ", "nguyễn  thị hoà", NameMatch.SAME),
    ("HOÀ", "HÒA", NameMatch.TONE_PLACED), ("THUỶ", "THỦY", NameMatch.TONE_PLACED),
    ("HOÀ", "HOA", NameMatch.MARKS_DIFFER), ("HOÀ", "HOÁ", NameMatch.MARKS_DIFFER), ("ĐÌNH", "DINH", NameMatch.MARKS_DIFFER),
    ("HƯNG", "HUNG", NameMatch.MARKS_DIFFER), ("MÂN", "MẨN", NameMatch.MARKS_DIFFER),
    ("LAN", "LAM", NameMatch.LETTERS_DIFFER), ("ÐINH", "ĐINH", NameMatch.SAME),
])  # fmt: skip
def test_three_keys(one: str, other: str, match: NameMatch) -> None:
    assert compare_names(one, other) is match


def test_d_stroke_does_not_vanish() -> None:
    assert plain_key("ĐÌNH") == "DINH"
    assert plain_key("\u00d0ình \u0189ức") == "DINH DUC"


@given(names)
def test_keys_are_nested_and_stable(name: str) -> None:
    for form in ("NFC", "NFD"):
        other = unicodedata.normalize(form, name.lower())
        assert exact_key(other) == exact_key(name)
        assert tone_folded_key(other) == tone_folded_key(name)
    assert plain_key(name).isascii()
    assert legal_name(legal_name(name)) == legal_name(name) == name
    assert set(mrz_name(name)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ<")
    assert len(mrz_name(name)) == 30


@given(names, st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from("MF"), st.integers(0, 999_999))
def test_mrz_lines_have_right_shape_and_checks(name: str, birth: date, sex: str, serial: int) -> None:
    number = PersonalNumber(f"0990{birth.year % 100:02d}{serial:06d}")
    lines = mrz_lines(number, name, PartialDate(birth.year, birth.month, birth.day), sex, date(2040, 1, 1))
    assert [len(x) for x in lines] == [30, 30, 30]
    one, two, _ = lines
    assert one[14] == mrz_check(one[5:14])
    assert one[15:27] == str(number)
    assert one[29] == mrz_check(one[5:29])
    assert two[29] == mrz_check(one[5:30] + two[0:7] + two[8:15] + two[18:29])


def test_mrz_check_digit_of_doc_9303() -> None:
    assert mrz_check("520727") == "3"  # Doc 9303 part 3, 4.9, example 1
    assert mrz_check("AB2134<<<") == "5"  # example 2


def test_qr_text_has_seven_fields() -> None:
    text = qr_text(
        PersonalNumber("099158004217"), "", "TRẦN THỊ HOÀ", PartialDate(1958, 5, 15), "F", "Thôn 3, Xã Mẫu", date(2023, 5, 1)
    )
    assert text == "099158004217||Trần Thị Hoà|15051958|Nữ|Thôn 3, Xã Mẫu|01052023"
    with pytest.raises(InputError):
        qr_text(PersonalNumber("099158004217"), "", "A|B", PartialDate(1958), "F", "", date(2023, 5, 1))


SEVEN = {"15": ("Yên Bái", "Lào Cai"), "24": ("Bắc Giang", "Bắc Ninh"), "44": ("Quảng Bình", "Quảng Trị"), "52": ("Bình Định", "Gia Lai"),
         "80": ("Long An", "Tây Ninh"), "82": ("Tiền Giang", "Đồng Tháp"), "91": ("Kiên Giang", "An Giang")}  # fmt: skip


def test_seven_reused_codes_name_two_provinces() -> None:
    table = shipped_units("provinces")
    reused = {}
    for unit in table.all(UnitLevel.PROVINCE, MERGER):
        before = table.at(unit.code, date(2025, 6, 30))
        assert before is not None
        if before.name != unit.name and unit.code != "46":  # Thừa Thiên Huế only lost half its name
            reused[unit.code] = (before.name, unit.name)
    assert reused == SEVEN
    place = place_of_number("015090000001")
    assert place is not None
    assert place.name == "Yên Bái"


def test_every_old_province_has_become_one_of_34() -> None:
    table = shipped_units("provinces")
    old, new = table.all(UnitLevel.PROVINCE, date(2025, 6, 30)), table.all(UnitLevel.PROVINCE, MERGER)
    assert (len(old), len(new)) == (63, 34)
    assert {t for u in old for t in table.today(u, MERGER)} == set(new)


def test_the_merger_moves_nobody() -> None:
    table, day = default_units(), date(2026, 1, 1)
    assert table.same_place("99001@2020-01-01", "99901@2026-01-01", day)
    assert not table.same_place("99001@2020-01-01", "99904@2026-01-01", day)


@pytest.mark.parametrize("bad", [
    b"", b"\xff\xfe", b"code,name\n1,2\n", b"code,name,level,parent,valid_from,valid_to,successors\n",
    b"code,name,level,parent,valid_from,valid_to,successors\n01,X,province,,2020-13-01,,\n",
    b"code,name,level,parent,valid_from,valid_to,successors\n01,X,planet,,2020-01-01,,\n",
    b"code,name,level,parent,valid_from,valid_to,successors\n01,X,province,,2020-01-01,2019-01-01,\n",
    b"x" * 9_000_000,
])  # fmt: skip
def test_bad_unit_tables(bad: bytes) -> None:
    with pytest.raises(InputError):
        read_units(bad)


def test_fields_on_commit() -> None:
    assert commit("full_name", "  trần  thị hoà ") == "TRẦN THỊ HOÀ"
    assert commit("phone", "+84 900 000 017") == commit("phone", "0900.000.017") == "0900000017"
    assert commit("ethnicity", "kho-me") == "121-TCTK:05"
    assert commit("sex", "Nữ") == "F"
    assert commit("personal_no", "099 158 004 217") == "099158004217"
    assert commit("other_name", "") == ""
    bad = {"full_name": "Tr4n", "phone": "12", "email": "x", "old_id_no": "1", "sex": "x", "ethnicity": "Klingon", "nope": "1",
           "addr_perm": "x" * 251, "addr_perm_unit": "99", "dob": "31/2/1990"}  # fmt: skip
    for name, text in bad.items():
        with pytest.raises(InputError):
            commit(name, text)


@pytest.mark.parametrize("text", ["OTP 123456", "mật khẩu: x", "my PASSWORD", "passcode 1", "mã xác thực 99"])
def test_no_field_takes_a_secret(text: str) -> None:
    for name, rule in field_rules().items():
        assert not any(w in name for w in ("otp", "password", "passcode", "pin", "secret"))
        if rule.check in {"text", "marks"}:
            with pytest.raises(InputError):
                commit(name, text)


def test_codes_keep_their_system() -> None:
    ethnicity = code_lists()["ethnicity"]
    assert len(ethnicity.codes) == 56
    assert ethnicity.text("other-system:04") == "other-system:04"
    assert ethnicity.text("121-TCTK:04") == "Hoa"


@given(st.dates(date(1850, 1, 1), date(2100, 1, 1)))
def test_dates_round_trip(day: date) -> None:
    for partial in (PartialDate(day.year), PartialDate(day.year, day.month), PartialDate(day.year, day.month, day.day)):
        assert parse_date(str(partial)) == parse_date(partial.shown()) == partial
        assert partial.earliest <= day <= partial.latest or partial.complete


def test_marks_sentence() -> None:
    assert marks_sentence("Sẹo chấm", 1.5, "trên", "đuôi mắt trái") == "Sẹo chấm C: 1,5 cm trên đuôi mắt trái"
