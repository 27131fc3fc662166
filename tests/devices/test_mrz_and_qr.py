"""MRZ and QR: the published shapes, misread letters, impossible dates, what readers add at line ends."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import mrz
from devices.barcode import parse_qr, sex_code
from devices.errors import DeviceFormatError
from devices.holder import day_first_date

VIETNAM = ("IDVNM1234567897079123456789<<7", "9001011M4001016VNM<<<<<<<<<<<6", "NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<")
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")


@pytest.mark.parametrize("end", ["", "\r", "\n", "\r\n"])
def test_the_vietnamese_layout(end: str):
    zone = mrz.parse(end.join(VIETNAM) + end)
    assert zone.wrong == ()
    assert zone.personal_number == "079123456789"
    assert zone.access_information == "123456789790010114001016"
    holder = mrz.to_holder(zone)
    assert (holder.number, holder.name_plain, holder.birth, holder.expiry) == (
        "079123456789",
        "NGUYEN VAN AN",
        "1990-01-01",
        "2040-01-01",
    )


@pytest.mark.parametrize("lines", [TD1, TD3])
def test_the_examples_of_doc_9303(lines):
    zone = mrz.parse("\n".join(lines))
    assert zone.wrong == ()
    assert (zone.surname, zone.given) == ("ERIKSSON", "ANNA MARIA")
    assert mrz.to_holder(zone).birth == "1974-08-12"


def test_an_overlong_document_number():
    zone = mrz.parse("I<UTOD23145890<7349<<<<<<<<<<<" + "7408122F1204159UTO<<<<<<<<<<<" + "4" + "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
    assert zone.document_number == "D23145890734"
    assert "number" not in zone.wrong


def test_compose_and_read_back():
    lines = mrz.compose_vietnamese("001203004567", "030515", "F", "280515", surname="TRAN", given="THI BICH NGOC")
    holder = mrz.to_holder(mrz.parse("".join(lines)))
    assert (holder.sex, holder.notes) == ("F", ())
    assert holder.name_plain == "TRAN THI BICH NGOC"
    assert holder.number == "001203004567"


def test_the_century_comes_from_the_personal_number():
    lines = mrz.compose_vietnamese("001203004567", "030515", "M", "280515", surname="TRAN", given="AN")
    assert mrz.to_holder(mrz.parse("".join(lines))).birth == "2003-05-15"
    lines = mrz.compose_vietnamese("001003004567", "030515", "M", "280515", surname="TRAN", given="AN")
    assert mrz.to_holder(mrz.parse("".join(lines))).birth == "1903-05-15"


def test_a_card_without_expiry():
    lines = mrz.compose_vietnamese("001050004567", "500515", "M", "<<<<<<", surname="TRAN", given="AN")
    assert mrz.to_holder(mrz.parse("".join(lines))).expiry == "unlimited"


def test_each_misread_character_is_noted():
    text = "".join(VIETNAM)
    for position in (5, 30, 38):
        wrong = text[:position] + ("3" if text[position] != "3" else "4") + text[position + 1 :]
        assert mrz.parse(wrong).wrong


def test_letters_read_for_digits_in_dates_are_undone():
    assert mrz.parse("".join(VIETNAM).replace("9001011M", "9OO1O11M")).birth == "900101"


@pytest.mark.parametrize("text", ["", "IDVNM", "é" * 90, "A" * 89, "\x00" * 90, b"\xff" * 90])
def test_what_is_no_zone_is_refused(text):
    with pytest.raises(DeviceFormatError):
        mrz.parse(text)


QR = "001099012345||Nguyễn Văn A|31121999|Nam|Hà Nội|01012021"


@pytest.mark.parametrize("text", [QR, QR + "\r", QR + "\r\n", "\ufeff" + QR, QR.encode() + b"\r"])
def test_the_code_of_2021(text):
    holder = parse_qr(text)
    assert (holder.number, holder.old_number, holder.name) == ("001099012345", None, "Nguyễn Văn A")
    assert (holder.birth, holder.sex, holder.residence, holder.issued) == ("1999-12-31", "M", "Hà Nội", "2021-01-01")
    assert holder.notes == ()


def test_decomposed_letters_become_composed():
    import unicodedata

    assert parse_qr(unicodedata.normalize("NFD", QR)).name == "Nguyễn Văn A"
    assert sex_code(unicodedata.normalize("NFD", "Nữ")) == sex_code("NỮ") == "F"


def test_the_code_of_2024_keeps_its_tail():
    holder = parse_qr(QR + "|123456789|Nguyễn Văn B|Trần Thị C")
    assert holder.notes == ("qr-layout-unverified",)
    assert [text for _, text in holder.unknown] == ["123456789", "Nguyễn Văn B", "Trần Thị C"]


@pytest.mark.parametrize("text", [
    "", "|" * 6, QR.replace("001099012345", "00109901234"), QR.replace("31121999", "31021999"), QR.replace("31121999", "3112199x"),
    "a|b|c", QR.replace("||", "|12345|"), b"\xff\xfe" + QR.encode(), "x" * 5000, QR + "|x" * 40, QR.replace("Nam|", "Nam\x07|").replace("Hà Nội", "Hà\x1b"),
])  # fmt: skip
def test_what_is_no_identity_code_is_refused(text):
    with pytest.raises(DeviceFormatError):
        parse_qr(text)


@pytest.mark.parametrize(("text", "expected"), [("31/12/1999", "1999-12-31"), ("31121999", "1999-12-31"), ("12/1999", "1999-12"),
                                                ("1999", "1999"), ("00/00/1999", "1999"), ("", None), ("//", None)])  # fmt: skip
def test_dates_of_any_precision(text, expected):
    assert day_first_date(text) == expected


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_every_day_survives_both_spellings(day):
    assert day_first_date(day.strftime("%d/%m/%Y")) == day_first_date(day.strftime("%d%m%Y")) == day.isoformat()
