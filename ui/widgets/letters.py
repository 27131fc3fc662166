"""Two spellings, letter by letter, the differing ones framed: so that a hook is not mistaken for a dot."""

from __future__ import annotations

from ui.qt import QColor, QPainter, QPaintEvent, QPen, QRectF, QSize, QSizePolicy, Qt, QWidget
from ui.theme.style import Current
from ui.theme.tokens import State

ROW = 8
"""Letters that stand in one row of the narrowest place."""
MOST = 14
"""Letters that are shown at once: a word so long takes two rows."""


class Letters(QWidget):
    """The word with a difference and what fits beside it, each letter in a box."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._marked = frozenset[int]()
        self._state = State.BLOCKED
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str, spans: tuple[tuple[int, int], ...], state: State = State.BLOCKED) -> None:
        """Show `text` with the letters in `spans` (start, end) marked as the row's `state` is; a long one is cut around the first mark."""
        self._state = state
        marked = {i for start, end in spans for i in range(start, max(end, start + 1))}
        start, end = 0, len(text)
        if end > ROW:  # the word with the first mark, and the whole words after it that stand in the same row
            start = text.rfind(" ", 0, max(0, min(marked, default=0))) + 1
            end = _word_end(text, start)
            while end < len(text) and (further := _word_end(text, end + 1)) - start <= ROW:
                end = further
            end = min(end, start + MOST)
        self._text = text[start:end]
        self._marked = frozenset(i - start for i in marked)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    @property
    def shown(self) -> str:
        """The letters that are drawn."""
        return self._text

    def _side(self) -> int:
        return round(Current.theme.scale.title * 1.55)

    def sizeHint(self) -> QSize:
        """A row, or two when it is long."""
        return QSize(ROW * self._side(), self._side() * (2 if len(self._text) > ROW else 1) + 4)

    def minimumSizeHint(self) -> QSize:
        """Never lower than its letters."""
        return QSize(100, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the letters."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # In a narrow place they are smaller: a letter that is cut could be the one that differs.
        side = min(float(self._side()), self.width() / max(1, min(len(self._text), ROW)))
        per_row = max(ROW, int(self.width() // side))
        for index, letter in enumerate(self._text):
            line, column = divmod(index, per_row)
            box = QRectF(column * side + 1.5, line * side + 1.5, side - 4, side - 3)
            differs = index in self._marked
            painter.setPen(QPen(theme.colour(self._state), 2) if differs else Qt.PenStyle.NoPen)
            painter.setBrush(theme.ground(self._state) if differs else QColor(p.surface2))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(theme.colour(self._state) if differs else QColor(p.text))
            painter.setFont(theme.font(round(min(theme.scale.title - 1, side * 0.62)), 700))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)


def _word_end(text: str, start: int) -> int:
    end = text.find(" ", start)
    return end if end >= 0 else len(text)
