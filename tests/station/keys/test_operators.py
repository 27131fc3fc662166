"""Sign-in, lockout and roles, offline and across restarts."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.clock import ManualClock
from station.errors import InputError
from station.files import RealFiles
from station.journal import Journal
from station.keys import Argon2Cost, LockedError, NotAllowedError, Operators, Permission, Role, SignInError, verify

CHEAP = Argon2Cost(1, 64, 1)
PIN = "820164"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def journal(tmp_path: Path, clock: ManualClock):
    with Journal.create(RealFiles(tmp_path), bytes(32), "00112233445566aa", clock) as journal:
        yield journal


@pytest.fixture
def operators(journal: Journal, clock: ManualClock) -> Operators:
    operators = Operators(journal, clock, CHEAP)
    operators.add("admin", "Admin", [Role.SECURITY_ADMIN], PIN, by=None)
    admin = operators.sign_in("admin", PIN, desk="1")
    operators.add("lan", "Lan", [Role.CAPTURE], PIN + "7", by=admin)
    return operators


def test_signing_in_gives_name_roles_and_an_own_signer(operators: Operators) -> None:
    session = operators.sign_in("lan", PIN + "7", desk="2")
    assert (session.operator_id, session.name, session.roles) == ("lan", "Lan", {Role.CAPTURE})
    assert session.may(Permission.CAPTURE)
    with pytest.raises(NotAllowedError):
        session.require(Permission.MANAGE_OPERATORS)
    verify(operators.accounts()["lan"].public, b"x", session.signer.sign(b"x"))
    assert operators.sign_in("lan", PIN + "7", desk="2").signer.key_id == session.signer.key_id


def test_wrong_tries_lock_the_account_and_time_opens_it(operators: Operators, clock: ManualClock) -> None:
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(SignInError) as caught:
            operators.sign_in("lan", "000999", desk="")
        assert caught.value.details["left"] == left
    with pytest.raises(LockedError):
        operators.sign_in("lan", PIN + "7", desk="")
    clock.advance(16 * 60)
    assert operators.sign_in("lan", PIN + "7", desk="").operator_id == "lan"


def test_only_the_first_account_makes_itself(operators: Operators) -> None:
    with pytest.raises(NotAllowedError):
        operators.add("mallory", "M", [Role.SECURITY_ADMIN], PIN, by=None)
    lan = operators.sign_in("lan", PIN + "7", desk="")
    with pytest.raises(NotAllowedError):
        operators.add("mallory", "M", [Role.SUPERVISOR], PIN, by=lan)


@pytest.mark.parametrize("secret", ["12345", "123456", "111111", "654321", "121212", ""])
def test_easy_secrets_are_refused(operators: Operators, secret: str) -> None:
    admin = operators.sign_in("admin", PIN, desk="")
    with pytest.raises(InputError):
        operators.add("new", "N", [Role.CLERK], secret, by=admin)
