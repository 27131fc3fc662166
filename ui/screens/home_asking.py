"""What S17 asks in one line: a personal number that is not on the list, who helps, which stick the list comes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.qt import Signal
from ui.widgets.ask import AskPanel

if TYPE_CHECKING:
    from ui.screens.home_shown import HomeShown


class HomeAsking(AskPanel):
    """`answered(kind, result)` when what was typed was taken; a refusal leaves the panel as it is."""

    answered = Signal(str, object)

    def __init__(self, screen: HomeShown) -> None:
        super().__init__()
        self._screen = screen
        self.entry.edit.textChanged.connect(lambda _: screen.shell.refresh_actions())

    def ask(self, kind: str, text: str = "") -> None:
        """Ask for one line, in place of the live picture."""
        texts = self._screen.texts
        self.begin(
            kind, texts(f"ui.visit.ask.{kind}"), texts(f"ui.visit.ask.{kind}-field"), texts(f"ui.visit.ask.{kind}-note"), text
        )
        self._screen.capture.hide()
        self._screen.shell.refresh_actions()

    def ask_stick(self) -> None:
        """Ask for the stick; the one that is plugged in is filled in."""
        desk = self._screen.desk
        assert desk is not None, "made at the first enter"
        self.ask("stick")
        self._screen.ask(desk.sticks, lambda found: self.entry.set_text(found[0]) if found and not self.text() else None)

    def leave(self) -> None:
        """Back to what was there before."""
        self.shut()
        screen = self._screen
        screen.capture.show()
        (screen.strip if screen.dossier else screen.rows).setFocus()
        screen.shell.refresh_actions()

    def take(self) -> None:
        """Take what was typed."""
        screen, kind, text = self._screen, self.kind, self.text()
        desk, dossier, counter = screen.desk, screen.dossier, screen.counter
        assert desk is not None, "made at the first enter"

        def number() -> str:
            opened = desk.arrive_by_number(text)
            counter.step_up("".join(c for c in text if c.isdigit()))
            return opened

        def taken(result: object) -> None:
            self.leave()
            self.answered.emit(kind, result)

        jobs = {"number": number, "stick": lambda: desk.take_list(text), "helper": lambda: desk.helped_by(dossier, text)}
        if text:
            screen.ask(jobs[kind], taken)
