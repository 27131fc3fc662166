"""Administrative units with validity dates. A code alone names nothing: 15 was Yên Bái until 30 June 2025 and is Lào Cai since.

Tables are CSV: ``code,name,level,parent,valid_from,valid_to,successors`` (dates ISO, `valid_to` empty = in force, several
successors separated by spaces). Two come with the program: the provinces before and after the merger of 1 July 2025 (QĐ
19/2025/QĐ-TTg; names and successors as published, `verified = false` until compared with the gazette) and a small invented tree
for demo and tests. A site imports its own communes with `read_units`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Final

from station.errors import InputError
from station.vietnam.names import plain_key

MERGER: Final = date(2025, 7, 1)
"""First day of the two-level units."""

MAX_TABLE_BYTES: Final = 8_000_000
MAX_ROWS: Final = 60_000


class UnitLevel(StrEnum):
    """Level of a unit; districts end with the merger."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit between two dates. `successors` are codes in force the day after `valid_to`."""

    code: str
    name: str
    level: UnitLevel
    parent: str
    valid_from: date
    valid_to: date | None
    successors: tuple[str, ...]

    def in_force(self, day: date) -> bool:
        """Return whether it existed on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class UnitTable:
    """Units of one or several tables, asked by code **and** day."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._by_code: dict[str, list[Unit]] = {}
        self._index: dict[str, list[Unit]] = {}
        for unit in units:
            self._by_code.setdefault(unit.code, []).append(unit)

    def __len__(self) -> int:
        return sum(map(len, self._by_code.values()))

    def at(self, code: str, day: date) -> Unit | None:
        """Return the unit that `code` named on `day`."""
        return next((u for u in self._by_code.get(code, ()) if u.in_force(day)), None)

    def of_reference(self, reference: str) -> Unit | None:
        """Return the unit of a stored reference ``CODE@DATE``; None when either is not known."""
        code, _, day = reference.partition("@")
        try:
            return self.at(code, date.fromisoformat(day))
        except ValueError:
            return None

    def today(self, unit: Unit, day: date) -> tuple[Unit, ...]:
        """Return what `unit` has become by `day`, following successors (several when it was split)."""
        if unit.in_force(day):
            return (unit,)
        if unit.valid_to is None or unit.valid_to >= day:
            return ()
        after = date.fromordinal(unit.valid_to.toordinal() + 1)
        following = [u for code in unit.successors if (u := self.at(code, after)) is not None]
        return tuple(dict.fromkeys(t for f in following for t in self.today(f, day)))

    def province(self, unit: Unit) -> Unit | None:
        """Return the province `unit` belonged to in its own time."""
        day = unit.valid_to or unit.valid_from
        seen = 0
        while unit.level is not UnitLevel.PROVINCE and seen < 4:
            above = self.at(unit.parent, day)
            if above is None:
                return None
            unit, seen = above, seen + 1
        return unit

    def path(self, unit: Unit) -> str:
        """Return the written address part: ``Xã Mẫu Hạ, Huyện Mẫu, Tỉnh Ví Dụ``."""
        names, day = [unit.name], unit.valid_to or unit.valid_from
        while unit.parent and (above := self.at(unit.parent, day)) is not None and len(names) < 4:
            names.append(above.name)
            unit = above
        return ", ".join(names)

    def same_place(self, one: str, other: str, day: date) -> bool:
        """Return whether two references (``CODE@DATE``) have become the same unit by `day`."""
        a, b = self.of_reference(one), self.of_reference(other)
        if a is None or b is None:
            return one == other
        return a == b or bool(set(self.today(a, day)) & set(self.today(b, day)))

    def resolve(self, text: str) -> tuple[str, Unit | None]:
        """Split a written address into (what comes before the commune, the commune); None when no commune is recognised.

        ``Thôn 3, Xã Mẫu Hạ, Huyện Mẫu, Tỉnh Ví Dụ`` → (``Thôn 3``, Xã Mẫu Hạ). Marks, case and words like "xã" or "tỉnh" do not
        matter; the part after the commune must name its province, so that one of many communes of a name is not guessed.
        """
        parts = [p.strip() for p in text.split(",") if p.strip()]
        index = self._names()
        for at in range(max(0, len(parts) - 4), len(parts)):
            after = {bare_name(p) for p in parts[at + 1 :]}
            found = [
                u
                for u in index.get(bare_name(parts[at]), ())
                if (above := self.province(u)) is not None and bare_name(above.name) in after
            ]
            if found:
                latest = max(found, key=lambda u: u.valid_from)
                exact = [u for u in found if self._above(u) <= after and len(parts) - at - 1 == len(self._above(u))]
                return ", ".join(parts[:at]), max(exact, key=lambda u: u.valid_from) if exact else latest
        return text, None

    def _above(self, unit: Unit) -> set[str]:
        return {bare_name(name) for name in self.path(unit).split(", ")[1:]}

    def _names(self) -> dict[str, list[Unit]]:
        if not self._index:
            for unit in self.all(UnitLevel.COMMUNE):
                self._index.setdefault(bare_name(unit.name), []).append(unit)
        return self._index

    def find(self, name: str, day: date, level: UnitLevel | None = None) -> tuple[Unit, ...]:
        """Return units in force on `day` whose name contains `name`, marks ignored."""
        wanted = plain_key(name)
        return tuple(
            u for rows in self._by_code.values() for u in rows
            if u.in_force(day) and wanted in plain_key(u.name) and (level is None or u.level is level)
        )  # fmt: skip

    def all(self, level: UnitLevel | None = None, day: date | None = None) -> tuple[Unit, ...]:
        """Return all units (of a level, in force on a day)."""
        rows = (u for found in self._by_code.values() for u in found)
        return tuple(u for u in rows if (level is None or u.level is level) and (day is None or u.in_force(day)))

    def joined(self, other: UnitTable) -> UnitTable:
        """Return a table with the rows of both."""
        return UnitTable([*self.all(), *other.all()])


