"""The live picture with its overlay. The picture is evidence: no tint, no sharpening; overlay lines use the light colours."""

from __future__ import annotations

import time
from collections.abc import Callable
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
from ui.theme.pictograms import paint_pictogram
from ui.theme.style import Current
from ui.theme.tokens import LIGHT, State
from ui.widgets.chips import BORDERS

DIM_AFTER_S = 0.3
HIDE_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One outlined part: corners in pixels of the frame, its state, the words of its flag, an action's pictogram."""

    outline: tuple[tuple[float, float], ...]
    state: State
    text: str
    score: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What lies over one frame: marks, when its verdict was made, when that frame arrived (monotonic seconds)."""

    marks: tuple[Mark, ...]
    at_s: float
    arrived_s: float = 0.0


def to_image(pixels: npt.NDArray[np.uint8]) -> QImage:
    """Return a QImage over the frame's memory, copied so that the device may reuse it. Grey or BGR."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_BGR888
    return QImage(pixels.data, width, height, pixels.strides[0], kind).copy()


def paint_watermark(painter: QPainter, box: QRectF, words: str, aside: float = 8.0) -> None:
    """Write the demo's word over a picture: in its lower right corner, `aside` px from the edge, smaller and over lines where it is narrow.
    It stands on a patch of the mat, so that it is read over dark clothes too."""
    theme = Current.theme
    font = theme.font(theme.scale.strong, 700)
    if QFontMetrics(font).horizontalAdvance(words) + aside + 8 > box.width():
        font, aside = theme.font(theme.scale.caption, 700), 8.0
    painter.setFont(font)
    where = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap)
    _on_patch(painter, box.adjusted(4, 0, -aside, -12 if aside > 8 else -4), where, words)


def _on_patch(painter: QPainter, room: QRectF, where: int, words: str) -> None:
    """Write quiet words on a patch of the mat, in the painter's font."""
    patch = QColor(LIGHT.mat)
    patch.setAlpha(215)
    painter.setPen(QColor(LIGHT.text2))
    written = painter.boundingRect(room, where, words)  # while it has a pen: without one a painter measures nothing
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(patch)
    painter.drawRoundedRect(written.adjusted(-4, -1, 4, 1), 4, 4)
    painter.setPen(QColor(LIGHT.text2))
    painter.drawText(room, where, words)


LARGEST_COVER = 1.8
"""A picture that covers is at most so much larger than one that is shown whole."""
Drawing = Callable[[QPainter, QRectF, float], None]


