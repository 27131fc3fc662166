"""A dossier that was sealed and left before its slip was given is gone on with from the queue, by keys alone."""

from __future__ import annotations

from tests.ui.conftest import Day
from ui.screens.finish import FinishScreen
from ui.screens.home import HomeScreen


def test_the_slip_is_given_later_from_the_queue(day: Day) -> None:
    page = day.shell.page
    assert isinstance(page, HomeScreen)
    assert page.view is not None
    dossier = day.scenes.acknowledged
    row = next(r for r in page.view.rows if r.dossier == dossier)
    assert row.place == "slip"
    assert day.station.book.state(dossier).slip is None
    page.table.setFocus()
    for _ in range(len(page.view.rows)):
        if page.table.chosen == row.key:
            break
        day.clerk.key("Down")
    assert page.table.chosen == row.key
    day.key("Enter")
    assert isinstance(day.shell.page, FinishScreen)
    assert day.shell.page.dossier == dossier
    day.shell.second.open()
    day.key("F12")
    day.clerk.until(lambda: bool(day.shell.page.slip))
    day.settled()
    window = day.shell.second.window
    assert window is not None
    assert "Ngày hẹn" in window._words[1], "the person reads when and where"
    assert day.station.book.state(dossier).slip is not None
    day.key("F12")
    assert day.shell.page is page
    assert "Ngày hẹn" not in window._words[1]
    day.clerk.until(lambda: page.view is not None and all(r.finished for r in page.view.rows if r.dossier == dossier))
    assert page._bar.accessibleName(), "the pace of the day is said to a screen reader"
