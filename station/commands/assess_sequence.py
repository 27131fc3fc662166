"""`station assess sequence DIR`: does every print of an enrollment belong to the finger it is filed under?"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import track

from biometrics.fingerprint.matching import Finding, KnownPeople, SequencePrint, check_sequence
from biometrics.positions import SINGLE_FINGERS, FingerPosition
from station.commands.prints import print_files, read_print
from station.errors import InputError
from station.words import say

_NAME: Final = re.compile(r"^(0[1-9]|10)[-_](plain|slap|rolled)", re.IGNORECASE)


def command(
    folder: Annotated[
        Path, typer.Argument(help="Folder of one enrollment: files 01-plain.png … 10-rolled.png (finger code, series).")
    ],
    *,
    known: Annotated[
        Path | None, typer.Option("--known", help="Folder with one such folder per person who must not turn up here.")
    ] = None,
    ppi: Annotated[
        int | None, typer.Option("--ppi", help="Resolution of the pictures; default what the files say, else 500.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Find swapped hands and fingers, one finger under two names, a rolled print that does not fit, and previous people.

    Exit code 1 when something was found.
    """
    prints = _prints(folder, ppi)
    people = KnownPeople()
    if known is not None:
        folders = sorted(path for path in known.iterdir() if path.is_dir()) if known.is_dir() else []
        if not folders:
            raise InputError(f"{known.name} holds no folders of people; nothing was compared.", code="folder-empty")
        for person in track(folders, description="reading", disable=not sys.stderr.isatty()):
            if person.resolve() != folder.resolve():
                for one in _prints(person, ppi):
                    people.add(person.name, one.position, one.template, one.key)
    findings = check_sequence(prints, people)
    for finding in findings:
        typer.echo(json.dumps(_row(finding), ensure_ascii=False) if as_json else _lines(finding))
    if not findings and not as_json:
        typer.echo(f"{len(prints)} prints of {len({p.position for p in prints})} fingers: no mix-up found.")
    if findings:
        raise typer.Exit(1)


def _prints(folder: Path, ppi: int | None) -> list[SequencePrint]:
    prints = []
    for path in print_files(folder):
        name = _NAME.match(path.name)
        if name is None:
            continue
        position = FingerPosition(int(name[1]))
        if position in SINGLE_FINGERS:
            prints.append(SequencePrint(path.name, position, name[2].lower() == "rolled", read_print(path, ppi).template))
    if not prints:
        raise InputError(f"{folder.name} holds no files named like 02-rolled.png; nothing was compared.", code="folder-empty")
    return prints


def _row(finding: Finding) -> dict[str, object]:
    return {
        "finding": finding.kind.value,
        "positions": [position.name for position in finding.positions],
        "person": finding.person,
        "log10_chance": round(finding.log10_chance, 2),
        "evidence": [
            {"first": e.first, "second": e.second, "score": round(e.score, 3), "fmr": float(f"{e.fmr:.3e}")}
            for e in finding.evidence
        ],
    }


def _lines(finding: Finding) -> str:
    head = say(f"finding-{finding.kind.value}") + ": " + ", ".join(position.name for position in finding.positions)
    head += f" ({finding.person})" if finding.person else ""
    return "\n".join([head, *(f"    {e.first}  {e.second}  score {e.score:.2f}  fmr {e.fmr:.1e}" for e in finding.evidence)])
