"""S9 shows nobody's things before the officer opens their dossier: it goes blank on pause, Ctrl+Tab, lock and the next call."""

from __future__ import annotations

import re

from station.dossier.pipeline import TicketState
from tests.ui.conftest import Day
from ui.qt import QImage, QLabel, QPushButton, QWidget
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


def sizes(window: QWidget) -> dict[str, int]:
    """The smallest letters of every text that is seen."""
    found = {}
    for widget in (*window.findChildren(QLabel), *window.findChildren(QPushButton)):
        if widget.isVisible() and widget.text():
            widget.ensurePolished()
            written = [int(px) for px in re.findall(r"font-size:(\d+)px", widget.text())]
            found[re.sub(r"<[^>]+>", "", widget.text())] = min(written) if written else widget.font().pixelSize()
    return found


def test_every_text_has_19_pixels_and_a_plus_enlarges_every_one(day: Day) -> None:
    review(day)
    window = day.shell.second.window
    day.clerk.until(lambda: len(sizes(window)) > 10)
    before = sizes(window)
    assert {text: px for text, px in before.items() if px < 19} == {}
    window.toggle_size()
    day.settled()
    after = sizes(window)
    assert set(after) == set(before)
    assert {text: (px, after[text]) for text, px in before.items() if after[text] < round(1.25 * px)} == {}


def test_who_waits_sees_about_how_long_and_a_called_ticket_its_desk(day: Day) -> None:
    day.shell.second.open()
    day.go("home")
    window = day.shell.second.window
    assert window is not None
    waiting = day.clerk.counter.queue.waiting()
    assert waiting
    assert [w.minutes for w in waiting] == sorted(w.minutes for w in waiting)
    day.clerk.until(lambda: waiting[0].ticket in window._big.text())
    assert f"Còn khoảng {waiting[0].minutes} phút" in window._big.text()
    names = {v.citizen.full_name for v in day.clerk.counter.queue.visitors.values()}
    assert not any(n and n.lower() in shown(window).lower() for n in names), "numbers, nobody's name"
    counter, called = day.clerk.counter, list[str]()
    counter.queue.desk = "3"
    day.shell.jobs.submit(lambda: counter.call(waiting[0].ticket, "thử"), called.append, day.clerk.errors.append)
    day.settled()
    day.go("lookup", called[0])
    assert f"Mời vé {waiting[0].ticket} tới bàn 3" in shown(window)
    assert not window._big.isVisible()
    day.shell.press("F9")
    assert "Mời vé" not in shown(window), "a person who was sent to wait is not called"
    day.settled()
