"""What the desks say where nothing is, where something is written wrong, and after something was done: never a blank panel or a dead key."""

from __future__ import annotations

from pathlib import Path

from tests.ui.conftest import Day
from tests.ui.measuring import clipped
from ui.widgets.chips import StateChip
from ui.widgets.empty import Empty


def test_nothing_waits_no_device_no_match_are_said_with_what_to_do(day: Day) -> None:
    day.go("supervisor")
    page = day.shell.page
    assert page.empty.isHidden()
    for _ in range(len(page.view.rows)):
        row = page.view.rows[0]
        if not page.who:
            day.key("F8")
            day.clerk.until(page.pin.isVisible)
            day.type(day.pin("truong-ca"))
            day.key("F12")
            day.clerk.until(lambda: page.who)
        day.key("F12")
        day.clerk.until(lambda r=row: r not in page.view.rows)
    day.clerk.until(page.empty.isVisible)
    assert not page._evidence.isVisible()
    assert page.texts("ui.supervisor.empty.how") in page.empty.text()
    primary = next(a for a in page.offers() if a.primary)
    assert (primary.name, primary.enabled) == ("home", True)

    station = day.station
    kept = station.settings
    for name in ("scanner", "camera", "card_reader", "document_reader", "positioner", "iris"):
        station.settings = station.settings.replaced(f"devices.{name}", "")
    day.go("devices")
    room = day.shell.page
    day.clerk.until(room.empty.isVisible)
    assert room.texts("ui.devices.find.again") in room.empty.text()
    assert room.untested.isVisible()
    station.settings = kept
    day.key("F12")
    day.clerk.until(room.empty.isHidden)
    assert room.texts("ui.devices.untested.press") in room.untested.text()

    day.go("settings")
    settings = day.shell.page
    settings.search.edit.setText("không có mục này")
    settings.search.committed.emit()
    day.settled()
    assert settings.groups.count() == 0
    assert settings.banner.isVisible()
    assert settings.banner.text() == settings.texts.pair("s18.empty")


def test_wrong_hours_are_explained_at_the_field_and_the_keys_of_the_kit_stand_in_their_group(day: Day) -> None:
    day.go("settings")
    page = day.shell.page
    groups = [g for g, _ in page.view.groups]
    page.groups.setCurrentRow(groups.index("station"))
    editor = page.editors["day.hours"]
    editor.set_raw("sáng tới tối")
    editor.changed.emit("day.hours")
    assert editor.fault == page.texts("ui.settings.form.hours")
    page.groups.setCurrentRow(groups.index("screen"))
    assert page.wrong() == ["day.hours"]  # another group is looked at: the wrong value is still known
    day.key("F12")
    assert page.groups.currentRow() == groups.index("station")
    assert page.banner.text() == page.texts("ui.settings.wrong", count=1)
    assert day.station.settings.text("day.hours") == "07:00-22:00"
    assert page.editors["day.hours"].fault

    page.groups.setCurrentRow(page.groups.count() - 1)
    shown = " ".join(w.text() for w in page._scroll.widget().findChildren(type(page._head.title)))
    key_id = day.station.keys.signer.key_id
    assert f"{key_id[:4]} {key_id[4:8]}" in shown
    assert page.texts("key.held.wrapped") in shown
    assert any(c.text() == page.texts("key.state.good") for c in page._scroll.widget().findChildren(StateChip))


