"""A device whose certificate ended shows its live picture, takes nothing whatever is pressed, and the screen says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from devices.grade import Grade
from station.app import Station
from tests.ui.driver import Clerk
from ui.theme.tokens import State


def test_the_screen_says_why_and_nothing_is_taken(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expired = Grade(enrolls=False, code="certificate-expired", values={"day": "12/05/2026"})
    monkeypatch.setattr(Station, "admission", lambda *_: expired)
    clerk = Clerk(tmp_path / "demo")
    try:
        clerk.to_capture()
        clerk.until(lambda: "12/05/2026" in clerk.capture.banner.text())
        clerk.key("F12")
        clerk.until(lambda: clerk.capture.view.frames_per_second > 1)
        (dossier,) = clerk.counter.station.book.states()
        assert not any(c.attempts for c in dossier.captures.values())
        assert "chỉ xem thử" in clerk.capture.banner.text()

        # At a home the same: the reason stands there, "good" is never said of a picture that nobody may take.
        page = clerk.at_home()
        clerk.key("F12")
        clerk.until(lambda: "12/05/2026" in page.capture.text())
        assert page.capture.state is State.BLOCKED
        clerk.key("F12")
        clerk.until(lambda: page.capture.view.frames_per_second > 1)
        assert "12/05/2026" in page.capture.text()
        assert not any(c.attempts for c in clerk.counter.station.book.state(page.dossier).captures.values())
    finally:
        clerk.close()
