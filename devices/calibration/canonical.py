"""Canonical JSON of certificates: one value has one spelling, so that a hash over it means something.

Rules: UTF-8 without BOM or end of line; keys sorted by code point; no white space between tokens; text in NFC, escaped only where JSON
demands it (``"``, ``\\``, control characters as ``\\u00xx`` or the short form); whole numbers as JSON integers up to 2^53; **no other
numbers**: a measured quantity is text with exactly six decimals (``"500.830000"``), so no float spelling exists. `true`, `false`, `null`.
This is RFC 8785 restricted to what has no room for doubt (RFC 8785 sorts by UTF-16 units; our keys are ASCII, where that is the same).
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from typing import Any, Final, NoReturn

from devices.errors import DeviceFormatError

MAX_BYTES: Final = 4_000_000
MAX_DEPTH: Final = 12
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,11})\.[0-9]{6}")
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")


def number(value: float) -> str:
    """Return a measured quantity as canonical text.

    Raises:
        ValueError: not finite, or 10^12 and more.
    """
    if not math.isfinite(value) or abs(value) >= 1e12:
        raise ValueError("only finite numbers below 10^12 can be certified")
    text = f"{value:.6f}"
    return "0.000000" if text == "-0.000000" else text


def read_number(text: object) -> float:
    """Read what `number` wrote.

    Raises:
        DeviceFormatError: another spelling.
    """
    if not isinstance(text, str) or _NUMBER.fullmatch(text) is None or text == "-0.000000":
        raise DeviceFormatError("A number of the certificate is not in its canonical form.", code="certificate-format")
    return float(text)


def dumps(value: object) -> bytes:
    """Return the canonical bytes of `value` (dicts with ASCII keys, lists, text, int, bool, None).

    Raises:
        ValueError: a float, a set, a key that is not plain; nothing that canonical JSON has no form for is guessed.
    """
    _check(value, 0)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("utf-8")


def loads(data: bytes) -> Any:
    """Read canonical bytes; anything that is not exactly their one spelling is refused.

    Raises:
        DeviceFormatError: too large, not JSON, floats, doubled keys, another order or spacing, not NFC.
    """
    if len(data) > MAX_BYTES:
        raise DeviceFormatError(f"A certificate of more than {MAX_BYTES} bytes was not read.", code="certificate-format")
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_refuse, parse_constant=_refuse)
        same = dumps(value) == data
    except (ValueError, RecursionError) as error:
        raise DeviceFormatError("This is not a certificate: no canonical JSON.", code="certificate-format") from error
    if not same:
        raise DeviceFormatError(
            "This certificate is not in its canonical form: it was changed or re-saved.", code="certificate-format"
        )
    return value


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"a number that canonical JSON has no form for: {text[:20]}")


def _check(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        for key, below in value.items():
            if not isinstance(key, str) or _KEY.fullmatch(key) is None:
                raise ValueError(f"a key that is not plain: {key!r:.40}")
            _check(below, depth + 1)
    elif isinstance(value, list | tuple):
        for below in value:
            _check(below, depth + 1)
    elif isinstance(value, str):
        if unicodedata.normalize("NFC", value) != value:
            raise ValueError("text that is not NFC")
        value.encode("utf-8")
    elif isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > 2**53:
            raise ValueError("an integer beyond 2^53")
    elif value is not None and not isinstance(value, bool):
        raise ValueError(f"no canonical form for {type(value).__name__}")
