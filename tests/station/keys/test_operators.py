"""Sign-in, lockout and roles, offline and across restarts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import argon2.low_level
import pytest

from station.clock import ManualClock
from station.errors import AccessError, InputError
from station.files import RealFiles
from station.journal import Journal
from station.keys import Argon2Cost, IdleLock, LockedError, NotAllowedError, Operators, Permission, Role, SignInError, verify

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


def test_changes_of_an_account_are_events_and_the_key_stays(operators: Operators, journal: Journal) -> None:
    lan = operators.sign_in("lan", PIN + "7", desk="")
    assert lan.must_change
    with pytest.raises(SignInError):
        operators.change_secret(lan, "000999", "another-1")
    operators.change_secret(lan, PIN + "7", "another-1")
    with pytest.raises(SignInError):
        operators.sign_in("lan", PIN + "7", desk="")
    again = operators.sign_in("lan", "another-1", desk="")
    assert again.signer.key_id == lan.signer.key_id
    assert not again.must_change
    admin = operators.sign_in("admin", PIN, desk="")
    operators.reset_secret("lan", "given-22", by=admin)
    assert operators.sign_in("lan", "given-22", desk="").signer.key_id != lan.signer.key_id
    operators.change("lan", by=admin, roles=[Role.SUPERVISOR])
    assert operators.sign_in("lan", "given-22", desk="").may(Permission.APPROVE)
    operators.change("lan", by=admin, active=False)
    with pytest.raises(SignInError):
        operators.sign_in("lan", "given-22", desk="")
    with pytest.raises(InputError):
        operators.change("admin", by=admin, active=False)
    assert b"another-1" not in b"".join(str(e.body).encode() for e in journal.events())


def test_unlocking_needs_another_person(operators: Operators) -> None:
    admin = operators.sign_in("admin", PIN, desk="")
    for _ in range(5):
        with pytest.raises(SignInError):
            operators.sign_in("lan", "000999", desk="")
    with pytest.raises(LockedError):
        operators.sign_in("lan", PIN + "7", desk="")
    with pytest.raises(NotAllowedError):
        operators.unlock("admin", by=admin)
    operators.unlock("lan", by=admin)
    assert operators.sign_in("lan", PIN + "7", desk="")


def test_second_eyes_are_another_persons_with_the_right(operators: Operators) -> None:
    admin = operators.sign_in("admin", PIN, desk="")
    operators.add("sup", "Sup", [Role.SUPERVISOR], PIN + "9", by=admin)
    operators.add("own", "Own", [Role.SUPERVISOR], PIN + "8", by=admin, must_change=False)
    lan = operators.sign_in("lan", PIN + "7", desk="")
    with pytest.raises(AccessError) as caught:
        operators.second_eyes(lan, "lan", PIN + "7", Permission.APPROVE, desk="")
    assert caught.value.reason_code == "E04"
    with pytest.raises(AccessError) as caught:
        operators.second_eyes(lan, "sup", PIN + "9", Permission.APPROVE, desk="")
    assert caught.value.reason_code == "pin-must-change", "the admin knows this PIN too"
    operators.change_secret(admin, PIN, PIN + "1")
    with pytest.raises(NotAllowedError):
        operators.second_eyes(lan, "admin", PIN + "1", Permission.APPROVE, desk="")
    assert operators.second_eyes(lan, "own", PIN + "8", Permission.APPROVE, desk="").operator_id == "own"


def test_an_idle_desk_locks_whatever_the_wall_clock_says(operators: Operators, clock: ManualClock) -> None:
    lan = operators.sign_in("lan", PIN + "7", desk="")
    lock = IdleLock(clock)
    clock.advance(299)
    lock.touch()
    clock.jump(clock.now() + timedelta(days=4000))
    assert not lock.locked
    clock.advance(300)
    assert lock.locked
    lock.touch()
    assert lock.locked
    with pytest.raises(NotAllowedError):
        lock.open(lan, operators.sign_in("admin", PIN, desk=""))
    lock.open(lan, operators.sign_in("lan", PIN + "7", desk=""))
    assert not lock.locked


def test_a_kill_between_tries_does_not_give_them_back(tmp_path: Path, clock: ManualClock) -> None:
    files = RealFiles(tmp_path / "x")
    with Journal.create(files, bytes(32), "00112233445566aa", clock) as journal:
        Operators(journal, clock, CHEAP).add("admin", "A", [Role.SECURITY_ADMIN], PIN, by=None)
    for left in (4, 3, 2, 1, 0):
        with Journal.open(files, bytes(32), clock) as journal:
            with pytest.raises(SignInError) as caught:
                Operators(journal, clock, CHEAP).sign_in("admin", "000999", desk="")
            assert caught.value.details["left"] == left
    with Journal.open(files, bytes(32), clock) as journal, pytest.raises(LockedError):
        Operators(journal, clock, CHEAP).sign_in("admin", PIN, desk="")


def test_an_unknown_name_costs_the_same_work(operators: Operators) -> None:
    """No clock is looked at: what is compared is how often argon2id runs."""
    runs: list[int] = []
    before = argon2.low_level.hash_secret_raw
    argon2.low_level.hash_secret_raw = lambda *a, **k: runs.append(1) or before(*a, **k)
    try:
        counts = []
        for name, secret in (("nobody", "000999"), ("lan", "000999")):
            runs.clear()
            with pytest.raises(SignInError):
                operators.sign_in(name, secret, desk="")
            counts.append(len(runs))
    finally:
        argon2.low_level.hash_secret_raw = before
    assert counts == [1, 1]
