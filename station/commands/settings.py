"""`station settings show|check`: what can be set, what is set, and what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from station.errors import InputError
from station.settings import DECLARED, MAX_FILE_BYTES, Settings, parse
from station.words import Language

app = typer.Typer(no_args_is_help=True, help="Show and check settings.")

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
