"""What the commands on a station's folder share: where it is, what opens it, who asks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from station.clock import SystemClock
from station.errors import AccessError, InputError, StorageError
from station.files import RealFiles
from station.journal import Journal, NoJournalError
from station.keys import (
    Argon2Cost,
    KeyringWrapper,
    Operators,
    OperatorSession,
    PassphraseWrapper,
    Permission,
    StationKeys,
    UnprotectedWrapper,
    Wrapper,
)
from station.keys.trust import Purpose, TrustStores

Data = Annotated[Path | None, typer.Option("--data", envvar="STATION_DATA", help="The station's folder (default: this user's data folder).",
                                           show_default=False)]  # fmt: skip
PassphraseFile = Annotated[Path | None, typer.Option("--passphrase-file", envvar="STATION_PASSPHRASE_FILE", show_default=False,
                                                     help="File with the keys' passphrase; without it you are asked.")]  # fmt: skip
AsOperator = Annotated[str, typer.Option("--as", envvar="STATION_OPERATOR", help="Sign in as this operator.", show_default=False)]
PinFile = Annotated[Path | None, typer.Option("--pin-file", envvar="STATION_PIN_FILE", show_default=False,
                                              help="File with the operator's PIN; without it you are asked.")]  # fmt: skip
Json = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]
CHEAP = Argon2Cost(1, 64, 1)


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened station and who asks (None: nobody signed in)."""

    files: RealFiles
    keys: StationKeys
    journal: Journal
    operators: Operators
    clock: SystemClock
    session: OperatorSession | None

    @property
    def operator(self) -> str:
        """The signed-in operator's id, or empty."""
        return self.session.operator_id if self.session else ""

    @property
    def trust(self) -> TrustStores:
        """The trust stores."""
        return TrustStores(self.journal)

    def known_stations(self) -> dict[str, Any]:
        """Return the signing keys an audit accepts: all of this station's, and those in the trust store."""
        own = {p.key_id: p for p in self.keys.publics}
        return {**self.trust.view(Purpose.STATIONS).signers(self.clock.now()), **own}


def folder(data: Path | None) -> Path:
    """Return the station's folder."""
    if data is not None:
        return data
    import platformdirs

    return Path(platformdirs.user_data_dir("enrollment-station"))


def existing_folder(data: Path | None) -> Path:
    """Return the station's folder; a mistyped one is not made.

    Raises:
        NoJournalError: there is no such folder.
    """
    path = folder(data)
    if not path.is_dir():
        raise NoJournalError(f"There is no station in '{path.name}'; nothing was changed. Give its folder with --data.")
    return path


def secret_from(path: Path | None, prompt: str) -> str:
    """Return a secret from a file (its first line) or from the keyboard, never from the command line."""
    if path is None:
        return str(typer.prompt(prompt, hide_input=True))
    try:
        with path.open("rb") as file:
            return file.read(1000).decode("utf-8").split("\n", 1)[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} cannot be read; nothing was changed.", code="secret-file") from error


def wrapper_for(files: RealFiles, passphrase_file: Path | None) -> Wrapper:
    """Return what opens this folder's keys, asking for what is needed."""
    kind = StationKeys.protection(files) if StationKeys.exist(files) else "passphrase"
    if kind == "unprotected":
        return UnprotectedWrapper(files)
    if kind == "keyring":
        return KeyringWrapper("enrollment-station", "master")
    if kind == "token":
        from station.keys.token import token_wrapper

        return token_wrapper(os.environ.get("STATION_PKCS11_MODULE", ""), secret_from(passphrase_file, "PIN of the token"))
    return PassphraseWrapper(secret_from(passphrase_file, "Passphrase of the station's keys"))


@contextmanager
def opened(data: Path | None, passphrase_file: Path | None, as_operator: str = "", pin_file: Path | None = None,
           needs: Permission | None = None) -> Iterator[Opened]:  # fmt: skip
    """Open the station in its folder; sign `as_operator` in and require `needs` of them.

    Raises:
        StorageError, AccessError. A demo station without operators needs no sign-in.
    """
    files = RealFiles(existing_folder(data))
    if not StationKeys.exist(files):
        raise StorageError(
            "This folder holds no station's keys; nothing was changed. 'station keys init' makes them.", code="keys-missing"
        )
    keys = StationKeys.open(files, wrapper_for(files, passphrase_file))
    clock = SystemClock()
    with Journal.open(files, keys.journal_key, clock) as journal:
        operators = Operators(journal, clock)
        session = (
            operators.sign_in(as_operator, secret_from(pin_file, f"PIN of {as_operator}"), desk="cli") if as_operator else None
        )
        if session is not None:
            session.require_own_pin()
        if needs is not None and session is not None:
            session.require(needs)
        elif needs is not None and (StationKeys.protection(files) != "unprotected" or operators.accounts()):
            raise AccessError(
                f"This needs an operator who may '{needs}': sign in with --as. Nothing was changed.", code="not-signed-in"
            )
        yield Opened(files, keys, journal, operators, clock, session)
        if session is not None:
            operators.sign_out(session, "command")


def line(as_json: bool, text: str, **values: Any) -> None:
    """Print one line: `text`, or `values` as JSON."""
    typer.echo(json.dumps(values, ensure_ascii=False, default=str) if as_json else text)
