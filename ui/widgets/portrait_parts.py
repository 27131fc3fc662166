"""The right side of the portrait's screen: the tries as small pictures, the chip's photo, the light."""

from __future__ import annotations

from collections.abc import Sequence

from station.views.chip_face import ChipFaceView
from station.views.fingers import Try
from station.views.portrait import LampLine
from station.views.portrait_active import ActiveView
from ui.qt import (
    QColor,
    QFrame,
    QHBoxLayout,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QRectF,
    QSize,
    QSizePolicy,
    Qt,
    QVBoxLayout,
    QWidget,
)
from ui.texts import Texts
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import LIGHT, State
from ui.widgets.chips import StateChip, card, label
from ui.widgets.live_view import to_image
from ui.widgets.pictures import SmallPicture

TRY_WIDE, TRY_HIGH = 82, 102
SHOWN = 3


class TryThumbs(QWidget):
    """The last three tries, the best among them framed; places that are still free are dashed."""

    def __init__(self, texts: Texts, size: tuple[int, int] = (TRY_WIDE, TRY_HIGH)) -> None:
        """`size`: width and height of one place, in px."""
        super().__init__()
        self._texts, self._size = texts, size
        self._tries: tuple[Try, ...] = ()
        self._images: dict[int, QImage] = {}
        self._total = SHOWN
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_tries(self, tries: Sequence[Try], total: int) -> None:
        """Show the tries of a step of `total`."""
        best = next((t for t in tries if t.best), None)
        last = list(tries)[-SHOWN:]
        if best is not None and best not in last:
            last[0] = best
        self._tries, self._total = tuple(last), total
        self._images = {t.number: to_image(t.pixels) for t in last if t.pixels is not None}
        self.setAccessibleName("; ".join(f"{self._texts('ui.portrait.try', number=t.number)} {t.score:.0f}" for t in last))
        self.update()

    @property
    def pictured(self) -> list[int]:
        """Numbers of the tries whose picture is shown."""
        return sorted(self._images)

    def sizeHint(self) -> QSize:
        """Three pictures and what is said below them."""
        return QSize(3 * self._size[0] + 2 * 7, self._size[1] + round(Current.theme.scale.caption * 1.9))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw them."""
        _ = event
        theme, p, s = Current.theme, Current.theme.palette, Current.theme.scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        first = self._tries[0].number if self._tries else 1
        # A message over the page takes height from the column: the pictures are smaller then, what is said below them stays.
        part = min(1.0, max(0.3, (self.height() - round(s.caption * 1.9)) / self._size[1]))
        for place in range(min(SHOWN, self._total)):
            wide, high = round(self._size[0] * part), round(self._size[1] * part)
            column = QRectF(place * (self._size[0] + 7), 0, self._size[0], self.height())
            box = QRectF(column.center().x() - wide / 2 + 1.5, 1.5, wide - 3, high - 3)
            one = self._tries[place] if place < len(self._tries) else None
            word = self._texts("ui.portrait.try", number=one.number if one is not None else first + place)
            image = self._images.get(one.number) if one is not None else None
            painter.setBrush(QColor(LIGHT.mat) if image is not None else Qt.BrushStyle.NoBrush)
            style = Qt.PenStyle.SolidLine if one is not None else Qt.PenStyle.DashLine
            best = one is not None and one.best
            painter.setPen(QPen(QColor(p.accent if best else p.control), 3 if best else 1.2, style))
            painter.drawRoundedRect(box, 4, 4)
            if image is not None:
                painter.drawImage(box.adjusted(2, 2, -2, -2), image)
            else:
                painter.setPen(QColor(p.text2))
                painter.setFont(theme.font(s.caption))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
            if one is None:
                continue
            state = State.GOOD if one.passed else State.RETRY
            below = QRectF(column.left(), box.bottom() + 3, column.width(), s.caption * 1.7)
            painter.setPen(theme.colour(state))
            painter.setFont(theme.font(s.caption, 700))
            said = f"{word}: {one.score:.0f}"
            if painter.fontMetrics().horizontalAdvance(said) + 20 > column.width():  # large type: the place says which try it is
                said = f"{one.number}: {one.score:.0f}"
            left = below.center().x() - (painter.fontMetrics().horizontalAdvance(said) + 18) / 2
            paint_state(painter, state, QRectF(left, below.center().y() - 6, 12, 12), theme.colour(state))
            painter.drawText(below.adjusted(left - below.left() + 17, 0, 10, 0), Qt.AlignmentFlag.AlignVCenter, said)


class ChipFaceCard(QFrame):
    """The chip's photo, how alike, and that the officer decides."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        frame, box = card(small=True)
        self._title = label(texts("ui.chip-face.title"), "name", wrap=True)
        box.addWidget(self._title)
        row = QHBoxLayout()
        self.photo = SmallPicture(58, 74)
        row.addWidget(self.photo, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(3)
        self.chip = StateChip(State.IDLE, texts("ui.chip-face.not-compared"))
        words.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignLeft)
        self._note = label("", "caption", wrap=True)
        words.addWidget(self._note)
        words.addStretch(1)
        row.addLayout(words, 1)
        box.addLayout(row)
        column.addWidget(frame)

    def brief(self, brief: bool) -> None:
        """In large type the small words go first."""
        self._note.setVisible(not brief)

    def show_view(self, view: ChipFaceView) -> None:
        """Fill it."""
        year = self._texts("ui.chip-face.title-year", year=view.year) if view.year else self._texts("ui.chip-face.title")
        self._title.setText(year)
        self.photo.show_image(QImage.fromData(view.image) if view.image is not None else None)
        self.photo.setVisible(view.image is not None)
        self.photo.setAccessibleName(year)
        self.chip.set(State(view.tone.value), self._texts(view.word.code, **view.word.values))
        self._note.setText(self._texts(view.note.code, **view.note.values))


