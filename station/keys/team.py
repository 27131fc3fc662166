"""The team: kits that may go on with each other's unfinished dossiers.

A team has one opening key, to which drafts are sealed, so that a dossier begun on any kit continues on any other, also on one that
replaces a lost kit. It travels between kits in a file under a passphrase that the team lead says aloud; with it travel the public keys
of the kit that made the file and of its operators, which go into the trust stores of the other. A kit that was lost is answered by
a new team key (`make_team` again) and by revoking its station key.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cbor2

from station.errors import InputError
from station.journal import Journal
from station.keys.algorithms import KeyFormatError, SignerPublic, as_bytes, loads_exact
from station.keys.store import StationKeys
from station.keys.trust import Purpose, TrustStores
from station.keys.wrap import MAX_WRAPPED_BYTES, Argon2Cost, PassphraseWrapper, unwrap_secret, wrap_secret

MAX_MEMBERS: Final = 200
MIN_PASSPHRASE: Final = 12
_PURPOSE: Final = "team"
_SOURCE: Final = "team"


@dataclass(frozen=True, slots=True)
class TeamFile:
    """What a team file holds: the opening key's seed, the giving kit's signers, its operators' signers by id."""

    seed: bytes
    stations: tuple[SignerPublic, ...]
    operators: tuple[tuple[str, SignerPublic], ...]


def make_team(keys: StationKeys) -> str:
    """Make a new team key here and return its key id; drafts are sealed to the newest, older ones still open."""
    return keys.add_team(os.urandom(32)).key_id


def write_team(
    keys: StationKeys,
    journal: Journal,
    operators: Iterable[tuple[str, SignerPublic]],
    passphrase: str,
    cost: Argon2Cost | None = None,
) -> bytes:
    """Return the team file for another kit; it passes on whom this kit knows by earlier team files, except the revoked.

    Raises:
        InputError: no team key here yet, or a passphrase of fewer than 12 characters.
    """
    if not keys.teams:
        raise InputError(
            "This kit belongs to no team; nothing was written. Make one: station keys team make.", code="team-missing"
        )
    if len(passphrase) < MIN_PASSPHRASE:
        raise InputError("A team file's passphrase has at least 12 characters; nothing was written.", code="weak-secret")
    stores = TrustStores(journal)
    mates = [e.data for e in stores.view(Purpose.STATIONS).entries.values() if e.source == _SOURCE]
    people = [
        [e.source.removeprefix(f"{_SOURCE}: "), e.data]
        for e in stores.view(Purpose.OPERATORS).entries.values()
        if e.source.startswith(f"{_SOURCE}: ")
    ]
    secret = cbor2.dumps(["team", 1, keys.teams[-1].seed, [*(p.to_bytes() for p in keys.publics), *mates],
                          [*([name, public.to_bytes()] for name, public in operators), *people]], canonical=True)  # fmt: skip
    return wrap_secret(_PURPOSE, secret, PassphraseWrapper(passphrase, cost))


def read_team(data: bytes, passphrase: str) -> TeamFile:
    """Open a team file.

    Raises:
        WrongSecretError: another passphrase, or altered. KeyFormatError: not a team file.
    """
    return parse_team(unwrap_secret(data, _PURPOSE, PassphraseWrapper(passphrase)))


def parse_team(plain: bytes) -> TeamFile:
    """Read what a team file holds under its passphrase.

    Raises:
        KeyFormatError: not that.
    """
    kind, version, seed, stations, operators = loads_exact(plain, MAX_WRAPPED_BYTES, 5)
    if kind != "team" or version != 1 or not isinstance(stations, list) or not isinstance(operators, list):
        raise KeyFormatError("These bytes are no team file of this version; nothing was taken in.")
    if len(stations) > MAX_MEMBERS or len(operators) > MAX_MEMBERS:
        raise KeyFormatError("A team file names too many; nothing was taken in.")
    named = []
    for one in operators:
        match one:
            case [str(name), bytes(public)] if 0 < len(name) <= 100:
                named.append((name, SignerPublic.from_bytes(public)))
            case _:
                raise KeyFormatError("A team file names somebody without a key; nothing was taken in.")
    return TeamFile(as_bytes(seed, 32), tuple(SignerPublic.from_bytes(as_bytes(s, None)) for s in stations), tuple(named))


def join_team(keys: StationKeys, journal: Journal, team: TeamFile, *, operator: str, desk: str = "cli") -> str:
    """Take a team file in: its key among ours, its people among those trusted; return the team key's id. Repeating it is harmless.

    Raises:
        InputError: one of its keys was revoked here.
    """
    stores = TrustStores(journal)
    for public in team.stations:
        if public.key_id in {p.key_id for p in keys.publics}:
            continue  # this kit's own keys, come back by a mate's file
        stores.add(Purpose.STATIONS, public.to_bytes(), source=_SOURCE, operator=operator, desk=desk)
    for name, public in team.operators:
        stores.add(Purpose.OPERATORS, public.to_bytes(), source=f"{_SOURCE}: {name}", operator=operator, desk=desk)
    known = next((t for t in keys.teams if t.seed == team.seed), None)
    return (known or keys.add_team(team.seed)).key_id
