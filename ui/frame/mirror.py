"""Left-hand mode: a desk's columns stand the other way round, what is decided at the left, and Tab still follows the eye."""

from __future__ import annotations

from itertools import pairwise

from ui.qt import QHBoxLayout, QLayoutItem, Qt, QWidget


def mirror(row: QHBoxLayout, *, left_hand: bool) -> None:
    """Let the columns of a row stand from right to left, or from left to right again; what is inside a column stays as it is."""
    row.setDirection(QHBoxLayout.Direction.RightToLeft if left_hand else QHBoxLayout.Direction.LeftToRight)
    page = row.parentWidget()
    if page is None:
        return
    columns = [_tops(row.itemAt(index)) for index in range(row.count())]
    if left_hand:
        columns.reverse()
    chain = _focus_chain(page)
    ordered = [w for tops in columns for w in chain if any(t is w or t.isAncestorOf(w) for t in tops)]
    for before, after in pairwise(ordered):
        QWidget.setTabOrder(before, after)


def _tops(item: QLayoutItem | None) -> list[QWidget]:
    """Return the outermost widgets of a layout's item."""
    if item is None:
        return []
    if (widget := item.widget()) is not None:
        return [widget]
    inner = item.layout()
    return [w for index in range(inner.count()) for w in _tops(inner.itemAt(index))] if inner is not None else []


def _focus_chain(page: QWidget) -> list[QWidget]:
    """Return what Tab reaches inside a page, in its present order."""
    found: list[QWidget] = []
    widget = page.nextInFocusChain()
    while widget is not None and widget is not page and len(found) < 1000:
        if page.isAncestorOf(widget) and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found
