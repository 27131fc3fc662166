"""S4: a try that failed stands as a small picture beside the live one, so that it can be seen why another is asked for."""

from __future__ import annotations

from pathlib import Path

from devices.simulated.scanner import Applicant, SimulatedScanner
from tests.ui.driver import Clerk


def test_a_failed_try_is_pictured_while_the_next_is_live(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "demo", visitors=1, procedure="vn-60-2021")
    try:
        clerk.key("F12")
        clerk.until(lambda: clerk.page == "LookupScreen" and clerk.lookup.view is not None and clerk.primary())
        scanner = clerk.counter.scanner
        assert isinstance(scanner, SimulatedScanner)
        scanner.call(Applicant(5, habits={"moisture": -1.0, "pressure": -1.0}))  # very dry fingers, hardly laid down
        clerk.through_lookup()
        page = clerk.capture
        clerk.until(lambda: page.running is not None and page.view.judged)
        assert not page.tries.isVisible(), "nothing was tried yet"
        clerk.key("F12")
        clerk.until(lambda: page.tries.isVisible())
        assert page.tries.pictured == [1]
        assert page.state is not None
        assert page.state.tries[0].best
        assert not page.state.tries[0].passed
        assert page.tries.accessibleName()
        clerk.until(lambda: page.running is not None and page.view.judged and clerk.primary())
        clerk.shoot("s04-one-try")
        clerk.key("F12")
        clerk.until(lambda: page.tries.pictured == [1, 2])
    finally:
        clerk.close()
