"""A stored picture on its light mat: never tinted, inverted or sharpened; larger only in whole proportion."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ui.qt import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen, QRectF, QSize, QSizePolicy, Qt, QWidget
from ui.theme.style import Current
from ui.theme.tokens import LIGHT, State
from ui.widgets.chips import BORDERS
from ui.widgets.live_view import paint_watermark, to_image

LEAST_MARKED = 90
"""Smaller pictures (a face in a head line) have no room for words, px."""


class PicturePane(QWidget):
    """One picture with a caption below, and a border in a state's style where it says something."""

    def __init__(self, name: str, *, least: tuple[int, int] = (150, 150)) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._caption = ""
        self._empty = ""
        self._state: State | None = None
        self.marked = True
        """Whether a demo writes its word over the picture (a printed page bears its own)."""
        self.setAccessibleName(name)
        self.setMinimumSize(*least)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """A hand's width."""
        return QSize(240, 280)

    def show_picture(
        self, pixels: npt.NDArray[np.uint8] | None, caption: str = "", *, empty: str = "", state: State | None = None
    ) -> None:
        """Show pixels (uint8, grey or BGR); without any, the words `empty`."""
        self._image = to_image(pixels) if pixels is not None else None
        self._caption, self._empty, self._state = caption, empty, state
        self.setAccessibleDescription(caption or empty)
        self.update()

    @property
    def shown(self) -> bool:
        """Whether a picture is there."""
        return self._image is not None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw mat, picture, border, caption."""
        _ = event
        theme = Current.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        words = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        metrics = QFontMetrics(theme.font(theme.scale.caption))
        foot = metrics.boundingRect(0, 0, self.width(), 500, words, self._caption).height() + 6 if self._caption else 0
        mat = QRectF(self.rect()).adjusted(2, 2, -2, -2 - foot)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(LIGHT.mat))
        painter.drawRoundedRect(mat, theme.scale.radius, theme.scale.radius)
        if self._image is not None:
            room = mat.adjusted(6, 6, -6, -6)
            scale = min(room.width() / self._image.width(), room.height() / self._image.height())
            wide, high = self._image.width() * scale, self._image.height() * scale
            shown = QRectF(room.center().x() - wide / 2, room.center().y() - high / 2, wide, high)
            painter.drawImage(shown, self._image)
            if self.marked and Current.watermark and min(wide, high) >= LEAST_MARKED:
                paint_watermark(painter, shown, Current.watermark)
        elif self._empty:
            painter.setPen(QColor(LIGHT.text2))
            painter.setFont(theme.font(theme.scale.caption))
            painter.drawText(
                mat.adjusted(8, 8, -8, -8), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty
            )
        if self._state is not None:
            style, width = BORDERS[self._state]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(LIGHT.states[self._state].colour), width, style))
            painter.drawRoundedRect(mat, theme.scale.radius, theme.scale.radius)
        if self._caption:
            painter.setPen(QColor(theme.palette.text2))
            painter.setFont(theme.font(theme.scale.caption))
            painter.drawText(QRectF(0, self.height() - foot, self.width(), foot), words, self._caption)