_KINDS: Final = ("THANH PHO ", "TP. ", "TP ", "TINH ", "HUYEN ", "QUAN ", "THI XA ", "TX. ", "THI TRAN ", "TT. ", "TT ", "PHUONG ", "P. ",
                 "XA ", "DAC KHU ")  # fmt: skip


@lru_cache(maxsize=20_000)
def bare_name(name: str) -> str:
    """Return a unit's name without marks, case and its kind: ``Xã Mẫu Hạ`` → ``MAU HA``."""
    plain = plain_key(name)
    kind = next((k for k in _KINDS if plain.startswith(k)), "")
    return plain[len(kind) :]


def read_units(data: bytes) -> UnitTable:
    """Read a site's CSV (UTF-8, with or without byte order mark).

    Raises:
        InputError: not such a table; the message names the first bad line.
    """
    if len(data) > MAX_TABLE_BYTES:
        raise InputError("This unit table is too large (8 MB at most); the present table stays.", code="units-large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "This unit table is not UTF-8; the present table stays. Save it as CSV UTF-8.", code="units-encoding"
        ) from error
    units: list[Unit] = []
    line = 1
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True)
        for row in reader:
            line = reader.line_num
            if len(units) >= MAX_ROWS:
                raise ValueError("too many rows")
            code, name = row["code"].strip(), row["name"].strip()
            if not (code.isascii() and code.isalnum() and len(code) <= 12 and 0 < len(name) <= 200):
                raise ValueError("code or name")
            valid_to = date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None
            valid_from = date.fromisoformat(row["valid_from"])
            if valid_to is not None and valid_to < valid_from:
                raise ValueError("ends before it begins")
            units.append(Unit(code, name, UnitLevel(row["level"].strip()), (row.get("parent") or "").strip(), valid_from, valid_to,
                              tuple((row.get("successors") or "").split())))  # fmt: skip
    except (KeyError, ValueError, TypeError, AttributeError, csv.Error) as error:
        raise InputError(f"Line {line} of this unit table cannot be read; the present table stays. Columns: code, name, level, parent, "
                         "valid_from, valid_to, successors.", code="units-line", line=line) from error  # fmt: skip
    if not units:
        raise InputError("This unit table is empty; the present table stays.", code="units-empty")
    return UnitTable(units)


@lru_cache(maxsize=4)
def shipped_units(name: str) -> UnitTable:
    """Return a table that comes with the program: ``provinces`` or ``units-demo``."""
    return read_units(files(__package__).joinpath("data", f"{name}.csv").read_bytes())


@lru_cache(maxsize=1)
def default_units() -> UnitTable:
    """Return provinces and the invented demo units together."""
    return shipped_units("provinces").joined(shipped_units("units-demo"))


def unit_name(code: str, day: date) -> str:
    """Return what the unit of `code` is called on `day`, as papers name it; the code itself where the tables have none."""
    unit = default_units().at(code, day)
    return unit.name if unit is not None else code


def place_of_number(number: str, table: UnitTable | None = None) -> Unit | None:
    """Return the province a personal number names: always by the table before the merger, since numbers keep their digits."""
    if number[:1] != "0":
        return None
    return (table or default_units()).at(number[1:3], date.fromordinal(MERGER.toordinal() - 1))
