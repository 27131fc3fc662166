"""A place to sign with pen, finger or mouse; the drawing is black on white, 3 px, as PNG."""

from __future__ import annotations

from itertools import pairwise

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
    Qt,
    QVBoxLayout,
    QWidget,
    Signal,
)
from ui.texts import Texts
from ui.theme.style import Current

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
