"""An index over people: by number, by old number, and by name with spelling faults, among 100,000 in a few milliseconds.

Names: every name becomes a 256-bit signature of its letter pairs (marks off); a query is compared with all signatures at once by
Dice's coefficient, and only the closest few hundred are judged letter by letter (optimal string alignment distance).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from station.errors import InputError
from station.population.model import Answer, NameQuery, PersonRecord
from station.vietnam.dates import PartialDate, parse_date
from station.vietnam.names import NameMatch, compare_names, plain_key

if TYPE_CHECKING:
    from station.population.synthetic import SyntheticPopulation

_WORDS: Final = 4
_CANDIDATES: Final = 200
_LEAST_SCORE: Final = 0.55
MAX_QUERY_CHARACTERS: Final = 200


@lru_cache(maxsize=20_000)
def _syllable_bits(syllable: str) -> int:
    bits = 0
    text = f"^{syllable}$"
    for a, b in pairwise(text):
        bits |= 1 << ((ord(a) * 37 + ord(b) * 101) % (64 * _WORDS))
    return bits


def signature(plain: str) -> int:
    """Return the 256-bit set of letter pairs of a name without marks."""
    bits = 0
    for syllable in plain.split():
        bits |= _syllable_bits(syllable)
    return bits


class Spelling:
    """A word to measure others against: optimal string alignment distance, bit-parallel (H. Hyyrö, 2003, after G. Myers, 1999)."""

    def __init__(self, word: str) -> None:
        self._length = len(word)
        self._places: dict[str, int] = {}
        for i, letter in enumerate(word):
            self._places[letter] = self._places.get(letter, 0) | 1 << i

    def distance(self, other: str) -> int:
        """Return how many letters to insert, delete, replace, or swap with a neighbour."""
        if not self._length:
            return len(other)
        every = (1 << self._length) - 1
        top = 1 << (self._length - 1)
        up, down, diagonal, before, score = every, 0, 0, 0, self._length
        for letter in other:
            here = self._places.get(letter, 0)
            swapped = ((~diagonal & here) << 1) & before
            diagonal = ((((here & up) + up) ^ up) | here | down | swapped) & every
            right, left = (down | ~(diagonal | up)) & every, diagonal & up
            score += bool(right & top) - bool(left & top)
            right, left = (right << 1 | 1) & every, (left << 1) & every
            up, down = (left | ~(diagonal | right)) & every, right & diagonal
            before = here
        return score


class PersonIndex:
    """A `Population` over records that are fetched by position when they are needed."""

    def __init__(self, fetch: Callable[[int], PersonRecord], source: str, *, complete: bool = True, as_of: str = "") -> None:
        self._fetch = fetch
        self.source = source
        self._complete = complete
        self._as_of = as_of
        self._numbers: dict[str, list[int]] = {}
        self._old: dict[str, list[int]] = {}
        self._plain: list[str] = []
        self._signatures: list[int] = []
        self._years: list[int] = []
        self._where: list[int] = []
        self._arrays: tuple[npt.NDArray[np.uint64], npt.NDArray[np.int16], npt.NDArray[np.uint16]] | None = None

    def __len__(self) -> int:
        return len(self._where)

    @classmethod
    def of_records(cls, records: Iterable[PersonRecord], source: str, *, complete: bool = True, as_of: str = "") -> PersonIndex:
        """Index a list of records (held in memory)."""
        kept = list(records)
        index = cls(kept.__getitem__, source, complete=complete, as_of=as_of)
        for position, record in enumerate(kept):
            index.add(position, record)
        return index

    @classmethod
    def of_synthetic(cls, population: SyntheticPopulation) -> PersonIndex:
        """Index a simulator; records are made again when fetched, so that 100,000 people stay small."""

        def fetch(position: int) -> PersonRecord:
            citizen = population.citizen(position // 4)
            records = (citizen.register, *citizen.also_registered)
            found = records[position % 4]
            if found is None:
                raise IndexError(position)
            return found

        index = cls(fetch, population.source)
        for number in range(population.size):
            citizen = population.citizen(number)
            if citizen.register is not None:
                index.add(number * 4, citizen.register)
            for extra, record in enumerate(citizen.also_registered[:3], 1):
                index.add(number * 4 + extra, record)
        return index

    def add(self, position: int, record: PersonRecord) -> None:
        """Make the record at `position` findable."""
        row = len(self._where)
        self._where.append(position)
        self._numbers.setdefault(record.personal_no, []).append(row)
        if old := record.fields.get("old_id_no"):
            self._old.setdefault(old, []).append(row)
        plain = plain_key(record.fields.get("full_name", ""))
        self._plain.append(plain)
        self._signatures.append(signature(plain))
        self._years.append(int(record.fields.get("dob", "0")[:4] or 0))
        self._arrays = None

    def _answer(self, rows: Iterable[int], scores: Iterable[float] = ()) -> Answer:
        records = tuple(self._fetch(self._where[row]) for row in rows)
        return Answer(records, self.source, self._as_of or datetime.now(UTC).date().isoformat(), tuple(scores), self._complete)

    def by_number(self, number: str) -> Answer:
        """See `Population.by_number`."""
        return self._answer(self._numbers.get(number, ()))

    def by_old_number(self, number: str) -> Answer:
        """See `Population.by_old_number`."""
        return self._answer(self._old.get(number, ()))

    def _prepared(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int16], npt.NDArray[np.uint16]]:
        if self._arrays is None:
            data = b"".join(s.to_bytes(8 * _WORDS, "little") for s in self._signatures)
            bits = np.frombuffer(data, np.uint64).reshape(-1, _WORDS)
            counts = np.bitwise_count(bits).sum(axis=1, dtype=np.uint16)
            self._arrays = (bits, np.array(self._years, np.int16), counts)
        return self._arrays

    def by_name(self, query: NameQuery) -> Answer:
        """See `Population.by_name`.

        Raises:
            InputError: no letters, or longer than 200.
        """
        plain = plain_key(query.name)
        if not 2 <= len(plain) <= MAX_QUERY_CHARACTERS:
            raise InputError("A search needs 2 to 200 letters of the name; type more of it.", code="query-short")
        if not self._where:
            return self._answer(())
        bits, years, counts = self._prepared()
        wanted = np.frombuffer(signature(plain).to_bytes(8 * _WORDS, "little"), np.uint64)
        common = np.bitwise_count(bits & wanted).sum(axis=1, dtype=np.uint16)
        dice = 2.0 * common / np.maximum(counts + int(np.bitwise_count(wanted).sum()), 1)
        if query.birth is not None:
            dice = dice - 0.02 * np.minimum(np.abs(years - query.birth.year), 20)
        take = min(max(_CANDIDATES, 2 * query.limit), len(dice))
        rows = np.argpartition(dice, len(dice) - take)[-take:]
        likeness = self._likeness(plain, {self._plain[row] for row in rows})
        judged = sorted(((self._score(query, likeness, int(row)), int(row)) for row in rows), key=lambda s: (-s[0], s[1]))
        if query.parents or query.birth is not None:
            judged = sorted(((self._full_score(query, score, row), row) for score, row in judged[: 3 * query.limit]),
                            key=lambda s: (-s[0], s[1]))  # fmt: skip
        best = [(row, score) for score, row in judged if score >= _LEAST_SCORE][: query.limit]
        return self._answer((row for row, _ in best), (round(score, 4) for _, score in best))

    @staticmethod
    def _likeness(plain: str, others: set[str]) -> dict[str, float]:
        spelling = Spelling(plain)
        return {other: 1.0 - spelling.distance(other) / max(len(plain), len(other), 1) for other in others}

    def _score(self, query: NameQuery, likeness: dict[str, float], row: int) -> float:
        score = likeness[self._plain[row]]
        if query.birth is not None and self._years[row] != query.birth.year:
            score -= 0.1 * min(3, abs(self._years[row] - query.birth.year))
        return score

    def _full_score(self, query: NameQuery, score: float, row: int) -> float:
        record = self._fetch(self._where[row])
        if query.birth is not None and (text := record.fields.get("dob")):
            score -= 0.0 if _birth(text).agrees(query.birth) else 0.1
        for parent in query.parents:
            known = [record.fields.get(f, "") for f in ("father_name", "mother_name")]
            if any(known) and not any(k and compare_names(parent, k) is not NameMatch.LETTERS_DIFFER for k in known):
                score -= 0.1
        if compare_names(query.name, record.fields.get("full_name", "")) is not NameMatch.SAME:
            score -= 0.01
        return score


def _birth(text: str) -> PartialDate:
    return parse_date(text)
