"""`station models list|import|remove`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from station.models import ModelStore
from station.portrait_packs import PortraitPacks

app = typer.Typer(no_args_is_help=True, help="List, import and remove model packs.")

JsonOption = Annotated[bool, typer.Option("--json", help="One object per line.")]


@app.command("list")
def list_models(as_json: JsonOption = False) -> None:
    """Which models are there: the official NFIQ 2 forest (after import), our own default, the portrait's packs."""
    for model in [*ModelStore().list(), *PortraitPacks().list()]:
        if as_json:
            typer.echo(json.dumps(asdict(model), ensure_ascii=False))
        else:
            typer.echo(f"{model.id:10s} {model.state:8s} {model.size / 1000:8.0f} kB  {model.name}")


@app.command("import")
def import_model(
    file: Annotated[
        Path, typer.Argument(help="nist_plain_tir-ink.yaml, .yaml.xz, NIST's .txt descriptor, or a portrait pack (.onnx).")
    ],
    as_json: JsonOption = False,
) -> None:
    """Import NIST's NFIQ 2 random forest, or a portrait pack. Each is recognised by its sha256 and kept in the models folder."""
    if file.suffix.lower() == ".onnx":
        packs = PortraitPacks()
        pack = packs.import_file(file)
        if as_json:
            typer.echo(json.dumps(asdict(pack), ensure_ascii=False))
        else:
            typer.echo(f"Imported {pack.name} ({pack.size / 1000:.0f} kB)\n{packs.licence(pack.id)[:400]}")
        return
    model = ModelStore().import_file(file)
    if as_json:
        typer.echo(json.dumps(asdict(model), ensure_ascii=False))
    else:
        typer.echo(f"Imported {model.name} ({model.size / 1000:.0f} kB compiled; NIST, public domain). Scores are NFIQ 2 now.")


@app.command()
def remove(model_id: Annotated[str, typer.Argument(metavar="ID", help="As shown by `station models list`.")]) -> None:
    """Remove an imported model; scores come from our own default again."""
    if model_id in {pack.id for pack in PortraitPacks().list()}:
        PortraitPacks().remove(model_id)
    else:
        ModelStore().remove(model_id)
    typer.echo(f"Removed {model_id}.")
