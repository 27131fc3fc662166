"""What was captured, small: the face with its facts, ten fingers in two hands, exceptions in their places."""

from __future__ import annotations

from collections.abc import Sequence

from station.views.thumbs import FACE_PX, FINGER_PX, Thumb
from ui.qt import (
    QColor,
    QGridLayout,
    QHBoxLayout,
    QImage,
    QLabel,
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
from ui.theme.style import Current, advance
from ui.theme.tokens import LIGHT, State
from ui.widgets.chips import StateChip, StateIcon, label
from ui.widgets.live_view import to_image
from ui.widgets.parts import short_name
from ui.widgets.pictures import SmallPicture


class FingerThumb(QWidget):
    """One finger: picture on its mat with the score's flag, or the exception's box, or an empty place."""

    def __init__(self, texts: Texts, position: int) -> None:
        super().__init__()
        self._texts, self._position = texts, position
        self._image: QImage | None = None
        self._state, self._word = State.IDLE, ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Picture, and the name below it in the present type."""
        return QSize(FINGER_PX[0] + 2, FINGER_PX[1] + 4 + round(1.6 * Current.theme.scale.caption))

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()

    def show_thumb(self, thumb: Thumb | None, exception: str) -> None:
        """Show a capture or an exception."""
        self._image = to_image(thumb.pixels) if thumb is not None and thumb.pixels is not None else None
        if exception:
            self._state, self._word = State.EXCEPTION, exception
        elif thumb is not None:
            self._state, self._word = (State.RETRY if thumb.flagged else State.GOOD), f"{thumb.score:.0f}"
        else:
            self._state, self._word = State.IDLE, ""
        self.setAccessibleName(f"{self._texts(f'ui.finger.{self._position}')} {self._word}")
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(1, 1, FINGER_PX[0], FINGER_PX[1])
        exception = self._state is State.EXCEPTION
        painter.setBrush(theme.ground(self._state) if exception else QColor(LIGHT.mat))
        painter.setPen(QPen(theme.colour(self._state) if exception else QColor(p.border), 2 if exception else 1))
        painter.drawRoundedRect(box, 4, 4)
        if self._image is not None and not exception:
            painter.drawImage(box.adjusted(1, 1, -1, -1), self._image)
        if exception:
            paint_state(painter, self._state, QRectF(box.center().x() - 9, box.top() + 10, 18, 18), theme.colour(self._state))
            painter.setPen(theme.colour(self._state))
            painter.setFont(theme.font(self._fitting(self._word, box.width() - 4), 700))
            words = QRectF(box.left() + 2, box.top() + 30, box.width() - 4, box.height() - 32)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._word)
        elif self._word:
            pair = LIGHT.states[self._state]
            letters = theme.scale.caption
            wide = min(box.width() - 2, advance(self._word, letters, 700) + 26)
            flag = QRectF(box.right() - wide - 1, box.bottom() - letters - 8, wide, letters + 7)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(pair.ground))
            painter.drawRoundedRect(flag, 3, 3)
            paint_state(painter, self._state, QRectF(flag.left() + 4, flag.center().y() - 5.5, 11, 11), QColor(pair.colour))
            painter.setPen(QColor(pair.colour))
            painter.setFont(theme.font(letters, 700))
            painter.drawText(flag.adjusted(17, 0, -2, 0), Qt.AlignmentFlag.AlignCenter, self._word)
        painter.setPen(QColor(p.text2))
        name = short_name(self._texts, self._position)
        painter.setFont(theme.font(self._fitting(name, self.width(), 400)))
        below = QRectF(0, box.bottom() + 2, self.width(), self.height() - box.bottom() - 2)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, name)

    @staticmethod
    def _fitting(words: str, wide: float, weight: int = 700) -> int:
        """The size of the captions, or one so small that the longest word goes into `wide` px: the picture's width is what it is."""
        most = Current.theme.scale.caption
        longest = max(words.split(), key=len, default="")
        return next((p for p in range(most, 9, -1) if advance(longest, p, weight) <= wide), 9)


class EvidencePanel(QWidget):
    """All of it."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        top = QHBoxLayout()
        self.face = SmallPicture(FACE_PX[0] * 3 // 4, FACE_PX[1] * 3 // 4)
        top.addWidget(self.face, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(5)
        top.addLayout(self._facts, 1)
        column.addLayout(top)
        self._told: object = None
        self._below = QVBoxLayout()
        self._below.setSpacing(5)
        column.addLayout(self._below)
        self._fingers: dict[int, FingerThumb] = {}
        for word, positions in (("ui.hand.right.short", range(1, 6)), ("ui.hand.left.short", range(6, 11))):
            column.addWidget(label(texts(word), "caption"))
            grid = QGridLayout()
            grid.setHorizontalSpacing(3)
            grid.setContentsMargins(0, 0, 0, 0)
            for place, position in enumerate(positions):
                thumb = FingerThumb(texts, position)
                grid.addWidget(thumb, 0, place)
                self._fingers[position] = thumb
            column.addLayout(grid)

    def show_evidence(self, thumbs: Sequence[Thumb], exceptions: dict[int, str], facts: Sequence[tuple[State, str]]) -> None:
        """Show captures, exceptions (their short words) and the facts beside the face."""
        by_position = {t.position: t for t in thumbs}
        face = by_position.get(0)
        self.face.show_pixels(face.pixels if face is not None else None)
        for position, widget in self._fingers.items():
            widget.show_thumb(by_position.get(position), exceptions.get(position, ""))
        told = (tuple(facts), Current.theme.large)
        if told == self._told:
            return
        self._told = told
        for place in (self._facts, self._below):
            while place.count():
                taken = place.takeAt(0)
                old = taken.widget() if taken is not None else None
                if old is not None:
                    old.deleteLater()
        # Beside the face in desk type; large words are wider than that place.
        target = self._below if Current.theme.large else self._facts
        for state, words in facts:
            target.addWidget(StateChip(state, words))
        self._facts.addStretch(1)


class MirrorLines(QWidget):
    """The lines of the applicant's screen, small: state, field, value under one another, so that the officer sees what they see."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        self._rows: list[tuple[StateIcon, QLabel, QLabel]] = []

    def show_lines(self, lines: Sequence[tuple[State, str, str]]) -> None:
        """Show state, field and value of each line."""
        while len(self._rows) < len(lines):
            row = (StateIcon(State.IDLE, 14), label("", "caption", wrap=True), label("", "value", wrap=True))
            row[1].setMinimumWidth(84)
            row[1].setMaximumWidth(96)
            for column, widget in enumerate(row):
                self._grid.addWidget(widget, len(self._rows), column, Qt.AlignmentFlag.AlignTop)
            self._rows.append(row)
        for index, (icon, field, value) in enumerate(self._rows):
            there = index < len(lines)
            for widget in (icon, field, value):
                widget.setVisible(there)
            if there:
                icon.set_state(lines[index][0])
                field.setText(lines[index][1])
                value.setText(lines[index][2])
