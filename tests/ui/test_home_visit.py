"""S17 off the list and off the line: what the empty screen offers, a visit opened by number, its place, its helper, days later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from biometrics.fingerprint.minutiae import extract
from biometrics.fingerprint.synthesis import ImpressionSettings, Person, impression
from biometrics.portrait.synthesis import Fault
from biometrics.positions import FingerPosition
from devices.simulated.camera import SimulatedCamera
from devices.simulated.page import SimulatedDocumentCamera
from devices.simulated.scanner import SimulatedScanner
from station.clock import legal_day
from station.dossier.home import KitHealth
from station.dossier.parts import ExceptionKind
from station.errors import ProcedureError
from station.keys.fingers import OperatorFingers
from station.views.home import home_view
from tests.ui.driver import Clerk
from tests.ui.measuring import clipped
from ui.qt import Qt
from ui.screens.home_visit import HomeVisitScreen
from ui.theme.tokens import State


def test_a_visit_off_the_list_is_stamped_helped_left_and_found_days_later(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "fresh")
    try:
        assert clerk.demo.connected.wait(60)
        clerk.demo.intake.stop()  # no line from here on
        clerk.shell.go("home-visit")
        page = clerk.shell.page
        assert isinstance(page, HomeVisitScreen)
        clerk.until(lambda: page.view is not None)
        assert page.capture.text() == page.texts("s17.empty")
        assert {a.name for a in page.offers()} == {"number", "stick", "centre"}
        clerk.shoot("s17-empty")
        clerk.key("F12")
        assert clerk.shell.trouble.isVisible()  # the centre was asked; offline it is said what else there is

        clerk.key("F2")
        clerk.until(lambda: page.asking.kind == "number")
        clerk.type("09913600031")
        clerk.key("F12")
        clerk.until(lambda: not clerk.shell.jobs.pending)
        assert page.asking.kind == "number"  # eleven digits: refused, the panel and what was typed stay
        clerk.type("4")
        clerk.key("F12")
        clerk.until(lambda: page.dossier != "" and page.view is not None and page.view.person is not None)
        dossier, station = page.dossier, clerk.counter.station
        assert clerk.shell.second.dossier == dossier, "the applicant's screen follows"
        clerk.until(lambda: station.here() is not None)  # the receiver has its fix
        clerk.key("F6")
        clerk.until(lambda: page.asking.kind == "helper")
        clerk.type("Con trai")
        clerk.key("F12")
        clerk.until(lambda: page.view is not None and page.view.person is not None and page.view.person.helper == "Con trai")
        assert page.view is not None
        assert page.view.person is not None
        assert page.view.person.stamp is not None
        clerk.shoot("s17-helper")
        clerk.key("F9")
        clerk.until(lambda: page.resting is not None and page.capture.text().startswith("Đang nghỉ 0:0"))
        first = page.capture.text()
        clerk.until(lambda: page.capture.text() != first)  # its clock runs
        assert {a.key for a in page.offers()} == {"F9", "F12"}
        clerk.key("F9")
        clerk.until(lambda: page.dossier == "")
        assert clerk.shell.second.dossier == ""
        notes = [e.body for e in station.journal.events(dossier) if e.kind == "visit.noted"]
        assert [n["what"] for n in notes] == ["arrived", "helped", "rested", "left"]
        assert abs(notes[-1]["place"][0] - 15.0032) < 1e-3

        another_day = legal_day(station.clock.now()) + timedelta(days=3)
        row = home_view((), station.book.states(), KitHealth(None, None, 900, None), another_day).rows[0]
        assert (row.dossier, row.listed, row.since) == (dossier, False, legal_day(station.clock.now()))
        clerk.until(lambda: not clerk.shell.jobs.pending and page.rows.count() == 1)
        clerk.key("F12")
        clerk.until(lambda: page.dossier == dossier)  # the same dossier, exactly there
    finally:
        clerk.close()


def test_at_home_too_the_officer_asks_to_blink_and_turn_by_f6(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "home", visitors=1)
    try:
        page = clerk.at_home()
        clerk.key("F7")
        clerk.until(page.exceptions.isVisible)
        assert clipped(page) == [], "the panel has the room of the parts"
        clerk.key("5")
        page.exceptions._kinds.setCurrentRow(page.exceptions.kinds.index(ExceptionKind.OTHER))
        page.exceptions.words.setText("dính mực không rửa được")
        clerk.until(lambda: page.declaring.live)
        assert isinstance(clerk.counter.documents, SimulatedDocumentCamera)
        clerk.counter.documents.unplug()  # no camera: that is recorded, nobody is kept from declaring
        clerk.until(lambda: page.declaring.no_photo == "no-camera")
        clerk.sign_exception(photo=False)
        book, little = clerk.counter.station.book, FingerPosition.RIGHT_LITTLE
        clerk.until(lambda: little in book.state(page.dossier).exceptions and not clerk.shell.jobs.pending)
        declared = book.state(page.dossier).exceptions[little]
        assert (declared.reason, declared.photo, declared.no_photo) == ("dính mực không rửa được", None, "no-camera")
        camera = clerk.counter.camera
        assert isinstance(camera, SimulatedCamera)
        camera.play(((Fault.TOO_FAR, 600.0),))  # nothing is taken before the officer asks
        while page.step != "portrait":
            before = page.step
            clerk.key("Right")
            clerk.until(lambda was=before: page.step != was)
        clerk.key("F12")
        capture = page.capture
        clerk.until(lambda: capture.running is not None and "active" in {a.name for a in page.offers()})
        clerk.until(lambda: capture.state is State.RETRY)  # judged: too far
        clerk.key("F6")
        clerk.until(lambda: capture.state is State.LIVE and capture.text().startswith("Mời "))
        assert not clerk.primary(), "no picture is taken meanwhile"
        clerk.shoot("s17-active")
        clerk.key("F6")
        clerk.until(lambda: clerk.primary() and not clerk.shell.jobs.pending)
        clerk.key("Esc")
        clerk.until(lambda: capture.running is None and not clerk.shell.jobs.pending)
        (check,) = clerk.counter.station.book.state(page.dossier).active_checks
        assert (check.step, check.outcome) == ("portrait", "stopped")
    finally:
        clerk.close()


def test_a_home_portrait_is_accepted_only_with_the_officers_boxes(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "boxes", visitors=1)
    try:
        page = clerk.at_home()
        while page.step != "portrait":
            before = page.step
            clerk.key("Right")
            clerk.until(lambda was=before: page.step != was)
        camera = clerk.counter.camera
        assert isinstance(camera, SimulatedCamera)
        camera.play(((Fault.CLUTTERED_BACKGROUND, 600.0),))
        clerk.key("F12")
        clerk.until(lambda: page.capture.text() == "Căng vải sát tường")
        camera.play(())
        clerk.until(lambda: page.capture.confirming is not None and page.capture.ticks.boxes and not clerk.shell.jobs.pending)
        clerk.shoot("s17-boxes")
        assert clipped(page) == [], "the boxes stand beside the still"
        book, dossier = clerk.counter.station.book, page.dossier
        assert book.state(dossier).captures["portrait"].accepted is None
        with pytest.raises(ProcedureError, match="not ticked"):  # the room refuses it too, whatever a screen forgets
            clerk.counter.save_attempts(dossier, book.state(dossier).procedure.step("portrait"))
        clerk.key("F12", Qt.KeyboardModifier.ShiftModifier)
        clerk.until(lambda: page.dossier == "" and not clerk.shell.jobs.pending)
        clerk.key("F12")
        clerk.until(lambda: page.dossier == dossier and page.view is not None and page.view.person is not None)
        while page.step != "portrait":
            before = page.step
            clerk.key("Right")
            clerk.until(lambda was=before: page.step != was)
        tried = len(book.state(dossier).captures["portrait"].attempts)
        clerk.key("F12")  # the picture that waits is asked about again, no second one is taken
        clerk.until(lambda: page.capture.confirming is not None and page.capture.ticks.boxes and clerk.primary())
        clerk.key("2")
        clerk.key("F12")
        clerk.until(lambda: book.state(dossier).captures["portrait"].accepted is not None)
        accepted = book.state(dossier).captures["portrait"].accepted
        assert accepted is not None
        assert {"officer:both-ears", "officer:bare-head-or-religious", "officer:decent-dress"} <= set(accepted.capture.flags)
        assert len(book.state(dossier).captures["portrait"].attempts) == tried
        clerk.until(lambda: clerk.shell.tones.heard[-1:] == ["captured"])

        # What is taken can be looked at and taken back; a picture that passed is never set aside without a reason.
        clerk.until(lambda: page.step != "portrait" and not clerk.shell.jobs.pending and not page.capture.busy)
        while page.looked != "portrait":
            before = page.step
            clerk.key("Right")
            clerk.until(lambda was=before: page.looked == "portrait" or page.step != was)
        clerk.key("F4")
        clerk.until(page.reason.isVisible)
        clerk.key("1")
        clerk.key("F12")
        clerk.until(lambda: book.state(dossier).captures["portrait"].accepted is None)
        clerk.until(lambda: page.step == "portrait" and clerk.primary() and not clerk.shell.jobs.pending)
        clerk.key("F12")
        clerk.until(lambda: page.capture.confirming is not None and page.capture.ticks.boxes and not clerk.shell.jobs.pending)
        clerk.key("F4")
        clerk.until(page.reason.isVisible)
        clerk.key("2")
        clerk.key("F12")

        def why() -> list[str]:
            return [e.body["reason"] for e in clerk.counter.station.journal.events(dossier) if e.kind == "capture.discarded"]

        clerk.until(lambda: len(why()) == 2)
        assert why() == ["Người dân đề nghị", "Hình chưa rõ"]
    finally:
        clerk.close()


def test_a_finding_at_home_stops_the_visit_before_anybody_signs(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "finding", visitors=1)
    try:
        page = clerk.at_home()
        station, scanner = clerk.counter.station, clerk.counter.scanner
        assert isinstance(scanner, SimulatedScanner)
        fingers = (FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE)
        person = Person.from_seed(scanner._applicant.seed)
        settings = ImpressionSettings.natural(np.random.default_rng(3), spread=0.4)
        prints = {f: extract(impression(person.finger(f), settings, 1).image) for f in fingers}
        assert station.operator is not None
        OperatorFingers(station.keys, station.operators).enroll(station.operator, prints, consent=True)
        clerk.key("F12")
        clerk.until(lambda: page.asked.found is not None and page.capture.state is State.BLOCKED)
        assert "F8" in page.capture.text()
        assert page.capture.running is None
        assert {a.key for a in page.offers()} >= {"F4", "F6", "F8", "F12"}
        clerk.until(lambda: not clerk.shell.jobs.pending)
        clerk.shoot("s17-finding")
        assert clipped(page) == []
        taken = next(s for s, c in station.book.state(page.dossier).captures.items() if c.accepted is not None)
        clerk.key("F4")
        clerk.until(page.reason.isVisible)
        clerk.until(lambda: not clerk.shell.jobs.pending)
        assert clipped(page) == []
        clerk.shoot("s17-which")
        clerk.key("1")
        clerk.key("F12")
        clerk.until(lambda: station.book.state(page.dossier).captures[taken].accepted is None)
        clerk.until(lambda: page.asked.found is None and not clerk.shell.jobs.pending)
        assert page.step == taken  # the one that was taken back comes next
    finally:
        clerk.close()
