"""A place to sign with pen, finger or mouse; the drawing is black on white, 3 px, as PNG."""

from __future__ import annotations

from itertools import pairwise

from station.views.evidence import Signed
from ui.qt import (
    QBuffer,
    QByteArray,
    QColor,
    QHBoxLayout,
    QImage,
    QIODevice,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointF,
    QPushButton,
    QRectF,
    QSize,
    Qt,
    QVBoxLayout,
    QWidget,
    Signal,
)
from ui.texts import Texts
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import LIGHT, State
from ui.widgets.live_view import to_image

MAX_POINTS = 20_000


class _Canvas(QWidget):
    """The strokes."""

    def __init__(self) -> None:
        super().__init__()
        self.strokes: list[list[QPointF]] = []
        self.setMinimumHeight(130)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        self.strokes.append([event.position()])
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with it."""
        if self.strokes and sum(len(s) for s in self.strokes) < MAX_POINTS:
            self.strokes[-1].append(event.position())
            self.update()

    def draw(self, painter: QPainter, ink: QColor) -> None:
        """Draw the strokes."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        for stroke in self.strokes:
            if len(stroke) == 1:
                painter.drawPoint(stroke[0])
            for one, other in pairwise(stroke):
                painter.drawLine(one, other)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box and what was written."""
        _ = event
        p = Current.theme.palette
        painter = QPainter(self)
        painter.setBrush(QColor("#FFFFFF"))
        painter.setPen(QPen(QColor(p.control), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
        self.draw(painter, QColor("#000000"))


class SignaturePad(QWidget):
    """`signed(png)` when the person confirms."""

    signed = Signal(bytes)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.canvas = _Canvas()
        column.addWidget(self.canvas)
        row = QHBoxLayout()
        row.addStretch(1)
        self.clear, self.done = QPushButton(), QPushButton()
        self.done.setObjectName("answer-right")
        for button in (self.clear, self.done):
            button.setMinimumHeight(48)
            row.addWidget(button)
        column.addLayout(row)
        self.clear.clicked.connect(self.wipe)
        self.done.clicked.connect(self._take)
        self.name(texts)

    def name(self, texts: Texts) -> None:
        """Write the words in a language."""
        self.canvas.setAccessibleName(texts("ui.applicant.sign-here"))
        self.clear.setText(texts("ui.applicant.sign-again"))
        self.done.setText(texts("ui.applicant.sign-done"))

    def wipe(self) -> None:
        """Begin anew."""
        self.canvas.strokes = []
        self.canvas.update()

    def png(self) -> bytes:
        """Return the drawing, empty when nothing was written."""
        if not self.canvas.strokes:
            return b""
        image = QImage(self.canvas.size(), QImage.Format.Format_Grayscale8)
        image.fill(QColor("#FFFFFF"))
        painter = QPainter(image)
        self.canvas.draw(painter, QColor("#000000"))
        painter.end()
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, b"PNG")
        buffer.close()
        return bytes(data.data())

    def _take(self) -> None:
        png = self.png()
        if png:
            self.wipe()
            self.signed.emit(png)


class SignaturePlace(QWidget):
    """Where a signature stands on S7: an empty dashed place, then the drawn line (or a check) with name and time."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._words = ""
        self.setMinimumHeight(46)

    def show_signature(self, signed: Signed | None, texts: Texts) -> None:
        """Show a signature, None: nobody signed yet."""
        self._image = to_image(signed.drawn) if signed is not None and signed.drawn is not None else None
        self._words = f"{signed.name} · {signed.at.astimezone():%H:%M}" if signed is not None else ""
        self.setAccessibleName(f"{texts('ui.review.signed')} {self._words}" if signed is not None else "")
        self.update()

    def sizeHint(self) -> QSize:
        """One line of words and a line of ink."""
        return QSize(200, 46)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the place and what stands in it."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        # Ink is shown on white, as it was drawn.
        painter.setBrush(QColor(LIGHT.surface if self._image is not None else p.surface2))
        painter.setPen(QPen(QColor(p.control), 1, Qt.PenStyle.DashLine))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, 4, 4)
        left = 10.0
        if self._image is not None:
            scale = min(0.45 * box.width() / self._image.width(), (box.height() - 6) / self._image.height())
            wide, high = self._image.width() * scale, self._image.height() * scale
            painter.drawImage(QRectF(left, box.center().y() - high / 2, wide, high), self._image)
            left += wide + 10
        elif self._words:
            paint_state(painter, State.GOOD, QRectF(left, box.center().y() - 8, 16, 16), theme.colour(State.GOOD))
            left += 26
        painter.setPen(QColor(LIGHT.text2 if self._image is not None else p.text2))
        painter.setFont(theme.font(theme.scale.caption))
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
        painter.drawText(QRectF(left, 2, box.width() - left - 6, box.height() - 4), flags, self._words)
