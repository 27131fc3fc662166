"""Spans of a day as settings write them: ``07:00-22:00``, several with commas, ``24:00`` for midnight."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Final

from station.errors import InputError

Span = tuple[time, time]
"""Beginning and end within a day of legal time; an end at or before the beginning goes over midnight."""
MAX_TEXT: Final = 200


def read_spans(text: str, *, most: int = 20) -> tuple[Span, ...]:
    """Read one to `most` spans.

    Raises:
        InputError: not such spans (``setting-hours``).
    """
    parts = text.split(",")
    try:
        if len(text) > MAX_TEXT or len(parts) > most:
            raise ValueError
        return tuple(_span(part) for part in parts)
    except ValueError as error:
        raise InputError(
            f"{text[:40]!r} are no hours; write 07:00-22:00. The present ones hold.", code="setting-hours"
        ) from error


def within(now: time, spans: Sequence[Span]) -> bool:
    """Whether a time of day lies in one of the spans; one that ends where it begins is the whole day."""
    return any(begin <= now < end if begin < end else begin == end or now >= begin or now < end for begin, end in spans)


def _span(text: str) -> Span:
    begin, end = (time.fromisoformat("00:00" if t.strip() == "24:00" else t.strip()) for t in text.split("-"))
    if begin.tzinfo is not None or end.tzinfo is not None:
        raise ValueError
    return begin, end
