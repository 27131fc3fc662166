"""A scanner's burst: the page that waits for one takes it, a badge goes to whoever is asked for a PIN; anything else is said, with the way
there as an offer. A scan alone opens nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from station.desk.scans import ScanKind, ScanView, printed_kind
from station.dossier.numbers import CodeKind
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.entry import PinPanel

if TYPE_CHECKING:
    from ui.shell import Shell

OWN: Final = {CodeKind.BADGE: "sign-in", CodeKind.TEST: "devices"}
"""Codes that only one screen takes: everywhere else it is said what they are, whatever the page would make of them."""
KEY: Final = "F2"
"""The key that goes to what was scanned, where the page has no other use for it."""


class Scans:
    """Over one shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def take(self, text: str) -> None:
        """Give a burst to whoever wants it, or say what it was."""
        shell = self._shell
        if not shell.page_name:
            return
        if shell.supervisor.isVisible():
            self._badge(text, shell.supervisor.take_badge, shell.supervisor.refuse)
            return
        panel = next((p for p in shell.page.findChildren(PinPanel) if p.isVisible()), None)
        if panel is not None:
            self._badge(text, panel.take_badge, panel.failed)
            return
        kind = printed_kind(text)
        only = OWN.get(kind, "") if kind is not None else ""
        if only in ("", shell.page_name) and shell.page.scanned(text):
            return
        counter = shell.counter
        if counter is not None:
            shell.jobs.submit(lambda: counter.read_scan(text), self._say, shell.show_trouble)

    def _badge(self, text: str, take: object, refuse: object) -> None:
        """A badge names who signs here; anything else is refused, and the page behind never sees it."""
        shell, counter = self._shell, self._shell.counter
        assert counter is not None
        assert callable(take)
        assert callable(refuse)

        def known(view: ScanView) -> None:
            if view.kind is ScanKind.BADGE and view.operator:
                if not take(view.operator):
                    refuse(shell.texts("scan.badge-no-right"))
            else:
                refuse(f"{shell.texts.of(view.words)}. {shell.texts('scan.badge-wanted')}")

        shell.jobs.submit(lambda: counter.read_scan(text), known, shell.show_trouble)

    def _say(self, view: ScanView) -> None:
        shell = self._shell
        texts = shell.texts
        here = bool(view.dossier) and view.dossier == shell.page.dossier
        action = None if here else self._way(view)
        code = "scan.here" if here else "scan.next" if action is not None else f"scan.then.{view.kind}"
        small = "E31" if view.kind is ScanKind.FOREIGN else ""
        state = State.IDLE if here or action is not None else State.RETRY
        shell.messages.say(state, texts.of(view.words), texts(code), small, small, action)

    def _way(self, view: ScanView) -> Action | None:
        """Where it leads from here."""
        shell = self._shell
        texts = shell.texts
        if view.dossier:
            code, run, icon = "scan.open", lambda: shell.tabs.turn_to(view.dossier), "next"
        elif view.kind in (ScanKind.TICKET, ScanKind.CARD) and shell.page_name != "home":
            code, run, icon = "ui.nav.today", lambda: _leave(shell), "queue"
        elif view.kind in (ScanKind.TEST, ScanKind.GARBLED) and shell.page_name != "devices":
            return shell.errands.screen_action("devices")
        elif view.kind is ScanKind.BADGE:
            return next((a for a in shell.offers() if a.key == "F8" and a.enabled), None)
        else:
            return None
        free = all(a.key != KEY for a in shell.offers())
        return Action(
            "scan", texts(code), texts.second(code), KEY if free else "", run, icon=icon, shown=texts.key(KEY) if free else ""
        )


def _leave(shell: Shell) -> None:
    """To the queue: a dossier that is open is paused exactly where it is."""
    if shell.page.stage and shell.page.dossier:
        shell.page.pause()
    else:
        shell.go("home")
