"""Several dossiers open at once on one station, each at its step."""

from __future__ import annotations

from pathlib import Path

from tests.ui.driver import Clerk
from ui.qt import Qt


def test_four_dossiers_interleaved_each_goes_on_at_its_own_step(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "demo")
    try:
        for number in range(4):
            clerk.key("F12")
            clerk.until(
                lambda: (
                    clerk.page == "LookupScreen"
                    and clerk.lookup.view is not None
                    and not clerk.lookup.reading
                    and clerk.primary()
                )
            )
            if number in (0, 2):  # two go on to the fingers and give one capture, two stay at the look-up
                clerk.through_lookup()
                clerk.until(lambda: clerk.capture.state is not None and clerk.capture.state.done >= 1)
            clerk.key("F9")
            clerk.until(lambda: clerk.page == "HomeScreen" and clerk.home.view is not None)
        assert [t for _, t, _ in clerk.counter.open_tabs()] == ["101", "102", "103", "104"]
        seen = []
        for _ in range(4):  # Ctrl+Tab goes round; each stands where it was left
            before = clerk.shell.page.dossier
            clerk.until(lambda: len(clerk.shell.tabs.open) == 4)
            clerk._send(Qt.Key.Key_Tab, "", Qt.KeyboardModifier.ControlModifier)
            clerk.until(
                lambda b=before: (
                    clerk.page in {"LookupScreen", "CaptureScreen", "PortraitScreen"} and clerk.shell.page.dossier != b
                )
            )
            state = clerk.counter.station.book.state(clerk.shell.page.dossier)
            seen.append((state.ticket, clerk.page != "LookupScreen"))
        assert sorted(seen) == [("101", True), ("102", False), ("103", True), ("104", False)]
        done = {s.ticket: sum(s.done(x) for x in s.procedure.steps) for s in clerk.counter.station.book.states()}
        assert done["101"] >= 1
        assert done["103"] >= 1
        assert done["102"] == done["104"] == 0
        assert len({s.value("personal_no") for s in clerk.counter.station.book.states()}) == 4
    finally:
        clerk.close()
