"""Changing keys, one question at a time: choose an action, press its new key; a conflict is said and a swap offered. Nothing holds until saved."""

from __future__ import annotations

from collections.abc import Mapping

from station.bindings import OPTIONAL, Bindings, key_label
from station.errors import InputError
from station.views.base import Tone, Words
from station.views.bindings import BindingsView, binding_fault, binding_rows


class KeyChange:
    """What a person does in S18's group "Phím". `stored` holds in the window until the settings are saved."""

    def __init__(self, stored: Bindings, history: Mapping[str, tuple[str, str]], pending: Bindings | None = None) -> None:
        self.stored, self.pending, self.asking = stored, stored if pending is None else pending, ""
        self._history = history
        self._swap = ("", "")
        self._said: Words | None = None
        self._more: Words | None = None
        self._tone = Tone.IDLE

    @property
    def differs(self) -> bool:
        """Whether something is unsaved."""
        return self.pending != self.stored

    def view(self) -> BindingsView:
        """Return what is shown."""
        rows = binding_rows(self.stored, self.pending, self._history)
        return BindingsView(rows, self._said, self._more, self._tone, self.asking, bool(self._swap[0]))

    def ask(self, action: str) -> None:
        """Wait for the new key of an action."""
        self.asking, self._swap = action, ("", "")
        self._say(Tone.LIVE, "ui.bindings.press", does=f"binding.does.{action}")
        self._more = Words("ui.bindings.press.how")

    def pressed(self, key: str) -> None:
        """Take the key that was pressed; a forbidden one or one of another action changes nothing and is explained. Esc keeps the old one."""
        action, self.asking = self.asking, ""
        if not action:
            return
        if key == "Esc":
            self.cancel()
            return
        self._try(lambda: self.pending.with_key(action, key), "ui.bindings.set", action)

    def swap(self) -> None:
        """Give each other's key to the two actions of the conflict that stands there."""
        first, second = self._swap
        if not first:
            return
        try:
            self.pending = self.pending.swapped(first, second)
        except InputError as error:
            self._refused(error)
            return
        self._swap = ("", "")
        self._say(Tone.GOOD, "ui.bindings.swapped", first=f"binding.does.{first}", second=f"binding.does.{second}",
                  key=self._label(first), other=self._label(second))  # fmt: skip

    def reset(self, action: str = "") -> None:
        """Back to the standard key of one action, or of all; where another action has that key now, a swap is offered."""
        if not action:
            self.pending, self._swap = Bindings(), ("", "")
            self._say(Tone.GOOD, "ui.bindings.all-default")
            return
        self._try(lambda: self.pending.reset(action), "ui.bindings.off" if action in OPTIONAL else "ui.bindings.set", action)

    def cancel(self) -> None:
        """No key any more, no swap: what was stays."""
        self.asking, self._swap = "", ("", "")
        self._say(Tone.IDLE, "ui.bindings.kept")

    def _try(self, change: object, said: str, action: str) -> None:
        assert callable(change)
        self._swap = ("", "")
        try:
            self.pending = change()
        except InputError as error:
            self._refused(error)
            if error.reason_code == "binding-taken":
                self._swap = (action, str(error.details["other"]))
            return
        self._say(Tone.GOOD, said, does=f"binding.does.{action}", key=self._label(action))

    def _refused(self, error: InputError) -> None:
        self._said, self._more, self._tone = binding_fault(error), None, Tone.RETRY

    def _label(self, action: str) -> str:
        return key_label(self.pending.key(action))

    def _say(self, tone: Tone, code: str, **values: str) -> None:
        self._said, self._more, self._tone = Words(code, values), None, tone
