"""A list of rows as in the mock-ups: state icon, a strong line, quiet lines, one line in the state's colour, a word at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ui.qt import (
    QAbstractItemView,
    QColor,
    QFont,
    QFontMetrics,
    QListWidget,
    QListWidgetItem,
    QModelIndex,
    QPainter,
    QPaintEvent,
    QPen,
    QPersistentModelIndex,
    QRectF,
    QSize,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    Qt,
    Signal,
)
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import State

ROW = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
Placed = tuple[QRectF, str, QFont, QColor, int]
"""Where a line stands, its text, font, ink and alignment."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one row shows; `coloured` is drawn in the state's colour under the quiet lines."""

    title: str
    lines: tuple[str, ...] = ()
    state: State | None = None
    coloured: str = ""
    right: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return ". ".join(t for t in (self.title, *self.lines, self.coloured, self.right) if t)


class _Painter(QStyledItemDelegate):
    """Draws rows; heights follow the type scale, long lines wrap."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its lines need at the list's width."""
        widget = self.parent()
        wide = widget.viewport().width() if isinstance(widget, QListWidget) else option.rect.width()
        if isinstance(widget, QListWidget) and not widget.verticalScrollBar().isVisible():
            # The bar may come by this very layout and take width; a row that is high enough then is never cut.
            narrow = float(wide - widget.verticalScrollBar().sizeHint().width())
            high = max(_layout(index.data(ROW), w)[1] for w in (float(wide), narrow))
            return QSize(max(80, wide - 2), round(high))
        return QSize(max(80, wide - 2), round(_layout(index.data(ROW), float(wide))[1]))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw ground, bar of the selected row, icon and lines."""
        row: Row = index.data(ROW)
        theme, p = Current.theme, Current.theme.palette
        box = QRectF(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(box, QColor(p.accent_soft if selected else p.surface))
        if selected:
            painter.fillRect(QRectF(box.left(), box.top(), 4, box.height()), QColor(p.accent))
        painter.setPen(QColor(p.border))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if row.state is not None:
            size = theme.scale.strong + 2.0
            first = _layout(row, box.width())[0][0][0]
            paint_state(
                painter, row.state, QRectF(box.left() + 14, box.top() + first.top() + 1, size, size), theme.colour(row.state)
            )
        for place, text, font, ink, flags in _layout(row, box.width())[0]:
            painter.setFont(font)
            painter.setPen(ink)
            painter.drawText(place.translated(box.topLeft()), flags, text)
        painter.restore()


def _layout(row: Row, wide: float) -> tuple[list[Placed], float]:
    theme = Current.theme
    p, s = theme.palette, theme.scale
    left = 14.0 + (s.strong + 14 if row.state is not None else 0)
    wrap = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    title_font, quiet_font, strong_font = theme.font(s.body, 600), theme.font(s.caption), theme.font(s.caption, 600)
    right_wide = QFontMetrics(quiet_font).horizontalAdvance(row.right) + 8 if row.right else 0
    longest = max((QFontMetrics(title_font).horizontalAdvance(w) for w in row.title.split()), default=0)
    if row.right and wide - left - 12 - right_wide < longest:  # no room beside the title: a line of its own
        row = replace(row, right="", lines=(*row.lines, row.right))
        right_wide = 0
    parts: list[Placed] = []
    top = 8.0
    colour = theme.colour(row.state) if row.state is not None else QColor(p.text2)
    lines = [(row.title, title_font, QColor(p.text)), *((t, quiet_font, QColor(p.text2)) for t in row.lines),
             *(((row.coloured, strong_font, colour),) if row.coloured else ())]  # fmt: skip
    for number, (text, font, ink) in enumerate(lines):
        room = wide - left - 12 - (right_wide if number == 0 else 0)
        metrics = QFontMetrics(font)
        need = metrics.boundingRect(0, 0, max(40, int(room)), 2000, wrap, text)
        high = float(max(need.height(), metrics.height()))
        parts.append((QRectF(left, top, room, high + 2), text, font, ink, wrap))
        top += high + 2
    if row.right:
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        parts.append(
            (QRectF(wide - right_wide - 12, 9.0, right_wide, s.strong * 1.6), row.right, quiet_font, QColor(p.text2), flags)
        )
    needed = top + 8
    drop = max(0.0, (s.row - needed) / 2)
    return [(b.translated(0, drop), text, font, ink, flags) for b, text, font, ink, flags in parts], max(needed, float(s.row))


class RowList(QListWidget):
    """Rows to choose from by arrows; `picked(index)` when another one is current."""

    picked = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setObjectName("rows")
        self.setItemDelegate(_Painter(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(False)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.currentRowChanged.connect(self._picked)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)  # the focus ring does not scroll with the rows
        self._rows: list[Row] = []
        self._empty = ""

    def when_empty(self, words: str) -> None:
        """Set what stands in a list without rows: what will come here."""
        self._empty = words
        self.setAccessibleDescription(words if not self._rows else "")
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, or the words of an empty list."""
        super().paintEvent(event)
        theme = Current.theme
        painter = QPainter(self.viewport())
        if self.hasFocus():  # over the rows: a border of the list would be hidden by them
            painter.setPen(QPen(QColor(theme.palette.accent), 3))
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(1.5, 1.5, -1.5, -1.5))
        if self._rows or not self._empty:
            return
        painter.setFont(theme.font(theme.scale.body))
        painter.setPen(QColor(theme.palette.text2))
        box = QRectF(self.viewport().rect()).adjusted(14, 12, -12, -8)
        painter.drawText(box, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), self._empty)

    def _picked(self, index: int) -> None:
        if index >= 0:
            self.picked.emit(index)

    def show_rows(self, rows: Sequence[Row], current: int = -1) -> None:
        """Show rows; the current one stays unless told otherwise. New facts in a row change it in place."""
        keep = self.currentRow() if current < 0 else current
        same = len(rows) == len(self._rows)
        self.blockSignals(True)
        if not same:
            self.clear()
            for _ in rows:
                self.addItem(QListWidgetItem())
        for index, row in enumerate(rows):
            item = self.item(index)
            if not same or row != self._rows[index]:
                item.setData(ROW, row)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, row.spoken)
                item.setToolTip("")
        self._rows = list(rows)
        self.setAccessibleDescription("" if rows else self._empty)
        if rows:
            self.setCurrentRow(min(max(0, keep), len(rows) - 1))
        self.blockSignals(False)
        self.scheduleDelayedItemsLayout()

    def relayout(self) -> None:
        """Measure the rows anew (another type scale)."""
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
