"""The translation catalogue: Vietnamese first, English second.

Every code that a person may see has one entry in `catalogue/*.toml`, one file per room::

    ["too-light"]
    vi = "Ấn mạnh hơn"
    en = "Press harder"

Texts may hold ``{names}`` that are filled from plain values. A missing code is a programming error found by the tests; in the
field the code itself is shown rather than nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files


class Language(StrEnum):
    """Languages of the interface."""

    VI = "vi"
    EN = "en"


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return code → {language: text} of all rooms.

    Raises:
        ValueError: a code stands in two files, or lacks a language.
    """
    entries: dict[str, Mapping[str, str]] = {}
    for file in sorted(files(__package__).joinpath("catalogue").iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        for code, texts in tomllib.loads(file.read_text("utf-8")).items():
            if code in entries or set(texts) != {"vi", "en"}:
                raise ValueError(f"{file.name}: '{code}' stands twice or lacks a language")
            entries[code] = texts
    return entries


def say(code: str, language: Language = Language.VI, **values: object) -> str:
    """Return the words for `code` with `values` filled in; an unknown code is returned as it is."""
    entry = catalogue().get(code)
    if entry is None:
        return code
    text = entry[language.value]
    return text.format(**values) if values else text
