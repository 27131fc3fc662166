"""Which key does what: the actions of the interface rules (ui.md, section 3), each with exactly one key, and one more for a foot pedal.

Screens and sentences name an action by its **standard key** (``F12`` is "next" everywhere, as in the rules and the mock-ups). What is
really bound stands here alone: the window translates the key that is pressed into the standard one, and every standard key that is shown
(on a button, in a sentence) into the bound one. So nothing else in the program knows that keys can be changed.

`Bindings` is a value: `with_key`, `swapped` and `reset` return another one or raise, so no state exists in which an action has no key
or a key has two actions. It is stored as one setting (``screen.keys``, text like ``next=F5 device-check=F12``, only what differs from
the standard), so that a swap is one change and half of one can never be stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from station.errors import InputError

MAX_TEXT: Final = 600
SETTING: Final = "screen.keys"
PEDAL: Final = "pedal"


@dataclass(frozen=True, slots=True)
class KeyAction:
    """Something a key does: its code and its standard key (empty: none unless one is chosen). Its words are ``binding.does.<code>``."""

    code: str
    default: str


ACTIONS: Final[tuple[KeyAction, ...]] = (
    KeyAction("next", "F12"), KeyAction(PEDAL, ""), KeyAction("back", "Shift+F12"), KeyAction("help", "F1"), KeyAction("find", "F2"),
    KeyAction("data-desk", "F3"), KeyAction("retake", "F4"), KeyAction("device-check", "F5"), KeyAction("tool-1", "F6"),
    KeyAction("tool-2", "F7"), KeyAction("supervisor", "F8"), KeyAction("pause", "F9"), KeyAction("menu", "F10"), KeyAction("large", "F11"),
    KeyAction("to-waiting", "Del"),
)  # fmt: skip
BY_CODE: Final[Mapping[str, KeyAction]] = {a.code: a for a in ACTIONS}
OPTIONAL: Final = frozenset({PEDAL})
"""What may be without a key: a desk without a pedal. Everything else always has one, "next" and "help" above all."""

FUNCTION: Final = tuple(f"F{n}" for n in range(1, 13))
CHOOSABLE: Final[tuple[str, ...]] = (
    *FUNCTION, *(f"Shift+{k}" for k in FUNCTION), *(f"Ctrl+{k}" for k in FUNCTION), *(f"F{n}" for n in range(13, 25)),
    "Insert", "Home", "End", "PageUp", "PageDown", "Pause", "NumPlus", "NumStar",
)  # fmt: skip
"""Keys that may be chosen; F13 to F24 are on no keyboard but pedals send them. They act wherever the focus is, also in a field."""

FIXED: Final = frozenset({"Num+Enter", "Ctrl+Tab", "Esc"})
"""Keys with a meaning of their own beside the table: keypad Enter is always "next" too, Ctrl+Tab the next open dossier, Esc stops."""
_MOVES: Final = frozenset({"Tab", "Enter", "Return", "Space", "Backspace", "Del", "Delete", "Up", "Down", "Left", "Right"})
_SYSTEM: Final = re.compile(
    r"(?:Ctrl\+|Shift\+)*(Alt|AltGr|Meta|Win|Super)\b|(Print|PrintScreen|SysReq|ScrollLock|NumLock|CapsLock)$"
)
_TYPING_TOOL: Final = re.compile(r"Ctrl\+Shift\b|Shift\+Ctrl\b|(Ctrl\+Alt|Alt)\+Z$|Ctrl\+Space$|Shift\+(~|`)$")
_LABELS: Final = {"NumPlus": "Num +", "NumStar": "Num *"}
_STANDARD: Final = {a.default: a.code for a in ACTIONS if a.default}
_NAMED: Final = re.compile(r"(?<![\w+–-])(?:Shift\+F12|F1[0-2]|F[1-9]|Del)(?![\w–-])")
"""A standard key named in a sentence. A range (``F1–F12``) names keys of the keyboard, whatever they do."""


def key_named(text: str) -> str:
    """Return a choosable key's exact name for what a person wrote (``shift+f5``, ``pgdn``), or the text as it is."""
    plain = text.strip()
    known = {k.casefold(): k for k in (*CHOOSABLE, "Del")}
    known |= {"pgdn": "PageDown", "pgup": "PageUp", "ins": "Insert", "delete": "Del", "num +": "NumPlus", "num *": "NumStar"}
    return known.get(plain.casefold(), plain)


def why_not(key: str, action: str) -> str:
    """Return the code of why `key` may not be chosen for `action`, empty when it may (its words say what to do instead)."""
    if key in CHOOSABLE or key == BY_CODE[action].default:
        return ""
    if not key:
        return "binding-needed"
    if _TYPING_TOOL.match(key):
        return "binding-typing-tool"
    if key in FIXED:
        return "binding-fixed"
    if _SYSTEM.match(key):
        return "binding-system"
    if key.removeprefix("Shift+").removeprefix("Ctrl+") in _MOVES:
        return "binding-moves"
    return "binding-types" if len(key.removeprefix("Shift+")) == 1 else "binding-unknown"


def key_label(key: str) -> str:
    """Return a key as it is written on a button."""
    return _LABELS.get(key, key)


