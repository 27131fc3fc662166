"""S0: a dot for each device before the shift begins, a greeting that goes by itself; refusals in the officer's language. S1 tells a demo's
first receipt."""

from __future__ import annotations

from dataclasses import replace

from station.keys.operators import SignInError
from tests.ui.conftest import Day
from ui.qt import QLabel
from ui.screens.sign_in import SignInScreen


def test_a_shift_begins_with_the_devices_in_sight_and_a_greeting(day: Day) -> None:
    shell = day.shell
    shell.set_language("vi")
    day.go("home")
    shell.lock()
    day.settled()
    page = shell.page
    assert isinstance(page, SignInScreen)
    rows = day.clerk.counter.beside.rows()
    assert len(rows) > 1
    words = [x.text() for x in page.findChildren(QLabel) if x.isVisible()]
    assert {shell.texts(f"ui.device.{r.what}") for r in rows} <= set(words)
    page._refused(SignInError("Wrong account or PIN."))
    assert page._banner.text() == "Sai tài khoản hoặc mã PIN"
    page.desk.setCurrentIndex(page.desk.findData("3"))
    day.key("F6")
    day.key("F12")
    day.clerk.until(lambda: day.clerk.page == "HomeScreen")
    assert shell.messages.words == f"Chào {day.station.operator.name}, bàn 3"
    shell.messages._timer.timeout.emit()
    assert shell.messages.words == "", "it goes by itself"


def test_the_first_receipt_of_a_demo_is_told_at_the_queue(day: Day) -> None:
    day.go("home")
    page = day.clerk.home
    page._timer.stop()
    view = page.view
    assert view is not None
    assert day.shell.messages.words == "", "what was acknowledged before is no news"
    counts = dict(view.counts)
    counts["acknowledged"] += 1
    page._show(replace(view, counts=counts))
    assert day.shell.messages.words == day.shell.texts("ui.today.demo-acknowledged")
