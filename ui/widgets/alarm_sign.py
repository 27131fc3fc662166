"""The one thing that blinks: a sign in the top bar for an empty battery or a full disk, once a second, until somebody has seen it."""

from __future__ import annotations

from ui.qt import QAbstractButton, QColor, QPainter, QPaintEvent, QPen, QRectF, QSize, QSizePolicy, Qt, QTimer, QWidget
from ui.theme.icons import paint_state
from ui.theme.style import Current, advance
from ui.theme.tokens import State

HALF_MS = 500
"""1 Hz: half a second on, half a second off; far below what may harm anybody."""
EDGE = 8
ICON = 18


class AlarmSign(QAbstractButton):
    """Words stay, the icon comes and goes; a click or Space says that it was seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.on = True
        self.blinking = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setInterval(HALF_MS)
        self._timer.timeout.connect(self.turn)
        self.hide()

    def show_words(self, words: str, *, blinking: bool) -> None:
        """Show an alarm, or none ("")."""
        self.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        self.blinking = blinking and bool(words)
        self.on = True
        if self.blinking:
            self._timer.start()
        else:
            self._timer.stop()
        self.updateGeometry()
        self.update()

    def turn(self) -> None:
        """Half a second is over."""
        self.on = not self.on or not self.blinking
        self.update()

    def sizeHint(self) -> QSize:
        """Icon and words."""
        return QSize(advance(self.text(), 14, 700) + ICON + 3 * EDGE, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, icon, words, and the focus."""
        _ = event
        theme, painter = Current.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setBrush(theme.ground(State.BLOCKED))
        painter.setPen(QPen(theme.colour(State.BLOCKED), 3 if self.hasFocus() else 1.5))
        painter.drawRoundedRect(box, 4, 4)
        if self.on:
            place = QRectF(EDGE, (self.height() - ICON) / 2, ICON, ICON)
            paint_state(painter, State.BLOCKED, place, theme.colour(State.BLOCKED))
        painter.setPen(QColor(theme.palette.text))
        painter.setFont(theme.font(14, 700))
        painter.drawText(box.adjusted(ICON + EDGE + 4, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())
