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
from string import Formatter
from typing import Any, Final

from biometrics.errors import BiometricsError
from devices.errors import DeviceError
from station.errors import AccessError, InputError, ProcedureError, StationError, StorageError, TransferError
from station.views.base import Words
from station.words import Language, catalogue, say

SCREENS: Final = (
    "sign-in", "home", "lookup", "declaration", "capture", "portrait", "iris", "review", "finish", "sending", "supervisor", "defects", "hand-over",
    "campaign", "recheck", "devices", "calibration", "home-visit", "settings", "operators", "side-by-side", "print-preview",
)  # fmt: skip
GENERAL_KEYS: Final = ("F12", "Shift+F12", "F1", "F2", "F3", "F4", "F5", "F7", "F8", "F9", "F10", "F11", "Ctrl +/−/0", "Esc")
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


UNKNOWN: Final = "ui.trouble.unknown"
"""What is said of an error that nobody foresaw: that the cause is not known, and what is safe."""


@lru_cache(maxsize=8)
def _table(part: str) -> Mapping[str, str]:
    raw: dict[str, Any] = tomllib.loads(files("station.words").joinpath("advice.toml").read_text("utf-8"))[part]
    return {code: name for name, codes in reversed(list(raw.items())) for code in codes}


def read_tables() -> None:
    """Read the table of advice now, so that a window that must say something later touches no file."""
    for part in ("advice", "codes", "camera", "keys"):
        _table(part)


def reason_words(error: BaseException) -> Words:
    """Return why something was refused, in words that are always in the catalogue: of the error's own reason, else of its class, else that
    the cause is not known. Never the error's own sentence: that is English, for the command line and the log."""
    known, details = catalogue(), dict(getattr(error, "details", None) or {})
    codes = [
        str(getattr(error, "reason_code", "") or ""),
        *(str(getattr(kind, "code", "") or "") for kind in type(error).__mro__),
    ]
    for code in codes:
        if code in known:
            places = {name for _, name, _, _ in Formatter().parse(known[code]["vi"] + known[code]["en"]) if name is not None}
            if places <= set(details):
                return Words(code, {name: details[name] for name in places})
    return Words(UNKNOWN)


def screen_code(reason: str, device: str = "") -> str:
    """Return the small code that stands beside a message (``E20``), for the hot line; the reason itself where it has none.

    `device`: which device it is about (the id of its row); a camera that is gone is another code than a scanner.
    """
    if "camera" in device:
        found = _table("camera").get(reason)
        if found is not None:
            return found
    return _table("codes").get(reason, reason)


def next_key(advice: str) -> str:
    """Return the key whose action is the next step of an advice (``advice.replug``: F5), or ``:name`` of the screen to go to; "": none."""
    return _table("keys").get(advice.removeprefix("advice."), "")


def advice_names() -> frozenset[str]:
    """Return every advice that can be given; each has words."""
    return frozenset(_table("advice").values()) | {name for _, name in _BY_CLASS}


def advice_for(code: str, error: BaseException | None = None) -> Words:
    """Return what can be done about a message. Never empty: the last word is to save a report and call."""
    found = _table("advice").get(code) or _table("advice").get(screen_code(code))
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
    return tuple((_bare(c), advice_for(c)) for c in ordered)


def _bare(code: str) -> Words:
    """A message that nobody was told yet: its open places are dots."""
    places = {name for text in catalogue()[code].values() for _, name, _, _ in Formatter().parse(text) if name}
    return Words(code, dict.fromkeys(places, "…"))


def _messages() -> Iterable[str]:
    """Return the codes that are messages: those the advice table names, and every class of error."""
    known = catalogue()
    classes = {c for kind, _ in _BY_CLASS for c in _codes_of(kind)}
    return (c for c in {*_table("advice"), *classes} if c in known)
