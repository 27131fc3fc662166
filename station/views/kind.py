"""Cấp, đổi, cấp lại: what is proposed and why, or what the officer said, with the choices by digit."""

from __future__ import annotations

from dataclasses import dataclass

from station.dossier.proposing import CHOICES
from station.dossier.state import DossierState
from station.views.base import Words
from station.words import catalogue


@dataclass(frozen=True, slots=True)
class KindView:
    """`sure`: an officer (or the application itself) said it. `at`: the choice in force, 0 for the first."""

    kind: Words
    why: Words | None
    sure: bool
    choices: tuple[tuple[Words, Words], ...]
    at: int


def kind_view(state: DossierState) -> KindView:
    """Return the kind of a dossier."""
    choices = tuple((Words(f"kind.{c.kind.value}"), Words(c.why)) for c in CHOICES)
    at = next((i for i, c in enumerate(CHOICES) if (c.kind, c.why) == (state.kind, state.kind_why)), None)
    if at is None:
        at = next(i for i, c in enumerate(CHOICES) if c.kind is state.kind)
    why = Words(state.kind_why) if state.kind_why in catalogue() else None
    return KindView(Words(f"kind.{state.kind.value}"), why, state.kind_sure, choices, at)
