"""Rows a person ticked: they stay ticked through a refresh and another filter, and what acts says on how many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Head(StrEnum):
    """The box in a table's head, from the rows that are shown."""

    NONE = "none"
    SOME = "some"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Ticks:
    """Keys of the ticked rows. Every change makes a new value."""

    keys: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.keys)

    def toggled(self, key: str) -> Ticks:
        """Tick one row, or take its tick away."""
        return replace(self, keys=self.keys ^ {key})

    def all_toggled(self, shown: Sequence[str]) -> Ticks:
        """Tick all rows that are shown; where all of them are ticked already: none of them. What is not shown stays as it is."""
        return replace(self, keys=self.keys - set(shown) if self.head(shown) is Head.ALL else self.keys | set(shown))

    def kept(self, known: Collection[str]) -> Ticks:
        """Forget rows that are no more."""
        return replace(self, keys=self.keys & frozenset(known))

    def head(self, shown: Sequence[str]) -> Head:
        """How many of the rows that are shown are ticked."""
        ticked = self.keys & set(shown)
        return Head.NONE if not ticked else Head.ALL if len(ticked) == len(set(shown)) else Head.SOME

    def hidden(self, shown: Sequence[str]) -> int:
        """How many ticked rows the present filter does not show: they are acted on too, so it must be said."""
        return len(self.keys - set(shown))
