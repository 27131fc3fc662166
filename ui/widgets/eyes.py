"""The distance bar of S6: too far, right, too near, with the place of the eyes as a pointer; words beside it, never colour alone."""

from __future__ import annotations

from station.views.iris import Distance
from ui.qt import QColor, QPainter, QPaintEvent, QPen, QPointF, QPolygonF, QRectF, QSize, QSizePolicy, Qt, QWidget
from ui.texts import Texts
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import State


class DistanceBar(QWidget):
    """A line from far to near; the good stretch is outlined, the pointer stands where the eyes are."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.distance: Distance | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(texts("ui.iris.distance"))

    def sizeHint(self) -> QSize:
        """Words above, the line below."""
        return QSize(320, round(Current.theme.scale.caption * 1.8) + 26)

    def show_distance(self, distance: Distance | None) -> None:
        """Show where the eyes are; None: not seen."""
        if distance != self.distance:
            self.distance = distance
            word = "ui.iris.right" if distance is not None and distance.tone.value == "good" else "ui.iris.distance"
            self.setAccessibleDescription(self._texts(word))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        high = theme.scale.caption * 1.8
        words = QRectF(0, 0, self.width(), high)
        painter.setFont(theme.font(theme.scale.caption, 400))
        painter.setPen(QColor(p.text2))
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._texts("ui.iris.far"))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._texts("ui.iris.near"))
        line = QRectF(1, high + 8, self.width() - 2, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(p.border))
        painter.drawRoundedRect(line, 4, 4)
        found = self.distance
        least, most = (found.least, found.most) if found is not None else (0.25, 0.75)
        good = QRectF(line.left() + least * line.width(), line.top(), (most - least) * line.width(), line.height())
        if found is not None:
            painter.setPen(QPen(theme.colour(State.GOOD), 1.6))
            painter.setBrush(theme.ground(State.GOOD))
            painter.drawRoundedRect(good, 4, 4)
        painter.setPen(QColor(p.text2))
        painter.drawText(
            QRectF(good.left() - 60, 0, good.width() + 120, high), Qt.AlignmentFlag.AlignCenter, self._texts("ui.iris.right")
        )
        if found is None:
            return
        state = State(found.tone.value)
        at = QPointF(line.left() + found.at * line.width(), line.center().y())
        painter.setPen(QPen(QColor(p.surface), 2))
        painter.setBrush(theme.colour(state))
        painter.drawPolygon(QPolygonF([at + QPointF(0, -11), at + QPointF(9, 8), at + QPointF(-9, 8)]))
        paint_state(painter, state, QRectF(min(at.x() + 12, self.width() - 18), at.y() - 8, 16, 16), theme.colour(state))
