"""`station intake`: the reference server."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station.errors import InputError

if TYPE_CHECKING:
    from station.intake.service import Intake
    from station.intake.settings import IntakeSettings

app = typer.Typer(no_args_is_help=True, help="The reference intake server (docs/intake.md).")

Folder = Annotated[Path, typer.Option(help="The intake's own folder: keys, uploads, packages, database.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]
Demo = Annotated[bool, typer.Option("--demo", help="Accept simulated captures, marked DEMO; keys without a passphrase.")]
PassphraseFile = Annotated[Path | None, typer.Option(help="File with the passphrase of the intake's keys.")]
Database = Annotated[str | None, typer.Option(help="Database address (postgresql+psycopg://…); default SQLite in the folder.",
                                              envvar="STATION_INTAKE_DATABASE", show_default=False)]  # fmt: skip
PackagesAt = Annotated[str, typer.Option("--packages", help="Keep accepted packages in s3://bucket/prefix; default: the folder.",
                                         envvar="STATION_INTAKE_PACKAGES", show_default=False)]  # fmt: skip
Endpoint = Annotated[str, typer.Option("--s3-endpoint", help="Another S3 store than AWS's (MinIO, Ceph).", show_default=False,
                                       envvar="STATION_INTAKE_S3_ENDPOINT")]  # fmt: skip
Name = Annotated[str, typer.Option(help="The intake's name: stations pin it, receipts carry it.")]


def _open(folder: Path, demo: bool, passphrase_file: Path | None, database: str | None, name: str = "", packages: str = "",
          s3_endpoint: str = "") -> Intake:  # fmt: skip
    from station.intake.serve import DEMO, open_intake
    from station.intake.settings import IntakeSettings

    settings: IntakeSettings = DEMO if demo else IntakeSettings()
    if name:
        settings = replace(settings, name=name)
    passphrase = None
    if passphrase_file is not None:
        try:
            passphrase = passphrase_file.read_text("utf-8").strip()
        except OSError as error:
            raise InputError("The passphrase file cannot be read; nothing was started.", code="passphrase-missing") from error
    return open_intake(folder, settings, passphrase=passphrase, database=database, packages=packages, s3_endpoint=s3_endpoint)


def _say(value: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(value, ensure_ascii=False))
    else:
        typer.echo("  ".join(f"{k}={v}" for k, v in value.items()))
    sys.stdout.flush()


@app.command()
def serve(*, folder: Folder, port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 8420,
          host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1", demo: Demo = False,
          passphrase_file: PassphraseFile = None, database: Database = None, name: Name = "", packages: PackagesAt = "",
          s3_endpoint: Endpoint = "",
          code: Annotated[bool, typer.Option("--code", help="Print a one-time enrolment code in the ready line.")] = False,
          certificate: Annotated[str | None, typer.Option(help="TLS certificate, PEM.")] = None,
          key: Annotated[str | None, typer.Option(help="TLS key, PEM.")] = None,
          client_ca: Annotated[str | None, typer.Option(help="Demand client certificates of this authority (mTLS).")] = None,
          as_json: Json = False) -> None:  # fmt: skip
    """Serve until SIGTERM or Ctrl+C. Prints a ready line with port, public key and (with --code) an enrolment code."""
    from station.intake.serve import Tls, listen
    from station.intake.serve import serve as run
    from station.support import logging_to

    if (certificate is None) != (key is None) or (client_ca is not None and certificate is None):
        raise InputError("TLS needs --certificate and --key together; nothing was started.")
    sock = listen(host, port)
    try:
        intake = _open(folder, demo, passphrase_file, database, name, packages, s3_endpoint)
        tls = Tls(certificate, key, client_ca) if certificate and key else None
        with logging_to(folder / "logs"):
            run(intake, sock, ready=lambda line: _say(line, as_json), tls=tls, with_code=code)
    finally:
        sock.close()


@app.command()
def code(*, folder: Folder, label: Annotated[str, typer.Option(help="Name of the station, for the health page.")] = "", demo: Demo = False,
         passphrase_file: PassphraseFile = None, database: Database = None, as_json: Json = False) -> None:  # fmt: skip
    """Make a one-time code that lets one station enroll within 24 hours."""
    from station.intake.enrollment import new_code

    intake = _open(folder, demo, passphrase_file, database)
    _say({"event": "code", "code": new_code(intake, label), "hours": intake.settings.code_expires_s // 3600}, as_json)
    intake.store.close()


@app.command()
def stations(*, folder: Folder, demo: Demo = False, passphrase_file: PassphraseFile = None, database: Database = None,
             revoke: Annotated[str, typer.Option(help="Revoke this station.")] = "",
             restore: Annotated[str, typer.Option(help="Let a revoked station work again.")] = "",
             as_json: Json = False) -> None:  # fmt: skip
    """List stations: last sign of life, packages, gaps; or revoke one."""
    from station.intake.service import utc

    intake = _open(folder, demo, passphrase_file, database)
    for station, state in ((revoke, "revoked"), (restore, "active")):
        if station and not intake.store.set_station(station, state):
            raise InputError("There is no such station here; nothing was changed.")
    for row in intake.store.stations():
        _say({"station": row.id, "label": row.label, "state": row.state, "seen": utc(row.seen), "packages": row.packages,
              "missing": row.missing}, as_json)  # fmt: skip
    intake.store.close()


@app.command()
def operators(*, folder: Folder, demo: Demo = False, passphrase_file: PassphraseFile = None, database: Database = None,
              approve: Annotated[str, typer.Option(help="Accept this operator's signatures.")] = "",
              revoke: Annotated[str, typer.Option(help="Refuse this operator's signatures from now on.")] = "",
              as_json: Json = False) -> None:  # fmt: skip
    """List operators; approve or revoke one."""
    intake = _open(folder, demo, passphrase_file, database)
    for operator, state in ((approve, "active"), (revoke, "revoked")):
        if operator and not intake.store.set_operator(operator, state):
            raise InputError("There is no such operator here; nothing was changed.")
    for row in intake.store.operators():
        _say({"operator": row.owner, "station": row.station, "state": row.state, "key": row.key_id[:16]}, as_json)
    intake.store.close()


@app.command("import")
def import_command(*, folder: Folder, stick: Annotated[Path, typer.Option("--stick", help="The stick's folder, as it is mounted.")],
                   demo: Demo = False, passphrase_file: PassphraseFile = None, database: Database = None, packages: PackagesAt = "",
                   s3_endpoint: Endpoint = "", as_json: Json = False) -> None:  # fmt: skip
    """Take packages in from a stick that an enrolled station has labelled; answers and notices are written back to it."""
    from station.carriers.stick import Stick, stick_id
    from station.intake.stick import take_in

    intake = _open(folder, demo, passphrase_file, database, "", packages, s3_endpoint)
    try:
        done = take_in(intake, Stick(stick, intake.find_station, {stick_id(stick)}))
        _say({"event": "imported", "accepted": done.accepted, "repeated": done.repeated, "refused": done.refused,
              "strange": done.strange, "notices": done.notices}, as_json)  # fmt: skip
    finally:
        intake.store.close()


@app.command()
def notice(kind: Annotated[str, typer.Argument(help="returned, accepted, cards, vneid, revocation, trust, day-list, fees.")], *,
           folder: Folder, payload: Annotated[str, typer.Option(help="The notice's values as a JSON object.")] = "{}",
           station: Annotated[str, typer.Option(help="For this station only; default: for all.")] = "",
           certificate: Annotated[list[Path] | None, typer.Option(help="A certificate or public key file of a trust list; repeat for several.")] = None,
           demo: Demo = False,
           passphrase_file: PassphraseFile = None, database: Database = None, as_json: Json = False) -> None:  # fmt: skip
    """Sign a notice for the stations; they fetch it over the network or find it on a stick."""
    from station.queue.notices import NoticeKind

    try:
        values = json.loads(payload)
    except ValueError:
        values = None
    if not isinstance(values, dict) or kind not in set(NoticeKind):
        raise InputError("The notice's kind or values are not usable; nothing was signed.")
    if certificate:
        try:
            values["certificates"] = [path.read_bytes()[:40_000] for path in certificate]
        except OSError as error:
            raise InputError("A certificate file cannot be read; nothing was signed.", code="notice-payload") from error
    intake = _open(folder, demo, passphrase_file, database)
    _say({"event": "notice", "id": intake.issue(kind, values, station=station)}, as_json)
    intake.store.close()
