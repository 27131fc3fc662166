"""Defects and corrections, cards, the queue, search, drafts of two kits, numbers with a check digit."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.clock import ManualClock
from station.dossier.book import DossierBook
from station.dossier.events import check_chain
from station.dossier.issued import CardDesk, call_list, undelivered_list
from station.dossier.kinds import Kind
from station.dossier.life import Life
from station.dossier.memory import MemoryJournal
from station.dossier.mending import Mending, ages, held_from_purge
from station.dossier.numbers import CodeKind, make_code, read_code
from station.dossier.parts import CardWord, DefectState, PackageWord
from station.dossier.pipeline import Desk, Pipeline, desk_loads, desk_of
from station.dossier.search import find
from station.dossier.state import replay
from station.errors import AccessError, InputError, ProcedureError, StationError

from .builders import APPLICANT, SUPERVISOR, FakeSession, enroll, finish, make_book, make_capture


def seal(book: DossierBook, dossier: str, package: str, word: Kind = Kind.RECEIPT) -> None:
    book.write(Kind.SEALED, {"package": package, "sha256": "", "bytes": 1000, "recipients": []}, dossier)
    book.write(Kind.SENT, {"package": package, "carrier": "test", "bytes": 1000}, dossier)
    book.write(word, {"package": package, "reasons": ["hometown"]}, dossier)


def as_person(book: DossierBook, operator: str, *roles: str) -> None:
    book.session = FakeSession(operator, frozenset(roles))


def test_a_returned_dossier_is_mended_without_recapture() -> None:
    book = make_book()
    mending = Mending(book)
    dossier = enroll(book)
    before = {s: c.accepted.event for s, c in book.state(dossier).captures.items() if c.accepted}
    seal(book, dossier, "p1", Kind.REFUSED)
    assert book.state(dossier).package_word is PackageWord.REFUSED
    (defect,) = mending.returned(dossier, [("S4", "hometown", "thiếu quê quán")])
    assert mending.returned(dossier, [("S4", "hometown", "thiếu quê quán")]) == []
    with pytest.raises(ProcedureError, match="sealed"):
        book.set_field(dossier, "hometown", "Xã Thực Hành")
    mending.assign(dossier, defect, "commune:99901")
    with pytest.raises(ProcedureError, match="photographed"):
        mending.correct(dossier, defect, "Xã Thực Hành")
    mending.correct(dossier, defect, "Xã Thực Hành", proof="aa" * 32)
    assert book.state(dossier).value("hometown") == APPLICANT["hometown"]  # not in force before it is approved
    as_person(book, "op-1", "supervisor")
    with pytest.raises(AccessError):
        mending.approve(dossier, defect)
    as_person(book, "op-2", "supervisor")
    mending.approve(dossier, defect)
    state = book.state(dossier)
    assert state.value("hometown") == "Xã Thực Hành"
    assert state.package_word is PackageWord.SAVED
    assert not state.signatures
    assert {s: c.accepted.event for s, c in state.captures.items() if c.accepted} == before
    mending.close(dossier, defect, "đã sửa")
    finish(book, dossier)
    seal(book, dossier, "p2")
    state = book.state(dossier)
    assert [p.id for p in state.packages] == ["p1", "p2"]
    assert state.package_word is PackageWord.ACKNOWLEDGED
    what = [link.what for link in mending.chain_of(dossier, defect)]
    assert what == ["defect.found", "defect.assigned", "defect.corrected", "defect.approved", "defect.closed", "package.sealed",
                    "package.acknowledged"]  # fmt: skip


def test_words_never_go_back() -> None:
    book = make_book()
    dossier = enroll(book)
    seal(book, dossier, "p1")
    book.write(Kind.SENT, {"package": "p1", "carrier": "late"}, dossier)
    assert book.state(dossier).package_word is PackageWord.ACKNOWLEDGED


def test_defect_list_by_the_purge_clock_and_what_holds_it() -> None:
    book = make_book()
    dossier = enroll(book)
    Mending(book).report(dossier, "S1", "full_name", "sai dấu")
    day = book.clock.now().date()
    (row,) = ages(book.states(), day + timedelta(days=149))
    assert (row.retention.alarm, row.retention.days_left) == (90, 31)
    assert ages(book.states(), day + timedelta(days=150))[0].retention.alarm == 150
    assert held_from_purge(book.state(dossier)) == ("open-defect",)
    with pytest.raises(InputError):
        Mending(book).report(dossier, "Z9", "full_name", "?")


MANIFEST = {"manifest": "m1", "cards": [{"serial": "C1", "dossier": ""}, {"serial": "C2", "dossier": "119999"}]}


def test_cards_from_the_box_to_the_hand() -> None:
    book = make_book()
    desk = CardDesk(book)
    dossier = enroll(book)
    payload = {"manifest": "m1", "cards": [{"serial": "C1", "dossier": dossier}, {"serial": "C2", "dossier": "119999"}]}
    assert desk.list_cards(payload) == ["119999"]
    with pytest.raises(ProcedureError, match="not here"):
        desk.hand_over(dossier, signature="x")
    counted = desk.check_in(payload, ["C1", "C9"])
    assert (counted.missing, counted.strangers) == (("C2",), ("C9",))
    desk.undelivered(dossier, "not-home", phone_tries=2)
    assert [s.id for s in undelivered_list(book.states())] == [dossier]
    with pytest.raises(ProcedureError, match="another person"):
        desk.hand_over(dossier, chip_number="099158004218", signature="x")
    with pytest.raises(ProcedureError, match="finger"):
        desk.hand_over(dossier, chip_number="099158004217", finger=(False, 3.0), signature="x")
    with pytest.raises(ProcedureError, match="signed"):
        desk.hand_over(dossier, chip_number="099158004217", finger=(True, 93.0))
    desk.hand_over(dossier, chip_number="099158004217", finger=(True, 93.0), signature="bb" * 32, old_card="cmnd")
    state = book.state(dossier)
    assert state.card is CardWord.HANDED
    assert state.old_card == "cmnd"
    for bad in ({}, {"manifest": "m", "cards": 3}, {"manifest": "m", "cards": [{"serial": "1", "dossier": "2"}] * 2}):
        with pytest.raises(InputError):
            desk.list_cards(bad)


def test_e_id_needs_consent_and_phone_and_has_a_call_list() -> None:
    book = make_book()
    life = Life(book)
    dossier = enroll(book)
    with pytest.raises(ProcedureError):
        life.vneid(dossier, "requested")
    with pytest.raises(InputError):
        life.vneid(dossier, "password")
    life.vneid(dossier, "offered")
    life.vneid(dossier, "requested", consent=True, phone_checked="call-back")
    book.write(Kind.NOTICE, {"id": "n1", "kind": "vneid", "payload": {"state": "approved"}}, dossier)
    assert book.state(dossier).vneid == ("offered", "requested", "approved")
    assert call_list(book.states()) == {"Thôn 3, Xã Mẫu": [dossier]}


def test_queue_order_is_kept_and_a_turn_out_of_order_needs_a_reason() -> None:
    book = make_book()
    queue = Pipeline(book)
    assert [queue.issue(), queue.issue(), queue.issue("elder")] == [101, 102, 103]
    assert [t.number for t in queue.tickets()] == [103, 101, 102]
    with pytest.raises(ProcedureError, match="reason"):
        queue.call(102)
    ticket = queue.call(102, "phụ nữ mang thai")
    assert ticket.out_of_order
    assert queue.call().number == 103
    with pytest.raises(ProcedureError, match="not waiting"):
        queue.call(103, "x")
    queue.back(103, "gọi nhầm người")
    assert queue.call().number == 103
    queue.close(103, reason="bỏ về")
    assert queue.call().number == 101
    with pytest.raises(ProcedureError, match="Nobody"):
        queue.call()


def test_desks_and_bottleneck() -> None:
    book = make_book()
    dossier = book.open_dossier("vn-60-2021")
    assert desk_of(book.state(dossier)) is Desk.CLERK
    book.look_up(dossier, "c", None, source="t")
    assert desk_of(book.state(dossier)) is Desk.FORM
    for name, value in APPLICANT.items():
        book.set_field(dossier, name, value)
    assert desk_of(book.state(dossier)) is Desk.FINGERS
    book.clock.advance(1000)  # type: ignore[attr-defined]
    loads = {x.desk: x for x in desk_loads(book.states(), book.clock.now())}
    assert loads[Desk.FINGERS].bottleneck
    finish(book, dossier)
    assert desk_of(book.state(dossier)) is Desk.FINISH


def test_search_by_everything_a_person_has_in_hand() -> None:
    book = make_book()
    dossier = enroll(book)
    states = book.states()
    for text in (
        dossier,
        "099 158 004 217",
        "0900 000 017",
        "tran thi hoa",
        "hoa tran",
        "Trần Thị Hòa",
        "tran thi hao",
        dossier[8:17],
    ):
        assert [h.dossier for h in find(states, text)] == [dossier], text
    assert find(states, "x") == find(states, "NGÔ VĂN BÁ") == []
    wrong = dossier[:-1] + str((int(dossier[-1]) + 1) % 10)
    with pytest.raises(InputError, match="wrong"):
        find(states, wrong)


@given(st.text("0123456789", min_size=1, max_size=30), st.data())
def test_a_wrong_digit_or_a_swap_is_always_noticed(body: str, data: st.DataObject) -> None:
    code = make_code(CodeKind.TEST, body)
    assert read_code(code) == (CodeKind.TEST, body)
    at = data.draw(st.integers(0, len(code) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != code[at]]))
    with pytest.raises(InputError):
        read_code(code[:at] + digit + code[at + 1 :])
    if at + 1 < len(code) and code[at] != code[at + 1]:
        with pytest.raises(InputError):
            read_code(code[:at] + code[at + 1] + code[at] + code[at + 2 :])


def test_begun_on_kit_a_resumed_on_b_finished_on_as_replacement() -> None:
    """A takes the slaps offline; the draft travels to B, which takes the rolled ones; C, A's replacement, ends it."""
    clock = ManualClock()
    kits = [DossierBook(MemoryJournal(clock, f"{n:016x}"), clock, FakeSession(f"op-{n}"), sign=lambda _: b"s") for n in (1, 2, 3)]
    a, b, c = kits
    dossier = a.open_dossier("vn-60-2021", applicant=APPLICANT)
    a.look_up(dossier, "unanswered", None, source="offline")
    for count, (book, following) in enumerate([(a, b), (b, c)]):
        for _ in range(5):
            step = book.state(dossier).next_step
            assert step is not None
            book.accept_capture(dossier, make_capture(step, blob=f"{count + 1:064x}"))
            clock.advance(30)
        Life(book).pause(dossier, "về đơn vị")
        following.journal.take(book.journal.events(dossier))  # type: ignore[attr-defined]
        Life(following).resume(dossier)
    state = finish(c, dossier)
    assert state.captures_complete
    assert {s.accepted.operator for s in state.captures.values() if s.accepted} == {"op-1", "op-2", "op-3"}
    for book in kits:
        check_chain(book.journal.all_events())  # type: ignore[attr-defined]
    events = list(c.journal.events(dossier))
    random.Random(1).shuffle(events)
    assert replay(events) == state


