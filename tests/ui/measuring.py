"""Measures a window: is any word cut, is any control without a name, does Tab follow the eye? Used by tests, in and out of process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ui.frame.rail import RailButton
from ui.qt import (
    QAbstractButton,
    QComboBox,
    QFontMetrics,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPoint,
    QRect,
    QScrollArea,
    Qt,
    QTableWidget,
    QWidget,
)
from ui.theme.style import Current
from ui.widgets.actions import ActionButton
from ui.widgets.cells import EDGE
from ui.widgets.chips import StateChip
from ui.widgets.rows import ROW, RowList, _layout
from ui.widgets.tables import PAINTED

SLACK = 1
"""Pixels that rounding may cost at fractional scaling."""


def shown(root: QWidget) -> Iterator[QWidget]:
    """Every visible widget below `root`."""
    for widget in root.findChildren(QWidget):
        if widget.isVisible() and widget.width() > 0:
            yield widget


def scrolls(widget: QWidget) -> bool:
    """Whether it lies in something that scrolls (then not all of it is seen at once)."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea | QTableWidget | QListWidget):
            return True
        parent = parent.parentWidget()
    return False


def clipped(root: QWidget) -> list[str]:
    """Return every text of `root` that has less room than it needs."""
    found = []
    for widget in shown(root):
        found += [f"{_path(widget)}: {fault}" for fault in _faults(widget)]
    return found


def _path(widget: QWidget) -> str:
    return type(widget).__name__


def _faults(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel) and widget.text() and not widget.pixmap().width():
        yield from _label(widget)
    elif isinstance(widget, ActionButton | StateChip):
        text = widget.action.text if isinstance(widget, ActionButton) else widget.text()
        need = widget.sizeHint()
        if widget.width() + SLACK < need.width() or widget.height() + SLACK < need.height():
            yield f"'{text}' has {widget.width()}x{widget.height()}, needs {need.width()}x{need.height()}"
    elif isinstance(widget, RailButton):
        wide = QFontMetrics(Current.theme.font(12, 700)).horizontalAdvance(widget.text())
        if wide > widget.width() - 2:
            yield f"'{widget.text()}' needs {wide} of {widget.width()}"
    elif isinstance(widget, QAbstractButton) and widget.text():
        if widget.width() + SLACK < widget.sizeHint().width():
            yield f"'{widget.text()}' has {widget.width()}, needs {widget.sizeHint().width()}"
    elif isinstance(widget, QLineEdit):
        yield from _field(widget)
    elif isinstance(widget, QTableWidget):
        yield from _table(widget)
    elif isinstance(widget, RowList):
        yield from _rows(widget)
    if isinstance(widget, QLabel | StateChip | ActionButton) and not scrolls(widget):
        seen = widget.visibleRegion().boundingRect()
        if not seen.isEmpty() and (seen.width() + SLACK < widget.width() or seen.height() + SLACK < widget.height()):
            text = widget.action.text if isinstance(widget, ActionButton) else widget.text()
            yield f"'{text}' is covered: {seen.width()}x{seen.height()} of {widget.width()}x{widget.height()} seen"


def _field(field: QLineEdit) -> Iterator[str]:
    """A field is as high as its letters; what stands in an empty one is said whole, what is stored there is read from its beginning."""
    if isinstance(field.parentWidget(), QComboBox):
        return
    metrics = QFontMetrics(field.font())
    if field.height() < 1.5 * metrics.height():
        yield f"field '{field.accessibleName()}' is {field.height()} high, its letters {metrics.height()}"
    margins = field.textMargins()
    room = field.width() - margins.left() - margins.right() - 20
    if not field.text() and metrics.horizontalAdvance(field.placeholderText()) > room + SLACK:
        yield f"'{field.placeholderText()}' in an empty field has {room}, needs {metrics.horizontalAdvance(field.placeholderText())}"
    if field.text() and not field.hasFocus() and field.cursorPosition() and metrics.horizontalAdvance(field.text()) > room:
        yield f"'{field.text()[:40]}' is cut at its beginning"


def _label(label: QLabel) -> Iterator[str]:
    room = label.contentsRect()
    if re.search(r"<(b|span|br)\b", label.text()):
        need_high = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
        if (label.sizeHint().width() > label.width() + SLACK and not label.wordWrap()) or need_high > label.height() + SLACK + 1:
            yield f"'{label.text()[:50]}' has {label.width()}x{label.height()}, needs {label.sizeHint().width()}x{need_high}"
        return
    metrics = QFontMetrics(label.font())
    if label.wordWrap():
        need = metrics.boundingRect(QRect(0, 0, max(1, room.width()), 10_000), int(Qt.TextFlag.TextWordWrap), label.text())
    else:
        need = metrics.boundingRect(QRect(0, 0, 100_000, 10_000), 0, label.text())
    if need.width() > room.width() + SLACK or need.height() > room.height() + SLACK + 1:
        yield f"'{label.text()[:50]}' has {room.width()}x{room.height()}, needs {need.width()}x{need.height()}"


