"""Shift+F12: what was taken is shown again, nothing is lost; F4 there takes a capture back and asks why."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.errors import ProcedureError
from tests.ui.driver import Clerk
from ui.qt import Qt
from ui.screens.live import LiveScreen


def test_back_from_the_review_over_the_portrait_to_the_fingers_and_on_again(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "back")
    try:
        clerk.to_capture()
        clerk.capture_all()
        book = clerk.counter.station.book
        dossier = clerk.review.dossier
        first = book.state(dossier).captures["portrait"].accepted
        assert first is not None

        _back(clerk, "PortraitScreen")
        clerk.until(lambda: clerk.portrait.view._image is not None and not clerk.shell.jobs.pending)
        assert clerk.portrait.running is None, "nothing live: the picture that was taken is shown"
        clerk.shoot("s05-back")
        clerk.key("F4")
        clerk.until(clerk.portrait.reason.isVisible)
        clerk.key("1")
        clerk.key("F12")
        clerk.until(lambda: book.state(dossier).captures["portrait"].accepted is None)
        note = next(e.body for e in clerk.counter.station.journal.events(dossier) if e.kind == "capture.discarded")
        assert note["reason"] == "Người dân đề nghị"

        # Another picture passes and waits for the boxes: it too is not set aside without a reason.
        clerk.until(lambda: clerk.page == "PortraitScreen" and clerk.portrait.decide and clerk.primary())
        clerk.key("F4")
        clerk.until(clerk.portrait.reason.isVisible)
        assert clerk.portrait.running is None
        clerk.key("2")
        clerk.key("F12")
        clerk.until(lambda: len([e for e in clerk.counter.station.journal.events(dossier) if e.kind == "capture.discarded"]) == 2)
        clerk.capture_all()
        again = book.state(dossier).captures["portrait"]
        assert again.accepted is not None
        assert again.accepted.event != first.event

        _back(clerk, "PortraitScreen")
        _back(clerk, "CaptureScreen")
        clerk.until(lambda: not clerk.shell.jobs.pending)
        assert clerk.capture.running is None
        clerk.shoot("s04-back")
        clerk.key("F4")
        clerk.until(clerk.capture.reason.isVisible)
        clerk.key("Esc")
        _back(clerk, "DeclarationScreen")
        _back(clerk, "LookupScreen")
        clerk.shell.go("capture", dossier)  # not one step back: straight on to what is open
        clerk.until(lambda: clerk.page == "ReviewScreen")
        _back(clerk, "PortraitScreen")
        clerk.key("F12")
        clerk.until(lambda: clerk.page == "ReviewScreen")
        assert book.state(dossier).captures["portrait"].accepted == again.accepted
        with pytest.raises(ProcedureError):
            book.set_aside(dossier, "portrait", 99, "không có lần này")
    finally:
        clerk.close()


def _back(clerk: Clerk, page: str) -> None:
    clerk.until(lambda: clerk.primary() and not clerk.shell.jobs.pending)
    clerk.key("F12", Qt.KeyboardModifier.ShiftModifier)
    clerk.until(lambda: clerk.page == page)
    shown = clerk.shell.page
    if isinstance(shown, LiveScreen):
        clerk.until(lambda: shown.state is not None and shown.looking)
