"""The station's recent people and its operators, as the sequence check asks for them: who else has two of these fingers?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log10
from typing import Final

from biometrics.fingerprint.matching.compare import Comparison
from biometrics.fingerprint.matching.gallery import Gallery, Hit
from biometrics.fingerprint.minutiae.template import Template
from biometrics.positions import FingerPosition

_HITS: Final = 3
_WEAKEST: Final = 1e-3
"""A hit above this false-match rate says nothing, not even beside a strong one."""


@dataclass(frozen=True, slots=True)
class Touching:
    """One print of the enrollment that looks like one finger of somebody known: key, their position, comparison."""

    key: str
    position: FingerPosition
    theirs: FingerPosition
    comparison: Comparison

    @property
    def log10_fmr(self) -> float:
        """Decimal logarithm of the rate at which strangers look like this."""
        return log10(self.comparison.fmr)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Somebody known whose fingers turn up in the enrollment.

    Attributes:
        person: the name they were added under.
        touching: the best hit per finger, strongest first; each finger of theirs and each of the enrollment at most once.
        log10_chance: of the two strongest together (of the only one, where there is one): decimal logarithm of the expected number
            of strangers among all known people who would look like this by chance.
    """

    person: str
    touching: tuple[Touching, ...]
    log10_chance: float


class KnownPeople:
    """People whose fingers must not turn up in somebody else's enrollment. Kept in memory only, rebuilt from the journal."""

    def __init__(self) -> None:
        self._gallery = Gallery()
        self._fingers: dict[str, set[str]] = {}
        self._owner: dict[str, tuple[str, FingerPosition]] = {}

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self._fingers)

    @property
    def prints(self) -> int:
        """How many prints are known."""
        return len(self._gallery)

    def add(self, person: str, position: FingerPosition, template: Template, series: str = "") -> None:
        """Add a print of a person's finger; `series` tells several prints of one finger apart (e.g. ``rolled``)."""
        name = f"{person}\x1f{int(position)}\x1f{series}"
        self._gallery.add(name, template)
        self._fingers.setdefault(person, set()).add(name)
        self._owner[name] = (person, position)

    def remove(self, person: str) -> None:
        """Forget a person. Raises KeyError when unknown."""
        for name in self._fingers.pop(person):
            self._gallery.remove(name)
            del self._owner[name]

    def hits(self, template: Template) -> list[Hit]:
        """Return the best few hits of one print among everybody known."""
        return self._gallery.search(template, _HITS)

    def suspicions(self, prints: Iterable[tuple[str, FingerPosition, Template]], besides: str | None = None) -> list[Suspicion]:
        """Return whoever shares fingers with the enrollment, the least likely by chance first.

        Args:
            prints: (key, position, template) of the enrollment.
            besides: a person not to be reported (the applicant, at a second visit).
        """
        found: dict[str, list[Touching]] = {}
        total = 0
        for key, position, template in prints:
            total += 1
            for hit in self.hits(template):
                person, theirs = self._owner[hit.name]
                if person != besides and hit.comparison.fmr <= _WEAKEST:
                    found.setdefault(person, []).append(Touching(key, position, theirs, hit.comparison))
        suspicions = [self._suspicion(person, touching, total) for person, touching in found.items()]
        return sorted(suspicions, key=lambda s: s.log10_chance)

    def _suspicion(self, person: str, touching: list[Touching], total: int) -> Suspicion:
        best: list[Touching] = []
        for one in sorted(touching, key=lambda t: t.log10_fmr):
            if all(one.position != other.position and one.theirs != other.theirs for other in best):
                best.append(one)
        # Chance: pairs of (print of the enrollment, print of theirs) that could have looked alike, over all known people.
        tries = log10(max(total, 1)) + log10(max(self.prints / max(len(self), 1), 1))
        chance = log10(max(len(self), 1)) + sum(tries + t.log10_fmr for t in best[:2])
        return Suspicion(person, tuple(best), chance)
