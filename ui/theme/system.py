"""The theme "as the system": what the desktop's own setting says, at once when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.qt import QGuiApplication, QObject, Qt

if TYPE_CHECKING:
    from ui.shell import Shell


def dark_for(choice: str, scheme: Qt.ColorScheme) -> bool:
    """Return whether the setting ``screen.theme`` means the dark theme; a desktop that says nothing means light."""
    return choice == "dark" or (choice == "system" and scheme is Qt.ColorScheme.Dark)


class SystemLook(QObject):
    """Follows the desktop for one shell while the setting says so."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._choice = ""
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.changed)

    def choose(self, choice: str) -> bool:
        """Take the setting; return whether that is dark now."""
        self._choice = choice
        return dark_for(choice, QGuiApplication.styleHints().colorScheme())

    def changed(self, scheme: Qt.ColorScheme) -> None:
        """The desktop turned dark or light."""
        if self._choice == "system":
            self._shell.set_look(dark=dark_for(self._choice, scheme), large=self._shell.large_mode)
