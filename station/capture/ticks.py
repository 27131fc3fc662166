"""What only the officer's own eyes can say of a portrait (circular: ears, dress, a scarf that is allowed): which boxes a picture must carry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

OPTIONAL_TICKS: Final = frozenset({"bare-head-or-religious"})
"""Boxes that may stay empty: they note something that is allowed."""


def flag_of(tick: str) -> str:
    """Return the flag that an accepted portrait carries for a box the officer ticked."""
    return f"officer:{tick}"


def open_ticks(ticks: Iterable[str], confirmed: Iterable[str]) -> tuple[str, ...]:
    """Return the boxes of a profile that must be ticked and are not among the flags `confirmed`."""
    given = frozenset(confirmed)
    return tuple(t for t in ticks if t not in OPTIONAL_TICKS and flag_of(t) not in given)
