"""`station synthesize DIR`: synthetic prints with their truth, for tests, training and trials. No real person is in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.progress import track

from biometrics.fingerprint.synthesis import (
    ImpressionKind,
    ImpressionSettings,
    Person,
    Sensor,
    SyntheticPrint,
    SyntheticSlap,
    TrueMinutiae,
    impression,
    slap,
)
from biometrics.positions import SINGLE_FINGERS, SLAP_FINGERS
from station.commands.prints import write_picture
from station.errors import StorageError


def command(
    folder: Annotated[Path, typer.Argument(help="Folder to write into; one folder per person is made in it.")],
    *,
    people: Annotated[int, typer.Option("--people", "-n", help="How many people.", min=1, max=100_000)] = 1,
    seed: Annotated[int, typer.Option("--seed", help="The first person's seed; equal seeds are the same person.", min=0)] = 1,
    touches: Annotated[int, typer.Option("--touches", help="Touches of each finger and slap.", min=1, max=100)] = 1,
    slaps: Annotated[bool, typer.Option("--slaps", help="Also slaps of both hands and of the thumbs.")] = False,
    rolled: Annotated[bool, typer.Option("--rolled", help="Also rolled prints.")] = False,
    sensor: Annotated[Sensor, typer.Option("--sensor", help="What makes the pictures.")] = Sensor.OPTICAL,
    ppi: Annotated[int, typer.Option("--ppi", help="Resolution.", min=250, max=1000)] = 500,
    spread: Annotated[float, typer.Option("--spread", help="Variation of the touches: 0 none, 1 ordinary.", min=0, max=2)] = 1.0,
) -> None:
    """Write synthetic prints as PNG, each with a JSON file of its true minutiae and of the physics of the touch."""
    for number in track(range(people), description="growing"):
        person = Person.from_seed(seed + number)
        target = folder / f"person-{person.seed}"
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{folder.name} cannot be written; nothing was made.", code="folder-not-written") from error
        rng = np.random.default_rng([person.seed, 17])
        for touch in range(touches):
            tail = "" if touches == 1 else f"-{touch + 1}"
            for position in SINGLE_FINGERS:
                for kind in (ImpressionKind.PLAIN, ImpressionKind.ROLLED) if rolled else (ImpressionKind.PLAIN,):
                    settings = ImpressionSettings.natural(rng, spread=spread, kind=kind, sensor=sensor, ppi=ppi)
                    made = impression(person.finger(position), settings, touch)
                    _write(target / f"{int(position):02d}-{kind.value}{tail}", made, {"minutiae": _minutiae(made.truth)})
            for position in SLAP_FINGERS if slaps else ():
                settings = ImpressionSettings.natural(rng, spread=spread, sensor=sensor, ppi=ppi)
                hand = slap(person, position, settings, touch)
                fingers = [
                    {"position": int(f.position), "box": f.box, "angle_deg": f.oriented.angle_deg, "minutiae": _minutiae(f.truth)}
                    for f in hand.fingers
                ]
                _write(target / f"{int(position):02d}-slap{tail}", hand, {"fingers": fingers})


def _minutiae(truth: TrueMinutiae) -> list[list[float]]:
    """Return [x, y, ISO direction in degrees, type] per minutia."""
    columns = (truth.x, truth.y, np.rad2deg(truth.iso_direction), truth.kind)
    return [[round(float(x), 2), round(float(y), 2), round(float(d), 1), int(k)] for x, y, d, k in zip(*columns, strict=True)]


def _write(stem: Path, made: SyntheticPrint | SyntheticSlap, truth: dict[str, Any]) -> None:
    physics = made.faults
    about = {
        "simulated": True,
        "ppi": made.ppi,
        "sensor": physics.sensor.value,
        "kind": physics.kind.value,
        "pressure": round(physics.pressure, 3),
        "moisture": round(physics.moisture, 3),
        "rotation_deg": round(physics.rotation_deg, 2),
    }
    write_picture(stem.with_suffix(".png"), made.image)
    try:
        stem.with_suffix(".json").write_text(json.dumps(about | truth), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{stem.name}.json cannot be written.", code="folder-not-written") from error
