"""The cards under a live picture: one for each expected finger, with its score against its own threshold, and its reason."""

from __future__ import annotations

import math

from biometrics.positions import FingerPosition
from station.capture.verdict import PartVerdict, Verdict
from ui.qt import (
    QColor,
    QFont,
    QFontMetrics,
    QHBoxLayout,
    QPainter,
    QPaintEvent,
    QPen,
    QRect,
    QRectF,
    QSize,
    QSizePolicy,
    Qt,
    QWidget,
)
from ui.texts import Texts
from ui.theme.icons import paint_state
from ui.theme.pictograms import paint_pictogram
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.hand import KEYS

SHORT = ("little", "thumb", "index", "middle", "ring")
LINE = 1.7
"""Height of a line of words, in letters."""
ACTION_ICONS = {
    "too-light": "press", "too-heavy": "lift", "tilted": "retake", "off-centre-left": "next", "off-centre-right": "back",
    "off-centre-up": "down", "off-centre-down": "send", "roll-short": "swap", "roll-slipped": "retake",
}  # fmt: skip
"""Reasons whose action has a pictogram of its own."""


def short_name(texts: Texts, position: int) -> str:
    """Return a finger's name without its hand (which the title says), empty for a face."""
    return texts(f"ui.short.{SHORT[position % 5]}") if position else ""


def part_state(part: PartVerdict) -> State:
    """Return the state of one finger while it can still be mended: good or adjust."""
    return State.GOOD if part.passed else State.RETRY


