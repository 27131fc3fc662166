"""View states: what each screen shows and offers, from real dossiers, in both languages."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from station.dossier.comparing import ComparingDesk
from station.dossier.home import Call, KitHealth, Place, Stop, route, route_km, stop_advice
from station.dossier.issued import CardDesk
from station.dossier.kinds import Kind
from station.dossier.mending import Mending
from station.dossier.pipeline import Pipeline
from station.dossier.procedure import Desk
from station.dossier.readiness import before_sealing
from station.population import SyntheticPopulation
from station.views.base import Words, shown
from station.views.compare import compare_view
from station.views.declaration import declaration_view
from station.views.defects import defects_view
from station.views.finish import finish_view
from station.views.hand_over import hand_over_view
from station.views.home import home_view
from station.views.inbox import inbox_view
from station.views.queue import queue_view
from station.views.review import review_view
from station.words import Language, catalogue
from tests.station.dossier.builders import APPLICANT, FakeSession, enroll, make_book, make_capture

DAY = date(2026, 11, 22)


def words_in(value: object) -> Iterator[Words]:
    if isinstance(value, Words):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from words_in(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for entry in value:
            yield from words_in(entry)


def speaks(view: object) -> None:
    """Every word of a view says something in both languages and leaves no hole."""
    found = list(words_in(view))
    assert found
    for words in found:
        for language in Language:
            text = words.say(language)
            assert text
            assert "{" not in text, words
    assert [w.code for w in found if w.code in catalogue()]


def test_queue_calls_the_next_ticket_and_counts_add_up() -> None:
    book = make_book()
    queue = Pipeline(book)
    empty = queue_view(queue.tickets(), book.states(), book.clock.now())
    assert empty.empty is not None
    assert empty.primary is None
    queue.issue()
    queue.issue("elder")
    enroll(book)
    view = queue_view(queue.tickets(), book.states(), book.clock.now())
    assert view.primary is not None
    assert view.primary.arguments == {"ticket": 102}
    assert view.others[0].needs_reason
    assert sum(view.words.values()) == view.totals["opened"] == 1
    assert queue_view([], book.states(), book.clock.now(), Desk.FINISH).rows[0].progress == (14, 14)
    speaks(view)


def test_compare_shows_the_letters_that_differ_and_stops_for_the_dead() -> None:
    people = SyntheticPopulation(3, 400, fault_share=1.0)
    seen = set()
    for citizen in people:
        fault = citizen.faults[0] if citizen.faults else None
        if fault is None or (fault.code, fault.variant) in seen:
            continue
        seen.add((fault.code, fault.variant))
        book = make_book()
        dossier = book.open_dossier("vn-60-2021", applicant=citizen.declared, kind=citizen.kind)
        if citizen.chip:
            book.read_card(dossier, "verified", citizen.chip)
        ComparingDesk(book, people).compare(dossier)
        view = compare_view(book.state(dossier), DAY)
        speaks(view)
        if fault.code == "X1":
            assert view.primary.id == "supervisor"
        elif fault.code == "S1":
            assert view.open_fields == ("full_name",)
            row = next(r for r in view.rows if r.field == "full_name")
            assert any(row.spans.values())
            assert view.choices
    assert len(seen) > 15


def test_declaration_counts_down() -> None:
    book = make_book()
    dossier = book.open_dossier("vn-60-2021", applicant={"full_name": "Trần Thị Hoà"})
    view = declaration_view(book.state(dossier))
    assert view.focus == "dob"
    speaks(view)
    for name, value in APPLICANT.items():
        book.set_field(dossier, name, value)
    assert declaration_view(book.state(dossier)).primary.id == "next-desk"


def test_review_goes_from_the_first_open_thing_to_the_seal() -> None:
    book = make_book()
    dossier = book.open_dossier("test-short", applicant=APPLICANT)
    book.look_up(dossier, "b", {**APPLICANT, "full_name": "TRẦN THỊ HÒA", "phone": ""}, source="t")
    book.declare_exception(dossier, 5, "other", "temporary", "vết bỏng")
    seen = []
    for _ in range(20):
        state = book.state(dossier)
        view = review_view(state)
        speaks(view)
        seen.append(view.primary.id)
        match view.primary.id:
            case "capture":
                step = state.procedure.step(view.primary.arguments["step"])
                book.accept_capture(dossier, make_capture(step, missing=(5,) if 5 in map(int, step.fingers) else ()))
            case "ask-applicant":
                field = view.primary.arguments["field"]
                book.review(dossier, {field: not (field == "phone" and "edit" not in seen)})
            case "edit":
                book.set_field(dossier, "phone", "0900 000 099")
            case "sign-applicant":
                book.sign(dossier, "applicant", blob="aa" * 32)
            case "sign-operator":
                book.sign(dossier, "operator", signature=b"x")
            case _:
                break
    assert seen[0] == "capture"
    assert "edit" in seen
    assert seen[-1] == "seal"
    view = review_view(book.state(dossier))
    assert view.check_list == ()
    line = next(x for x in view.lines if x.field == "full_name")
    assert (line.value, line.old) == ("TRẦN THỊ HOÀ", "TRẦN THỊ HÒA")
    assert "Ngón út tay phải: vết bỏng, tạm thời" in [e.note.say() for e in view.evidence if e.note]


def test_finish_names_fee_deadline_and_form() -> None:
    book = make_book()
    dossier = enroll(book)
    view = finish_view(book.state(dossier), DAY)
    speaks(view)
    assert view.fee.amount_vnd == 0
    assert view.slip.code == "CC02"
    book.classify(dossier, "exchange")
    view = finish_view(book.state(dossier), DAY, exemption="unit-change")
    assert view.fee.exemption == "unit-change"
    assert view.old_card_due
    assert "50.000" in finish_view(book.state(dossier), DAY).fee_words.say()


def test_inbox_puts_the_gravest_first_and_never_offers_ones_own() -> None:
    book = make_book()
    dossier = enroll(book)
    book.ask(dossier, "many-exceptions", deferred=True)
    Mending(book).report(dossier, "D1", "personal_no", "hai người")
    view = inbox_view(book.states(), "op-1", book.clock.now())
    assert [r.what.code for r in view.rows] == ["defect.D1", "approval.many-exceptions"]
    assert view.rows[1].own
    assert not view.rows[1].intents[0].enabled
    assert inbox_view(book.states(), "op-2", book.clock.now()).rows[1].intents[0].enabled
    speaks(view)
    assert inbox_view([], "x", book.clock.now()).empty


def test_defects_by_clock() -> None:
    book = make_book()
    dossier = enroll(book)
    defect = Mending(book).report(dossier, "S4", "addr_perm", "đã chuyển nhà")
    view = defects_view(book.states(), DAY + timedelta(days=151))
    assert view.alarms == {90: 0, 150: 1}
    assert view.rows[0].next.id == "correct"
    speaks(view)
    Mending(book).correct(dossier, defect, "Thôn 9, Xã Mẫu", proof="aa" * 32)
    assert defects_view(book.states(), DAY).rows[0].next.id == "approve"


def test_hand_over_rows() -> None:
    book = make_book()
    dossier = enroll(book)
    payload = {"manifest": "m", "cards": [{"serial": "C1", "dossier": dossier}]}
    assert hand_over_view(book.states()).empty
    CardDesk(book).check_in(payload, ["C1"])
    CardDesk(book).undelivered(dossier, "moved")
    view = hand_over_view(book.states())
    assert view.counts["undelivered"] == 1
    assert view.rows[0].intents[0].enabled
    speaks(view)


CALLS = [
    Call(f"09915800{i:04d}", f"NGƯỜI {i}", "Thôn 1", Place(15.0 + (i * 7 % 10) / 100, 108.0 + (i * 3 % 10) / 100))
    for i in range(12)
]


def test_route_visits_everybody_once_agreed_visits_first_and_is_no_longer_than_the_list() -> None:
    start = Place(15.0, 108.0)
    calls = [*CALLS, Call("1", "HẸN", "Thôn 2", None, revisit=DAY), Call("2", "KHÔNG CHỖ", "Thôn 3", None)]
    ordered = route(calls, start, DAY)
    assert sorted(c.personal_no for c in ordered) == sorted(c.personal_no for c in calls)
    assert ordered[0].name == "HẸN"
    assert ordered[-1].name == "KHÔNG CHỖ"
    assert route_km(ordered, start) <= route_km(calls, start)


@pytest.mark.parametrize(("health", "codes"), [
    (KitHealth(0.5, 90, 300, 1.0), []), (KitHealth(0.15, 20, 300, None), ["s17.plug"]), (KitHealth(0.05, 5, 10, 900.0), ["s17.no-capture", "s17.clock", "s17.disk"]),
])  # fmt: skip
def test_home_visit_offers_any_order_and_warns(health: KitHealth, codes: list[str]) -> None:
    book = make_book()
    dossier = book.open_dossier("vn-60-2021", applicant=APPLICANT, visit="home")
    book.look_up(dossier, "unanswered", None, source="offline")
    portrait = book.state(dossier).procedure.step("portrait")
    book.accept_capture(dossier, make_capture(portrait))
    view = home_view(CALLS, book.states(), health, DAY, here=Place(15, 108), open_dossier=dossier)
    assert [w.code for w in view.warnings] == codes
    assert view.advice is not None
    assert view.advice.stop is Stop.PARTIAL
    assert view.advice.back_before == DAY + timedelta(days=30)
    assert view.primary is not None
    assert view.primary.enabled is ("s17.no-capture" not in codes)
    speaks(view)


def test_partial_is_legal_when_every_other_finger_is_declared_and_not_before() -> None:
    book = make_book(FakeSession())
    dossier = book.open_dossier("vn-60-2021", applicant=APPLICANT, visit="home")
    book.accept_capture(dossier, make_capture(book.state(dossier).procedure.step("portrait")))
    for finger in range(2, 11):
        book.declare_exception(dossier, finger, "stiff", "lasting")
    assert stop_advice(book.state(dossier)).stop is Stop.PARTIAL  # the right thumb is neither taken nor declared
    assert any(i.code == "capture-open" for i in before_sealing(book.state(dossier)))
    book.declare_exception(dossier, 1, "stiff", "lasting")
    assert stop_advice(book.state(dossier)).stop is Stop.COMPLETE


def test_packages_move_out_of_the_queue() -> None:
    book = make_book()
    dossier = enroll(book)
    book.write(Kind.SEALED, {"package": "p", "bytes": 1}, dossier)
    view = queue_view([], book.states(), book.clock.now(), Desk.FINISH)
    assert view.rows == ()
    assert view.words["sealed"] == 1


def test_fields_as_people_read_them() -> None:
    assert shown("personal_no", "099158004217") == "099 158 004 217"
    assert shown("dob", "1936") == "--/--/1936"
    assert shown("ethnicity", "121-TCTK:01") == "Kinh"
    assert shown("phone", "0900000017") == "0900 000 017"
    assert shown("sex", "F") == "Nữ"
