"""S3: the longest legal name stands whole in its field; nobody scrolls inside a field to read a name."""

from __future__ import annotations

from tests.ui.conftest import Day
from ui.qt import QFontMetrics
from ui.screens.declaration import DeclarationScreen


def test_the_longest_name_is_seen_whole_on_the_smallest_window(day: Day) -> None:
    day.shell.resize(1280, 720)
    day.go("declaration", day.scenes.returned)
    page = day.shell.page
    assert isinstance(page, DeclarationScreen)
    edit = page.fields["full_name"].edit
    assert len(edit.text()) > 45, "the scene's longest name"
    room = edit.contentsRect().width() - 24
    assert QFontMetrics(edit.font()).horizontalAdvance(edit.text()) <= room


def test_a_value_that_was_refused_is_not_left_behind(day: Day) -> None:
    dossier = day.scenes.returned
    day.go("declaration", dossier)
    page = day.shell.page
    assert isinstance(page, DeclarationScreen)
    before = day.station.book.state(dossier).value("dob")
    born = page.fields["dob"].edit
    born.setFocus()
    born.clear()
    day.type("31/02/1987")
    day.key("F12")
    assert day.shell.page is page, "the form is not left with another date than the one that is read there"
    assert page.fields["dob"].fault
    assert page.fields["dob"].fault in page._banner.text()
    assert born.hasFocus()
    assert day.station.book.state(dossier).value("dob") == before
    day.shell.refresh_actions()  # as anything does that arrives meanwhile: F12 leads back to the field now
    born.clear()
    day.type("03/08/1987")
    day.key("F12")
    day.clerk.until(lambda: day.shell.page is not page, 20)
    assert day.station.book.state(dossier).value("dob") == "1987-08-03"
