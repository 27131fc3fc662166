"""Buttons that show their key. A key acts once per press; a second F12 within 400 ms is dropped (ui rules, section 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ui.qt import QAbstractButton, QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QRectF, QSize, QSizePolicy, Qt, QWidget
from ui.theme.style import Current


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a screen can do: id, words in the main and the second language, the key's name, what it calls."""

    name: str
    text: str
    second: str
    key: str
    run: Callable[[], None]
    enabled: bool = True
    primary: bool = False


class ActionButton(QAbstractButton):
    """Two lines (main language, second language) and the key in a small frame."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.action = action
        self.setEnabled(action.enabled)
        self.setAccessibleName(action.text)
        self.setAccessibleDescription(f"{action.second} ({action.key})")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(action.run)

    def sizeHint(self) -> QSize:
        """As wide as both lines and the key need."""
        theme = Current.theme
        main = QFontMetrics(theme.font(self._main_px(), 700 if self.action.primary else 600))
        small = QFontMetrics(theme.font(theme.scale.caption))
        key = QFontMetrics(theme.font(theme.scale.caption, 700)).horizontalAdvance(self.action.key) + 14
        wide = max(main.horizontalAdvance(self.action.text), small.horizontalAdvance(self.action.second))
        return QSize(wide + key + 44, max(theme.scale.button, round(1.6 * (main.height() * 0.75 + small.height() * 0.8))))

    def _main_px(self) -> int:
        scale = Current.theme.scale
        return scale.strong if self.action.primary else scale.body

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, words, key and the focus ring."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5)
        enabled, primary = self.isEnabled(), self.action.primary
        ground = p.accent if primary and enabled else (p.surface if enabled else theme.palette.surface2)
        ink = p.on_accent if primary and enabled else (p.text if enabled else p.text2)
        painter.setBrush(QColor(ground))
        painter.setPen(QPen(QColor(p.accent if primary and enabled else p.control), 1))
        painter.drawRoundedRect(box, theme.scale.radius, theme.scale.radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.accent), 3))
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), theme.scale.radius + 2, theme.scale.radius + 2
            )
        key_font = theme.font(theme.scale.caption, 700)
        key_wide = QFontMetrics(key_font).horizontalAdvance(self.action.key) + 12
        key_box = QRectF(box.right() - key_wide - 10, box.center().y() - 11, key_wide, 22)
        painter.setPen(QPen(QColor(ink), 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(key_box, 4, 4)
        painter.setFont(key_font)
        painter.drawText(key_box, Qt.AlignmentFlag.AlignCenter, self.action.key)
        text_box = QRectF(box.left() + 14, box.top(), key_box.left() - box.left() - 22, box.height())
        painter.setFont(theme.font(self._main_px(), 700 if primary else 600))
        if self.action.second:
            half = box.height() * 0.56
            painter.drawText(
                QRectF(text_box.left(), text_box.top(), text_box.width(), half), Qt.AlignmentFlag.AlignBottom, self.action.text
            )
            painter.setFont(theme.font(theme.scale.caption))
            painter.drawText(QRectF(text_box.left(), text_box.top() + half, text_box.width(), box.height() - half),
                             Qt.AlignmentFlag.AlignTop, self.action.second)  # fmt: skip
        else:
            painter.drawText(text_box, Qt.AlignmentFlag.AlignVCenter, self.action.text)
