"""What any source says of the person a card belongs to: one shape for QR code, MRZ, DG1 and DG13.

A source that does not know a field leaves it None: an absent field is missing, not empty. Dates are ISO text of the precision
known ("1990", "1990-05", "1990-05-17"). `repr` shows no personal data.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Final

from devices.errors import DeviceFormatError

MAX_TEXT: Final = 512


class HolderSource(StrEnum):
    """Where the statement was read."""

    QR = "qr"
    MRZ = "mrz"
    DG1 = "dg1"
    DG11 = "dg11"
    DG13 = "dg13"
    TYPED = "typed"
    POPULATION = "population"


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """One source's statement. `name` keeps its diacritics where the source has them; `name_plain` is the MRZ's spelling."""

    source: HolderSource
    number: str | None = None
    old_number: str | None = None
    document_number: str | None = None
    name: str | None = None
    name_plain: str | None = None
    birth: str | None = None
    sex: str | None = None
    """``M``, ``F`` or ``X``."""
    nationality: str | None = None
    ethnicity: str | None = None
    religion: str | None = None
    origin: str | None = None
    residence: str | None = None
    marks: str | None = None
    issued: str | None = None
    expiry: str | None = None
    """ISO date, or ``unlimited`` where the card says that it does not expire."""
    father: str | None = None
    mother: str | None = None
    spouse: str | None = None
    unknown: tuple[tuple[str, str], ...] = field(default=())
    """Fields of no published meaning, kept as they came (name or number, text): stored, never shown."""
    notes: tuple[str, ...] = ()
    """Codes of what was odd: ``mrz-check-birth``, ``qr-layout-unverified``…"""

    def __repr__(self) -> str:
        known = [
            f.name for f in fields(self) if f.name not in ("source", "notes", "unknown") and getattr(self, f.name) is not None
        ]
        return f"Holder({self.source.value}: {', '.join(known)})"


def iso_date(year: int, month: int, day: int) -> str:
    """Return the ISO text of a date; month or day 0 means unknown and shortens it.

    Raises:
        DeviceFormatError: no such day: dates are refused, never rolled over.
    """
    if not 1800 <= year <= 2399:
        raise DeviceFormatError("A date lies outside any person's life.")
    if month == 0:
        return f"{year:04d}"
    try:
        date(year, month, day or 1)
    except ValueError as error:
        raise DeviceFormatError("A date does not exist in the calendar.") from error
    return f"{year:04d}-{month:02d}-{day:02d}" if day else f"{year:04d}-{month:02d}"


def day_first_date(text: str) -> str | None:
    """Read ``dd/MM/yyyy``, ``ddMMyyyy``, ``MM/yyyy`` or ``yyyy`` (how Vietnamese documents write dates); None for nothing.

    Raises:
        DeviceFormatError: another form, or a day that does not exist.
    """
    text = text.strip().replace("-", "/").replace(".", "/")
    if not text or set(text) <= {"/", "0"}:
        return None
    digits = text.replace("/", "")
    if not (digits.isascii() and digits.isdigit()):
        raise DeviceFormatError("A date holds something else than digits.")
    parts = text.split("/")
    if len(parts) == 1:
        parts = {8: [text[:2], text[2:4], text[4:]], 6: [text[:2], text[2:]], 4: [text]}.get(len(text), [])
    numbers = [int(part) for part in parts if 1 <= len(part) <= 4]
    if len(numbers) != len(parts) or not 1 <= len(parts) <= 3 or len(parts[-1]) != 4:
        raise DeviceFormatError("A date has another form than day, month, year.")
    day, month, year = ([0] * (3 - len(numbers)) + numbers)[:3]
    return iso_date(year, month, day)


def clean(text: str) -> str | None:
    """Return `text` without outer blanks, None when nothing is left.

    Raises:
        DeviceFormatError: longer than 512 characters, or with control characters.
    """
    text = text.strip()
    if len(text) > MAX_TEXT or any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in text):
        raise DeviceFormatError("A text field is too long or holds control characters.")
    return text or None
