"""S2 and S7: a number that contradicts birth, sex or province is said and routed, and stops nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.app import Station
from station.demo import demo_population, open_demo_station
from station.desk.comparing import CompareDesk
from station.dossier.parts import ExceptionKind
from station.views.base import Tone
from station.views.review import review_view
from station.words import Language, catalogue
from tests.station.dossier.builders import make_book, make_capture

PEOPLE = demo_population(7)
NUMBER = "099158004217"  # a woman born in 1958, says the number


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path / "station", desk="1")
    yield station
    station.close()


def test_the_row_says_what_disagrees_and_who_mends_it_and_nobody_stops(station: Station) -> None:
    dossier = station.book.open_dossier(
        "test-short", applicant={"personal_no": NUMBER, "dob": "1963-05-02", "sex": "M", "full_name": "Trần Văn Thử"}
    )
    desk = CompareDesk(station, PEOPLE)
    desk.again(dossier)
    view = desk.view(dossier)
    row = next(r for r in view.rows if r.field == "personal_no")
    assert (row.warning, row.tone, row.result.code) == (True, Tone.RETRY, "number-year")
    assert "personal_no" not in view.open_fields
    assert not view.blocked
    said = [n.say() for n in view.notes if n.code == "s2.note"]
    assert any("năm sinh" in s and "chuyển" in s for s in said)
    assert any("giới tính" in s for s in said)
    assert all("owner." not in s and "field." not in s for s in said), "a code stands in the words"
    assert all(n.say(Language.EN) for n in view.notes)
    (defect,) = [d for d in station.book.state(dossier).open_defects if d.field == "personal_no"]
    assert defect.owner == "commune"
    warned = {w.code for w in review_view(station.book.state(dossier)).warnings}
    assert {"number-year", "number-sex"} <= warned
    assert warned <= set(catalogue())


def test_an_exception_that_a_picture_contradicts_is_a_warning_at_the_review() -> None:
    book = make_book()
    dossier = book.open_dossier("test-short")
    step = next(s for s in book.state(dossier).procedure.steps if s.fingers)
    book.accept_capture(dossier, make_capture(step))
    book.declare_exception(dossier, step.fingers[0], ExceptionKind.AMPUTATED, "lasting", "")
    (warning,) = review_view(book.state(dossier)).warnings
    assert warning.code == "s7.contradicts"
    assert "finger." not in warning.say()
