"""Buttons that show their key. A key acts once per press; a second F12 within 400 ms is dropped (ui rules, section 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ui.qt import QAbstractButton, QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QRectF, QSize, QSizePolicy, Qt, QWidget
from ui.theme.pictograms import paint_pictogram
from ui.theme.style import Current, advance, line_high
from ui.theme.tokens import State


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a screen can do: id, words in the main and the second language, its standard key, what it calls; `shown` is the key that is
    really bound, as it is written on the button (empty: the standard one)."""

    name: str
    text: str
    second: str
    key: str
    run: Callable[[], None]
    enabled: bool = True
    primary: bool = False
    icon: str = ""
    shown: str = ""

    @property
    def key_text(self) -> str:
        """The key as it is written on the button."""
        return self.shown or self.key


ICONS = {
    "F4": "retake",
    "F7": "diamond",
    "F8": "person",
    "F9": "pause",
    "Shift+F12": "back",
    "F5": "tool",
    "F6": "next",
    "F3": "warning",
}
"""The pictogram of a standard key where the action names none."""


class ActionButton(QAbstractButton):
    """A pictogram, two lines (main language, second language) and the key in a small frame."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._compact = False
        self.bare = False
        """Whether the pictogram is left out too."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._run)
        self.offer(action)

    def _run(self) -> None:
        self.action.run()

    def offer(self, action: Action) -> None:
        """Stand for this action from now on."""
        self.action = action
        self.setEnabled(action.enabled)
        self.setAccessibleName(action.text)
        self.setAccessibleDescription(f"{action.second} ({action.key_text})")
        self.update()

    @property
    def compact(self) -> bool:
        """Whether the second line is left out (the window is too narrow for it; a screen reader still has it)."""
        return self._compact

    @compact.setter
    def compact(self, compact: bool) -> None:
        self._compact = compact
        self.update()

    @property
    def second(self) -> str:
        """The second line as it is drawn."""
        return "" if self._compact else self.action.second

    def minimumSizeHint(self) -> QSize:
        """Never smaller than its words."""
        return self.sizeHint()

    @property
    def _icon(self) -> str:
        return "" if self.bare else self.action.icon or ICONS.get(self.action.key, "")

    def sizeHint(self) -> QSize:
        """As wide as both lines and the key need."""
        scale = Current.theme.scale
        pixels, weight = self._main_px(), 700 if self.action.primary else 600
        key = advance(self.action.key_text, scale.caption, 700) + 14 if self.action.key_text else 0
        wide = max(advance(self.action.text, pixels, weight), advance(self.second, scale.caption))
        icon = self._icon_px() + 10 if self._icon else 0
        low = min(scale.button, 64) if self._compact else scale.button
        small = 0.9 * line_high(scale.caption) if self.second else 0
        return QSize(wide + key + icon + 42, max(low, round(1.45 * line_high(pixels, weight) + small)))

    def _icon_px(self) -> int:
        """The pictogram grows with the words, up to the size of home-visit mode."""
        return round(1.28 * Current.theme.tight.body)

    def _main_px(self) -> int:
        scale = Current.theme.scale
        return scale.strong if self.action.primary else scale.body

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, pictogram, words, key and the focus ring."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5)
        enabled, primary = self.isEnabled(), self.action.primary
        strong = primary and enabled
        ink = QColor(p.on_accent if strong else p.text if enabled else p.text2)
        painter.setBrush(QColor(p.accent if strong else p.surface if enabled else p.states[State.IDLE].ground))
        painter.setPen(QPen(QColor(p.accent if strong else p.control if enabled else p.border), 1))
        painter.drawRoundedRect(box, theme.scale.radius, theme.scale.radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.accent), 3))
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), theme.scale.radius + 2, theme.scale.radius + 2
            )
        key_font = theme.font(theme.scale.caption, 700)
        key_metrics = QFontMetrics(key_font)
        key_wide = key_metrics.horizontalAdvance(self.action.key_text) + 12
        key_high = key_metrics.height() + 5
        key_box = QRectF(box.right() - key_wide - 10, box.center().y() - key_high / 2, key_wide, key_high)
        if self.action.key_text:
            painter.setPen(QPen(ink, 1.3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(key_box, 4, 4)
            painter.setFont(key_font)
            painter.drawText(key_box, Qt.AlignmentFlag.AlignCenter, self.action.key_text)
        else:
            key_box.setLeft(key_box.right())
        left = box.left() + 12
        if self._icon:
            size = self._icon_px()
            paint_pictogram(painter, self._icon, QRectF(left, box.center().y() - size / 2, size, size), ink)
            left += size + 10
        self._words(painter, QRectF(left, box.top(), key_box.left() - left - 8, box.height()), ink)

    def _words(self, painter: QPainter, box: QRectF, ink: QColor) -> None:
        theme = Current.theme
        main = theme.font(self._main_px(), 700 if self.action.primary else 600)
        painter.setPen(ink)
        painter.setFont(main)
        if not self.second:
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.action.text)
            return
        small = theme.font(theme.scale.caption)
        first, second = QFontMetrics(main), QFontMetrics(small)
        gap = -4
        top = box.center().y() - (first.height() + second.height() + gap) / 2
        painter.drawText(QRectF(box.left(), top, box.width(), first.height()), Qt.AlignmentFlag.AlignVCenter, self.action.text)
        painter.setFont(small)
        painter.drawText(QRectF(box.left(), top + first.height() + gap, box.width(), second.height()), Qt.AlignmentFlag.AlignVCenter,
                         self.second)  # fmt: skip
