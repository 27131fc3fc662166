"""Readings, limits and verdicts: what was measured, what is allowed, and how far apart they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from devices.calibration.limits import Limit, LimitTable

MIN_CAPTURES: Final = 3
"""Fewer captures prove nothing: a certificate's readings are each the worst of at least so many."""


class Verdict(StrEnum):
    """What became of one row."""

    PASS = "pass"  # noqa: S105 - a verdict, no secret
    FAIL = "fail"
    NOT_MEASURED = "not-measured"
    TOLD = "told"
    """Measured, and no limit is set for it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One quantity measured on n captures. `at` is the frequency (cycles/mm or cycles/pixel) where the quantity is a curve."""

    test: str
    values: tuple[float, ...]
    unit: str = ""
    at: float | None = None

    @property
    def key(self) -> tuple[str, float | None]:
        """What a limit is found by."""
        return self.test, self.at


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report.

    `value` is the worst of the captures (None: not measured), `spread` the largest minus the smallest. `margin` is the distance to the
    nearest limit in the row's unit, negative where it failed; on the limit itself it is 0 and passes, unless the limit is `open`.
    """

    test: str
    at: float | None
    value: float | None
    spread: float | None
    unit: str
    low: float | None
    high: float | None
    margin: float | None
    source: str
    verified: bool
    required: bool
    verdict: Verdict

    @property
    def passed(self) -> bool:
        """Whether this row does not stand in the way: passed, only told, or not measured and not required."""
        return self.verdict in (Verdict.PASS, Verdict.TOLD) or (self.verdict is Verdict.NOT_MEASURED and not self.required)


def judge_one(limit: Limit, reading: Reading | None) -> Row:
    """Return the row of one limit; without a reading (or with one that is not finite) the row says so."""
    if reading is None or not reading.values or not all(map(math.isfinite, reading.values)):
        return Row(limit.test, limit.at, None, None, limit.unit, limit.low, limit.high, None, limit.source, limit.verified,
                   limit.required, Verdict.NOT_MEASURED)  # fmt: skip
    worst = min(reading.values, key=limit.margin)
    margin = limit.margin(worst)
    passed = margin > 0 if limit.open else margin >= 0
    return Row(limit.test, limit.at, worst, max(reading.values) - min(reading.values), limit.unit, limit.low, limit.high, margin,
               limit.source, limit.verified, limit.required, Verdict.PASS if passed else Verdict.FAIL)  # fmt: skip


def judge(table: LimitTable, readings: Iterable[Reading]) -> tuple[Row, ...]:
    """Return a row for each limit of `table` in its order, then the readings that have no limit."""
    found: Mapping[tuple[str, float | None], Reading] = {r.key: r for r in readings}
    rows = [judge_one(limit, found.get(limit.key)) for limit in table.limits]
    limited = {limit.key for limit in table.limits}
    rows += [_told(reading) for key, reading in found.items() if key not in limited and reading.values]
    return tuple(rows)


def all_passed(rows: Sequence[Row]) -> bool:
    """Return whether no row stands in the way; no rows at all prove nothing."""
    return bool(rows) and all(r.passed for r in rows)


def _told(reading: Reading) -> Row:
    middle = sorted(reading.values)[len(reading.values) // 2]
    return Row(reading.test, reading.at, middle, max(reading.values) - min(reading.values), reading.unit, None, None, None, "",
               verified=False, required=False, verdict=Verdict.TOLD)  # fmt: skip
