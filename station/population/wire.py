"""How answers travel: JSON of plain values, every length bounded when read. Used by the HTTP service and the offline lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from station.errors import InputError
from station.population.model import Answer, NameQuery, PersonRecord, RecordStatus
from station.vietnam.dates import parse_date

MAX_RECORDS: Final = 20_000
MAX_FIELDS: Final = 80
MAX_TEXT: Final = 1000


class WireFormatError(InputError):
    """An answer, a query or a list is not what this program writes."""

    code = "population-format"


def _bad() -> WireFormatError:
    return WireFormatError("An answer of the register cannot be read; nothing was taken over. Look up again.")


def record_to_plain(record: PersonRecord) -> dict[str, Any]:
    """Return plain values."""
    return {"number": record.personal_no, "fields": dict(record.fields), "status": record.status.value,
            "changed": record.changed.isoformat() if record.changed else None}  # fmt: skip


def record_from_plain(raw: Any) -> PersonRecord:
    """Read a record.

    Raises:
        WireFormatError.
    """
    try:
        number, fields = raw["number"], raw["fields"]
        if not (isinstance(number, str) and isinstance(fields, Mapping)) or len(fields) > MAX_FIELDS or len(number) > 20:
            raise _bad()
        texts = {}
        for name, value in fields.items():
            if not (isinstance(name, str) and isinstance(value, str)) or len(name) > 40 or len(value) > MAX_TEXT:
                raise _bad()
            texts[name] = value
        if "dob" in texts:
            parse_date(texts["dob"])
        changed = date.fromisoformat(raw["changed"]) if raw.get("changed") else None
        return PersonRecord(number, texts, RecordStatus(raw["status"]), changed)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _bad() from error


def answer_to_plain(answer: Answer) -> dict[str, Any]:
    """Return plain values."""
    return {"records": [record_to_plain(r) for r in answer.records], "source": answer.source, "as_of": answer.as_of,
            "scores": list(answer.scores), "complete": answer.complete}  # fmt: skip


def answer_from_plain(raw: Any) -> Answer:
    """Read an answer.

    Raises:
        WireFormatError.
    """
    try:
        records, scores = raw["records"], raw["scores"]
        if not (isinstance(records, list) and isinstance(scores, list)) or len(records) > 200 or len(scores) > 200:
            raise _bad()
        return Answer(tuple(map(record_from_plain, records)), str(raw["source"])[:60], str(raw["as_of"])[:40],
                      tuple(float(s) for s in scores), bool(raw["complete"]))  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _bad() from error


def query_to_plain(query: NameQuery) -> dict[str, Any]:
    """Return plain values."""
    return {
        "name": query.name,
        "birth": str(query.birth) if query.birth else "",
        "parents": list(query.parents),
        "limit": query.limit,
    }


def query_from_plain(raw: Any) -> NameQuery:
    """Read a query.

    Raises:
        WireFormatError.
    """
    try:
        birth, parents = raw.get("birth") or "", raw.get("parents") or []
        if not (isinstance(raw["name"], str) and isinstance(birth, str) and isinstance(parents, list)) or len(parents) > 4:
            raise _bad()
        if any(not isinstance(p, str) or len(p) > 200 for p in parents):
            raise _bad()
        return NameQuery(
            raw["name"], parse_date(birth) if birth else None, tuple(parents), max(1, min(int(raw.get("limit", 20)), 100))
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _bad() from error
