"""The banner over a page and F8's refusals: Vietnamese words, the small code, one button with the next step; F5 and F3 and the way back."""

from __future__ import annotations

import re

import pytest

from devices.errors import DeviceBusyError
from station.errors import ProcedureError, TransferError
from tests.ui.conftest import Day
from ui.frame.menu import COMMANDS
from ui.screens.help import HelpScreen
from ui.theme.tokens import State


@pytest.mark.allow_log
def test_trouble_says_code_and_next_step_and_f1_knows_which_message(day: Day) -> None:
    shell = day.shell
    shell.set_language("vi")
    dossier = day.scenes.reviewing
    day.go("review", dossier)
    shell.show_trouble(TransferError("The centre is busy.", code="intake-busy"))
    assert shell.trouble.code() == "E43"
    assert "busy" not in shell.trouble.text() + shell.trouble._second.text()
    assert "[" not in shell.trouble._second.text()
    assert shell.trouble.action is None, "it tries again by itself"
    shell.show_trouble(DeviceBusyError("Another program holds it.", device_id="scanner"))
    action = shell.trouble.action
    assert action is not None
    assert (shell.trouble.code(), action.key, action.text) == ("E21", "F5", shell.texts("ui.nav.devices"))

    shell.trouble._button.click()  # a mouse does what the key does
    day.settled()
    assert day.clerk.page == "DevicesScreen"
    back = next(a for a in shell.offers() if a.key == "Shift+F12")
    assert back.text == shell.texts("ui.errand.back")
    shell.press("Shift+F12")
    day.settled()
    assert (day.clerk.page, shell.page.dossier) == ("ReviewScreen", dossier)
    assert all(a.name != "errand-back" for a in shell.offers())

    shell.show_trouble(ProcedureError("Nobody waits here.", code="queue-empty"))
    shell.say(State.GOOD, "Đã in")
    day.key("F1")
    page = shell.page
    assert isinstance(page, HelpScreen)
    assert page.banner.text() == "Đã in", "what stood there, not an older message's advice"
    day.key("F12")
    shell.show_trouble(KeyError("nguyễn văn a"))
    assert "nguyễn" not in shell.trouble.text() + shell.trouble._second.text() + shell.trouble.code()
    assert shell.trouble.text() == shell.texts("ui.trouble.unknown")


def test_f3_and_f5_lead_there_and_back_from_every_desk(day: Day) -> None:
    shell = day.shell
    for name in ("lookup", "declaration", "review", "finish"):
        day.go(name, day.scenes.reviewing)
        for key, wanted in (("F5", "DevicesScreen"), ("F3", "DefectsScreen")):
            own = any(a.key == key for a in shell.page.offers())
            day.key(key)
            if own:
                continue
            assert day.clerk.page == wanted, (name, key)
            shell.press("Shift+F12")
            day.settled()
            assert (shell.page_name, shell.page.dossier) == (name, day.scenes.reviewing)
    day.key("F5")
    day.go("home")
    day.go("devices")
    assert all(a.name != "errand-back" for a in shell.offers()), "a way back is of its errand only"


def test_f8_refuses_in_the_officers_language(day: Day) -> None:
    shell = day.shell
    day.go("review", day.scenes.reviewing)
    shell.call_supervisor("low-quality")
    panel = shell.supervisor
    assert panel.isVisible()
    panel.who.setText("truong-ca")
    panel.pin.setText("000000")
    day.key("F12")
    day.clerk.until(lambda: bool(panel._error.text()))
    assert panel._error.text() == shell.texts("E01")


@pytest.mark.allow_log
def test_an_error_that_nobody_foresaw_has_a_number_and_the_report_is_one_button_away(day: Day) -> None:
    shell = day.shell
    day.go("home")
    shell.show_trouble(KeyError("099158004217"))
    day.settled()
    second = shell.trouble._second.text()
    assert re.search(r"\d{4}-\d{6}", second)
    assert "099158004217" not in second
    action = shell.trouble.action
    assert action is not None
    assert action.text == shell.texts("ui.trouble.report")
    shell.trouble._button.click()
    day.settled()
    reports = day.station.files.list("reports")
    assert len(reports) == 1
    assert reports[0] in shell.trouble.text()
    day.go("devices")
    day.clerk.until(lambda: not shell.page.busy)
    day.key("F6")
    assert len(day.station.files.list("reports")) >= 1
    assert "reports/" in shell.trouble.text()
    assert any(name == ":report" for name, _ in COMMANDS)
