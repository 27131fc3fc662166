"""S11 by keys only: filters, a package's history, copies on an allowed stick, and a stick that is not."""

from __future__ import annotations

import json
from pathlib import Path

from station.carriers.stick import label_stick
from station.queue.model import State
from station.sticks import STICKS
from station.views.ticks import Head
from tests.ui.conftest import Day
from ui.qt import QApplication, QEvent, QKeyEvent, QMouseEvent, QPoint, QPointF, Qt, QWidget
from ui.screens.sending import SendingScreen
from ui.widgets.rows import ROW


def test_refused_is_said_its_history_read_and_the_defect_opened(day: Day) -> None:
    day.go("sending")
    page = day.shell.page
    assert isinstance(page, SendingScreen)
    assert page.view is not None
    assert page.view.main.code == "ui.queue.refused-open"
    day.key("4")
    assert page.table.rowCount() == 1
    day.key("F7")
    day.clerk.until(page.past.isVisible)
    assert page.past.rows.count() >= 2
    day.clerk.shoot("s11-history")
    day.key("Esc")
    assert not page.past.isVisible()
    day.key("F3")
    assert day.clerk.page == "DefectsScreen"
    assert day.shell.page.dossier == day.scenes.refused


def test_packages_go_on_an_allowed_stick_and_stay_sealed(day: Day, tmp_path: Path) -> None:
    station = day.station
    stick, strange = tmp_path / "stick", tmp_path / "strange"
    stick.mkdir()
    strange.mkdir()
    label = label_stick(stick, station.keys.signer)
    station.files.write(STICKS, json.dumps([label.stick_id]).encode())
    day.go("sending")
    page = day.shell.page
    assert isinstance(page, SendingScreen)
    before = station.queue.counts()
    for folder, copied in ((strange, False), (stick, True)):
        day.key("F6")
        day.clerk.until(page.stick.isVisible)
        assert day.shell.focusWidget() is page.stick.folder.edit
        page.stick.folder.edit.clear()
        day.type(str(folder))
        day.settled()
        day.key("F12")
        assert page.stick.isVisible() is not copied  # a stick that is not allowed: the panel stays, E46 is said
    assert station.queue.counts() == before
    assert (stick / "enrollment").is_dir()
    assert before[State.ACKNOWLEDGED] == 1


def test_ticked_packages_are_acted_on_and_their_number_is_said(day: Day, tmp_path: Path) -> None:
    station = day.station
    stick = tmp_path / "stick"
    stick.mkdir()
    station.files.write(STICKS, json.dumps([label_stick(stick, station.keys.signer).stick_id]).encode())
    day.go("sending")
    page = day.shell.page
    assert isinstance(page, SendingScreen)
    assert page.view is not None
    rows = page.view.rows
    assert day.shell.focusWidget() is page.table
    page.table.choose(next(r.package_id for r in rows if r.state != "refused"))
    press(day, Qt.Key.Key_Space, " ")
    assert page.ticks.keys == {page.table.chosen}, "Space is for the box, not for F12"
    assert page.table.head is Head.SOME
    spoken = page.table.item(page.table.currentRow(), 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith("đã đánh dấu")
    assert {a.name: a.text for a in page.offers()}["stick"] == "Chép 1 gói ra USB"

    day.key("4")  # a filter: one refused package; its box is ticked with the mouse, the other tick is not seen but said
    box = page.table.visualRect(page.table.model().index(0, 0)).center()
    click(page.table.viewport(), box)
    assert len(page.ticks) == 2
    page.view = None  # a refresh
    day.go("sending")
    day.key("1")
    assert len(page.ticks) == 2
    day.clerk.shoot("s11-ticked")

    heads = page.table.horizontalHeader()
    click(heads.viewport(), QPoint(20, heads.height() // 2))
    assert not page.ticks, "all were ticked: the box in the head took every tick away"
    press(day, Qt.Key.Key_A, "\x01", Qt.KeyboardModifier.ControlModifier)
    assert page.ticks.keys == {r.package_id for r in rows}
    press(day, Qt.Key.Key_A, "\x01", Qt.KeyboardModifier.ControlModifier)
    assert {a.name: a.text for a in page.offers()}["stick"] == "Chép ra USB niêm phong"

    refused = next(r.package_id for r in rows if r.state == "refused")
    page.table.choose(refused)
    press(day, Qt.Key.Key_Space, " ")
    day.key("F6")
    day.clerk.until(page.stick.isVisible)
    assert "0 trong 1" in page.stick.what.text()
    page.stick.folder.edit.clear()
    day.type(str(stick))
    day.settled()
    day.key("F12")
    assert not list(stick.glob("**/*.pkg")), "a refused package is mended, not carried"
    assert "0 trong 1 gói" in day.shell.trouble.text()
    assert not page.ticks

    page.table.choose(refused)
    press(day, Qt.Key.Key_Space, " ")
    assert day.clerk.demo.connected.wait(60)  # the demo's centre starts beside the window
    day.key("F12")
    day.clerk.until(lambda: "không cần gửi" in day.shell.trouble.text(), 20)  # a refused package waits for a person
    assert station.queue.get(refused).state is State.REFUSED


def test_the_log_of_several_packages_says_whose_each_line_is(day: Day) -> None:
    day.go("sending")
    page = day.shell.page
    assert isinstance(page, SendingScreen)
    assert page.view is not None
    press(day, Qt.Key.Key_A, "\x01", Qt.KeyboardModifier.ControlModifier)
    day.key("F7")
    day.clerk.until(page.past.isVisible)
    said = {page.past.rows.item(n).data(ROW).lines[1] for n in range(page.past.rows.count())}
    assert said == {r.number for r in page.view.rows}


def press(day: Day, key: Qt.Key, text: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key on what has the focus, as the window system does; a letter may be a scanner's first: it is held a moment."""
    target = day.shell.focusWidget()
    assert target is not None
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(target, QKeyEvent(kind, key, modifier, text))
    day.clerk.until(lambda: not day.shell.keys._timer.isActive())
    day.settled()


def click(widget: QWidget, at: QPoint) -> None:
    """Press and release the mouse there."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    place = QPointF(at)
    for kind, buttons in ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, none)):
        QApplication.sendEvent(
            widget, QMouseEvent(kind, place, QPointF(widget.mapToGlobal(at)), left, buttons, Qt.KeyboardModifier.NoModifier)
        )


def test_the_purge_list_says_what_stays_and_why_and_purges_nothing_without_a_right(day: Day) -> None:
    day.go("sending")
    page = day.shell.page
    assert isinstance(page, SendingScreen)
    day.key("F4")
    day.clerk.until(page.kept.isVisible)
    view = page.kept.view
    assert view is not None
    assert all(row.why for row in view.rows if row.alarm_days), "what stays says why"
    assert page.kept.rows.count() == len(view.rows)
    day.clerk.shoot("s11-keeping")
    before = len(day.station.journal.dossiers())
    actions = {a.name: a.key for a in page.offers()}
    assert actions.get("purge", "F12") == "F12"
    assert ("purge" in actions) is bool(view.overdue.going)
    page._let_go()
    day.settled()
    assert len(day.station.journal.dossiers()) == before
    day.key("Esc")
    assert not page.kept.isVisible()
