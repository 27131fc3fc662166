"""The first seconds: two ways in, the demo kit has the focus, nothing starts twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ui.main import build_shell
from ui.qt import QApplication
from ui.screens.start import StartScreen
from ui.shell import Shell


@pytest.fixture
def shell(qapp: object) -> Iterator[Shell]:
    shell = build_shell(language="vi")
    shell.go("start")
    shell.show()
    yield shell
    shell.close()


def test_the_demo_kit_is_one_key_away_and_starts_once(shell: Shell) -> None:
    page = shell.page
    assert isinstance(page, StartScreen)
    begun: list[str] = []
    page.offer(lambda: begun.append("demo"), lambda: begun.append("real"))
    for _ in range(5):
        QApplication.processEvents()
    shell.guard.painted = True
    assert [a.key for a in page.offers() if a.primary] == ["F12"]
    focus = shell.focusWidget()
    assert focus is not None
    assert focus.accessibleName() == "Dùng thử với bộ máy giả lập"
    assert shell.press("F12")
    assert shell.press("F12")
    assert begun == ["demo"]
    assert page.offers() == []


def test_no_menu_and_no_rail_before_a_station_is_open(shell: Shell) -> None:
    shell.press("F10")
    assert not shell.menu.isVisible()
    assert not shell.rail.isVisible()
