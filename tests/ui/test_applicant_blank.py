"""S9 shows nobody's things before the officer opens their dossier: it goes blank on pause, Ctrl+Tab, lock and the next call."""

from __future__ import annotations

from station.dossier.pipeline import TicketState
from tests.ui.conftest import Day
from ui.qt import QImage, QLabel, QWidget
from ui.screens.review import ReviewScreen


def shown(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def review(day: Day) -> str:
    """Open the dossier that is reviewed, with the applicant's window; return a value that only its person has."""
    dossier = day.scenes.reviewing
    counter = day.clerk.counter
    day.shell.jobs.submit(lambda: counter.queue.resume(dossier))
    day.settled()
    day.shell.second.open()
    day.go("review", dossier)
    window = day.shell.second.window
    assert window is not None
    value = day.station.book.state(dossier).value("phone")
    number = day.station.book.state(dossier).value("personal_no")
    assert window._lines
    assert any(line.value.replace(" ", "") in (value, number) for line in window._lines)
    return next(line.value for line in window._lines if line.value.replace(" ", "") in (value, number))


def assert_blank(day: Day, private: str) -> None:
    window = day.shell.second.window
    assert window is not None
    assert window.is_blank
    assert private not in shown(window)
    assert window._lines == ()
    assert window.face._image is None
    assert not window.hand.isVisible()
    assert not window.pad.isVisible()


def test_pause_and_the_next_dossier_take_the_last_person_away(day: Day) -> None:
    private = review(day)
    page = day.shell.page
    day.shell.press("F9")
    assert_blank(day, private)  # at once, not when the queue is shown
    day.settled()
    assert day.clerk.page == "HomeScreen"
    assert_blank(day, private)
    day.shell.second.frame(QImage(8, 8, QImage.Format.Format_Grayscale8), "portrait")  # a late picture of the camera
    day.shell.second.words("Nhìn thẳng")
    assert_blank(day, private)
    assert isinstance(page, ReviewScreen)
    called: list[str] = []
    counter = day.clerk.counter
    number = str(next(t.number for t in counter.queue._pipeline.tickets() if t.state is TicketState.WAITING))
    day.shell.jobs.submit(lambda: counter.call(number, "thử"), called.append, day.clerk.errors.append)
    day.settled()
    day.go("lookup", called[0])
    assert_blank(day, private)
    ticket = day.station.book.state(day.shell.page.dossier).ticket
    assert ticket
    assert ticket in " ".join(day.shell.second.window._words)
    day.shell.lock()
    assert_blank(day, private)
    assert ticket in " ".join(day.shell.second.window._words), "a locked desk shows the ticket, nothing else"
    day.settled()
    day.key("F6")
    day.key("F12")
    day.clerk.until(lambda: day.clerk.page == "LookupScreen")
    assert review(day) in shown(day.shell.second.window), "its own person sees it again"


def test_ctrl_tab_shows_nobody_on_the_way(day: Day) -> None:
    private = review(day)
    assert len(day.shell.tabs.open) > 1
    day.shell.press("Ctrl+Tab")
    assert_blank(day, private)
    day.settled()
    assert day.shell.page.dossier != day.scenes.reviewing
    assert private not in shown(day.shell.second.window)
