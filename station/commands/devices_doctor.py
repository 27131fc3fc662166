"""`station devices doctor`: what is missing on this machine, and the one line that mends it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from devices.permissions import udev_rules
from devices.permissions.doctor import Level, examine
from station.commands._device_options import EnglishOption, JsonOption, language
from station.words import say

_MARKS = {Level.OK: "✓", Level.HINT: "·", Level.MISSING: "✗"}


def command(
    udev: Annotated[bool, typer.Option("--udev", help="Print the udev rules file and nothing else.")] = False,
    english: EnglishOption = False,
    as_json: JsonOption = False,
) -> None:
    """Look at udev rules, groups, ports, cameras, libraries, the card service. Changes nothing. Exit 1 when something is missing."""
    if udev:
        typer.echo(udev_rules(), nl=False)
        return
    tongue = language(english)
    missing = False
    for found in examine():
        missing = missing or found.level is Level.MISSING
        words = say(found.code, tongue)
        if as_json:
            typer.echo(json.dumps({"code": found.code, "level": found.level.value, "subject": found.subject, "words": words, "mend": found.mend},
                                  ensure_ascii=False))  # fmt: skip
            continue
        typer.echo(f"{_MARKS[found.level]} {words}{': ' if found.subject else ''}{found.subject}")
        if found.mend:
            typer.echo(f"    {found.mend}")
    if missing:
        raise typer.Exit(1)
