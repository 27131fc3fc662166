"""Operators: personal accounts, sign-in, lockout. Accounts are events of the journal, so they work offline, survive a crash
with their count of wrong tries, and every change to them stands in the audit chain.

An account holds an argon2id hash of the secret (PIN or passphrase) and the operator's own signing key, wrapped by the secret: nobody
else, the security admin included, can sign in their name.
"""

from __future__ import annotations

import hmac
import itertools
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from station.clock import Clock, legal
from station.dossier.events import Event
from station.dossier.kinds import Kind
from station.errors import AccessError, InputError
from station.journal import Journal
from station.keys.algorithms import SignerPublic
from station.keys.roles import Permission, Role, may
from station.keys.signing import Signer, SoftwareSigner
from station.keys.wrap import Argon2Cost, MasterWrapper, argon2_key, unwrap_secret, wrap_secret

MIN_SECRET: Final = 6
ALLOWED_TRIES: Final = 5
"""Wrong tries before an account locks; the message counts down from the third (E01)."""
LOCK_TIME: Final = timedelta(minutes=15)
"""A locked account opens again by itself after this time, or by somebody with `Permission.UNLOCK_ACCOUNT`."""
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


class SignInError(AccessError):
    """Wrong secret or no such account: the same sentence for both, after the same work."""

    code = "E01"


class LockedError(AccessError):
    """Too many wrong tries; `details["until"]` says when it opens by itself."""

    code = "account-locked"


class NotAllowedError(AccessError):
    """The operator's roles do not grant this; `details["permission"]` names it."""

    code = "not-allowed"


@dataclass(frozen=True, slots=True)
class Account:
    """One operator's account as the journal's events make it."""

    operator_id: str
    name: str
    roles: frozenset[Role]
    salt: bytes
    hash: bytes
    cost: Argon2Cost
    public: SignerPublic
    wrapped_key: bytes
    active: bool = True
    wrong_tries: int = 0
    last_wrong_at: datetime | None = None
    must_change: bool = False
    card: bytes = b""
    """The signing key wrapped to the operator's smart card as well (`station.keys.cards`), empty without one."""
    card_serial: str = ""


@dataclass(frozen=True, slots=True)
class OperatorSession:
    """Who is signed in, what they may do, and their signer."""

    operator_id: str
    name: str
    roles: frozenset[Role]
    signer: Signer
    desk: str
    since: datetime
    must_change: bool = False

    @property
    def operator(self) -> str:
        """The id under the name that event writers use."""
        return self.operator_id

    def require_own_pin(self) -> None:
        """Raise `AccessError` (``pin-must-change``) while the PIN is the one that somebody else gave."""
        if self.must_change:
            raise AccessError("This PIN was given by somebody else; nothing was done with it. Choose your own first: "
                              "the window asks for it, or 'station operators pin'.", code="pin-must-change")  # fmt: skip

    def may(self, permission: Permission) -> bool:
        """Return whether this operator may do `permission`."""
        return may(self.roles, permission)

    def require(self, permission: Permission) -> None:
        """Raise `NotAllowedError` unless this operator may do `permission`."""
        if not self.may(permission):
            raise NotAllowedError(
                f"{self.operator_id} may not do this ('{permission}'); nothing was changed. Ask somebody whose role allows it.",
                permission=str(permission),
            )  # fmt: skip