class PartCard(QWidget):
    """One finger: key, name, score, bar with the threshold's mark, one word; empty while it is not seen."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._position = FingerPosition.UNKNOWN
        self._part: PartVerdict | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A quarter of the live picture: name and score, bar, two lines of words."""
        s = Current.theme.scale
        return QSize(190, math.ceil(8 + s.body * LINE + 20 + 2 * s.body * LINE + 4))

    def minimumSizeHint(self) -> QSize:
        """Never lower: the words would be cut."""
        return QSize(120, self.sizeHint().height())

    def words(self) -> list[tuple[QRectF, QFont, str]]:
        """Return what is written below the bar, each with its place: the word, and below it the second language where the word took one
        line only (what to do comes before how it is said in another language)."""
        theme, s = Current.theme, Current.theme.scale
        line = s.body * LINE
        box = QRectF(12 + 22, 8 + line + 20, self.width() - 24 - 22, 2 * line)
        bold = theme.font(s.body, 700)
        fits = QFontMetrics(bold).horizontalAdvance(self._word) <= box.width()
        if not fits:
            small = next((n for n in range(s.body, 11, -1) if self._two_lines(theme.font(n, 700), box)), 11)
            return [(box, theme.font(small, 700), self._word)]
        found = [(QRectF(box.left(), box.top(), box.width(), line), bold, self._word)]
        second, quiet = self._texts.second(self._code).lower(), theme.font(s.caption)
        if second and QFontMetrics(quiet).horizontalAdvance(second) <= box.width():
            found.append((QRectF(box.left(), box.top() + line - 2, box.width(), s.caption * LINE), quiet, second))
        return found

    def _two_lines(self, font: QFont, box: QRectF) -> bool:
        need = QFontMetrics(font).boundingRect(QRect(0, 0, int(box.width()), 1000), int(Qt.TextFlag.TextWordWrap), self._word)
        return need.height() <= box.height() and need.width() <= box.width()

    def show_part(self, position: FingerPosition, part: PartVerdict | None) -> None:
        """Show a verdict, or that this finger is waited for."""
        if (position, part) != (self._position, self._part):
            self._position, self._part = position, part
            self.setAccessibleName(
                f"{self._name} {part.score:.0f} {self._word}" if part is not None else f"{self._name} {self._word}"
            )
            self.update()

    @property
    def _name(self) -> str:
        return short_name(self._texts, int(self._position)) or self._texts("ui.step.face")

    @property
    def _code(self) -> str:
        if self._part is None:
            return "ui.state.idle"
        return "ui.state.good" if self._part.passed else self._part.reasons[0] if self._part.reasons else "low-quality"

    @property
    def _word(self) -> str:
        return self._texts(self._code)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        _ = event
        theme, part, p, s = Current.theme, self._part, Current.theme.palette, Current.theme.scale
        state = part_state(part) if part is not None else State.IDLE
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.ground(state) if state is State.RETRY else QColor(p.surface))
        colour = theme.colour(state)
        box = QRectF(self.rect()).adjusted(12, 8, -12, -4)
        line = s.body * LINE
        left = box.left()
        if key := KEYS.get(self._position, ""):
            frame = QRectF(left, box.top() + 1, line - 2, line - 2)
            painter.setPen(QPen(QColor(p.control), 1.2))
            painter.drawRoundedRect(frame, 4, 4)
            painter.setPen(QColor(p.text))
            painter.setFont(theme.font(s.caption, 700))
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, key)
            left = frame.right() + 8
        painter.setFont(theme.font(s.body, 600))
        painter.setPen(QColor(p.text))
        painter.drawText(QRectF(left, box.top(), box.width(), line), Qt.AlignmentFlag.AlignVCenter, self._name)
        if part is not None:
            painter.setPen(colour)
            painter.setFont(theme.font(s.title - 1, 700))
            painter.drawText(
                QRectF(box.left(), box.top(), box.width(), line),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                f"{part.score:.0f}",
            )
        bar = QRectF(box.left(), box.top() + line + 6, box.width(), 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(p.surface if state is State.RETRY else p.states[State.IDLE].ground))
        painter.drawRoundedRect(bar, 4, 4)
        if part is not None:
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * min(100.0, part.score) / 100, bar.height()), 4, 4)
            painter.setBrush(QColor(p.text))
            painter.drawRect(QRectF(bar.left() + bar.width() * part.threshold / 100 - 1, bar.top() - 4, 2, bar.height() + 8))
        top = bar.bottom() + 6
        if self._code in ACTION_ICONS:
            paint_pictogram(painter, ACTION_ICONS[self._code], QRectF(box.left(), top + 4, 17, 17), colour, 2.0)
        else:
            paint_state(painter, state, QRectF(box.left(), top + 5, 15, 15), colour)
        for index, (where, font, text) in enumerate(self.words()):
            painter.setPen(QColor(p.text2) if index else colour)
            painter.setFont(font)
            flags = Qt.AlignmentFlag.AlignTop if where.height() > line + 1 else Qt.AlignmentFlag.AlignVCenter
            painter.drawText(where, int(flags) | int(Qt.TextFlag.TextWordWrap), text)


class PartCards(QWidget):
    """Up to four cards side by side, in the order in which the fingers lie."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("parts")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # its ground is the hairline between the cards
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 1, 0, 0)
        self._row.setSpacing(1)
        self._cards = [PartCard(texts) for _ in range(4)]
        self._expected: tuple[FingerPosition, ...] = ()
        for one in self._cards:
            self._row.addWidget(one)
            one.hide()

    def expect(self, fingers: tuple[FingerPosition, ...]) -> None:
        """Show an empty card for each finger that is waited for (left to right as they lie on the glass)."""
        left_hand = bool(fingers) and all(int(f) > 5 for f in fingers)
        self._expected = tuple(reversed(fingers)) if left_hand else tuple(sorted(fingers, key=lambda f: (int(f) <= 5, int(f))))
        for index, one in enumerate(self._cards):
            one.setVisible(index < len(self._expected))
            if index < len(self._expected):
                one.show_part(self._expected[index], None)

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Show each part on its finger's card."""
        parts = {p.position: p for p in verdict.parts} if verdict is not None else {}
        for index, position in enumerate(self._expected):
            self._cards[index].show_part(position, parts.get(position))
