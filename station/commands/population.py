"""`station population`: look people up; the simulator; the HTTP service; offline lists; unit tables."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from station.commands._opening import AsOperator, Data, Json, PassphraseFile, PinFile, line, opened
from station.errors import InputError
from station.keys import Permission

app = typer.Typer(no_args_is_help=True, help="Look up people; run the population simulator.")
Seed = Annotated[int, typer.Option(help="Same seed, same people.")]
Size = Annotated[int, typer.Option(min=1, max=1_000_000, help="How many synthetic people.")]
Faults = Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of people with one planted data fault.")]


@app.command()
def people(count: Annotated[int, typer.Option(min=1, max=100_000)] = 10, seed: Seed = 1, size: Size = 100_000, faults: Faults = 0.0,
           as_json: Json = False) -> None:  # fmt: skip
    """Show synthetic people (all invented): what each source says, and the planted faults."""
    from station.population import SyntheticPopulation

    population = SyntheticPopulation(seed, size, fault_share=faults)
    for index in range(min(count, size)):
        citizen = population.citizen(index)
        planted = ",".join(f"{f.code}:{f.field}:{f.variant}" for f in citizen.faults)
        line(as_json, f"{citizen.personal_no or '-':12s}  {citizen.full_name:32s} {citizen.declared.get('dob', ''):10s} {citizen.kind:9s} {planted}",
             index=index, kind=citizen.kind, declared=dict(citizen.declared), chip=dict(citizen.chip) if citizen.chip else None,
             papers=dict(citizen.papers), faults=planted.split(",") if planted else [])  # fmt: skip


@app.command()
def look(text: Annotated[str, typer.Argument(help="12-digit number, 9-digit number, or a name.")],
         birth: Annotated[str, typer.Option(help="Date of birth, as far as known.")] = "",
         parent: Annotated[list[str] | None, typer.Option(help="Name of a parent (may be repeated).")] = None,
         register: Annotated[str, typer.Option(help="Address of a register service; without it the simulator is asked.")] = "",
         token: Annotated[str, typer.Option(envvar="STATION_REGISTER_TOKEN", help="Token of the service.")] = "",
         seed: Seed = 1, size: Size = 100_000, as_json: Json = False) -> None:  # fmt: skip
    """Look somebody up. Exit 1 when nobody fits."""
    from station.population import NameQuery, SyntheticPopulation
    from station.population.http import HttpPopulation
    from station.vietnam.dates import parse_date

    with closing(HttpPopulation(register or "http://127.0.0.1:9", token)) as client:
        population = client if register else SyntheticPopulation(seed, size)
        digits = "".join(c for c in text if c not in " .-")
        if digits.isdigit() and len(digits) == 12:
            answer = population.by_number(digits)
        elif digits.isdigit() and len(digits) == 9:
            answer = population.by_old_number(digits)
        else:
            answer = population.by_name(NameQuery(text, parse_date(birth) if birth else None, tuple(parent or ())))
    for position, record in enumerate(answer.records):
        score = answer.scores[position] if position < len(answer.scores) else 1.0
        line(as_json, f"{record.personal_no}  {record.fields.get('full_name', ''):32s} {record.fields.get('dob', ''):10s} {record.status.value:10s} {score:.2f}",
             number=record.personal_no, fields=dict(record.fields), status=record.status.value, score=score, source=answer.source)  # fmt: skip
    if not answer.records:
        typer.echo("Nobody fits; nothing was changed. Check the number, or search by name and year of birth.", err=True)
        raise typer.Exit(1)


@app.command()
def serve(port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1 (0: any free one).")] = 8765, seed: Seed = 1, size: Size = 100_000,
          faults: Faults = 0.12, token: Annotated[str, typer.Option(envvar="STATION_REGISTER_TOKEN", help="Bearer token clients must show.")] = "") -> None:  # fmt: skip
    """Serve the simulator over HTTP on this machine only, until Ctrl-C."""
    import socket

    import uvicorn

    from station.population import SyntheticPopulation
    from station.population.http import service

    population = SyntheticPopulation(seed, size, fault_share=faults)
    population.by_number("000000000000")  # builds the index before the port opens
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise InputError(
            f"Port {port} is in use; nothing was started. Choose another with --port.", code="port-in-use"
        ) from error
    with listening:
        typer.echo(f"Synthetic register of {size} people on http://127.0.0.1:{listening.getsockname()[1]}")
        uvicorn.Server(uvicorn.Config(service(population, token), log_level="warning", lifespan="off")).run(sockets=[listening])


@app.command("list")
def list_(to: Annotated[Path, typer.Option("--to", help="File to write.")], name: Annotated[str, typer.Option(help="Name of the list (hamlet, day).")],
          from_json: Annotated[Path | None, typer.Option("--from", help="JSON lines of records (number, fields, status); without it synthetic people.")] = None,
          count: Annotated[int, typer.Option(min=1, max=20_000)] = 200, seed: Seed = 1, data: Data = None,
          passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Write an encrypted offline list for this station."""
    from station.population import SyntheticPopulation
    from station.population.offline import list_key, write_list
    from station.population.wire import record_from_plain

    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        if from_json is not None:
            try:
                lines = from_json.read_text("utf-8").splitlines()
                records = [record_from_plain(json.loads(text)) for text in lines if text.strip()]
            except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
                raise InputError(
                    f"{from_json.name} is not a file of JSON lines; nothing was written.", code="population-format"
                ) from error
        else:
            records = [c.register for c in map(SyntheticPopulation(seed, count).citizen, range(count)) if c.register is not None]
        sealed = write_list(name, station.clock.now().date().isoformat(), records, list_key(station.keys.journal_key))
        try:
            to.write_bytes(sealed)
        except OSError as error:
            raise InputError(f"{to.name} cannot be written; nothing was lost. Choose another place.", code="file") from error
        typer.echo(f"{len(records)} people, {len(sealed)} bytes, readable by this station only")


@app.command()
def units(file: Annotated[Path | None, typer.Argument(help="A site's CSV to check; without it the shipped tables.")] = None,
          code: Annotated[str, typer.Option(help="Show what this code named over time.")] = "", as_json: Json = False) -> None:  # fmt: skip
    """Check a table of administrative units, or show what a code meant on which days."""
    from station.vietnam.units import default_units, read_units

    if file is not None:
        try:
            table = read_units(file.read_bytes())
        except OSError as error:
            raise InputError(f"{file.name} cannot be read; the present table stays.", code="file") from error
    else:
        table = default_units()
    for unit in table.all():
        if code and unit.code != code:
            continue
        if code or as_json:
            line(as_json, f"{unit.code}  {unit.name}  {unit.level.value}  {unit.valid_from} – {unit.valid_to or ''}  → {' '.join(unit.successors)}",
                 code=unit.code, name=unit.name, level=unit.level.value, valid_from=unit.valid_from, valid_to=unit.valid_to,
                 successors=list(unit.successors))  # fmt: skip
    if not code and not as_json:
        typer.echo(f"{len(table)} units, readable")