def test_a_finger_twice_on_two_kits_at_once_is_one_capture_and_the_same_everywhere() -> None:
    clock = ManualClock()
    a, b = (DossierBook(MemoryJournal(clock, f"{n:016x}"), clock, FakeSession(f"op-{n}")) for n in (1, 2))
    dossier = a.open_dossier("test-short", applicant=APPLICANT)
    b.journal.take(a.journal.events(dossier))  # type: ignore[attr-defined]
    step = a.state(dossier).next_step
    assert step is not None
    a.accept_capture(dossier, make_capture(step, blob="11" * 32))
    b.accept_capture(dossier, make_capture(step, blob="22" * 32))
    a.journal.take(b.journal.events(dossier))  # type: ignore[attr-defined]
    b.journal.take(a.journal.events(dossier))  # type: ignore[attr-defined]
    assert a.state(dossier) == b.state(dossier)
    assert len(a.state(dossier).captures[step.id].superseded) == 1


def test_unknown_kinds_are_counted_and_change_nothing() -> None:
    book = make_book()
    dossier = enroll(book)
    before = book.state(dossier)
    book.journal.append("future.kind", {"x": 1}, dossier=dossier, operator="op", desk="")
    after = book.state(dossier)
    assert after.unknown_events == 1
    assert after.fields == before.fields


def test_deferred_four_eyes_is_marked_until_done() -> None:
    book = make_book()
    dossier = enroll(book)
    asked = book.ask(dossier, "home-visit-night", reason="không có chỉ huy", deferred=True)
    assert [a.deferred for a in book.state(dossier).open_approvals] == [True]
    as_person(book, "op-9", *SUPERVISOR)
    book.decide(dossier, asked.id, "returned", "thiếu ảnh")
    approval = book.state(dossier).approvals[-1]
    assert (approval.decision, approval.decided_by) == ("returned", "op-9")
    with pytest.raises(StationError):
        book.decide(dossier, asked.id, "approved")


def test_defects_state_chain() -> None:
    book = make_book()
    dossier = enroll(book)
    defect = Mending(book).report(dossier, "T3", "old_id_no", "chưa liên kết số cũ")
    with pytest.raises(ProcedureError, match="no correction"):
        Mending(book).approve(dossier, defect)
    Mending(book).correct(dossier, defect, "912345678")
    assert book.state(dossier).defects[0].state is DefectState.CORRECTED
    with pytest.raises(ProcedureError, match="waits for approval"):
        Mending(book).close(dossier, defect, "x")
