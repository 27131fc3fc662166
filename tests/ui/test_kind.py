"""S2 at a counter that knows nobody beforehand: the kind is proposed, F7 and a digit change it, F12 confirms; warnings are said."""

from __future__ import annotations

from tests.ui.conftest import Day
from ui.screens.lookup import LookupScreen


def test_the_kind_is_proposed_chosen_by_keys_and_confirmed_by_going_on(day: Day) -> None:
    clerk, queue = day.clerk, day.clerk.counter.queue
    citizen = queue.visitors["101"].citizen
    queue.visitors.clear()
    made: list[str] = []
    day.shell.jobs.submit(lambda: made.append(queue.call("101")))
    day.settled()
    (dossier,) = made
    day.go("lookup", dossier)
    page = day.shell.page
    assert isinstance(page, LookupScreen)
    texts = day.shell.texts
    page.scan.setFocus()
    page.scan.setText(citizen.truth["personal_no"])
    page.scan.returnPressed.emit()
    clerk.until(lambda: page.view is not None and bool(page.view.rows) and not page.reading)
    day.settled()
    assert page.notes.kind.isVisible()
    assert texts("ui.kind.exchange") in page.notes.kind.text()
    assert texts("ui.strip.kind-proposed", kind=texts("ui.kind.exchange")) in day.shell.strip._ticket.text()
    day.key("F7")
    assert page.options.isVisible()
    day.key("Esc")
    assert page.kinds.asking is False
    day.key("F7")
    day.key("5")
    assert page.options.chosen == "kind.lost"
    day.key("F12")
    assert page.view is not None
    assert page.view.kind is not None
    assert page.view.kind.sure
    assert not page.notes.kind.isVisible()
    assert texts("ui.kind.reissue") in day.shell.strip._ticket.text()
    state = day.station.book.state(dossier)
    assert (state.kind.value, state.kind_why, state.kind_sure) == ("reissue", "kind.lost", True)

    number = citizen.truth["personal_no"]
    wrong = f"{int(state.value('dob')[:4]) - 1}-01-02"
    day.station.book.set_field(dossier, "dob", wrong)
    clerk.counter.compare.again(dossier)
    page._refresh()
    day.settled()
    assert page.notes.notes.isVisible(), f"nothing is said of {number[:3]}…, whose year disagrees"
    assert texts("number-year") in page.notes.notes.text() + page.notes.notes._second.text()
