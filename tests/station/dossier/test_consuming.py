"""Notices of the centre: what each does, once; and what cannot be read does nothing."""

from __future__ import annotations

from datetime import date

import pytest

from station.dossier.consuming import NoticeDesk, day_list, latest_manifest, manifests
from station.dossier.home import Place
from station.dossier.kinds import Kind
from station.dossier.parts import CardWord, DefectState
from station.errors import InputError
from station.queue.notices import Notice, NoticeKind

from .builders import enroll, make_book


def test_each_notice_does_its_work_once() -> None:
    book = make_book()
    dossier = enroll(book)
    book.write(Kind.SEALED, {"package": "p1", "bytes": 1}, dossier)
    desk = NoticeDesk(book.journal, book.clock)
    returned = {
        "dossier": dossier,
        "package": "p1",
        "reasons": [{"code": "S4", "field": "hometown", "words": "thiếu"}, "phone", "lạ"],
    }
    assert desk.consume("n1", "returned", returned).new
    assert not desk.consume("n1", "returned", returned).new
    state = book.state(dossier)
    assert [(d.code, d.field, d.state) for d in state.defects] == [
        ("S4", "hometown", DefectState.FOUND), ("S3", "phone", DefectState.FOUND), ("S3", "", DefectState.FOUND)]  # fmt: skip
    assert all(d.found_by == "centre" for d in state.defects)
    desk.consume("n2", "accepted", {"dossier": dossier, "package": "p1"})
    assert book.state(dossier).packages[0].accepted
    desk.consume("n3", "vneid", {"dossier": dossier, "state": "approved"})
    assert book.state(dossier).vneid == ("approved",)
    cards = {"manifest": "m1", "cards": [{"serial": "C1", "dossier": dossier}, {"serial": "C2", "dossier": "elsewhere"}]}
    done = desk.consume("n4", "cards", cards)
    assert (done.dossiers, done.strangers) == ((dossier,), ("elsewhere",))
    assert book.state(dossier).card is CardWord.LISTED
    assert manifests(book.journal) == ["m1"]
    assert latest_manifest(book.journal, "m1") == cards
    assert desk.consume("n5", "returned", {"dossier": "unknown", "reasons": []}).strangers == ("unknown",)


def test_the_day_list_becomes_calls() -> None:
    book = make_book()
    desk = NoticeDesk(book.journal, book.clock)
    assert day_list(book.journal) == ()
    person = {"personal_no": "099158004217", "name": "TRẦN THỊ HOÀ", "address": "Thôn 3", "latitude": 15.5, "longitude": 108.1,
              "revisit": "2026-11-25"}  # fmt: skip
    desk.consume("d1", "day-list", {"people": [person]})
    (call,) = day_list(book.journal)
    assert (call.place, call.revisit) == (Place(15.5, 108.1), date(2026, 11, 25))


@pytest.mark.parametrize(("kind", "payload"), [
    ("returned", {}), ("returned", {"dossier": 3}), ("returned", {"dossier": "x", "reasons": 7}), ("returned", {"dossier": "x", "reasons": [1]}),
    ("returned", {"dossier": "x", "reasons": ["a"] * 51}), ("vneid", {"dossier": "x", "state": "password"}), ("cards", {"manifest": "m"}),
    ("day-list", {"people": [{"name": "x"}]}), ("day-list", {"people": 3}), ("day-list", {}),
    ("day-list", {"people": [{"personal_no": "1", "name": "x", "address": "y", "latitude": 999, "longitude": 0}]}),
])  # fmt: skip
def test_what_cannot_be_read_writes_nothing(kind: str, payload: dict[str, object]) -> None:
    book = make_book()
    with pytest.raises(InputError):
        NoticeDesk(book.journal, book.clock).consume("n", kind, payload)
    assert list(book.journal.events("")) == []


def test_an_unusable_notice_is_noted_once_and_stops_nothing() -> None:
    book = make_book()
    desk = NoticeDesk(book.journal, book.clock)
    notice = Notice("n9", NoticeKind.RETURNED, "", book.clock.now(), {"dossier": 3}, b"")
    desk.on_notice(notice)
    desk.on_notice(notice)
    (event,) = book.journal.events("")
    assert event.body["kind"] == "unusable"
