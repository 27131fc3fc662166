"""Dates as papers have them: sometimes only a year. Nothing is invented for the missing parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from station.errors import InputError

_TYPED: Final = re.compile(r"^(?:(?:(\d{1,2}|--)[/.\- ])?(\d{1,2}|--)[/.\- ])?(\d{4})$", re.ASCII)
_STORED: Final = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$", re.ASCII)
FIRST_YEAR: Final = 1850


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date of birth whose day, or day and month, may be unknown (None). Stored as ``1936``, ``1936-05`` or ``1936-05-02``."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise _bad()
        try:
            date(self.year, self.month or 1, self.day or 1)
        except ValueError:
            raise _bad() from None

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
        if self.day is not None:
            parts.append(f"{self.day:02d}")
        return "-".join(parts)

    @property
    def complete(self) -> bool:
        """Whether day and month are known."""
        return self.day is not None

    @property
    def exact(self) -> date | None:
        """The full date, or None."""
        return date(self.year, self.month, self.day) if self.month is not None and self.day is not None else None

    @property
    def earliest(self) -> date:
        """The first day it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day it can be: what age rules take, so that an unknown day never makes someone older than they are."""
        if self.day is not None:
            return self.earliest
        month = self.month or 12
        following = date(self.year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)

    def shown(self) -> str:
        """Return dd/mm/yyyy with dashes for what is unknown: ``--/--/1936``."""
        day = f"{self.day:02d}" if self.day is not None else "--"
        month = f"{self.month:02d}" if self.month is not None else "--"
        return f"{day}/{month}/{self.year:04d}"

    def agrees(self, other: PartialDate) -> bool:
        """Return whether both can be the same day; unknown parts agree with anything."""
        return (
            self.year == other.year
            and (self.month is None or other.month is None or self.month == other.month)
            and (self.day is None or other.day is None or self.day == other.day)
        )


def _bad() -> InputError:
    return InputError("This is not a date; nothing was stored. Type it like 12/3/1958, 12031958 or 1958.", code="date-format")


def parse_date(text: str) -> PartialDate:
    """Read what a clerk types (12031958, 12/3/1958, 3/1958, 1958, --/--/1936) or the stored form (1936-05-02).

    Raises:
        InputError: not a date (code ``date-format``).
    """
    text = text.strip()
    if stored := _STORED.match(text):
        year, month, day = stored.groups()
    elif len(text) == 8 and text.isascii() and text.isdigit():
        day, month, year = text[:2], text[2:4], text[4:]
    elif typed := _TYPED.match(text):
        day, month, year = typed.groups()
    else:
        raise _bad()
    month = None if month in {None, "--", "00"} else month
    day = None if day in {None, "--", "00"} else day
    if int(year) < FIRST_YEAR:
        raise _bad()
    return PartialDate(int(year), int(month) if month else None, int(day) if day else None)


def age_on(birth: PartialDate, day: date) -> int:
    """Return full years on `day`; with unknown parts the lowest age possible. Born 29 February: a year older on 1 March."""
    born = birth.latest
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
