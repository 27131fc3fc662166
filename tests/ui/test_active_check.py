"""F6 at the portrait, by keys alone: a challenge is asked on both screens, no picture is taken meanwhile, and the end is written down."""

from __future__ import annotations

from pathlib import Path

from biometrics.portrait.synthesis import Fault
from devices.simulated.camera import SimulatedCamera
from station.dossier.procedure import Modality
from tests.ui.driver import Clerk
from ui.theme.tokens import State


def test_the_officer_asks_and_stops_and_then_the_picture_is_taken(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "demo", visitors=1)
    try:
        clerk.to_capture()
        camera = clerk.counter.camera
        assert isinstance(camera, SimulatedCamera)
        camera.play(((Fault.TOO_FAR, 600.0),))  # nothing is taken before the officer asks
        clerk.until(lambda: clerk.page == "PortraitScreen" and clerk.portrait.running is not None)
        page = clerk.portrait
        clerk.until(lambda: page.active_view is not None and page.active_view.offered)
        clerk.until(lambda: page.rules.known > 0)  # the live picture is open
        assert page.active.isHidden()
        clerk.key("F6")
        clerk.until(lambda: page.banner.text().startswith("Mời ") and page.banner.state is State.LIVE)
        assert page.banner._head.text().startswith("Đang hỏi ")
        assert "không phải phát hiện giả mạo" in page.active.note.text()
        assert page.banner.text() in page.sees._words.text(), "the applicant reads it too"
        assert not clerk.primary(), "F12 takes nothing now"
        assert not page.active.isHidden()
        clerk.shoot("s05-portrait-active")
        clerk.key("F6")
        clerk.until(lambda: page.decide and not clerk.shell.jobs.pending)
        (state,) = clerk.counter.station.book.states()
        (check,) = state.active_checks
        assert (check.outcome, len(check.challenges)) == ("stopped", 3)
        face = next(s.id for s in state.procedure.steps if s.modality is Modality.FACE)
        assert check.step == face
        assert page.active_view is not None
        assert "Đã dừng" in page.texts.of(page.active_view.outcome)
        clerk.shoot("s05-portrait-active-over")
    finally:
        clerk.close()
