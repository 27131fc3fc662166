"""`station devices …`: a table of sub-commands, each imported only when it runs (calibration brings plots, simulators bring sockets)."""

from __future__ import annotations

from typing import Final

import typer

from station.lazy import lazy_group

SUBCOMMANDS: Final[dict[str, tuple[str, str]]] = {
    "list": (
        "station.commands.devices_list",
        "Each device: what it can do, serial, firmware, certificate, its error in its row.",
    ),
    "probe": ("station.commands.devices_probe", "Ask every port what is there; switches nothing on."),
    "selftest": ("station.commands.devices_selftest", "What was asked, what was answered, how long it took."),
    "dump": ("station.commands.devices_dump", "Everything a bug report needs; no pictures, nothing personal."),
    "doctor": ("station.commands.devices_doctor", "What is missing on this machine, and the line that mends it."),
    "profiles": ("station.commands.devices_profiles", "The firmware profiles; show one; check a site's own."),
    "picture": ("station.commands.devices_picture", "One picture from a scanner into a PNG, with progress; no dossier."),
    "simulate": ("station.commands.devices_simulate", "Run a simulated device on a real wire until Ctrl-C."),
    "calibrate": ("station.commands.devices_calibrate", "Measure a device against the limits; ends in a certificate."),
    "certificate": ("station.commands.devices_calibrate:certificate", "Show, verify and print calibration certificates."),
}

app = typer.Typer(
    cls=lazy_group("station devices", SUBCOMMANDS),
    no_args_is_help=True,
    help="List, probe, test, calibrate and simulate devices.",
)


@app.callback()
def root() -> None:
    """List, probe, test, calibrate and simulate devices."""
