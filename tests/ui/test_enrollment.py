"""A whole enrollment in the real window, by keys only; then the same interrupted, and with an exception."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.queue.model import State
from tests.ui.driver import Clerk


@pytest.fixture
def clerk(qapp: object, tmp_path: Path):
    clerk = Clerk(tmp_path / "demo")
    yield clerk
    clerk.close()


def _capture_all(clerk: Clerk) -> None:
    """Stay on the capture page until it is over; accept flagged what the window asks about."""

    def over() -> bool:
        if clerk.page == "CaptureScreen" and clerk.shell.page.decide:
            clerk.key("F12")
        return clerk.page == "ReviewScreen"

    clerk.until(over)


def _review_and_seal(clerk: Clerk) -> None:
    for following in ("agree", "applicant", "operator", "seal"):
        clerk.until(lambda step=following: clerk.shell.page.view is not None and clerk.shell.page.view.next == step)
        clerk.key("F12")
    clerk.until(lambda: clerk.shell.page.view is not None and clerk.shell.page.view.next == "done")


def test_whole_enrollment_by_keys(clerk: Clerk) -> None:
    clerk.shoot("s01-today")
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.shell.page.offers()[-1].enabled)
    clerk.shoot("s02-look-up")
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "CaptureScreen" and clerk.shell.page.hand.isVisible())
    clerk.until(lambda: bool(clerk.shell.page.banner.text()))
    clerk.shoot("s04-fingers")
    _capture_all(clerk)
    clerk.shoot("s07-review")
    _review_and_seal(clerk)
    clerk.shoot("s07-sealed")
    clerk.key("F6")
    clerk.until(lambda: clerk.page == "SendingScreen" and clerk.shell.page.view is not None)
    clerk.until(lambda: clerk.shell.page.view.counts["acknowledged"] == 1)
    clerk.shoot("s11-sending")
    assert clerk.keys <= 40
    (dossier,) = clerk.demo.counter.station.book.states()
    assert dossier.package_word.value == "acknowledged"


def test_paused_and_resumed_exactly_there(clerk: Clerk) -> None:
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.shell.page.offers()[-1].enabled)
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "CaptureScreen" and clerk.shell.page.state is not None and clerk.shell.page.state.done == 1)
    clerk.key("F9")
    clerk.until(lambda: clerk.page == "HomeScreen" and clerk.shell.page._view.rows[0].open)
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "CaptureScreen" and clerk.shell.page.state is not None)
    assert clerk.shell.page.state.done >= 1


def test_an_amputated_finger_is_declared_and_not_asked_for(clerk: Clerk) -> None:
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.shell.page.offers()[-1].enabled)
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "CaptureScreen" and clerk.shell.page.running is not None)
    clerk.key("F7")
    clerk.until(lambda: clerk.shell.page.exceptions.isVisible())
    clerk.key("4")
    assert clerk.shell.page.exceptions.complete
    clerk.shoot("s04-exception")
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "CaptureScreen" and bool(clerk.shell.page.state and clerk.shell.page.state.exceptions))
    clerk.until(lambda: clerk.shell.page.running is not None)
    (dossier,) = clerk.demo.counter.station.book.states()
    (exception,) = dossier.exceptions.values()
    assert exception.finger == 4
    assert exception.signature != b""


def test_unplugged_scanner_says_so_and_goes_on(clerk: Clerk) -> None:
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.shell.page.offers()[-1].enabled)
    clerk.demo.counter.scanner.unplug(in_capture=True)
    clerk.key("F12")
    clerk.until(lambda: clerk.shell.trouble.isVisible())
    assert clerk.page == "CaptureScreen"
    clerk.shoot("s04-unplugged")
    clerk.demo.counter.scanner.plug_in()
    clerk.key("F4")
    _capture_all(clerk)
    (dossier,) = clerk.demo.counter.station.book.states()
    assert dossier.captures_complete


def test_without_its_intake_a_dossier_is_sealed_and_never_called_sent(clerk: Clerk) -> None:
    assert clerk.demo.connected.wait(60)
    clerk.demo.intake.kill()
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.shell.page.offers()[-1].enabled)
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "CaptureScreen")
    _capture_all(clerk)
    _review_and_seal(clerk)
    clerk.key("F6")
    clerk.until(lambda: clerk.page == "SendingScreen" and clerk.shell.page.view is not None and bool(clerk.shell.page.view.error))
    clerk.shoot("s11-not-sent")
    counts = clerk.demo.counter.station.queue.counts()
    assert counts[State.SEALED] == 1
    assert counts[State.SENT] == counts[State.ACKNOWLEDGED] == 0


def test_closing_while_the_intake_is_still_starting_disturbs_nobody(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "demo")
    connecting = clerk.demo._connecting
    assert connecting is not None
    clerk.shell.close()  # the station is closed here; the thread that enrolls it with its intake must be over
    assert not connecting.is_alive()
    clerk.close()
