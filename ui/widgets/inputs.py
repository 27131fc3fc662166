"""Check box and drop-down drawn with the theme's own strokes, the same in both themes and at every scale."""

from __future__ import annotations

from ui.qt import QCheckBox, QColor, QComboBox, QFontMetrics, QPainter, QPaintEvent, QPen, QPointF, QRectF, QSize, Qt, QWidget
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import State


def mark_wrong(edit: QWidget, wrong: bool) -> None:
    """Frame a field whose words could not be taken in the blocked state's colour, or take the frame away."""
    if bool(edit.property("wrong")) != wrong:
        edit.setProperty("wrong", wrong)
        edit.style().unpolish(edit)
        edit.style().polish(edit)


class CheckBox(QCheckBox):
    """A box with a check; the words beside it."""

    def sizeHint(self) -> QSize:
        """Box, words, room for the focus ring."""
        t = Current.theme
        metrics = QFontMetrics(t.font(t.scale.body))
        return QSize(metrics.horizontalAdvance(self.text()) + self._box() + 30, max(36, round(metrics.height() * 1.6)))

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its words."""
        return self.sizeHint()

    def _box(self) -> int:
        return Current.theme.scale.strong + 4

    def hitButton(self, pos: object) -> bool:
        """The words count too."""
        _ = pos
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, check, words, focus ring."""
        _ = event
        t, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = self._box()
        box = QRectF(8, (self.height() - size) / 2, size, size)
        on, free = self.isChecked(), self.isEnabled()
        painter.setPen(
            QPen(QColor(p.accent if on and free else p.control), 1.6, Qt.PenStyle.SolidLine if free else Qt.PenStyle.DashLine)
        )
        painter.setBrush(QColor(p.accent if on and free else p.surface if free else p.surface2))
        painter.drawRoundedRect(box, 4, 4)
        if on:
            paint_state(painter, State.GOOD, box.adjusted(3, 3, -3, -3), QColor(p.on_accent if free else p.text2))
        painter.setPen(QColor(p.text if free else p.text2))
        painter.setFont(t.font(t.scale.body))
        painter.drawText(
            QRectF(box.right() + 10, 0, self.width() - box.right() - 12, self.height()),
            Qt.AlignmentFlag.AlignVCenter,
            self.text(),
        )
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.accent), 3))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 4, 4)


class DropDown(QComboBox):
    """A drop-down with a drawn arrow."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let the style sheet draw the frame, then the arrow."""
        super().paintEvent(event)
        p = Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(p.text2 if self.isEnabled() else p.control), 2))
        middle = QPointF(self.width() - 18, self.height() / 2)
        painter.drawLine(QPointF(middle.x() - 5, middle.y() - 2), QPointF(middle.x(), middle.y() + 3))
        painter.drawLine(QPointF(middle.x(), middle.y() + 3), QPointF(middle.x() + 5, middle.y() - 2))
