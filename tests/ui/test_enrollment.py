"""A whole enrollment in the real window, by keys only; then interrupted, with an exception, with a retake, with devices that go away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from biometrics.positions import FingerPosition
from devices.simulated.scanner import SimulatedScanner
from station.demo_intake import DemoIntake
from station.demo_team import demo_pin_of
from station.queue.model import State
from tests.ui.driver import Clerk


@pytest.fixture
def clerk(qapp: object, tmp_path: Path) -> Iterator[Clerk]:
    clerk = Clerk(tmp_path / "demo")
    yield clerk
    clerk.close()


@pytest.fixture
def with_process(qapp: object, tmp_path: Path) -> Iterator[Clerk]:
    """Beside the demo's own intake process, as a person starts it."""
    clerk = Clerk(tmp_path / "demo", intake=DemoIntake)
    yield clerk
    clerk.close()


def test_whole_enrollment_by_keys(with_process: Clerk) -> None:
    clerk = with_process
    clerk.shoot("s01-today")
    clerk.to_capture()
    clerk.until(lambda: bool(clerk.capture.banner.text()))
    clerk.shoot("s04-fingers")
    clerk.capture_all()
    clerk.shoot("s07-review")
    clerk.until(lambda: clerk.review.answer is not None)
    assert clerk.review.answer is not None
    told = {f.words.code for f in clerk.review.answer.facts}
    assert {"ui.evidence.face", "ui.evidence.fingers", "ui.evidence.in-order"} <= told, (
        "the prints were compared before the review"
    )
    clerk.review_and_seal()
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "FinishScreen" and clerk.primary())
    clerk.key("F12")
    clerk.until(lambda: clerk.counter.station.book.states()[0].slip is not None and clerk.primary())
    clerk.shoot("s08-finish")
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "HomeScreen" and clerk.home.view is not None)
    clerk.until(lambda: clerk.home.view is not None and clerk.home.view.counts["acknowledged"] == 1)
    assert clerk.keys <= 40
    (dossier,) = clerk.counter.station.book.states()
    assert dossier.package_word.value == "acknowledged"
    assert dossier.fee is not None
    face = next(s.accepted for s in dossier.captures.values() if s.accepted is not None and not s.accepted.capture.position)
    assert "officer:both-ears" in face.capture.flags
    assert "captured" in clerk.shell.tones.heard
    assert "adjust" in clerk.shell.tones.heard


def test_a_paused_dossier_waits_behind_the_others_and_goes_on_exactly_there(clerk: Clerk) -> None:
    clerk.to_capture()
    clerk.until(lambda: clerk.capture.state is not None and clerk.capture.state.done == 1)
    clerk.key("F9")
    clerk.until(lambda: clerk.page == "HomeScreen" and clerk.home.view is not None)
    view = clerk.home.view
    assert view is not None
    assert view.following == "102"
    paused = next(i for i, r in enumerate(view.rows) if r.place == "paused")
    for _ in range(paused):
        clerk.key("Down")
    assert clerk.home.table.chosen == view.rows[paused].key
    clerk.key("Enter")
    clerk.until(lambda: clerk.page == "CaptureScreen" and clerk.capture.state is not None)
    assert clerk.capture.state is not None
    assert clerk.capture.state.done >= 1


