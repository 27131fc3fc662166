"""The panel of F7 without a window: which fingers (or eyes) are declared, each with its kind and how long, in as few keys as can be.

A digit chooses a finger; one more digit one more finger, which begins with the same kind (a hand is lost as a whole); the present one's digit
again takes it out. One signature is for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from station.dossier.parts import ExceptionKind, Permanence


@dataclass(frozen=True, slots=True)
class Declared:
    """One finger or eye (its code) that cannot be taken: code of the kind, how long, the officer's words."""

    part: int
    kind: str
    permanence: str
    words: str = ""


@dataclass(slots=True)
class _Row:
    part: int
    kind: str
    lasting: bool
    words: str = ""


@dataclass(slots=True)
class ExceptionDraft:
    """`kinds` in the order of the list; `passing` are usually temporary."""

    kinds: Sequence[str]
    passing: frozenset[str]
    _rows: list[_Row] = field(default_factory=list)
    _at: int = -1
    _kind: str = ""
    _lasting: bool = True

    def __post_init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self._rows, self._at = [], -1
        self._kind = self.kinds[0]
        self._lasting = self._kind not in self.passing

    @property
    def rows(self) -> tuple[Declared, ...]:
        """What would be signed now."""
        return tuple(
            Declared(r.part, r.kind, (Permanence.LASTING if r.lasting else Permanence.TEMPORARY).value, r.words.strip())
            for r in self._rows
        )

    @property
    def part(self) -> int | None:
        """The part that kind, time and words belong to now."""
        return self._rows[self._at].part if self._rows else None

    @property
    def kind(self) -> str:
        """Kind of the present part, or of the next one while none is chosen."""
        return self._rows[self._at].kind if self._rows else self._kind

    @property
    def lasting(self) -> bool:
        """Whether it will hold next year."""
        return self._rows[self._at].lasting if self._rows else self._lasting

    @property
    def words(self) -> str:
        """The officer's words on the present part."""
        return self._rows[self._at].words if self._rows else ""

    @property
    def complete(self) -> bool:
        """Whether it can be signed: a part, and words wherever the kind is another one."""
        return bool(self._rows) and all(r.kind != ExceptionKind.OTHER or r.words.strip() for r in self._rows)

    def press(self, part: int) -> None:
        """A digit: a new part, back to one that is chosen, or the present one out."""
        found = next((i for i, r in enumerate(self._rows) if r.part == part), None)
        if found is None:
            self._rows.append(_Row(part, self.kind, self.lasting, self.words))
            self._at = len(self._rows) - 1
        elif found == self._at:
            self._kind, self._lasting = self.kind, self.lasting
            del self._rows[found]
            self._at = len(self._rows) - 1
        else:
            self._at = found

    def choose_kind(self, kind: str) -> None:
        """Another kind for the present part; how long follows it."""
        if kind == self.kind:
            return
        if self._rows:
            row = self._rows[self._at]
            row.kind, row.lasting = kind, kind not in self.passing
        else:
            self._kind, self._lasting = kind, kind not in self.passing

    def turn(self) -> None:
        """Lasting becomes temporary, and back."""
        if self._rows:
            self._rows[self._at].lasting = not self._rows[self._at].lasting
        else:
            self._lasting = not self._lasting

    def say(self, words: str) -> None:
        """The officer's words on the present part."""
        if self._rows:
            self._rows[self._at].words = words
