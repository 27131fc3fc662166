"""Machine readable zones: TD1 (cards), TD2 and TD3 (passports), ICAO Doc 9303 parts 3 to 6; and Vietnam's use of TD1.

A scanner may misread a letter, so a wrong check digit is a note on the object, not an error; a zone that has no layout at all
is an error. The Vietnamese card carries the last nine digits of the personal number as document number and all twelve in the
optional data of the first line, followed by a check digit over that field.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from devices.errors import DeviceFormatError
from devices.holder import Holder, HolderSource, iso_date

_ALLOWED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
_DIGIT_LOOKALIKES: Final = str.maketrans("OQDISZB", "0001528")
_WEIGHTS: Final = (7, 3, 1)


class MrzFormat(Enum):
    """Layout: number of lines and their length."""

    TD1 = (3, 30)
    TD2 = (2, 36)
    TD3 = (2, 44)


def check_digit(text: str) -> str:
    """Return the check digit of Doc 9303-3 section 4.9 (weights 7-3-1; A = 10 … Z = 35; filler 0)."""
    total = 0
    for index, char in enumerate(text):
        value = 0 if char == "<" else int(char) if char.isdigit() else ord(char) - 55
        total += value * _WEIGHTS[index % 3]
    return str(total % 10)


@dataclass(frozen=True, slots=True, repr=False)
class Mrz:
    """A read zone. Texts are as printed, without trailing filler; `wrong` names the fields whose check digit does not fit."""

    layout: MrzFormat
    lines: tuple[str, ...]
    document_code: str
    issuer: str
    document_number: str
    birth: str
    sex: str
    expiry: str
    nationality: str
    optional: str
    surname: str
    given: str
    wrong: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Mrz({self.layout.name}, {len(self.wrong)} wrong check digits)"

    @property
    def access_information(self) -> str:
        """Document number, birth and expiry, each with its check digit: what BAC and PACE-MRZ hash (Doc 9303-11 D.2)."""
        number = self.document_number.ljust(9, "<")
        return "".join(part + check_digit(part) for part in (number, self.birth, self.expiry))

    @property
    def personal_number(self) -> str | None:
        """The 12-digit number of a Vietnamese card, or None."""
        digits = self.optional[:12]
        is_vietnamese = self.issuer == "VNM" and self.layout is MrzFormat.TD1
        return digits if is_vietnamese and len(digits) == 12 and digits.isdigit() else None


def parse(text: str | bytes) -> Mrz:
    """Read a zone from text with or without line breaks (swipe readers end lines with CR, LF, both or nothing).

    Raises:
        DeviceFormatError: no layout has this length, or there are characters that no MRZ has.
    """
    if isinstance(text, bytes):
        if len(text) > 512:
            raise DeviceFormatError("An MRZ is at most 90 characters; far more came.")
        text = text.decode("ascii", "replace")
    body = "".join(text.upper().split())
    if not set(body) <= _ALLOWED:
        raise DeviceFormatError("The lines hold characters that no MRZ has; scan them again.", code="mrz-characters")
    layout = next((f for f in MrzFormat if f.value[0] * f.value[1] == len(body)), None)
    if layout is None:
        raise DeviceFormatError("The lines are not as long as those of a card or passport; scan them again.", code="mrz-length")
    count, width = layout.value
    lines = tuple(body[i * width : (i + 1) * width] for i in range(count))
    return _td1(lines) if layout is MrzFormat.TD1 else _td23(layout, lines)


def _digits(text: str) -> str:
    """Undo letters that OCR reads for digits, where only digits can stand."""
    return text.translate(_DIGIT_LOOKALIKES)


def _names(field: str) -> tuple[str, str]:
    surname, _, given = field.partition("<<")
    return surname.replace("<", " ").strip(), " ".join(given.replace("<", " ").split())


def _long_number(number: str, check: str, optional: str) -> tuple[str, str, str]:
    """Undo the overflow of document numbers longer than nine characters (Doc 9303-5 section 4.2.2.2 note j)."""
    if check == "<" and optional.strip("<"):
        rest, _, tail = optional.partition("<")
        return number + rest[:-1], rest[-1:], tail
    return number, check, optional


def _td1(lines: tuple[str, ...]) -> Mrz:
    first, second, third = lines
    raw_optional = first[15:30]
    number, number_check, optional = _long_number(first[5:14], first[14], raw_optional)
    birth, expiry = _digits(second[0:6]), _digits(second[8:14])
    composite = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    checks = [("number", number, number_check), ("birth", birth, second[6]), ("expiry", expiry, second[14]),
              ("composite", composite, second[29])]  # fmt: skip
    if first[2:5] == "VNM" and raw_optional[-1] != "<":
        checks.append(("optional", raw_optional[:14], raw_optional[14]))
    surname, given = _names(third)
    return Mrz(MrzFormat.TD1, lines, first[0:2].rstrip("<"), first[2:5].rstrip("<"), number.rstrip("<"), birth, second[7], expiry,
               second[15:18].rstrip("<"), optional.rstrip("<"), surname, given, _wrong(checks))  # fmt: skip


def _td23(layout: MrzFormat, lines: tuple[str, ...]) -> Mrz:
    first, second = lines
    birth, expiry = _digits(second[13:19]), _digits(second[21:27])
    optional = second[28:42] if layout is MrzFormat.TD3 else second[28:35]
    composite = second[0:10] + second[13:20] + second[21 : 43 if layout is MrzFormat.TD3 else 35]
    checks = [("number", second[0:9], second[9]), ("birth", birth, second[19]), ("expiry", expiry, second[27]),
              ("composite", composite, second[-1])]  # fmt: skip
    if layout is MrzFormat.TD3:
        checks.append(("optional", optional, second[42]))
    surname, given = _names(first[5:])
    return Mrz(layout, lines, first[0:2].rstrip("<"), first[2:5].rstrip("<"), second[0:9].rstrip("<"), birth, second[20], expiry,
               second[10:13].rstrip("<"), optional.rstrip("<"), surname, given, _wrong(checks))  # fmt: skip


def _wrong(checks: list[tuple[str, str, str]]) -> tuple[str, ...]:
    """Return the fields whose check digit differs; a filler counts as zero (allowed for empty optional data)."""
    return tuple(name for name, text, given in checks if check_digit(text) != ("0" if given == "<" else _digits(given)))


def to_holder(mrz: Mrz, source: HolderSource = HolderSource.MRZ) -> Holder:
    """Return what the zone says of the person. The century of birth comes from the personal number where there is one.

    Raises:
        DeviceFormatError: a date that does not exist.
    """
    number = mrz.personal_number
    expiry = _expiry(mrz.expiry)
    latest = int(expiry[:4]) if expiry and expiry != "unlimited" else 2100
    return Holder(
        source,
        number=number,
        document_number=mrz.document_number,
        name_plain=f"{mrz.surname} {mrz.given}".strip() or None,
        birth=_birth(mrz.birth, number, latest),
        sex={"M": "M", "F": "F", "X": "X"}.get(mrz.sex),
        nationality=mrz.nationality or None,
        expiry=expiry,
        notes=tuple(f"mrz-check-{name}" for name in mrz.wrong),
    )


def _two_digits(text: str) -> tuple[int, int, int] | None:
    if not text[:2].isdigit():
        return None
    return int(text[:2]), *(int(part) if part.isdigit() else 0 for part in (text[2:4], text[4:6]))  # type: ignore[return-value]  # three by construction


def _birth(text: str, number: str | None, latest_year: int) -> str | None:
    parts = _two_digits(text)
    if parts is None:
        return None
    year, month, day = parts
    if number is not None and int(number[4:6]) == year:
        full = 1900 + 100 * (int(number[3]) // 2) + year
    else:
        full = 2000 + year if 2000 + year <= min(latest_year, 2099) - 1 and year <= (latest_year % 100) else 1900 + year
    return iso_date(full, month, day)


def _expiry(text: str) -> str | None:
    if set(text) == {"<"}:
        return "unlimited"
    parts = _two_digits(text)
    if parts is None:
        return None
    year, month, day = parts
    return "unlimited" if (year, month, day) == (99, 12, 31) else iso_date(2000 + year, month, day)


def compose_vietnamese(number: str, birth: str, sex: str, expiry: str, *, surname: str, given: str) -> tuple[str, str, str]:
    """Return the three lines of a Vietnamese card (used for typed data and for tests of readers).

    Args:
        number: twelve digits.
        birth: YYMMDD.
        sex: ``M`` or ``F``.
        expiry: YYMMDD, or six fillers for a card without expiry.
        surname: plain capital letters.
        given: middle and given names, plain capital letters, separated by blanks.
    """
    optional = f"{number}<<"
    first = f"IDVNM{number[3:]}{check_digit(number[3:])}{optional}{check_digit(optional)}"
    second = f"{birth}{check_digit(birth)}{sex}{expiry}{check_digit(expiry)}VNM" + "<" * 11
    composite = check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
    third = f"{surname.replace(' ', '<')}<<{given.replace(' ', '<')}"[:30].ljust(30, "<")
    return first, second + composite, third
