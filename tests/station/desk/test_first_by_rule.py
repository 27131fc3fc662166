"""S1: who goes first by rule, the day's counts that add up, and codes and tickets that belong elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from station.advice import reason_words, screen_code
from station.app import Station
from station.clock import ManualClock, SystemClock
from station.demo import demo_population, open_demo_station
from station.demo_counter import DemoCounter
from station.desk.tickets import DayQueue, priority_by_age
from station.dossier.kinds import Kind
from station.dossier.numbers import dossier_number
from station.dossier.pipeline import Priority
from station.errors import InputError, ProcedureError
from station.queue.model import State
from station.vietnam.number import Sex, make_number

PEOPLE = demo_population(7)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    clock = ManualClock()
    clock.jump(SystemClock().now())
    station = open_demo_station(tmp_path / "station", desk="1", clock=clock)
    yield station
    station.close()


def born(years_ago: int, station: Station) -> str:
    return str(make_number("099", Sex.FEMALE, station.clock.now().year - years_ago, 4217))


def test_elders_and_small_children_go_first_by_their_number_and_others_by_the_officers_word(station: Station) -> None:
    queue = DayQueue(station, (), lambda _: None, "test-short")
    assert queue.issue_by_rule() == (101, Priority.NORMAL)
    assert queue.issue_by_rule("normal", born(40, station)) == (102, Priority.NORMAL)
    assert queue.issue_by_rule("normal", born(80, station)) == (103, Priority.ELDER)
    assert queue.issue_by_rule("normal", born(3, station)) == (104, Priority.SMALL_CHILD)
    assert queue.issue_by_rule("pregnant", born(30, station)) == (105, Priority.PREGNANT)
    assert queue.issue_by_rule("disabled") == (106, Priority.DISABLED)
    view = queue.today(())
    assert [r.ticket for r in view.rows] == ["103", "104", "105", "106", "101", "102"]
    assert view.following == "103"
    assert [r.note.code if r.note else "" for r in view.rows[:4]] == [
        "priority.elder", "priority.small-child", "priority.pregnant", "priority.disabled"
    ]  # fmt: skip
    assert not any(born(80, station) in str(e.body) for e in station.journal.events("")), (
        "the number stands in the ticket's event"
    )
    for wrong in (("normal", "12345"), ("king", "")):
        with pytest.raises(InputError):
            queue.issue_by_rule(*wrong)
    assert len(queue.today(()).rows) == 6
    assert priority_by_age(None) is Priority.NORMAL


def test_the_days_counts_are_the_days_and_add_up(station: Station) -> None:
    clock = station.clock
    assert isinstance(clock, ManualClock)
    book = station.book
    old = book.open_dossier("test-short")
    book.write(Kind.SEALED, {"package": "p0", "bytes": 1}, old)
    book.write(Kind.RECEIPT, {"package": "p0"}, old)
    clock.jump(clock.now() + timedelta(days=1))
    queue = DayQueue(station, (), lambda _: None, "test-short")
    for kinds in (
        (),
        (Kind.SEALED,),
        (Kind.SEALED, Kind.SENT),
        (Kind.SEALED, Kind.SENT, Kind.REFUSED),
        (Kind.SEALED, Kind.SENT, Kind.RECEIPT),
    ):
        dossier = book.open_dossier("test-short")
        for kind in kinds:
            book.write(kind, {"package": dossier, "bytes": 1}, dossier)
    gone = book.open_dossier("test-short")
    station.life.abandon(gone, "bỏ về")
    view = queue.today(())
    assert view.counts == {"saved": 1, "sealed": 1, "sent": 1, "acknowledged": 1, "refused": 1}
    assert sum(view.counts.values()) == view.total == 5
    assert (view.unsent, view.refused) == (
        station.queue.counts()[State.SEALED] + station.queue.counts()[State.SENT], station.queue.counts()[State.REFUSED]
    )  # fmt: skip


def test_a_ticket_that_another_desk_works_on_names_the_desk(station: Station) -> None:
    clock = station.clock
    assert isinstance(clock, ManualClock)
    queue = DayQueue(station, (), lambda _: None, "test-short")
    ticket = str(queue.issue())
    dossier = queue.call(ticket)
    queue.desk = "4"
    with pytest.raises(ProcedureError) as caught:
        queue.call(ticket)
    assert (caught.value.reason_code, caught.value.details) == ("ticket-at-desk", {"ticket": ticket, "desk": "1"})
    assert "bàn 1" in reason_words(caught.value).say()
    assert screen_code("ticket-at-desk") == "E30"
    clock.jump(clock.now() + timedelta(minutes=11))  # nobody is there any more: their screen has locked itself
    assert queue.call(ticket) == dossier
    queue.desk = "all"
    assert queue.call(ticket) == dossier


def test_a_code_of_another_kit_names_its_owner(tmp_path: Path) -> None:
    demo = DemoCounter(tmp_path / "demo", visitors=1, procedure="test-short", light_s=0)
    counter = demo.open()
    try:
        day = counter.station.clock.now().date()
        with pytest.raises(InputError) as caught:
            counter.find_here(dossier_number("00000000000006b5", day, 3))
        assert (caught.value.reason_code, caught.value.details) == ("code-other-kit", {"kit": "001717"})
        words = reason_words(caught.value)
        assert "001717" in words.say()
        assert screen_code(words.code) == "E31"
        assert counter.find_here(dossier_number(counter.station.origin, day, 99)) == ""
    finally:
        counter.close()
