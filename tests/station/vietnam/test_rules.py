"""Ages, validity, fees, deadlines, forms: at their borders."""

from __future__ import annotations

from datetime import date

import pytest

from station.dossier.procedure import select_procedure
from station.errors import InputError, ProcedureError
from station.vietnam.dates import PartialDate, age_on, parse_date
from station.vietnam.rules import add_working_days, card_expiry, deadline_for, fee_for, form_for, is_working_day, retention_of

BORN = PartialDate(2000, 5, 15)


@pytest.mark.parametrize(
    ("issued", "until"),
    [
        (date(2022, 5, 14), date(2025, 5, 15)),  # 21
        (date(2023, 5, 14), date(2025, 5, 15)),  # the day before 23: still to 25
        (date(2023, 5, 15), date(2040, 5, 15)),  # 23: to 40
        (date(2025, 5, 14), date(2040, 5, 15)),
        (date(2038, 5, 14), date(2040, 5, 15)),
        (date(2038, 5, 15), date(2060, 5, 15)),  # 38: to 60
        (date(2058, 5, 14), date(2060, 5, 15)),
        (date(2058, 5, 15), None),  # 58: no limit
    ],
)
def test_validity_at_the_milestones(issued: date, until: date | None) -> None:
    assert card_expiry(BORN, issued) == until


def test_a_childs_card_under_the_law_of_2024() -> None:
    child = PartialDate(2015, 3, 1)
    assert card_expiry(child, date(2025, 1, 1)) == date(2029, 3, 1)  # to 14
    assert card_expiry(child, date(2027, 3, 1)) == date(2040, 3, 1)  # from 12 on: to 25


def test_29_february_and_unknown_days() -> None:
    leap = PartialDate(2004, 2, 29)
    assert age_on(leap, date(2018, 2, 28)) == 13
    assert age_on(leap, date(2018, 3, 1)) == 14
    assert card_expiry(leap, date(2022, 1, 1)) == date(2029, 3, 1)
    assert age_on(PartialDate(2010), date(2024, 12, 30)) == 13
    assert age_on(PartialDate(2010), date(2024, 12, 31)) == 14


def test_procedure_by_date_and_age() -> None:
    assert select_procedure(date(2024, 6, 30), PartialDate(1990, 1, 1)).id == "vn-60-2021"
    assert select_procedure(date(2024, 7, 1), PartialDate(1990, 1, 1)).id == "vn-2024"
    assert select_procedure(date(2026, 3, 1), PartialDate(2020, 3, 1)).id == "vn-2024"  # six today
    assert select_procedure(date(2026, 2, 28), PartialDate(2020, 3, 1)).id == "vn-2024-under-6"
    with pytest.raises(ProcedureError, match="age 14"):
        select_procedure(date(2022, 1, 1), PartialDate(2009, 1, 1))


def test_fees_by_date_and_exemption() -> None:
    assert fee_for("first", date(2024, 7, 1)).amount_vnd == 0
    assert fee_for("exchange", date(2021, 6, 30)).amount_vnd == 50_000
    assert fee_for("exchange", date(2021, 7, 1)).amount_vnd == 25_000
    assert fee_for("exchange", date(2021, 6, 30), from_cmnd=True).amount_vnd == 30_000
    assert fee_for("reissue", date(2025, 1, 1), exemption="state-fault").amount_vnd == 0
    with pytest.raises(InputError):
        fee_for("first", date(2025, 1, 1), exemption="state-fault")
    with pytest.raises(InputError):
        fee_for("exchange", date(1990, 1, 1))
    assert not fee_for("exchange", date(2025, 1, 1)).verified  # recalled data says so


def test_deadlines_count_working_days() -> None:
    friday = date(2026, 11, 20)
    assert add_working_days(friday, 1) == date(2026, 11, 23)
    assert add_working_days(friday, 1.5) == date(2026, 11, 24)  # a begun day counts
    assert not is_working_day(date(2026, 9, 2))
    assert deadline_for("first", friday).due == date(2026, 12, 1)
    assert deadline_for("exchange", date(2022, 3, 1), "mountain").working_days == 15
    assert deadline_for("reissue", date(2022, 3, 1), "city").working_days == 13


def test_form_codes_changed_meaning() -> None:
    assert form_for("capture", date(2024, 6, 30)).code == "CC02"
    assert form_for("capture", date(2024, 7, 1)).code == "CC01"
    assert form_for("slip", date(2024, 7, 1)).code == "CC02"
    assert form_for("capture", date(2024, 6, 30)).id != form_for("slip", date(2024, 7, 1)).id


def test_retention_alarms() -> None:
    day = date(2026, 1, 1)
    assert [retention_of(day, date.fromordinal(day.toordinal() + n)).alarm for n in (89, 90, 149, 150, 180)] == [
        0,
        90,
        90,
        150,
        150,
    ]
    assert retention_of(day, date(2026, 6, 30)).days_left == 0


@pytest.mark.parametrize(("typed", "stored", "shown"), [
    ("12031958", "1958-03-12", "12/03/1958"), ("12/3/1958", "1958-03-12", "12/03/1958"), ("1958", "1958", "--/--/1958"),
    ("3/1958", "1958-03", "--/03/1958"), ("--/--/1936", "1936", "--/--/1936"), ("1936-05-02", "1936-05-02", "02/05/1936"),
    ("00/00/1940", "1940", "--/--/1940"),
])  # fmt: skip
def test_dates_as_clerks_type_them(typed: str, stored: str, shown: str) -> None:
    assert (str(parse_date(typed)), parse_date(typed).shown()) == (stored, shown)


@pytest.mark.parametrize(
    "bad", ["", "31/2/2000", "32011999", "99/99/1999", "1849", "19５8", "1/1/58", "2000-02-30", "a", "1" * 500]
)
def test_bad_dates(bad: str) -> None:
    with pytest.raises(InputError):
        parse_date(bad)
