"""A frame on a state's ground. It paints itself: a style sheet would style it and all it holds anew at every change of the state."""

from __future__ import annotations

from ui.qt import QFrame, QPainter, QPaintEvent, QPen, QRectF, Qt, QWidget
from ui.theme.style import Current
from ui.theme.tokens import State

LINES = {
    State.IDLE: (Qt.PenStyle.DashLine, 1.0),
    State.LIVE: (Qt.PenStyle.SolidLine, 2.0),
    State.GOOD: (Qt.PenStyle.SolidLine, 2.0),
    State.RETRY: (Qt.PenStyle.DashLine, 3.0),
    State.BLOCKED: (Qt.PenStyle.SolidLine, 3.0),
    State.EXCEPTION: (Qt.PenStyle.SolidLine, 2.0),
}
EDGE = 3
"""Room for the widest line, so that nothing moves when the state changes."""


class StatePanel(QFrame):
    """Ground and border of a state around whatever layout it is given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = State.IDLE
        self.setContentsMargins(EDGE, EDGE, EDGE, EDGE)

    def show_state(self, state: State) -> None:
        """Stand on another state's ground."""
        if state is not self.state:
            self.state = state
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and border."""
        _ = event
        theme = Current.theme
        style, width = LINES[self.state]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.ground(self.state))
        painter.setPen(QPen(theme.colour(self.state), width, style))
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), theme.scale.radius, theme.scale.radius)