class LiveView(QWidget):
    """Shows the newest frame as large as fits, with marks; measures its own frame rate and delay from what was painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._overlay = Overlay((), 0.0)
        self._painted: list[float] = []
        self._measured = 0.0
        self._still_until = 0.0
        self.delays: list[float] = []
        """Seconds from a frame's arrival to its painted overlay, the last 400."""
        self.watermark = ""
        self.computing = self.slow = ""
        self.cover = False
        """Fill the place and cut what is over at the sides (a face in a wide picture); otherwise the whole picture is shown."""
        self.drawing: Drawing | None = None
        """More to draw over the picture: given painter, the picture's box and its scale."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 220)

    def sizeHint(self) -> QSize:
        """Most of a screen."""
        return QSize(800, 420)

    def show_frame(self, image: QImage | None) -> None:
        """Show a frame (None: nothing yet); during a still it is not shown."""
        if time.monotonic() >= self._still_until:
            self._image = image
            self.update()

    @property
    def shows(self) -> bool:
        """Whether there is a picture."""
        return self._image is not None

    def show_overlay(self, overlay: Overlay) -> None:
        """Show the marks of an analysed frame."""
        if time.monotonic() >= self._still_until:
            self._overlay = overlay
            self.update()

    def hold_still(self, image: QImage | None, seconds: float) -> None:
        """Show the picture that was taken for a moment."""
        if image is not None:
            self._image = image
        self._overlay = Overlay((), 0.0)
        self._still_until = time.monotonic() + seconds
        self.update()

    @property
    def marked(self) -> int:
        """How many parts are marked on the picture that is shown."""
        return len(self._overlay.marks)

    @property
    def judged(self) -> bool:
        """Whether something is marked on the picture that is shown; a screen that draws by itself: whether there is a verdict."""
        return bool(self._overlay.marks) or (self.drawing is not None and self._overlay.at_s > 0)

    @property
    def frames_per_second(self) -> float:
        """Frames painted a second, over the last two seconds."""
        now = time.monotonic()
        return len([t for t in self._painted if now - t < 2.0]) / 2.0

    @property
    def delay_ms(self) -> float:
        """Median of the last delays from frame to overlay."""
        recent = sorted(self.delays[-20:])
        return 1000 * recent[len(recent) // 2] if recent else 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw mat, frame, marks, corners, watermark."""
        _ = event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(LIGHT.mat))
        if self._image is not None:
            self._picture(painter, self._image)
        self._corners(painter)
        if self.watermark:
            paint_watermark(painter, QRectF(self.rect()), self.watermark, 52.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(Current.theme.palette.border), 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _picture(self, painter: QPainter, image: QImage) -> None:
        now = time.monotonic()
        self._painted = [t for t in self._painted[-200:] if now - t < 2.0] + [now]
        fits = sorted((self.width() / image.width(), self.height() / image.height()))
        scale = min(fits[1], LARGEST_COVER * fits[0]) if self.cover else fits[0]
        wide, high = image.width() * scale, image.height() * scale
        box = QRectF((self.width() - wide) / 2, (self.height() - high) / 2, wide, high)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(box, image)
        age = now - self._overlay.at_s
        if age <= HIDE_AFTER_S:
            painter.setOpacity(0.45 if age > DIM_AFTER_S else 1.0)
            for mark in self._overlay.marks:
                self._outline(painter, mark, box, scale)
            if self.drawing is not None:
                self.drawing(painter, box, scale)
            taken: list[QRectF] = []
            for mark in sorted(self._overlay.marks, key=lambda m: min((y for _, y in m.outline), default=0.0), reverse=True):
                self._flag(painter, mark, box, scale, taken)
            painter.setOpacity(1.0)
            if self._overlay.arrived_s and self._overlay.at_s != self._measured:
                self._measured = self._overlay.at_s
                self.delays = [*self.delays[-399:], now - self._overlay.arrived_s]
        if self._overlay.at_s and age > DIM_AFTER_S and now >= self._still_until:
            self._word(painter, self.slow if age > HIDE_AFTER_S else self.computing)

    def _word(self, painter: QPainter, word: str) -> None:
        if word:
            painter.setFont(Current.theme.font(Current.theme.scale.caption, 600))
            where = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            _on_patch(painter, QRectF(self.rect()).adjusted(52, 10, 0, 0), where, word)

    def _corners(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(LIGHT.control), 2))
        box, arm = QRectF(self.rect()).adjusted(23, 23, -23, -23), 21
        for x, y, dx, dy in (
            (box.left(), box.top(), 1, 1),
            (box.right(), box.top(), -1, 1),
            (box.left(), box.bottom(), 1, -1),
            (box.right(), box.bottom(), -1, -1),
        ):
            painter.drawLine(QPointF(x, y), QPointF(x + dx * arm, y))
            painter.drawLine(QPointF(x, y), QPointF(x, y + dy * arm))

    @staticmethod
    def _points(mark: Mark, box: QRectF, scale: float) -> list[QPointF]:
        return [QPointF(box.left() + x * scale, box.top() + y * scale) for x, y in mark.outline]

    def _outline(self, painter: QPainter, mark: Mark, box: QRectF, scale: float) -> None:
        points = self._points(mark, box, scale)
        if len(points) < 2:
            return
        style, width = BORDERS[mark.state]
        pen = QPen(QColor(LIGHT.states[mark.state].colour), max(3.0, width + 1), style)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(QPolygonF(points))

    def _flag(self, painter: QPainter, mark: Mark, box: QRectF, scale: float, taken: list[QRectF]) -> None:
        points = self._points(mark, box, scale)
        if len(points) < 2 or not mark.text:
            return
        pair, theme = LIGHT.states[mark.state], Current.theme
        font = theme.font(theme.scale.strong - 1, 700)
        metrics = QFontMetrics(font)
        score = metrics.horizontalAdvance(mark.score) + 14 if mark.score else 0
        wide, high = metrics.horizontalAdvance(mark.text) + score + 44, metrics.height() + 7
        centre = (min(p.x() for p in points) + max(p.x() for p in points)) / 2
        left = min(max(2.0, centre - wide / 2), self.width() - wide - 2.0)
        flag = QRectF(left, max(2.0, min(p.y() for p in points) - high - 5), wide, high)
        while flag.top() > high and any(flag.intersects(other) for other in taken):
            flag.translate(0, -(high + 3))  # flags of close fingers stand above one another, none hides another
        for other in taken:
            if flag.intersects(other):  # no room above: beside it, on the side of its own finger or eye
                beside = other.left() - 3 - wide if centre < other.center().x() else other.right() + 3
                flag.moveLeft(min(max(2.0, beside), self.width() - wide - 2.0))
        taken.append(flag)
        painter.setBrush(QColor(pair.ground))
        painter.setPen(QPen(QColor(pair.colour), 1.6))
        painter.drawRoundedRect(flag, 4, 4)
        icon = QRectF(flag.left() + 9, flag.center().y() - 8, 16, 16)
        if mark.icon:
            paint_pictogram(painter, mark.icon, icon, QColor(pair.colour), 2.0)
        else:
            paint_state(painter, mark.state, icon, QColor(pair.colour))
        painter.setFont(font)
        painter.drawText(flag.adjusted(33, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, mark.text)
        painter.drawText(flag.adjusted(33, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, mark.score)
