"""S13: what of a delivery did not come, what is another unit's, the note that goes with it, and where an undelivered card lies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from station.advice import reason_words, screen_code
from station.app import Station
from station.clock import legal_day
from station.demo import open_demo_station
from station.desks.cards import HandOverDesk
from station.dossier.consuming import NoticeDesk
from station.dossier.numbers import dossier_number
from station.errors import InputError, ProcedureError
from tests.station.dossier.builders import APPLICANT
from tests.station.dossier.test_papers import text_of


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path / "station", desk="5")
    yield station
    station.close()


def test_a_batch_says_what_is_missing_and_what_is_another_units(station: Station) -> None:
    ours = [station.book.open_dossier("test-short", applicant=APPLICANT) for _ in range(2)]
    theirs = dossier_number("00000000000006b5", legal_day(station.clock.now()), 7)
    cards = [{"serial": f"09900000{i}", "dossier": d} for i, d in enumerate((*ours, theirs), 1)]
    NoticeDesk(station.journal, station.clock).consume("n1", "cards", {"manifest": "TH-1", "cards": cards})
    desk = HandOverDesk(station)
    (box,) = desk.mismatches()
    assert (box.manifest, box.missing) == ("TH-1", ("099000001", "099000002"))
    assert [(a.serial, a.owner) for a in box.foreign] == [("099000003", "001717")]
    assert desk.scanned("099000001") == (ours[0], "099000001")
    assert desk.scanned("099 000 001") == (ours[0], "")
    assert desk.mismatches()[0].missing == ("099000002",)
    with pytest.raises(InputError):
        desk.route_note()
    with pytest.raises(InputError) as foreign:
        desk.scanned("099000003")
    assert "001717" in reason_words(foreign.value).say()
    assert screen_code(foreign.value.reason_code) == "E37"
    for _ in range(2):
        with pytest.raises(InputError) as unknown:
            desk.scanned("088123456")
        assert unknown.value.reason_code == "E37"
    assert [(a.serial, a.owner) for a in desk.astray()] == [("099000003", "001717"), ("088123456", "")]
    text = text_of(desk.route_note())
    assert all(word in text for word in ("099000003", "Kit 001717", "088123456", "Phiếu chuyển thẻ".upper()[:5]))


def test_who_was_not_reached_has_a_place_the_calls_and_the_next_try(station: Station) -> None:
    dossier = station.book.open_dossier("test-short", applicant=APPLICANT)
    cards = {"manifest": "TH-1", "cards": [{"serial": "099000001", "dossier": dossier}]}
    NoticeDesk(station.journal, station.clock).consume("n1", "cards", cards)
    desk, today = HandOverDesk(station), legal_day(station.clock.now())
    with pytest.raises(ProcedureError):
        desk.undelivered(dossier, "not-home")
    desk.scanned("099000001")
    for wrong in ("2020", f"{today - timedelta(days=1):%d/%m/%Y}", "31/31/2031"):
        with pytest.raises(InputError):
            desk.undelivered(dossier, "not-home", next_try=wrong)
    again = today + timedelta(days=9)
    desk.undelivered(dossier, "not-home", place="Nhà văn hoá thôn 3", phone_tries=2, next_try=f"{again:%d/%m/%Y}")
    (row,) = desk.view().rows
    assert (row.place, row.phone_tries, row.next_try) == ("Nhà văn hoá thôn 3", 2, again.isoformat())
    desk.undelivered(dossier, "moved", place=row.place, phone_tries=3)
    assert desk.view().rows[0].next_try == desk.next_try().isoformat()
