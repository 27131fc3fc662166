"""In whose name a desk writes: the signed-in operator, or a second person who confirmed with their own PIN in place (F8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from station.app import Session, Station
from station.dossier.book import DossierBook
from station.errors import AccessError
from station.keys import OperatorSession, Permission


@dataclass(frozen=True, slots=True)
class Acting:
    """A person who may act here now, with a book that writes in their name."""

    operator: str
    name: str
    roles: frozenset[str]
    book: DossierBook
    session: OperatorSession


def acting(station: Station, person: OperatorSession) -> Acting:
    """Return a book of `station` that writes and signs in the name of `person`."""
    roles = frozenset(str(r) for r in person.roles)

    def sign(data: bytes) -> bytes:
        return b"".join(len(s := part.to_bytes()).to_bytes(4, "big") + s for part in person.signer.sign(data))

    session = Session(person.operator_id, roles, person.desk)
    return Acting(person.operator_id, person.name, roles, DossierBook(station.journal, station.clock, session, sign), person)


def signed_in(station: Station, permission: Permission) -> Acting | None:
    """Return the signed-in operator as the acting person when their roles grant `permission`, else None."""
    person = station.operator
    return acting(station, person) if person is not None and person.may(permission) else None


def second_person(station: Station, operator_id: str, secret: str, permission: Permission) -> Acting:
    """Let another person act by their own PIN; the first one stays signed in.

    Raises:
        AccessError: E04 the same person; nobody signed in. SignInError, LockedError, NotAllowedError as `Operators.sign_in`.
    """
    if station.operator is None:
        raise AccessError("Nobody is signed in; nothing was changed. Sign in first.", code="not-signed-in")
    return acting(
        station, station.operators.second_eyes(station.operator, operator_id, secret, permission, desk=station.session.desk)
    )


class InPlace:
    """A desk where a second person may act by their own PIN (F8) while the first one stays signed in. Base of the desks that allow it;
    `needs` is the permission that it takes."""

    needs: ClassVar[Permission]

    def __init__(self, station: Station) -> None:
        self._station = station
        self._acting: Acting | None = None

    def come(self, operator_id: str, secret: str) -> str:
        """Let another person act here by their own PIN; returns their name.

        Raises:
            AccessError: E04 the signed-in operator; wrong PIN, locked, no such right.
        """
        self._acting = second_person(self._station, operator_id, secret, self.needs)
        return self._acting.name

    def go(self) -> None:
        """End the second person's acting; the first operator never stopped being signed in."""
        self._acting = None

    def _present(self) -> Acting | None:
        """Who may act here now: the second person, otherwise the signed-in operator with the permission."""
        return self._acting or signed_in(self._station, self.needs)


def names(station: Station) -> dict[str, str]:
    """Return operator id → name, for showing who did what."""
    return {a.operator_id: a.name for a in station.operators.accounts().values()}
