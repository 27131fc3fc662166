"""What S17 shows: the list, the person, the four parts, the captures, the one instruction. `HomeVisitScreen` says what is done with it."""

from __future__ import annotations

import math
import time

from station.desks.visits import VisitDesk, VisitView
from station.dossier.procedure import CaptureStep
from station.dossier.state import DossierState
from station.views.home import Part
from station.views.strip import STAGE_OF
from ui.qt import QHBoxLayout, Qt, QVBoxLayout
from ui.screens.base import Screen
from ui.screens.exceptions import ExceptionPanel
from ui.screens.home_asking import HomeAsking
from ui.screens.home_capture import HomeCapture
from ui.screens.home_words import battery_of, row_of, short_step
from ui.shell import Shell
from ui.texts import format_date
from ui.theme.tokens import State
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.picture import PicturePane
from ui.widgets.reason import ReasonPanel
from ui.widgets.rows import RowList
from ui.widgets.visit import PartTile, Stop, StopStrip

PARTS = ("data", "fingers", "portrait", "signatures")


class HomeShown(Screen):
    """Draws view state; whoever inherits binds the keys."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.desk: VisitDesk | None = None
        self.view: VisitView | None = None
        self.step = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        left, box = card()
        box.setContentsMargins(1, 8, 1, 8)
        self._list_title = label("", "strong")
        self._list_title.setContentsMargins(14, 0, 14, 0)
        box.addWidget(self._list_title)
        self.rows = RowList(self.texts("ui.visit.title"))
        box.addWidget(self.rows, 1)
        self._left_here = label("", "caption", wrap=True)
        self._left_here.setContentsMargins(14, 0, 14, 0)
        box.addWidget(self._left_here)
        row.addWidget(left, 3)
        right = QVBoxLayout()
        right.setSpacing(8)
        head = QHBoxLayout()
        self._face = PicturePane(self.texts("ui.step.face"), least=(64, 72))
        self._face.setFixedSize(76, 84)
        head.addWidget(self._face)
        who = QVBoxLayout()
        who.setSpacing(0)
        self._name, self._facts = label("", "title", wrap=True), label("", "", wrap=True)
        who.addWidget(self._name)
        who.addWidget(self._facts)
        self._place = label("", "caption", wrap=True)
        who.addWidget(self._place)
        head.addLayout(who, 1)
        saved = QVBoxLayout()
        self._saved = StateChip(State.IDLE, "")
        self._safe, self._battery = label(self.texts("ui.visit.safe"), "caption"), label("", "caption")
        for quiet in (self._safe, self._battery):
            quiet.setAlignment(Qt.AlignmentFlag.AlignRight)
        saved.addWidget(self._saved, 0, Qt.AlignmentFlag.AlignRight)
        saved.addWidget(self._safe)
        saved.addWidget(self._battery)
        head.addLayout(saved)
        right.addLayout(head)
        self.warning = Banner()
        self.warning.hide()
        right.addWidget(self.warning)
        parts = QHBoxLayout()
        parts.setSpacing(10)
        self._parts = {name: PartTile(self.texts(f"ui.visit.part.{name}")) for name in PARTS}
        for tile in self._parts.values():
            parts.addWidget(tile, 1)
        right.addLayout(parts)
        frame, strip = card()
        line = QHBoxLayout()
        self._count, self._time = label("", "strong"), label("", "caption")
        line.addWidget(self._count)
        line.addWidget(self._time, 1)
        line.addWidget(label(self.texts("ui.visit.sides"), "caption"))
        strip.addLayout(line)
        self.strip = StopStrip(self.texts("ui.visit.title"))
        strip.addWidget(self.strip)
        self._strip_card = frame
        right.addWidget(frame)
        work = QHBoxLayout()
        self.capture = HomeCapture(self, self._where)
        work.addWidget(self.capture, 1)
        self.exceptions = ExceptionPanel(self.texts)
        self.exceptions.hide()
        work.addWidget(self.exceptions)
        self.reason = ReasonPanel(self.texts)
        self.reason.setMinimumWidth(320)
        work.addWidget(self.reason, 1)
        self.asking = HomeAsking(self)
        work.addWidget(self.asking, 1)
        right.addLayout(work, 1)
        row.addLayout(right, 9)

    def _show(self, view: VisitView) -> None:
        self.view = view
        home = view.home
        self.rows.show_rows([row_of(self.texts, r) for r in home.rows])
        done = sum(r.done for r in home.rows)
        self._list_title.setText(self.texts("ui.visit.list", done=done, all=len(home.rows)))
        self._left_here.setText(
            self.texts("ui.visit.left-here", count=view.sealed_here) if view.sealed_here else self.texts("ui.visit.none-left")
        )
        self._battery.setText(battery_of(self.texts, view.health.battery_share, view.health.battery_minutes))
        self.warning.setVisible(bool(home.warnings))
        if home.warnings:
            first = home.warnings[0]
            state = State.BLOCKED if first.code == "s17.no-capture" else State.RETRY
            self.warning.say(state, self.texts.of(first), "  ·  ".join(self.texts.of(w) for w in home.warnings[1:]))
        self._show_person(view)
        self.shell.refresh_actions()

    def _show_person(self, view: VisitView) -> None:
        person, state = view.person, view.state
        for widget in (self._face, self._saved, self._safe):
            widget.setVisible(person is not None)
        self.show_road()
        if person is None or state is None:
            self._name.setText(self.texts("ui.visit.title"))
            self._facts.setText(self.texts("s17.question"))
            self._place.setText(self.texts.of(view.receiver))
            self.capture.name_step("")
            if view.home.rows:
                self.capture.say(State.IDLE, self.texts("ui.visit.choose"), self.texts("ui.visit.choose-more"))
            else:
                self.capture.say(State.RETRY, self.texts("s17.empty"), self.texts("ui.visit.empty-next"))
            return
        self._name.setText(person.name.upper() or self.texts("ui.visit.nameless"))
        self._facts.setText(" · ".join(t for t in (person.number, format_date(person.born), person.address) if t))
        self._place.setText(self.texts.of(person.stamp) if person.stamp is not None else self.texts.of(view.receiver))
        self._face.setVisible(person.portrait is not None)
        if person.portrait is not None:
            self._face.show_picture(person.portrait.pixels)
        self._saved.set(State.GOOD, self.texts("ui.visit.saved", time=person.saved_at))
        self._show_steps(view)
        for part in view.home.parts:
            self._show_part(part, view)
        minutes = max(0, math.floor(person.minutes))
        self._time.setText(self.texts("ui.visit.time", rests=person.rests, minutes=minutes))
        if view.home.advice_words is not None:
            self._time.setText(f"{self._time.text()} · {self.texts.of(view.home.advice_words)}")
        self._count.setText(self.texts("ui.visit.strip", count=len(view.home.strip)))
        if not self.capture.busy and self.capture.device.now is None and not self.found(state):
            self._say_next()

    def found(self, state: DossierState) -> bool:
        """Whether something about the fingers must be answered first; it is said then."""
        _ = state
        return False

    def _show_part(self, part: Part, view: VisitView) -> None:
        full = part.done >= part.all
        assert view.state is not None, "shown with a person only"
        excepted = len(view.state.exceptions) if part.name == "fingers" else 0
        count = f"{part.done}/{part.all}" if part.all > 1 else self.texts("ui.visit.part.none")
        far = self.texts("ui.visit.part.full") if full else count
        note = self.texts("ui.visit.part.exceptions", count=excepted) if excepted else ""
        if part.name == "data" and view.person is not None and view.person.helper:
            note = self.texts("ui.visit.helper-is", helper=view.person.helper)
        if not note and not full:
            hints = {"portrait": "ui.visit.part.portrait-hint", "signatures": "ui.visit.part.sign-hint"}
            note = (
                self.texts(hints[part.name])
                if part.name in hints
                else self.texts("ui.visit.part.left", left=part.all - part.done)
            )
        step = self._step()
        here = step is not None and part.name == STAGE_OF[step.modality] and not full
        self._parts[part.name].show_part(State.GOOD if full else State.IDLE, far, note, here=here)

    def _show_steps(self, view: VisitView) -> None:
        assert view.state is not None, "shown with a person only"
        following = view.state.next_step
        names = [s.step for s in view.home.strip]
        open_ = [s.step for s in view.home.strip if s.tone.value == "idle"]
        if self.step not in names or (self.step not in open_ and open_):
            self.step = following.id if following is not None else ""
        rule = view.state.procedure.step
        stops = [
            Stop(s.step, self.texts.of(s.label), short_step(self.texts, rule(s.step)), State(s.tone.value))
            for s in view.home.strip
        ]
        self.strip.show_stops(stops, self.looked or self.step)

    def _where(self, step: CaptureStep) -> tuple[int, int]:
        state = self.view.state if self.view is not None else None
        if state is None:
            return 0, 0
        order = state.procedure.steps
        return next((n for n, s in enumerate(order, 1) if s.id == step.id), 0), sum(map(state.done, order))

    def _step(self) -> CaptureStep | None:
        state = self.view.state if self.view is not None else None
        return state.procedure.step(self.step) if state is not None and self.step else None

    looked = ""
    """Id of a capture that is taken and looked at."""

    resting: float | None = None
    """Since when this person rests (monotonic seconds), None while the work goes on."""

    def show_rest(self) -> None:
        """Say how long the rest has been; nothing hurries anybody."""
        if self.resting is not None:
            minutes, seconds = divmod(int(time.monotonic() - self.resting), 60)
            words, more = "ui.visit.resting", "ui.visit.resting-more"
            self.capture.name_step("")
            self.capture.say(State.IDLE, self.texts(words, minutes=minutes, seconds=f"{seconds:02d}"), self.texts(more))

    def _say_next(self) -> None:
        if self.resting is not None:
            self.show_rest()
            return
        if self.looked:
            words = "ui.live.looking"
            self.capture.name_step(self.texts(f"step.{self.looked}"))
            self.capture.say(State.GOOD, self.texts("ui.visit.taken"), f"{self.texts(words)}  {self.texts.second(words)}".strip())
            return
        step, view = self._step(), self.view
        if step is None or view is None or view.state is None:
            self.capture.name_step("")
            self.capture.say(State.GOOD, self.texts("ui.visit.complete"), self.texts.second("ui.visit.complete"))
            return
        number = [s.id for s in view.state.procedure.steps].index(step.id) + 1
        tried = len(view.state.captures[step.id].attempts)
        words = self.texts("ui.visit.step-now", number=number, step=self.texts(f"step.{step.id}"))
        self.capture.name_step(f"{words} · {self.texts('ui.visit.attempt', attempt=tried + 1, attempts=step.attempts)}")
        kind = STAGE_OF[step.modality]
        self.capture.bar.show_score(None, 0)  # the score of a try before, or of the person before, is not this one's
        # Where nothing can be taken nobody is asked to lay a hand down.
        if any(w.code == "s17.no-capture" for w in view.home.warnings):
            self.capture.say(State.BLOCKED, self.texts("s17.plug"), self.texts.second("s17.plug"))
        else:
            self.capture.say(State.IDLE, self.texts(f"ui.{kind}.wait"), self.texts("ui.visit.ready"))

    question_stands = False
    """Whether a finding of the sequence check waits for the officer."""

    def show_road(self) -> None:
        """The four parts and the captures; whatever panel is open needs their height in large type."""
        somebody = self.view is not None and self.view.person is not None
        shown = (
            somebody
            and self.exceptions.isHidden()
            and self.capture.confirming is None
            and self.reason.isHidden()
            and not self.question_stands
        )
        for widget in (self._strip_card, *self._parts.values()):
            widget.setVisible(shown)

    def restyle(self) -> None:
        """Measure the rows anew."""
        self.rows.relayout()