class ActiveCard(QFrame):
    """How the blink-and-turn check stands, and what it does not claim."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        frame, box = card(texts("ui.portrait.active"), small=True)
        self.chip = StateChip(State.IDLE, "")
        box.addWidget(self.chip)
        self.note = label("", "caption", wrap=True)
        box.addWidget(self.note)
        column.addWidget(frame)

    def show_view(self, view: ActiveView) -> None:
        """Fill it."""
        self.chip.set(State(view.tone.value), self._texts.of(view.outcome))
        self.note.setText(self._texts.of(view.note))


class LampBars(QWidget):
    """Light on both cheeks and on the wall: name, bar, percent. Painted as one."""

    NAMES = ("left", "right", "background")

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._lines: tuple[LampLine, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_lamps(self, lines: tuple[LampLine, ...]) -> None:
        """Show them; without a face the bars are empty."""
        if lines != self._lines:
            self._lines = lines
            self.setAccessibleName("; ".join(f"{self._texts(f'ui.lamp.{n.name}')} {n.percent} %" for n in lines))
            self.update()

    def sizeHint(self) -> QSize:
        """Three lines."""
        return QSize(240, 3 * round(Current.theme.scale.caption * 1.85))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        _ = event
        theme, p, s = Current.theme, Current.theme.palette, Current.theme.scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(s.caption))
        names = [self._texts(f"ui.lamp.{name}") for name in self.NAMES]
        left = max(painter.fontMetrics().horizontalAdvance(n) for n in names) + 12
        right = painter.fontMetrics().horizontalAdvance("100 %") + 10
        known = {line.name: line for line in self._lines}
        row = self.height() / len(self.NAMES)
        for index, name in enumerate(self.NAMES):
            box = QRectF(0, index * row, self.width(), row)
            painter.setPen(QColor(p.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, names[index])
            bar = QRectF(left, box.center().y() - 4, self.width() - left - right, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.ground(State.IDLE))
            painter.drawRoundedRect(bar, 4, 4)
            line = known.get(name)
            if line is None:
                continue
            painter.setBrush(theme.colour(State(line.tone.value)))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * line.percent / 100, bar.height()), 4, 4)
            painter.setPen(QColor(p.text2))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{line.percent} %")
