"""S17: the mobile team's screen in large type. What is left for this person, and may we stop now? Offline is the normal state."""

from __future__ import annotations

import math

from biometrics.positions import FingerPosition
from station.desks.visits import VisitDesk, VisitView
from station.dossier.parts import ExceptionKind, Permanence
from station.dossier.procedure import CaptureStep, Modality
from station.views.home import HomeRow, Part
from station.views.strip import STAGE_OF
from ui.qt import QHBoxLayout, Qt, QTimer, QVBoxLayout
from ui.screens.base import Screen
from ui.screens.exceptions import ExceptionPanel
from ui.screens.home_asking import HomeAsking
from ui.screens.home_capture import HomeCapture
from ui.screens.home_words import battery_of, row_of, short_step
from ui.shell import Shell
from ui.texts import format_date
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, StateChip, card, label
from ui.widgets.picture import PicturePane
from ui.widgets.rows import RowList
from ui.widgets.visit import PartTile, Stop, StopStrip

BEAT_MS = 5000
"""How often battery, place and list are asked for again."""
PARTS = ("data", "fingers", "portrait", "signatures")


class HomeVisitScreen(Screen):
    """What is left for this person, and may we stop now?"""

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
        self.rows.picked.connect(lambda _: self.shell.refresh_actions())
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
        strip.addLayout(line)
        self.strip = StopStrip(self.texts("ui.visit.title"))
        self.strip.chosen.connect(self._choose_step)
        strip.addWidget(self.strip)
        self._strip_card = frame
        right.addWidget(frame)
        work = QHBoxLayout()
        self.capture = HomeCapture(self)
        self.capture.ended.connect(self._ended)
        work.addWidget(self.capture, 1)
        self.exceptions = ExceptionPanel(self.texts)
        self.exceptions.decided.connect(self._sign_exception)
        self.exceptions.hide()
        work.addWidget(self.exceptions)
        self.asking = HomeAsking(self)
        self.asking.answered.connect(self._answered)
        work.addWidget(self.asking, 1)
        right.addLayout(work, 1)
        row.addLayout(right, 9)
        self.beat = QTimer(self)
        self.beat.timeout.connect(self._again)

    # --- showing ---------------------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Show the village; large type from now on."""
        super().enter(dossier)
        if self.desk is None:
            self.desk = VisitDesk(self.station, self.counter.procedure)
        self.step = ""
        self._was_large = self.shell.large
        self.shell.set_look(dark=self.shell.dark, large=True)
        self.rows.setFocus()
        self.capture.show()
        self.beat.start(BEAT_MS)
        self._ask()

    def _again(self) -> None:
        """Battery, place and list as they are now; not while something is live or asked."""
        if self.capture.running is None and not self.asking.kind and not self.exceptions.isVisible() and not self.jobs.pending:
            self._ask()

    _was_large = False

    def leave(self) -> None:
        """Stop the live picture; the person's time goes on until they are left."""
        super().leave()
        self.beat.stop()
        self.asking.shut()
        self.capture.stop()
        self.exceptions.hide()
        if not self.dossier:  # with a person open, the form and the review stay large too
            self.shell.set_look(dark=self.shell.dark, large=self._was_large)

    def _ask(self) -> None:
        desk, dossier = self.desk, self.dossier
        assert desk is not None, "made at the first enter"
        self.ask(lambda: desk.view(dossier), self._show)

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
        self._show_road(shown=person is not None and not self.exceptions.isVisible())
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
        if self.capture.running is None and self.capture.decide is None:
            self._say_next()

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
        self.strip.show_stops(stops, self.step)

    def _step(self) -> CaptureStep | None:
        state = self.view.state if self.view is not None else None
        return state.procedure.step(self.step) if state is not None and self.step else None

    def _say_next(self) -> None:
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
        stopped = any(w.code == "s17.no-capture" for w in view.home.warnings)
        self.capture.say(State.IDLE, self.texts(f"ui.{kind}.wait"), self.texts("s17.plug" if stopped else "ui.visit.ready"))

    def _choose_step(self, step: str) -> None:
        view = self.view
        if view is None or view.state is None or self.capture.running is not None:
            return
        if not view.state.done(view.state.procedure.step(step)):
            self.step = step
            self._show_person(view)
            self.shell.refresh_actions()

    # --- intents ---------------------------------------------------------------------------------------------------------------

    def offers(self) -> list[Action]:
        """Enter a home; inside: the one next capture, exception, rest."""
        view = self.view
        if view is None:
            return []
        if self.asking.kind:
            return [self.act("cancel", "ui.action.cancel", "Esc", self.asking.leave, icon="back"),
                    self.act("take", "ui.action.take", "F12", self.asking.take, enabled=bool(self.asking.text()), primary=True)]  # fmt: skip
        if not self.dossier:
            row = self._home_row()
            number = self.act("number", "ui.action.visit-number", "F2", lambda: self.asking.ask("number"), icon="person")
            stick = self.act("stick", "ui.action.visit-stick", "F6", self.asking.ask_stick, icon="disk")
            if not view.home.rows:
                centre = self.act("centre", "ui.action.visit-centre", "F12", self._ask_centre, primary=True, icon="send")
                return [number, stick, centre]
            return [
                number,
                stick,
                self.act(
                    "open",
                    "ui.action.visit-open",
                    "F12",
                    self._open,
                    enabled=row is not None and not row.done,
                    primary=True,
                    icon="house",
                ),
            ]
        if self.exceptions.isVisible():
            return [self.act("cancel", "ui.action.cancel", "Esc", self._close_exceptions),
                    self.act("sign", "ui.action.sign-exception", "F12", self.exceptions.commit, enabled=self.exceptions.complete, primary=True)]  # fmt: skip
        if self.capture.running is not None:
            return self.capture.offers(self._stop)
        step = self._step()
        allowed = not any(w.code == "s17.no-capture" for w in view.home.warnings)
        actions = [self.act("rest", "ui.action.visit-rest", "F9", self._rest),
                   self.act("helper", "ui.action.visit-helper", "F6", self._ask_helper),
                   self.act("exception", "ui.action.exception", "F7", self._open_exceptions, enabled=step is not None and step.modality is not Modality.FACE)]  # fmt: skip
        if self.capture.decide is not None:
            actions.append(self.act("retake", "ui.action.retake", "F4", self._capture))
            actions.append(self.act("flagged", "ui.action.accept-flagged", "F12", self._accept, primary=True))
        elif step is not None:
            code, name = "ui.action.visit-capture", f"step.{step.id}"  # each language says the capture in its own words
            main, second = (
                self.texts(code, step=self.texts(name).lower()),
                self.texts.second(code, step=self.texts.second(name).lower()),
            )
            actions.append(Action("capture", main, second, "F12", self._capture, allowed, primary=True, icon="finger",
                                  shown=self.texts.key("F12")))  # fmt: skip
        else:
            actions.append(self.act("review", "ui.action.visit-review", "F12", self._review, primary=True, icon="pen"))
        return actions

    def key(self, name: str) -> bool:
        """Shift+F12: to another home; everything taken stays."""
        if name == "Shift+F12" and self.dossier and self.capture.running is None and not self.asking.kind:
            self._leave()
            return True
        return False

    def _home_row(self) -> HomeRow | None:
        index = self.rows.currentRow()
        return self.view.home.rows[index] if self.view is not None and 0 <= index < len(self.view.home.rows) else None

    def _open(self) -> None:
        row, desk, counter = self._home_row(), self.desk, self.counter
        if row is None or desk is None:
            return

        def work() -> str:
            counter.step_up(row.number)
            return desk.arrive(row.number) if row.listed else desk.arrive_by_number(row.number)

        self.ask(work, self._arrived)

    def _arrived(self, dossier: str) -> None:
        self.dossier = dossier
        self.shell.clear_trouble()
        self.strip.setFocus()
        self._ask()

    def _ask_helper(self) -> None:
        person = self.view.person if self.view is not None else None
        self.asking.ask("helper", person.helper if person is not None else "")

    def _ask_centre(self) -> None:
        """The uploader's next turn takes the centre's notices in; what came is in the list when the screen looks again."""
        self.counter.send_now()
        self.shell.say(State.LIVE, self.texts("ui.visit.asked-centre"), self.texts.second("ui.visit.asked-centre"))
        self._ask()

    def _answered(self, kind: str, result: object) -> None:
        """A number opened a visit, a stick brought notices, a helper was named."""
        if kind == "number":
            self._arrived(str(result))
            return
        if kind == "stick":
            self.shell.say(
                State.GOOD, self.texts("ui.visit.notices", count=result), self.texts.second("ui.visit.notices", count=result)
            )
        self._ask()

    def _capture(self) -> None:
        step = self._step()
        if step is not None:
            self.shell.clear_trouble()
            self.capture.start(self.dossier, step)
            self.shell.refresh_actions()

    def _stop(self) -> None:
        self.capture.stop()
        self.capture.say(State.IDLE, self.texts("ui.visit.stopped"), self.texts.second("ui.visit.stopped"))
        self._ask()

    def _ended(self) -> None:
        self._ask()

    def _accept(self) -> None:
        self.capture.accept_best(self.dossier, self._ask)

    def _rest(self) -> None:
        desk, dossier = self.desk, self.dossier
        assert desk is not None, "made at the first enter"
        self.ask(lambda: desk.rest(dossier), lambda _: self._leave())

    def _leave(self) -> None:
        desk, dossier = self.desk, self.dossier
        assert desk is not None, "made at the first enter"
        self.capture.stop()

        def left(_: object) -> None:
            self.dossier, self.step = "", ""
            self.capture.view.hide()
            self.capture.bar.show_score(None, 0)
            self.rows.setFocus()
            self._ask()

        self.ask(lambda: desk.leave(dossier), left)

    def _review(self) -> None:
        missing = self.view is not None and any(p.name == "data" and p.done < p.all for p in self.view.home.parts)
        self.shell.go("declaration" if missing and self.shell.has("declaration") else "review", self.dossier)

    def digit(self, number: int) -> bool:
        """Choose a finger in the exception panel."""
        if self.exceptions.isVisible():
            self.exceptions.choose(FingerPosition(number if number else 10))
            self.shell.refresh_actions()
            return True
        return False

    def _open_exceptions(self) -> None:
        if (rule := self._step()) is not None and rule.modality is Modality.IRIS:
            self.shell.go("iris", self.dossier)  # eyes are excepted at their own desk
            return
        self.exceptions.begin()
        self.exceptions.show()
        self._show_road(shown=False)  # the panel needs the height in large type
        step = self._step()
        if step is not None and len(step.fingers) == 1:
            self.exceptions.choose(step.fingers[0])
        self.shell.refresh_actions()

    def _close_exceptions(self) -> None:
        self.exceptions.hide()
        self._show_road(shown=True)
        self.strip.setFocus()
        self.shell.refresh_actions()

    def _show_road(self, *, shown: bool) -> None:
        """The four parts and the captures."""
        for widget in (self._strip_card, *self._parts.values()):
            widget.setVisible(shown)

    def _sign_exception(self, finger: int, kind: str, permanence: str, words: str) -> None:
        counter, dossier = self.counter, self.dossier
        self._close_exceptions()
        self.capture.decide = None
        part, why, lasting = FingerPosition(finger), ExceptionKind(kind), Permanence(permanence)
        self.ask(lambda: counter.declare_exception(dossier, part, why, lasting, words), lambda _: self._ask())

    def restyle(self) -> None:
        """Measure the rows anew."""
        self.rows.relayout()
