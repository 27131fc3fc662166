"""`station settings show|check|export|compare|apply`: what can be set, what is set, what is wrong, and cloning thirty kits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from station.cloning import Change, applied, compare_settings, export_settings, read_export
from station.commands._opening import AsOperator, Data, Json, PassphraseFile, PinFile, line, opened
from station.errors import InputError
from station.keys import Permission
from station.settings import DECLARED, MAX_FILE_BYTES, Settings, parse, settings_in, store_settings
from station.words import Language, say

app = typer.Typer(no_args_is_help=True, help="Show and check settings; clone them to other kits.")

FileOption = Annotated[Path | None, typer.Option("--file", help="A settings file; without it the defaults are shown.")]


def read(path: Path | None) -> Settings:
    """Read a settings file from disk (bounded)."""
    if path is None:
        return Settings({})
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(f"{path.name} is larger than {MAX_FILE_BYTES} bytes; it was not read.", code="settings-size")
        return parse(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read; defaults hold. Check its name and rights.", code="settings-file"
        ) from error


@app.command()
def show(
    file: FileOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object per line.")] = False,
    english: Annotated[bool, typer.Option("--english", help="Help texts in English.")] = False,
) -> None:
    """Every setting: value, default, limits, what it means."""
    settings = read(file)
    language = Language.EN if english else Language.VI
    table = Table("setting", "value", "default", "limits", "meaning")
    for s in DECLARED:
        limits = " | ".join(s.choices) or (f"{s.low:g}–{s.high:g}" if s.low is not None and s.high is not None else "")
        limits = limits or (say(f"ui.settings.form.{s.form}", language) if s.form else "")
        if as_json:
            typer.echo(json.dumps({"name": s.name, "group": s.group, "value": settings[s.name], "default": s.default, "limits": limits,
                                   "legal": s.legal, "help": s.help(language)}, ensure_ascii=False))  # fmt: skip
        table.add_row(s.name, str(settings[s.name]), str(s.default), limits, s.help(language))
    if not as_json:
        Console().print(table)


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The settings file.")]) -> None:
    """Say everything that is wrong with a settings file; exit 1 when something is."""
    faults = read(file).faults
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{file.name}: every entry is known and within its limits.")


@app.command()
def export(
    to: Annotated[Path, typer.Argument(help="File to write, for example on a stick.")],
    data: Data = None, passphrase_file: PassphraseFile = None,
) -> None:  # fmt: skip
    """Write this kit's settings for other kits: only what differs from the defaults, never what is this kit's own."""
    from station.files import RealFiles

    with opened(data, passphrase_file) as station:
        text = export_settings(settings_in(station.files))
    RealFiles(to.resolve().parent).write(to.name, text.encode())
    typer.echo(f"{to.name}: {text.count(chr(10)) - 1} settings.")


@app.command()
def compare(
    file: Annotated[Path, typer.Argument(help="A file made by `station settings export`.")],
    data: Data = None, passphrase_file: PassphraseFile = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Say what differs between a file and this kit, and what applying it would do. Exit 1 when something would change."""
    theirs = read_export(file_bytes(file))
    with opened(data, passphrase_file) as station:
        rows = [r for r in compare_settings(settings_in(station.files), theirs) if r.change is not Change.SAME]
    for row in rows:
        text = f"{row.name}: {row.ours!r} -> {row.theirs!r}  ({say(row.change.value)})"
        line(as_json, text, name=row.name, ours=row.ours, theirs=row.theirs, change=row.change.value)
    if any(r.change is Change.CHANGES for r in rows):
        raise typer.Exit(1)


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="A file made by `station settings export`.")],
    data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Take over a file's settings; all or none. The number of the kit and what the law sets stay; each change stands in the journal."""
    theirs = read_export(file_bytes(file))
    with opened(data, passphrase_file, as_operator, pin_file, Permission.CHANGE_SETTINGS) as station:
        ours = settings_in(station.files)
        after = applied(ours, theirs)
        changed = store_settings(station.files, station.journal, ours, after, operator=station.operator, desk="cli")
    line(as_json, f"{len(changed)} settings changed: {', '.join(changed) or 'none'}.", changed=changed)


def file_bytes(path: Path) -> bytes:
    """Return the bytes of a settings file (bounded)."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(f"{path.name} is larger than {MAX_FILE_BYTES} bytes; it was not read.", code="settings-size")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read; nothing was changed. Check its name.", code="settings-file") from error
