"""Cấp, đổi, cấp lại: proposed from what is known, confirmed or changed by the officer, written down; fee and old card follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from station.app import Station
from station.demo import demo_citizens, demo_population, open_demo_station
from station.desk.comparing import CompareDesk
from station.desk.finishing import FinishDesk
from station.desk.identity import IdentityDesk
from station.desk.tickets import DayQueue
from station.desks.visits import VisitDesk
from station.dossier.kinds import Kind
from station.dossier.parts import ApplicationKind, FieldSource, OldCard
from station.dossier.proposing import CHOICES, confirm_kind, propose_kind
from station.dossier.readiness import before_signing
from station.errors import InputError
from station.views.review import review_view
from station.views.strip import strip_view
from station.words import catalogue

PEOPLE = demo_population(7)
DAY = date(2026, 11, 29)
HOLDER = next(c for c in demo_citizens(PEOPLE, 12) if c.register is not None and c.register.fields.get("card_issued"))
REGISTER, CHIP, DECLARED = FieldSource.REGISTER, FieldSource.CHIP, FieldSource.DECLARED


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path / "station", desk="1")
    yield station
    station.close()


@pytest.mark.parametrize(("sources", "more", "kind", "why"), [
    ({}, {}, "first", "kind.unknown"),
    ({}, {"answered": True}, "first", "kind.no-card"),
    ({DECLARED: {"old_id_no": "012345678"}}, {"answered": True}, "exchange", "kind.cmnd"),
    ({REGISTER: {"card_issued": "2024-05-02", "card_expiry": "2040-01-01"}}, {}, "exchange", "kind.card-known"),
    ({REGISTER: {"card_issued": "2016-05-02", "card_expiry": "2026-05-01"}}, {}, "exchange", "kind.expired"),
    ({CHIP: {"personal_no": "099058004217", "card_issued": "2024-05-02"}}, {}, "exchange", "kind.chip"),
    ({REGISTER: {"card_issued": "2021-05-02", "card_expiry": "unlimited", "dob": "2001-03-01"}}, {}, "exchange", "kind.age"),
    ({REGISTER: {"card_issued": "2024-05-02"}}, {"old_card_state": "lost"}, "reissue", "kind.lost"),
])  # fmt: skip
def test_what_is_known_proposes_the_kind(sources, more, kind: str, why: str) -> None:
    found = propose_kind(sources, DAY, **more)
    assert (found.kind.value, found.why) == (kind, why)
    assert {why, f"kind.{kind}", *(c.why for c in CHOICES)} <= set(catalogue())


def called(station: Station) -> tuple[DayQueue, str]:
    """A real counter: nobody is known until a number is scanned or typed."""
    queue = DayQueue(station, (), lambda _: None, "test-short")
    return queue, queue.call(str(queue.issue()))


def test_a_real_counters_dossier_is_no_first_issue_by_default(station: Station) -> None:
    _, dossier = called(station)
    book, compare = station.book, CompareDesk(station, PEOPLE)
    state = book.state(dossier)
    assert (state.kind_sure, state.kind) == (False, ApplicationKind.FIRST)
    assert "kind-open" in {i.code for i in before_signing(state, "applicant")}, "a kind nobody said can be signed"
    IdentityDesk(station, PEOPLE).take(dossier, HOLDER.truth["personal_no"])
    state = book.state(dossier)
    assert state.kind is ApplicationKind.EXCHANGE
    assert not state.kind_sure
    assert state.kind_why.startswith("kind.")
    assert not state.blocked, "X2 stops who declares a first issue; here nobody did"
    strip = strip_view(state)
    assert (strip.kind.code, strip.kind_sure) == ("ui.kind.exchange", False)
    view = compare.view(dossier).kind
    assert view is not None
    assert not view.sure
    assert view.why is not None
    fee = FinishDesk(station).view(dossier).fee
    compare.choose_kind(dossier, 5)
    state = book.state(dossier)
    assert (state.kind, state.kind_sure, state.kind_why) == (ApplicationKind.REISSUE, True, "kind.lost")
    assert FinishDesk(station).view(dossier).fee.amount_vnd != fee.amount_vnd, "the fee did not follow the kind"
    compare.again(dossier)
    assert book.state(dossier).kind is ApplicationKind.REISSUE, "a proposal took the place of the officer's word"
    with pytest.raises(InputError):
        compare.choose_kind(dossier, 9)


def test_going_on_confirms_the_proposal_in_the_officers_name(station: Station) -> None:
    _, dossier = called(station)
    IdentityDesk(station, PEOPLE).take(dossier, HOLDER.truth["personal_no"])
    confirm_kind(station.book, dossier)
    confirm_kind(station.book, dossier)
    said = [e for e in station.journal.events(dossier) if e.kind == Kind.CLASSIFIED]
    assert [bool(e.body.get("proposed")) for e in said] == [True, False]
    assert said[-1].operator
    assert station.book.state(dossier).kind_sure


def test_a_home_visit_is_no_first_issue_either_and_its_review_asks(station: Station) -> None:
    dossier = VisitDesk(station, "test-short").arrive_by_number(HOLDER.truth["personal_no"])
    state = station.book.state(dossier)
    assert not state.kind_sure
    CompareDesk(station, PEOPLE).ensure(dossier)
    assert station.book.state(dossier).kind is ApplicationKind.EXCHANGE
    station.life.old_card(dossier, "cccd", OldCard.LOST, "Mất ở chợ")
    CompareDesk(station, PEOPLE).again(dossier)
    assert station.book.state(dossier).kind is ApplicationKind.REISSUE
    assert "kind-open" in {i.code for i in review_view(station.book.state(dossier)).check_list}
