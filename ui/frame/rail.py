"""The rail at the left: a pictogram, a word and, where something waits, a neutral number for each screen."""

from __future__ import annotations

from ui.qt import QAbstractButton, QColor, QFrame, QPainter, QPaintEvent, QPen, QRectF, QSize, Qt, QVBoxLayout, Signal
from ui.screens.table import Entry
from ui.texts import Texts
from ui.theme.pictograms import paint_pictogram
from ui.theme.style import Current
from ui.theme.tokens import RAIL


class RailButton(QAbstractButton):
    """One screen."""

    def __init__(self, entry: Entry, texts: Texts) -> None:
        super().__init__()
        self.entry = entry
        self.count = 0
        self.setCheckable(True)
        self.setText(texts(entry.word))
        self.setAccessibleName(texts(entry.word))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """As in the mock-up."""
        return QSize(RAIL, 66)

    def set_count(self, count: int) -> None:
        """Show how many wait there (0: nothing)."""
        if count != self.count:
            self.count = count
            self.setAccessibleDescription(str(count) if count else "")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, pictogram, word, number, focus ring."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self.isChecked():
            painter.fillRect(box, QColor(p.accent_soft))
            painter.fillRect(QRectF(0, 0, 4, box.height()), QColor(p.accent))
        ink = QColor(p.accent if self.isChecked() else p.text2)
        paint_pictogram(painter, self.entry.icon, QRectF(box.center().x() - 11, 12, 22, 22), ink)
        painter.setPen(ink)
        painter.setFont(theme.font(12, 700 if self.isChecked() else 400))
        painter.drawText(
            QRectF(2, 38, box.width() - 4, 22), Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        if self.count:
            text = str(self.count) if self.count < 1000 else "999+"
            painter.setFont(theme.font(11, 700))
            wide = max(20, painter.fontMetrics().horizontalAdvance(text) + 10)
            badge = QRectF(box.center().x() + 5, 6, wide, 18)
            painter.setBrush(QColor(p.text2))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(badge, 9, 9)
            painter.setPen(QColor(p.surface))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.accent), 3))
            painter.drawRoundedRect(box.adjusted(3, 3, -3, -3), 6, 6)


class Rail(QFrame):
    """All screens that stand in the rail; `chosen(name)` when one is pressed."""

    chosen = Signal(str)

    def __init__(self, entries: dict[str, Entry], texts: Texts) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(RAIL)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(0)
        self._buttons: dict[str, RailButton] = {}
        for groups in (("desk", "data"), ("station",)):
            if groups == ("station",):
                column.addStretch(1)
            for entry in (e for e in entries.values() if e.group in groups):
                button = RailButton(entry, texts)
                button.clicked.connect(lambda _=False, name=entry.name: self.chosen.emit(name))
                column.addWidget(button)
                self._buttons[entry.name] = button

    def mark(self, name: str) -> None:
        """Mark the screen that is shown."""
        for key, button in self._buttons.items():
            button.setChecked(key == name)

    def set_count(self, name: str, count: int) -> None:
        """Show how many wait at a screen."""
        if name in self._buttons:
            self._buttons[name].set_count(count)
