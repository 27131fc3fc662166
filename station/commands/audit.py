"""`station audit`: who did what when, and that nobody changed it since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from station.commands._opening import AsOperator, Data, Json, PassphraseFile, PinFile, line, opened
from station.errors import InputError
from station.files import RealFiles
from station.keys import Permission, SignerPublic
from station.keys.audit import AuditReport, export_rows, sign_head, verify_export, verify_journal

app = typer.Typer(no_args_is_help=True, help="Show and verify the audit log.")


def _tell(report: AuditReport, as_json: bool) -> None:
    for fault in report.faults:
        line(as_json, fault, fault=fault)
    line(as_json, f"{report.events} events, {report.heads} signed heads covering {report.covered}, {report.purged} without facts: "
         f"{'sound' if report.sound else f'{len(report.faults)} FAULTS'}", events=report.events, heads=report.heads,
         covered=report.covered, purged=report.purged, sound=report.sound)  # fmt: skip
    if not report.sound:
        raise typer.Exit(1)


@app.command()
def show(data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
         operator: Annotated[str, typer.Option(help="Only this operator's.")] = "", day: Annotated[str, typer.Option(help="Only this day (UTC), 2026-11-22.")] = "",
         kind: Annotated[str, typer.Option(help="Only kinds that begin so, for example operator.")] = "", as_json: Json = False) -> None:  # fmt: skip
    """The log book: one line per event, no facts about citizens."""
    if day:
        try:
            datetime.fromisoformat(day)
        except ValueError as error:
            raise InputError("A day is written 2026-11-22.", code="date-format") from error
    with opened(data, passphrase_file, as_operator, pin_file, Permission.READ_AUDIT) as station:
        for event in station.journal.events():
            if event.operator.startswith(operator) and event.kind.startswith(kind) and event.at.isoformat().startswith(day):
                who = (
                    event.operator or str(event.body.get("operator", ""))
                    if event.kind.startswith("operator.")
                    else event.operator
                )
                line(as_json, f"{event.at:%Y-%m-%d %H:%M:%S}  {event.id!s:28s} {event.kind:28s} {who or '-':14s} {event.desk:8s} {event.dossier}",
                     at=event.at, id=str(event.id), kind=event.kind, operator=who, desk=event.desk, dossier=event.dossier,
                     clock=event.clock, hash=event.hash.hex())  # fmt: skip


@app.command()
def verify(file: Annotated[Path | None, typer.Argument(help="An export; without it this station's journal.")] = None,
           station_key: Annotated[list[Path] | None, typer.Option(help="Public key files ('station keys export') an export is checked with.")] = None,
           data: Data = None, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:  # fmt: skip
    """Check every hash, link and signed head. Exit 1 when something is wrong."""
    if file is None:
        with opened(data, passphrase_file) as station:
            report = verify_journal(station.journal, station.known_stations())
        _tell(report, as_json)
        return
    keys = [SignerPublic.from_bytes(RealFiles(k.resolve().parent).read(k.name, 10_000)) for k in station_key or ()]
    if not keys:
        raise InputError("An export is checked with the station's public key: give it with --station-key.", code="station-key")
    _tell(verify_export(_lines(file), {k.key_id: k for k in keys}), as_json)


def _lines(file: Path) -> Iterator[str]:
    try:
        with file.open(encoding="utf-8") as opened_file:
            while text := opened_file.readline(2_000_001):
                yield text
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file.name} cannot be read as an audit export.", code="audit-format") from error


@app.command()
def export(target: Annotated[Path, typer.Argument(help="File to write (JSON lines).")], data: Data = None,
           passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
           full: Annotated[bool, typer.Option("--full", help="With every event's facts: personal data in clear.")] = False) -> None:  # fmt: skip
    """Write the chain for an inspector, sealed by the station."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.READ_AUDIT) as station:
        if full and station.session is not None:
            station.session.require(Permission.EXPORT_SUBJECT)
        sign_head(station.journal, station.keys.signer, operator=station.operator, desk="cli")
        staged = RealFiles(target.resolve().parent).stage(target.name)
        try:
            count = 0
            for text in export_rows(station.journal, station.keys.signer, full=full):
                staged.write(text.encode() + b"\n")
                count += 1
            staged.commit()
        finally:
            staged.discard()
    typer.echo(f"{target.name}: {count - 1} events and the seal.")
