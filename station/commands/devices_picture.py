"""`station devices picture`: one picture from a scanner into a file, for bringing a module up. No dossier, no journal."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from biometrics.formats.raster import write_png
from devices.contract import CaptureRequest, RawCapture, Scanner
from devices.errors import DeviceNotFoundError
from station.commands._device_options import DataOption, DeviceOption, EnglishOption, JsonOption, language, room
from station.files import RealFiles
from station.words import say


def command(
    out: Annotated[Path, typer.Option(help="PNG file to write; it holds a fingerprint: delete it when the module works.")],
    name: Annotated[
        str,
        typer.Argument(
            metavar="[DEVICE]", help="As shown by `station devices list`; without it the first scanner.", show_default=False
        ),
    ] = "",
    seconds: Annotated[float, typer.Option(min=1, max=600, help="How long to wait for a finger and its picture.")] = 30.0,
    data: DataOption = None,
    device: DeviceOption = None,
    english: EnglishOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take one picture from a scanner, with progress, and write it as PNG. For technicians: it enters no dossier."""
    tongue = language(english)
    rows = [r for r in room(data, device).rows() if isinstance(r.device, Scanner) and name in ("", r.info.device_id)]
    if not rows:
        raise DeviceNotFoundError("No scanner of that name is here; nothing was taken. `station devices list` shows them.")
    scanner = rows[0].device
    assert isinstance(scanner, Scanner)
    if not as_json:
        typer.echo(say("picture-lay-finger", tongue))
    with scanner:
        scanner.prepare(CaptureRequest())
        taken = _with_progress(scanner, CaptureRequest(deadline_s=seconds), silent=as_json)
    image = taken.images[0]
    # The grey levels are written as the device gave them; a picture of more than 8 bits keeps its upper ones here.
    pixels = image.pixels if image.pixels.dtype == np.uint8 else (image.pixels >> (image.bits - 8)).astype(np.uint8)
    RealFiles(out.resolve().parent).write(out.name, write_png(np.asarray(pixels, np.uint8), image.ppi))
    facts = {"file": out.name, "width": int(pixels.shape[1]), "height": int(pixels.shape[0]), "bits": image.bits, "ppi": image.ppi,
             "levels": len(np.unique(pixels)), "profile": taken.identity.profile, "source": taken.source.value}  # fmt: skip
    typer.echo(json.dumps(facts) if as_json else f"{out.name}: " + "  ".join(f"{k} {v}" for k, v in facts.items() if k != "file"))


def _with_progress(scanner: Scanner, request: CaptureRequest, *, silent: bool) -> RawCapture:
    """Capture with a bar where the device tells its progress."""
    if silent or not hasattr(scanner, "progress") or not sys.stderr.isatty():
        return scanner.capture(request)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(scanner.device_id, total=None)
        scanner.progress = lambda done, total: bar.update(task, completed=done, total=total)
        try:
            return scanner.capture(request)
        finally:
            scanner.progress = None