class Operators:
    """The accounts of this station."""

    def __init__(self, journal: Journal, clock: Clock, cost: Argon2Cost | None = None) -> None:
        self._journal, self._clock = journal, clock
        self._cost = cost or Argon2Cost()

    def accounts(self) -> dict[str, Account]:
        """Return id → account, computed from the events."""
        return replay_accounts(self._journal.events_of_kind(*ACCOUNT_KINDS))

    def add(self, operator_id: str, name: str, roles: Iterable[Role], secret: str, *, by: OperatorSession | None,
            must_change: bool = True) -> Account:  # fmt: skip
        """Make an account. `by` needs `MANAGE_OPERATORS`; only the very first account (a security admin's) may be made by nobody.

        Raises:
            InputError: a malformed or taken id, no role, a weak secret. NotAllowedError: `by` may not.
        """
        existing = self.accounts()
        roles = frozenset(roles)
        if by is not None:
            by.require(Permission.MANAGE_OPERATORS)
        elif existing:
            raise NotAllowedError("Only a security admin adds operators; nothing was changed. Sign in first.")
        elif Role.SECURITY_ADMIN not in roles:
            raise InputError("The first account must be a security admin's; nothing was made.", code="first-account")
        if _ID.fullmatch(operator_id) is None or operator_id in existing:
            raise InputError(
                "The operator id is taken or malformed (2 to 32 of a-z 0-9 . _ -); nothing was made.", code="operator-id"
            )
        if not roles or not name.strip() or len(name) > 100:
            raise InputError(
                "An operator needs a name of up to 100 letters and at least one role; nothing was made.", code="operator"
            )
        body = {"operator": operator_id, "name": name, "roles": sorted(roles), "must-change": must_change,
                **self._secret_body(secret, SoftwareSigner.generate())}  # fmt: skip
        self._write(Kind.OPERATOR_ADDED, body, by)
        return self.accounts()[operator_id]

    def sign_in(self, operator_id: str, secret: str, *, desk: str, why: str = "") -> OperatorSession:
        """Check `secret` and return the session; both outcomes are written before this returns.

        Raises:
            LockedError: too many wrong tries. SignInError: wrong (``details["left"]`` tries remain).
        """
        account = self.accounts().get(operator_id)
        if account is not None:
            self.require_open(account)
        # The same work for an unknown or closed account: the time of an answer tells nothing.
        salt, cost = (account.salt, account.cost) if account else (bytes(16), self._cost)
        derived = argon2_key(secret.encode(), salt, cost, 64)
        if account is None or not account.active or not hmac.compare_digest(derived[:32], account.hash):
            raise self.failed(account, desk)
        signer = SoftwareSigner.from_secret(unwrap_secret(account.wrapped_key, "operator", MasterWrapper(derived[32:])))
        return self.signed_in(account, signer, desk, why)

    def require_open(self, account: Account) -> None:
        """Raise `LockedError` while too many wrong tries keep the account locked."""
        until = locked_until(account)
        if until is not None and self._clock.now() < until:
            raise LockedError(f"This account is locked until {legal(until):%H:%M}. Nothing is lost; a supervisor can open it.",
                              until=until.isoformat())  # fmt: skip

    def failed(self, account: Account | None, desk: str) -> SignInError:
        """Write a failed try down and return what to raise."""
        self._write(Kind.SIGN_IN_FAILED, {"operator": account.operator_id if account else "", "desk": desk}, None)
        left = max(0, ALLOWED_TRIES - 1 - (account.wrong_tries % ALLOWED_TRIES if account else 0))
        return SignInError(f"Wrong name or PIN, {left} tries left. Nothing is lost; try again.", left=left)

    def signed_in(self, account: Account, signer: SoftwareSigner, desk: str, why: str) -> OperatorSession:
        """Write the sign-in down and return the session; `signer` proved that the secret (or the card) was there."""
        session = OperatorSession(
            account.operator_id, account.name, account.roles, signer, desk, self._clock.now(), account.must_change
        )
        self._write(
            Kind.SIGNED_IN, {"operator": account.operator_id, "roles": sorted(account.roles), "desk": desk, "why": why}, session
        )
        return session

    def note_card(self, session: OperatorSession, operator_id: str, wrapped: bytes, serial: str) -> None:
        """Write down an operator's card, or (empty) that there is none any more."""
        self._known(operator_id)
        self._write(Kind.OPERATOR_CHANGED, {"operator": operator_id, "card": wrapped, "card-serial": serial}, session)

    def note_fingers(self, session: OperatorSession, body: Mapping[str, Any]) -> None:
        """Write down that an operator's own fingers were enrolled or deleted (`station.keys.fingers`)."""
        self._write(Kind.OPERATOR_FINGERS, body, session)

    def sign_out(self, session: OperatorSession, why: str = "asked") -> None:
        """Write that the operator left (`why`: ``asked``, ``idle``, ``shutdown``)."""
        self._write(Kind.SIGNED_OUT, {"operator": session.operator_id, "why": why}, session)

    def change_secret(self, session: OperatorSession, old: str, new: str) -> None:
        """Change one's own PIN or passphrase; the signing key stays.

        Raises:
            SignInError: `old` is wrong. InputError: `new` is weak or the same.
        """
        account = self.accounts()[session.operator_id]
        derived = argon2_key(old.encode(), account.salt, account.cost, 64)
        if not hmac.compare_digest(derived[:32], account.hash):
            self._write(Kind.SIGN_IN_FAILED, {"operator": session.operator_id, "desk": session.desk}, None)
            raise SignInError("The old PIN is wrong; nothing was changed.", left=0)
        if new == old:
            raise InputError("The new PIN is the old one; choose another.", code="weak-secret")
        signer = SoftwareSigner.from_secret(unwrap_secret(account.wrapped_key, "operator", MasterWrapper(derived[32:])))
        self._write(
            Kind.OPERATOR_CHANGED,
            {"operator": session.operator_id, "must-change": False, **self._secret_body(new, signer)},
            session,
        )

    def reset_secret(self, operator_id: str, new: str, *, by: OperatorSession) -> None:
        """Give a new first PIN, with a *new* signing key: nobody but the operator ever knew the old one's secret."""
        by.require(Permission.MANAGE_OPERATORS)
        self._known(operator_id)
        body = {
            "operator": operator_id,
            "must-change": True,
            "unlocked": True,
            "card": b"",  # it holds the former signing key
            "card-serial": "",
            **self._secret_body(new, SoftwareSigner.generate()),
        }
        self._write(Kind.OPERATOR_CHANGED, body, by)

    def change(
        self, operator_id: str, *, by: OperatorSession, roles: Iterable[Role] | None = None, active: bool | None = None
    ) -> None:
        """Change roles, close or open an account. The last active security admin cannot be closed or demoted.

        Raises:
            NotAllowedError, InputError.
        """
        by.require(Permission.MANAGE_OPERATORS)
        account = self._known(operator_id)
        after = replace(account, roles=frozenset(roles) if roles is not None else account.roles,
                        active=account.active if active is None else active)  # fmt: skip
        others = [
            a for a in self.accounts().values() if a.operator_id != operator_id and a.active and Role.SECURITY_ADMIN in a.roles
        ]
        if not others and not (after.active and Role.SECURITY_ADMIN in after.roles):
            raise InputError("This is the last security admin; add another one first. Nothing was changed.", code="last-admin")
        self._write(Kind.OPERATOR_CHANGED, {"operator": operator_id, "roles": sorted(after.roles), "active": after.active}, by)

    def unlock(self, operator_id: str, *, by: OperatorSession) -> None:
        """Open a locked account at once (supervisor or security admin, not oneself)."""
        by.require(Permission.UNLOCK_ACCOUNT)
        self._known(operator_id)
        if by.operator_id == operator_id:
            raise NotAllowedError("Nobody opens their own account; ask another one.")
        self._write(Kind.OPERATOR_CHANGED, {"operator": operator_id, "unlocked": True}, by)

    def second_eyes(
        self, first: OperatorSession, operator_id: str, secret: str, permission: Permission, *, desk: str
    ) -> OperatorSession:
        """Let another person confirm what `first` did, by their own PIN; `first` stays signed in.

        Raises:
            AccessError: "E04": the same person. NotAllowedError, SignInError, LockedError as `sign_in`.
        """
        if operator_id == first.operator_id:
            raise AccessError("You cannot approve your own dossier; another supervisor must. Nothing is lost.", code="E04")
        second = self.sign_in(operator_id, secret, desk=desk, why="second-eyes")
        second.require_own_pin()
        second.require(permission)
        return second

    def confirm(self, session: OperatorSession, secret: str, *, why: str) -> OperatorSession:
        """Let the signed-in operator show by their own PIN that it is they who sign now; both outcomes are written.

        Raises:
            LockedError, SignInError: as `sign_in`.
        """
        return self.sign_in(session.operator_id, secret, desk=session.desk, why=why)

    def _known(self, operator_id: str) -> Account:
        account = self.accounts().get(operator_id)
        if account is None:
            raise InputError("There is no such operator; nothing was changed.", code="operator-unknown")
        return account

    def _secret_body(self, secret: str, signer: SoftwareSigner) -> dict[str, Any]:
        check_secret(secret)
        salt = os.urandom(16)
        # One run of argon2id gives both: the first half is compared at sign-in, the second wraps the operator's key.
        derived = argon2_key(secret.encode(), salt, self._cost, 64)
        return {
            "salt": salt, "hash": derived[:32], "cost": [self._cost.time, self._cost.memory_kib, self._cost.lanes],
            "public": signer.public.to_bytes(), "key": wrap_secret("operator", signer.to_secret(), MasterWrapper(derived[32:])),
        }  # fmt: skip

    def _write(self, kind: Kind, body: Mapping[str, Any], by: OperatorSession | None) -> Event:
        return self._journal.append(kind, body, dossier="", operator=by.operator_id if by else "", desk=by.desk if by else "")


