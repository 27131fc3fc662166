"""F1: which screen the help was asked from, which message stood there, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.theme.tokens import State

if TYPE_CHECKING:
    from ui.shell import Shell


class Helping:
    """Over one shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.message = ""
        """Code of the message that stood there when F1 was pressed."""
        self.error: BaseException | None = None
        """The error that was told, where it was one."""
        self.said = ""
        """The words that stood there."""
        self.topic = ""
        """Which screen the help was asked from."""
        self._back = ("home", "")

    def open(self) -> None:
        """Open the help of the page that is shown; where there is none, one sentence."""
        shell = self._shell
        if shell.has("help") and shell.page_name != "help":
            messages = shell.messages
            self.message, self.error, self.said = messages.code, messages.error, messages.words
            self.topic, self._back = shell.page.help_topic or shell.page_name, (shell.page_name, shell.page.dossier)
            shell.go("help")
        else:
            shell.say(State.LIVE, shell.texts("ui.action.help"), shell.texts("ui.help.text"))

    def back(self) -> None:
        """Go back to where help was asked."""
        self._shell.go(*self._back)
