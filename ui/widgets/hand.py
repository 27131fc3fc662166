"""The hand seen from above, thumb inside, keys printed on it; each fingertip shows its state's icon, not just a colour."""

from __future__ import annotations

from math import atan2, degrees, hypot

from biometrics.positions import FingerPosition
from ui.qt import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPointF, QRectF, QSize, Qt, QTransform, QWidget
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.chips import BORDERS

# Right hand in a unit square: (tip x, tip y, root x, root y, half width), thumb to little finger.
FINGERS = ((0.10, 0.53, 0.33, 0.79, 0.066), (0.26, 0.20, 0.315, 0.62, 0.071), (0.465, 0.10, 0.475, 0.60, 0.073), (0.67, 0.16, 0.637, 0.61, 0.071),
           (0.87, 0.34, 0.785, 0.66, 0.062))  # fmt: skip
PALM = (
    (0.245, 0.58),
    (0.25, 0.74, 0.30, 0.88, 0.36, 1.06),
    (0.79, 1.06),
    (0.80, 0.90, 0.85, 0.78, 0.846, 0.64),
    (0.71, 0.575),
    (0.32, 0.56),
)
"""The palm's edge from the root of the index finger round the wrist: points, and curves as two controls and their end."""
RIGHT = (
    FingerPosition.RIGHT_THUMB,
    FingerPosition.RIGHT_INDEX,
    FingerPosition.RIGHT_MIDDLE,
    FingerPosition.RIGHT_RING,
    FingerPosition.RIGHT_LITTLE,
)
LEFT = (
    FingerPosition.LEFT_THUMB,
    FingerPosition.LEFT_INDEX,
    FingerPosition.LEFT_MIDDLE,
    FingerPosition.LEFT_RING,
    FingerPosition.LEFT_LITTLE,
)
KEYS = {position: str((i + 1) % 10) for i, position in enumerate((*RIGHT, *LEFT))}


class HandDiagram(QWidget):
    """One hand, or both thumbs side by side (two small hands)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._states: dict[FingerPosition, State] = {}
        self._missing: frozenset[FingerPosition] = frozenset()
        self._asked: frozenset[FingerPosition] = frozenset()
        self._in_question: FingerPosition | None = None
        self.setMinimumSize(160, 130)

    def sizeHint(self) -> QSize:
        """The size in the mock-up."""
        return QSize(280, 270)

    def show_state(self, asked: frozenset[FingerPosition], states: dict[FingerPosition, State], missing: frozenset[FingerPosition],
                   in_question: FingerPosition | None) -> None:  # fmt: skip
        """Show the fingers asked for, each finger's state, the missing ones crossed, the one in question ringed."""
        new = (asked, dict(states), missing, in_question)
        if new != (self._asked, self._states, self._missing, self._in_question):
            self._asked, self._states, self._missing, self._in_question = new
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the hand or hands."""
        _ = event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hands = [hand for hand in (LEFT, RIGHT) if self._asked.intersection(hand)] or [RIGHT]
        side = min(self.width() / len(hands), self.height())
        top = (self.height() - side) / 2
        left = (self.width() - side * len(hands)) / 2
        for index, hand in enumerate(hands):
            self._hand(painter, hand, QRectF(left + index * side, top, side, side))

    def _hand(self, painter: QPainter, hand: tuple[FingerPosition, ...], box: QRectF) -> None:
        palette = Current.theme.palette
        flip = hand is LEFT

        def at(x: float, y: float) -> QPointF:
            return QPointF(box.left() + (1 - x if flip else x) * box.width(), box.top() + y * box.height())

        outline = QPainterPath()
        palm = QPainterPath()
        palm.moveTo(at(*PALM[0]))
        for step in PALM[1:]:
            points = [at(x, y) for x, y in _pairs(step)]
            if len(points) == 3:
                palm.cubicTo(*points)
            else:
                palm.lineTo(points[0])
        palm.closeSubpath()
        outline = outline.united(palm)
        for tip_x, tip_y, root_x, root_y, half in FINGERS:
            outline = outline.united(_capsule(at(tip_x, tip_y), at(root_x, root_y), half * box.width()))
        painter.save()
        painter.setClipRect(box)
        painter.setPen(QPen(QColor(palette.control), 1.5))
        painter.setBrush(QColor(palette.states[State.IDLE].ground))
        painter.drawPath(outline)
        painter.restore()
        for position, (tip_x, tip_y, root_x, root_y, half) in zip(hand, FINGERS, strict=True):
            centre = at(tip_x + (root_x - tip_x) * 0.03, tip_y + (root_y - tip_y) * 0.03)
            self._tip(painter, position, centre, half * box.width() * 1.15)
            painter.setPen(QColor(palette.text))
            painter.setFont(Current.theme.font(max(12, round(box.width() * 0.05)), 600))
            key_at = at(tip_x + (root_x - tip_x) * 0.55, tip_y + (root_y - tip_y) * 0.55)
            painter.drawText(QRectF(key_at.x() - 12, key_at.y() - 12, 24, 24), Qt.AlignmentFlag.AlignCenter, KEYS[position])

    def _tip(self, painter: QPainter, position: FingerPosition, centre: QPointF, radius: float) -> None:
        theme = Current.theme
        if position in self._missing:
            state = State.EXCEPTION
        elif position in self._states:
            state = self._states[position]
        elif position in self._asked:
            state = State.IDLE
        else:
            return
        style, width = BORDERS[state]
        thick = width + 2.5 if position == self._in_question else width
        painter.setPen(QPen(theme.colour(state), thick, style))
        painter.setBrush(theme.ground(state))
        painter.drawEllipse(centre, radius, radius)
        icon = radius * 1.05
        paint_state(painter, state, QRectF(centre.x() - icon / 2, centre.y() - icon / 2, icon, icon), theme.colour(state))
        if position in self._missing:
            painter.setPen(QPen(theme.colour(state), 2.5))
            painter.drawLine(
                QPointF(centre.x() - radius * 1.3, centre.y() + radius * 1.3),
                QPointF(centre.x() + radius * 1.3, centre.y() - radius * 1.3),
            )


def _pairs(numbers: tuple[float, ...]) -> list[tuple[float, float]]:
    """Return flat numbers as pairs (x, y)."""
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _capsule(tip: QPointF, root: QPointF, radius: float) -> QPainterPath:
    """Return a finger: a rounded bar from tip to root."""

    length = hypot(root.x() - tip.x(), root.y() - tip.y())
    path = QPainterPath()
    path.addRoundedRect(QRectF(-radius, -radius, length + 2 * radius, 2 * radius), radius, radius)
    turn = QTransform()
    turn.translate(tip.x(), tip.y())
    turn.rotate(degrees(atan2(root.y() - tip.y(), root.x() - tip.x())))
    return turn.map(path)
