"""`station match A B`: two prints; `station match --all DIR --csv FILE`: every pair of a folder."""

from __future__ import annotations

import csv
import json
import sys
from itertools import combinations
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from biometrics.fingerprint.matching import Comparison, compare, draw_pairs, measured_down_to, threshold
from station.commands.prints import Print, print_files, read_print, write_picture
from station.errors import StorageError


def command(
    a: Annotated[
        Path | None, typer.Argument(help="First print: picture, ISO 19794-2 / ANSI 378 record or .eft template.")
    ] = None,
    b: Annotated[Path | None, typer.Argument(help="Second print.")] = None,
    *,
    every: Annotated[Path | None, typer.Option("--all", help="Compare every pair of this folder instead.")] = None,
    table: Annotated[
        Path | None, typer.Option("--csv", help="With --all: write a,b,score,fmr here (default: standard output).")
    ] = None,
    fmr: Annotated[float, typer.Option("--fmr", help="False-match rate of the decision.", min=1e-9, max=1.0)] = 1e-4,
    ppi: Annotated[
        int | None, typer.Option("--ppi", help="Resolution of the pictures; default what the files say, else 500.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw minutiae and pairs over the prints into this PNG.")] = None,
) -> None:
    """Compare two prints, or every pair of a folder. Exit 0 when compared, whatever the answer."""
    if every is not None:
        if a is not None or plot is not None:
            raise typer.BadParameter("--all takes a folder only: no second print, no --plot.")
        _all_pairs(every, table, ppi, as_json)
        return
    if a is None or b is None:
        raise typer.BadParameter("Give two prints, or --all DIR.")
    first, second = read_print(a, ppi), read_print(b, ppi)
    result = compare(first.template, second.template)
    line = threshold(fmr)
    if as_json:
        row = {**_row(first, second, result), "threshold": round(line, 3), "at_fmr": fmr, "match": result.score >= line}
        row |= {"pairs": [list(pair) for pair in result.pairs], "turn_deg": round(result.turn_deg, 1)}
        typer.echo(
            json.dumps(row | {"overlap_mm2": round(result.overlap_mm2, 1), "fmr_measured": result.fmr >= measured_down_to()})
        )
    else:
        word = "MATCH" if result.score >= line else "no match"
        kind = "measured" if result.fmr >= measured_down_to() else "extrapolated"
        typer.echo(f"{word}: score {result.score:.2f}, line {line:.2f} for a false-match rate of {fmr:g}")
        typer.echo(f"  different fingers score this high in {result.fmr:.1e} of comparisons ({kind})")
        typer.echo(
            f"  {len(first.template)} and {len(second.template)} minutiae, {len(result.pairs)} on each other, "
            f"turned by {result.turn_deg:.0f} degrees, {result.overlap_mm2:.0f} mm2 of ridges in common"
        )
    if plot is not None:
        write_picture(plot, draw_pairs((first.template, first.image), (second.template, second.image), result))


def _row(a: Print, b: Print, result: Comparison) -> dict[str, object]:
    return {"a": a.name, "b": b.name, "score": round(result.score, 4), "fmr": float(f"{result.fmr:.3e}")}


def _all_pairs(folder: Path, table: Path | None, ppi: int | None, as_json: bool) -> None:
    files = print_files(folder)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.speed}/s"),
        TimeRemainingColumn(),
    )
    try:
        with Progress(*columns, disable=not sys.stderr.isatty()) as progress:
            prints = [read_print(path, ppi) for path in progress.track(files, description="reading")]
            out = table.open("w", encoding="utf-8", newline="") if table is not None else None
            try:
                writer = csv.writer(out or sys.stdout)
                if not as_json or out is not None:
                    writer.writerow(("a", "b", "score", "fmr"))
                total = len(prints) * (len(prints) - 1) // 2
                for a, b in progress.track(combinations(prints, 2), total=total, description="comparing"):
                    row = _row(a, b, compare(a.template, b.template))
                    if not as_json or out is not None:
                        writer.writerow(row.values())
                    if as_json:
                        typer.echo(json.dumps(row))
            finally:
                if out is not None:
                    out.close()
    except OSError as error:
        raise StorageError("The table cannot be written; the prints are untouched.", code="csv-not-written") from error
