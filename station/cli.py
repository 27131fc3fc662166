"""The `station` command: a table of sub-commands, each imported only when it is used.

`station --help` must answer in a blink and a missing optional part (Qt, PC/SC, PostgreSQL) may only break the command that
needs it; so the table holds strings, and a missing library becomes one sentence with exit code 1.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any, Final

import typer
import typer.core
import typer.main

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    # name: (module with a Typer called `app` or a function called `command`, the help line)
    "demo": ("station.commands.demo", "Demo station with simulated devices (window, or --headless)."),
    "enroll": ("station.commands.enroll", "Enroll one citizen from a folder of real files, without a window."),
    "assess": ("station.commands.assess", "Quality of fingerprints, slaps and portraits, with reasons."),
    "match": ("station.commands.match", "Compare two prints, or every pair of a folder."),
    "search": ("station.commands.search", "Search a print in a gallery."),
    "devices": ("station.commands.devices", "List, probe, test, calibrate and simulate devices."),
    "card": ("station.commands.card", "Read, verify and simulate chip cards."),
    "models": ("station.commands.models", "List, import and remove model packs."),
    "package": ("station.commands.package", "Inspect, verify, open and export packages."),
    "queue": ("station.commands.queue", "What waits to be sent; upload, export, receipts."),
    "intake": ("station.commands.intake", "The reference intake server."),
    "keys": ("station.commands.keys", "Keys, trust stores, enrolment of this station."),
    "operators": ("station.commands.operators", "Operator accounts and roles."),
    "journal": ("station.commands.journal", "Back up, restore, check and purge the journal."),
    "audit": ("station.commands.audit", "Show and verify the audit log."),
    "dossier": ("station.commands.dossier", "Find, show, correct and print dossiers."),
    "population": ("station.commands.population", "Look up people; run the population simulator."),
    "cards": ("station.commands.cards", "Cards from the centre: check in and hand over."),
    "settings": ("station.commands.settings", "Show and check settings."),
    "screenshots": ("station.commands.screenshots", "Write every screen and state as PNG."),
}


class LazyCommands(typer.core.TyperGroup):
    """A group whose members are imported when they run; the list and its help lines come from `COMMANDS`."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base class's signature
        return [name for name, (module, _) in COMMANDS.items() if _exists(module)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        entry = COMMANDS.get(cmd_name)
        if entry is None or not _exists(entry[0]):
            return None
        if ctx.resilient_parsing or "--help" in sys.argv[1:2]:
            return _placeholder(cmd_name, entry[1])
        return load(cmd_name)


def _exists(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _placeholder(name: str, help_line: str) -> Any:
    stub = typer.Typer()
    stub.command(name, help=help_line)(lambda: None)
    command = typer.main.get_command(stub)
    command.name = name
    return command


def load(name: str) -> Any:
    """Return the click command `name`, imported now.

    Raises:
        SystemExit: 1 with one sentence when a library that this command needs is not installed.
    """
    module_name, help_line = COMMANDS[name]
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in {"station", "devices", "biometrics", "ui"}:
            raise
        sys.stderr.write(
            f"station {name}: '{error.name}' is not installed here; nothing was changed. "
            f"Install the extra that brings it (README, 'Install').\n"
        )
        raise SystemExit(1) from error
    application = getattr(module, "app", None)
    if application is None:
        application = typer.Typer()
        application.command(name)(module.command)
    command = typer.main.get_command(application)
    command.name = name
    command.help = command.help or help_line
    return command


app = typer.Typer(
    cls=LazyCommands,
    no_args_is_help=False,
    add_completion=False,
    invoke_without_command=True,
    help="Biometric enrollment station. Without a command it opens the desktop.",
)


@app.callback()
def root(context: typer.Context) -> None:
    """Biometric enrollment station. Without a command it opens the desktop."""
    if context.invoked_subcommand is None:
        # Qt is reached through a string so that no room below `ui` imports it.
        raise SystemExit(importlib.import_module("ui.main").run([]))


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point. A `StationError` ends as one sentence and exit code 1; wrong use as exit code 2."""
    from station.errors import EXPECTED_ERRORS, sentence

    try:
        app(args=list(argv) if argv is not None else None, prog_name="station")
    except EXPECTED_ERRORS as error:
        sys.stderr.write(sentence(error) + "\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
