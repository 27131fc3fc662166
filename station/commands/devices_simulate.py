"""`station devices simulate`: a simulated device on a real wire (pty, socket, pipe), for trying adapters and for support."""

from __future__ import annotations

import json
import signal
import threading
from typing import Annotated

import typer

from devices.simulated.table import FAMILIES, load_simulator, make_simulator
from station.commands._device_options import JsonOption


def command(
    family: Annotated[str, typer.Argument(help="Which family; without one they are listed.", show_default=False)] = "",
    profile: Annotated[str, typer.Option(help="Firmware profile it follows; default: the family's own.")] = "",
    fault: Annotated[
        list[str] | None, typer.Option(help="A fault to make on the wire; may be repeated.", show_default=False)
    ] = None,
    seconds: Annotated[float, typer.Option(min=0, help="Stop by itself after so long; 0: run until Ctrl-C.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Run a simulated device until Ctrl-C and print the address it answers at."""
    if not family:
        for name in sorted(FAMILIES):
            faults = ", ".join(load_simulator(name).FAULTS)
            typer.echo(json.dumps({"family": name, "faults": faults.split(", ")}) if as_json else f"{name:14s} faults: {faults}")
        return
    simulator = make_simulator(family, profile or None, tuple(fault or ()))
    ended = threading.Event()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    address = simulator.start()
    try:
        if as_json:
            typer.echo(json.dumps({"family": family, "profile": profile, "faults": list(fault or ()), "address": address}))
        else:
            typer.echo(f"{family} answers at {address}   (Ctrl-C ends it)")
        ended.wait(seconds or None)
    finally:
        simulator.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
