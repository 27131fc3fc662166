"""JSON from a device: bounded, without doubled keys or numbers that do not exist, and typed access that raises our error only."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from devices.errors import DeviceFormatError

MOST_BYTES: Final = 64_000_000
MOST_TEXT: Final = 4_096
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

Json = Any


def load_json(data: bytes) -> Json:
    """Return the value.

    Raises:
        DeviceFormatError: too large, no UTF-8, no JSON, too deep, a key twice in one object, NaN or a number of absurd length.
    """
    if len(data) > MOST_BYTES:
        raise DeviceFormatError(f"JSON of more than {MOST_BYTES} bytes.", code="sbi-format")
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_constant)
    except DeviceFormatError:
        raise
    except (ValueError, RecursionError) as error:
        raise DeviceFormatError("The answer is no JSON.", code="sbi-format") from error


def _pairs(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Two readers may take different ones: the classic way round a signature check.
        raise DeviceFormatError("A JSON object names a key twice.", code="sbi-format")
    return found


def _constant(_: str) -> Json:
    raise DeviceFormatError("A JSON number does not exist.", code="sbi-format")


def as_object(value: Json, what: str) -> dict[str, Json]:
    """Return `value` when it is an object."""
    if not isinstance(value, dict):
        raise DeviceFormatError(f"The {what} is no JSON object.", code="sbi-format")
    return value


def as_list(value: Json, what: str, most: int) -> list[Json]:
    """Return `value` when it is a list of at most `most` entries; a single object counts as a list of one (seen in practice)."""
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list) or len(value) > most:
        raise DeviceFormatError(f"The {what} is no list of at most {most}.", code="sbi-format")
    return value


def text_of(source: dict[str, Json], key: str, most: int = MOST_TEXT, *, needed: bool = True) -> str:
    """Return a text field; numbers and booleans are written as text (devices disagree about quoting).

    Raises:
        DeviceFormatError: missing although `needed`, of another type, longer than `most`, or with control characters.
    """
    value = source.get(key)
    if value is None:
        if needed:
            raise DeviceFormatError(f"The field {key} is missing.", code="sbi-format", field=key)
        return ""
    if isinstance(value, bool | int | float):
        value = str(value)
    if not isinstance(value, str) or len(value) > most or _CONTROL.search(value):
        raise DeviceFormatError(f"The field {key} is no text of at most {most} characters.", code="sbi-format", field=key)
    return value


def texts_of(source: dict[str, Json], key: str, most: int = 16) -> tuple[str, ...]:
    """Return a list of short texts; a single text counts as a list of one, a missing field as none."""
    value = source.get(key)
    if value is None:
        return ()
    values = value if isinstance(value, list) else [value]
    if len(values) > most:
        raise DeviceFormatError(f"The field {key} has more than {most} entries.", code="sbi-format", field=key)
    return tuple(text_of({key: one}, key, 100) for one in values)


def score_of(source: dict[str, Json], key: str) -> int | None:
    """Return a score 0..100, rounded; None when it is missing or empty.

    Raises:
        DeviceFormatError: no number, or outside 0..100.
    """
    text = text_of(source, key, 20, needed=False)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise DeviceFormatError(f"The field {key} is no number.", code="sbi-format", field=key) from error
    if not 0 <= value <= 100:
        raise DeviceFormatError(f"The field {key} is outside 0..100.", code="sbi-format", field=key)
    return round(value)
