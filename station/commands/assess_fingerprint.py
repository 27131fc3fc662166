"""`station assess fingerprint DIR|FILES…`: one row per image with measures, score, reasons and time."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from station.errors import InputError
from station.files import RealFiles
from station.quality import (
    BatchOptions,
    Conformance,
    Row,
    assess_files,
    contact_sheet,
    csv_header,
    csv_line,
    find_images,
    histogram_png,
)
from station.quality.batch import read_print


def command(
    paths: Annotated[list[Path], typer.Argument(help="Image files (PNG, BMP, PGM, TIFF, JPEG, WSQ) or folders of them.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One object per line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table with every measure.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Processes.")] = 1,
    ppi: Annotated[
        int | None, typer.Option(help="Resolution of the images; default 500, or 1000 where the file says so.")
    ] = None,
    resample: Annotated[bool, typer.Option("--resample", help="Allow other resolutions; the change is recorded.")] = False,
    own_model: Annotated[bool, typer.Option("--own-model", help="Use our own model even where NIST's is imported.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Write a histogram of the scores (PNG).")] = None,
    sheet: Annotated[Path | None, typer.Option(help="Write a contact sheet of the prints with their reasons (PNG).")] = None,
    conformance: Annotated[
        Path | None, typer.Option(help="Compare with a reference table (CSV); exit 1 when it does not conform.")
    ] = None,
) -> None:
    """Judge fingerprints: NFIQ 2 measures (ISO/IEC 29794-4), quality blocks, score and reasons with their place.

    The score is NFIQ 2 only where NIST's model was imported (station models import); else it is our own model's, and says so.
    """
    if as_json and as_csv:
        raise typer.BadParameter("choose --json or --csv")
    files = find_images(paths)
    options = BatchOptions(ppi, resample, not own_model)
    reference = Conformance.load(conformance) if conformance else None
    rows: list[Row] = []
    if as_csv:
        typer.echo(",".join(csv_header()))
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    ) as progress:
        task = progress.add_task("assess", total=len(files), rate="")
        for row, digest in assess_files(files, options, jobs):
            if reference:
                reference.add(row, digest)
            if as_json:
                typer.echo(json.dumps(row))
            elif as_csv:
                typer.echo(csv_line(row))
            elif reference is None:
                typer.echo(_line(row))
            rows.append(row)
            speed = progress.tasks[task].speed
            progress.update(task, advance=1, rate=f"{speed:.1f}/s" if speed else "")
    if plot:
        scores = [row["score"] for row in rows if row["score"] is not None]
        models = sorted({row["model"] for row in rows if row["model"]})
        _write(plot, histogram_png(scores, len(rows) - len(scores), ", ".join(models) or "none"))
    if sheet:
        _write(sheet, _sheet(rows))
    if reference:
        typer.echo("\n".join(reference.lines()), err=as_json or as_csv)
        if not reference.conformant:
            raise typer.Exit(1)
    elif not (as_json or as_csv) and len(rows) > 1:
        typer.echo(_summary(rows))


def _line(row: Row) -> str:
    reasons = ", ".join(f"{r['code']} {r['confidence']:.2f}" for r in row["reasons"]) or "-"
    score = "  -" if row["score"] is None else f"{row['score']:3d}"
    error = f"  [{row['error']}]" if row["error"] else ""
    return f"{score}  {row['file']}  {reasons}{error}  {row['seconds'] * 1000:.0f} ms"


def _summary(rows: list[Row]) -> str:
    scores = [row["score"] for row in rows if row["score"] is not None]
    codes = Counter(r["code"] for row in rows for r in row["reasons"])
    mean = f"mean score {sum(scores) / len(scores):.1f}" if scores else "no score"
    models = ", ".join(sorted({row["model"] for row in rows if row["model"]})) or "no model"
    found = ", ".join(f"{code} {count}" for code, count in codes.most_common()) or "none"
    return f"{len(rows)} images, {len(scores)} scored, {mean} ({models}); reasons: {found}"


def _sheet(rows: list[Row]) -> bytes:
    cells = []
    for row in rows[:240]:
        try:
            image, _ = read_print(Path(row["file"]))
        except ValueError:
            continue
        boxes = [tuple(r["region"]) for r in row["reasons"] if r["region"]]
        lines = [f"{Path(row['file']).stem}  {row['score'] if row['score'] is not None else row['error']}"]
        lines += [f"{r['code']} {r['confidence']:.2f}" for r in row["reasons"]]
        cells.append((image, lines, boxes))
    return contact_sheet(cells)


def _write(path: Path, data: bytes) -> None:
    folder = path.parent if str(path.parent) else Path()
    if not folder.is_dir():
        raise InputError(f"The folder of {path.name} does not exist; the picture was not written.", code="output-folder")
    RealFiles(folder).write(path.name, data)
