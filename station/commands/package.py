"""`station package`: look at packages, verify them, open them with an intake's keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station.errors import InputError

if TYPE_CHECKING:
    from station.intake.service import Intake
    from station.package import OpenedPackage

app = typer.Typer(no_args_is_help=True, help="Inspect, verify, open and export packages (docs/package-format.md).")

File = Annotated[Path, typer.Argument(help="The package's file.")]
IntakeFolder = Annotated[
    Path, typer.Option("--intake", help="The intake's folder: its keys open, its list of stations is trusted.")
]
Demo = Annotated[bool, typer.Option("--demo", help="A demo intake: its keys lie without a passphrase.")]
PassphraseFile = Annotated[Path | None, typer.Option(help="File with the passphrase of the intake's keys.")]


def _read(path: Path) -> bytes:
    from station.package import HARD_LIMIT_BYTES

    try:
        if path.stat().st_size > HARD_LIMIT_BYTES:
            raise InputError(f"{path.name} is larger than any package may be; it was not read.", code="package-too-large")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read; nothing was changed. Check its name and rights.") from error


def _show(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


@app.command()
def inspect(file: File) -> None:
    """What anyone can see: station, sizes, recipients. Nothing is believed, nothing is opened."""
    from station.package.layout import parse

    data = _read(file)
    outer = parse(data)
    _show({"package": outer.header.package_id, "manifest_sha256": outer.header.manifest, "kind": outer.header.kind.value,
           "suite": outer.header.suite, "station": outer.header.station, "bytes": len(data), "plain_bytes": outer.header.plain_bytes,
           "recipients": [k[:16] for k, _ in outer.recipients], "verified": False})  # fmt: skip


@app.command()
def verify(file: File, *, intake: IntakeFolder, demo: Demo = False, passphrase_file: PassphraseFile = None) -> None:
    """Check the station's signature over every byte, without opening."""
    from station.package import verify_package

    service = _intake(intake, demo, passphrase_file)
    done = verify_package(_read(file), service.find_station)
    _show({"package": done.header.package_id, "station": done.header.station, "sha256": done.sha256, "verified": True})
    service.store.close()


@app.command("open")
def open_command(file: File, *, intake: IntakeFolder, demo: Demo = False, passphrase_file: PassphraseFile = None) -> None:
    """Open a package, check everything, print its manifest (one line per part)."""
    opened = _open(file, intake, demo, passphrase_file)
    manifest = opened.manifest
    _show({"package": opened.package_id, "dossier": manifest.dossier, "procedure": manifest.procedure, "station": manifest.station,
           "operator": manifest.operator, "created": manifest.created.isoformat(), "clock": manifest.clock,
           "software": manifest.software, "demo": manifest.demo, "sequence": manifest.sequence, "captures": len(manifest.captures),
           "events": len(opened.events)})  # fmt: skip
    for part in manifest.parts:
        _show({"part": part.name, "media": part.media, "bytes": part.size, "sha256": part.sha256})


@app.command()
def export(file: File, *, to: Annotated[Path, typer.Option(help="An empty or new folder for the parts.")], intake: IntakeFolder,
           demo: Demo = False, passphrase_file: PassphraseFile = None) -> None:  # fmt: skip
    """Open a package and write its parts to a folder: personal data in clear, for the inspector's own disk only."""
    opened = _open(file, intake, demo, passphrase_file)
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(to.iterdir()):
        raise InputError("The folder is not empty; nothing was written. Name a new one.")
    for name in opened.names:  # names are plain (no path), the format allows no other
        (to / name).write_bytes(opened.part(name))
    (to / "manifest.cbor").write_bytes(opened.manifest.raw)
    _show({"package": opened.package_id, "parts": len(opened.names)})


def _intake(folder: Path, demo: bool, passphrase_file: Path | None) -> Intake:
    from station.commands.intake import _open as open_service

    if not (folder / "keys").is_dir():
        raise InputError("This is not an intake's folder; nothing was opened.")
    return open_service(folder, demo, passphrase_file, None)


def _open(file: Path, folder: Path, demo: bool, passphrase_file: Path | None) -> OpenedPackage:
    service = _intake(folder, demo, passphrase_file)
    try:
        return service.open(_read(file))
    finally:
        service.store.close()
