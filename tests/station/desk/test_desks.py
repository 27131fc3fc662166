"""The desks without a window: queue in and out of order, decisions, form, signatures, supervisor, finish, sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from station.app import Station
from station.clock import ManualClock
from station.demo import demo_citizen, demo_population, open_demo_station, person_seed
from station.demo_counter import with_a_slip_of_the_pen
from station.desk.comparing import CompareDesk, Decision
from station.desk.finishing import FinishDesk
from station.desk.form import FormDesk, Mark
from station.desk.shift import ShiftDesk
from station.desk.signing import SigningDesk
from station.desk.supervising import SupervisorDesk
from station.desk.tickets import DayQueue, Visitor
from station.desks.papers import PaperDesk
from station.dossier.kinds import Kind
from station.dossier.numbers import CodeKind, make_code
from station.dossier.parts import ApplicationKind
from station.errors import AccessError, InputError, ProcedureError
from station.vietnam.rules import deadline_for
from station.views.strip import next_stage, stages_done
from station.words import catalogue
from tests.station.dossier.test_papers import text_of

SEED = 7
PEOPLE = demo_population(SEED)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path / "station", desk="all")
    yield station
    station.close()


@pytest.fixture
def queue(station: Station) -> DayQueue:
    citizens = [with_a_slip_of_the_pen(demo_citizen(PEOPLE, n)) for n in range(4)]
    visitors = [Visitor(str(101 + n), c, person_seed(SEED, c)) for n, c in enumerate(citizens)]
    queue = DayQueue(station, visitors, called.append, "test-short")
    called.clear()
    queue.hand_out()
    return queue


called: list[int] = []


def test_tickets_are_handed_out_once_and_called_in_their_order(queue: DayQueue) -> None:
    queue.hand_out()
    view = queue.today(())
    assert [r.ticket for r in view.rows] == ["101", "102", "103", "104"]
    assert view.following == "101"
    assert view.coach
    dossier = queue.call("101")
    assert called == [queue.visitors["101"].seed]
    view = queue.today(())
    assert (view.rows[0].dossier, view.rows[0].place) == (dossier, "open")
    assert view.following == dossier
    assert queue.call("101") == dossier  # the same again: gone on with, not opened twice


def test_a_dossier_without_a_ticket_is_gone_on_with_and_an_old_one_waits_behind(station: Station) -> None:
    from datetime import timedelta

    from station.clock import ManualClock

    dossier = station.book.open_dossier("test-short")
    queue = DayQueue(station, [], called.append, "test-short")
    assert queue.today(()).following == dossier
    later = ManualClock()
    later.jump(station.clock.now() + timedelta(days=1))
    station.clock = later
    view = queue.today(())
    assert view.rows[0].place == "paused"
    assert view.advice is None
    assert not any(d.waiting for d in view.desks)


def test_out_of_order_needs_words_and_says_so_afterwards(queue: DayQueue) -> None:
    assert queue.needs_reason("103")
    with pytest.raises(ProcedureError) as caught:
        queue.call("103")
    assert caught.value.reason_code == "reason-missing"
    assert queue.today(()).following == "101"
    queue.call("103", "ốm")
    with pytest.raises(ProcedureError):
        queue.call("999", "nobody")


def test_paused_waits_behind_who_waits_and_a_walk_away_ends(queue: DayQueue) -> None:
    dossier = queue.call("101")
    queue.put_back(dossier, "đi lấy giấy")
    view = queue.today(())
    assert view.following == "102"
    row = next(r for r in view.rows if r.ticket == "101")
    assert row.place == "paused"
    queue.resume(dossier)
    queue.walk_away(dossier, "bỏ về")
    assert next(r for r in queue.today(()).rows if r.ticket == "101").place == "gone"


def test_a_decided_row_is_open_no_more_and_the_decision_stays_written(station: Station, queue: DayQueue) -> None:
    desk = CompareDesk(station, PEOPLE)
    for number, decision in enumerate((Decision.TAKE_REGISTER, Decision.ROUTE, Decision.MEND_REGISTER)):
        dossier = queue.call(str(101 + number))
        desk.ensure(dossier)
        view = desk.view(dossier)
        if not view.open_fields:
            continue
        field = view.open_fields[0]
        register = station.book.state(dossier).look_up.record[field]  # type: ignore[index,union-attr]
        after = desk.decide(dossier, field, decision)
        assert field not in after.open_fields
        if decision is not Decision.TAKE_REGISTER:
            told = next(r for r in after.rows if r.field == field).decided
            assert told is not None, "who decided what is not told at the row"
            assert told.words.code == f"ui.decision.{decision}"
            assert told.words.code in catalogue()
            assert station.operator is not None
            assert told.operator == station.operator.name
        state = station.book.state(dossier)
        if decision is Decision.TAKE_REGISTER:
            assert state.value(field).upper() == register.upper()
        else:
            assert any(d.field == field and d.owner == "data-officer" for d in state.open_defects)
        queue.pause(dossier)


def test_stages_follow_the_desks(station: Station, queue: DayQueue) -> None:
    dossier = queue.call("101")
    assert next_stage(station.book.state(dossier)) == "lookup"
    CompareDesk(station, PEOPLE).ensure(dossier)
    state = station.book.state(dossier)
    assert next_stage(state) == "lookup"  # nobody looked yet
    assert next_stage(state, looked=True) in {"declaration", "fingers"}
    assert "fingers" not in stages_done(state)
    station.life.hand_to(dossier, "3")
    assert next_stage(station.book.state(dossier)) in {"declaration", "fingers"}, "who handed it on had looked"


def test_a_field_is_saved_alone_and_a_bad_one_leaves_the_old(station: Station, queue: DayQueue) -> None:
    desk, dossier = FormDesk(station), queue.call("101")
    desk.save(dossier, "phone", "0900 000 555")
    assert station.book.state(dossier).value("phone") == "0900000555"
    events = station.book.state(dossier).events
    desk.save(dossier, "phone", "0900000555")
    assert station.book.state(dossier).events == events
    with pytest.raises(InputError):
        desk.save(dossier, "phone", "12")
    assert station.book.state(dossier).value("phone") == "0900000555"
    assert Mark("scar-dot", 1, "above", "right-brow-tail").sentence() == "Sẹo chấm 1 cm trên đuôi mày phải"


def test_the_phone_is_asked_alone_and_a_wrong_line_stops_the_signature(station: Station, queue: DayQueue) -> None:
    desk, dossier = SigningDesk(station), queue.call("101")
    FormDesk(station).save(dossier, "phone", "0900000555")
    desk.agree_rest(dossier)
    state = station.book.state(dossier)
    assert "phone" not in state.review
    assert all(state.review.values())
    desk.answer(dossier, ("phone",), answer=False)
    line = next(x for x in desk.review(dossier).lines if x.field == "phone")
    assert line.answer is False
    with pytest.raises(ProcedureError):
        desk.sign(dossier, "applicant")
    view = desk.applicant(dossier)
    assert not view.may_sign
    assert desk.applicant("").blank
    assert desk.applicant(dossier, locked=True).blank


def test_nobody_decides_on_their_own_dossier_and_the_clerk_stays_signed_in(station: Station, queue: DayQueue) -> None:
    desk, dossier = SupervisorDesk(station), queue.call("101")
    desk.ask(dossier, "low-quality", "plain-right")
    desk.ask(dossier, "low-quality", "plain-right")
    assert len(desk.waiting(dossier)) == 1
    operator = station.operator
    with pytest.raises(AccessError) as caught:
        desk.decide_here(dossier, "demo", "whatever")
    assert caught.value.reason_code == "E04"
    with pytest.raises(AccessError):
        desk.decide_here(dossier, "nobody", "0000000000")
    assert station.operator is operator
    assert station.session.operator == "demo"
    assert len(desk.waiting(dossier)) == 1


def test_fee_and_date_come_from_the_tables_and_the_slip_is_a_pdf(station: Station, queue: DayQueue) -> None:
    desk, dossier = FinishDesk(station), queue.call("101")
    desk.prepare(dossier)
    desk.prepare(dossier)
    state = station.book.state(dossier)
    assert state.fee is not None
    assert state.old_card
    assert desk.finish(dossier).startswith(b"%PDF")
    assert station.book.state(dossier).slip is not None


def test_the_centres_fee_and_the_units_name_stand_on_the_screen_the_record_and_both_papers(
    station: Station, queue: DayQueue
) -> None:
    table = {"valid_from": "2026-11-01", "source": "test circular", "table":
             {"first": 11_000, "exchange": 77_000, "exchange-from-cmnd": 77_000, "reissue": 77_000}}  # fmt: skip
    station.book.write(Kind.NOTICE, {"id": "n1", "kind": "fees", "payload": table}, "")
    desk, dossier = FinishDesk(station), queue.call("101")
    wanted = 11_000 if station.book.state(dossier).kind is ApplicationKind.FIRST else 77_000
    assert desk.view(dossier).fee.amount_vnd == wanted
    before = PaperDesk(station).preview(dossier, "slip").pdf
    desk.prepare(dossier)
    recorded = station.book.state(dossier).fee
    assert recorded is not None
    assert recorded["amount_vnd"] == wanted
    for pdf in (before, desk.finish(dossier)):
        text = text_of(pdf)
        assert f"{wanted // 1000}.000 đồng" in text
        assert "Xã Mẫu" in text, "the place is named by its code"


def test_a_slip_made_before_seven_in_the_morning_has_the_screens_day(tmp_path: Path) -> None:
    early = ManualClock(datetime(2026, 11, 22, 22, 30, tzinfo=UTC))  # Monday, half past five in the morning
    station = open_demo_station(tmp_path / "early", clock=early, desk="all")
    try:
        dossier = station.book.open_dossier("test-short")
        due = FinishDesk(station).view(dossier).deadline.due
        assert due == deadline_for(station.book.state(dossier).kind.value, date(2026, 11, 23)).due
        assert f"{due:%d/%m/%Y}" in text_of(PaperDesk(station).preview(dossier, "slip").pdf)
    finally:
        station.close()


def test_a_badge_names_a_person_and_only_the_pin_opens_the_lock(station: Station) -> None:
    desk = ShiftDesk(station)
    names = sorted(station.operators.accounts())
    assert desk.badge(make_code(CodeKind.BADGE, f"{names.index('demo'):04d}")) == "demo"
    assert desk.badge(make_code(CodeKind.TICKET, "000101")) == ""
    assert desk.badge("1399") == ""
    desk.lock()
    assert desk.idle.locked
    with pytest.raises(AccessError):
        desk.sign_in("demo", "0000000000", "3")
    assert desk.idle.locked
    operator, pin = desk.demo_pin()
    view = desk.sign_in(operator, pin, "3")
    assert (desk.idle.locked, view.operator, view.desk) == (False, "demo", "3")
    station.demo = False
    with pytest.raises(AccessError):
        desk.demo_pin()


def test_a_visitor_without_faults_keeps_the_form_as_it_is() -> None:
    citizen = demo_citizen(PEOPLE, 0)
    nobody = replace(citizen, declared={**citizen.declared, "mother_name": ""})
    assert with_a_slip_of_the_pen(nobody) is nobody
