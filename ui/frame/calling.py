"""What F8 does: opens the supervisor's panel, asks, or lets a second person decide; the page behind goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from station.desk.supervising import CASE
from station.dossier.findings import FINDING
from station.system_clock import clock_dialog, open_dialog
from ui.theme.tokens import State
from ui.widgets.actions import Action

if TYPE_CHECKING:
    from station.views.clock import ClockView
    from ui.shell import Shell


CLOCK = "clock"
"""What F8 is called for when the clock stops captures (E02)."""


class Calling:
    """Over one shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._dialog: tuple[str, ...] = ()

    def key(self, name: str) -> bool:
        """Act on a key while the panel is open; every key is the panel's."""
        action = next((a for a in self.actions(self._shell.supervisor.what) if a.key == name), None)
        if action is not None and (not action.primary or self._shell.guard.allows()):
            action.run()
        return name != "Enter"

    def open(self, what: str, subject: str = "") -> None:
        """F8: let the supervisor decide here, or ask and go on."""
        counter, dossier = self._shell.counter, self._shell.page.dossier
        if counter is None or not (dossier or what == CLOCK):
            return
        self._shell.supervisor.open(what, subject, self.actions(what))
        if what == CLOCK:
            self._shell.jobs.submit(clock_dialog, self._offer_dialog, self._shell.show_trouble)
            return
        self._shell.jobs.submit(
            lambda: counter.supervisor.waiting(dossier), self._shell.supervisor.show_waiting, self._shell.show_trouble
        )

    def actions(self, what: str = "") -> list[Action]:
        """Leave, ask and go on, decide here; nobody can be asked later about a clock that stops the capture now."""
        texts = self._shell.texts
        offered = [
            Action(
                "leave", texts("ui.action.back"), texts.second("ui.action.back"), "Esc", self._shell.supervisor.shut, icon="back"
            ),
            Action(
                "ask",
                texts("ui.f8.ask"),
                texts.second("ui.f8.ask"),
                "F8",
                self._ask_supervisor,
                icon="person",
                shown=texts.key("F8"),
            ),
            Action(
                "decide",
                texts("ui.f8.decide"),
                texts.second("ui.f8.decide"),
                "F12",
                self._decide_here,
                primary=True,
                icon="double-check",
                shown=texts.key("F12"),
            ),
        ]
        if what == CLOCK and self._dialog:
            words = texts("ui.f8.set-clock"), texts.second("ui.f8.set-clock")
            offered.insert(1, Action("set-clock", *words, "F5", self._set_clock, icon="tool", shown=texts.key("F5")))
        return [a for a in offered if a.name != "ask" or what not in {CLOCK, CASE}]

    def _offer_dialog(self, dialog: tuple[str, ...]) -> None:
        """F5 opens the system's own dialog where there is one; otherwise it is said who sets the clock, and how."""
        self._dialog = dialog
        shell, panel = self._shell, self._shell.supervisor
        if panel.isVisible() and panel.what == CLOCK:
            panel.offer(self.actions(CLOCK))
            panel.note(shell.texts("ui.f8.set-clock.then" if dialog else "ui.f8.set-clock.none"))

    def _set_clock(self) -> None:
        dialog, panel = self._dialog, self._shell.supervisor
        self._shell.jobs.submit(lambda: open_dialog(dialog), None, lambda error: panel.refuse(self._shell.texts.why(error)))

    def _ask_supervisor(self) -> None:
        counter, dossier, panel = self._shell.counter, self._shell.page.dossier, self._shell.supervisor
        assert counter is not None
        what, subject = panel.what, panel.subject
        panel.shut()
        self._shell.jobs.submit(
            lambda: counter.supervisor.ask(dossier, what, subject),
            lambda _: self._shell.say(State.EXCEPTION, self._shell.texts("ui.f8.asked"), self._shell.texts.second("ui.f8.asked")),
            self._shell.show_trouble,
        )

    def _decide_here(self) -> None:
        counter, dossier, panel = self._shell.counter, self._shell.page.dossier, self._shell.supervisor
        assert counter is not None
        who, pin, what, subject = panel.who.text().strip(), panel.pin.text(), panel.what, panel.subject
        why = panel.why.text().strip()
        if what in {FINDING, CLOCK, CASE} and not why:
            panel.refuse(self._shell.texts("reason-missing"))
            return
        panel.pin.clear()
        if what == CLOCK:
            self._shell.jobs.submit(
                lambda: counter.supervisor.override_clock(who, pin, why),
                self._clock_allowed,
                lambda error: panel.refuse(self._shell.texts.why(error)),
            )
            return

        def work() -> int:
            counter.supervisor.ask(dossier, what, subject)
            return counter.supervisor.decide_here(dossier, who, pin, reason=why)

        def decided(count: int) -> None:
            panel.shut()
            if what == CASE:  # the stop is over: the page says what comes next
                self._shell.again()
            self._shell.say(
                State.GOOD,
                self._shell.texts("ui.f8.decided", count=count),
                self._shell.texts.second("ui.f8.decided", count=count),
            )

        self._shell.jobs.submit(work, decided, lambda error: panel.refuse(self._shell.texts.why(error)))

    def show_clock(self) -> None:
        """E02: by how much the clock is off, how it is known, and that F8 lets a supervisor record an override."""
        shell, counter = self._shell, self._shell.counter
        assert counter is not None

        def show(view: ClockView) -> None:
            shell.say(State(view.tone.value), shell.texts.of(view.words), shell.texts.of(view.note), "E02", "E02")

        shell.jobs.submit(counter.shift.clock, show)

    def _clock_allowed(self, _: object) -> None:
        """The page is entered anew: a capture that was stopped begins."""
        shell = self._shell
        shell.supervisor.shut()
        shell.again()
        shell.say(State.EXCEPTION, shell.texts("ui.f8.clock-allowed"), shell.texts.second("ui.f8.clock-allowed"))
