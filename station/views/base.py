"""What all views share: words with values, intents with keys, tones. No Qt, no rules of drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from station.words import Language, catalogue, say


class Tone(StrEnum):
    """The six states of the design (colour, icon and border belong to the window)."""

    IDLE = "idle"
    LIVE = "live"
    GOOD = "good"
    RETRY = "retry"
    BLOCKED = "blocked"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Words:
    """A catalogue code with values. Values that are themselves codes (``field.phone``) are said in the same language."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: Language = Language.VI) -> str:
        """Return the sentence in `language`."""
        return self.say_by(lambda code, **values: say(code, language, **values))

    def say_by(self, speak: Callable[..., str]) -> str:
        """Return the sentence as ``speak(code, **values)`` says it (another language of the applicant's screen)."""
        known = catalogue()
        values = {k: speak(v) if isinstance(v, str) and v in known else v for k, v in self.values.items()}
        return speak(self.code, **values)


@dataclass(frozen=True, slots=True)
class Intent:
    """Something a person can do here: `id` is the intent's name, `arguments` what the screen passes back, `key` the key shown."""

    id: str
    words: Words
    key: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True
    needs_reason: bool = False


def printed(number: str) -> str:
    """Return a dossier's number as it is printed, read in groups: ``593593-261128-0002-2``."""
    return f"{number[2:8]}-{number[8:14]}-{number[14:18]}-{number[18:]}" if len(number) == 19 else number


def grouped(number: str) -> str:
    """Return 12 digits in groups of three: ``099 158 004 217``."""
    return " ".join(number[i : i + 3] for i in range(0, len(number), 3)) if len(number) == 12 else number


def shown(name: str, stored: str) -> str:
    """Return a stored field as people read it: dates dd/mm/yyyy, numbers in groups, codes as words."""
    from station.vietnam.codes import code_lists
    from station.vietnam.dates import parse_date
    from station.vietnam.fields import field_rules

    rule = field_rules().get(name)
    if not stored or rule is None:
        return stored
    kind, _, detail = rule.check.partition(":")
    if kind == "date":
        return parse_date(stored).shown()
    if kind == "number":
        return grouped(stored)
    if kind == "sex":
        return say(f"sex.{stored}")
    if kind == "phone" and len(stored) == 10:
        return f"{stored[:4]} {stored[4:7]} {stored[7:]}"
    return code_lists()[detail].text(stored) if kind == "code" else stored
