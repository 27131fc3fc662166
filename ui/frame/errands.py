"""F5 (device check) and F3 (defect desk) from every screen: the dossier stays as it is, and one key leads back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ui.widgets.actions import Action

if TYPE_CHECKING:
    from ui.shell import Shell

PLACES: Final = {"F5": "devices", "F3": "defects"}
NEAR: Final = frozenset({"devices", "calibration", "defects", "print-preview", "help", "sending"})
"""Screens from which the way back is kept."""
BACK: Final = "Shift+F12"


class Errands:
    """Over one shell. A page's own F5 or F3 comes first."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._from: tuple[str, str] | None = None

    def run(self, key: str) -> bool:
        """Go where a key leads, unless that is here; True when it meant something."""
        if key == BACK and self._from is not None and self._shell.page_name in NEAR:
            self.back()
            return True
        place = PLACES.get(key, "")
        return bool(place) and self.go(place)

    def go(self, place: str) -> bool:
        """Go to a screen and remember where from."""
        shell = self._shell
        if shell.counter is None or not shell.page.framed or shell.page_name == place or not shell.has(place):
            return False
        before = self._from if shell.page_name in NEAR and self._from is not None else (shell.page_name, shell.page.dossier)
        shell.go(place)
        self._from = before if before[0] not in NEAR else None
        shell.refresh_actions()
        return True

    def left(self, name: str) -> None:
        """Another page is shown: away from those of an errand there is nothing to go back to."""
        if name not in NEAR:
            self._from = None

    def back(self) -> None:
        """Back to the work that was left."""
        before, self._from = self._from, None
        if before is not None:
            self._shell.go(*before)

    def offers(self) -> list[Action]:
        """The way back, while on an errand."""
        if self._from is None or self._shell.page_name not in NEAR - {"help"}:
            return []
        texts = self._shell.texts
        return [
            Action(
                "errand-back",
                texts("ui.errand.back"),
                texts.second("ui.errand.back"),
                BACK,
                self.back,
                icon="back",
                shown=texts.key(BACK),
            )
        ]

    def action(self, key: str) -> Action | None:
        """What a key leads to, as the next step of a message; None when it leads nowhere from here."""
        place = PLACES.get(key, "")
        return self._named(f"ui.nav.{place}", key, place) if place else None

    def screen_action(self, place: str) -> Action | None:
        """Going to a screen, as the next step of a message."""
        return self._named(f"ui.nav.{place}", "", place) if place else None

    def _named(self, code: str, key: str, place: str) -> Action | None:
        shell = self._shell
        if shell.counter is None or not shell.page.framed or shell.page_name == place or not shell.has(place):
            return None
        icon = "tool" if place == "devices" else "warning" if place == "defects" else "send"
        return Action(
            place,
            shell.texts(code),
            shell.texts.second(code),
            key,
            lambda: _go(self, place),
            icon=icon,
            shown=shell.texts.key(key) if key else "",
        )


def _go(errands: Errands, place: str) -> None:
    errands.go(place)
