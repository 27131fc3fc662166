"""Small pieces that say a state: a chip (icon, word, border, ground), a banner, labels of the type scale."""

from __future__ import annotations

from ui.qt import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPainter,
    QPaintEvent,
    QPen,
    QRectF,
    QSize,
    QSizePolicy,
    Qt,
    QVBoxLayout,
    QWidget,
)
from ui.theme.icons import paint_state
from ui.theme.pictograms import paint_pictogram
from ui.theme.style import Current, advance
from ui.theme.tokens import State
from ui.widgets.state_panel import StatePanel

BORDERS = {
    State.IDLE: (Qt.PenStyle.DashLine, 1.5),
    State.LIVE: (Qt.PenStyle.SolidLine, 2.0),
    State.GOOD: (Qt.PenStyle.SolidLine, 2.0),
    State.RETRY: (Qt.PenStyle.DashLine, 3.0),
    State.BLOCKED: (Qt.PenStyle.SolidLine, 3.0),
    State.EXCEPTION: (Qt.PenStyle.SolidLine, 2.0),
}


def label(text: str = "", kind: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label of the type scale: ``caption``, ``strong``, ``title``, ``number``, ``hero`` or body."""
    widget = QLabel(text)
    if kind:
        widget.setObjectName(kind)
    widget.setWordWrap(wrap)
    return widget


class StateIcon(QWidget):
    """The icon of a state alone."""

    def __init__(self, state: State = State.IDLE, size: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._size = size
        self.setFixedSize(size, size)

    def set_state(self, state: State) -> None:
        """Show another state."""
        if state != self._state:
            self._state = state
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon."""
        _ = event
        painter = QPainter(self)
        paint_state(painter, self._state, QRectF(1, 1, self._size - 2, self._size - 2), Current.theme.colour(self._state))


class StateChip(QWidget):
    """Icon and word on the state's ground."""

    def __init__(self, state: State = State.IDLE, text: str = "", parent: QWidget | None = None, *, icon: str = "") -> None:
        """`icon`: a pictogram in place of the state's own icon (the four words of the queue have theirs)."""
        super().__init__(parent)
        self._state, self._text, self._pictogram = state, text, icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def set(self, state: State, text: str) -> None:
        """Show another state and word."""
        if (state, text) != (self._state, self._text):
            self._state, self._text = state, text
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def text(self) -> str:
        """The word shown."""
        return self._text

    def state(self) -> State:
        """The state shown."""
        return self._state

    def sizeHint(self) -> QSize:
        """Wide enough for the whole word, 1.6 times as high as its letters."""
        return chip_size(self._text)

    def minimumSizeHint(self) -> QSize:
        """Never narrower: a state word is not elided."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, border, icon, word; without a word there is nothing to say."""
        _ = event
        if self._text:
            paint_chip(QPainter(self), QRectF(self.rect()), self._state, self._text, self._pictogram)


def chip_size(text: str) -> QSize:
    """Return the size of a chip with this word: wide enough for the whole of it, 1.75 times as high as its letters."""
    pixels = Current.theme.scale.caption + 1
    high = round(1.75 * pixels)
    return QSize(advance(text, pixels, 600) + high + 14, high)


def paint_chip(painter: QPainter, box: QRectF, state: State, text: str, pictogram: str = "") -> None:
    """Draw a chip into `box`: ground and border of the state, its icon (or a pictogram in its place), the word."""
    theme = Current.theme
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    style, width = BORDERS[state]
    painter.setBrush(theme.ground(state))
    pen = QPen(theme.colour(state), min(width, 1.6), style)
    painter.setPen(pen if state in (State.IDLE, State.RETRY) else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
    icon = min(box.height(), 1.75 * (theme.scale.caption + 1)) * 0.55
    place = QRectF(box.left() + 7, box.top() + (box.height() - icon) / 2, icon, icon)
    if pictogram:
        paint_pictogram(painter, pictogram, place.adjusted(-1, -1, 1, 1), theme.colour(state), 2.0)
    else:
        paint_state(painter, state, place, theme.colour(state))
    painter.setPen(theme.colour(state))
    painter.setFont(theme.font(theme.scale.caption + 1, 600))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    painter.drawText(box.adjusted(round(icon) + 13, 0, 0, 0), int(flags), text)


class Banner(StatePanel):
    """One instruction: icon, a large first line (what to do), a second line (why, or the other language)."""

    def __init__(self, parent: QWidget | None = None, *, small: bool = False) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(14)
        self._icon = StateIcon(State.IDLE, 20 if small else 26)
        self._main = label("", "strong" if small else "said", wrap=True)
        self._second = label("", "caption", wrap=True)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self._main)
        column.addWidget(self._second)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(column, 1)
        self.say(State.IDLE, "", "")

    def say(self, state: State, main: str, second: str = "") -> None:
        """Show one instruction."""
        self.show_state(state)
        self._icon.set_state(state)
        if self._main.text() != main:
            self._main.setText(main)
            self.setAccessibleName(main)
        if self._second.text() != second:
            self._second.setText(second)
        self._second.setVisible(bool(second))

    def text(self) -> str:
        """The instruction shown."""
        return self._main.text()


def card(title: str = "", *, right: str = "", small: bool = False) -> tuple[QFrame, QVBoxLayout]:
    """Return a card and the layout to fill; `right` is a caption at the right of the title, `small` a card with a quiet title."""
    frame = QFrame()
    frame.setObjectName("card")
    box = QVBoxLayout(frame)
    box.setContentsMargins(14, 8 if small else 12, 14, 8 if small else 12)
    box.setSpacing(4 if small else 8)
    if title:
        row = QHBoxLayout()
        row.addWidget(label(title, "name" if small else "strong"))
        row.addStretch(1)
        if right:
            row.addWidget(label(right, "caption"))
        box.addLayout(row)
    return frame, box
