"""A table whose rows can be ticked: by Space, by the mouse or a finger on the box, all that are shown by Ctrl+A or the box in the head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from station.views.ticks import Head
from ui.qt import (
    QColor,
    QHeaderView,
    QKeyEvent,
    QModelIndex,
    QMouseEvent,
    QPainter,
    QPen,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTableWidget,
    Signal,
)
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.cells import EDGE, Painted, paint_plain, plain_high
from ui.widgets.tables import Table, Width

BOX_COLUMN = 44
"""Width of the column of boxes in px at desk size: a finger hits it."""


def box_side() -> int:
    """Side of a tick box in px."""
    return 26 if Current.theme.large else 18


def paint_box(painter: QPainter, cell: QRectF, head: Head) -> None:
    """Draw a tick box in the middle of a cell: empty, with a check mark, or with a dash where only some of the rows are ticked."""
    p, side = Current.theme.palette, box_side()
    box = QRectF(cell.center().x() - side / 2, cell.center().y() - side / 2, side, side)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    marked = head is not Head.NONE
    painter.setPen(QPen(QColor(p.accent if marked else p.control), 2.0))
    painter.setBrush(QColor(p.accent if marked else p.surface))
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
    if not marked:
        return
    pen = QPen(QColor(p.on_accent), side / 8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)

    def at(x: float, y: float) -> QPointF:
        return QPointF(box.left() + x * side, box.top() + y * side)

    if head is Head.ALL:
        painter.drawPolyline([at(0.26, 0.53), at(0.43, 0.70), at(0.75, 0.32)])
    else:
        painter.drawLine(at(0.28, 0.5), at(0.72, 0.5))


@dataclass(frozen=True, slots=True)
class Tick(Painted):
    """The box of a row; `words` say whether it is ticked, and whose it is."""

    on: bool
    words: str

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return self.words

    def size(self, wide: int) -> QSize:
        """The box and some air."""
        _ = wide
        return QSize(box_side() + 8, box_side() + 8)

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Draw it."""
        paint_box(painter, box, Head.ALL if self.on else Head.NONE)


BAR, AIR = 6, 3
"""Height of the bar of bytes in px, and what is free above it."""


@dataclass(frozen=True, slots=True)
class Bytes(Painted):
    """Words, and below them a bar of the bytes that the peer has confirmed: `part` of 1. Nothing in it moves by itself."""

    text: str
    part: float
    state: State

    @property
    def spoken(self) -> str:
        """What a screen reader says; the words name the bytes."""
        return self.text

    def size(self, wide: int) -> QSize:
        """As high as its words and the bar."""
        return QSize(wide, plain_high(self.text, Current.theme.scale.body, 400, wide) + BAR + AIR - 6)

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Draw the words, the groove and as much of it as was confirmed."""
        theme, p = Current.theme, Current.theme.palette
        words = box.adjusted(0, 0, 0, -BAR - AIR - 4)
        paint_plain(
            painter, words, self.text, theme.font(theme.scale.body), QColor(p.text), Qt.AlignmentFlag.AlignLeft, wrap=True
        )
        groove = QRectF(box.left() + EDGE, box.bottom() - BAR - AIR - 2, min(box.width() - 2 * EDGE, 240.0), BAR)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour(self.state), 1.0))
        painter.setBrush(QColor(p.surface))
        painter.drawRoundedRect(groove, BAR / 2, BAR / 2)
        painter.setBrush(theme.colour(self.state))
        painter.drawRoundedRect(QRectF(groove.left(), groove.top(), max(BAR, groove.width() * self.part), BAR), BAR / 2, BAR / 2)


class _Heads(QHeaderView):
    """Heads of the columns; in the first stands the box for all rows that are shown."""

    pressed_box = Signal()

    def __init__(self, table: QTableWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self.head = Head.NONE
        self.setSectionsClickable(True)  # the style draws the sections as it does in every table

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """Draw a head, and the box over the first."""
        painter.save()
        super().paintSection(painter, rect, logical)
        painter.restore()
        if logical == 0:
            painter.save()
            paint_box(painter, QRectF(rect), self.head)
            painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the box; the border of the column is still for its width."""
        at = event.position().toPoint()
        if event.button() is Qt.MouseButton.LeftButton and self.logicalIndexAt(at) == 0 and at.x() < self.sectionSize(0) - 4:
            self.pressed_box.emit()
        else:
            super().mousePressEvent(event)


class TickTable(Table):
    """`Table` with boxes in its first column. It holds no ticks: it says what was asked for, and shows what it is told."""

    ticked = Signal(str)
    """A row's key: its tick is to be set or taken away."""
    all_ticked = Signal()

    takes_space = True
    """Space is for the box of the chosen row here, not for the primary action (`ui.frame.keys`)."""

    def __init__(self, headers: Sequence[str], widths: Sequence[Width], name: str, *, stretch: Sequence[int] = (),
                 right: Sequence[int] = (), tick_all: str = "") -> None:  # fmt: skip
        """As `Table`, counted without the column of boxes; `tick_all`: what a screen reader says of the box in the head."""
        super().__init__(("", *headers), (BOX_COLUMN, *widths), name, stretch=[c + 1 for c in stretch],
                         right=[c + 1 for c in right], heads=_Heads)  # fmt: skip
        first = self.horizontalHeaderItem(0)
        assert first is not None
        first.setData(Qt.ItemDataRole.AccessibleTextRole, tick_all)
        first.setToolTip(tick_all)
        heads = self.horizontalHeader()
        assert isinstance(heads, _Heads)
        self._heads = heads
        heads.pressed_box.connect(self.all_ticked)
        heads.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)

    def show_head(self, head: Head) -> None:
        """Show how many of the shown rows are ticked."""
        if head is not self._heads.head:
            self._heads.head = head
            self._heads.viewport().update()

    @property
    def head(self) -> Head:
        """What the box in the head shows."""
        return self._heads.head

    def show_ticked(self, keys: Sequence[str], facts: Sequence[object], cells: Callable[[int], tuple[object, ...]],
                    ticks: Sequence[Tick]) -> None:  # fmt: skip
        """As `show_rows`; `ticks` stand before the cells."""
        self.show_rows(keys, list(zip(facts, ticks, strict=True)), lambda i: (ticks[i], *cells(i)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks the chosen row, Ctrl+A all."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Space and self.chosen:
            self.ticked.emit(self.chosen)
        elif event.key() == Qt.Key.Key_A and control:
            self.all_ticked.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a box ticks its row; elsewhere it chooses the row as in every table."""
        super().mousePressEvent(event)
        index: QModelIndex | QPersistentModelIndex = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid() and index.column() == 0:
            self.ticked.emit(self.key_of(index.row()))
