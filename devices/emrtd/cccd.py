"""DG13 of the Vietnamese identity card: numbered fields in a DER SET (not ICAO's tag list).

    6D { 30 { 02 01 01, 06 <1.0.10646.1.0.8>, 31 { 30 { 02 01 n, value } … } } }

Read by number and never by position; numbers without a published meaning are kept. Two independent public parsers agree on
fields 1 to 13 and disagree whether 15 or 16 holds the old number (15 here; 16 as nine digits is accepted).
"""

from __future__ import annotations

import unicodedata
from typing import Final

from devices.barcode import sex_code
from devices.emrtd import tlv
from devices.errors import DeviceFormatError
from devices.holder import Holder, HolderSource, clean, day_first_date

MAX_FIELDS: Final = 64
_TEXT_TAGS: Final = (0x0C, 0x13, 0x16, 0x12, 0x14, 0x1E)
_SIMPLE: Final = {
    1: "number",
    2: "name",
    5: "nationality",
    6: "ethnicity",
    7: "religion",
    8: "origin",
    9: "residence",
    10: "marks",
}
_UNLIMITED: Final = {"KHONG THOI HAN", "KHONG THOI HAN.", "KHONG XAC DINH THOI HAN"}


def parse_dg13(data: bytes) -> Holder:
    """Read DG13.

    Raises:
        DeviceFormatError: malformed, twice the same number, more than 64 fields, or a date that does not exist.
    """
    body = tlv.parse_single(data, 0x6D)
    sequence = tlv.parse_single(body.value, 0x30).children()
    fields: dict[int, tlv.Tlv] = {}
    items = tlv.need(sequence, 0x31).children()
    if len(items) > MAX_FIELDS:
        raise DeviceFormatError("DG13 holds more than 64 fields.")
    for item in items:
        parts = item.children() if item.tag == 0x30 else []
        if not parts:
            raise DeviceFormatError("A field of DG13 is not a numbered value.")
        number, *values = parts
        if number.tag != 0x02 or len(values) > 1 or tlv.integer(number) in fields:
            raise DeviceFormatError("A field of DG13 has no number, two values, or stands twice.")
        if values:
            fields[tlv.integer(number)] = values[0]
    return _holder(fields)


def _holder(fields: dict[int, tlv.Tlv]) -> Holder:
    known = {name: _text(fields[number]) for number, name in _SIMPLE.items() if number in fields}
    notes = []
    parents = _texts(fields.get(13))
    old = _text(fields[15]) if 15 in fields else None
    unknown = [(str(number), _text(item) or "") for number, item in sorted(fields.items()) if number not in range(1, 16)]
    if old is None and 16 in fields and (text := _text(fields[16])) is not None and len(text) == 9 and text.isdigit():
        old = text
        notes.append("dg13-old-number-in-16")
    spouse = _texts(fields.get(14))
    return Holder(
        HolderSource.DG13,
        **known,
        document_number=number[3:] if (number := known.get("number")) and len(number) == 12 else None,
        birth=_date(fields.get(3)),
        sex=sex_code(_text(fields[4])) if 4 in fields else None,
        issued=_date(fields.get(11)),
        expiry=_expiry(fields.get(12)),
        father=parents[0] if parents else None,
        mother=parents[1] if len(parents) > 1 else None,
        spouse=spouse[0] if spouse else None,
        old_number=old,
        unknown=tuple(unknown),
        notes=tuple(notes),
    )


def _text(item: tlv.Tlv, depth: int = 4) -> str | None:
    if item.tag not in _TEXT_TAGS:
        if depth == 0:
            raise DeviceFormatError("The fields of DG13 are nested too deeply.")
        if item.constructed:
            return " / ".join(text for child in item.children() if (text := _text(child, depth - 1)))
        return item.value.hex()
    try:
        return clean(unicodedata.normalize("NFC", item.value.decode("utf-16-be" if item.tag == 0x1E else "utf-8")))
    except UnicodeDecodeError as error:
        raise DeviceFormatError("A text of DG13 is not UTF-8.") from error


def _texts(item: tlv.Tlv | None) -> list[str | None]:
    """Return the texts of a nested sequence (one level of nesting more is seen on some cards)."""
    if item is None:
        return []
    if not item.constructed:
        return [_text(item)]
    return [_text(child) for child in item.children()][:8]


def _date(item: tlv.Tlv | None) -> str | None:
    return None if item is None else day_first_date(_text(item) or "")


def _expiry(item: tlv.Tlv | None) -> str | None:
    text = None if item is None else _text(item)
    if text is None:
        return None
    plain = "".join(c for c in unicodedata.normalize("NFD", text.upper()) if not unicodedata.combining(c))
    return "unlimited" if plain in _UNLIMITED else day_first_date(text)
