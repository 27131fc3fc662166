"""Reasons people give: how long they may be, and where one must be there."""

from __future__ import annotations

from typing import Final

from station.errors import InputError, ProcedureError

MAX_REASON_CHARACTERS: Final = 500


def short_reason(text: str) -> str:
    """Return a reason without outer blanks.

    Raises:
        InputError: it is longer than `MAX_REASON_CHARACTERS`.
    """
    if len(text) > MAX_REASON_CHARACTERS:
        raise InputError(
            f"A reason has at most {MAX_REASON_CHARACTERS} characters; nothing was changed. Shorten it.", code="reason-long"
        )
    return text.strip()


def needed_reason(text: str) -> str:
    """Return a reason that must be there.

    Raises:
        InputError: it is too long.
        ProcedureError: it is empty.
    """
    if not (found := short_reason(text)):
        raise ProcedureError("A reason is needed; nothing was changed. Say it in a few words.", code="reason-missing")
    return found
