"""The open dossiers of this table: shown in the top bar, gone round with Ctrl+Tab; each stands exactly where it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.screens.table import screen_of

if TYPE_CHECKING:
    from ui.shell import Shell

SHOWN = 4


class Tabs:
    """Over one shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.open: tuple[tuple[str, str, str], ...] = ()
        """(dossier, ticket, stage) of each, oldest first."""

    @property
    def _here(self) -> str:
        page = self._shell.page
        return page.dossier if page.stage else ""

    def refresh(self) -> None:
        """Ask which dossiers are open here."""
        counter = self._shell.counter
        if counter is not None:
            self._shell.jobs.submit(counter.open_tabs, self._show, self._shell.show_trouble)

    def _show(self, tabs: tuple[tuple[str, str, str], ...]) -> None:
        self.open = tabs
        texts, here = self._shell.texts, self._here
        self._shell.top.open.show_tabs([(t or d[-6:-1], texts(f"ui.stage.{s}"), d == here) for d, t, s in tabs[:SHOWN]])

    def next(self) -> None:
        """Go to the next open dossier; the present one is kept exactly where it is."""
        counter, here = self._shell.counter, self._here
        ids = [d for d, _, _ in self.open]
        others = ids[ids.index(here) + 1 :] + ids[: ids.index(here)] if here in ids else ids
        if counter is None or not others:
            return
        self.turn_to(others[0])

    def turn_to(self, wanted: str) -> None:
        """Go on with a dossier; the present one waits exactly where it is."""
        counter, here = self._shell.counter, self._here
        assert counter is not None, "offered while a station is open"
        self._shell.page.leave()
        self._shell.second.blank()

        def work() -> str:
            if here and here != wanted:
                counter.queue.pause(here)
            counter.queue.resume(wanted)
            return counter.stage(wanted)

        self._shell.jobs.submit(work, lambda stage: self._shell.go(screen_of(stage), wanted), self._shell.show_trouble)
