"""Do two sources say the same about one field? The rules per kind of field; the result is a code, words are in the catalogue."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Final

from station.vietnam.dates import parse_date
from station.vietnam.fields import field_rules
from station.vietnam.names import NameMatch, compare_names, plain_key
from station.vietnam.units import Unit, UnitTable


class Agreement(Enum):
    """How two values of one field relate; the value is the code of the words."""

    SAME = "agree-same"
    TONE_PLACED = "agree-tone-placed"
    SAME_PLACE = "agree-same-place"
    PARTIAL = "agree-partial"
    MARKS_DIFFER = "agree-marks-differ"
    LETTERS_DIFFER = "agree-letters-differ"
    MOVED = "agree-moved"
    DIFFERENT = "agree-different"
    MISSING = "agree-missing"

    @property
    def fault(self) -> bool:
        """Whether it opens a case (a tone mark placed differently does: the register must be told, the person is the same)."""
        return self not in {Agreement.SAME, Agreement.SAME_PLACE, Agreement.PARTIAL, Agreement.MISSING}


SEVERITY: Final = {a: i for i, a in enumerate((Agreement.SAME, Agreement.SAME_PLACE, Agreement.MISSING, Agreement.PARTIAL,
                                               Agreement.TONE_PLACED, Agreement.MARKS_DIFFER, Agreement.MOVED,
                                               Agreement.LETTERS_DIFFER, Agreement.DIFFERENT))}  # fmt: skip
"""Order from harmless to grave."""

_NAMES: Final = {
    NameMatch.SAME: Agreement.SAME, NameMatch.TONE_PLACED: Agreement.TONE_PLACED, NameMatch.MARKS_DIFFER: Agreement.MARKS_DIFFER,
    NameMatch.LETTERS_DIFFER: Agreement.LETTERS_DIFFER,
}  # fmt: skip
_ADDRESSES: Final = {"addr_perm": "addr_perm_unit", "addr_temp": "", "addr_now": "", "hometown": "hometown_unit"}


def address_of(name: str) -> str | None:
    """Return the unit field beside an address field (empty when it has none), None for a field that is no address."""
    return _ADDRESSES.get(name)


def loose_text(text: str) -> str:
    """Return a free text for comparison: no marks, capitals, single spaces, no dots or commas."""
    return " ".join(plain_key(text).replace(",", " ").replace(".", " ").split())


def agree(name: str, one: str, other: str) -> Agreement:
    """Return how two values of field `name` relate; an empty one is MISSING. Values that cannot be read are DIFFERENT."""
    if not one or not other:
        return Agreement.MISSING
    if one == other:
        return Agreement.SAME
    rule = field_rules().get(name)
    kind = rule.check if rule else "text"
    if kind == "name":
        return _NAMES[compare_names(one, other)]
    if kind == "date":
        return _dates(one, other)
    if kind in {"text", "marks"}:
        return Agreement.SAME if loose_text(one) == loose_text(other) else Agreement.DIFFERENT
    return Agreement.DIFFERENT


def _dates(one: str, other: str) -> Agreement:
    try:
        a, b = parse_date(one), parse_date(other)
    except ValueError:
        return Agreement.DIFFERENT
    if a == b:
        return Agreement.SAME
    return Agreement.PARTIAL if a.agrees(b) else Agreement.DIFFERENT


def agree_places(one: tuple[str, str], other: tuple[str, str], units: UnitTable, day: date) -> Agreement:
    """Compare two places, each (text, unit reference or empty).

    The commune decides, by reference or as read from the text, and the merger moves nobody; within one commune the part before it
    (hamlet, street, house) decides. Where no commune is recognised on a side, the texts are compared.
    """
    (text, reference), (other_text, other_reference) = one, other
    if not (text or reference) or not (other_text or other_reference):
        return Agreement.MISSING
    street, unit = _place(text, reference, units)
    other_street, other_unit = _place(other_text, other_reference, units)
    if unit is None or other_unit is None:
        if reference and other_reference:
            return Agreement.SAME if reference == other_reference else Agreement.MOVED
        return Agreement.SAME if loose_text(text) == loose_text(other_text) else Agreement.DIFFERENT
    if unit != other_unit and not set(units.today(unit, day)) & set(units.today(other_unit, day)):
        return Agreement.MOVED
    if loose_text(street) != loose_text(other_street):
        return Agreement.MOVED
    return Agreement.SAME if loose_text(text) == loose_text(other_text) else Agreement.SAME_PLACE


def _place(text: str, reference: str, units: UnitTable) -> tuple[str, Unit | None]:
    street, written = units.resolve(text)
    return street, units.of_reference(reference) if reference else written
