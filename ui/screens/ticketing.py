"""S1, a new ticket: who goes first by rule is asked by digit, a scanned or typed personal number tells the age by itself."""

from __future__ import annotations

from collections.abc import Callable

from station.dossier.pipeline import Priority
from ui.screens.base import Screen
from ui.theme.tokens import State
from ui.widgets.reason import ReasonPanel

PRIORITIES = tuple(f"priority.{p.value}" for p in Priority)


class Ticketing:
    """Over the queue's page and its panel for reasons. `room`: makes room for the question; `over`: it ended; `issued`: look anew."""

    def __init__(
        self, page: Screen, panel: ReasonPanel, room: Callable[[], None], over: Callable[[], None], issued: Callable[[], None]
    ) -> None:
        self._page, self._panel, self._room, self._over, self._issued = page, panel, room, over, issued
        self.asking = False

    def ask(self) -> None:
        """F6: the next number; a normal one stands first."""
        self.asking = True
        self._room()
        self._panel.ask(self._page.texts("ui.today.who-first"), PRIORITIES, self._said, "ui.today.number")
        self._page.shell.refresh_actions()

    def scanned(self, text: str) -> bool:
        """Take a card's code while a ticket is asked for."""
        if not (self.asking and self._panel.isVisible()):
            return False
        self._issue(Priority.NORMAL.value, text.partition("|")[0])
        return True

    def _said(self, code: str, words: str) -> None:
        typed = words.replace(" ", "").replace(".", "")
        self._issue(code.removeprefix("priority."), typed if typed.isdigit() else "")

    def _issue(self, priority: str, number: str) -> None:
        page, counter = self._page, self._page.counter
        self.asking = False
        self._over()

        def issued(found: tuple[int, Priority]) -> None:
            ticket, first = found
            code = "ui.today.issued" if first is Priority.NORMAL else "ui.today.issued-first"
            texts, why = page.texts, f"priority.{first.value}"
            second = texts.second(code, ticket=ticket, why=texts.second(why))
            page.shell.say(State.GOOD, texts(code, ticket=ticket, why=texts(why)), second)
            self._issued()

        page.ask(lambda: counter.queue.issue_by_rule(priority, number), issued)
