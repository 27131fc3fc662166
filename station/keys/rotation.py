"""Changing the station's keys, and the warning before they are old."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from station.dossier.kinds import Kind
from station.journal import Journal
from station.keys.signing import Signer, SoftwareSigner
from station.keys.store import StationKeys
from station.keys.token import TokenSigner

LIFETIME: Final = timedelta(days=730)
"""Our proposal: station keys are changed every two years; nothing stops working on that day, people are told."""
WARN_BEFORE: Final = timedelta(days=30)


def rotate(
    keys: StationKeys, journal: Journal, *, operator: str, desk: str = "cli", signer: SoftwareSigner | TokenSigner | None = None
) -> tuple[Signer, Signer]:
    """Make new keys (or take a signer on a token), write down that the old key vouches for the new one, return (old, new)."""
    old = keys.signer
    new = keys.rotate(signer)
    public = new.public.to_bytes()
    body = {"old": old.key_id, "new": public, "signatures": [s.to_bytes() for s in old.sign(public)]}
    journal.append(Kind.KEY_ROTATED, body, dossier="", operator=operator, desk=desk)
    return old, new


def expires(journal: Journal) -> datetime | None:
    """Return when the keys in use are due to be changed; None before anything was written under them."""
    last = journal.last_of_kind(Kind.KEY_ROTATED)
    began = last.at if last is not None else next((e.at for e in journal.first_own(1)), None)
    return None if began is None else began + LIFETIME


def key_state(journal: Journal, now: datetime) -> str:
    """Return ``good``, ``expiring`` (within 30 days) or ``expired`` of the station's own keys."""
    return state_of(expires(journal), now)


def state_of(ends: datetime | None, now: datetime) -> str:
    """Return `key_state` of keys that are due at `ends`."""
    if ends is None or now < ends - WARN_BEFORE:
        return "good"
    return "expiring" if now < ends else "expired"
