"""`station screenshots`: every screen and state as PNG, from the running program with simulated devices and invented people."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Annotated

import typer


def command(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Where the pictures go.")],
    only: Annotated[str, typer.Option(help="Only states whose name begins so, for example s12.")] = "",
    language: Annotated[str, typer.Option(help="vi, vi+en or en.")] = "vi+en",
    docs: Annotated[bool, typer.Option("--docs", help="Only the few small pictures of the guides.")] = False,
) -> None:
    """Write every screen and every state, light, dark and in large mode. Exit 1 when a state could not be reached (index.txt names it)."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        # Qt is reached through a string so that no room below `ui` imports it.
        run = importlib.import_module("ui.screenshots").run
    except ImportError as error:
        typer.echo("Pictures of the window need its libraries: pip install 'enrollment-station[desktop]'.", err=True)
        raise typer.Exit(1) from error
    missed = run(out, say=lambda text: typer.echo(text, err=True), only=only, language=language, docs=docs)
    if missed:
        raise typer.Exit(1)
