"""A child for the kill test: enrolls one citizen with a scanner and F12 alone, says each step as it is reached and waits there for a line on
standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from station.dossier.numbers import CodeKind, make_code
from ui.main import application


def main(folder: Path) -> None:
    """Go to the end, or until killed."""
    application()
    from tests.ui.driver import Clerk

    clerk = Clerk(folder)

    def reached(step: str) -> None:
        states = clerk.counter.station.book.states()
        done = sum(states[0].done(s) for s in states[0].procedure.steps) if states else 0
        signed = len(states[0].signatures) if states else 0
        sys.stdout.write(f"{step} {clerk.page} {done} {signed}\n")
        sys.stdout.flush()
        sys.stdin.readline()

    clerk.burst(make_code(CodeKind.TICKET, "000101"))
    clerk.until(lambda: clerk.home.table.chosen == "101")
    clerk.key("F12")
    clerk.until(
        lambda: clerk.page == "LookupScreen" and clerk.lookup.view is not None and not clerk.lookup.reading and clerk.primary()
    )
    reached("called")
    clerk.key("F12")
    clerk.until(lambda: clerk.lookup.view is not None and clerk.primary() and not clerk.lookup.view.open_fields)
    reached("decided")
    clerk.through_lookup()
    clerk.until(lambda: clerk.capture.running is not None)
    reached("fingers")
    clerk.until(lambda: clerk.capture.state is not None and clerk.capture.state.done >= 1)
    reached("one-capture")
    clerk.until(lambda: clerk.page == "PortraitScreen" and clerk.portrait.decide)
    reached("portrait")
    clerk.capture_all()
    clerk.until(lambda: clerk.review.next != "")
    reached("review")
    while clerk.review.next != "operator":
        clerk.key("F12")
        clerk.until(lambda: clerk.review.next != "")
    reached("applicant-signed")
    clerk.review_and_seal()
    reached("sealed")
    assert set(clerk.pressed) == {"F12"}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
