"""S18, operators: who may do what here, who is locked, and what may be done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from station.keys import Permission, Role
from station.keys.operators import Account, locked_until
from station.keys.roles import may
from station.views.base import Intent, Tone, Words


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """One account. `state` is open, locked, closed or must-change."""

    operator: str
    name: str
    roles: tuple[Words, ...]
    state: Words
    tone: Tone
    until: str
    me: bool
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class OperatorsView:
    """The whole screen; `may_manage` opens adding and changing."""

    rows: tuple[OperatorRow, ...]
    may_manage: bool
    may_unlock: bool


def operators_view(accounts: Iterable[Account], now: datetime, me: str, roles: Iterable[Role]) -> OperatorsView:
    """Return the accounts, mine first, then by name."""
    manage, unlock = may(roles, Permission.MANAGE_OPERATORS), may(roles, Permission.UNLOCK_ACCOUNT)
    rows = []
    for a in sorted(accounts, key=lambda x: (x.operator_id != me, x.name)):
        until = locked_until(a)
        locked = until is not None and now < until
        word, tone = (("closed", Tone.IDLE) if not a.active else ("locked", Tone.BLOCKED) if locked
                      else ("must-change", Tone.RETRY) if a.must_change else ("open", Tone.GOOD))  # fmt: skip
        other = a.operator_id != me
        intents = (
            Intent("unlock", Words("ui.operators.unlock"), "F6", {"operator": a.operator_id}, enabled=locked and unlock and other),
            Intent("reset", Words("ui.operators.reset"), "F4", {"operator": a.operator_id}, enabled=manage and other),
            Intent("close" if a.active else "reopen", Words("ui.operators.close" if a.active else "ui.operators.reopen"), "F7",
                   {"operator": a.operator_id}, enabled=manage and other),
        )  # fmt: skip
        rows.append(OperatorRow(a.operator_id, a.name, tuple(Words(f"role.{r}") for r in sorted(a.roles)), Words(f"account.{word}"), tone,
                                f"{until.astimezone():%H:%M}" if locked and until is not None else "", not other, intents))  # fmt: skip
    return OperatorsView(tuple(rows), manage, unlock)
