"""Find a dossier by barcode, personal or old number, ticket, phone, or a name without marks and with slips."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from station.dossier.numbers import CodeKind, read_code
from station.dossier.state import DossierState
from station.errors import InputError
from station.population.index import Spelling
from station.vietnam.names import plain_key

_LEAST = 0.6


@dataclass(frozen=True, slots=True)
class Hit:
    """A dossier found, why, and how well (1 = exact)."""

    dossier: str
    by: str
    score: float


def find(states: Iterable[DossierState], text: str, limit: int = 20) -> list[Hit]:
    """Return dossiers that fit `text`, best first.

    Raises:
        InputError: a code with a wrong digit (said as such, never "nothing found").
    """
    text = text.strip()
    digits = "".join(c for c in text if c not in " .-")
    if digits.isascii() and digits.isdigit():
        return _by_digits(list(states), digits)[:limit]
    wanted = plain_key(text)
    if len(wanted) < 2:
        return []
    spelling, hits = Spelling(wanted), []
    words = wanted.split()
    for state in states:
        name = plain_key(state.value("full_name"))
        if not name:
            continue
        if wanted == name:
            score = 1.0
        elif all(any(part.startswith(w) for part in name.split()) for w in words):
            score = 0.95
        else:
            score = 1.0 - spelling.distance(name) / max(len(wanted), len(name))
        if score >= _LEAST:
            hits.append(Hit(state.id, "name", round(score, 3)))
    return sorted(hits, key=lambda h: (-h.score, h.dossier))[:limit]


def phone_users(states: Iterable[DossierState], phone: str, but: str = "") -> int:
    """Return how many other people here gave this phone number (`ComparingDesk.compare` warns from five on)."""
    others = {s.value("personal_no") or s.id for s in states if phone and s.id != but and s.value("phone") == phone}
    return len(others)


def _by_digits(states: list[DossierState], digits: str) -> list[Hit]:
    for field, length in (("personal_no", 12), ("old_id_no", 9), ("phone", 10)):
        if len(digits) == length and (found := [Hit(s.id, field, 1.0) for s in states if s.value(field) == digits]):
            return found
    if len(digits) > 12:
        kind, _ = read_code(digits)
        if kind is not CodeKind.DOSSIER:
            raise InputError("This code is no dossier's; nothing was opened.", code="code-kind")
        return [Hit(s.id, "barcode", 1.0) for s in states if digits in {s.id, s.number}]
    return [Hit(s.id, "ticket", 1.0) for s in states if s.ticket == digits] + [
        Hit(s.id, "number-part", 0.7) for s in states if len(digits) >= 4 and digits in s.number
    ]
