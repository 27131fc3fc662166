"""Battery and disk, looked at now and then on the station's thread; the sign in the top bar blinks until somebody has seen it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from station.views.alarms import Alarm, AlarmKind
from ui.theme.tokens import State

if TYPE_CHECKING:
    from ui.shell import Shell

EVERY_S = 30
"""How often battery and disk are looked at."""


class Alarms:
    """Over one shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.shown: tuple[Alarm, ...] = ()
        self._seen: set[AlarmKind] = set()
        self._ticks = 0
        self._sign = shell.top.alarm
        self._sign.clicked.connect(self.acknowledge)

    def tick(self) -> None:
        """Once a second."""
        counter = self._shell.counter
        if counter is not None and self._ticks % EVERY_S == 0:
            self._shell.jobs.submit(counter.alarms, self.show)
        self._ticks += 1

    def show(self, alarms: tuple[Alarm, ...]) -> None:
        """Show what is wrong now; what is over and comes again blinks again."""
        self.shown = alarms
        self._seen &= {a.kind for a in alarms}
        new = any(a.kind not in self._seen for a in alarms)
        words = " · ".join(self._shell.texts.of(a.words) for a in alarms)
        if (words, new) != (self._sign.text(), self._sign.blinking):
            self._sign.show_words(words, blinking=new)

    def acknowledge(self) -> None:
        """Somebody has seen it: it stands still, and what to do is said."""
        if not self.shown:
            return
        texts = self._shell.texts
        self._seen = {a.kind for a in self.shown}
        self.show(self.shown)
        first = self.shown[0]
        self._shell.say(State.BLOCKED, texts.of(first.words), texts.of(first.advice))
