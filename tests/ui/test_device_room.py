"""The device room says which port is asked, and tests a code scanner: what arrives is shown letter by letter and judged."""

from __future__ import annotations

from station.desk.scanner_test import DIGITS
from tests.ui.conftest import Day


def test_the_search_names_each_port_and_the_scanner_is_tested_by_its_codes(day: Day) -> None:
    shell = day.shell
    shell.set_language("vi")
    page = shell.page_named("devices")
    said: list[str] = []
    say = page._head.say
    page._head.say = lambda *a, **k: (said.append(str(k.get("right", ""))), say(*a, **k))
    day.go("devices")
    day.clerk.until(lambda: not page.busy)
    day.clerk.until(lambda: any("1/" in text for text in said))
    assert any(page.view.rows[0].device_id in text for text in said)
    assert "Đã dò xong" in said[-1]

    day.key("F2")
    assert page.scanner.isVisible()
    assert all(pane.shown for pane in page.scanner._panes)
    assert page.scanner.field.hasFocus()
    day.clerk.burst(DIGITS)
    day.clerk.until(lambda: "đúng" in page.scanner.banner.text())
    page.scanner.field.setText("âđôư12e6")  # what a typing tool made of the second code
    page.scanner.field.returnPressed.emit()  # a key so soon after a scan is its second end key (CR LF)
    day.clerk.until(lambda: page.scanner.banner.text() == "Telex hoặc VNI làm sai mã thử")
    assert "âđôư12e6" in page.scanner.banner._second.text()
    assert "COM" in page.scanner.banner._second.text()
    day.key("F12")
    assert shell.messages.words == shell.texts("ui.paper.no-printer")
    day.key("Esc")
    assert not page.scanner.isVisible()
    assert page.rows.isVisible()
    day.clerk.burst(DIGITS)  # the test code opens the test by itself in this room
    day.clerk.until(page.scanner.isVisible)
    assert "đúng" in page.scanner.banner.text()