def check_secret(secret: str) -> None:
    """Refuse a secret that is too short, too long, or one of the first that a thief tries.

    Raises:
        InputError: code ``weak-secret``.
    """
    digits = secret.isdigit()
    steps = {ord(b) - ord(a) for a, b in itertools.pairwise(secret)}
    if not MIN_SECRET <= len(secret) <= 128 or len(set(secret)) < 3 or (digits and (steps <= {1} or steps <= {-1})):
        raise InputError("The PIN is too easy: at least 6 characters, not one digit repeated, not 123456. Choose another.",
                         code="weak-secret")  # fmt: skip


def locked_until(account: Account) -> datetime | None:
    """Return until when the account is locked, or None."""
    if account.wrong_tries and account.wrong_tries % ALLOWED_TRIES == 0 and account.last_wrong_at is not None:
        return account.last_wrong_at + LOCK_TIME
    return None


ACCOUNT_KINDS: Final = (Kind.OPERATOR_ADDED, Kind.OPERATOR_CHANGED, Kind.SIGN_IN_FAILED, Kind.SIGNED_IN)


def replay_accounts(events: Iterable[Event]) -> dict[str, Account]:
    """Return id → account from the events about accounts, in order."""
    accounts: dict[str, Account] = {}
    for event in events:
        body = event.body
        known = accounts.get(body["operator"])
        if event.kind == Kind.OPERATOR_ADDED:
            accounts[body["operator"]] = Account(
                body["operator"], body["name"], frozenset(Role(r) for r in body["roles"]), body["salt"], body["hash"],
                Argon2Cost(*body["cost"]), SignerPublic.from_bytes(body["public"]), body["key"], must_change=body["must-change"],
            )  # fmt: skip
        elif known is None:
            continue
        elif event.kind == Kind.OPERATOR_CHANGED:
            accounts[known.operator_id] = _changed(known, body)
        elif event.kind == Kind.SIGN_IN_FAILED:
            accounts[known.operator_id] = replace(known, wrong_tries=known.wrong_tries + 1, last_wrong_at=event.at)
        elif event.kind == Kind.SIGNED_IN:
            accounts[known.operator_id] = replace(known, wrong_tries=0, last_wrong_at=None)
    return accounts


