"""A score against its threshold: a bar, a black mark where it must reach, the number and words beside it."""

from __future__ import annotations

from ui.qt import QColor, QFontMetrics, QPainter, QPaintEvent, QRectF, QSize, QSizePolicy, Qt, QWidget
from ui.theme.style import Current
from ui.theme.tokens import State


class ScoreBar(QWidget):
    """0..100 with a mark at the threshold."""

    def __init__(self) -> None:
        super().__init__()
        self._score: float | None = None
        self._needs = 0.0
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_score(self, score: float | None, needs: float, words: str = "") -> None:
        """Show a score; None empties the bar."""
        self._score, self._needs, self._words = score, needs, words
        self.setAccessibleName("" if score is None else f"{score:.0f} {words}")
        self.update()

    def sizeHint(self) -> QSize:
        """One strong line high."""
        return QSize(300, round(Current.theme.scale.strong * 1.7))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bar, mark, number."""
        _ = event
        if self._score is None:
            return
        t, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        number, quiet = t.font(t.scale.strong, 700), t.font(t.scale.caption)
        beside = QFontMetrics(number).horizontalAdvance("100") + 14
        words = QFontMetrics(quiet).horizontalAdvance(self._words) + 10 if self._words else 0
        bar = QRectF(0, self.height() / 2 - 6, self.width() - beside - words - 8, 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(p.surface))
        painter.drawRoundedRect(bar, 6, 6)
        painter.setBrush(t.colour(State.GOOD if self._score >= self._needs else State.RETRY))
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * min(100.0, max(0.0, self._score)) / 100, 12), 6, 6)
        painter.setBrush(QColor(p.text))
        painter.drawRect(QRectF(bar.left() + bar.width() * self._needs / 100 - 1, bar.top() - 5, 3, 22))
        painter.setPen(QColor(p.text))
        painter.setFont(number)
        right = bar.right() + 12
        painter.drawText(QRectF(right, 0, beside, self.height()), Qt.AlignmentFlag.AlignVCenter, f"{self._score:.0f}")
        painter.setFont(quiet)
        painter.drawText(QRectF(right + beside - 6, 0, words, self.height()), Qt.AlignmentFlag.AlignVCenter, self._words)
