"""Limits as dated data with their source: `data/limits.toml`. A limit that nobody compared with its standard's text says so."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from devices.errors import ProfileError

MAX_LIMITS: Final = 200
_TABLE_KEYS: Final = frozenset(
    {"id", "kind", "ppi", "source", "verified", "valid_from", "valid_to", "validity_months", "options", "limit", "curve"}
)
_LIMIT_KEYS: Final = frozenset({"test", "unit", "low", "high", "open", "required", "source", "verified", "at"})
_CURVE_KEYS: Final = frozenset({"tests", "unit", "at", "low", "high", "required", "source", "verified"})


@dataclass(frozen=True, slots=True)
class Limit:
    """What is allowed for one test: `low` ≤ value ≤ `high` (either may be None); `open`: the limit itself already fails."""

    test: str
    unit: str
    low: float | None
    high: float | None
    source: str
    verified: bool
    at: float | None = None
    open: bool = False
    required: bool = True

    @property
    def key(self) -> tuple[str, float | None]:
        """What a reading is found by."""
        return self.test, self.at

    def margin(self, value: float) -> float:
        """Return the distance to the nearest limit in the limit's unit; negative outside."""
        below = math.inf if self.low is None else value - self.low
        above = math.inf if self.high is None else self.high - value
        return min(below, above)


@dataclass(frozen=True, slots=True)
class LimitTable:
    """All limits of one standard for one class of device. `options` are the standard's parameters of the measures (percentiles)."""

    id: str
    kind: str
    ppi: int | None
    source: str
    valid_from: date
    valid_to: date | None
    validity_months: int
    options: Mapping[str, float]
    limits: tuple[Limit, ...]

    def in_force(self, day: date) -> bool:
        """Return whether this table may be used for a new certificate on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def limit_table(table_id: str) -> LimitTable:
    """Return the table `table_id`.

    Raises:
        ProfileError: there is none.
    """
    tables = limit_tables()
    if table_id not in tables:
        raise ProfileError(f"No table of limits is called '{table_id}'; there are: {', '.join(tables)}. Nothing was measured.",
                           code="calibration-limits")  # fmt: skip
    return tables[table_id]


@lru_cache(maxsize=1)
def limit_tables() -> Mapping[str, LimitTable]:
    """Return all tables of the product by id."""
    text = files(__package__).joinpath("data", "limits.toml").read_bytes()
    return {table.id: table for table in parse_limits(text)}


def parse_limits(data: bytes) -> tuple[LimitTable, ...]:
    """Read a file of limits (a site may bring its own).

    Raises:
        ProfileError: not TOML, an unknown key, a limit without bounds, twice the same test.
    """
    if len(data) > 200_000:
        raise ProfileError("A file of limits is larger than 200 kB; it was not used.", code="calibration-limits")
    try:
        raw = tomllib.loads(data.decode("utf-8"))
        return tuple(_table(entry) for entry in raw["table"])
    except ProfileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ProfileError(f"A file of limits breaks its form ({type(error).__name__}: {error}); it was not used. Correct it.",
                           code="calibration-limits") from error  # fmt: skip


def _table(raw: Mapping[str, Any]) -> LimitTable:
    _only(raw, _TABLE_KEYS)
    source, verified = str(raw["source"]), bool(raw["verified"])
    limits = [_limit(entry, source, verified) for entry in raw.get("limit", ())]
    for curve in raw.get("curve", ()):
        limits += _curve(curve, source, verified)
    if not 1 <= len(limits) <= MAX_LIMITS or len({limit.key for limit in limits}) != len(limits):
        raise ProfileError(
            f"The table {raw['id']!r} has no limits, too many, or one twice; it was not used.", code="calibration-limits"
        )
    if not 1 <= int(raw["validity_months"]) <= 36:
        raise ProfileError(
            f"The table {raw['id']!r}: a certificate is valid 1 to 36 months; it was not used.", code="calibration-limits"
        )
    begins, ends = raw["valid_from"], raw.get("valid_to")
    if type(begins) is not date or (ends is not None and type(ends) is not date):
        raise ProfileError(f"The table {raw['id']!r} has no date; it was not used.", code="calibration-limits")
    options = {str(k): float(v) for k, v in raw.get("options", {}).items()}
    return LimitTable(str(raw["id"]), str(raw["kind"]), raw.get("ppi"), source, begins, ends, int(raw["validity_months"]), options,
                      tuple(limits))  # fmt: skip


def _limit(raw: Mapping[str, Any], source: str, verified: bool) -> Limit:
    _only(raw, _LIMIT_KEYS)
    low, high = _number(raw.get("low")), _number(raw.get("high"))
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise ProfileError(f"The limit {raw['test']!r} allows everything or nothing; it was not used.", code="calibration-limits")
    return Limit(str(raw["test"]), str(raw.get("unit", "")), low, high, str(raw.get("source", source)), bool(raw.get("verified", verified)),
                 _number(raw.get("at")), bool(raw.get("open", False)), bool(raw.get("required", True)))  # fmt: skip


def _curve(raw: Mapping[str, Any], source: str, verified: bool) -> list[Limit]:
    """A curve is a floor (and one ceiling) at several frequencies, for one or more tests."""
    _only(raw, _CURVE_KEYS)
    shared = {k: raw[k] for k in ("unit", "high", "required", "source", "verified") if k in raw}
    pairs = list(zip(raw["at"], raw["low"], strict=True))
    return [
        _limit({**shared, "test": test, "at": at, "low": low}, source, verified) for test in raw["tests"] for at, low in pairs
    ]


def _only(raw: Mapping[str, Any], known: frozenset[str]) -> None:
    if set(raw) - known:
        raise ProfileError(
            f"Unknown keys in a table of limits: {sorted(set(raw) - known)}; it was not used.", code="calibration-limits"
        )


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ProfileError("A limit is not a number; the table was not used.", code="calibration-limits")
    return float(value)
