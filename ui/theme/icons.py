"""Icons as painter paths: every state has its own shape, so that nothing depends on colour."""

from __future__ import annotations

from collections.abc import Callable

from ui.qt import QColor, QPainter, QPainterPath, QPen, QPointF, QRectF, Qt
from ui.theme.tokens import State


def paint_state(painter: QPainter, state: State, box: QRectF, colour: QColor) -> None:
    """Draw the icon of a state into `box`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, max(1.6, box.width() / 9))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _DRAW[state](painter, box, colour)
    painter.restore()


def _at(box: QRectF, x: float, y: float) -> QPointF:
    return QPointF(box.left() + x * box.width(), box.top() + y * box.height())


def _line(painter: QPainter, box: QRectF, *points: tuple[float, float]) -> None:
    path = QPainterPath(_at(box, *points[0]))
    for point in points[1:]:
        path.lineTo(_at(box, *point))
    painter.drawPath(path)


def _idle(painter: QPainter, box: QRectF, colour: QColor) -> None:
    _ = colour
    painter.drawEllipse(box.adjusted(box.width() * 0.14, box.height() * 0.14, -box.width() * 0.14, -box.height() * 0.14))


def _live(painter: QPainter, box: QRectF, colour: QColor) -> None:
    _idle(painter, box, colour)
    painter.setBrush(colour)
    painter.drawEllipse(box.center(), box.width() * 0.2, box.height() * 0.2)


def _good(painter: QPainter, box: QRectF, colour: QColor) -> None:
    _ = colour
    _line(painter, box, (0.16, 0.54), (0.41, 0.78), (0.86, 0.24))


def _retry(painter: QPainter, box: QRectF, colour: QColor) -> None:
    _ = colour
    inner = box.adjusted(box.width() * 0.17, box.height() * 0.17, -box.width() * 0.17, -box.height() * 0.17)
    painter.drawArc(inner, 60 * 16, 290 * 16)
    _line(painter, box, (0.86, 0.12), (0.86, 0.36), (0.62, 0.36))


def _blocked(painter: QPainter, box: QRectF, colour: QColor) -> None:
    _ = colour
    corner = 0.29
    _line(painter, box, (corner, 0.06), (1 - corner, 0.06), (0.94, corner), (0.94, 1 - corner), (1 - corner, 0.94), (corner, 0.94),
          (0.06, 1 - corner), (0.06, corner), (corner, 0.06))  # fmt: skip
    _line(painter, box, (0.35, 0.35), (0.65, 0.65))
    _line(painter, box, (0.65, 0.35), (0.35, 0.65))


def _exception(painter: QPainter, box: QRectF, colour: QColor) -> None:
    _line(painter, box, (0.5, 0.04), (0.96, 0.5), (0.5, 0.96), (0.04, 0.5), (0.5, 0.04))
    _line(painter, box, (0.5, 0.32), (0.5, 0.55))
    painter.setBrush(colour)
    painter.drawEllipse(_at(box, 0.5, 0.69), box.width() * 0.03, box.height() * 0.03)


_DRAW: dict[State, Callable[[QPainter, QRectF, QColor], None]] = {
    State.IDLE: _idle,
    State.LIVE: _live,
    State.GOOD: _good,
    State.RETRY: _retry,
    State.BLOCKED: _blocked,
    State.EXCEPTION: _exception,
}
