"""S8 and S13: nobody is taken to have given a card. It is asked before the seal, and cut at the hand-over; fee ground, e-ID and place are said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from station.app import Station
from station.demo import open_demo_station
from station.desk.finishing import FinishDesk
from station.dossier.issued import CardDesk
from station.dossier.kinds import Kind
from station.dossier.old_card import old_card_kind, to_cut
from station.dossier.parts import ApplicationKind, OldCard
from station.errors import InputError, ProcedureError
from station.views.applicant import applicant_view
from station.views.finish import Delivery, finish_view
from station.views.review import review_view
from station.words import catalogue
from tests.station.dossier.builders import APPLICANT, enroll, make_book

DAY = date(2026, 11, 23)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path / "station", desk="5")
    yield station
    station.close()


def opened(station: Station, kind: str = "exchange") -> str:
    return station.book.open_dossier("test-short", applicant={**APPLICANT, "old_id_no": "012345678"}, kind=kind)


def test_an_exchange_is_not_sealed_before_somebody_asked_for_the_card(station: Station) -> None:
    desk, dossier = FinishDesk(station), opened(station)
    assert desk.view(dossier).old_card_due
    with pytest.raises(ProcedureError) as caught:
        desk.prepare(dossier)
    assert caught.value.reason_code == "old-card-open"
    assert "old-card-open" in {i.code for i in review_view(station.book.state(dossier)).check_list}
    still = review_view(station.book.state(dossier)).old_card
    assert still is not None
    assert still.code == "old-card-open"
    first = station.book.open_dossier("test-short", applicant=APPLICANT, kind="first")
    assert review_view(station.book.state(first)).old_card is None
    for answer in (OldCard.NOT_BROUGHT, OldCard.LOST):
        with pytest.raises(ProcedureError) as missing:
            desk.old_card(dossier, answer)
        assert missing.value.reason_code == "reason-missing"
    with pytest.raises(InputError):
        desk.old_card(dossier, "eaten", "bởi chó")
    assert station.book.state(dossier).old_card_state == ""
    view = desk.old_card(dossier, OldCard.NOT_BROUGHT, "Để ở nhà")
    assert (view.old_card_due, view.old_card_away, view.old_card_reason) == (False, True, "Để ở nhà")
    said = review_view(station.book.state(dossier)).old_card
    assert said is not None
    assert said.say() == "Không mang theo, nộp khi nhận thẻ mới (Để ở nhà)"
    desk.prepare(dossier)
    state = station.book.state(dossier)
    assert (state.old_card, state.old_card_state) == ("cmnd", "not-brought")
    assert state.fee is not None


def test_a_lost_card_makes_an_exchange_a_reissue_and_the_fee_follows(station: Station) -> None:
    desk, dossier = FinishDesk(station), opened(station)
    desk.exempt(dossier, "policy-family")
    assert desk.view(dossier).fee.amount_vnd == 0
    desk.exempt(dossier, "")
    before = desk.view(dossier).fee.amount_vnd
    assert before > 0
    after = desk.old_card(dossier, OldCard.LOST, "Mất ở chợ")
    assert station.book.state(dossier).kind is ApplicationKind.REISSUE
    assert after.fee.amount_vnd > before
    desk.prepare(dossier)
    fee = station.book.state(dossier).fee
    assert fee is not None
    assert fee["amount_vnd"] == after.fee.amount_vnd
    assert not to_cut(station.book.state(dossier))


def test_an_exemption_is_chosen_recorded_and_must_fit(station: Station) -> None:
    desk, dossier = FinishDesk(station), opened(station)
    assert "policy-family" in desk.view(dossier).exemptions
    assert all(f"exemption.{e}" in catalogue() for e in desk.view(dossier).exemptions)
    with pytest.raises(InputError):
        desk.exempt(dossier, "age-milestone")  # of an exchange of a chip card, not of a paper one
    desk.exempt(dossier, "policy-family")
    desk.old_card(dossier, OldCard.TAKEN)
    desk.prepare(dossier)
    fee = station.book.state(dossier).fee
    assert fee is not None
    assert (fee["amount_vnd"], fee["exemption"]) == (0, "policy-family")
    desk.finish(dossier)
    assert desk.view(dossier).fee.exemption == "policy-family"


def test_a_first_issue_has_no_card_and_nobody_asks(station: Station) -> None:
    desk, dossier = FinishDesk(station), opened(station, "first")
    assert not desk.view(dossier).old_card_due
    desk.prepare(dossier)
    assert station.book.state(dossier).old_card_state == OldCard.NONE


def test_the_e_id_is_offered_and_declined_or_taken(station: Station) -> None:
    desk = FinishDesk(station)
    no, yes = opened(station), opened(station)
    assert [a.value for a in desk.view(no).vneid_next] == ["requested", "declined"]
    desk.vneid(no, "declined")
    assert station.book.state(no).vneid == ("offered", "declined")
    assert desk.view(no).vneid_next == ()
    with pytest.raises(ProcedureError):
        desk.vneid(yes, "requested")
    desk.vneid(yes, "requested", consent=True)
    assert station.book.state(yes).vneid == ("offered", "requested")


def test_the_place_of_delivery_is_the_one_that_was_confirmed_and_thanks_name_it(station: Station) -> None:
    desk, dossier = FinishDesk(station), opened(station)
    own, home = desk.places(dossier)
    assert (own.way, home) == ("collect", Delivery("home", APPLICANT["addr_perm"]))
    desk.finish(dossier, home)
    slip = station.book.state(dossier).slip
    assert slip is not None
    assert (slip["delivery"], slip["place"]) == ("home", APPLICANT["addr_perm"])
    assert desk.view(dossier).slip_place == APPLICANT["addr_perm"]
    station.book.write(Kind.SIGNED, {"who": "applicant", "form": "capture"}, dossier)
    thanks = applicant_view(station.book.state(dossier), DAY).thanks
    assert thanks is not None
    assert APPLICANT["addr_perm"] in thanks.say()
    assert "/" in thanks.say()


def test_a_card_that_was_not_brought_is_cut_at_the_hand_over() -> None:
    book = make_book()
    dossier = enroll(book)
    book.classify(dossier, "exchange")
    book.write(Kind.OLD_CARD, {"kind": "cmnd", "state": "not-brought", "reason": "ở nhà"}, dossier)
    assert to_cut(book.state(dossier))
    assert old_card_kind(book.state(dossier)) == "cmnd"
    cards = CardDesk(book)
    book.write(Kind.CARD_IN, {"manifest": "m", "serial": "1"}, dossier)
    with pytest.raises(InputError):
        cards.hand_over(dossier, signature="bb" * 32, old_card_gone="eaten")
    cards.hand_over(dossier, signature="bb" * 32, old_card="cmnd")
    assert book.state(dossier).old_card_state == OldCard.CUT
    assert not to_cut(book.state(dossier))
    view = finish_view(book.state(dossier), DAY)
    assert view.old_card is not None
    assert view.old_card.say() == "Đã cắt thẻ cũ"
