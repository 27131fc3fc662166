"""Options in a column, each with its digit; the chosen one is framed and checked."""

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

    def show_options(self, options: Sequence[Option], at: int = 0) -> None:
        """Show options; the first is chosen unless said otherwise."""
        self._options, self._at = tuple(options), min(at, max(0, len(options) - 1))
        self._name()
        self.updateGeometry()
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

    def _high(self) -> int:
        scale = Current.theme.scale
        return round(scale.body * 1.9 + (scale.caption * 1.5 if any(o.second for o in self._options) else 8))

    def sizeHint(self) -> QSize:
        """A row each."""
        theme = Current.theme
        metrics = QFontMetrics(theme.font(theme.scale.body, 600))
        wide = max((metrics.horizontalAdvance(o.text) for o in self._options), default=100)
        return QSize(wide + 90, len(self._options) * (self._high() + 8))

    def minimumSizeHint(self) -> QSize:
        """Never lower than its rows."""
        return QSize(180, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None or not self._options:
            event.ignore()
            return
        self.choose((self._at + step) % len(self._options) + 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch chooses."""
        self.choose(int(event.position().y() // (self._high() + 8)) + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the options."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        high = self._high()
        for index, option in enumerate(self._options):
            box = QRectF(1.5, index * (high + 8) + 1.5, self.width() - 3, high)
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
            text = QRectF(left, box.top(), box.right() - left - (32 if chosen else 8), box.height())
            painter.setFont(theme.font(theme.scale.body, 600))
            painter.setPen(QColor(p.text))
            if option.second:
                half = box.height() * 0.55
                painter.drawText(
                    QRectF(text.left(), text.top() + 2, text.width(), half), Qt.AlignmentFlag.AlignVCenter, option.text
                )
                painter.setFont(theme.font(theme.scale.caption))
                painter.setPen(QColor(p.text2))
                painter.drawText(QRectF(text.left(), text.top() + half - 2, text.width(), box.height() - half), Qt.AlignmentFlag.AlignVCenter,
                                 option.second)  # fmt: skip
            else:
                painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, option.text)
            if chosen:
                paint_state(painter, State.GOOD, QRectF(box.right() - 28, box.center().y() - 8, 16, 16), QColor(p.accent))
