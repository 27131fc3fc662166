"""Parts of the home visit: the four parts as tiles, the strip of captures to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.qt import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRectF,
    QSize,
    QSizePolicy,
    Qt,
    QWidget,
    Signal,
)
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.chips import BORDERS


class PartTile(QWidget):
    """One of the four parts: icon and name, how far, one quiet line; a strong border where the work is."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self._far, self._note = name, "", ""
        self._state, self._here = State.IDLE, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_part(self, state: State, far: str, note: str, *, here: bool) -> None:
        """Show how far it is."""
        self._state, self._far, self._note, self._here = state, far, note, here
        self.setAccessibleName(f"{self._name}: {far}. {note}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Three lines."""
        s = Current.theme.scale
        return QSize(190, round(1.45 * (s.body + s.title + s.caption)) + 28)

    def minimumSizeHint(self) -> QSize:
        """Wide enough for its words."""
        t = Current.theme
        wide = max(QFontMetrics(t.font(t.scale.body, 600)).horizontalAdvance(self._name) + t.scale.strong + 12,
                   QFontMetrics(t.font(t.scale.caption)).horizontalAdvance(self._note),
                   QFontMetrics(t.font(t.scale.title, 700)).horizontalAdvance(self._far))  # fmt: skip
        return QSize(wide + 30, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tile."""
        _ = event
        t, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setBrush(QColor(p.surface))
        painter.setPen(QPen(t.colour(State.LIVE), 3) if self._here else QPen(QColor(p.border), 1))
        painter.drawRoundedRect(box, t.scale.radius, t.scale.radius)
        inner = box.adjusted(14, 8, -10, -8)
        state = State.LIVE if self._here else self._state
        size = t.scale.strong + 2.0
        first = QFontMetrics(t.font(t.scale.body, 600)).height()
        paint_state(painter, state, QRectF(inner.left(), inner.top() + (first - size) / 2, size, size), t.colour(state))
        top = inner.top()
        lines = ((self._name, t.font(t.scale.body, 600), p.text, size + 10), (self._far, t.font(t.scale.title, 700), p.text, 0.0),
                 (self._note, t.font(t.scale.caption), p.text2, 0.0))  # fmt: skip
        for text, font, ink, shift in lines:
            high = QFontMetrics(font).height()
            painter.setFont(font)
            painter.setPen(QColor(ink))
            painter.drawText(QRectF(inner.left() + shift, top, inner.width() - shift, high), Qt.AlignmentFlag.AlignVCenter, text)
            top += high


@dataclass(frozen=True, slots=True)
class Stop:
    """One capture in the strip."""

    step: str
    words: str
    short: str
    state: State


class StopStrip(QWidget):
    """All captures as circles; arrows or a touch choose one, any order is allowed at home."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._stops: tuple[Stop, ...] = ()
        self._at = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_stops(self, stops: Sequence[Stop], at: str) -> None:
        """Show the captures; `at` is the one that comes next."""
        self._stops, self._at = tuple(stops), at
        here = next((s.words for s in stops if s.step == at), "")
        self.setAccessibleDescription(here)
        self.updateGeometry()
        self.update()

    def _round(self) -> float:
        return 44.0 if Current.theme.large else 34.0

    def sizeHint(self) -> QSize:
        """Circles and a word under each."""
        return QSize(600, round(self._round() + Current.theme.scale.caption * 1.7 + 20))

    def _place(self, index: int) -> QRectF:
        wide = self.width() / max(1, len(self._stops))
        size = self._round()
        return QRectF(index * wide + wide / 2 - size / 2, 9, size, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the circles."""
        _ = event
        t, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        caption = t.font(t.scale.caption)
        wide = self.width() / max(1, len(self._stops))
        for index, stop in enumerate(self._stops):
            circle = self._place(index)
            style, thick = BORDERS[stop.state]
            painter.setPen(QPen(t.colour(stop.state), thick, style))
            painter.setBrush(t.ground(stop.state))
            painter.drawEllipse(circle)
            if stop.state is State.IDLE:
                painter.setFont(t.font(t.scale.caption, 700))
                painter.setPen(t.colour(State.IDLE))
                painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(index + 1))
            else:
                paint_state(painter, stop.state, circle.adjusted(11, 11, -11, -11), t.colour(stop.state))
            here = stop.step == self._at
            if here:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(p.accent), 3))
                painter.drawEllipse(circle.adjusted(-4, -4, 4, 4))
            painter.setFont(t.font(t.scale.caption, 700) if here else caption)
            painter.setPen(QColor(p.text if here else p.text2))
            label = QRectF(index * wide, circle.bottom() + 5, wide, t.scale.caption * 1.7)
            painter.drawText(label, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, stop.short)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.accent), 3))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), t.scale.radius, t.scale.radius)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose the neighbour."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        names = [s.step for s in self._stops]
        if step is None or not names:
            super().keyPressEvent(event)
            return
        at = names.index(self._at) if self._at in names else 0
        self.chosen.emit(names[(at + step) % len(names)])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch chooses."""
        wide = self.width() / max(1, len(self._stops))
        index = int(event.position().x() // wide) if self._stops else 0
        if 0 <= index < len(self._stops):
            self.chosen.emit(self._stops[index].step)