@dataclass(frozen=True, slots=True)
class Bindings:
    """What is bound. `chosen` holds only what differs from the standard: action's code → key."""

    chosen: Mapping[str, str] = field(default_factory=dict)

    def key(self, action: str) -> str:
        """Return the key of an action (a code of `ACTIONS`); empty only for the pedal without one."""
        return self.chosen.get(action, BY_CODE[action].default)

    def action(self, key: str) -> str:
        """Return the action of a key, empty when it has none."""
        return next((a.code for a in ACTIONS if key and self.key(a.code) == key), "")

    def standard(self, key: str) -> str:
        """Return the standard key that a pressed one stands for, empty when it means nothing."""
        action = self.action(key)
        return BY_CODE["next" if action == PEDAL else action].default if action else ""

    # --- what people see ---------------------------------------------------------------------------------------------------------

    def bound(self, standard: str) -> str:
        """Return the key really bound, for a standard one; other keys (Esc, Enter) as they are."""
        action = _STANDARD.get(standard)
        return self.key(action) if action else standard

    def shown(self, standard: str) -> str:
        """Return how the key really bound is written, for a standard one."""
        return key_label(self.bound(standard))

    def told(self, text: str) -> str:
        """Return a sentence with every standard key replaced by the one really bound."""
        return _NAMED.sub(lambda found: self.shown(found.group()), text) if self.chosen else text

    # --- changes -----------------------------------------------------------------------------------------------------------------

    def with_key(self, action: str, key: str) -> Bindings:
        """Return bindings with another key for `action`; an empty key takes the pedal away.

        Raises:
            InputError: ``binding-action`` no such action; ``binding-types``, ``binding-moves``, ``binding-fixed``, ``binding-typing-tool``, ``binding-system``,
                ``binding-unknown``, ``binding-needed`` a key that may not be chosen; ``binding-taken`` another action has it (details: other).
        """
        _known(action)
        if not key and action in OPTIONAL:
            return self._made({action: ""})
        if code := why_not(key, action):
            raise InputError(f"'{key}' cannot be chosen for {action} ({code}); nothing was changed. Choose F1-F12, alone or with Shift or "
                             "Ctrl, Insert, Home, End, PageUp, PageDown, Pause, NumPlus or NumStar.", code=code, key=key, action=action)  # fmt: skip
        other = self.action(key)
        if other and other != action:
            raise InputError(f"{key} is the key of {other}; nothing was changed. Swap the two, or give {other} another key first.",
                             code="binding-taken", key=key, action=action, other=other)  # fmt: skip
        return self._made({action: key})

    def swapped(self, first: str, second: str) -> Bindings:
        """Return bindings in which two actions have each other's key.

        Raises:
            InputError: ``binding-action``; ``binding-needed`` one would be without a key; ``binding-moves`` one would get Del, which only its own action has.
        """
        for action in (first, second):
            _known(action)
        for action, key in ((first, self.key(second)), (second, self.key(first))):
            code = "" if not key and action in OPTIONAL else why_not(key, action)
            if code:
                raise InputError(f"{first} and {second} cannot be swapped: {action} would get '{key}' ({code}); nothing was changed. "
                                 f"Give {action} another key.", code=code, key=key, action=action)  # fmt: skip
        return self._made({first: self.key(second), second: self.key(first)})

    def reset(self, action: str = "") -> Bindings:
        """Return bindings with an action's standard key again, or all of them.

        Raises:
            InputError: ``binding-action``; ``binding-taken`` another action has that key now.
        """
        return self.with_key(action, _known(action).default) if action else Bindings()

    def _made(self, changes: Mapping[str, str]) -> Bindings:
        keys = {**self.chosen, **changes}
        return Bindings({a.code: keys[a.code] for a in ACTIONS if keys.get(a.code, a.default) != a.default})

    # --- the setting -------------------------------------------------------------------------------------------------------------

    def to_text(self) -> str:
        """Return the setting's text: what differs from the standard, in the order of the table; empty when nothing does."""
        return " ".join(f"{code}={key}" for code, key in self.chosen.items())


def _known(action: str) -> KeyAction:
    if action not in BY_CODE:
        raise InputError(f"No key does '{action}'; nothing was changed. `station bindings list` names all actions.",
                         code="binding-action", action=action)  # fmt: skip
    return BY_CODE[action]


def parse_bindings(text: str) -> Bindings:
    """Read a setting's text (`Bindings.to_text`), whole or not at all.

    Raises:
        InputError: too long, not of this form, an unknown action, a forbidden key, or one key for two actions (codes of `Bindings`).
    """
    if len(text) > MAX_TEXT:
        raise InputError(f"Key bindings have at most {MAX_TEXT} characters; the standard keys hold.", code="binding-format")
    keys: dict[str, str] = {}
    for part in text.split():
        action, sign, key = part.partition("=")
        if not sign or action in keys:
            raise InputError(
                f"'{part[:40]}' is no binding; the standard keys hold. Write next=F5, each action once.", code="binding-format"
            )
        default = _known(action).default
        name = key_named(key)
        fault = "" if not name and action in OPTIONAL else why_not(name, action)
        if fault:
            raise InputError(
                f"{action}={key[:40]} cannot be used ({fault}); the standard keys hold.", code=fault, key=name, action=action
            )
        if name != default:
            keys[action] = name
    found = Bindings({a.code: keys[a.code] for a in ACTIONS if a.code in keys})
    used: dict[str, str] = {}
    for code in BY_CODE:
        key = found.key(code)
        if key and (other := used.setdefault(key, code)) != code:
            raise InputError(f"{key} would do both {other} and {code}; the standard keys hold. Give one another key.",
                             code="binding-taken", key=key, action=code, other=other)  # fmt: skip
    return found
