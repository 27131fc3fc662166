"""Kinds of papers that are photographed, read from dated data: in the order of their digit keys, with the fields each speaks of."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from station.errors import InputError

DEFAULT: Final = "population-form"
"""Proposed where no paper of the list speaks of a field: the form DC01 or DC02 that the citizen signs."""


@dataclass(frozen=True, slots=True)
class PaperKind:
    """`code` has words in the catalogue (``paper.CODE``). `proves`: fields it speaks of. `needs_words`: what it is must be written."""

    code: str
    proves: tuple[str, ...]
    needs_words: bool


@lru_cache(maxsize=1)
def paper_kinds() -> Mapping[str, PaperKind]:
    """Return the kinds by code, in the order of their digits."""
    raw = tomllib.loads(files(__package__).joinpath("data", "papers.toml").read_text("utf-8"))
    return {k["code"]: PaperKind(k["code"], tuple(k["proves"]), bool(k.get("words", False))) for k in raw["kind"]}


def paper_kind(code: str) -> PaperKind:
    """Return a kind by its code.

    Raises:
        InputError: ``paper-kind``: the list has no such kind.
    """
    found = paper_kinds().get(code)
    if found is None:
        raise InputError(f"There is no paper of the kind '{code[:40]}'; nothing was stored. Known: {', '.join(paper_kinds())}.",
                         code="paper-kind")  # fmt: skip
    return found


def kind_for(field: str) -> str:
    """Return the kind of paper that speaks of a field of the form."""
    return next((k.code for k in paper_kinds().values() if field in k.proves), DEFAULT)
