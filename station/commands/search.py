"""`station search PROBE --gallery DIR`: whose print is this?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from biometrics.fingerprint.matching import Gallery, draw_pairs, threshold
from station.commands.prints import print_files, read_print, write_picture


def command(
    probe: Annotated[Path, typer.Argument(help="The print to look for.")],
    *,
    gallery: Annotated[Path, typer.Option("--gallery", help="Folder of prints, or of a gallery written with --save.")],
    count: Annotated[int, typer.Option("--count", "-k", help="How many candidates to show.", min=1, max=1000)] = 10,
    fmr: Annotated[
        float, typer.Option("--fmr", help="False-match rate per comparison of the decision.", min=1e-9, max=1.0)
    ] = 1e-5,
    ppi: Annotated[
        int | None, typer.Option("--ppi", help="Resolution of the pictures; default what the files say, else 500.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write the gallery here for the next search (templates in the clear).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw the probe and the best candidate into this PNG.")] = None,
) -> None:
    """Search a print in a gallery: the best candidates, with the false-match rate of each comparison."""
    looked_for = read_print(probe, ppi)
    if (gallery / "gallery.json").is_file():
        people = Gallery.load(gallery)
    else:
        people = Gallery()
        for path in track(print_files(gallery), description="reading", disable=not sys.stderr.isatty()):
            people.add(path.name, read_print(path, ppi).template)
    if save is not None:
        people.save(save)
    hits = people.search(looked_for.template, count)
    line = threshold(fmr)
    for rank, hit in enumerate(hits, 1):
        found = hit.comparison.score >= line
        if as_json:
            row = {"probe": looked_for.name, "rank": rank, "name": hit.name, "score": round(hit.comparison.score, 4)}
            typer.echo(json.dumps(row | {"fmr": float(f"{hit.comparison.fmr:.3e}"), "match": found}, ensure_ascii=False))
        else:
            typer.echo(
                f"{rank:4d}  {hit.comparison.score:8.2f}  {hit.comparison.fmr:8.1e}  {'MATCH   ' if found else '        '}  {hit.name}"
            )
    if not hits and not as_json:
        typer.echo("No candidate: the probe has no minutiae, or the gallery is empty.")
    if plot is not None and hits:
        best = people.template(hits[0].name)
        picture = gallery / hits[0].name
        image = read_print(picture, ppi).image if picture.is_file() else None
        write_picture(plot, draw_pairs((looked_for.template, looked_for.image), (best, image), hits[0].comparison))
