"""The pace of the day: from the journal's own times, and silent where it cannot be known."""

from __future__ import annotations

from datetime import UTC, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from station.clock import ManualClock, legal
from station.dossier.kinds import Kind
from station.dossier.life import Life
from station.dossier.procedure import Desk
from station.dossier.readiness import lines_to_review
from station.queue.model import State
from station.views.pace import DEFAULT_HOURS, day_hours, desk_means, pace_of
from station.views.today import Ticket, today_view
from tests.station.dossier.builders import APPLICANT, make_book, make_capture

OPEN = (time(8), time(18))


def worked(book, clock: ManualClock, *, look_s: float = 50, finger_s: float = 100, face_s: float = 30, end_s: float = 60) -> str:
    """A dossier with known seconds at each desk, sealed without a slip."""
    dossier = book.open_dossier("test-short", applicant=APPLICANT)
    book.look_up(dossier, "a", dict(APPLICANT), source="test")
    clock.advance(look_s)
    Life(book).hand_to(dossier, "3")
    while (step := book.state(dossier).next_step) is not None:
        clock.advance(finger_s / 2 if step.fingers else face_s)
        book.accept_capture(dossier, make_capture(step))
    Life(book).hand_to(dossier, "5")
    Life(book).pause(dossier)
    clock.advance(600)  # waits for the next desk: nobody's work
    Life(book).resume(dossier)
    clock.advance(end_s)
    book.review(dossier, dict.fromkeys(lines_to_review(book.state(dossier)), True))
    book.sign(dossier, "applicant", blob="cd" * 32)
    book.sign(dossier, "operator", signature=b"x")
    book.write(Kind.SEALED, {"package id": dossier, "bytes": 1}, dossier)
    clock.advance(5)
    book.write(Kind.SENT, {"package id": dossier}, dossier)
    return dossier


def test_each_desk_gets_the_seconds_that_were_spent_at_it() -> None:
    book = make_book()
    clock = book.clock
    assert isinstance(clock, ManualClock)
    worked(book, clock)
    worked(book, clock, finger_s=200)
    means = desk_means(book.states())
    assert means == {Desk.CLERK: 50, Desk.FINGERS: 150, Desk.PORTRAIT: 30, Desk.FINISH: 60}
    assert [sum(s.work_s.values()) for s in book.states()] == [240, 340], "a wait between desks is no work"


def test_no_forecast_before_enough_was_sealed_and_then_the_pace_of_the_last_hours() -> None:
    book = make_book()
    clock = book.clock
    assert isinstance(clock, ManualClock)
    clock.jump(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))  # nine o'clock in Viet Nam
    for number in range(3):
        assert pace_of(book.states(), number, 100, OPEN, clock.now()).forecast is None
        worked(book, clock)
    pace = pace_of(book.states(), 3, 100, OPEN, clock.now())
    spent = (legal(clock.now()) - legal(book.states()[0].opened_at)).total_seconds()
    left = (legal(clock.now()).replace(hour=18, minute=0, second=0) - legal(clock.now())).total_seconds()
    assert pace.forecast == 3 + int(3 / spent * left)
    assert (pace.begin, pace.end) == ("08:00", "18:00")
    assert pace.due == round(100 * pace.share)
    clock.jump(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))  # an hour after closing
    late = pace_of(book.states(), 3, 100, OPEN, clock.now())
    assert (late.due, late.forecast) == (100, None)


def test_a_sealed_dossier_without_its_slip_comes_first_and_is_counted_as_done() -> None:
    book = make_book()
    clock = book.clock
    assert isinstance(clock, ManualClock)
    dossier = worked(book, clock)

    def seen():
        state = book.state(dossier)
        tickets = [
            Ticket("101", "A", "1958", "first", state, state.opened_at),
            Ticket("102", "B", "1960", "first", None, clock.now()),
        ]
        return today_view(tickets, [state], dict.fromkeys(State, 0), (), 10, clock.now())

    view = seen()
    assert (view.following, view.rows[0].place, view.finished) == (dossier, "slip", 1)
    assert view.rows[0].resumable
    assert view.desks[2].mean == "1:40"
    clock.advance(3600)
    assert seen().following == "102", "nobody stands there after an hour: the next ticket is called first"
    assert seen().rows[1].resumable
    Life(book).slip(dossier, clock.now().date(), "collect", "09901", "rule")
    assert seen().rows[-1].finished


@given(st.text(max_size=14))
def test_any_text_gives_hours(text: str) -> None:
    begin, end = day_hours(text)
    assert isinstance(begin, time)
    assert isinstance(end, time)


def test_hours_as_written() -> None:
    assert day_hours("07:30-24:00") == (time(7, 30), time(0))
    assert day_hours("") == DEFAULT_HOURS