def test_an_amputated_finger_is_declared_and_not_asked_for(clerk: Clerk) -> None:
    clerk.to_capture()
    clerk.until(lambda: clerk.capture.running is not None)
    clerk.key("4")  # a digit opens the exception of its finger at once
    page, station = clerk.capture, clerk.counter.station
    clerk.until(lambda: page.exceptions.isVisible() and page.declaring.live and clerk.primary())
    clerk.key("5")  # one more finger of the same kind, one signature
    running, done = page.running, page.state.done if page.state is not None else 0
    clerk.until(lambda: page.view.shows)  # the hand, in the place of the capture
    assert "bàn tay ra trước máy ảnh" in page.sees._words.text(), "the applicant is not asked to the glass meanwhile"
    end = time.monotonic() + 1.0  # the gate would have been content after half of it
    clerk.until(lambda: time.monotonic() > end)
    assert page.state is not None
    assert (page.running, page.state.done) == (running, done), "nothing is captured under the panel"
    clerk.shoot("s04-exception")
    before = clerk.keys
    clerk.key("F12")
    clerk.until(lambda: page.exceptions.signing)
    assert "Xin chờ cán bộ" in page.sees._words.text()
    clerk.shoot("s04-exception-sign")
    clerk.type("000000")
    clerk.key("F12")
    clerk.until(lambda: "Sai" in page.exceptions.secret._fault.text())
    (dossier,) = station.book.states()
    assert not dossier.exceptions, "a wrong PIN declares nothing"
    clerk.type(demo_pin_of(station, "demo"))
    clerk.key("F12")
    clerk.until(lambda: bool(page.state and page.state.exceptions))
    assert clerk.keys - before == 3 + 6 + len(demo_pin_of(station, "demo"))
    clerk.until(lambda: page.running is not None and not page.exceptions.isVisible())
    (dossier,) = station.book.states()
    assert sorted(dossier.exceptions) == [4, 5]
    exception = dossier.exceptions[FingerPosition(4)]
    assert exception.signature != b""
    assert exception.by == "pin"
    assert exception.photo is not None
    assert exception.photo == dossier.exceptions[FingerPosition(5)].photo
    assert station.journal.blob(exception.photo.blob).startswith(b"\xff\xd8")


def test_an_accepted_capture_shows_why_and_is_retaken_with_a_reason(clerk: Clerk) -> None:
    clerk.to_capture()
    clerk.until(lambda: clerk.capture.state is not None and clerk.capture.state.done == 1)
    clerk.until(lambda: clerk.capture.running is not None)
    clerk.key("Up")
    clerk.until(lambda: clerk.capture.why.isVisible())
    clerk.until(lambda: clerk.capture.chosen_step() is not None)
    end = clerk.capture._saved_at + 1.1  # after the second in which F4 takes the last capture back at once
    clerk.until(lambda: time.monotonic() > end)
    if clerk.page == "CaptureScreen" and clerk.capture.chosen_step() is not None:
        clerk.key("F4")
        clerk.until(lambda: clerk.capture.reason.isVisible())
        clerk.key("2")
        clerk.key("F12")
        clerk.until(
            lambda: any(
                e.kind == "capture-discarded" or "discard" in str(e.kind)
                for e in clerk.counter.station.journal.events(clerk.capture.dossier)
            )
        )


def test_unplugged_scanner_says_so_and_goes_on_by_itself(clerk: Clerk) -> None:
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "LookupScreen" and clerk.lookup.view is not None and clerk.primary())
    scanner = clerk.counter.scanner
    assert isinstance(scanner, SimulatedScanner)
    scanner.unplug(in_capture=True)
    clerk.through_lookup()
    clerk.until(lambda: clerk.shell.trouble.isVisible())
    assert clerk.page == "CaptureScreen"
    clerk.shoot("s04-unplugged")
    scanner.plug_in()
    clerk.capture_all()
    (dossier,) = clerk.counter.station.book.states()
    assert dossier.captures_complete


def test_without_its_intake_a_dossier_is_sealed_and_never_called_sent(with_process: Clerk) -> None:
    clerk = with_process
    assert clerk.demo.connected.wait(60)
    clerk.demo.intake.kill()
    clerk.to_capture()
    clerk.capture_all()
    clerk.review_and_seal()
    clerk.shell.go("sending")
    clerk.until(
        lambda: (
            clerk.page == "SendingScreen" and bool(getattr(clerk.shell.page, "view", None)) and bool(clerk.shell.page.view.error)
        )
    )  # type: ignore[attr-defined]
    clerk.shoot("s11-not-sent")
    counts = clerk.counter.station.queue.counts()
    assert counts[State.SEALED] == 1
    assert counts[State.SENT] == counts[State.ACKNOWLEDGED] == 0


def test_closing_while_the_intake_is_still_starting_disturbs_nobody(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "demo", intake=DemoIntake)
    connecting = clerk.demo._connecting
    assert connecting is not None
    clerk.shell.close()  # the station is closed here; the thread that enrolls it with its intake must be over
    assert not connecting.is_alive()
    clerk.close()
