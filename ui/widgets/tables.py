"""Tables as the rules want them: keys move, one row chosen, headers at the left, rows of one height, focus drawn on the chosen row."""

from __future__ import annotations

from collections.abc import Sequence

from ui.qt import (
    QFont,
    QFontMetrics,
    QHeaderView,
    QKeyEvent,
    QLabel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    Qt,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)
from ui.theme.style import Current
from ui.widgets.chips import in_cell

MEASURED = Qt.ItemDataRole.UserRole + 1
"""Plain text of a label in a cell, for the height of its row."""
Cell = str | QWidget | tuple[str, bool]
"""Plain words, a widget, or (words, bold)."""


class _Wrapped(QStyledItemDelegate):
    """Says how high wrapped text is between the paddings of the style sheet (Qt's own answer forgets them and cuts the text)."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Height of the text in its column."""
        _ = option
        view = self.parent()
        assert isinstance(view, QTableWidget)
        font = index.data(Qt.ItemDataRole.FontRole)
        metrics = QFontMetrics(font if isinstance(font, QFont) else view.font())
        wide = max(40, view.columnWidth(index.column()) - 26)
        box = metrics.boundingRect(QRect(0, 0, wide, 2000), Qt.TextFlag.TextWordWrap, str(index.data() or ""))
        marked = str(index.data(MEASURED) or "")
        if marked:  # a label in the cell wraps as its plain text does, in the heavier of its two weights
            heavy = QFontMetrics(Current.theme.font(Current.theme.scale.body, 700))
            box = heavy.boundingRect(QRect(0, 0, wide - 6, 2000), Qt.TextFlag.TextWordWrap, marked)
            return QSize(wide, box.height() + 26)
        return QSize(wide, box.height() + 14)


class Table(QTableWidget):
    """Rows are replaced only where they changed; the chosen row follows its key, never its place."""

    def __init__(self, headers: Sequence[str], widths: Sequence[int], name: str, *, stretch: Sequence[int] = ()) -> None:
        super().__init__(0, len(headers))
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
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setStretchLastSection(not stretch)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column in stretch:
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        if stretch:  # legal text is never cut: the row grows with it
            self.setItemDelegate(_Wrapped(self))
            self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            self.verticalHeader().setMinimumSectionSize(Current.theme.scale.row)
        head.setHighlightSections(False)
        if not any(headers):
            head.hide()
        self._widths = tuple(widths)
        self._sized_for = 0
        self._keys: list[str] = []
        self._shown: list[object] = []

    @property
    def chosen(self) -> str:
        """Key of the chosen row, "" when there is none."""
        row = self.currentRow()
        return self._keys[row] if 0 <= row < len(self._keys) else ""

    def show_rows(self, keys: Sequence[str], facts: Sequence[object], cells: object) -> None:
        """Show rows: `keys` name them, `facts` tell whether one changed, ``cells(index)`` makes a row's cells."""
        assert callable(cells)
        before = self.chosen
        same = list(keys) == self._keys
        self._keys = list(keys)
        self.setRowCount(len(keys))
        high = Current.theme.scale.row
        self.verticalHeader().setMinimumSectionSize(high if self._wrap else 20)
        if self._sized_for != high:  # columns grow with the type
            self._sized_for = high
            for column, width in enumerate(self._widths):
                self.setColumnWidth(column, round(width * (1.35 if Current.theme.large else 1.0)))
        changed = [i for i, fact in enumerate(facts) if not (same and i < len(self._shown) and self._shown[i] == (fact, high))]
        if changed:
            self._measure_rows(False)
            for index in changed:
                self._fill(index, cells(index))
                if not self._wrap:
                    self.setRowHeight(index, high)
            self._measure_rows(True)
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

    def choose(self, key: str) -> None:
        """Choose a row by its key."""
        if key in self._keys:
            self.setCurrentCell(self._keys.index(key), 0)

    def forget(self) -> None:
        """Draw every row anew next time (theme, language)."""
        self._shown = []

    def _fill(self, row: int, cells: Sequence[Cell]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, QWidget):
                holder = QTableWidgetItem("")
                if isinstance(cell, QLabel) and cell.wordWrap():
                    holder.setData(MEASURED, cell.toolTip())
                self.setItem(row, column, holder)
                self.setCellWidget(row, column, cell if isinstance(cell, QLabel) else in_cell(cell))
                continue
            text, bold = cell if isinstance(cell, tuple) else (cell, False)
            item = QTableWidgetItem(text)
            if bold:
                item.setFont(Current.theme.font(Current.theme.scale.body, 600))
            self.removeCellWidget(row, column)
            self.setItem(row, column, item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and page keys move; letters do not search (a scanner types letters)."""
        moves = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}
        if event.key() in moves:
            super().keyPressEvent(event)
        else:
            event.ignore()
