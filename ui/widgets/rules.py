"""The portrait's rules, a line each: state, words, what was measured; a broken one is tall and says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from station.views.portrait import RuleLine
from ui.qt import QColor, QPainter, QPaintEvent, QPen, QPointF, QRectF, QSize, QSizePolicy, Qt, QWidget
from ui.texts import Texts
from ui.theme.icons import paint_state
from ui.theme.style import Current
from ui.theme.tokens import State

_TALL = 1.45
"""How much taller a broken rule's row is than another."""
_LEAST = 11
"""The smallest type, pixels."""


class RuleRows(QWidget):
    """Painted as one. `only`: just these lines."""

    def __init__(self, texts: Texts, only: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._texts, self._only = texts, only
        self._lines: tuple[RuleLine, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding if not only else QSizePolicy.Policy.Fixed)

    def show_lines(self, lines: Sequence[RuleLine]) -> None:
        """Show them."""
        chosen = tuple(line for line in lines if not self._only or line.name in self._only)
        if chosen != self._lines:
            if len(chosen) != len(self._lines):
                self.updateGeometry()
            self._lines = chosen
            self.setAccessibleName(
                "; ".join(self._texts(f"ui.rule.{line.name}") for line in chosen if line.tone.value == "retry")
            )
            self.update()

    def sizeHint(self) -> QSize:
        """A row each."""
        row = round(Current.theme.scale.body * 2.2)
        return QSize(320, max(len(self._lines), len(self._only)) * row + (0 if self._only else 10))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        _ = event
        theme, p, s = Current.theme, Current.theme.palette, Current.theme.scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        broken = sum(line.action is not None and not self._only for line in self._lines)
        unit = min(self.height() / (len(self._lines) + (_TALL - 1) * broken or 1), s.body * 2.6)
        # Two lines of words need their height; where the rows have less, what to do takes the place of what was measured.
        roomy = unit * _TALL >= 2.6 * s.body
        if not roomy:
            unit = min(self.height() / (len(self._lines) or 1), s.body * 2.6)
        body, caption = (max(_LEAST, min(size, int(unit / 1.4))) for size in (s.body, s.caption))  # no descender is cut
        top = 0.0
        for line in self._lines:
            wrong = line.action is not None and not self._only
            tall = wrong and roomy
            box = QRectF(0, top, self.width(), unit * (_TALL if tall else 1.0))
            state = State(line.tone.value)
            if wrong:
                painter.fillRect(box, theme.ground(state))
            painter.setPen(QPen(QColor(p.border), 1))
            painter.drawLine(QPointF(0, box.bottom()), QPointF(box.right(), box.bottom()))
            paint_state(painter, state, QRectF(14, box.center().y() - 7, 14, 14), theme.colour(state))
            first = QRectF(40, box.top(), box.width() - 54, unit if tall else box.height())
            painter.setFont(theme.font(body, 600 if wrong else 400))
            painter.setPen(QColor(p.text))
            words = self._texts(f"ui.rule.{line.name}")
            painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, words)
            used = painter.fontMetrics().horizontalAdvance(words) + 8
            painter.setFont(theme.font(caption))
            painter.setPen(QColor(p.text2))
            if not self._only and (roomy or not wrong):
                painter.drawText(
                    first.adjusted(used, 1, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._texts.second(f"ui.rule.{line.name}")
                )
            value = line.value or self._texts("ui.rule.unknown")
            if wrong and not roomy and line.action is not None:
                painter.setFont(theme.font(body, 700))
                painter.setPen(theme.colour(state))
                value = painter.fontMetrics().elidedText(
                    self._texts(line.action.code), Qt.TextElideMode.ElideRight, int(first.width() - used)
                )
            painter.drawText(first, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, value)
            if tall and line.action is not None:
                painter.setFont(theme.font(body, 700))
                painter.setPen(theme.colour(state))
                painter.drawText(
                    QRectF(40, box.top() + unit * 0.62, box.width() - 54, unit * 0.8),
                    Qt.AlignmentFlag.AlignVCenter,
                    self._texts(line.action.code),
                )
            top = box.bottom()
