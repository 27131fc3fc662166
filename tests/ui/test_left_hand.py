"""Left-hand mode: what is decided and the primary button stand at the left, Tab follows the eye, and all of it goes back."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Day
from tests.ui.measuring import tab_jumps
from ui.frame.mirror import _focus_chain, _tops
from ui.qt import QPoint, QWidget
from ui.screens.base import Screen


def left_of(day: Day, widget: QWidget) -> int:
    return widget.mapTo(day.shell, QPoint(0, 0)).x()


def bar(day: Day) -> list[int]:
    """Where the buttons of the action bar stand: the primary one, and the first of the others."""
    buttons = day.shell._bar.buttons()
    return [left_of(day, buttons[-1]), min(left_of(day, b) for b in buttons[:-1])]


def columns_by_tab(page: Screen) -> list[int]:
    """Where on the page the columns stand that Tab goes through, one after the other."""
    assert page.columns is not None
    tops = [_tops(page.columns.itemAt(n)) for n in range(page.columns.count())]
    seen: list[int] = []
    for widget in (w for w in _focus_chain(page) if w.isVisible()):
        column = next((n for n, t in enumerate(tops) if any(x is widget or x.isAncestorOf(widget) for x in t)), -1)
        if column >= 0 and column not in seen:
            seen.append(column)
    return [min(x.mapTo(page, QPoint(0, 0)).x() for x in tops[n] if x.isVisible()) for n in seen]


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
        assert columns_by_tab(shell.page) == sorted(columns_by_tab(shell.page)), name
        assert len(columns_by_tab(shell.page)) > 1 or name not in {"lookup", "declaration"}, name
        others = shell._bar.buttons()
        assert not others[-1].action.primary or others[-1].nextInFocusChain() is others[0], name
    shell.set_left_hand(False)
    day.go("lookup", dossier)
    assert left_of(day, page._chip) < left_of(day, page.table) < left_of(day, page._panel)
    assert bar(day)[0] > bar(day)[1]
    assert columns_by_tab(page) == sorted(columns_by_tab(page))
