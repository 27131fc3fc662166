"""The field that listens for scans: bars at its left, its key at its right, so that nobody has to know where scans go."""

from __future__ import annotations

from ui.qt import QColor, QLineEdit, QPainter, QPaintEvent, QPen, QRectF, QResizeEvent, Qt
from ui.theme.pictograms import paint_pictogram
from ui.theme.style import Current, advance

ICON = 20


class ScanField(QLineEdit):
    """A field with room for a pictogram and the key that leads to it (as it is bound); both are painted, neither takes the focus."""

    def __init__(self, words: str, key: str, short: str = "") -> None:
        """`short`: what stands in the field where it is too narrow for the words."""
        super().__init__()
        self._words, self._short = words, short or words
        self._key = key
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setTextMargins(ICON + 10, 0, self._key_wide() + 8, 0)

    def _key_wide(self) -> int:
        return advance(self._key, Current.theme.scale.caption, 700) + 14

    def resizeEvent(self, event: QResizeEvent) -> None:
        """No half sentence stands in the field."""
        super().resizeEvent(event)
        room = self.width() - ICON - self._key_wide() - 44
        self.setPlaceholderText(self._words if advance(self._words, Current.theme.scale.body) <= room else self._short)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field, then bars and key over its edges."""
        super().paintEvent(event)
        theme = Current.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        paint_pictogram(painter, "barcode", QRectF(12, middle - ICON / 2, ICON, ICON), QColor(theme.palette.text2))
        wide, high = self._key_wide(), theme.scale.caption * 1.9
        box = QRectF(self.width() - wide - 10, middle - high / 2, wide, high)
        painter.setPen(QPen(QColor(theme.palette.control), 1.3))
        painter.setBrush(QColor(theme.palette.surface))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(theme.palette.text))
        painter.setFont(theme.font(theme.scale.caption, 700))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._key)
