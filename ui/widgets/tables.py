"""Tables as the rules want them: keys move, one row chosen, headers at the left, rows of one height, focus drawn on the chosen row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ui.qt import (
    QBrush,
    QColor,
    QFont,
    QHeaderView,
    QKeyEvent,
    QModelIndex,
    QPainter,
    QPersistentModelIndex,
    QRectF,
    QResizeEvent,
    QSize,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    Qt,
    QTableWidget,
    QTableWidgetItem,
    QTimer,
)
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.cells import Marked, Painted, Replaced, paint_plain, plain_high

Index = QModelIndex | QPersistentModelIndex

FLUSH_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
PAINTED = Qt.ItemDataRole.UserRole + 1
"""What a cell paints instead of plain words."""
Cell = str | Painted | tuple[str, bool] | tuple[str, bool, State]
"""Plain words, something painted, (words, bold), or (words, bold, state whose colour they have)."""
Width = int | Callable[[], int]
"""Width of a column in px at desk size (it grows with the type), or what measures it in the present type."""


class Cells(QStyledItemDelegate):
    """Paints chips and marked words, and says how high wrapped text is between the paddings of the style sheet (Qt's own answer forgets
    them and cuts the text)."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the ground and the chosen row as the style does, then the cell's words, all from the same left edge."""
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""
        view = self.parent()
        assert isinstance(view, QTableWidget)
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if isinstance(ground, QBrush) and not bare.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, ground)  # a style sheet's item has no ground of its own and forgets the row's
        view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, view)
        painter.save()
        painter.setClipRect(option.rect)
        painted = index.data(PAINTED)
        if painted is not None:
            painted.paint(painter, QRectF(option.rect))
        else:
            ink, right = index.data(Qt.ItemDataRole.ForegroundRole), bool(bare.displayAlignment & Qt.AlignmentFlag.AlignRight)
            colour = ink.color() if isinstance(ink, QBrush) else QColor(Current.theme.palette.text)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            paint_plain(painter, QRectF(option.rect), str(index.data() or ""), bare.font, colour, side, wrap=view.wordWrap())
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Height of the cell in its column."""
        _ = option
        view = self.parent()
        assert isinstance(view, QTableWidget)
        wide = view.columnWidth(index.column())
        painted: Painted | None = index.data(PAINTED)
        if painted is not None:
            return painted.size(wide)
        font = index.data(Qt.ItemDataRole.FontRole)
        weight, pixels = (font.weight(), font.pixelSize()) if isinstance(font, QFont) else (400, Current.theme.scale.body)
        return QSize(wide, plain_high(str(index.data() or ""), pixels, int(weight), wide))


class Table(QTableWidget):
    """Rows are replaced only where they changed; the chosen row follows its key, never its place."""

    def __init__(self, headers: Sequence[str], widths: Sequence[Width], name: str, *, stretch: Sequence[int] = (), row: int = 0,
                 right: Sequence[int] = (), heads: Callable[[QTableWidget], QHeaderView] | None = None) -> None:  # fmt: skip
        """`stretch`: columns that take the room that is left, their words wrap; `row`: height in px of a row of one line at desk size, 0: the
        theme's; `right`: columns of figures, flush right; `heads`: makes the heads, where they are more than words."""
        super().__init__(0, len(headers))
        if heads is not None:
            self.setHorizontalHeader(heads(self))
        self._row = row
        self.setHorizontalHeaderLabels(list(headers))
        self.verticalHeader().hide()
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(bool(stretch))
        self._wrap = bool(stretch)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(name)
        self.setItemDelegate(Cells(self))
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._right = frozenset(right)
        for column in right:
            title = self.horizontalHeaderItem(column)
            if title is not None:
                title.setTextAlignment(FLUSH_RIGHT)
        head.setStretchLastSection(not stretch)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column in stretch:
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        if stretch:  # legal text is never cut: the row grows with it
            self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            self.verticalHeader().setMinimumSectionSize(self._high())
        head.setHighlightSections(False)
        if not any(headers):
            head.hide()
        # Hidden, but its padding would heighten every row.
        self.verticalHeader().setStyleSheet("QHeaderView::section { padding: 0; }")
        self._widths = tuple(widths)
        self._sized_for = 0
        self._keys: list[str] = []
        self._shown: list[object] = []
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self._keep_in_sight)
        self.currentCellChanged.connect(lambda *_: self._settled.start(0))

    @property
    def chosen(self) -> str:
        """Key of the chosen row, "" when there is none."""
        row = self.currentRow()
        return self._keys[row] if 0 <= row < len(self._keys) else ""

    def key_of(self, row: int) -> str:
        """Return the key of a row that is shown, "" for another."""
        return self._keys[row] if 0 <= row < len(self._keys) else ""

    def _high(self) -> int:
        return self._row if self._row and not Current.theme.large else Current.theme.scale.row

    def show_rows(self, keys: Sequence[str], facts: Sequence[object], cells: object) -> None:
        """Show rows: `keys` name them, `facts` tell whether one changed, ``cells(index)`` makes a row's cells."""
        assert callable(cells)
        before = self.chosen
        same = list(keys) == self._keys
        self._keys = list(keys)
        self.setRowCount(len(keys))
        high = self._high()
        self.verticalHeader().setMinimumSectionSize(high if self._wrap else 20)
        if self._sized_for != high:  # columns grow with the type
            self._sized_for = high
            for column, width in enumerate(self._widths):
                grown = round(width * Current.theme.growth) if isinstance(width, int) else width()
                self.setColumnWidth(column, grown)
        changed = [i for i, fact in enumerate(facts) if not (same and i < len(self._shown) and self._shown[i] == (fact, high))]
        if changed:
            self._measure_rows(False)
            for index in changed:
                self._fill(index, cells(index))
                if not self._wrap:
                    self.setRowHeight(index, high)
            self._measure_rows(True)
            self._settled.start(0)
        self._shown = [(f, high) for f in facts]
        if before in self._keys:
            self.setCurrentCell(self._keys.index(before), 0)
        elif self._keys:
            self.setCurrentCell(min(max(0, self.currentRow()), len(self._keys) - 1), 0)

    def _measure_rows(self, on: bool) -> None:
        """Rows that fit their words are measured once, after all are filled: each cell that is set would measure its row anew."""
        if self._wrap:
            mode = QHeaderView.ResizeMode.ResizeToContents if on else QHeaderView.ResizeMode.Interactive
            self.verticalHeader().setSectionResizeMode(mode)

    def _keep_in_sight(self) -> None:
        """The chosen row is seen whole, once the rows have their heights."""
        if self.currentRow() >= 0:
            self.scrollTo(self.model().index(self.currentRow(), 0), QTableWidget.ScrollHint.EnsureVisible)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another height or width: other rows are in sight."""
        super().resizeEvent(event)
        self._settled.start(0)

    def choose(self, key: str) -> None:
        """Choose a row by its key."""
        if key in self._keys:
            self.setCurrentCell(self._keys.index(key), 0)

    def forget(self) -> None:
        """Draw every row anew next time (theme, language)."""
        self._shown = []

    def _fill(self, row: int, cells: Sequence[Cell]) -> None:
        for column, cell in enumerate(cells):
            text, bold, *ink = cell if isinstance(cell, tuple) else (cell if isinstance(cell, str) else "", False)
            painted = cell if isinstance(cell, Painted) else None
            item = QTableWidgetItem(text)
            item.setFont(Current.theme.font(Current.theme.scale.body, 600 if bold else 400))
            if ink:
                item.setForeground(Current.theme.colour(ink[0]))
            if column in self._right:
                item.setTextAlignment(FLUSH_RIGHT)
            if painted is not None:
                item.setData(PAINTED, painted)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, painted.spoken)
            if isinstance(painted, Marked | Replaced):
                item.setToolTip(painted.spoken)
            self.setItem(row, column, item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and page keys move; letters do not search (a scanner types letters)."""
        moves = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}
        if event.key() in moves:
            super().keyPressEvent(event)
        else:
            event.ignore()
