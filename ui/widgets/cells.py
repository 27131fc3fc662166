"""What a table's cell shows beside plain words: a state's chip, words with differing letters, an old value above the new one.

Cells are facts that the table's delegate paints. A widget for each cell would be made, styled and laid out when rows come, on the
window's thread: twelve rows of them stopped it for as long as a person notices.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ui.qt import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPen,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.chips import chip_size, paint_chip

EDGE = 8
"""Left and right of a cell's words, in px."""
ARROW = "→ "


class Painted(ABC):
    """A cell that paints itself; all of it is a fact, so that two rows can be compared."""

    @property
    @abstractmethod
    def spoken(self) -> str:
        """What a screen reader says."""

    @abstractmethod
    def size(self, wide: int) -> QSize:
        """Return the room it needs in a column `wide` px wide."""

    @abstractmethod
    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Draw it into its cell."""


@dataclass(frozen=True, slots=True)
class Chip(Painted):
    """Icon and word on a state's ground, as `StateChip` is."""

    state: State
    text: str
    icon: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return self.text

    def size(self, wide: int) -> QSize:
        """Its own size; in a column `wide` px wide (0: as wide as it likes) long words take as many lines as they need."""
        own = chip_size(self.text) + QSize(2 * EDGE - 4, 6)
        if not wide or own.width() <= wide:
            return own
        pixels = Current.theme.scale.caption + 1
        beside = 2 * EDGE - 4 + round(0.55 * 1.75 * pixels) + 13  # as `paint_chip` places the words
        return QSize(wide, own.height() + round(1.4 * pixels) * (_lines(self.text, pixels, wide - beside) - 1))

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Draw the chip at the left of the cell, in the middle of its height."""
        size = self.size(int(box.width())) - QSize(2 * EDGE - 4, 6)
        at = QRectF(box.left() + EDGE - 2, box.center().y() - size.height() / 2, size.width(), size.height())
        paint_chip(painter, at, self.state, self.text, self.icon)


@lru_cache(512)
def _lines(text: str, pixels: int, wide: int) -> int:
    """How many lines a chip's words take in so many px."""
    metrics = QFontMetrics(Current.theme.font(pixels, 600))
    return max(
        1, round(metrics.boundingRect(0, 0, wide, 10_000, int(Qt.TextFlag.TextWordWrap), text).height() / metrics.lineSpacing())
    )


def widest_chip(words: Iterable[str]) -> int:
    """Return how wide a column must be, in px of the present type scale, for chips with these words."""
    return max((Chip(State.IDLE, word).size(0).width() for word in words), default=0)


@dataclass(frozen=True, slots=True)
class Marked(Painted):
    """Words of which those around `spans` (start, end) stand out: bold, underlined and in the state's colour."""

    text: str
    spans: tuple[tuple[int, int], ...]
    state: State

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return self.text

    def size(self, wide: int) -> QSize:
        """As high as its wrapped lines."""
        return _size(_layout(self.text, self._formats(), wide))

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Draw the words in the middle of the cell's height."""
        _paint(painter, box, _layout(self.text, self._formats(), int(box.width())))

    def _formats(self) -> list[QTextLayout.FormatRange]:
        pair = Current.theme.palette.states[self.state]
        look = QTextCharFormat()
        look.setForeground(QColor(pair.colour))
        look.setBackground(QColor(pair.ground))
        look.setFontWeight(QFont.Weight.Bold)
        look.setFontUnderline(True)
        return [_range(start, end, look) for start, end in sorted({_word(self.text, *span) for span in self.spans})]


@dataclass(frozen=True, slots=True)
class Replaced(Painted):
    """The old value struck through, the new one under it, each as long as it needs to be."""

    old: str
    new: str

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return f"{self.old} {ARROW}{self.new}"

    def size(self, wide: int) -> QSize:
        """As high as both values."""
        return _size(_layout(*self._words(), wide))

    def paint(self, painter: QPainter, box: QRectF) -> None:
        """Draw both values in the middle of the cell's height."""
        _paint(painter, box, _layout(*self._words(), int(box.width())))

    def _words(self) -> tuple[str, list[QTextLayout.FormatRange]]:
        struck, strong = QTextCharFormat(), QTextCharFormat()
        struck.setFontStrikeOut(True)
        struck.setForeground(QColor(Current.theme.palette.text2))
        strong.setFontWeight(QFont.Weight.Bold)
        text = f"{self.old}\N{LINE SEPARATOR}{ARROW}{self.new}"
        begin = len(self.old) + 1 + len(ARROW)
        return text, [_range(0, len(self.old), struck), _range(begin, len(text), strong)]


def _range(start: int, end: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    place = QTextLayout.FormatRange()
    place.start, place.length, place.format = start, end - start, look
    return place


def _layout(text: str, formats: list[QTextLayout.FormatRange], wide: int) -> QTextLayout:
    """Break the words at the width of a cell; lines are placed under one another from 0."""
    layout = QTextLayout(text, Current.theme.font(Current.theme.scale.body))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.setFormats(formats)
    layout.beginLayout()
    high = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(40, wide - 2 * EDGE))
        line.setPosition(QPointF(0, high))
        high += line.height()
    layout.endLayout()
    return layout


def _size(layout: QTextLayout) -> QSize:
    box = layout.boundingRect()
    return QSize(round(box.width()) + 2 * EDGE, round(box.height() + 0.5) + 14)


def _paint(painter: QPainter, box: QRectF, layout: QTextLayout) -> None:
    painter.setPen(QPen(QColor(Current.theme.palette.text)))
    high = layout.boundingRect().height()
    layout.draw(painter, QPointF(box.left() + EDGE, box.center().y() - high / 2))


def _word(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole words around a difference: one letter alone would not be seen."""
    left = text.rfind(" ", 0, start) + 1
    right = text.find(" ", max(end, start + 1) - 1 if end > start else start)
    return left, right if right >= 0 else len(text)


@lru_cache(maxsize=4096)
def plain_high(text: str, pixels: int, weight: int, wide: int) -> int:
    """Height in px that a cell `wide` px wide needs for plain words.

    Remembered: a table asks for every cell again at each change of its width.
    """
    metrics = QFontMetrics(Current.theme.font(pixels, weight))
    return metrics.boundingRect(0, 0, max(40, wide - 2 * EDGE), 2000, int(Qt.TextFlag.TextWordWrap), text).height() + 14


def paint_plain(
    painter: QPainter, box: QRectF, text: str, font: QFont, ink: QColor, side: Qt.AlignmentFlag, *, wrap: bool
) -> None:
    """Draw plain words in the middle of the cell's height, at the left or the right `side`, wrapped where the table wraps."""
    painter.setFont(font)
    painter.setPen(ink)
    flags = Qt.AlignmentFlag.AlignVCenter | side
    painter.drawText(box.adjusted(EDGE, 0, -EDGE, 0), int(flags | Qt.TextFlag.TextWordWrap) if wrap else int(flags), text)
