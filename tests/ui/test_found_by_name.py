"""S3 by keys alone: a people, a place found by name; Esc and Tab leave what was typed; nothing is written while a word is composed."""

from __future__ import annotations

import time

from tests.ui.conftest import Day
from ui.qt import QApplication, QInputMethodEvent
from ui.screens.declaration import DeclarationScreen
from ui.widgets.picks import PickEdit


def test_lists_and_communes_are_found_while_typing(day: Day) -> None:
    dossier = day.scenes.returned
    day.go("declaration", dossier)
    page = day.shell.page
    assert isinstance(page, DeclarationScreen)
    field = page.fields["ethnicity"].edit
    assert isinstance(field, PickEdit)
    field.setFocus()
    field.clear()
    day.type("tay")
    day.clerk.until(lambda: field.open)
    assert field.text() == "tay", "nothing is written into the field"
    day.clerk.shoot("s03-found-by-name")
    day.enter()
    day.clerk.until(lambda: day.station.book.state(dossier).value("ethnicity") == "121-TCTK:02")
    assert not field.open
    assert page.fields["religion"].edit.hasFocus(), "and on to the next field"

    place = page.fields["hometown"].edit
    assert isinstance(place, PickEdit)
    place.setFocus()
    place.clear()
    day.type("xa mau")
    day.clerk.until(lambda: place.open)
    day.clerk.key("Down")
    assert page._list is not None
    assert page._list.at == 0
    day.enter()
    day.clerk.until(lambda: day.station.book.state(dossier).value("hometown") == "Xã Mẫu, Tỉnh Ví Dụ")
    day.clerk.until(lambda: day.station.book.state(dossier).value("hometown_unit").startswith("99901@"))

    place.setFocus()
    place.clear()
    day.type("mẫu")
    day.clerk.until(lambda: place.open)
    day.clerk.key("Esc")
    assert not place.open
    assert place.text() == "mẫu"
    QApplication.sendEvent(place, QInputMethodEvent(" hạ", []))  # a word is being composed
    end = time.monotonic() + 0.3
    day.clerk.until(lambda: time.monotonic() > end)
    assert not place.open, "nothing appears over a word that is being composed"
    field.setFocus()  # as Tab does
    assert not place.open
