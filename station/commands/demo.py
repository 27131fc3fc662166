"""`station demo`: the demo station with simulated devices and its own intake; a window, or `--headless`."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from station.errors import StationError


def command(
    *,
    headless: Annotated[
        bool, typer.Option("--headless", help="No window: enroll, send, verify receipts, print a line each.")
    ] = False,
    count: Annotated[int, typer.Option(min=1, max=1000, help="How many citizens (headless).")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Which invented people.")] = 7,
    folder: Annotated[
        Path | None, typer.Option(help="Keep the demo here and go on where it was; default: a folder that is removed.")
    ] = None,
    procedure: Annotated[str, typer.Option(help="The procedure to follow.")] = "vn-60-2021",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line (headless).")] = False,
) -> None:
    """Enroll invented citizens with simulated devices against a demo intake on this machine; everything is marked DEMO."""
    with _kept(folder) as place:
        if headless:
            run_headless(place, count=count, seed=seed, procedure=procedure, as_json=as_json)
            return
        if _no_display():
            typer.echo(
                "There is no display here: this is the same enrollment without a window (./run demo --headless).", err=True
            )
            run_headless(place, count=count, seed=seed, procedure=procedure, as_json=as_json)
            return
        import importlib

        raise SystemExit(
            importlib.import_module("ui.main").run(
                ["--demo", "--folder", str(place), "--seed", str(seed), "--procedure", procedure]
            )
        )


def _no_display() -> bool:
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    return (
        sys.platform.startswith("linux")
        and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        and chosen in {"", "offscreen"}
    )


@contextlib.contextmanager
def _kept(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StationError(
                "The folder cannot be made; nothing was started. Choose another with --folder.", code="folder"
            ) from error
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="station-demo-") as made:
        yield Path(made)


def run_headless(folder: Path, *, count: int, seed: int, procedure: str, as_json: bool) -> None:
    """Enroll `count` invented citizens, send their packages, verify the receipts; goes on after any kill when `folder` is kept.

    Raises:
        StationError, DeviceError: with a sentence each; what was saved stays.
    """
    from station.chip_demo import read_demo_card
    from station.clock import ManualClock
    from station.demo import call_person, demo_citizens, demo_devices, demo_population, open_demo_station, person_seed
    from station.demo_intake import DemoIntake
    from station.dossier.findings import FINDING
    from station.enrolling import Enroller
    from station.errors import ProcedureError
    from station.headless import capture_event, finish, printer, send_all

    say = printer(as_json)
    # Dwell times run on the injected clock: a headless demo waits for nobody.
    clock = ManualClock()
    station = open_demo_station(folder / "station", clock=clock)
    scanner, camera = demo_devices(clock)
    try:
        newest = max((d.last_at for d in station.journal.dossiers()), default=None)
        if newest is not None and newest > clock.now():
            clock.jump(newest)
        population = demo_population(seed, count)
        enroller = Enroller(station, scanner, camera, on_capture=lambda line: say(capture_event(line)))
        with DemoIntake(folder / "intake") as intake:
            carrier = intake.connect(station)
            packages = []
            order, without = station.steps_here(iris=False)
            by_ticket = {s.ticket: s.id for s in station.book.states()}
            for number, citizen in enumerate(demo_citizens(population, count)):
                call_person(scanner, camera, person_seed(seed, citizen))
                ticket = f"{seed}-{number + 1}"
                dossier = by_ticket.get(ticket) or station.book.open_dossier(
                    procedure, ticket=ticket, kind=citizen.kind, order=order, without=without
                )
                if not station.book.state(dossier).sealed:
                    enroller.declare(dossier, citizen.declared)
                    enroller.look_up(dossier, population)
                    if (card := read_demo_card(station, dossier, citizen)) is not None:
                        say({"event": "card", "dossier": dossier, "code": card.code, "access": card.access,
                             "milliseconds": round(card.timings_ms["done"])})  # fmt: skip
                try:
                    packages.append(finish(station, enroller, dossier, say).package_id)
                except ProcedureError as error:
                    if error.details.get("first") != FINDING:
                        raise
                    # A person must judge these fingers; the dossier waits, and the next citizen comes.
                    say({"event": "held", "dossier": dossier, "code": FINDING})
            send_all(station, carrier, packages, say)
            carrier.close()
    finally:
        # Fingers may still be growing on a thread of their own: nothing of ours outlives this function.
        scanner.close()
        camera.close()
        station.close()
