"""The book: the procedure's order, exceptions, thresholds, signatures, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from biometrics.positions import FingerPosition as F
from station.dossier.life import Life, day_totals
from station.dossier.parts import Lifecycle, PackageWord
from station.dossier.procedure import load_procedure
from station.dossier.readiness import before_sealing, before_signing
from station.dossier.state import replay
from station.errors import AccessError, InputError, ProcedureError

from .builders import APPLICANT, SUPERVISOR, FakeSession, enroll, finish, make_book, make_capture


def test_whole_procedure_in_the_legal_order() -> None:
    book = make_book()
    dossier = book.open_dossier("vn-60-2021", applicant=APPLICANT)
    book.look_up(dossier, "a", {}, source="test")
    order = []
    while (step := book.state(dossier).next_step) is not None:
        order.append((int(step.position), int(step.impression), step.modality.value))
        book.accept_capture(dossier, make_capture(step))
    flat, rolled = [(13, 0, "finger"), (14, 0, "finger"), (15, 0, "finger")], [(n, 1, "finger") for n in range(1, 11)]
    assert order == [*flat, *rolled, (0, 0, "face")]
    state = finish(book, dossier)
    assert state.captures_complete
    assert before_sealing(state) == ()
    assert state.package_word is PackageWord.SAVED
    assert state == replay(book.journal.events(dossier))


def test_another_capture_than_the_next_is_refused_at_the_counter_and_taken_at_home() -> None:
    book = make_book()
    portrait = load_procedure("vn-60-2021").step("portrait")
    dossier = book.open_dossier("vn-60-2021")
    with pytest.raises(ProcedureError) as error:
        book.accept_capture(dossier, make_capture(portrait))
    assert error.value.reason_code == "out-of-order"
    home = book.open_dossier("vn-60-2021", visit="home")
    book.accept_capture(home, make_capture(portrait))
    assert book.state(home).captures["portrait"].accepted


def test_missing_finger_must_be_declared_and_is_then_not_expected() -> None:
    book = make_book()
    dossier = book.open_dossier("vn-60-2021", applicant=APPLICANT)
    slap = load_procedure("vn-60-2021").step("flat-right-four")
    with pytest.raises(ProcedureError, match="F7"):
        book.accept_capture(dossier, make_capture(slap, missing=(5,)))
    book.declare_exception(dossier, F.RIGHT_LITTLE, "amputated")
    state = book.state(dossier)
    assert state.expected(slap) == (F.RIGHT_INDEX, F.RIGHT_MIDDLE, F.RIGHT_RING)
    assert state.exceptions[F.RIGHT_LITTLE].signature.startswith(b"signed:")
    book.accept_capture(dossier, make_capture(slap, missing=(5,)))
    state = finish(book, dossier)
    assert state.captures["rolled-right-little"].accepted is None
    assert state.captures_complete


def test_all_ten_missing_goes_straight_to_the_portrait_and_asks_the_supervisor() -> None:
    book = make_book()
    dossier = book.open_dossier("vn-60-2021")
    for finger in range(1, 11):
        book.declare_exception(dossier, finger, "bandaged", "temporary")
    state = book.state(dossier)
    assert state.next_step is not None
    assert state.next_step.id == "portrait"
    assert [a.what for a in state.open_approvals] == ["many-exceptions"]


def test_below_threshold_needs_all_tries_then_is_flagged_and_waits_for_the_supervisor() -> None:
    book = make_book()
    dossier = book.open_dossier("vn-60-2021")
    slap = load_procedure("vn-60-2021").step("flat-right-four")
    weak = make_capture(slap, scores={5: 5.0})
    with pytest.raises(ProcedureError):
        book.accept_capture(dossier, weak)
    for _ in range(slap.attempts):
        book.record_attempt(dossier, slap.id, 5.0, ["too-light"])
    book.accept_capture(dossier, weak)
    state = book.state(dossier)
    accepted = state.captures[slap.id].accepted
    assert accepted is not None
    assert accepted.capture.flags == ("below-threshold",)
    (asked,) = state.open_approvals
    with pytest.raises(AccessError, match="own work"):
        book.decide(dossier, asked.id, "approved")
    book.session = FakeSession("op-2")
    with pytest.raises(AccessError, match="supervisor"):
        book.decide(dossier, asked.id, "approved")
    book.session = FakeSession("op-3", SUPERVISOR)
    book.decide(dossier, asked.id, "approved")
    assert not book.state(dossier).open_approvals


def test_equal_to_the_threshold_passes() -> None:
    book = make_book()
    dossier = book.open_dossier("vn-60-2021")
    slap = load_procedure("vn-60-2021").step("flat-right-four")
    book.accept_capture(dossier, make_capture(slap, scores={int(f): t for f, t in slap.thresholds.items()}))
    assert not book.state(dossier).open_approvals


def test_a_change_after_signing_takes_the_signatures_away() -> None:
    book = make_book()
    dossier = enroll(book)
    book.set_field(dossier, "phone", "0900 000 018")
    state = book.state(dossier)
    assert not state.signatures
    assert [i.code for i in before_signing(state, "applicant")] == ["line-unseen"]
    with pytest.raises(ProcedureError):
        book.sign(dossier, "applicant")


def test_the_applicants_no_keeps_the_signature_shut() -> None:
    book = make_book()
    dossier = enroll(book)
    book.review(dossier, {"phone": False})
    with pytest.raises(ProcedureError) as error:
        book.sign(dossier, "applicant")
    assert error.value.reason_code == "line-disagreed"


def test_discard_and_retake_keeps_everything_in_the_journal() -> None:
    book = make_book()
    dossier = enroll(book)
    with pytest.raises(ProcedureError, match="reason"):
        book.discard_capture(dossier, "portrait", " ")
    book.discard_capture(dossier, "portrait", "mắt nhắm")
    step = book.state(dossier).next_step
    assert step is not None
    book.accept_capture(dossier, make_capture(step, blob="ee" * 32))
    state = book.state(dossier)
    assert len(state.captures["portrait"].superseded) == 1
    assert state.captures["portrait"].accepted.capture.images[0].blob == "ee" * 32  # type: ignore[union-attr]


def test_nobody_signed_in_changes_nothing() -> None:
    book = make_book(FakeSession(operator=""))
    with pytest.raises(AccessError):
        book.open_dossier("vn-60-2021")
    assert book.journal.dossiers() == []


def test_bad_field_opens_nothing() -> None:
    book = make_book()
    with pytest.raises(InputError):
        book.open_dossier("vn-60-2021", applicant={"phone": "12"})
    with pytest.raises(InputError):
        book.open_dossier("no-such")
    with pytest.raises(InputError):
        book.state("11")
    assert book.journal.dossiers() == []


def test_life_pause_abandon_reopen_merge_and_totals() -> None:
    book = make_book()
    life = Life(book)
    one, two, three = (book.open_dossier("vn-60-2021", applicant=APPLICANT) for _ in range(3))
    life.pause(one, "đi lấy giấy tờ")
    with pytest.raises(ProcedureError, match="paused"):
        book.set_field(one, "phone", "0900000001")
    life.resume(one)
    with pytest.raises(ProcedureError, match="reason"):
        life.abandon(two, "")
    life.abandon(two, "bỏ về")
    life.reopen(two, "quay lại")
    life.abandon(two, "bỏ về hẳn")
    life.merge(three, one, "mở hai lần")
    assert book.state(three).lifecycle is Lifecycle.MERGED
    assert book.state(one).linked == (three,)
    with pytest.raises(ProcedureError, match="merged"):
        book.set_field(three, "phone", "0900000001")
    totals = day_totals(book.states(), date(2026, 11, 22))
    assert totals["opened"] == 3
    assert totals["opened"] == sum(v for k, v in totals.items() if k not in {"opened", "to_approve"})


def test_two_people_are_never_merged() -> None:
    book = make_book()
    one = book.open_dossier("vn-60-2021", applicant=APPLICANT)
    two = book.open_dossier("vn-60-2021", applicant={"personal_no": "099158004218"})
    with pytest.raises(ProcedureError, match="two different people"):
        Life(book).merge(one, two, "nhầm")


def test_days_are_legal_days_not_those_of_utc() -> None:
    """Six in the morning of the 23rd in Viet Nam is still the 22nd in UTC: number, totals and papers say the 23rd."""
    from datetime import UTC, date, datetime

    from station.clock import legal, legal_day
    from station.dossier.life import day_totals

    book = make_book()
    early = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    book.clock.jump(early)  # type: ignore[attr-defined]
    dossier = book.open_dossier("vn-60-2021", applicant=APPLICANT)
    assert "261123" in dossier
    assert day_totals(book.states(), date(2026, 11, 23))["opened"] == 1
    assert day_totals(book.states(), date(2026, 11, 22))["opened"] == 0
    assert (legal_day(early), f"{legal(early):%H:%M}") == (date(2026, 11, 23), "06:00")
