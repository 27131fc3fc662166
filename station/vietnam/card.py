"""What the card itself carries, composed from a record: MRZ (TD1), QR text, the sentence for identifying marks.

MRZ: ICAO Doc 9303 part 5 (TD1, three lines of 30) as the Vietnamese card uses it: document number = last nine digits, optional
data = all twelve. QR: seven fields separated by ``|`` as public samples show.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from station.errors import InputError
from station.vietnam.dates import PartialDate
from station.vietnam.names import legal_name, plain_key, split_name
from station.vietnam.number import PersonalNumber

_VALUES: Final = {**{str(d): d for d in range(10)}, **{chr(65 + i): 10 + i for i in range(26)}, "<": 0}
_WEIGHTS: Final = (7, 3, 1)


def mrz_check(text: str) -> str:
    """Return the check digit of `text` (Doc 9303 part 3, 4.9)."""
    return str(sum(_VALUES[c] * _WEIGHTS[i % 3] for i, c in enumerate(text)) % 10)


def mrz_name(name: str, length: int = 30) -> str:
    """Return ``FAMILY<<MIDDLE<GIVEN`` without marks, filled or cut to `length`."""
    family, rest = split_name(plain_key(name))
    words = ["".join(c for c in word if "A" <= c <= "Z") for word in rest.replace("-", " ").split()]
    joined = "".join(c for c in family if "A" <= c <= "Z") + "<<" + "<".join(words)
    return joined.ljust(length, "<")[:length]


def mrz_lines(number: PersonalNumber, name: str, birth: PartialDate, sex: str, expiry: date | None) -> tuple[str, str, str]:
    """Return the three lines. An unknown day or month is filled with ``<`` (Doc 9303 part 3, 4.8); no expiry is 991231.

    Raises:
        InputError: sex is not M or F.
    """
    if sex not in {"M", "F"}:
        raise InputError("Sex is M or F; no card text was made.", code="sex-unknown")
    short, digits = number.mrz_document_number, str(number)
    first = f"IDVNM{short}{mrz_check(short)}{digits}<<"
    first += mrz_check(first[5:])
    born = (
        f"{birth.year % 100:02d}" + (f"{birth.month:02d}" if birth.month else "<<") + (f"{birth.day:02d}" if birth.day else "<<")
    )
    until = f"{expiry:%y%m%d}" if expiry is not None else "991231"
    second = f"{born}{mrz_check(born)}{sex}{until}{mrz_check(until)}VNM".ljust(29, "<")
    composite = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    return first, second + mrz_check(composite), mrz_name(name)


def qr_text(number: PersonalNumber, old_number: str, name: str, birth: PartialDate, sex: str, address: str, issued: date) -> str:
    """Return the seven fields of the card's QR code; a partial birth is written with zeros, as cards do."""
    born = f"{birth.day or 0:02d}{birth.month or 0:02d}{birth.year:04d}"
    words = {"M": "Nam", "F": "Nữ"}
    fields = (str(number), old_number, name, born, words.get(sex, ""), address, f"{issued:%d%m%Y}")
    if any("|" in f for f in fields):
        raise InputError("A field of the QR code holds its separator; no code was made.", code="qr-separator")
    return "|".join((fields[0], fields[1], _titled(fields[2]), *fields[3:]))


def _titled(name: str) -> str:
    return " ".join(w[:1] + w[1:].lower() for w in legal_name(name).split())


def marks_sentence(kind: str, size_cm: float, direction: str, landmark: str) -> str:
    """Return the sentence for identifying marks: ``Sẹo chấm C: 2 cm trên đuôi mắt trái``."""
    size = f"{size_cm:g}".replace(".", ",")
    return f"{kind} C: {size} cm {direction} {landmark}"
