"""The comparison table: one row per field of the person, one cell per source, and how each cell relates to the first source.

Sources are plain mappings of field name → text in the record's own names (`fields.toml`), so that printed card, QR, MRZ, chip
(DG1, DG13), typed values and the register are all treated alike. Pure: no devices, no dossiers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from station.errors import InputError
from station.vietnam.agreement import Agreement, agree, loose_text
from station.vietnam.fields import commit, field_rules
from station.vietnam.names import NameMatch, compare_names, plain_key

FIELDS: Final = ("personal_no", "document_no", "old_id_no", "full_name", "dob", "sex", "nationality", "ethnicity", "religion",
                 "hometown", "addr_perm", "marks", "card_issued", "card_expiry", "father_name", "mother_name", "spouse_name")  # fmt: skip
"""Rows, in the order of the card."""

SOURCES: Final = ("dg13", "dg1", "qr", "mrz", "printed", "typed", "population")
"""Columns, the one to compare with first: the chip's signed data, then what a camera or a person read, then the register."""

PLAIN_SOURCES: Final = frozenset({"dg1", "mrz"})
"""Sources that cannot carry diacritics: there, plain letters that fit are equal."""

_NATIONALITIES: Final = {"VNM": "VIET NAM", "VN": "VIET NAM", "VIETNAM": "VIET NAM", "VIETNAMESE": "VIET NAM"}
_NAME_FIELDS: Final = frozenset({"full_name", "father_name", "mother_name", "spouse_name"})
_MRZ_NAME_LENGTH: Final = 29


class Relation(Enum):
    """How a cell relates to the row's first value; the value is the code of the words."""

    EQUAL = "compare-equal"
    MARKS_ONLY = "compare-marks-only"
    DIFFERS = "compare-differs"
    MISSING = "compare-missing"


@dataclass(frozen=True, slots=True, repr=False)
class Cell:
    """One source's value of one field (None when it does not know it)."""

    source: str
    value: str | None
    relation: Relation

    def __repr__(self) -> str:
        return f"Cell({self.source}: {self.relation.name})"


@dataclass(frozen=True, slots=True)
class Row:
    """One field in all sources; `worst` is what the screen colours the row by."""

    field: str
    cells: tuple[Cell, ...]

    @property
    def worst(self) -> Relation:
        """DIFFERS before MARKS_ONLY before EQUAL; MISSING only when a single source or none knows the field."""
        found = {cell.relation for cell in self.cells}
        known = sum(cell.value is not None for cell in self.cells)
        for relation in (Relation.DIFFERS, Relation.MARKS_ONLY):
            if relation in found:
                return relation
        return Relation.EQUAL if known > 1 else Relation.MISSING


def compare(sources: Mapping[str, Mapping[str, str | None]], order: Sequence[str] = SOURCES) -> tuple[Row, ...]:
    """Return the table: every field that at least one source knows, cells in `order` for the sources that are given.

    Args:
        sources: source name → field name → text (None or empty: unknown).
        order: which source is compared with first; the first of them that knows a field is the row's reference.
    """
    columns = [name for name in order if name in sources]
    rows = []
    for field in FIELDS:
        values = {name: (sources[name].get(field) or None) for name in columns}
        reference = next((name for name in columns if values[name] is not None), None)
        if reference is None:
            continue
        cells = tuple(_cell(field, name, values[name], reference, values[reference] or "") for name in columns)
        rows.append(Row(field, cells))
    return tuple(rows)


def _cell(field: str, source: str, value: str | None, reference: str, expected: str) -> Cell:
    if value is None:
        return Cell(source, None, Relation.MISSING)
    if source == reference:
        return Cell(source, value, Relation.EQUAL)
    return Cell(source, value, relate(field, expected, value, plain=source in PLAIN_SOURCES or reference in PLAIN_SOURCES,
                                      cut=source in PLAIN_SOURCES))  # fmt: skip


def relate(field: str, one: str, other: str, *, plain: bool = False, cut: bool = False) -> Relation:
    """Return how two values of a field relate.

    Args:
        field: field name.
        one: the reference.
        other: the value beside it.
        plain: one side cannot carry diacritics, so equal plain letters are equal.
        cut: the other side may be cut to the 29 letters of an MRZ line.
    """
    if field in _NAME_FIELDS:
        return _names(one, other, plain=plain, cut=cut)
    if field == "nationality":
        return _texts(_nationality(one), _nationality(other))
    one, other = _stored(field, one), _stored(field, other)
    verdict = agree(field, one, other)
    if verdict is Agreement.MISSING:
        return Relation.MISSING
    if verdict in (Agreement.PARTIAL, Agreement.SAME_PLACE):
        return Relation.EQUAL
    if verdict is Agreement.DIFFERENT and field not in field_rules():
        return _texts(one, other)
    if verdict is Agreement.SAME:
        return _texts(one, other)
    return Relation.MARKS_ONLY if verdict in (Agreement.TONE_PLACED, Agreement.MARKS_DIFFER) else Relation.DIFFERS


def _stored(field: str, text: str) -> str:
    """Return the record's form of a value (codes instead of words), or the text as it is when the field cannot hold it."""
    try:
        return commit(field, text) or text
    except InputError:
        return text


def _nationality(text: str) -> str:
    plain = loose_text(text)
    return _NATIONALITIES.get(plain.split(":")[-1].replace(" ", ""), plain)


def _names(one: str, other: str, *, plain: bool, cut: bool) -> Relation:
    match = compare_names(one, other)
    if match is NameMatch.SAME:
        return Relation.EQUAL
    if match in (NameMatch.TONE_PLACED, NameMatch.MARKS_DIFFER):
        return Relation.EQUAL if plain else Relation.MARKS_ONLY
    letters, short = plain_key(one), plain_key(other)
    if cut and len(short) >= _MRZ_NAME_LENGTH - 1 and letters.startswith(short):
        return Relation.EQUAL
    return Relation.DIFFERS


def _texts(one: str, other: str) -> Relation:
    """Equal letter by letter but for case, blanks and punctuation; equal without marks; or different."""
    if _exact(one) == _exact(other):
        return Relation.EQUAL
    return Relation.MARKS_ONLY if loose_text(one) == loose_text(other) else Relation.DIFFERS


def _exact(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace(",", " ").replace(".", " ").split())
