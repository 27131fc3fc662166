"""The calibration's eight circles on a line, and the margin bar of a measured row."""

from __future__ import annotations

from collections.abc import Sequence

from station.views.calibration import RowView
from ui.qt import (
    QBrush,
    QColor,
    QFontMetrics,
    QModelIndex,
    QPainter,
    QPaintEvent,
    QPen,
    QPersistentModelIndex,
    QPointF,
    QPolygonF,
    QRectF,
    QResizeEvent,
    QSize,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    Qt,
    QWidget,
)
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import State

MARGIN = Qt.ItemDataRole.UserRole + 2


class WizardStrip(QWidget):
    """Numbered circles; done ones are checked, the present one is filled, a failed one is an octagon."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._marks: tuple[tuple[str, State], ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_marks(self, marks: Sequence[tuple[str, State]]) -> None:
        """Show the steps: words and state each."""
        self._marks = tuple(marks)
        self.setAccessibleDescription(", ".join(f"{w}: {s.value}" for w, s in marks))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Circles and two lines of words; in large type one line, the words of the present step beside the circles."""
        t = Current.theme
        if t.large:
            return QSize(480, 34)
        metrics = QFontMetrics(t.font(t.scale.caption, 700))
        wide = self.width() / max(1, len(self._marks)) - 4
        lines = 2 if any(metrics.horizontalAdvance(w) > wide for w, _ in self._marks) else 1
        return QSize(480, round(34 + metrics.height() * lines + 4))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another number of lines."""
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the strip."""
        _ = event
        t, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = (self.width() - self._beside(painter)) / max(1, len(self._marks))
        for index, (words, state) in enumerate(self._marks):
            middle = index * wide + wide / 2
            circle = QRectF(middle - 13, 4, 26, 26)
            if index + 1 < len(self._marks):
                painter.setPen(QPen(t.colour(State.GOOD) if state is State.GOOD else QColor(p.border), 2))
                painter.drawLine(QPointF(middle + 14, 17), QPointF(middle + wide - 14, 17))
            filled = state is State.LIVE
            painter.setPen(QPen(QColor(p.accent) if filled else t.colour(state), 1.6))
            painter.setBrush(QColor(p.accent) if filled else t.ground(state))
            painter.drawEllipse(circle)
            if state in (State.GOOD, State.BLOCKED):
                paint_state(painter, state, circle.adjusted(6, 6, -6, -6), t.colour(state))
            else:
                painter.setFont(t.font(12, 700))
                painter.setPen(QColor(p.on_accent) if filled else t.colour(state))
                painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(index + 1))
            if t.large:
                continue
            painter.setFont(t.font(t.scale.caption, 700 if filled else 400))
            painter.setPen(QColor(p.accent if filled else p.text if state is State.GOOD else p.text2))
            flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(index * wide + 2, 34, wide - 4, self.height() - 34), flags, words)

    def _beside(self, painter: QPainter) -> int:
        """In large type: write the present step's words (or the failed one's) at the right, and return how wide that place is."""
        t = Current.theme
        if not t.large:
            return 0
        metrics = QFontMetrics(t.font(t.scale.body, 700))
        wide = max((metrics.horizontalAdvance(w) for w, _ in self._marks), default=0) + 16
        now = next((w for state in (State.LIVE, State.BLOCKED) for w, s in self._marks if s is state), "")
        painter.setFont(t.font(t.scale.body, 700))
        painter.setPen(QColor(t.palette.accent))
        painter.drawText(
            QRectF(self.width() - wide, 0, wide, 34), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), now
        )
        return wide


class MarginDelegate(QStyledItemDelegate):
    """Draws the limits' band and where the value stands: a dot inside, a diamond outside (shape, not colour alone)."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Draw one bar."""
        row: RowView | None = index.data(MARGIN)
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if isinstance(ground, QBrush) and not option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, ground)
        super().paint(painter, option, index)
        if row is None or row.band == (0.0, 0.0):
            return
        t, p = Current.theme, Current.theme.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(option.rect).adjusted(10, 0, -10, 0)
        bar = QRectF(bar.left(), bar.center().y() - 2, bar.width(), 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(p.states[State.IDLE].ground))
        painter.drawRect(bar)
        low, high = (bar.left() + bar.width() * b for b in row.band)
        good = t.colour(State.GOOD)
        painter.setPen(QPen(good, 1))
        painter.setBrush(t.ground(State.GOOD))
        painter.drawRect(QRectF(low, bar.top() - 1, high - low, 6))
        if row.position is not None:
            centre = QPointF(bar.left() + bar.width() * row.position, bar.center().y())
            inside = row.tone.value == "good"
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(good if inside else t.colour(State.BLOCKED))
            if inside:
                painter.drawEllipse(centre, 5, 5)
            else:
                painter.drawPolygon(
                    QPolygonF([QPointF(centre.x() + dx, centre.y() + dy) for dx, dy in ((0, -6), (6, 0), (0, 6), (-6, 0))])
                )
        painter.restore()
