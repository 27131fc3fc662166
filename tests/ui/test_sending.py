"""S11 by keys only: filters, a package's history, copies on an allowed stick, and a stick that is not."""

from __future__ import annotations

import json
from pathlib import Path

from station.carriers.stick import label_stick
from station.queue.model import State
from station.sticks import STICKS
from tests.ui.conftest import Day
from ui.screens.sending import SendingScreen


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
