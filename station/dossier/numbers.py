"""Numbers and barcodes the station prints: digits only (they survive keyboard layouts and Telex), with a check digit.

A code is ``KK`` kind pair + body + one Damm check digit (H. M. Damm, 2004: finds every single wrong digit and every swap of
neighbours). A dossier's number is ``11`` + 6 digits of the station + yymmdd + 4 digits of the day's count + check: 19 digits.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from station.errors import InputError


class CodeKind(StrEnum):
    """What a printed code names."""

    DOSSIER = "11"
    TICKET = "12"
    BADGE = "13"
    TEST = "19"


_DAMM: Final = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
MAX_CODE_DIGITS: Final = 40


def damm_digit(digits: str) -> str:
    """Return the check digit of `digits`."""
    row = 0
    for digit in digits:
        row = int(_DAMM[row][int(digit)])
    return str(row)


def make_code(kind: CodeKind, body: str) -> str:
    """Return kind + body + check digit."""
    return kind.value + body + damm_digit(kind.value + body)


def read_code(text: str) -> tuple[CodeKind, str]:
    """Return (kind, body) of a scanned or typed code; spaces, dots and dashes are dropped.

    Raises:
        InputError: not digits, wrong check digit, unknown kind.
    """
    digits = "".join(c for c in text.strip() if c not in " .-")
    if not (4 <= len(digits) <= MAX_CODE_DIGITS and digits.isascii() and digits.isdigit()):
        raise InputError("This is not a code of this station; nothing was opened. Scan it again.", code="code-shape")
    if damm_digit(digits[:-1]) != digits[-1]:
        raise InputError("A digit of this code is wrong; nothing was opened. Scan it again or type it slowly.", code="code-check")
    try:
        return CodeKind(digits[:2]), digits[2:-1]
    except ValueError:
        raise InputError("This code is of a kind that is not known here; nothing was opened.", code="code-kind") from None


def station_digits(origin: str) -> str:
    """Return the six digits by which printed numbers name a station (from its 16-hex-digit id)."""
    return f"{int(origin, 16) % 10**6:06d}"


def dossier_number(origin: str, day: date, count: int) -> str:
    """Return the number of the `count`-th dossier (1..9999) opened by station `origin` on `day`."""
    return make_code(CodeKind.DOSSIER, f"{station_digits(origin)}{day:%y%m%d}{count:04d}")
