"""By keys alone: a portrait that waits for the officer is there again after F9; F4 within the still takes the last finger back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.driver import Clerk
from ui.screens.portrait import PortraitScreen


@pytest.fixture
def clerk(qapp: object, tmp_path: Path) -> Iterator[Clerk]:
    clerk = Clerk(tmp_path / "demo", visitors=1)
    yield clerk
    clerk.close()


def test_what_was_taken_is_shown_again_and_the_last_capture_can_be_taken_back(clerk: Clerk) -> None:
    clerk.to_capture()
    capture = clerk.capture
    clerk.until(lambda: capture._still.isActive() or clerk.page == "PortraitScreen")
    assert clerk.page == "CaptureScreen", "the still of the last finger stays: F4 within it takes it back"
    clerk.key("F4")
    clerk.until(lambda: capture.running is not None)
    (state,) = clerk.counter.station.book.states()
    assert state.captures["rolled-right-index"].accepted is None
    assert len(state.captures["rolled-right-index"].superseded) == 1

    clerk.until(lambda: clerk.page == "PortraitScreen" and clerk.portrait.decide)
    clerk.until(lambda: not clerk.shell.jobs.pending)
    clerk.key("F9")
    clerk.until(lambda: clerk.page == "HomeScreen" and clerk.home.view is not None and not clerk.shell.jobs.pending)
    (state,) = clerk.counter.station.book.states()
    assert [a.accepted for a in state.captures["portrait"].attempts] == [True]
    assert state.captures["portrait"].accepted is None
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "PortraitScreen" and clerk.portrait.decide)
    page = clerk.shell.page
    assert isinstance(page, PortraitScreen)
    clerk.until(lambda: bool(page.tries._images) and page.view._image is not None)
    assert page.running is None, "no live picture: what was taken is asked about"
    clerk.until(lambda: page.rules.known > 0 and not clerk.shell.jobs.pending)
    assert page.offers()[-1].name == "confirm", "it passed: the officer confirms, nothing is flagged"
    clerk.shoot("s05-portrait-again")
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "ReviewScreen")
    (state,) = clerk.counter.station.book.states()
    accepted = state.captures["portrait"].accepted
    assert accepted is not None
    assert "officer:both-ears" in accepted.capture.flags
    assert len(state.captures["portrait"].attempts) == 1, "taken once"
