"""The five desk cards of S1, with arrows between them."""

from __future__ import annotations

from station.views.today import DeskCard
from ui.qt import QColor, QPainter, QPaintEvent, QPen, QRectF, QSize, QSizePolicy, Qt, QWidget
from ui.texts import Texts
from ui.theme.icons import paint_state
from ui.theme.pictograms import paint_pictogram
from ui.theme.style import Current, advance
from ui.theme.tokens import State

GAP = 28


class DeskCards(QWidget):
    """Painted as one, so that five cards cost one widget."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._desks: tuple[DeskCard, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As in the mock-up."""
        scale = Current.theme.tight
        return QSize(1000, round(scale.caption * 1.5 + scale.strong * 1.6 + scale.number * 1.4 + scale.caption * 1.7 + 22))

    def show_desks(self, desks: tuple[DeskCard, ...]) -> None:
        """Show them."""
        if desks != self._desks:
            self._desks = desks
            self.setAccessibleName("; ".join(f"{self._texts(f'ui.desk.{d.number}')} {d.waiting} {d.mean}".strip() for d in desks))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cards."""
        _ = event
        if not self._desks:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = (self.width() - GAP * (len(self._desks) - 1)) / len(self._desks)
        for index, desk in enumerate(self._desks):
            box = QRectF(index * (wide + GAP), 0, wide, self.height()).adjusted(1, 1, -1, -1)
            self._card(painter, desk, box)
            if index + 1 < len(self._desks):
                paint_pictogram(
                    painter,
                    "next",
                    QRectF(box.right() + 7, box.center().y() - 8, 16, 16),
                    QColor(Current.theme.palette.control),
                    1.4,
                )

    def _card(self, painter: QPainter, desk: DeskCard, box: QRectF) -> None:
        theme, p, s = Current.theme, Current.theme.palette, Current.theme.tight
        painter.setPen(QPen(QColor(p.accent if desk.mine else p.border), 2 if desk.mine else 1))
        painter.setBrush(QColor(p.surface))
        painter.drawRoundedRect(box, s.radius, s.radius)
        inner = box.adjusted(13, 8, -13, -8)
        top = inner.top()
        painter.setFont(theme.font(s.caption))
        painter.setPen(QColor(p.text2))
        head = self._texts("ui.desk.number", number=desk.number)
        painter.drawText(QRectF(inner.left(), top, inner.width(), s.caption * 1.5), Qt.AlignmentFlag.AlignVCenter, head)
        flag = QRectF(inner.right(), top - 1, 0, s.caption * 1.5 + 2)
        if desk.bottleneck:
            flag.setLeft(inner.right() - advance(self._texts("ui.desk.slow"), s.caption, 700) - 30)
            self._flag(painter, flag)
        words = self._texts("ui.desk.mine")
        left = inner.left() + advance(head, s.caption) + 8
        chip = QRectF(left, top - 1, advance(words, s.caption - 1, 700) + 12, s.caption * 1.5 + 2)
        if desk.mine and chip.right() < flag.left():  # in large type the frame alone says it
            painter.setFont(theme.font(s.caption - 1, 700))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(p.accent))
            painter.drawRoundedRect(chip, 4, 4)
            painter.setPen(QColor(p.on_accent))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, words)
        top += s.caption * 1.5 + 2
        painter.setFont(theme.font(s.strong - 1, 700))
        painter.setPen(QColor(p.text))
        painter.drawText(
            QRectF(inner.left(), top, inner.width(), s.strong * 1.6),
            Qt.AlignmentFlag.AlignVCenter,
            self._texts(f"ui.desk.{desk.number}"),
        )
        top += s.strong * 1.6
        painter.setFont(theme.font(s.number, 700))
        number = str(desk.waiting)
        painter.drawText(QRectF(inner.left(), top, inner.width(), s.number * 1.4), Qt.AlignmentFlag.AlignVCenter, number)
        beside = inner.left() + painter.fontMetrics().horizontalAdvance(number) + 9
        painter.setFont(theme.font(s.caption))
        painter.setPen(QColor(p.text2))
        painter.drawText(
            QRectF(beside, top + 4, inner.width(), s.number * 1.4), Qt.AlignmentFlag.AlignVCenter, self._texts("ui.desk.waiting")
        )
        above = QRectF(inner.left(), top + 4, inner.width(), s.number * 1.4)
        top += s.number * 1.4
        if not desk.waiting:  # nobody waits: no wait is the longest
            self._mean(painter, QRectF(inner.left(), top, inner.width(), s.caption * 1.7), desk)
            return
        wait = self._texts("ui.minutes", minutes=int(desk.longest_s // 60))
        long = desk.longest_s > 900
        painter.setFont(theme.font(s.caption, 700))
        painter.setPen(theme.colour(State.RETRY) if long else QColor(p.text))
        line = QRectF(inner.left(), top, inner.width(), s.caption * 1.7)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, wait)
        used = painter.fontMetrics().horizontalAdvance(wait) + 5
        painter.setFont(theme.font(s.caption))
        painter.setPen(QColor(p.text2))
        painter.drawText(
            line.adjusted(0, 0, -used, 0),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            self._texts("ui.desk.longest"),
        )
        if desk.mean:
            words = self._texts("ui.desk.mean")
            label, figure = advance(words, s.caption) + 5, advance(desk.mean, s.caption, 700)
            used += advance(self._texts("ui.desk.longest"), s.caption)
            if label + figure + used + 8 > line.width():  # large type, a long wait: the mean stands above it
                line = above.adjusted(above.width() - label - figure, 0, 0, 0)
            self._mean(painter, line, desk)

    def _mean(self, painter: QPainter, line: QRectF, desk: DeskCard) -> None:
        """How long a person took here on average, where anybody was here."""
        if not desk.mean:
            return
        theme = Current.theme
        words, pixels = self._texts("ui.desk.mean"), theme.tight.caption
        painter.setFont(theme.font(pixels))
        painter.setPen(QColor(theme.palette.text2))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, words)
        painter.setFont(theme.font(pixels, 700))
        painter.setPen(QColor(theme.palette.text))
        painter.drawText(line.adjusted(advance(words, pixels) + 5, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, desk.mean)

    def _flag(self, painter: QPainter, box: QRectF) -> None:
        theme = Current.theme
        colour = theme.colour(State.RETRY)
        painter.setPen(QPen(colour, 1.4, Qt.PenStyle.DashLine))
        painter.setBrush(theme.ground(State.RETRY))
        painter.drawRoundedRect(box, 4, 4)
        paint_state(painter, State.RETRY, QRectF(box.left() + 7, box.center().y() - 6, 12, 12), colour)
        painter.setPen(colour)
        painter.setFont(theme.font(theme.tight.caption, 700))
        painter.drawText(box.adjusted(22, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._texts("ui.desk.slow"))
