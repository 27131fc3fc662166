"""S18, the station's keys: what each is for, its fingerprint, since when, where it is kept, when it is due to be changed.

Public halves and dates only: no secret ever reaches a view.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from station.clock import legal
from station.keys import StationKeys
from station.keys.rotation import state_of
from station.views.base import Tone, Words


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key. `fingerprint` is empty for a secret that has no public half; `tone` is RETRY within 30 days of `change_by`, BLOCKED after."""

    purpose: Words
    what: Words
    fingerprint: str
    made: str
    held: Words
    change_by: str
    tone: Tone
    state: Words


@dataclass(frozen=True, slots=True)
class KeysView:
    """All keys, in the order of their use, and how they are changed (a command of the security admin)."""

    rows: tuple[KeyRow, ...]
    protected: Words
    how: Words
    alarm: bool


_TONES: Final = {"good": Tone.GOOD, "expiring": Tone.RETRY, "expired": Tone.BLOCKED}
FINGERPRINT: Final = 32
"""Hex digits shown: 128 bits, enough that nobody makes a second key with the same ones."""


def shown_fingerprint(key_id: str) -> str:
    """Return a key's fingerprint in groups of four, as two people read it to each other: ``9f3a 01bc …``."""
    return " ".join(key_id[i : i + 4] for i in range(0, min(len(key_id), FINGERPRINT), 4))


def keys_view(keys: StationKeys, *, protection: str, made: datetime | None, rotated: datetime | None, due: datetime | None, now: datetime,
              centre: tuple[str, str, str] | None, token: bool) -> KeysView:  # fmt: skip
    """Return the keys of this station.

    Args:
        keys: the opened keys.
        protection: what opens them: ``passphrase``, ``keyring``, ``token``, ``unprotected``.
        made: when the station was made; rotated: when its keys were last changed; due: when they are due to be changed (aware).
        now: present time, aware.
        centre: name, signer's and recipient's fingerprint of the pinned intake, None before the station joined one.
        token: whether the signer stands on a PKCS#11 token.
    """
    tone, state = _due(due, now)
    since, own = _day(rotated or made), Words("key.held.wrapped")
    rows = [
        _row("sign", keys.signer.key_id, since, Words("key.held.token") if token else own, _day(due), tone, state),
        _row("open", keys.opener.key_id, since, own, _day(due), tone, state),
        _row("journal", "", _day(made), own),
    ]
    if keys.teams:
        rows.append(_row("team", keys.teams[-1].key_id, "", own))
    if centre is not None:
        name, signer, recipient = centre
        rows += [_row("receipts", signer, "", Words("key.held.centre", {"name": name})),
                 _row("seal", recipient, "", Words("key.held.centre", {"name": name}))]  # fmt: skip
    how = Words("key.change.centre" if centre is not None else "key.change.alone")
    return KeysView(tuple(rows), Words(f"key.protection.{protection}"), how, tone is not Tone.GOOD)


def _row(name: str, key_id: str, made: str, held: Words, change_by: str = "", tone: Tone = Tone.IDLE,
         state: Words | None = None) -> KeyRow:  # fmt: skip
    return KeyRow(Words(f"key.{name}"), Words(f"key.{name}.what"), shown_fingerprint(key_id), made, held, change_by, tone,
                  state or Words("key.state.kept"))  # fmt: skip


def _due(due: datetime | None, now: datetime) -> tuple[Tone, Words]:
    state = state_of(due, now)
    left = max(0, (due - now) // timedelta(days=1)) if due is not None else 0
    return _TONES[state], Words(f"key.state.{state}", {"days": left} if state == "expiring" else {})


def _day(at: datetime | None) -> str:
    return f"{legal(at):%d/%m/%Y}" if at is not None else ""
