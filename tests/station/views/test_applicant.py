"""S9: what the applicant sees, and never sees."""

from __future__ import annotations

from datetime import date, timedelta

from station.dossier.life import Life
from station.dossier.pipeline import Pipeline, minutes_to_wait
from station.dossier.readiness import lines_to_review
from station.dossier.search import phone_users
from station.views.applicant import applicant_view
from station.views.base import Words
from station.words import Language
from tests.station.dossier.builders import APPLICANT, finish, make_book, make_capture

DAY = date(2026, 11, 22)


def test_from_blank_to_thanks() -> None:
    book = make_book()
    assert applicant_view(None, DAY).blank
    dossier = book.open_dossier("test-short", applicant=APPLICANT, ticket="187")
    view = applicant_view(book.state(dossier), DAY, instruction=Words("s9.wait"), finger="5")
    assert (view.address.say(), view.finger, view.lines) == ("bà", "5", ())
    assert applicant_view(book.state(dossier), DAY, locked=True).blank
    while (step := book.state(dossier).next_step) is not None:
        book.accept_capture(dossier, make_capture(step))
    view = applicant_view(book.state(dossier), DAY)
    assert [i.id for i in view.intents] == ["answer", "answer"]
    assert not view.may_sign
    assert "op-1" not in repr(view)
    book.review(dossier, dict.fromkeys(lines_to_review(book.state(dossier)), True) | {"phone": False})
    told = applicant_view(book.state(dossier), DAY).prompt
    assert told is not None
    assert told.code == "s9.mending"
    assert "điện thoại" in told.say().lower()
    assert "phone" in told.say(Language.EN).lower()
    book.review(dossier, {"phone": True})
    assert applicant_view(book.state(dossier), DAY).may_sign
    finish(book, dossier)
    Life(book).slip(dossier, DAY + timedelta(days=9), "collect", "Công an xã", "rule")
    thanks = applicant_view(book.state(dossier), DAY).thanks
    assert thanks is not None
    assert thanks.say() == "Cảm ơn bà. Ngày hẹn 01/12/2026, nhận tại Công an xã"


def test_waiting_time_is_rounded_up_and_only_for_who_waits() -> None:
    book = make_book()
    queue = Pipeline(book)
    for _ in range(6):
        queue.issue()
    assert minutes_to_wait(queue.tickets(), 102) == 6
    for _ in range(3):
        queue.call()
        book.clock.advance(150)  # type: ignore[attr-defined]
    assert minutes_to_wait(queue.tickets(), 105) == 5
    assert minutes_to_wait(queue.tickets(), 101) is None


def test_phone_shared_by_others() -> None:
    book = make_book()
    ids = [book.open_dossier("test-short", applicant={**APPLICANT, "personal_no": f"09915800421{n}"}) for n in range(6)]
    assert phone_users(book.states(), "0900000017", but=ids[0]) == 5
    assert phone_users(book.states(), "") == 0
