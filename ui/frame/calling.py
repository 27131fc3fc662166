"""What F8 does: opens the supervisor's panel, asks, or lets a second person decide; the page behind goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from station.dossier.findings import FINDING
from ui.theme.tokens import State
from ui.widgets.actions import Action

if TYPE_CHECKING:
    from ui.shell import Shell


class Calling:
    """Over one shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def key(self, name: str) -> bool:
        """Act on a key while the panel is open; every key is the panel's."""
        action = next((a for a in self.actions() if a.key == name), None)
        if action is not None and (not action.primary or self._shell.guard.allows()):
            action.run()
        return name != "Enter"

    def open(self, what: str, subject: str = "") -> None:
        """F8: let the supervisor decide here, or ask and go on."""
        counter, dossier = self._shell.counter, self._shell.page.dossier
        if counter is None or not dossier:
            return
        self._shell.supervisor.open(what, subject, self.actions())
        self._shell.jobs.submit(
            lambda: counter.supervisor.waiting(dossier), self._shell.supervisor.show_waiting, self._shell.show_trouble
        )

    def actions(self) -> list[Action]:
        texts = self._shell.texts
        return [
            Action(
                "leave", texts("ui.action.back"), texts.second("ui.action.back"), "Esc", self._shell.supervisor.shut, icon="back"
            ),
            Action("ask", texts("ui.f8.ask"), texts.second("ui.f8.ask"), "F8", self._ask_supervisor, icon="person"),
            Action(
                "decide",
                texts("ui.f8.decide"),
                texts.second("ui.f8.decide"),
                "F12",
                self._decide_here,
                primary=True,
                icon="double-check",
            ),
        ]

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
        if what == FINDING and not why:
            panel.refuse(self._shell.texts("reason-missing"))
            return
        panel.pin.clear()

        def work() -> int:
            counter.supervisor.ask(dossier, what, subject)
            return counter.supervisor.decide_here(dossier, who, pin, reason=why)

        def decided(count: int) -> None:
            panel.shut()
            self._shell.say(
                State.GOOD,
                self._shell.texts("ui.f8.decided", count=count),
                self._shell.texts.second("ui.f8.decided", count=count),
            )

        self._shell.jobs.submit(work, decided, lambda error: panel.refuse(str(error)))
