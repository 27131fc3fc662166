"""Groups of commands whose members are imported when they run, for `station` itself and for groups inside it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from typing import Any

import typer
import typer.core
import typer.main

ROOMS = frozenset({"station", "devices", "biometrics", "ui"})


def lazy_group(title: str, table: Mapping[str, tuple[str, str]]) -> type[typer.core.TyperGroup]:
    """Return a group class over `table`: name -> (module with a Typer `app` or a function `command`, help line).

    A module that holds several commands is named with the attribute: ``"station.commands.x:other_app"``.
    """

    class LazyGroup(typer.core.TyperGroup):
        """Lists every command of the table that exists; imports one only to run it or to show its own help."""

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base class's signature
            return [name for name, (module, _) in table.items() if importlib.util.find_spec(module.partition(":")[0]) is not None]

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the base class's signature
            # Asked for help lists only: a name and a line suffice, nothing is imported.
            entry = table.get(cmd_name)
            return _placeholder(cmd_name, entry[1]) if entry and cmd_name in self.list_commands(None) else None

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            if args and args[0] in self.list_commands(ctx):
                return args[0], _load(title, args[0], *table[args[0]]), args[1:]
            return super().resolve_command(ctx, args)

    return LazyGroup


def _placeholder(name: str, help_line: str) -> Any:
    stub = typer.Typer()
    stub.command(name, help=help_line)(lambda: None)
    command = typer.main.get_command(stub)
    command.name = name
    return command


def _load(title: str, name: str, where: str, help_line: str) -> Any:
    module_name, _, attribute = where.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in ROOMS:
            raise
        sys.stderr.write(
            f"{title} {name}: '{error.name}' is not installed here; nothing was changed. "
            f"Install the extra that brings it (README, 'Install').\n"
        )
        raise SystemExit(1) from error
    application = getattr(module, attribute or "app", None)
    if not isinstance(application, typer.Typer):
        function = application or module.command
        application = typer.Typer()
        application.command(name)(function)
    command = typer.main.get_command(application)
    command.name = name
    command.help = command.help or help_line
    return command
