"""Left-hand mode: what is decided and the primary button stand at the left, Tab follows the eye, and all of it goes back."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Day
from tests.ui.measuring import tab_jumps
from ui.qt import QPoint, QWidget


def left_of(day: Day, widget: QWidget) -> int:
    return widget.mapTo(day.shell, QPoint(0, 0)).x()


def bar(day: Day) -> list[int]:
    """Where the buttons of the action bar stand: the primary one, and the first of the others."""
    buttons = day.shell._bar.buttons()
    return [left_of(day, buttons[-1]), min(left_of(day, b) for b in buttons[:-1])]


@pytest.mark.parametrize("begun", ["before", "while shown"])
def test_a_desk_is_mirrored_and_stands_as_before_again(day: Day, begun: str) -> None:
    shell, dossier = day.shell, day.scenes.returned
    if begun == "before":
        shell.set_left_hand(True)
    day.go("lookup", dossier)
    shell.set_left_hand(True)
    day.settled()
    page = day.clerk.lookup
    assert left_of(day, page._panel) < left_of(day, page.table) < left_of(day, page._chip)
    assert bar(day)[0] < bar(day)[1]
    for name in ("lookup", "declaration", "review", "supervisor", "devices"):
        day.go(name, dossier if name in {"lookup", "declaration"} else day.scenes.reviewing if name == "review" else "")
        assert tab_jumps(shell.page) == [], name
    shell.set_left_hand(False)
    day.go("lookup", dossier)
    assert left_of(day, page._chip) < left_of(day, page.table) < left_of(day, page._panel)
    assert bar(day)[0] > bar(day)[1]
    assert tab_jumps(shell.page) == []
