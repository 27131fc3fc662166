"""The cards under a live picture: one for each finger, with its score against its own threshold, and its reason."""

from __future__ import annotations

from station.capture.verdict import PartVerdict, Verdict
from ui.qt import QColor, QHBoxLayout, QPainter, QPaintEvent, QRectF, QSize, Qt, QWidget
from ui.texts import Texts
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.hand import KEYS

SHORT = ("little", "thumb", "index", "middle", "ring")


def short_name(texts: Texts, position: int) -> str:
    """Return a finger's name without its hand (which the title says), empty for a face."""
    return texts(f"ui.short.{SHORT[position % 5]}") if position else ""


def part_state(part: PartVerdict) -> State:
    """Return the state of one finger while it can still be mended: good or adjust."""
    return State.GOOD if part.passed else State.RETRY


class PartCard(QWidget):
    """One finger: key, name, score, bar with the threshold's mark, one word."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._part: PartVerdict | None = None
        self.setMinimumHeight(84)

    def sizeHint(self) -> QSize:
        """A quarter of the live picture."""
        return QSize(190, 92)

    def show_part(self, part: PartVerdict) -> None:
        """Show a verdict."""
        if part != self._part:
            self._part = part
            self.setAccessibleName(f"{self._name(part)} {part.score:.0f} {self._word(part)}")
            self.update()

    def _name(self, part: PartVerdict) -> str:
        return short_name(self._texts, int(part.position)) or self._texts("ui.step.face")

    def _word(self, part: PartVerdict) -> str:
        return self._texts("ui.state.good") if part.passed else self._texts(part.reasons[0] if part.reasons else "low-quality")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        _ = event
        if self._part is None:
            return
        theme, part = Current.theme, self._part
        state = part_state(part)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state is State.RETRY:
            painter.fillRect(self.rect(), theme.ground(state))
        colour = theme.colour(state)
        box = QRectF(self.rect()).adjusted(12, 6, -12, -6)
        painter.setFont(theme.font(theme.scale.body, 600))
        painter.setPen(QColor(theme.palette.text))
        key = KEYS.get(part.position, "")
        painter.drawText(
            box.adjusted(0, 0, -50, -box.height() + 24), Qt.AlignmentFlag.AlignVCenter, f"{key}  {self._name(part)}".strip()
        )
        painter.setPen(colour)
        painter.setFont(theme.font(theme.scale.strong, 700))
        painter.drawText(
            QRectF(box.right() - 50, box.top(), 50, 24),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            f"{part.score:.0f}",
        )
        bar = QRectF(box.left(), box.top() + 30, box.width(), 7)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.palette.states[State.IDLE].ground))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * min(100.0, part.score) / 100, bar.height()), 3, 3)
        painter.setBrush(QColor(theme.palette.text))
        painter.drawRect(QRectF(bar.left() + bar.width() * part.threshold / 100 - 1, bar.top() - 4, 2, bar.height() + 8))
        paint_state(painter, state, QRectF(box.left(), box.top() + 46, 16, 16), colour)
        painter.setPen(colour)
        painter.setFont(theme.font(theme.scale.body, 600))
        painter.drawText(
            QRectF(box.left() + 22, box.top() + 42, box.width() - 22, 26), Qt.AlignmentFlag.AlignVCenter, self._word(part)
        )


class PartCards(QWidget):
    """Up to four cards side by side."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(1)
        self._cards = [PartCard(texts) for _ in range(4)]
        for one in self._cards:
            self._row.addWidget(one)
            one.hide()
        self.setMinimumHeight(92)

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Show each part where it lies, left to right."""
        parts = sorted(verdict.parts, key=lambda p: p.centre[0] if p.centre else 0.0) if verdict is not None else []
        for index, one in enumerate(self._cards):
            one.setVisible(index < len(parts))
            if index < len(parts):
                one.show_part(parts[index])
