"""A way of steps from top to bottom, done ones joined by a line: who did what, and what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.qt import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPointF, QRectF, QSize, Qt, QWidget
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import State


@dataclass(frozen=True, slots=True)
class Link:
    """One step: its words, who and when, its state."""

    words: str
    note: str
    state: State


class Chain(QWidget):
    """Draws the links."""

    def __init__(self) -> None:
        super().__init__()
        self._links: tuple[Link, ...] = ()

    def show_links(self, links: Sequence[Link]) -> None:
        """Show the way."""
        self._links = tuple(links)
        self.setAccessibleName(". ".join(f"{x.words}: {x.note}" for x in links))
        self.updateGeometry()
        self.update()

    def _step(self) -> int:
        s = Current.theme.scale
        return round((s.body + s.caption) * 1.6 + 12)

    def sizeHint(self) -> QSize:
        """One place for each link."""
        theme = Current.theme
        wide = 180
        for link in self._links:
            wide = max(wide, 40 + QFontMetrics(theme.font(theme.scale.body, 600)).horizontalAdvance(link.words),
                       40 + QFontMetrics(theme.font(theme.scale.caption)).horizontalAdvance(link.note))  # fmt: skip
        return QSize(wide, self._step() * max(1, len(self._links)))

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its words."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw line, icons, words."""
        _ = event
        theme, p, step = Current.theme, Current.theme.palette, self._step()
        size = theme.scale.strong + 4.0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, link in enumerate(self._links):
            top = index * step
            if index + 1 < len(self._links):
                done = link.state is State.GOOD and self._links[index + 1].state is State.GOOD
                painter.setPen(QPen(theme.colour(State.GOOD) if done else QColor(p.border), 2))
                painter.drawLine(QPointF(size / 2, top + size + 4), QPointF(size / 2, top + step))
            paint_state(painter, link.state, QRectF(0, top + 2, size, size), theme.colour(link.state))
            main, small = theme.font(theme.scale.body, 600), theme.font(theme.scale.caption)
            high = QFontMetrics(main).height()
            painter.setFont(main)
            painter.setPen(QColor(p.text if link.state is not State.IDLE else p.text2))
            painter.drawText(QRectF(size + 12, top, self.width() - size - 12, high), Qt.AlignmentFlag.AlignVCenter, link.words)
            painter.setFont(small)
            painter.setPen(QColor(p.text2))
            painter.drawText(QRectF(size + 12, top + high, self.width() - size - 12, QFontMetrics(small).height()),
                             Qt.AlignmentFlag.AlignVCenter, link.note)  # fmt: skip
