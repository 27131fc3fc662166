"""Options in a column, each with its digit; the chosen one is framed and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.qt import (
    QColor,
    QEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRect,
    QRectF,
    QResizeEvent,
    QSize,
    QSizePolicy,
    Qt,
    QWidget,
    Signal,
)
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import State

GAP = 8
TAKEN = 80
"""Px that the digit at the left and the mark at the right take from the words."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its code, words, small second line."""

    code: str
    text: str
    second: str = ""


class OptionList(QWidget):
    """Digits or arrows choose; `changed(code)`."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._options: tuple[Option, ...] = ()
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def chosen(self) -> str:
        """The chosen option's code, "" when there is none."""
        return self._options[self._at].code if self._options else ""

    @property
    def options(self) -> tuple[Option, ...]:
        """What is offered."""
        return self._options

    @property
    def number(self) -> int:
        """The chosen option's digit, 0 when there is none."""
        return self._at + 1 if self._options else 0

    @property
    def chosen_box(self) -> QRectF:
        """The chosen option's frame, px from the list's corner; empty when there is none."""
        return self._boxes()[self._at] if self._options else QRectF()

    def show_options(self, options: Sequence[Option], at: int = 0) -> None:
        """Show options; the first is chosen unless said otherwise."""
        self._options, self._at = tuple(options), min(at, max(0, len(options) - 1))
        self._name()
        self._fit()
        self.update()

    def choose(self, number: int) -> bool:
        """Choose by digit (1 is the first)."""
        if not 1 <= number <= len(self._options):
            return False
        self._at = number - 1
        self._name()
        self.update()
        self.changed.emit(self.chosen)
        return True

    def _name(self) -> None:
        self.setAccessibleName(self._options[self._at].text if self._options else "")

    def _words(self, option: Option, wide: float) -> tuple[float, float]:
        """Return how high the option's words and its second line are when they wrap in `wide` px."""
        theme = Current.theme
        room = QRect(0, 0, max(40, int(wide)), 10_000)

        def high(text: str, pixels: float, weight: int) -> float:
            metrics = QFontMetrics(theme.font(round(pixels), weight))
            return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).height() if text else 0.0

        return high(option.text, theme.scale.body, 600), high(option.second, theme.scale.caption, 400)

    def _boxes(self) -> list[QRectF]:
        """Return the frame of each option: a line or two as in the mock-up, more where the words need it."""
        scale = Current.theme.scale
        least = round(scale.body * 1.9 + (scale.caption * 1.5 if any(o.second for o in self._options) else 8))
        found, top = [], 1.5
        for option in self._options:
            high = max(least, sum(self._words(option, self.width() - TAKEN)) + 8)
            found.append(QRectF(1.5, top, self.width() - 3, high))
            top += high + GAP
        return found

    def _fit(self) -> None:
        boxes = self._boxes()
        self.setFixedHeight(round(boxes[-1].bottom() + GAP) if boxes else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower words are higher."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """So are larger ones."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.StyleChange, QEvent.Type.FontChange}:
            self._fit()

    def sizeHint(self) -> QSize:
        """As wide as the longest words in one line."""
        theme = Current.theme
        metrics = QFontMetrics(theme.font(theme.scale.body, 600))
        return QSize(max((metrics.horizontalAdvance(o.text) for o in self._options), default=100) + 90, self.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a word."""
        return QSize(180, self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None or not self._options:
            event.ignore()
            return
        self.choose((self._at + step) % len(self._options) + 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch chooses."""
        for index, box in enumerate(self._boxes()):
            if box.contains(event.position()):
                self.choose(index + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the options."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, (option, box) in enumerate(zip(self._options, self._boxes(), strict=True)):
            chosen = index == self._at
            painter.setPen(
                QPen(QColor(p.accent if chosen else p.border), 3 if chosen and self.hasFocus() else 2 if chosen else 1)
            )
            painter.setBrush(QColor(p.accent_soft if chosen else p.surface))
            painter.drawRoundedRect(box, theme.scale.radius, theme.scale.radius)
            key = QRectF(box.left() + 10, box.center().y() - 11, 22, 22)
            painter.setPen(QPen(QColor(p.text), 1.2))
            painter.setBrush(QColor(p.surface))
            painter.drawRoundedRect(key, 4, 4)
            painter.setFont(theme.font(theme.scale.caption, 700))
            painter.drawText(key, Qt.AlignmentFlag.AlignCenter, str(index + 1))
            left = key.right() + 12
            wide = self.width() - TAKEN
            first, second = self._words(option, wide)
            text = QRectF(left, box.center().y() - (first + second) / 2, wide, first)
            painter.setFont(theme.font(theme.scale.body, 600))
            painter.setPen(QColor(p.text))
            painter.drawText(text, Qt.TextFlag.TextWordWrap, option.text)
            painter.setFont(theme.font(theme.scale.caption))
            painter.setPen(QColor(p.text2))
            painter.drawText(QRectF(left, text.bottom(), wide, second), Qt.TextFlag.TextWordWrap, option.second)
            if chosen:
                paint_state(painter, State.GOOD, QRectF(box.right() - 28, box.center().y() - 8, 16, 16), QColor(p.accent))