def _changed(account: Account, body: Mapping[str, Any]) -> Account:
    if "roles" in body:
        account = replace(account, roles=frozenset(Role(r) for r in body["roles"]), active=body["active"])
    if body.get("unlocked"):
        account = replace(account, wrong_tries=0, last_wrong_at=None)
    if "card" in body:
        account = replace(account, card=body["card"], card_serial=str(body["card-serial"]))
    if "hash" in body:
        account = replace(
            account, salt=body["salt"], hash=body["hash"], cost=Argon2Cost(*body["cost"]), public=SignerPublic.from_bytes(body["public"]),
            wrapped_key=body["key"], must_change=body["must-change"],
        )  # fmt: skip
    return account


class IdleLock:
    """Locks the desk after `limit` without a key press or touch; what is open stays open and saved, only the same person goes on.

    Plain state, driven by whoever sees the keys: `touch()` on every input, `locked` asked each second.
    """

    def __init__(self, clock: Clock, limit: timedelta = timedelta(minutes=5)) -> None:
        self._clock, self._limit = clock, limit.total_seconds()
        self._last = clock.monotonic()
        self._locked = False

    def touch(self) -> None:
        """Note an input; a locked desk stays locked."""
        if not self.locked:
            self._last = self._clock.monotonic()

    @property
    def locked(self) -> bool:
        """True once the limit has passed without input (monotonic time: setting the clock opens nothing)."""
        self._locked = self._locked or self._clock.monotonic() - self._last >= self._limit
        return self._locked

    def close(self) -> None:
        """Lock now (somebody leaves the desk)."""
        self._locked = True

    def open(self, session: OperatorSession, again: OperatorSession) -> None:
        """Open by a fresh sign-in of the *same* operator; NotAllowedError for another (who signs in for themselves instead)."""
        if session.operator_id != again.operator_id:
            raise NotAllowedError(
                "This desk is locked by another operator; their draft is safe. They open it, or you sign in anew."
            )
        self._locked, self._last = False, self._clock.monotonic()
