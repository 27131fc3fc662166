"""Keys that were rebound: chosen in the settings by keys only, obeyed and named by every screen, and an enrollment is made with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.demo_team import demo_pins
from tests.ui.driver import Clerk
from ui.qt import QLabel
from ui.screens.settings import SettingsScreen
from ui.widgets.actions import ActionButton
from ui.widgets.cells import Chip
from ui.widgets.tables import PAINTED


@pytest.fixture
def clerk(qapp: object, tmp_path: Path) -> Iterator[Clerk]:
    clerk = Clerk(tmp_path / "demo")
    yield clerk
    clerk.close()


def settled(clerk: Clerk) -> None:
    for _ in range(2):
        clerk.until(lambda: not clerk.shell.jobs.pending)


def settings(clerk: Clerk) -> SettingsScreen:
    page = clerk.shell.page
    assert isinstance(page, SettingsScreen)
    return page


def to_keys(clerk: Clerk) -> SettingsScreen:
    """Settings, the group of the keys, its table; by keys only."""
    clerk.shell.go("settings")
    settled(clerk)
    for _ in range(3):
        clerk.key("Down")
    clerk.key("Enter")
    page = settings(clerk)
    assert page.bindings is not None
    assert clerk.shell.focusWidget() is page.bindings.table
    return page


def sign(clerk: Clerk, page: SettingsScreen) -> None:
    """A technician signs in place: chosen in the list, the PIN typed."""
    clerk.key("F8")
    settled(clerk)
    page.pin.choose("ky-thuat")
    clerk.type(demo_pins(clerk.counter.station)["ky-thuat"])
    clerk.key("F12")
    clerk.until(lambda: page.bindings is not None and page.bindings.allowed)


def said(page: SettingsScreen) -> str:
    assert page.bindings is not None
    return page.bindings.banner.text()


def choose(clerk: Clerk, page: SettingsScreen, action: str, key: str) -> None:
    """Go to an action's row, ask for its new key, press one."""
    assert page.bindings is not None
    table = page.bindings.table
    table.setFocus()
    table.choose(action)
    clerk.key("Enter")
    assert said(page).startswith("Bấm phím mới cho")
    clerk.press(key)


def shown(clerk: Clerk) -> dict[str, str]:
    """What the buttons of the action bar say: action → key."""
    return {b.action.name: b.action.key_text for b in clerk.shell._bar.findChildren(ActionButton) if b.isVisible()}


def words(clerk: Clerk) -> str:
    return "\n".join(w.text() for w in clerk.shell.findChildren(QLabel) if w.isVisible())


def test_keys_are_chosen_by_keys_refused_with_a_reason_and_swapped_in_one_step(clerk: Clerk) -> None:
    page = to_keys(clerk)
    clerk.key("Enter")
    assert not page.offers()[1].enabled, "a clerk alone changes no keys"
    assert page.change is not None
    assert not page.change.asking
    sign(clerk, page)
    for key, word in (
        ("A", "gõ chữ"),
        ("7", "chỉ ngón tay"),
        ("Tab", "đi lại"),
        ("Space", "đi lại"),
        ("Ctrl+Tab", "cố định"),
        ("Up", "đi lại"),
    ):
        choose(clerk, page, "next", key)
        clerk.until(lambda w=word: w in said(page))
        assert page.change.pending == page.change.stored
    choose(clerk, page, "next", "Esc")
    assert said(page) == "Giữ phím cũ."
    choose(clerk, page, "next", "F5")
    assert said(page) == "F5 đang là phím của: Kiểm tra thiết bị. Đổi chỗ hai phím, hoặc chọn phím khác."
    assert shown(clerk) == {"cancel": "Esc", "new-key": "F6", "swap": "F12"}
    clerk.key("F12")
    assert "Việc tiếp theo là F5, Kiểm tra thiết bị là F12" in said(page)
    table = page.bindings.table if page.bindings is not None else None
    assert table is not None
    assert isinstance(table.item(0, 1).data(PAINTED), Chip), "marked as not saved yet"
    assert shown(clerk)["save"] == "F12", "until it is saved the old keys hold"
    clerk.key("F12")
    clerk.until(
        lambda: clerk.shell.texts.keys.chosen and settings(clerk).bindings is not None
    )  # the window is built anew with them
    page = settings(clerk)
    assert clerk.shell.texts.keys.to_text() == "next=F5 device-check=F12"
    assert shown(clerk)["save"] == "F5"
    assert page.banner.text().startswith("Đã lưu 1")
    assert page.bindings is not None
    assert "Vương Đình Khải" in page.bindings.table.item(0, 3).text()
    clerk.shell.go("home")
    settled(clerk)
    clerk.press("F12")
    clerk.until(lambda: clerk.page == "DevicesScreen")  # F12 is the device check now


