"""The right side of a capture: the one instruction, the automatic capture, what the applicant sees, why a capture was accepted."""

from __future__ import annotations

from collections.abc import Sequence

from station.views.fingers import Why
from ui.qt import QColor, QFrame, QHBoxLayout, QPainter, QPaintEvent, QPen, QRectF, QSize, Qt, QVBoxLayout, QWidget
from ui.texts import Texts
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.announcing import Announcer
from ui.widgets.chips import BORDERS, StateIcon, card, label
from ui.widgets.pictures import Picture
from ui.widgets.state_panel import StatePanel


class Instruction(StatePanel):
    """State word small, the instruction large, the other language below."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 12, 8)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(8)
        self._icon, self._head = StateIcon(State.IDLE, 18), label("", "strong")
        head.addWidget(self._icon)
        head.addWidget(self._head, 1)
        column.addLayout(head)
        self._main = label("", "instruction", wrap=True)
        column.addWidget(self._main)
        self._second = label("", "second", wrap=True)
        column.addWidget(self._second)
        column.addStretch(1)
        self.setMinimumHeight(108)
        self.announcer = Announcer(self)

    def say(self, state: State, head: str, main: str, second: str = "") -> None:
        """Show one instruction."""
        self.show_state(state)
        if self._head.objectName() != f"word-{state.value}":
            self._head.setObjectName(f"word-{state.value}")
            self._head.style().unpolish(self._head)
            self._head.style().polish(self._head)
        self._icon.set_state(state)
        for widget, text in ((self._head, head), (self._main, main), (self._second, second)):
            if widget.text() != text:
                widget.setText(text)
        self._second.setVisible(bool(second))
        self.setAccessibleName(f"{head}. {main}")
        self.announcer.say(main)

    def text(self) -> str:
        """The instruction shown."""
        return self._main.text()


class Segments(QWidget):
    """One segment for each expected part: its state's colour and border; all fill from below while the capture is held."""

    def __init__(self) -> None:
        super().__init__()
        self._states: tuple[State, ...] = ()
        self._share = 0.0
        self.setFixedHeight(14)

    def show_states(self, states: Sequence[State], share: float) -> None:
        """Show the parts and how much of the holding is done (0..1)."""
        if (tuple(states), share) != (self._states, self._share):
            self._states, self._share = tuple(states), share
            self.update()

    def sizeHint(self) -> QSize:
        """A thin line."""
        return QSize(240, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw them."""
        _ = event
        theme = Current.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        count = max(1, len(self._states))
        wide = (self.width() - 5 * (count - 1)) / count
        for index, state in enumerate(self._states or (State.IDLE,)):
            box = QRectF(index * (wide + 5), 2, wide, 10)
            good = state is State.GOOD
            style, _width = BORDERS[state]
            painter.setPen(Qt.PenStyle.NoPen if good else QPen(theme.colour(state), 1.2, style))
            painter.setBrush(QColor(theme.colour(State.GOOD)) if good else theme.ground(state))
            painter.drawRoundedRect(box, 3, 3)
        if self._share > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.palette.text))
            painter.drawRect(QRectF(0, 12, self.width() * min(1.0, self._share), 2))


class AutoCard(QFrame):
    """What the automatic capture waits for."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("card")
        self._texts = texts
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(label(texts("ui.auto.title"), "name"))
        self._when = label("", "caption", wrap=True)
        head.addWidget(self._when, 1)
        column.addLayout(head)
        self.segments = Segments()
        column.addWidget(self.segments)
        foot = QHBoxLayout()
        self._attempt, self._threshold = label("", "caption"), label("", "caption")
        foot.addWidget(self._attempt)
        foot.addStretch(1)
        foot.addWidget(self._threshold)
        column.addLayout(foot)

    def hold(self, widget: QWidget) -> None:
        """Put something under the rest (the tries so far)."""
        self._column.addWidget(widget)

    def show_rules(self, when: str, threshold: str) -> None:
        """Say when the picture is taken by itself."""
        self._when.setText(when)
        self._threshold.setText(threshold)

    def show_attempt(self, text: str) -> None:
        """Say which try this is and the best so far."""
        if self._attempt.text() != text:
            self._attempt.setText(text)


class ApplicantSees(QFrame):
    """The sentence on the applicant's screen."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("card")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.addWidget(Picture("eye", 18, "text2"))
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(label(texts("ui.applicant.sees"), "caption"))
        self._words = label("", "name", wrap=True)
        column.addWidget(self._words)
        row.addLayout(column, 1)

    def say(self, words: str) -> None:
        """Show the sentence."""
        text = f"“{words}”" if words else "—"
        if self._words.text() != text:
            self._words.setText(text)


class WhyCard(QFrame):
    """Why a capture was accepted: each part against its own threshold, try, hand, device, time."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        frame, box = card(texts("ui.why.title"))
        self._texts = texts
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(frame)
        self._words = label("", "", wrap=True)
        self._small = label("", "caption", wrap=True)
        box.addWidget(self._words)
        box.addWidget(self._small)
        box.addStretch(1)

    def show_why(self, why: Why, part_code: str = "ui.finger.") -> None:
        """Fill it."""
        texts = self._texts
        lines = []
        for position, score, threshold in why.parts:
            name = texts(f"{part_code}{position}") if position else texts("ui.step.face")
            sign = "≥" if score >= threshold else "<"
            lines.append(f"{name}: <b>{score:.0f}</b> {sign} {threshold:.0f}")
        self._words.setText("<br>".join(lines))
        how = texts("ui.why.auto" if why.how == "auto" else "ui.why.manual")
        source = f" ({texts(f'ui.device.{why.source}')})" if why.source != "device" else ""
        self._small.setText("<br>".join((texts("ui.why.attempt", best=why.best, count=why.attempts) + f" · {how}", f"{why.device}{source}",
                                         why.model, texts("ui.why.saved", time=why.time, operator=why.operator))))  # fmt: skip
