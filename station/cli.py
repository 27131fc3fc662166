"""The `station` command: a table of sub-commands, each imported only when it is used.

`station --help` must answer in a blink and a missing optional part (Qt, PC/SC, PostgreSQL) may only break the command that
needs it; so the table holds strings, and a missing library becomes one sentence with exit code 1.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from station.lazy import lazy_group

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    # name: (module with a Typer called `app` or a function called `command`, the help line)
    "demo": ("station.commands.demo", "Demo station with simulated devices (window, or --headless)."),
    "enroll": ("station.commands.enroll", "Enroll one citizen from a folder of real files, without a window."),
    "assess": ("station.commands.assess", "Quality of fingerprints, slaps and portraits, with reasons."),
    "match": ("station.commands.match", "Compare two prints, or every pair of a folder."),
    "search": ("station.commands.search", "Search a print in a gallery."),
    "synthesize": ("station.commands.synthesize", "Write synthetic prints and slaps with their truth."),
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
    "bindings": ("station.commands.bindings", "Which key does what at this desk: show, change, swap."),
    "languages": ("station.commands.languages", "Languages of the applicant's screen."),
    "tones": ("station.commands.tones", "Hear the signals of a desk."),
    "screenshots": ("station.commands.screenshots", "Write every screen and state as PNG."),
}


app = typer.Typer(
    cls=lazy_group("station", COMMANDS),
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with values could show personal data
    invoke_without_command=True,
    help="Biometric enrollment station. Without a command it opens the desktop.",
)


@app.callback()
def root(
    context: typer.Context,
    data: Annotated[Path | None, typer.Option("--data", envvar="STATION_DATA", show_default=False,
                                              help="Open the desktop on the real station of this folder (made by 'station keys init').")] = None,
) -> None:  # fmt: skip
    """Biometric enrollment station. Without a command it opens the desktop: on the station of --data, else with the demo offered."""
    if context.invoked_subcommand is None:
        # Qt is reached through a string so that no room below `ui` imports it.
        raise SystemExit(importlib.import_module("ui.main").run(["--data", str(data)] if data is not None else []))


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point. A `StationError` ends as one sentence and exit code 1; wrong use as exit code 2."""
    # OpenCV's own warnings about damaged pictures are not for people: our errors say it in one sentence.
    os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
    from station.errors import EXPECTED_ERRORS, sentence

    try:
        app(args=list(argv) if argv is not None else None, prog_name="station")
    except EXPECTED_ERRORS as error:
        sys.stderr.write(sentence(error) + "\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
