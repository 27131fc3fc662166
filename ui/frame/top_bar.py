"""The bar at the top: what this is, where, which dossiers are open, DEMO, the line, who works here, the time."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ui.qt import QColor, QFontMetrics, QFrame, QHBoxLayout, QLabel, QPainter, QPaintEvent, QRectF, QSize, Qt, QTimer, QWidget
from ui.texts import Texts
from ui.theme.style import Current
from ui.theme.tokens import TOP_BAR
from ui.widgets.alarm_sign import AlarmSign
from ui.widgets.chips import label
from ui.widgets.pictures import Picture

TONE_MS = 1500


class Initials(QWidget):
    """The signed-in person's initials in a circle."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.setFixedSize(28, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the circle."""
        _ = event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#2D5560"))
        painter.drawEllipse(QRectF(1, 1, 26, 26))
        painter.setPen(QColor("#FFFFFF"))
        painter.setFont(Current.theme.font(11, 700))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text)


class OpenDossiers(QWidget):
    """The open dossiers of this table as small tabs: ticket and stage; the one shown is filled."""

    def __init__(self) -> None:
        super().__init__()
        self.tabs: tuple[tuple[str, str, bool], ...] = ()
        self.setMinimumHeight(TOP_BAR)

    def show_tabs(self, tabs: Sequence[tuple[str, str, bool]]) -> None:
        """Show (ticket, words, is shown) of each."""
        if tuple(tabs) != self.tabs:
            self.tabs = tuple(tabs)
            self.setAccessibleName(", ".join(f"{t} {w}" for t, w, _ in tabs))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as its tabs."""
        tickets, stages = QFontMetrics(Current.theme.font(13, 700)), QFontMetrics(Current.theme.font(12))
        return QSize(sum(tickets.horizontalAdvance(t) + stages.horizontalAdvance(w) + 32 for t, w, _ in self.tabs) + 4, TOP_BAR)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tabs."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 2.0
        bold, plain = theme.font(13, 700), theme.font(12)
        tickets, stages = QFontMetrics(bold), QFontMetrics(plain)
        wide = sum(tickets.horizontalAdvance(t) + stages.horizontalAdvance(w) + 32 for t, w, _ in self.tabs)
        here = wide - sum(stages.horizontalAdvance(w) + 8 for _, w, current in self.tabs if not current)
        for ticket, stage, current in self.tabs:
            # Where there is no room for all, the numbers stay whole and the stage is said of the one that is shown; while a signal is named
            # beside them even that may have no room.
            words = stage if wide <= self.width() or (current and here <= self.width()) else ""
            first = tickets.horizontalAdvance(ticket)
            second = stages.horizontalAdvance(words) if words else -8
            box = QRectF(left, 8, first + second + 26, TOP_BAR - 16)
            painter.setPen(QColor(p.on_bar2))
            painter.setBrush(QColor(p.on_bar) if current else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor("#10303A") if current else QColor(p.on_bar))
            painter.setFont(bold)
            painter.drawText(box.adjusted(9, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, ticket)
            painter.setFont(plain)
            painter.setPen(QColor("#465364") if current else QColor(p.on_bar2))
            painter.drawText(box.adjusted(9 + first + 7, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
            left = box.right() + 6


class TopBar(QFrame):
    """All of it."""

    def __init__(self, texts: Texts, *, demo: bool) -> None:
        super().__init__()
        self._texts = texts
        self.setObjectName("topBar")
        self.setFixedHeight(TOP_BAR)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(10)
        row.addWidget(Picture("finger", 24, "#7FD6DF"))
        row.addWidget(label(texts("ui.app.title"), "strong"))
        self._before_place = _rule()
        row.addWidget(self._before_place)
        self._place = label("")
        self._desk = label("", "soft")
        row.addWidget(self._place)
        row.addWidget(self._desk)
        self.open = OpenDossiers()
        row.addSpacing(8)
        row.addWidget(self.open)
        row.addStretch(1)
        self._tone = label("", "soft")
        row.addWidget(self._tone)
        self._tone_gone = QTimer(self)
        self._tone_gone.setSingleShot(True)
        self._tone_gone.timeout.connect(self._tone.clear)
        self.demo = label(texts("ui.app.demo"), "demo")
        self.demo.setVisible(demo)

        row.addWidget(self.demo, 0, Qt.AlignmentFlag.AlignVCenter)
        self.alarm = AlarmSign()
        row.addWidget(self.alarm)
        self._line_icon = Picture("online", 20, "#72D99D")
        self._line = label("")
        row.addWidget(self._line_icon)
        row.addWidget(self._line)
        self._before_who = _rule()
        row.addWidget(self._before_who)
        self._initials = Initials()
        self._who = label("")
        row.addWidget(self._initials)
        row.addWidget(self._who)
        self._time = label("", "strong")
        row.addWidget(self._time)
        self.show_operator("", "", "")
        for unknown in (self._line_icon, self._line):  # until somebody asked
            unknown.hide()
        self.tick()

    def show_operator(self, name: str, place: str, desk: str) -> None:
        """Say who works here, where, at which desk."""
        self._who.setText(name)
        self._place.setText(place)
        self._desk.setText(desk)
        self._initials.text = "".join(w[0] for w in name.split()[-2:]).upper()
        self._initials.setVisible(bool(name))
        self._before_who.setVisible(bool(name))
        self._before_place.setVisible(bool(place))
        self._initials.update()

    def show_line(self, unsent: int, error: str | None) -> None:
        """Say whether sending works; never more than is known: None where it was not tried yet."""
        icon, colour = ("clock", "#A9BBC6") if error is None else ("offline", "#FFC670") if error else ("online", "#72D99D")
        self._line_icon.show_name(icon, colour)
        words = self._texts("ui.app.line-unknown" if error is None else "ui.app.offline" if error else "ui.app.online")
        self._line.setText(f"{words} · {unsent}" if error else words)
        for told in (self._line_icon, self._line):
            told.show()

    def show_tone(self, tone: str) -> None:
        """Say for a moment which signal is heard: who does not hear it reads it."""
        self._tone.setText(f"♪ {self._texts(f'ui.tone.{tone}')}")
        self._tone_gone.start(TONE_MS)

    def tick(self) -> None:
        """Show the time."""
        self._time.setText(time.strftime("%H:%M"))


def _rule() -> QLabel:
    line = QLabel()
    line.setFixedSize(1, 20)
    line.setStyleSheet("background: #4D6870;")
    return line
