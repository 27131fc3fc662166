"""PKCS#11 on a real SoftHSM2 token, through the child process: keys stay there, a wrong PIN is told, a dead library is survived."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from station.app import Station
from station.clock import ManualClock
from station.files import RealFiles
from station.keys import (
    Argon2Cost,
    LockedError,
    NotAllowedError,
    Role,
    SignInError,
    SoftwareSigner,
    StationKeys,
    WrongSecretError,
    verify,
)
from station.keys.cards import add_card, remove_card
from station.keys.operators import ALLOWED_TRIES
from station.keys.rotation import rotate
from station.keys.token import TokenClient, TokenError, TokenPinError, TokenSigner, TokenWrapper
from tests.conftest import need_peer

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
)
MODULE = next((m for m in MODULES if Path(m).is_file()), "")
pytestmark = pytest.mark.peer


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh token `kit`, PIN 4321; returns the library."""
    need_peer("SoftHSM2", bool(MODULE) and shutil.which("softhsm2-util") is not None)
    (tmp_path / "tokens").mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "kit", "--pin", "4321", "--so-pin", "87654321"],
        check=True,
        capture_output=True,
    )
    return MODULE


def test_the_token_signs_and_wraps_and_a_stranger_does_not(token: str, tmp_path: Path) -> None:
    client = TokenClient(token, "4321", "kit")
    try:
        signer = TokenSigner.generate(client)
        verify(signer.public, b"data", signer.sign(b"data"))
        again = TokenSigner.from_secret(client, signer.to_secret())
        assert again.key_id == signer.key_id
        files = RealFiles(tmp_path / "station")
        keys = StationKeys.create(files, TokenWrapper(client))
        assert StationKeys.protection(files) == "token"
    finally:
        client.close()
    with pytest.raises(TokenPinError):
        TokenClient(token, "0000", "kit")
    with pytest.raises(TokenError):
        TokenClient(token, "4321", "another")
    client = TokenClient(token, "4321", "kit")
    try:
        assert StationKeys.open(files, TokenWrapper(client)).station_id == keys.station_id
        damaged = bytearray((tmp_path / "station/keys/master.key").read_bytes())
        damaged[-1] ^= 1
        (tmp_path / "station/keys/master.key").write_bytes(damaged)
        with pytest.raises(WrongSecretError):
            StationKeys.open(files, TokenWrapper(client))
    finally:
        client.close()


def test_the_station_signs_by_the_token_after_a_rotation(token: str, tmp_path: Path) -> None:
    client = TokenClient(token, "4321")
    files = RealFiles(tmp_path / "station")
    try:
        keys = StationKeys.create(files, TokenWrapper(client))
        assert isinstance(keys.signer, SoftwareSigner)
        keys.rotate(TokenSigner.generate(client))
        again = StationKeys.open(files, TokenWrapper(client))
        assert isinstance(again.signer, TokenSigner)
        assert again.signer.key_id == keys.signer.key_id
        assert again.station_id == keys.station_id
        verify(again.signer.public, b"x", again.signer.sign(b"x"))
    finally:
        client.close()


def test_a_library_that_dies_or_is_none_costs_only_the_child(token: str, tmp_path: Path) -> None:
    client = TokenClient(token, "4321")
    signer = TokenSigner.generate(client)
    os.kill(client._child.pid, 9)
    with pytest.raises(TokenError):
        signer.sign(b"x")
    client.close()
    with pytest.raises(TokenError):
        signer.sign(b"x")
    (tmp_path / "not-a-library.so").write_bytes(b"junk")
    for module in (str(tmp_path / "not-a-library.so"), str(tmp_path / "none.so")):
        with pytest.raises(TokenError):
            TokenClient(module, "4321")


def test_an_operators_card_signs_in_and_its_loss_is_told(token: str, tmp_path: Path) -> None:
    station = Station.open(tmp_path / "s", demo=True, cost=Argon2Cost(1, 64, 1), clock=ManualClock())
    client = TokenClient(token, "4321", "kit")
    try:
        operators = station.operators
        operators.add("admin", "Quản trị", [Role.SECURITY_ADMIN], "284751", by=None, must_change=False)
        boss = operators.sign_in("admin", "284751", desk="1")
        operators.add("lan", "Lan", [Role.CLERK], "284752", by=boss, must_change=False)
        with pytest.raises(SignInError):
            station.sign_in_by_card("lan", client, desk="1")  # no card yet
        lan = station.sign_in("lan", "284752", desk="1")
        assert add_card(operators, lan, client)
        station.sign_out()

        by_card = station.sign_in_by_card("lan", client, desk="1")
        assert (by_card.roles, by_card.signer.public) == (lan.roles, lan.signer.public)
        for name in ("admin", "nobody"):
            with pytest.raises(SignInError):
                station.sign_in_by_card(name, client, desk="1")
        operators.change_secret(by_card, "284752", "957311")  # the PIN changes, the card stays
        assert station.sign_in_by_card("lan", client, desk="1").operator_id == "lan"

        with pytest.raises(NotAllowedError):
            remove_card(operators, "admin", by=by_card)
        remove_card(operators, "lan", by=boss)  # lost
        for left in range(ALLOWED_TRIES - 1, -1, -1):
            with pytest.raises(SignInError) as wrong:
                station.sign_in_by_card("lan", client, desk="1")
            assert wrong.value.details["left"] == left
        with pytest.raises(LockedError):
            station.sign_in_by_card("lan", client, desk="1")
        operators.unlock("lan", by=boss)
        add_card(operators, operators.sign_in("lan", "957311", desk="1"), client)
        operators.reset_secret("lan", "112358", by=boss)  # a new signing key: the card opens nothing any more
        with pytest.raises(SignInError):
            station.sign_in_by_card("lan", client, desk="1")
    finally:
        client.close()
        station.close()


def test_a_station_whose_keys_lie_on_a_token_opens_by_it(token: str, tmp_path: Path) -> None:
    client = TokenClient(token, "4321", "kit")
    try:
        station = Station.open(tmp_path / "s", wrapper=TokenWrapper(client), cost=Argon2Cost(1, 64, 1))
        origin = station.origin
        rotate(station.keys, station.journal, operator="admin", signer=TokenSigner.generate(client))
        signer = station.keys.signer
        verify(signer.public, b"package", signer.sign(b"package"))
        station.close()
        again = Station.open(tmp_path / "s", wrapper=TokenWrapper(client), cost=Argon2Cost(1, 64, 1))
        assert (again.origin, again.keys.signer.public) == (origin, signer.public)
        again.close()
    finally:
        client.close()
    with pytest.raises(WrongSecretError):
        Station.open(tmp_path / "s", passphrase="a guess of twelve")
