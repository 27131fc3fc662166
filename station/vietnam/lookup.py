"""Values found by name while somebody types: code lists, sex, communes. Marks, case and the words "xã" or "tỉnh" do not matter.

Nothing here changes what was typed: a suggestion is taken by the person or not at all (Telex and VNI stay undisturbed).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from station.vietnam.codes import code_lists
from station.vietnam.fields import field_rules
from station.vietnam.names import exact_key, plain_key
from station.vietnam.units import Unit, UnitLevel, UnitTable, bare_name, default_units

PLACES: Final = frozenset({"birth_place", "birth_reg_place", "hometown", "addr_perm", "addr_temp", "addr_now"})
"""Fields that are written as an address; the commune in it is found in the table of units."""
OLD_TOO: Final = frozenset({"birth_place", "birth_reg_place", "hometown"})
"""Papers of these name units as they were then."""
LEAST_LETTERS: Final = 2
"""So much of a commune's name is typed before communes are offered."""
_SEXES: Final = (("M", "Nam"), ("F", "Nữ"))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text`: what the field would hold (still to be committed); `shown`: what the person reads; `note`: the code, or until when a unit was
    in force."""

    text: str
    shown: str
    note: str = ""


def kind_of(field: str) -> str:
    """Return how a field is filled: ``list`` (only values of a list), ``place`` (free text with a commune in it), "" (free text)."""
    rule = field_rules().get(field)
    if rule is not None and (rule.check.startswith("code:") or rule.check == "sex"):
        return "list"
    return "place" if field in PLACES else ""


def suggest(field: str, text: str, day: date, *, units: UnitTable | None = None, limit: int = 8) -> tuple[Suggestion, ...]:
    """Return what may be meant by `text` in `field`, best first; an empty text offers the list from its beginning.

    Args:
        field: the field's name.
        text: what was typed so far, committed or not.
        day: communes of this day come first.
        units: the table of units; default the one shipped.
        limit: at most so many.
    """
    rule = field_rules().get(field)
    if rule is None:
        return ()
    if rule.check == "sex":
        return _listed(((c, w) for c, w in _SEXES), text, limit)
    if rule.check.startswith("code:"):
        return _listed(code_lists()[rule.check.partition(":")[2]].codes.items(), text, limit)
    return _places(field, text, day, units or default_units(), limit) if field in PLACES else ()


def _listed(entries: Iterable[tuple[str, str]], text: str, limit: int) -> tuple[Suggestion, ...]:
    wanted = text.strip()
    found = []
    for order, (code, label) in enumerate(entries):
        rank = 0 if not wanted or code.casefold() == wanted.casefold() else _rank(label, wanted)
        if rank is not None:
            found.append((rank, order, Suggestion(label, label, code)))
    return tuple(s for _, _, s in sorted(found, key=lambda f: f[:2]))[:limit]


def _rank(label: str, wanted: str) -> int | None:
    """Return how well a label fits (0 best), None when it does not: its beginning with the marks typed, without, a later word, anywhere."""
    if exact_key(label).startswith(exact_key(wanted)):
        return 0
    plain, key = plain_key(label), plain_key(wanted)
    if plain.startswith(key):
        return 1
    if any(word.startswith(key) for word in plain.replace("-", " ").replace("/", " ").split()):
        return 2
    return 3 if key in plain else None


def _places(field: str, text: str, day: date, units: UnitTable, limit: int) -> tuple[Suggestion, ...]:
    before, comma, last = text.rpartition(",")
    if units.resolve(text)[1] is not None:
        return ()  # the address names its commune already
    typed = last.strip()
    if len(typed) < LEAST_LETTERS:
        return ()
    wanted = bare_name(typed)
    found = []
    for bare, unit in _communes(units):
        at = 0 if bare.startswith(wanted) else 1 if f" {wanted}" in bare else 2 if wanted in bare else None
        here = unit.in_force(day)
        if at is None or not (here or field in OLD_TOO):
            continue
        loose = exact_key(typed) not in exact_key(unit.name)
        path = units.path(unit)
        note = "" if here or unit.valid_to is None else f"{unit.valid_to:%d/%m/%Y}"
        found.append(
            (not here, at, loose, bare, Suggestion(f"{before.strip()}, {path}" if comma and before.strip() else path, path, note))
        )
    return tuple(f[-1] for f in sorted(found, key=lambda f: f[:4]))[:limit]


@lru_cache(maxsize=2)
def _communes(units: UnitTable) -> tuple[tuple[str, Unit], ...]:
    return tuple((bare_name(u.name), u) for u in units.all(UnitLevel.COMMUNE))


def unit_reference(text: str, day: date, units: UnitTable | None = None) -> str:
    """Return ``CODE@DATE`` of the commune that a written address names, "" when none is recognised."""
    unit = (units or default_units()).resolve(text)[1]
    if unit is None:
        return ""
    last = day if unit.in_force(day) or unit.valid_to is None else unit.valid_to
    return f"{unit.code}@{last.isoformat()}"
