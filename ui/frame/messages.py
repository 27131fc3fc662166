"""What is said over the page: one message at a time. Line 1 what is true or what to do, line 2 what helps, the small code, one button
with the next step and its key. Words come from the catalogue only: an error's own sentence is for the command line and the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from station.advice import UNKNOWN, advice_for, next_key, read_tables, reason_words, screen_code
from ui.frame.commands import save_report
from ui.qt import QTimer
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.message_banner import MessageBanner

if TYPE_CHECKING:
    from ui.shell import Shell


BRIEF_MS = 6000
"""How long a greeting stands."""


class Messages:
    """Over one shell."""

    def __init__(self, shell: Shell) -> None:
        read_tables()
        self._shell = shell
        self.banner = MessageBanner()
        self.banner.hide()
        self._code, self._brief = "", ""
        self._timer = QTimer(self.banner)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end_brief)
        self._error: BaseException | None = None

    @property
    def code(self) -> str:
        """Code of the message that stands there, "" when none does or it has none."""
        return "" if self.banner.isHidden() else self._code

    @property
    def error(self) -> BaseException | None:
        """The error that is told, where it is one."""
        return None if self.banner.isHidden() else self._error

    @property
    def words(self) -> str:
        """The message that stands there."""
        return "" if self.banner.isHidden() else self.banner.text()

    def trouble(self, error: BaseException) -> None:
        """Say what happened, what is safe, what to do; an error that nobody foresaw: that the cause is not known."""
        code = str(getattr(error, "reason_code", "") or "")
        if code == "E02":
            self._shell.calling.show_clock()
            return
        texts, words = self._shell.texts, reason_words(error)
        advice = advice_for(code, error)
        main, second = texts.of(words), texts.second_of(words) or texts.of(advice)
        small = screen_code(code, str(getattr(error, "device_id", ""))) or type(error).__name__
        self._show(State.BLOCKED, main, second, small, self._action(next_key(advice.code)))
        self._code, self._error = code or words.code, error
        counter = self._shell.counter
        if words.code == UNKNOWN and counter is not None:
            screen = self._shell.page_name

            def numbered(number: str) -> None:
                if self.error is error:
                    said = texts("ui.trouble.number", number=number)
                    self._show(State.BLOCKED, main, said, small, self._action(":report"))

            self._shell.jobs.submit(lambda: counter.reports.note(error, screen), numbered)

    def say(
        self, state: State, main: str, second: str = "", code: str = "", small: str = "", action: Action | None = None
    ) -> None:
        """Say something; `code`: which message it is, for its help (F1) and its next step; `small`: the small code beside it;
        `action`: a next step that is the message's own."""
        advised = code and state in (State.BLOCKED, State.RETRY)
        if action is None and advised:
            action = self._action(next_key(advice_for(code).code))
        self._show(state, main, second, small, action)
        self._code, self._error, self._brief = code, None, ""

    def say_briefly(self, state: State, main: str, second: str = "") -> None:
        """Say something that goes by itself: a greeting, a success that asks for nothing."""
        self.say(state, main, second)
        self._brief = main
        self._timer.start(BRIEF_MS)

    def _end_brief(self) -> None:
        if self._brief and self.words == self._brief:
            self.clear()

    def press(self, key: str) -> bool:
        """Take the next step that stands in the message, by its key; False when none has that key."""
        action = None if self.banner.isHidden() else self.banner.action
        if action is None or action.key != key:
            return False
        action.run()
        return True

    def clear(self) -> None:
        """Take the message away."""
        self._code, self._error = "", None
        self.banner.hide()
        self.banner.announcer.forget()

    def _show(self, state: State, main: str, second: str, small: str, action: Action | None) -> None:
        self.banner.say_with(state, main, second, small, action)
        self.banner.show()
        self.banner.announcer.say(". ".join(t for t in (main, second) if t))

    def _action(self, key: str) -> Action | None:
        """The next step as this page offers it now; None where it does not."""
        shell = self._shell
        if key == ":report" and shell.counter is not None:
            words = "ui.trouble.report"
            return Action("report", shell.texts(words), shell.texts.second(words), "", lambda: save_report(shell), icon="folder")
        if key.startswith(":"):
            return shell.errands.screen_action(key[1:])
        if not key:
            return None
        offered = next((a for a in shell.offers() if a.key == key and a.enabled), None)
        if offered is not None:
            return Action(
                offered.name,
                offered.text,
                offered.second,
                key,
                lambda: _press(shell, key),
                icon=offered.icon,
                shown=offered.shown,
            )
        return shell.errands.action(key)


def _press(shell: Shell, key: str) -> None:
    """As if the key was pressed: what the page offers at that moment, with the guard against a second press."""
    shell.press(key)
