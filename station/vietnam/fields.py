"""The record's fields: names, order on paper, what each accepts when it is committed. Values are stored as plain text.

Sex is ``M`` or ``F`` as on the chip; dates are ISO with missing parts left out; a unit is ``CODE@DATE``; a coded value is
``SYSTEM:CODE``. Nothing is judged while someone is still typing: `commit` runs when a field is left.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from station.errors import InputError
from station.vietnam.codes import code_lists
from station.vietnam.dates import parse_date
from station.vietnam.names import check_name
from station.vietnam.number import parse_number

_EMAIL: Final = re.compile(r"^[^@\s]{1,64}@[A-Za-z0-9.\-]{1,189}$")
_UNIT: Final = re.compile(r"^[0-9A-Z]{2,12}@\d{4}-\d{2}-\d{2}$", re.ASCII)
_SECRET: Final = re.compile(r"\b(otp|mật khẩu|password|passcode|mã xác thực|mat khau)\b", re.IGNORECASE)
_SEXES: Final = {"m": "M", "nam": "M", "male": "M", "1": "M", "f": "F", "nữ": "F", "nu": "F", "female": "F", "2": "F"}


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field: `item` is its number in art. 9 (0 = of the form), `mandatory` the kinds of application that need it."""

    name: str
    item: int
    check: str
    max_characters: int
    mandatory: frozenset[str]
    sensitive: bool


@lru_cache(maxsize=1)
def field_rules() -> Mapping[str, FieldRule]:
    """Return the rules by field name, in paper order."""
    raw = tomllib.loads(files(__package__).joinpath("data", "fields.toml").read_text("utf-8"))
    return {
        f["name"]: FieldRule(f["name"], f["item"], f["check"], f.get("max", 250), frozenset(f.get("mandatory", ())),
                             f.get("sensitive", False))
        for f in raw["field"]
    }  # fmt: skip


def commit(name: str, text: str) -> str:
    """Return the stored form of what was typed into field `name`; empty stays empty.

    Raises:
        InputError: an unknown field, or a value it cannot hold; the message says what to type.
    """
    rule = field_rules().get(name)
    if rule is None:
        raise InputError(f"There is no field '{name}'; nothing was stored.", code="field-unknown", field=name)
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        return ""
    kind, _, detail = rule.check.partition(":")
    if kind == "name":
        return check_name(text)
    if kind == "number":
        return str(parse_number(text))
    if kind == "date":
        return str(parse_date(text))
    if kind == "code":
        return code_lists()[detail].commit(text)
    return _COMMITS[kind](text, rule)


def _old_number(text: str, rule: FieldRule) -> str:
    digits = "".join(c for c in text if c not in " .-")
    if len(digits) != 9 or not (digits.isascii() and digits.isdigit()):
        raise InputError("An old identity number has 9 digits; nothing was stored. Type it again.", code="old-number-shape",
                         field=rule.name)  # fmt: skip
    return digits


def _sex(text: str, rule: FieldRule) -> str:
    if (found := _SEXES.get(text.lower())) is None:
        raise InputError("Sex is M or F; nothing was stored. Choose one.", code="sex-unknown", field=rule.name)
    return found


def _phone(text: str, rule: FieldRule) -> str:
    digits = "".join(c for c in text if c not in " .-()")
    if digits.startswith("+84"):
        digits = "0" + digits[3:]
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit() and digits.startswith("0")):
        raise InputError("A phone number has 10 digits and begins with 0; nothing was stored. Type it again.", code="phone-shape",
                         field=rule.name)  # fmt: skip
    return digits


def _email(text: str, rule: FieldRule) -> str:
    if len(text) > rule.max_characters or not _EMAIL.match(text):
        raise InputError("This is not an e-mail address; nothing was stored. Type it like ten@vidu.vn, or leave it empty.",
                         code="email-shape", field=rule.name)  # fmt: skip
    return text


def _unit(text: str, rule: FieldRule) -> str:
    if not _UNIT.match(text):
        raise InputError("A unit is its code and the day the table was in force; nothing was stored. Choose it from the list.",
                         code="unit-shape", field=rule.name)  # fmt: skip
    return text


def _text(text: str, rule: FieldRule) -> str:
    if len(text) > rule.max_characters:
        raise InputError(f"This field holds {rule.max_characters} characters; nothing was stored. Shorten it.", code="text-long",
                         field=rule.name, limit=rule.max_characters)  # fmt: skip
    if any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs"} for c in text):
        raise InputError("This text holds signs that cannot be printed; nothing was stored. Type it again.", code="text-control",
                         field=rule.name)  # fmt: skip
    if _SECRET.search(text):
        raise InputError("The station never takes one-time codes or passwords; nothing was stored. The citizen types them alone.",
                         code="secret-refused", field=rule.name)  # fmt: skip
    return text


_COMMITS: Final = {"old-number": _old_number, "sex": _sex, "phone": _phone, "email": _email, "unit": _unit, "text": _text,
                   "marks": _text}  # fmt: skip


def mandatory_fields(kind: str) -> tuple[str, ...]:
    """Return the fields that an application of `kind` (first, exchange, reissue) cannot be sent without, in paper order."""
    return tuple(r.name for r in field_rules().values() if kind in r.mandatory)