def test_a_package_is_found_by_name_or_scan_and_an_empty_search_says_so(day: Day) -> None:
    day.go("sending")
    page = day.shell.page
    day.clerk.until(lambda: page.view is not None and len(page.view.rows) == 2)
    other = next(r for r in page.view.rows if r.package_id != page.table.chosen)
    day.key("4")
    day.key("F2")
    assert page.finder.hasFocus()
    day.type(other.person.split()[-1].lower())
    day.enter()
    assert page.table.chosen == other.package_id
    assert page.filter == "all"
    first = next(r for r in page.view.rows if r.package_id != other.package_id)
    page.scanned(first.dossier)  # the bars of the printed slip
    day.clerk.until(lambda: page.table.chosen == first.package_id)
    day.key("F7")
    assert page.past.isVisible()
    assert not page.finder.isVisible()  # the pills keep their room
    day.shell.set_look(dark=False, large=True)
    day.settled()
    assert clipped(page) == [], "beside the panel the table keeps the columns that there is room for"
    day.key("Esc")
    day.key("F6")
    day.settled()
    assert page.stick.isVisible()
    assert clipped(page) == []
    assert not page._cards.isVisible()
    day.key("Esc")
    assert page._cards.isVisible()
    day.shell.set_look(dark=False, large=False)
    day.settled()
    day.key("F7")
    assert page.past.isVisible()
    day.key("F2")
    assert page.finder.hasFocus()
    assert not page.past.isVisible()
    day.type("zzz")
    day.enter()
    assert day.shell.trouble.isVisible()
    assert day.clerk.counter.find("không số") == ""  # words are no ticket: nobody is found by the ticket that nobody has
    assert "zzz" in day.shell.trouble.text()


def test_after_a_card_the_next_key_is_the_next_card(day: Day) -> None:
    day.go("hand-over", day.scenes.refused)  # announced only: nothing can be done for this person here
    page = day.shell.page
    day.clerk.until(lambda: page.who is not None and page.who.dossier == day.scenes.refused)
    primary = next(a for a in page.offers() if a.primary)
    assert (primary.name, primary.enabled) == ("next", True)
    day.key("F12")
    day.clerk.until(lambda: page.who is not None and page.who.dossier == day.scenes.acknowledged)
    assert page.who.phone.count(" ") == 2


def test_before_anything_is_measured_the_wizard_shows_what_will_be(day: Day) -> None:
    day.go("devices")
    day.key("F12")
    day.clerk.until(lambda: type(day.shell.page).__name__ == "CalibrationScreen" and day.shell.page.view is not None)
    page = day.shell.page
    assert len(page.view.rows) > 20
    assert {r.verdict.code for r in page.view.rows} == {"calibration.verdict.waiting"}
    assert all(r.limit for r in page.view.rows if r.source)
    assert page.table.rowCount() == len(page.view.rows)
    assert not page.findChildren(Empty)


def test_a_technician_signs_in_place_and_applies_a_kits_file_in_their_own_name(day: Day, tmp_path: Path) -> None:
    file = tmp_path / "kit.toml"
    file.write_text('"day.target" = 420\n"sending.hours" = "18:00-06:00"\n', "utf-8")
    day.go("settings")
    page = day.shell.page
    day.key("F6")
    page.clone.file.set_text(str(file))
    day.key("F7")
    apply = next(a for a in page.offers() if a.primary)
    assert (apply.name, apply.enabled) == ("apply", False)  # a clerk compares and changes nothing
    day.key("F8")
    day.clerk.until(page.pin.isVisible)
    who = page.pin._who
    who.setCurrentIndex(who.findData("ky-thuat"))
    day.type("000000")
    day.key("F12")
    day.clerk.until(page.pin.secret.edit.accessibleDescription)  # said at the field why not, in the catalogue's words
    assert "{" not in page.pin.secret.edit.accessibleDescription()
    assert page.desk.who == ""
    day.type(day.pin("ky-thuat"))
    day.key("F12")
    day.clerk.until(lambda: page.desk.who != "" and not page.pin.isVisible())
    day.key("F12")
    day.clerk.until(lambda: day.station.settings["day.target"] == 420)
    assert day.station.settings.text("sending.hours") == "18:00-06:00"
    changed = [e for e in day.station.journal.events_of_kind("setting.changed") if e.body["name"] == "day.target"]
    assert [e.operator for e in changed] == ["ky-thuat"]
    day.settled()
    row = next(r for _, rows in page.view.groups for r in rows if r.name == "day.target")
    assert row.changed_by == "Vương Đình Khải"
    day.go("home")
    assert page.desk.who == ""
    assert not page.desk.may_change("day.target")
