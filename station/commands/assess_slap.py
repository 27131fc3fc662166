"""`station assess slap FILES…`: which fingers are on a slap, where, of which hand, and how good each is."""

from __future__ import annotations

import json
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from biometrics.errors import BiometricsError
from biometrics.fingerprint.segmentation import SegmentedFinger, SlapSegmentation, segment_slap
from biometrics.positions import FingerPosition
from station.commands.prints import read_picture, write_picture
from station.errors import InputError


class Expected(StrEnum):
    """What the procedure asks for."""

    ANY = "any"
    RIGHT = "right"
    LEFT = "left"
    THUMBS = "thumbs"


_POSITIONS = {
    Expected.ANY: None,
    Expected.RIGHT: FingerPosition.RIGHT_FOUR,
    Expected.LEFT: FingerPosition.LEFT_FOUR,
    Expected.THUMBS: FingerPosition.TWO_THUMBS,
}


def command(
    files: Annotated[list[Path], typer.Argument(help="Slap pictures.")],
    *,
    expected: Annotated[Expected, typer.Option("--expected", help="The hand the procedure asks for.")] = Expected.ANY,
    missing: Annotated[
        list[int] | None, typer.Option("--missing", help="Finger code 1..10 declared missing; repeat.", min=1, max=10)
    ] = None,
    ppi: Annotated[int | None, typer.Option("--ppi", help="Resolution; default what the file says, else 500.")] = None,
    quality: Annotated[bool, typer.Option(help="Score each finger (NFIQ 2).")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw the boxes into this PNG (one file), or into this folder.")
    ] = None,
) -> None:
    """Find, label and score the fingers of slaps. Exit 1 when a file cannot be read or a slap holds an error."""
    declared = tuple(FingerPosition(code) for code in missing or ())
    failed = False
    for path in files:
        pixels, resolution = read_picture(path, ppi)
        start = time.perf_counter()
        try:
            found = segment_slap(pixels, _POSITIONS[expected], declared, resolution)
        except BiometricsError as error:
            raise InputError(f"{path.name}: {error}", code=error.reason_code) from error
        seconds = time.perf_counter() - start
        failed |= found.error is not None
        fingers = [_row(finger, _score(pixels, finger, resolution) if quality else None) for finger in found.fingers]
        row: dict[str, Any] = {"file": path.name, "hand": found.hand.name.lower() if found.hand else None}
        row |= {
            "hand_confidence": round(found.hand_confidence, 3),
            "fingers": fingers,
            "error": found.error,
            "seconds": round(seconds, 4),
        }
        if as_json:
            typer.echo(json.dumps(row))
        else:
            _say(row)
        if plot is not None:
            target = plot / f"{path.stem}.png" if plot.is_dir() else plot
            write_picture(target, _draw(pixels, found))
    if failed:
        raise typer.Exit(1)


def _row(finger: SegmentedFinger, score: int | None) -> dict[str, Any]:
    return {
        "position": finger.position.name.lower(),
        "centre": [round(finger.centre[0], 1), round(finger.centre[1], 1)],
        "width": round(finger.width, 1),
        "height": round(finger.height, 1),
        "angle_deg": round(finger.angle_deg, 1),
        "confidence": round(finger.confidence, 3),
        "quality": score,
    }


def _score(pixels: NDArray[np.uint8], finger: SegmentedFinger, ppi: int) -> int | None:
    from biometrics.fingerprint.quality import assess

    try:
        return assess(finger.crop(pixels), ppi).score
    except BiometricsError:
        return None


def _say(row: dict[str, Any]) -> None:
    hand = row["hand"] or "nothing"
    typer.echo(f"{row['file']}: {hand} ({row['hand_confidence']:.0%} sure){', ' + row['error'] if row['error'] else ''}")
    for finger in row["fingers"]:
        x, y = finger["centre"]
        score = "" if finger["quality"] is None else f"  quality {finger['quality']}"
        typer.echo(
            f"  {finger['position']:13s} at {x:6.0f},{y:6.0f}  {finger['width']:4.0f} x {finger['height']:4.0f} px  "
            f"{finger['angle_deg']:+5.1f} deg  {finger['confidence']:.0%}{score}"
        )


def _draw(pixels: NDArray[np.uint8], found: SlapSegmentation) -> NDArray[Any]:
    picture = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    for finger in found.fingers:
        corners = cv2.boxPoints((finger.centre, (finger.width, finger.height), finger.angle_deg))
        cv2.polylines(picture, [corners.astype(np.int32)], True, (40, 140, 30), 5, cv2.LINE_AA)
        at = round(finger.centre[0] - finger.width / 3), round(finger.centre[1])
        cv2.putText(picture, finger.position.name.split("_")[1], at, cv2.FONT_HERSHEY_SIMPLEX, 1.6, (200, 60, 20), 4, cv2.LINE_AA)
    return picture
