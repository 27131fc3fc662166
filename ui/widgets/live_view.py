"""The live picture with its overlay. The picture is evidence: no tint, no sharpening; overlay lines use the light colours."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ui.qt import (
    QColor,
    QFontMetrics,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPointF,
    QPolygonF,
    QRectF,
    QSize,
    QSizePolicy,
    Qt,
    QWidget,
)
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import LIGHT, State
from ui.widgets.chips import BORDERS

DIM_AFTER_S = 0.3
HIDE_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One outlined part: corners in pixels of the frame, its state and the words of its flag."""

    outline: tuple[tuple[float, float], ...]
    state: State
    text: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """What lies over one frame: marks, and how many frames a second are seen."""

    marks: tuple[Mark, ...]
    at_s: float


def to_image(pixels: npt.NDArray[np.uint8]) -> QImage:
    """Return a QImage over the frame's memory, copied so that the device may reuse it. Grey or BGR."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_BGR888
    return QImage(pixels.data, width, height, pixels.strides[0], kind).copy()


class LiveView(QWidget):
    """Shows the newest frame as large as fits, with marks; measures its own frame rate from what was painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._overlay = Overlay((), 0.0)
        self._painted: list[float] = []
        self._mirror = False
        self.watermark = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 220)

    def sizeHint(self) -> QSize:
        """Most of a screen."""
        return QSize(800, 420)

    def show_frame(self, image: QImage | None) -> None:
        """Show a frame (None: nothing yet)."""
        self._image = image
        self.update()

    def show_overlay(self, overlay: Overlay) -> None:
        """Show the marks of an analysed frame."""
        self._overlay = overlay
        self.update()

    @property
    def frames_per_second(self) -> float:
        """Frames painted a second, over the last two seconds."""
        now = time.monotonic()
        recent = [t for t in self._painted if now - t < 2.0]
        return len(recent) / 2.0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw mat, frame, marks, corners, watermark."""
        _ = event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(LIGHT.mat))
        if self._image is None:
            return
        now = time.monotonic()
        self._painted = [t for t in self._painted[-200:] if now - t < 2.0] + [now]
        scale = min(self.width() / self._image.width(), self.height() / self._image.height())
        wide, high = self._image.width() * scale, self._image.height() * scale
        box = QRectF((self.width() - wide) / 2, (self.height() - high) / 2, wide, high)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(box, self._image)
        age = now - self._overlay.at_s
        if age <= HIDE_AFTER_S:
            painter.setOpacity(0.45 if age > DIM_AFTER_S else 1.0)
            for mark in self._overlay.marks:
                self._mark(painter, mark, box, scale)
            painter.setOpacity(1.0)
        if self.watermark:
            painter.setPen(QColor(0x46, 0x53, 0x64, 120))
            painter.setFont(Current.theme.font(Current.theme.scale.strong, 700))
            painter.drawText(
                QRectF(self.rect()).adjusted(0, 0, -12, -8),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom,
                self.watermark,
            )

    def _mark(self, painter: QPainter, mark: Mark, box: QRectF, scale: float) -> None:
        pair = LIGHT.states[mark.state]
        style, width = BORDERS[mark.state]
        painter.setPen(QPen(QColor(pair.colour), width, style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = [QPointF(box.left() + x * scale, box.top() + y * scale) for x, y in mark.outline]
        if len(points) < 2:
            return
        painter.drawPolygon(QPolygonF(points))
        if not mark.text:
            return
        theme = Current.theme
        font = theme.font(theme.scale.body, 600)
        metrics = QFontMetrics(font)
        top = min(points, key=lambda p: p.y())
        wide, high = metrics.horizontalAdvance(mark.text) + 40, metrics.height() + 8
        left = min(max(2.0, top.x() - wide / 2), self.width() - wide - 2.0)
        flag = QRectF(left, max(2.0, top.y() - high - 6), wide, high)
        painter.setBrush(QColor(pair.ground))
        painter.setPen(QPen(QColor(pair.colour), 1.5))
        painter.drawRoundedRect(flag, 4, 4)
        paint_state(painter, mark.state, QRectF(flag.left() + 8, flag.center().y() - 8, 16, 16), QColor(pair.colour))
        painter.setFont(font)
        painter.drawText(flag.adjusted(30, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, mark.text)
