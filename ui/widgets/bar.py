"""Bars with a black mark: a score against its threshold with the number beside it, the day's dossiers against what is due by now."""

from __future__ import annotations

from ui.qt import QColor, QFontMetrics, QPainter, QPaintEvent, QRectF, QSize, QSizePolicy, Qt, QWidget
from ui.theme.style import Current
from ui.theme.tokens import State


class PaceBar(QWidget):
    """Done of a target, with a mark at what is due by now."""

    def __init__(self) -> None:
        super().__init__()
        self._share = self._due = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float, due: float) -> None:
        """Show shares of the target, 0 to 1."""
        if (share, due) != (self._share, self._due) or not self.accessibleName():
            self._share, self._due = share, due
            self.setAccessibleName(f"{share * 100:.0f} % / {due * 100:.0f} %")
            self.update()

    def sizeHint(self) -> QSize:
        """As high as the mark."""
        return QSize(200, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, bar, mark."""
        _ = event
        p = Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        bar = QRectF(0, self.height() / 2 - 5, self.width(), 10)
        painter.setBrush(Current.theme.ground(State.IDLE))
        painter.drawRoundedRect(bar, 5, 5)
        if self._share > 0:
            painter.setBrush(QColor(p.accent))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(10.0, bar.width() * min(1.0, self._share)), 10), 5, 5)
        painter.setBrush(QColor(p.text))
        painter.drawRect(QRectF(min(bar.right() - 2, bar.left() + bar.width() * self._due), bar.top() - 3, 2, 16))


class ScoreBar(QWidget):
    """0..100 with a mark at the threshold."""

    def __init__(self) -> None:
        super().__init__()
        self._score: float | None = None
        self._needs = 0.0
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_score(self, score: float | None, needs: float, words: str = "") -> None:
        """Show a score; None: there is no bar, and what is said has its room."""
        self.setVisible(score is not None)
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
