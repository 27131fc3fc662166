"""S6: both irises, live. Are both eyes sharp? The device finds, takes and scores them; the window helps the person before it."""

from __future__ import annotations

import math

from biometrics.positions import Eye
from station.capture.session import SessionView
from station.views.fingers import FingersView
from station.views.iris import EyeRow, IrisView
from ui.qt import QFrame, QHBoxLayout, Qt, QVBoxLayout
from ui.screens.excepting import ExceptingScreen
from ui.screens.exceptions import EyeExceptionPanel
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import StateChip, card, label
from ui.widgets.eyes import DistanceBar
from ui.widgets.live_parts import AutoCard
from ui.widgets.live_view import Mark, Overlay
from ui.widgets.picture import PicturePane

ROUND = tuple((math.cos(2 * math.pi * i / 32), math.sin(2 * math.pi * i / 32)) for i in range(32))


class EyeCard(QFrame):
    """One eye: its picture once taken, the state, the device's score against its limit, or why it is not taken."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("card")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(6)
        head = QHBoxLayout()
        self.name = label(name, "name")
        head.addWidget(self.name)
        head.addStretch(1)
        self.chip = StateChip(State.IDLE, "")
        head.addWidget(self.chip)
        column.addLayout(head)
        self.picture = PicturePane(name, least=(160, 96))
        column.addWidget(self.picture, 1)
        self.note = label("", "caption", wrap=True)
        column.addWidget(self.note)


class IrisScreen(ExceptingScreen):
    """Are both eyes sharp?"""

    stage = "iris"
    kind = "iris"
    part_code = "eye."
    adjust_code = "ui.iris.adjust"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.eyes: IrisView | None = None
        row = self.columns = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left = QVBoxLayout()
        left.setSpacing(8)
        head = QHBoxLayout()
        self.title.setText(self.texts("ui.iris.title"))
        self.second.setText(self.texts.second("ui.iris.title"))
        for widget in (self.title, self.second):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.live_word)
        head.addWidget(self.delay)
        left.addLayout(head)
        self.view.setMinimumHeight(170)
        left.addWidget(self.view, 5)
        self.distance = DistanceBar(self.texts)
        left.addWidget(self.distance)
        cards = QHBoxLayout()
        cards.setSpacing(12)
        self.cards = {eye: EyeCard(self.texts(f"eye.{int(eye)}")) for eye in (Eye.RIGHT, Eye.LEFT)}
        for found in self.cards.values():
            cards.addWidget(found, 1)
        left.addLayout(cards, 4)
        row.addLayout(left, 1)
        row.addWidget(self._right())

    def _right(self) -> QFrame:
        holder = QFrame()
        holder.setFixedWidth(320)
        right = QVBoxLayout(holder)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(12)
        right.addWidget(self.banner)
        self._auto = AutoCard(self.texts)
        right.addWidget(self._auto)
        tries, box = card(self.texts("ui.iris.whose"))
        self._whose = label("", "caption", wrap=True)
        box.addWidget(self._whose)
        self._whose_card = tries
        right.addWidget(tries)
        right.addWidget(self.sees)
        right.addWidget(self.reason)
        right.addWidget(self.take_panel(EyeExceptionPanel(self.texts)), 1)
        right.addStretch(1)
        return holder

    # --- showing ----------------------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Open the iris camera."""
        super().enter(dossier)
        self.show_side(exceptions=False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    def show_state(self, state: FingersView) -> None:
        """Draw the eyes as they stand."""
        counter, dossier = self.counter, self.dossier
        self.ask(lambda: counter.irises(dossier), self.show_eyes)
        step = state.current
        if step is None or not self.mine(step):
            return
        seconds = f"{step.dwell_s:g}".replace(".", ",")
        self._auto.show_rules(self.texts("ui.iris.auto", seconds=seconds), "")
        attempt = self.texts("ui.fingers.attempt", number=min(state.attempts + 1, step.attempts), total=step.attempts)
        self._auto.show_attempt(attempt)
        self._auto.segments.show_states([State.IDLE] * len(state.eyes), 0.0)
        self.distance.show_distance(None)

    def show_eyes(self, view: IrisView) -> None:
        """Draw what was taken of each eye, or why it is not."""
        self.eyes = view
        for row in view.rows:
            self._show_eye(self.cards[row.eye], row)
        whose = self.texts("ui.iris.whose-score")
        self._whose.setText(f"{whose} ({view.model.removeprefix('device ')})" if view.model else whose)

    def _show_eye(self, frame: EyeCard, row: EyeRow) -> None:
        if row.exception is not None:
            word, note = self.texts("ui.state.exception"), self.texts.of(row.exception)
        elif row.score is not None:
            word = self.texts("ui.iris.score", score=f"{row.score:.0f}", limit=f"{row.limit:.0f}")
            note = self.texts("ui.iris.taken")
        else:
            word, note = self.texts("ui.state.idle"), ""
        frame.chip.set(State(row.tone.value), word)
        frame.note.setText(note)
        frame.note.setVisible(bool(note))
        frame.picture.show_picture(
            row.pixels,
            empty=note or self.texts("ui.iris.not-taken"),
            state=State(row.tone.value) if row.pixels is not None else None,
        )

    def show_view(self, view: SessionView, at_s: float, arrived_s: float) -> None:
        """Draw the eyes of the analysed frame: circles, the distance, one segment an eye."""
        marks, states = [], {}
        for part in view.verdict.parts if view.verdict is not None else ():
            state = State.GOOD if part.passed else State.RETRY
            states[int(part.position)] = state
            if part.region is not None:
                r = part.region
                cx, cy, radius = r.x + r.width / 2, r.y + r.height / 2, r.width / 2
                outline = tuple((cx + radius * x, cy + radius * y) for x, y in ROUND)
                word = self.texts(part.reasons[0]) if part.reasons else self.texts("ui.state.good")
                marks.append(Mark(outline, state, f"{self.texts(f'eye.{int(part.position)}')}: {word}"))
        self.view.show_overlay(Overlay(tuple(marks), at_s, arrived_s))
        self.distance.show_distance(self.counter.eye_distance)
        wanted = self.state.eyes if self.state is not None else ()
        self._auto.segments.show_states([states.get(int(e), State.IDLE) for e in wanted], view.hold_share)
        attempt = self.texts("ui.fingers.attempt", number=min(view.attempt, view.attempts), total=view.attempts)
        best = self.texts("ui.auto.best", score=f"{view.best_score:.0f}") if view.best_score is not None else ""
        self._auto.show_attempt(" · ".join(t for t in (attempt, best) if t))

    def applicant_part(self, position: int) -> str:
        """The applicant is told about both eyes at once."""
        _ = position
        return ""

    # --- intents ----------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """As every capture, and the exception of an eye."""
        if (open_panel := self.exception_offers()) is not None:
            return open_panel
        mine = self.state is not None and self.state.current is not None and self.mine(self.state.current)
        return self.tool_offers(self.act("exception", "ui.action.eye-exception", "F7", self.open_exceptions, enabled=mine))

    def digit(self, number: int) -> bool:
        """1 the right eye, 2 the left one: chosen in the exception panel, or opened there at once."""
        if self.reason.isVisible():
            return self.reason.choose(number)
        if number not in (1, 2):
            return False
        return self.choose_exception(Eye(number))

    def show_side(self, *, exceptions: bool) -> None:
        """The panel stands in place of the small cards."""
        self.exceptions.setVisible(exceptions)
        self.banner.setVisible(not (exceptions and self.shell.large))  # in large type the panel needs the room
        self._auto.setVisible(not exceptions)
        self._whose_card.setVisible(not exceptions and not self.shell.large)
        self.sees.setVisible(not exceptions and not self.shell.large)

    def restyle(self) -> None:
        """In large type the small words go first."""
        super().restyle()
        self.show_side(exceptions=self.exceptions.isVisible())
