"""Four corners marked on a picture: by arrow keys and Enter, or by the mouse; a magnified inset shows the very pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ui.qt import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointF,
    QPolygonF,
    QRectF,
    QSizePolicy,
    Qt,
    QWidget,
    Signal,
)
from ui.texts import Texts
from ui.theme.style import Current
from ui.theme.tokens import LIGHT, State
from ui.widgets.live_view import to_image

CORNERS = 4
STEP_PX, FINE_PX = 8, 1
"""How far an arrow key moves the cross, in pixels of the picture; with Shift the fine step."""
INSET_PX, ZOOM = 150, 4
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class MarkPane(QWidget):
    """`changed` when the cross moved or a corner was set or taken back; `corners` are (x, y) in pixels of the picture, as they were set."""

    changed = Signal()

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._image: QImage | None = None
        self._shape = (0, 0)
        self.cross = (0, 0)
        self.corners: list[tuple[float, float]] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAccessibleName(texts("calibration.mark"))

    def begin(self, pixels: npt.NDArray[np.uint8]) -> None:
        """Show a picture (uint8, grey or BGR); the cross starts a fifth in from the top left, no corner is set."""
        if self._image is not None and self._shape == pixels.shape[:2] and self.isVisible():
            return  # drawn anew by a timer: what was marked stays
        self._image, self._shape = to_image(pixels), (pixels.shape[0], pixels.shape[1])
        self.corners = []
        self._go(self._shape[1] // 5, self._shape[0] // 5)

    def end(self) -> None:
        """Forget the picture."""
        self._image, self.corners = None, []

    @property
    def complete(self) -> bool:
        """Whether all four corners are set."""
        return len(self.corners) == CORNERS

    def words(self) -> str:
        """What is marked next, for the line below and for screen readers."""
        if self.complete:
            return self._texts("calibration.marked-all")
        corner = self._texts(f"calibration.corner.{len(self.corners) + 1}")
        return self._texts("calibration.mark-next", corner=corner, x=self.cross[0], y=self.cross[1])

    def _go(self, x: int, y: int) -> None:
        height, width = self._shape
        self.cross = (min(max(0, x), width - 1), min(max(0, y), height - 1))
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleDescription(self.words())
        self.update()
        self.changed.emit()

    def _set(self) -> None:
        if not self.complete:
            self.corners.append((float(self.cross[0]), float(self.cross[1])))
            height, width = self._shape
            # On to where the next corner is about to be: clockwise from the top left.
            x, y = self.cross
            self.cross = {1: (width - 1 - x, y), 2: (x, height - 1 - y), 3: (width - 1 - x, y)}.get(len(self.corners), self.cross)
            self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move (Shift: by one pixel), Enter sets, Backspace takes the last corner back."""
        arrow = ARROWS.get(Qt.Key(event.key()))
        if self._image is None:
            event.ignore()
        elif arrow is not None:
            far = FINE_PX if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP_PX
            self._go(self.cross[0] + far * arrow[0], self.cross[1] + far * arrow[1])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._set()
        elif event.key() == Qt.Key.Key_Backspace and self.corners:
            x, y = self.corners.pop()
            self._go(round(x), round(y))
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click sets a corner where it is."""
        box, scale = self._place()
        if self._image is not None and box.contains(event.position()):
            self._go(round((event.position().x() - box.left()) / scale), round((event.position().y() - box.top()) / scale))
            self._set()

    def _place(self) -> tuple[QRectF, float]:
        if self._image is None:
            return QRectF(), 1.0
        room = QRectF(self.rect()).adjusted(8, 8, -8, -8)
        scale = min(room.width() / self._image.width(), room.height() / self._image.height())
        wide, high = self._image.width() * scale, self._image.height() * scale
        return QRectF(room.center().x() - wide / 2, room.center().y() - high / 2, wide, high), scale

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, the corners so far, the cross and the inset."""
        _ = event
        if self._image is None:
            return
        theme = Current.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(LIGHT.mat))
        painter.drawRoundedRect(QRectF(self.rect()), theme.scale.radius, theme.scale.radius)
        box, scale = self._place()
        painter.drawImage(box, self._image)

        def seen(point: tuple[float, float]) -> QPointF:
            return QPointF(box.left() + (point[0] + 0.5) * scale, box.top() + (point[1] + 0.5) * scale)

        good, live = LIGHT.states[State.GOOD], LIGHT.states[State.LIVE]
        self._corners(painter, [seen(c) for c in self.corners], QColor(good.colour), QColor(good.ground))
        if not self.complete:
            at = seen(self.cross)
            for colour, width in ((QColor(live.ground), 4.0), (QColor(live.colour), 1.8)):
                painter.setPen(QPen(colour, width))
                painter.drawLine(at + QPointF(-18, 0), at + QPointF(18, 0))
                painter.drawLine(at + QPointF(0, -18), at + QPointF(0, 18))
            self._inset(painter, at, QColor(live.colour))

    @staticmethod
    def _corners(painter: QPainter, points: Sequence[QPointF], colour: QColor, ground: QColor) -> None:
        painter.setPen(QPen(colour, 2.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(points) == CORNERS:
            painter.drawPolygon(QPolygonF(list(points)))
        elif len(points) > 1:
            painter.drawPolyline(QPolygonF(list(points)))
        painter.setFont(Current.theme.font(Current.theme.scale.caption, 700))
        for number, point in enumerate(points, 1):
            circle = QRectF(point.x() - 11, point.y() - 11, 22, 22)
            painter.setBrush(ground)
            painter.drawEllipse(circle)
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(number))

    def _inset(self, painter: QPainter, at: QPointF, colour: QColor) -> None:
        """The pixels around the cross, four times as large, in the corner of the pane that is farther away."""
        assert self._image is not None, "shown"
        side = INSET_PX / ZOOM
        left = 12.0 if at.x() > self.width() / 2 else self.width() - INSET_PX - 12.0
        frame = QRectF(left, 12, INSET_PX, INSET_PX)
        source = QRectF(self.cross[0] + 0.5 - side / 2, self.cross[1] + 0.5 - side / 2, side, side)
        painter.fillRect(frame, QColor(LIGHT.mat))
        painter.drawImage(frame, self._image, source)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame)
        painter.drawLine(QPointF(frame.center().x(), frame.top()), QPointF(frame.center().x(), frame.bottom()))
        painter.drawLine(QPointF(frame.left(), frame.center().y()), QPointF(frame.right(), frame.center().y()))
