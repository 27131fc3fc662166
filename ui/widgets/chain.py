"""A way of steps from top to bottom, done ones joined by a line: who did what, and what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.qt import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPointF, QRect, QRectF, QResizeEvent, QSize, Qt, QWidget
from ui.theme.icons import paint_state
from ui.theme.style import Current, advance
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

    def _left(self) -> float:
        return Current.theme.scale.strong + 16.0

    def _note(self, link: Link, wide: float) -> int:
        """Height of who and when in the width that is left beside the line: two rows where one is too narrow."""
        theme = Current.theme
        room = QRect(0, 0, max(40, int(wide - self._left())), 1000)
        return QFontMetrics(theme.font(theme.scale.caption)).boundingRect(room, Qt.TextFlag.TextWordWrap, link.note).height()

    def _steps(self, wide: float) -> list[int]:
        """Height of each link's place."""
        s, single = Current.theme.scale, QFontMetrics(Current.theme.font(Current.theme.scale.caption)).height()
        least = round((s.body + s.caption) * 1.6 + 12)
        return [least + max(0, self._note(link, wide) - single) for link in self._links]

    def sizeHint(self) -> QSize:
        """One place for each link."""
        s = Current.theme.scale
        words = [advance(x.words, s.body, 600) for x in self._links] + [advance(x.note, s.caption) for x in self._links]
        return QSize(max(180, 40 + max(words, default=0)), sum(self._steps(self.width())))

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its words, never lower than its notes."""
        wide = max((40 + advance(x.words, Current.theme.scale.body, 600) for x in self._links), default=0)
        return QSize(max(180, wide), sum(self._steps(self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower notes are higher."""
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw line, icons, words."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        size, left = theme.scale.strong + 4.0, self._left()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0
        for index, (link, step) in enumerate(zip(self._links, self._steps(self.width()), strict=True)):
            if index + 1 < len(self._links):
                done = link.state is State.GOOD and self._links[index + 1].state is State.GOOD
                painter.setPen(QPen(theme.colour(State.GOOD) if done else QColor(p.border), 2))
                painter.drawLine(QPointF(size / 2, top + size + 4), QPointF(size / 2, top + step))
            paint_state(painter, link.state, QRectF(0, top + 2, size, size), theme.colour(link.state))
            main, small = theme.font(theme.scale.body, 600), theme.font(theme.scale.caption)
            high = QFontMetrics(main).height()
            painter.setFont(main)
            painter.setPen(QColor(p.text if link.state is not State.IDLE else p.text2))
            painter.drawText(QRectF(left, top, self.width() - left, high), Qt.AlignmentFlag.AlignVCenter, link.words)
            painter.setFont(small)
            painter.setPen(QColor(p.text2))
            note = QRectF(left, top + high, self.width() - left, self._note(link, self.width()))
            painter.drawText(note, Qt.TextFlag.TextWordWrap, link.note)
            top += step
