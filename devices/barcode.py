"""The QR code on the Vietnamese identity card: seven fields on the card of 2021, tolerant reading of the card of 2024.

Source of the layout: public parsers that agree with each other (`docs/chip-card.md`); the layout of the 2024 code is not
published, so its first seven fields are read like the old ones, the rest is kept as it came, and the object says so.
Readers that act as a keyboard or a serial port end a code with CR, LF or both.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from devices.errors import DeviceFormatError
from devices.holder import Holder, HolderSource, clean, day_first_date

MAX_BYTES: Final = 4096
MAX_FIELDS: Final = 32
_SEX: Final = {"NAM": "M", "NU": "F", "MALE": "M", "FEMALE": "F"}


def parse_qr(data: bytes | str) -> Holder:
    """Read the code's content.

    Raises:
        DeviceFormatError: not UTF-8, fewer than seven fields, a number without twelve digits, or a date that does not exist.
    """
    text = _text(data)
    if text.startswith("\ufeff"):
        text = text[1:]
    parts = [unicodedata.normalize("NFC", part) for part in text.strip("\r\n\t \x00").split("|")]
    if not 7 <= len(parts) <= MAX_FIELDS:
        raise DeviceFormatError("This code is not that of an identity card: seven fields are expected.", code="qr-layout")
    number, old, name, birth, sex, address, issued = (clean(part) for part in parts[:7])
    if number is None or len(number) != 12 or not (number.isascii() and number.isdigit()):
        raise DeviceFormatError("The first field of the code is not a personal number of twelve digits.", code="qr-number")
    if old is not None and not (old.isascii() and old.isdigit() and len(old) in (9, 12)):
        raise DeviceFormatError("The old number in the code has neither nine nor twelve digits.", code="qr-old-number")
    return Holder(
        HolderSource.QR,
        number=number,
        old_number=old,
        document_number=number[3:],
        name=name,
        birth=day_first_date(birth or ""),
        sex=sex_code(sex),
        residence=address,
        issued=day_first_date(issued or ""),
        unknown=tuple((f"field-{index}", part) for index, part in enumerate(parts[7:], 8)),
        notes=("qr-layout-unverified",) if len(parts) > 7 else (),
    )


def _text(data: bytes | str) -> str:
    if isinstance(data, str):
        if len(data) > MAX_BYTES:
            raise DeviceFormatError("The code holds more text than any identity card's.", code="qr-layout")
        return data
    if len(data) > MAX_BYTES:
        raise DeviceFormatError("The code holds more bytes than any identity card's.", code="qr-layout")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DeviceFormatError("The code is not UTF-8 text: set the scanner to UTF-8.", code="qr-encoding") from error


def sex_code(text: str | None) -> str | None:
    """Return ``M`` or ``F`` for Nam/Nữ in any spelling (composed, decomposed, without marks), None for anything else."""
    if text is None:
        return None
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return _SEX.get(plain.strip().upper())
