"""Parts of S11: the filter above the list, the panel of a stick, the history of one package."""

from __future__ import annotations

from collections.abc import Sequence

from station.views.sending import HistoryRow
from ui.qt import (
    QColor,
    QFontMetrics,
    QFrame,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRectF,
    QSize,
    Qt,
    QVBoxLayout,
    QWidget,
    Signal,
)
from ui.texts import Texts
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.chips import label
from ui.widgets.entry import Entry
from ui.widgets.rows import Row, RowList

GAP = 8


class FilterBar(QWidget):
    """Pills with their key, words and count; the chosen one filled. Chosen by digit keys or the mouse."""

    chosen = Signal(int)

    def __init__(self, names: Sequence[tuple[str, str]], title: str) -> None:
        super().__init__()
        self._names = tuple(names)
        self._counts: tuple[int, ...] = (0,) * len(self._names)
        self._at = 0
        self.setAccessibleName(title)

    def show_counts(self, counts: Sequence[int], at: int) -> None:
        """Show how many rows each shows, and which is chosen."""
        if (tuple(counts), at) != (self._counts, self._at):
            self._counts, self._at = tuple(counts), at
            self.setAccessibleDescription(self._words(at))
            self.updateGeometry()
            self.update()

    def _words(self, index: int) -> str:
        return f"{index + 1}  {self._names[index][1]} {self._counts[index]}"

    def _boxes(self) -> list[QRectF]:
        boxes, left = [], 1.0
        for index in range(len(self._names)):
            font = Current.theme.font(Current.theme.scale.caption + 1, 600)
            wide = QFontMetrics(font).horizontalAdvance(self._words(index)) + 26
            boxes.append(QRectF(left, 2, wide, self.height() - 4))
            left += wide + GAP
        return boxes

    def sizeHint(self) -> QSize:
        """One line."""
        boxes = self._boxes()
        return QSize(round(boxes[-1].right()) + 2 if boxes else 10, round(1.75 * (Current.theme.scale.caption + 1)) + 10)

    def minimumSizeHint(self) -> QSize:
        """Never narrower: a pill that is cut says nothing."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw them."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, box in enumerate(self._boxes()):
            here = index == self._at
            painter.setPen(QPen(QColor(p.accent if here else p.control), 1.6 if here else 1.0))
            painter.setBrush(QColor(p.accent_soft if here else p.surface))
            painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
            painter.setPen(QColor(p.accent if here else p.text))
            painter.setFont(theme.font(theme.scale.caption + 1, 700 if here else 400))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._words(index))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose by the mouse."""
        for index, box in enumerate(self._boxes()):
            if box.contains(event.position()):
                self.chosen.emit(index)


class StickPanel(QFrame):
    """F6: which stick; what is copied stays *sealed* until an answer comes back."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("banner-live")
        self.setFixedWidth(330)
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(label(texts("ui.stick.title"), "strong", wrap=True))
        column.addWidget(label(texts("ui.stick.what"), "", wrap=True))
        self.folder = Entry(texts("ui.stick.folder"))
        column.addWidget(self.folder)
        self._found = label("", "caption", wrap=True)
        column.addWidget(self._found)
        column.addStretch(1)

    def begin(self) -> None:
        """Ask for the folder."""
        self._found.setText(self._texts("ui.stick.looking"))
        self.folder.edit.setFocus()

    def found(self, folders: Sequence[str]) -> None:
        """Fill in the one stick that is plugged in; say when there is none, or more than one."""
        if folders and not self.folder.text():
            self.folder.set_text(folders[0])
        self._found.setText(self._texts("ui.stick.found", count=len(folders)) if folders else self._texts("ui.stick.none"))


class HistoryPanel(QFrame):
    """F7: everything that happened to one package, newest first."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedWidth(330)
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 10, 1, 8)
        title = label(texts("ui.queue.history"), "strong", wrap=True)
        title.setContentsMargins(14, 0, 14, 0)
        column.addWidget(title)
        self._whose = label("", "caption", wrap=True)
        self._whose.setContentsMargins(14, 0, 14, 0)
        column.addWidget(self._whose)
        self.rows = RowList(texts("ui.queue.history"))
        column.addWidget(self.rows, 1)

    def show_lines(self, whose: str, lines: Sequence[HistoryRow]) -> None:
        """Show them."""
        self._whose.setText(whose)
        self.rows.show_rows(
            [Row(self._texts.of(r.what), (f"{r.at.astimezone():%d/%m/%Y %H:%M:%S}",), State(r.tone.value)) for r in lines]
        )
