"""Code lists with their system and source. A stored code is ``SYSTEM:CODE``: two public lists number the same peoples differently."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from station.errors import InputError
from station.vietnam.names import plain_key


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list: `codes` maps code to Vietnamese text."""

    name: str
    system: str
    source: str
    verified: bool
    codes: Mapping[str, str]

    def commit(self, text: str) -> str:
        """Return the stored form of a code (``01``), a stored code, or the text itself (``Kinh``, marks optional).

        Raises:
            InputError: not in the list.
        """
        given = text.strip()
        code = given.removeprefix(f"{self.system}:")
        if code not in self.codes:
            wanted = plain_key(given)
            code = next((c for c, label in self.codes.items() if plain_key(label) == wanted), "")
        if not code:
            raise InputError("This value is not in the list; nothing was stored. Choose one from the list.", code="code-unknown",
                             list=self.name)  # fmt: skip
        return f"{self.system}:{code}"

    def text(self, stored: str) -> str:
        """Return the words of a stored code; a code of another system is shown as it is, never guessed."""
        system, _, code = stored.partition(":")
        return self.codes.get(code, stored) if system == self.system else stored


@lru_cache(maxsize=1)
def code_lists() -> Mapping[str, CodeList]:
    """Return the lists by name."""
    raw = tomllib.loads(files(__package__).joinpath("data", "codes.toml").read_text("utf-8"))
    return {n: CodeList(n, t["system"], t["source"], t["verified"], t["codes"]) for n, t in raw.items()}
