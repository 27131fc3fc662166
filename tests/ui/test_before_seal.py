"""S7 and S8 by keys: the old card is asked for before the seal, a ground for no fee is chosen; place of delivery, e-ID declined, thanks."""

from __future__ import annotations

from station.dossier.readiness import lines_to_review
from station.views.applicant import applicant_view
from tests.ui.conftest import Day
from ui.screens.finish import FinishScreen
from ui.screens.review import ReviewScreen


def test_old_card_fee_place_and_e_id_are_asked_and_written_down(day: Day) -> None:
    station, dossier = day.station, day.scenes.reviewing
    book = station.book
    station.life.resume(dossier)
    book.classify(dossier, "exchange", "kind.changed")
    book.set_field(dossier, "phone", "0900 000 187")
    book.review(dossier, dict.fromkeys(lines_to_review(book.state(dossier)), True))
    day.go("review", dossier)
    page = day.shell.page
    assert isinstance(page, ReviewScreen)
    while page.next in {"agree", "applicant", "operator"}:
        day.key("F12")
    assert page.next == "old-card", "the seal is offered though nobody asked for the old card"
    assert page.checks.said("old-card") == page.texts("old-card-open"), "the check list says that it is open"
    day.key("F7")
    assert page.settling.open
    assert not page._lines.isVisible()
    day.key("2")
    chosen = page.settling.panel.options.chosen
    assert chosen.startswith("exemption.")
    day.key("F12")
    assert f"exemption.{book.state(dossier).fee['exemption']}" == chosen
    day.key("F12")
    day.key("2")
    page.settling.panel.words.setText("Để ở nhà con gái")
    day.key("F12")
    state = book.state(dossier)
    assert (state.old_card_state, state.old_card_reason) == ("not-brought", "Để ở nhà con gái")
    assert page._lines.isVisible()
    assert page.next == "seal"
    day.key("F12")
    assert book.state(dossier).sealed
    day.go("finish", dossier)
    last = day.shell.page
    assert isinstance(last, FinishScreen)
    texts = day.shell.texts
    assert texts("s8.old-card.not-brought") in last._cards["old-card"][0].text()
    day.key("F7")
    day.key("2")
    day.key("F12")
    assert book.state(dossier).vneid == ("offered", "declined")
    assert "vneid" not in {a.name for a in last.offers()}
    day.key("F4")
    day.key("2")
    day.key("F12")
    address = book.state(dossier).value("addr_perm")
    assert address in last._cards["slip"][1].text()
    day.key("F12")
    slip = book.state(dossier).slip
    assert (slip["delivery"], slip["place"]) == ("home", address)
    thanks = applicant_view(book.state(dossier), slip_day(station)).thanks
    assert thanks is not None
    assert address in day.shell.second.texts.of(thanks)


def slip_day(station):
    """The legal day at the station."""
    from station.clock import legal_day

    return legal_day(station.clock.now())