KEYS = (
    "next=PageDown pedal=Pause back=Shift+F5 find=Insert retake=Shift+F4 device-check=F12 tool-1=NumStar tool-2=Ctrl+F7 pause=End"
)


def test_an_enrollment_with_other_keys_and_every_button_names_the_bound_one(qapp: object, tmp_path: Path) -> None:
    (tmp_path / "demo" / "station").mkdir(parents=True)
    (tmp_path / "demo" / "station" / "settings.toml").write_text(f'"screen.keys" = "{KEYS}"\n', encoding="utf-8")
    clerk = Clerk(tmp_path / "demo")
    try:
        assert clerk.shell.texts.keys.to_text() == KEYS
        assert shown(clerk)["call"] == "PageDown"
        scan = clerk.home.scan
        clerk.press("Insert")
        assert clerk.shell.focusWidget() is scan
        assert scan._key == "Insert"
        clerk.type("9")
        clerk.press("Home")  # not chosen for anything: it moves in the field
        clerk.type("1")
        assert scan.text() == "19"
        clerk.press("F4")
        assert clerk.page == "HomeScreen", "a function key that is bound to nothing does nothing"
        scan.clear()
        clerk.to_capture()
        clerk.until(lambda: clerk.capture.running is not None)
        assert {"exception": "Ctrl+F7", "pause": "End", "retake": "Shift+F4"}.items() <= shown(clerk).items()
        clerk.press("Ctrl+F7")
        clerk.until(lambda: clerk.capture.exceptions.isVisible())
        clerk.press("Esc")
        clerk.until(lambda: not clerk.capture.exceptions.isVisible() and clerk.capture.running is not None)
        clerk.press("Esc")
        clerk.until(lambda: "Shift+F4" in words(clerk))  # "Bấm F4 để thu tiếp", with the key that is bound
        clerk.press("Shift+F4")
        clerk.until(lambda: clerk.capture.running is not None)
        clerk.until(lambda: clerk.capture.state is not None and clerk.capture.state.done == 1)
        clerk.press("End")
        clerk.until(lambda: clerk.page == "HomeScreen" and clerk.home.view is not None and clerk.primary())
        clerk.press("F1")
        clerk.until(lambda: clerk.page == "HelpScreen")
        assert "PageDown gọi người tiếp theo" in words(clerk)
        assert "Shift+F5" in words(clerk)
        clerk.key("F12")
        clerk.until(lambda: clerk.page == "HomeScreen" and clerk.primary())
        settled(clerk)
        view = clerk.home.view
        assert view is not None
        paused = next(r for r in view.rows if r.place == "paused")
        clerk.home.table.setFocus()
        clerk.home.table.choose(paused.key)
        clerk.key("Enter")
        clerk.until(lambda: clerk.page == "CaptureScreen")
        clerk.capture_all()
        clerk.until(lambda: clerk.review.next == "agree")
        while clerk.review.next == "agree":
            clerk.press("Pause")  # the pedal is the next thing too
            settled(clerk)
        assert clerk.review.next
        clerk.review_and_seal()
        assert shown(clerk)["next"] == "PageDown"
    finally:
        clerk.close()
