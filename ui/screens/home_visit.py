"""S17: the mobile team's screen in large type. What is left for this person, and may we stop now? Offline is the normal state."""

from __future__ import annotations

import time
from collections.abc import Callable

from biometrics.positions import FingerPosition
from station.desks.visits import VisitDesk, VisitView
from station.dossier.procedure import Modality
from station.dossier.state import DossierState
from station.views.fingers import FingersView
from station.views.home import HomeRow
from ui.qt import QTimer
from ui.screens.covering import Covering
from ui.screens.declaring import Declaring, asked_of_applicant
from ui.screens.finding_asked import FindingAsked
from ui.screens.home_shown import HomeShown
from ui.screens.retaking import PORTRAIT_REASONS, RETAKE_REASONS
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action

BEAT_MS = 5000
"""How often battery, place and list are asked for again."""


class HomeVisitScreen(HomeShown):
    """What is left for this person, and may we stop now?"""

    mirrors = True

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.rows.picked.connect(lambda _: self.shell.refresh_actions())
        self.strip.chosen.connect(self._choose_step)
        self.capture.ended.connect(self._ended)
        self.declaring = Declaring(self, self.exceptions, self.capture.view, self._told_hand, self._shut_exceptions)
        self.asking.answered.connect(self._answered)
        self.asked = FindingAsked(self, "home-visit", self.reason, self._discard, self._ask, self._shut_reason)
        self.reason.asked.connect(self._reason_asked)
        self.covering = Covering(self)
        self.covering.watch(self.exceptions, self.reason, shell.menu, shell.supervisor)
        self.covering.changed.connect(self._covered)
        self._told = self.looked = ""
        self.beat = QTimer(self)
        self.beat.timeout.connect(self._again)
        self._watching = QTimer(self)
        self._watching.timeout.connect(self.capture.watch)
        self._watching.timeout.connect(self.show_rest)

    # --- coming and going ------------------------------------------------------------------------------------------------------

    def enter(self, dossier: str = "") -> None:
        """Show the village; large type from now on."""
        super().enter(dossier)
        if self.desk is None:
            self.desk = VisitDesk(self.station, self.counter.procedure)
        self.step = ""
        self.counter.hold(held=self.covering.covered)
        self._was_large = self.shell.large_mode
        self.shell.set_look(dark=self.shell.dark, large=True)
        self.rows.setFocus()
        self.capture.show()
        self.beat.start(BEAT_MS)
        self._watching.start(500)
        self._ask()

    def _again(self) -> None:
        """Battery, place and list as they are now; not while something is live or asked."""
        if self.capture.running is None and not self.asking.kind and not self.exceptions.isVisible() and not self.jobs.pending:
            self._ask()

    def _covered(self, covered: bool) -> None:
        """Nothing is taken under a panel."""
        if self.shell.counter is not None and self.shell.page is self:
            self.counter.hold(held=covered)

    _was_large = False

    def leave(self) -> None:
        """Stop the live picture; the person's time goes on until they are left."""
        super().leave()
        self.beat.stop()
        self._watching.stop()
        self.resting = None
        self.asking.shut()
        self.reason.shut()
        self.capture.stop()
        self.declaring.stop()
        self.exceptions.hide()
        self.counter.hold(held=False)
        if not self.dossier:  # with a person open, the form and the review stay large too
            self.shell.set_look(dark=self.shell.dark, large=self._was_large)

    def _ask(self) -> None:
        desk, dossier = self.desk, self.dossier
        assert desk is not None, "made at the first enter"
        self.ask(lambda: desk.view(dossier), self._show, what="" if self.view is not None else "ui.wait.work")

    def _choose_step(self, step: str) -> None:
        view = self.view
        if view is None or view.state is None or self.capture.busy:
            return
        taken = view.state.captures[step].accepted is not None
        if taken or not view.state.done(view.state.procedure.step(step)):
            self.step, self.looked = ("", step) if taken else (step, "")
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
                    self.act("take", f"ui.action.take-{self.asking.kind}", "F12", self.asking.take, enabled=bool(self.asking.text()), primary=True)]  # fmt: skip
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
            return self.declaring.offers()
        if self.capture.running is not None:
            return self.capture.offers(self._stop)
        if not self.reason.isHidden():
            return [self.act("cancel", "ui.action.back", "Esc", self._shut_reason, icon="back"),
                    self.act("reason", "ui.action.take-reason", "F12", self.reason.take, primary=True)]  # fmt: skip
        if self.resting is not None:
            return [self.act("leave", "ui.action.visit-leave", "F9", self._leave, icon="house"),
                    self.act("go-on", "ui.action.go-on", "F12", self._go_on, primary=True, icon="next")]  # fmt: skip
        if self.looked:
            return [self.act("retake", "ui.action.retake", "F4", self._take_back),
                    self.act("go-on", "ui.action.go-on", "F12", self._look_away, primary=True, icon="next")]  # fmt: skip
        if self.asked.found is not None:
            return self.asked.offers(self.asked.found)
        step = self._step()
        allowed = not any(w.code == "s17.no-capture" for w in view.home.warnings)
        actions = [self.act("rest", "ui.action.visit-rest", "F9", self._rest),
                   self.act("helper", "ui.action.visit-helper", "F6", self._ask_helper),
                   *self.capture.device.offers(),
                   self.act("exception", "ui.action.exception", "F7", self._open_exceptions, enabled=step is not None and step.modality is not Modality.FACE)]  # fmt: skip
        if self.capture.confirming is not None:
            confirm = self.act("confirm", "ui.action.confirm", "F12", self.capture.confirm, primary=True, icon="double-check")
            return [*actions[:2], self.act("retake", "ui.action.retake", "F4", self._set_aside), confirm]
        if self.capture.decide is not None:
            low = self.capture.decide.id
            actions.append(self.act("retake", "ui.action.retake", "F4", self._anew))
            actions.append(
                self.act("supervisor", "ui.action.supervisor", "F8", lambda: self.shell.call_supervisor("low-quality", low))
            )
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
        self.shell.second.turn_to(dossier)
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

    def _capture(self, *, anew: bool = False) -> None:
        step = self.capture.confirming or self.capture.decide or self._step()
        if step is not None:
            self.shell.clear_trouble()
            self.capture.start(self.dossier, step, anew=anew)
            self.shell.refresh_actions()

    def _anew(self) -> None:
        """F4: the picture that waits for a decision stays among the tries, another is taken."""
        self._capture(anew=True)

    def _set_aside(self) -> None:
        """F4 over a portrait that passed: never without a reason; the boxes begin anew with the next picture."""
        step = self.capture.confirming
        counter, dossier = self.counter, self.dossier

        def again(_: str, words: str) -> None:
            if step is not None:
                self._shut_reason()
                self.ask(lambda: counter.set_aside(dossier, step.id, words), lambda _: self._anew())

        self.reason.ask(self.texts("ui.live.why-retake"), PORTRAIT_REASONS, again)
        self.shell.refresh_actions()

    def _take_back(self) -> None:
        """F4 over a capture that is looked at: taken back with a reason, it is the next one then."""
        looked = self.looked
        codes = PORTRAIT_REASONS if looked == "portrait" else RETAKE_REASONS
        self.reason.ask(self.texts("ui.live.why-retake"), codes, lambda _, words: self._discard(looked, words))
        self.shell.refresh_actions()

    def _look_away(self) -> None:
        self.looked = ""
        self._ask()

    def _stop(self) -> None:
        self.capture.stop()
        self.capture.say(State.IDLE, self.texts("ui.visit.stopped"), self.texts.second("ui.visit.stopped"))
        self._ask()

    def _ended(self) -> None:
        self.show_road()
        if self.capture.hasFocus() and self.capture.confirming is None:
            self.strip.setFocus()  # the boxes had the keys
        self._ask()
        if not self.capture.busy:
            self._check(self._checked)

    # --- are these the right fingers, of this person? --------------------------------------------------------------------------

    def _check(self, then: Callable[[FingersView | None], None]) -> None:
        """Let the fingers be compared beside everything else, then judged: before the review, not only before the seal."""
        counter, dossier, entered = self.counter, self.dossier, self.entered

        def prepared() -> None:
            if entered == self.entered and dossier and dossier == self.dossier:
                self.ask(lambda: counter.check_fingers(dossier), then)

        self.jobs.aside(lambda: counter.prepare_check(dossier), prepared)

    def _checked(self, view: FingersView | None) -> None:
        """What was found stops the next live picture, which may be open by now."""
        if view is not None and self.asked.look(view.findings) is not None and self.capture.running is not None:
            self.capture.stop()
        self._ask()

    def found(self, state: DossierState) -> bool:
        """A finding stops the visit's captures until it is answered, as at the desk."""
        found = self.asked.look(state.open_findings)
        self.question_stands = found is not None
        self.show_road()
        if found is None:
            return False
        head, main, second = self.asked.words(found)
        self.capture.name_step(head)
        self.capture.say(State.BLOCKED, main, second)
        if self._told != found.key:
            self._told = found.key
            self.shell.tones.play("blocked")
        return True

    def _discard(self, step: str, words: str) -> None:
        """Take an accepted capture back; it is the next one then."""
        counter, dossier = self.counter, self.dossier
        self._shut_reason()
        self.ask(lambda: counter.discard(dossier, step, words), lambda _: self._taken_back(step))

    def _taken_back(self, step: str) -> None:
        # Only now: a view that was asked for before still says "taken", and would have chosen another step.
        self.step, self.looked = step, ""
        self._ask()

    def _reason_asked(self) -> None:
        """The panel needs the picture's width in large type."""
        self.capture.view.hide()
        self.show_road()

    def _shut_reason(self) -> None:
        self.reason.shut()
        self.capture.show()
        self.show_road()
        self.strip.setFocus()
        self.shell.refresh_actions()

    def _accept(self) -> None:
        self.capture.accept_best(self.dossier, self._ask)

    def _rest(self) -> None:
        """F9: everything is saved; the rest's clock runs until the work goes on or the team goes to another home."""
        desk, dossier = self.desk, self.dossier
        assert desk is not None, "made at the first enter"

        def rested(_: object) -> None:
            self.resting = time.monotonic()
            self.capture.stop()
            self._ask()

        self.ask(lambda: desk.rest(dossier), rested)

    def _go_on(self) -> None:
        self.resting = None
        self._ask()

    def pause(self) -> None:
        """F9 where a finding is asked: this person waits, the question too."""
        self._leave()

    def _leave(self) -> None:
        desk, dossier = self.desk, self.dossier
        assert desk is not None, "made at the first enter"
        self.capture.stop()

        def left(_: object) -> None:
            self.dossier = self.step = self.looked = ""
            self.resting = None
            self.shell.second.turn_to("")
            self.capture.view.hide()
            self.capture.bar.show_score(None, 0)
            self.rows.setFocus()
            self._ask()

        self.ask(lambda: desk.leave(dossier), left)

    def _review(self) -> None:
        """The fingers are checked once more, so that nobody signs what the check would stop; then on."""
        if self.view is not None and self.view.state is not None:
            self._check(self._reviewed)

    def _reviewed(self, _: FingersView | None) -> None:
        dossier = self.dossier
        desk = self.desk
        assert desk is not None, "made at the first enter"

        def go(view: VisitView) -> None:
            self._show(view)
            if self.asked.found is None:
                missing = any(p.name == "data" and p.done < p.all for p in view.home.parts)
                self.shell.go("declaration" if missing and self.shell.has("declaration") else "review", dossier)

        self.ask(lambda: desk.view(dossier), go)

    def digit(self, number: int) -> bool:
        """Choose a finger in the exception panel, or tick one of the officer's boxes."""
        if not self.reason.isHidden():
            return self.reason.choose(number)
        if self.exceptions.isVisible():
            self.declaring.choose(FingerPosition(number if number else 10))
            self.shell.refresh_actions()
            return True
        return self.capture.confirming is not None and self.capture.ticks.toggle(number)

    def _open_exceptions(self) -> None:
        if (rule := self._step()) is not None and rule.modality is Modality.IRIS:
            self.shell.go("iris", self.dossier)  # eyes are excepted at their own desk
            return
        self.exceptions.show()
        self.capture.view.show()
        self.show_road()
        self.declaring.open()
        step = self._step()
        if step is not None and len(step.fingers) == 1:
            self.declaring.choose(step.fingers[0])
        self.shell.refresh_actions()

    def _told_hand(self, code: str) -> None:
        self.capture.say(State.EXCEPTION, self.texts(code), self.texts.second(code))
        self.capture.tell(asked_of_applicant(code))

    def _shut_exceptions(self, declared: bool) -> None:
        """The panel is gone; what was declared is asked for no more."""
        self.exceptions.hide()
        self.capture.view.hide()
        self.show_road()
        self.strip.setFocus()
        if declared:
            self.capture.decide = None
        if declared or self.capture.decide is None:
            self._ask()
        self.shell.refresh_actions()