def _heads(table: QTableWidget) -> Iterator[str]:
    heads, metrics = table.horizontalHeader(), QFontMetrics(Current.theme.font(Current.theme.scale.caption, 600))
    for column in range(table.columnCount() if heads.isVisible() else 0):
        title = table.horizontalHeaderItem(column)
        if title is None or not title.text() or table.isColumnHidden(column):
            continue
        need, room = metrics.horizontalAdvance(title.text()), heads.sectionSize(column) - 2 * EDGE
        if need > room + SLACK:
            yield f"head '{title.text()}' has {room}, needs {need}"


def _table(table: QTableWidget) -> Iterator[str]:
    yield from _heads(table)
    metrics = QFontMetrics(table.font())
    for row in range(table.rowCount()):
        for column in range(table.columnCount()):
            item = table.item(row, column)
            if item is None or not item.text():
                continue
            index = table.model().index(row, column)
            room = table.visualRect(index).adjusted(EDGE, 0, -EDGE, 0)
            if room.isEmpty():
                continue
            bold = QFontMetrics(item.font()) if item.data(Qt.ItemDataRole.FontRole) is not None else metrics
            if not table.wordWrap() or room.height() < 2 * metrics.height():
                if bold.horizontalAdvance(item.text()) > room.width() + 8:
                    yield f"cell '{item.text()[:40]}' has {room.width()}, needs {bold.horizontalAdvance(item.text())}"
            else:
                need = bold.boundingRect(QRect(0, 0, room.width(), 10_000), int(Qt.TextFlag.TextWordWrap), item.text())
                if need.height() > room.height() + 4 or need.width() > room.width() + 8:
                    yield f"cell '{item.text()[:40]}' has {room.width()}x{room.height()}, needs {need.width()}x{need.height()}"
        for column in range(table.columnCount()):
            widget, item = table.cellWidget(row, column), table.item(row, column)
            chip = widget.findChild(StateChip) if widget is not None else None
            if chip is not None and chip.width() + 6 > table.columnWidth(column) + SLACK:
                yield f"chip '{chip.text()}' has {table.columnWidth(column)}, needs {chip.width() + 6}"
            painted = item.data(PAINTED) if item is not None else None
            room = table.visualRect(table.model().index(row, column))
            if painted is not None and not room.isEmpty():
                need = painted.size(room.width())
                if need.width() > room.width() + SLACK or need.height() > room.height() + SLACK:
                    yield f"'{painted.spoken}' has {room.width()}x{room.height()}, needs {need.width()}x{need.height()}"


def _rows(rows: RowList) -> Iterator[str]:
    for index in range(rows.count()):
        item = rows.item(index)
        place = rows.visualItemRect(item)
        _, need = _layout(item.data(ROW), float(place.width()))
        if place.height() + 2 < need:
            yield f"row '{item.data(ROW).title}' has {place.height()}, needs {need:.0f}"
        for box, text, font, _, _ in _layout(item.data(ROW), float(place.width()))[0]:
            longest = max((QFontMetrics(font).horizontalAdvance(w) for w in text.split()), default=0)
            if longest > box.width() + SLACK:
                yield f"row word of '{text}' has {box.width():.0f}, needs {longest}"


def nameless(root: QWidget) -> list[str]:
    """Return every control that a screen reader could not name."""
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QListWidget, QTableWidget)
    found = []
    for widget in shown(root):
        controls = isinstance(widget, kinds) or (widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        inner = isinstance(widget.parentWidget(), QComboBox | QTableWidget) or widget.objectName().startswith("qt_")
        if controls and not inner and not widget.accessibleName() and not (isinstance(widget, QAbstractButton) and widget.text()):
            found.append(f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__}")
    return found


def tab_jumps(page: QWidget) -> list[str]:
    """Return the steps of the Tab order that go up and left at once: against the way of reading."""
    places = []
    first = widget = page
    while True:
        widget = widget.nextInFocusChain()
        if widget is None or widget is first:
            break
        if (
            page.isAncestorOf(widget)
            and widget.isVisible()
            and widget.isEnabled()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        ):
            corner = widget.mapTo(page, QPoint(0, 0))
            places.append((widget, QRect(corner, widget.size())))
    found = []
    for (a, before), (b, after) in pairwise(places):
        if after.bottom() < before.top() and after.right() < before.left():
            found.append(f"{a.accessibleName()} -> {b.accessibleName()}")
    return found
