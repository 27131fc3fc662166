"""What is said over the page: one message at a time, in the banner; it goes when the page does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from station.errors import sentence
from ui.theme.tokens import State
from ui.widgets.chips import Banner

if TYPE_CHECKING:
    from ui.shell import Shell


class Messages:
    """Over one shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.banner = Banner()
        self.banner.hide()
        self._code = ""

    @property
    def code(self) -> str:
        """Code of the message that stands there, "" when none does."""
        return "" if self.banner.isHidden() else self._code

    def trouble(self, error: BaseException) -> None:
        """Say what happened, what is safe, what to do; the words by code where the catalogue has them."""
        texts = self._shell.texts
        code = str(getattr(error, "reason_code", "") or "")
        words = texts(code) if code else ""
        if code == "E02":
            self._shell.calling.show_clock()
            return
        main = words if words and words != code else texts("ui.trouble.title")
        second = texts.second(code) if words != code and texts.second(code) else texts.keys.told(sentence(error))
        self.say(State.BLOCKED, main, f"{second}  [{code or type(error).__name__}]", code)

    def say(self, state: State, main: str, second: str = "", code: str = "") -> None:
        """Say something; `code`: which message it is, for its help (F1)."""
        self._code = code
        self.banner.say(state, main, second)
        self.banner.show()

    def clear(self) -> None:
        """Take the message away."""
        self._code = ""
        self.banner.hide()
