"""A pictogram or a small picture as a widget."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ui.qt import QColor, QImage, QPainter, QPaintEvent, QPen, QRectF, QWidget
from ui.theme.pictograms import paint_pictogram
from ui.theme.style import Current
from ui.theme.tokens import LIGHT, State
from ui.widgets.live_view import to_image


class Picture(QWidget):
    """A pictogram in the bar's (or a given tint's) colour."""

    def __init__(self, name: str, size: int = 20, tint: str = "on_bar") -> None:
        super().__init__()
        self._name, self._tint = name, tint
        self.setFixedSize(size, size)

    def show_name(self, name: str, tint: str = "") -> None:
        """Show another pictogram."""
        if (name, tint or self._tint) != (self._name, self._tint):
            self._name, self._tint = name, tint or self._tint
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        _ = event
        painter = QPainter(self)
        palette = Current.theme.palette
        if self._tint.startswith("#"):
            colour = self._tint
        elif self._tint.startswith("state:"):
            colour = palette.states[State(self._tint.removeprefix("state:"))].colour
        else:
            colour = str(getattr(palette, self._tint))
        paint_pictogram(painter, self._name, QRectF(1, 1, self.width() - 2, self.height() - 2), QColor(colour))


class SmallPicture(QWidget):
    """A biometric picture on its light mat, untinted in both themes; a pictogram while there is none."""

    def __init__(self, width: int, height: int, empty: str = "person") -> None:
        super().__init__()
        self._image: QImage | None = None
        self._empty = empty
        self.setFixedSize(width, height)

    def show_pixels(self, pixels: npt.NDArray[np.uint8] | None) -> None:
        """Show grey or BGR pixels."""
        self._image = to_image(pixels) if pixels is not None else None
        self.update()

    def show_image(self, image: QImage | None) -> None:
        """Show a picture that was decoded elsewhere; one that could not be decoded is none."""
        self._image = image if image is not None and not image.isNull() else None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it, whole, in the middle."""
        _ = event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(Current.theme.palette.border), 1))
        painter.setBrush(QColor(LIGHT.mat))
        painter.drawRoundedRect(box, 4, 4)
        if self._image is None:
            side = min(box.width(), box.height()) * 0.5
            where = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
            paint_pictogram(painter, self._empty, where, QColor(LIGHT.text2))
            return
        scale = min((box.width() - 2) / self._image.width(), (box.height() - 2) / self._image.height())
        wide, high = self._image.width() * scale, self._image.height() * scale
        painter.drawImage(QRectF(box.center().x() - wide / 2, box.center().y() - high / 2, wide, high), self._image)
