"""F1, offline: what a person can do about a message, and how each screen is worked. Words only from the catalogue.

Every message code has advice: named in `words/advice.toml`, else by its error class, else by its room. Screens have one help text each
(``help.<screen>``) with its keys; the general keys are the same everywhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from biometrics.errors import BiometricsError
from devices.errors import DeviceError
from station.errors import AccessError, InputError, ProcedureError, StationError, StorageError, TransferError
from station.views.base import Words
from station.words import Language, catalogue, say

SCREENS: Final = (
    "sign-in", "home", "lookup", "declaration", "capture", "portrait", "iris", "review", "finish", "sending", "supervisor", "defects", "hand-over",
    "campaign", "recheck", "devices", "calibration", "home-visit", "settings", "operators", "side-by-side", "print-preview",
)  # fmt: skip
GENERAL_KEYS: Final = ("F12", "Shift+F12", "F1", "F2", "F3", "F4", "F5", "F7", "F8", "F9", "F10", "F11", "Esc")
_BY_CLASS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (StorageError, "disk"), (AccessError, "other-supervisor"), (TransferError, "offline"), (ProcedureError, "step-first"),
    (InputError, "type-again"), (DeviceError, "silent"), (BiometricsError, "retake"), (StationError, "report"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HelpText:
    """Help for a screen: its title, what it is for, its keys with words, and advice for the message that stands there."""

    screen: str
    title: Words
    text: Words
    keys: tuple[tuple[str, Words], ...]
    message: Words | None
    advice: Words | None


@lru_cache(maxsize=1)
def _table() -> Mapping[str, str]:
    raw = tomllib.loads(files("station.words").joinpath("advice.toml").read_text("utf-8"))["advice"]
    return {code: name for name, codes in reversed(list(raw.items())) for code in codes}


def advice_names() -> frozenset[str]:
    """Return every advice that can be given; each has words."""
    return frozenset(_table().values()) | {name for _, name in _BY_CLASS}


def advice_for(code: str, error: BaseException | None = None) -> Words:
    """Return what can be done about a message. Never empty: the last word is to save a report and call."""
    found = _table().get(code)
    if found is None and error is not None:
        found = next((name for kind, name in _BY_CLASS if isinstance(error, kind)), None)
    if found is None:
        found = next((name for kind, name in _BY_CLASS if code in _codes_of(kind)), "report")
    return Words(f"advice.{found}")


def _codes_of(kind: type[Exception]) -> frozenset[str]:
    codes = {str(getattr(kind, "code", ""))}
    for below in kind.__subclasses__():
        codes |= _codes_of(below)
    return frozenset(codes)


def help_for(screen: str, message: str = "", error: BaseException | None = None) -> HelpText:
    """Return the help of a screen, with advice for `message` (a code) where one is shown."""
    known = screen if screen in SCREENS else "home"
    keys = tuple((k, Words(f"help.key.{k}")) for k in GENERAL_KEYS)
    words = Words(message) if message else None
    return HelpText(
        known, Words(f"help.title.{known}"), Words(f"help.{known}"), keys, words, advice_for(message, error) if message else None
    )


def find(text: str, language: Language = Language.VI, limit: int = 30) -> tuple[tuple[Words, Words], ...]:
    """Return messages whose words hold `text` (either language, code included), each with its advice."""
    wanted = text.casefold().strip()
    if not wanted:
        return ()
    found = [c for c in _messages() if wanted in c.casefold() or any(wanted in t.casefold() for t in catalogue()[c].values())]
    ordered = sorted(found, key=lambda c: say(c, language))[:limit]
    return tuple((Words(c), advice_for(c)) for c in ordered)


def _messages() -> Iterable[str]:
    """Return the codes that are messages: those the advice table names, and every class of error."""
    known = catalogue()
    classes = {c for kind, _ in _BY_CLASS for c in _codes_of(kind)}
    return (c for c in {*_table(), *classes} if c in known)
