"""What the `station queue` commands share: options, the opened station, the line, sticks."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station.errors import AccessError, InputError

if TYPE_CHECKING:
    from station.app import Station
    from station.keys import Permission

Folder = Annotated[Path, typer.Option("--folder", "--data", envvar="STATION_DATA", help="The station's folder.")]
Demo = Annotated[bool, typer.Option("--demo", help="A demo station: its keys lie without a passphrase.")]
PassphraseFile = Annotated[Path | None, typer.Option(help="File with the station's passphrase; asked for when it is left out.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]
Url = Annotated[str, typer.Option(help="The intake's address; default: the setting sending.intake_url.")]
StickFolder = Annotated[Path, typer.Option("--stick", help="The stick's folder, as it is mounted.")]
Proxy = Annotated[str, typer.Option(help="A proxy's address; the environment's is never used.")]
CaFile = Annotated[str, typer.Option(help="Trust this authority (PEM) instead of the system's.")]
Certificate = Annotated[str, typer.Option(help="Client certificate (PEM) for mTLS; its key beside it as .key.")]
Packages = Annotated[
    list[str] | None, typer.Argument(metavar="[PACKAGE]...", help="Only these packages, by their ids; none: all that wait.")
]
ROTATING = "keys/rotating"


@contextlib.contextmanager
def opened_station(folder: Path, demo: bool, passphrase_file: Path | None, needs: Permission | None = None, as_operator: str = "",
                   pin_file: Path | None = None) -> Iterator[Station]:  # fmt: skip
    """Open the station of `folder` by whatever protects its keys; sign `as_operator` in and require `needs` of them.

    A demo, or a station without accounts, needs no sign-in for `needs`.
    """
    from station.app import Station
    from station.commands._opening import secret_from, wrapper_for
    from station.files import RealFiles
    from station.support import logging_to

    if not folder.is_dir():
        raise InputError(f"There is no station in {folder.name}; nothing was changed. Name its folder with --folder.")
    wrapper = None if demo else wrapper_for(RealFiles(folder), passphrase_file)
    station = Station.open(folder, wrapper=wrapper, demo=demo)
    log = contextlib.ExitStack()
    log.enter_context(logging_to(folder / "logs"))
    try:
        if as_operator:
            station.sign_in(as_operator, secret_from(pin_file, f"PIN of {as_operator}"), desk="cli").require_own_pin()
        if needs is not None and station.operator is not None:
            station.operator.require(needs)
        elif needs is not None and not demo and station.operators.accounts():
            raise AccessError(
                f"This needs an operator who may '{needs}': sign in with --as. Nothing was changed.", code="not-signed-in"
            )
        yield station
        station.sign_out("command")
    finally:
        station.tell_journal()
        station.close()
        log.close()


def chosen(station: Station, packages: list[str] | None) -> list[str] | None:
    """Return the named packages, None where none was named.

    Raises:
        InputError: one of them is not in this queue (``queue-unknown``); nothing was done.
    """
    for package in packages or ():
        if station.queue.get(package) is None:
            raise InputError(f"There is no package '{package[:40]}' in this queue; nothing was done.", code="queue-unknown")
    return list(dict.fromkeys(packages)) if packages else None


def not_acknowledged(station: Station, packages: list[str]) -> int:
    from station.queue import State

    entries = [station.queue.get(package) for package in packages]
    return sum(e is None or e.state is not State.ACKNOWLEDGED for e in entries)


def tell(value: dict[str, Any], as_json: bool) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False) if as_json else "  ".join(f"{k}={v}" for k, v in value.items() if v != ""))
    sys.stdout.flush()


def line(proxy: str, ca_file: str, certificate: str) -> Any:
    from station.carriers import LineSettings

    key = str(Path(certificate).with_suffix(".key")) if certificate else None
    return LineSettings(proxy=proxy or None, ca_file=ca_file or None, client_certificate=certificate or None, client_key=key)
