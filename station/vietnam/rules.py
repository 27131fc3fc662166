"""Ages, validity, fees, deadlines, retention and forms: pure functions over dated tables (`data/rules.toml`, `data/forms.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from station.errors import InputError
from station.vietnam.dates import PartialDate, age_on

MAX_WORKING_DAYS: Final = 400


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", "rules.toml").read_text("utf-8"))


def _in_force(rows: Iterable[Mapping[str, Any]], day: date) -> list[Mapping[str, Any]]:
    return [r for r in rows if r["valid_from"] <= day and (r.get("valid_to") is None or day <= r["valid_to"])]


def _none(what: str) -> InputError:
    return InputError(f"No {what} is known for that day; nothing was decided. Correct the table of rules.", code="rule-missing")


# --- validity ---------------------------------------------------------------------------------------------------------------


def birthday(birth: PartialDate, age: int) -> date:
    """Return the day on which someone is `age` years old; 29 February becomes 1 March, unknown parts the last day possible."""
    born = birth.latest
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def card_expiry(birth: PartialDate, issued: date) -> date | None:
    """Return the day until which a card issued on `issued` is valid; None = without limit.

    A card issued in the two years before a milestone is valid to the next one: 23 to 25 → 40, 38 to 40 → 60, from 58 on → no limit
    (Law 59/2014 art. 21; Law 26/2023 art. 21, which adds 14).

    Raises:
        InputError: no rule for that day.
    """
    rows = _in_force(_rules()["milestones"], issued)
    if not rows:
        raise _none("age rule")
    row = rows[0]
    for age in row["ages"]:
        milestone = birthday(birth, age)
        # "In the two years before the age": from the day of age − 2 on.
        if issued < birthday(birth, age - row["grace_years"]):
            return milestone
    return None


def must_exchange(birth: PartialDate, day: date) -> int | None:
    """Return the milestone whose birthday is `day` or the last passed one, None when none was reached."""
    rows = _in_force(_rules()["milestones"], day)
    if not rows:
        raise _none("age rule")
    return max((a for a in rows[0]["ages"] if a <= age_on(birth, day)), default=None)


# --- fees -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fee:
    """What is due, in VND, on which basis; `exemption` names the ground when nothing is."""

    amount_vnd: int
    basis: str
    verified: bool
    exemption: str = ""


FEE_KINDS: Final = ("first", "exchange", "exchange-from-cmnd", "reissue")
MAX_FEE_VND: Final = 100_000_000


def parse_fee_row(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Read a fee table of the centre's notice: ``valid_from`` (ISO date), ``table`` (kind → VND), ``source``; it holds from that day on.

    Raises:
        InputError: no date, a kind missing, an amount that is none.
    """
    try:
        table = raw["table"]
        amounts = {kind: table[kind] for kind in FEE_KINDS}
        if any(type(a) is not int or not 0 <= a <= MAX_FEE_VND for a in amounts.values()):
            raise ValueError("amount")
        return {**amounts, "valid_from": date.fromisoformat(raw["valid_from"]), "source": str(raw.get("source", ""))[:200],
                "verified": True}  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("This fee table cannot be read; the present one stays in force.", code="notice-payload") from error


def fee_for(
    kind: str, day: date, *, from_cmnd: bool = False, exemption: str = "", centre: Iterable[Mapping[str, Any]] = ()
) -> Fee:
    """Return the fee for an application of `kind` (first, exchange, reissue) on `day`.

    `centre`: rows of `parse_fee_row`, newest last; the last one in force takes the place of the program's own table.

    Raises:
        InputError: unknown kind, or an exemption that does not exist or does not fit this kind.
    """
    rows = [*_in_force(_rules()["fee"], day)[:1], *_in_force(centre, day)]
    if not rows:
        raise _none("fee")
    row = rows[-1]
    key = "exchange-from-cmnd" if kind == "exchange" and from_cmnd else kind
    if key not in FEE_KINDS:
        raise InputError("This kind of application is not known; no fee was set.", code="kind-unknown")
    if exemption:
        ground = next((e for e in _rules()["exemption"] if e["id"] == exemption), None)
        if ground is None or key not in ground["kinds"]:
            raise InputError("This exemption does not fit here; no fee was set. Choose another ground.", code="exemption-unfit")
        return Fee(0, ground["source"], ground["verified"], exemption)
    return Fee(int(row[key]), row["source"], row["verified"])


def exemptions(kind: str) -> tuple[str, ...]:
    """Return the ids of exemptions that fit `kind`."""
    return tuple(e["id"] for e in _rules()["exemption"] if kind in e["kinds"])


# --- deadlines --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the card is due and by which rule."""

    due: date
    working_days: float
    rule: str
    verified: bool


def is_working_day(day: date) -> bool:
    """Return whether `day` is Monday to Friday and no holiday of the table."""
    holidays = _rules()["holidays"]
    return day.weekday() < 5 and f"{day:%m-%d}" not in holidays["fixed"] and day not in holidays["days"]


def add_working_days(start: date, count: float) -> date:
    """Return the working day on which `count` days (halves allowed, a begun day counts) from the day after `start` have passed."""
    if not 0 <= count <= MAX_WORKING_DAYS:
        raise InputError("A deadline has 0 to 400 working days; nothing was decided.", code="deadline-range")
    day, left = start, count
    while left > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            left -= 1
    return day


def deadline_for(kind: str, received: date, area: str = "other") -> Deadline:
    """Return when a complete application received on `received` must be finished.

    Args:
        kind: first, exchange or reissue.
        received: the day all was complete.
        area: ``city``, ``mountain`` or ``other`` (rule of 2021; the law of 2024 has one for all).
    """
    rows = [r for r in _in_force(_rules()["deadline"], received) if r["area"] in {area, "any"}]
    if not rows or kind not in rows[0]["unit"]:
        raise _none("deadline")
    row = rows[0]
    days = float(row["unit"][kind]) + float(row["centre"][kind]) + float(row["ship"])
    return Deadline(add_working_days(received, days), days, row["source"], row["verified"])


# --- retention --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Retention:
    """Days since capture, days left before the purge, and the alarm level passed (0: none)."""

    age_days: int
    days_left: int
    alarm: int


def retention_of(captured: date, day: date) -> Retention:
    """Return how near a capture is to the 180-day purge."""
    rule = _rules()["retention"]
    age = (day - captured).days
    return Retention(age, rule["purge_after_days"] - age, max((a for a in rule["alarm_days"] if age >= a), default=0))


# --- forms ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its code means something only together with its basis."""

    purpose: str
    code: str
    title: str
    basis: str
    verified: bool

    @property
    def id(self) -> str:
        """Code and basis, as stored with every printed paper."""
        return f"{self.code} ({self.basis})"


def form_for(purpose: str, day: date) -> Form:
    """Return the form in force for `purpose` (capture, slip, population-collect, …) on `day`.

    Raises:
        InputError: none.
    """
    raw = tomllib.loads(files(__package__).joinpath("data", "forms.toml").read_text("utf-8"))
    rows = _in_force([f for f in raw["form"] if f["purpose"] == purpose], day)
    if not rows:
        raise _none("form")
    row = rows[0]
    return Form(row["purpose"], row["code"], row["title"], row["basis"], row["verified"])
