"""`station card read|verify|simulate|readers`: read a citizen's chip, judge it, judge it again later, stand in for one."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from devices import mrz
from devices.barcode import parse_qr
from devices.contract import CardReader, Source
from devices.emrtd.access import AccessKey
from devices.emrtd.reading import ChipReading
from devices.errors import DeviceNotFoundError, DeviceUnpluggedError
from devices.holder import Holder
from station.chip import SIMULATED_AUTHORITY, ChipReport, csca_store, evidence, load_evidence, report
from station.clock import SystemClock
from station.errors import InputError
from station.files import RealFiles
from station.vietnam.comparison import Relation
from station.words import Language, say

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Read, verify and simulate chip cards.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]
Trust = Annotated[
    Path | None, typer.Option("--trust", help="Folder with country signing certificates, master lists, revocation lists.")
]
English = Annotated[bool, typer.Option("--english", help="Words in English.")]
At = Annotated[str | None, typer.Option("--at", help="Judge as of this moment (ISO date), default now.")]


@app.command()
def read(
    reader: Annotated[
        str, typer.Option("--reader", help="`simulated`, or a part of a PC/SC reader's name (default: the first).")
    ] = "",
    can: Annotated[str | None, typer.Option("--can", help="Six digits; `-` asks for them without showing.")] = None,
    qr: Annotated[str | None, typer.Option("--qr", help="Text of the QR code; `-` takes one line from standard input.")] = None,
    zone: Annotated[
        str | None, typer.Option("--mrz", help="The three lines of the back; `-` takes them from standard input.")
    ] = None,
    number: Annotated[str | None, typer.Option("--number", help="The 12-digit personal number; `-` asks for it.")] = None,
    *,
    save: Annotated[Path | None, typer.Option("--save", help="Keep the raw files and the proof in this (new) folder.")] = None,
    trust: Trust = None,
    at: At = None,
    wait_s: Annotated[float, typer.Option("--wait", help="Seconds to wait for a card.", min=0)] = 20.0,
    fault: Annotated[
        list[str] | None, typer.Option("--fault", help="With --reader simulated: a fault switch (repeatable).")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="With --reader simulated: which synthetic citizen.")] = 1,
    slow: Annotated[bool, typer.Option("--slow", help="With --reader simulated: as slow as a real card.")] = False,
    show_trace: Annotated[bool, typer.Option("--trace", help="For technicians: headers, lengths, statuses; no data.")] = False,
    as_json: Json = False,
    english: English = False,
) -> None:
    """Read the card on the reader. Exit 0 when verified or without a trust anchor, 1 when something contradicts."""
    when = _moment(at)
    device, extra, hint = _reader(reader, fault or (), seed, slow=slow)
    key, known = _key(can=can, qr=qr, zone=zone, number=number, hint=hint)
    store = csca_store(trust, extra)
    progress = Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
                        console=Console(stderr=True), transient=True, disable=as_json or not sys.stderr.isatty())  # fmt: skip
    with device, progress:
        if not device.wait_for_card(wait_s):
            raise DeviceNotFoundError(
                "No card was put down; nothing was read. Put it on the reader and try again.", code="card-absent"
            )
        task = progress.add_task("DG", total=None)
        reading = ChipReading(
            key, on_progress=lambda p: progress.update(task, description=p.file, completed=p.done, total=p.total)
        )
        try:
            data = reading.run(device.connect)
        except DeviceUnpluggedError:
            # Once more when the card comes back: the reading goes on where it stopped.
            if not device.wait_for_card(wait_s):
                raise
            data = reading.run(device.connect)
    source = device.describe().source
    result = report(data, store, when, source=source, known=known)
    if save is not None:
        files = RealFiles(save)
        for name, content in evidence(data, source, when).items():
            files.write(name, content)
        for content in extra:
            files.write(SIMULATED_AUTHORITY, content)
    _show(result, as_json=as_json, language=_language(english=english))
    if show_trace and reading.session is not None:
        for line in reading.session.trace:
            typer.echo(f"{line.header} {line.sent:5d} > {line.received:5d} {line.sw:04X} {line.took_ms:7.1f} ms", err=True)
    raise typer.Exit(1 if result.verdict.answer.value == "broken" else 0)


@app.command()
def verify(folder: Path, *, trust: Trust = None, at: At = None, as_json: Json = False, english: English = False) -> None:
    """Judge a saved reading again (`read --save DIR`), with the certificates of today. Exit 1 when something contradicts."""
    data, source = load_evidence(folder)
    # A simulated card is judged under its own test state, and stays marked as simulated whatever comes of it.
    own = folder / SIMULATED_AUTHORITY
    extra = (own.read_bytes(),) if source is Source.SIMULATED and own.is_file() else ()
    result = report(data, csca_store(trust, extra), _moment(at), source=source)
    _show(result, as_json=as_json, language=_language(english=english))
    raise typer.Exit(1 if result.verdict.answer.value == "broken" else 0)


@app.command()
def readers(*, as_json: Json = False) -> None:
    """List the PC/SC readers, or say why there is none."""
    from devices.pcsc import PcscReader

    for device in PcscReader.discover({}):
        row = device.describe()
        if as_json:
            typer.echo(json.dumps({"id": row.device_id, "card": row.details.get("card"), "error": row.error_code}))
        else:
            typer.echo(f"{row.device_id}  card: {row.details.get('card', '?')}  {row.error}")


@app.command()
def simulate(
    fault: Annotated[list[str] | None, typer.Option("--fault", help="A fault switch (repeatable); `list` names them.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Which synthetic citizen.")] = 1,
    port: Annotated[int, typer.Option("--port", help="Port of the vpcd driver (second slot: one more).")] = 0x8C7B,
    slow: Annotated[bool, typer.Option("--slow", help="As slow as a real card.")] = False,
    authority: Annotated[
        Path | None, typer.Option("--authority", help="Write the test state's certificate into this folder.")
    ] = None,
) -> None:
    """Put a simulated card into the virtual reader (vpcd) of a real pcscd; only inside a private network namespace."""
    from devices.simulated.card import Chip
    from devices.simulated.card_authority import test_authority
    from devices.simulated.card_faults import Fault
    from devices.simulated.card_issue import personalise, synthetic_citizen
    from devices.simulated.card_reader import NO_LATENCY, Latency
    from devices.simulated.card_vpcd import VpcdCard

    if fault == ["list"]:
        for switch in Fault:
            typer.echo(switch.value)
        return
    made = personalise(synthetic_citizen(seed), faults=_faults(fault or ()))
    card = VpcdCard(Chip(made), port, Latency() if slow else NO_LATENCY)
    card.insert()
    if authority is not None:
        RealFiles(authority).write("csca-simulated.der", test_authority().der)
    # A synthetic person's number is no secret: it is what opens this card.
    typer.echo(f"Simulated card in the virtual reader (port {port}); number {made.citizen.number}. Ctrl-C takes it off.")
    sys.stdout.flush()
    try:
        card.wait()
    except KeyboardInterrupt:
        card.remove()


@dataclass(frozen=True, slots=True)
class _Hint:
    """What opens the simulated card when nothing is given."""

    number: str


def _reader(name: str, fault: Sequence[str], seed: int, *, slow: bool) -> tuple[CardReader, tuple[bytes, ...], _Hint | None]:
    if name == "simulated":
        from devices.simulated.card import Chip
        from devices.simulated.card_authority import test_authority
        from devices.simulated.card_issue import personalise, synthetic_citizen
        from devices.simulated.card_reader import NO_LATENCY, Latency, SimulatedCardReader

        made = personalise(synthetic_citizen(seed), faults=_faults(fault))
        latency = Latency() if slow else NO_LATENCY
        return SimulatedCardReader(chip=Chip(made), latency=latency), (test_authority().der,), _Hint(made.citizen.number)
    if fault:
        raise typer.BadParameter("--fault goes with --reader simulated.")
    from devices.pcsc import PcscReader

    found: list[Any] = list(PcscReader.discover({"reader": name}))
    return found[0], (), None


def _faults(names: Sequence[str]) -> Any:
    from devices.simulated.card_faults import Fault

    try:
        return frozenset(Fault(name) for name in names)
    except ValueError as error:
        raise typer.BadParameter("There is no such fault switch; `station card simulate --fault list` names them.") from error


def _key(
    *, can: str | None, qr: str | None, zone: str | None, number: str | None, hint: _Hint | None
) -> tuple[AccessKey, tuple[Holder, ...]]:
    given = [value for value in (can, qr, zone, number) if value is not None]
    if len(given) > 1:
        raise typer.BadParameter("Give one of --can, --qr, --mrz, --number.")
    if can is not None:
        return AccessKey.from_can(_secret(can, "CAN")), ()
    if number is not None:
        return AccessKey.from_personal_number(_secret(number, "number")), ()
    if qr is not None:
        holder = parse_qr(sys.stdin.readline() if qr == "-" else qr)
        return AccessKey.from_personal_number(holder.number or ""), (holder,)
    if zone is not None:
        read_zone = mrz.parse(sys.stdin.read() if zone == "-" else zone)
        if {"number", "birth", "expiry"} & set(read_zone.wrong):
            raise InputError("A check digit of the lines is wrong, so they cannot open the card; nothing was sent to it. Read them again.",
                             code="mrz-check")  # fmt: skip
        return AccessKey.from_mrz(read_zone), (mrz.to_holder(read_zone),)
    if hint is not None:
        return AccessKey.from_personal_number(hint.number), ()
    return AccessKey.from_personal_number(_secret("-", "number")), ()


def _secret(value: str, what: str) -> str:
    if value != "-":
        return value.strip()
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return str(typer.prompt(f"{what} (not shown)", hide_input=True, err=True)).strip()


def _moment(text: str | None) -> datetime:
    clock = SystemClock()
    if text is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("--at is an ISO date, e.g. 2026-11-22.") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=clock.now().tzinfo)


def _language(*, english: bool) -> Language:
    return Language.EN if english else Language.VI


def _show(result: ChipReport, *, as_json: bool, language: Language) -> None:
    verdict = result.verdict
    if as_json:
        row = {
            "answer": verdict.answer.value, "code": result.code, "standing": result.standing.value, "stops": result.standing.stops, "source": result.source.value, "access": result.access,
            "chip": verdict.chip.value, "locked": list(result.locked),
            "findings": [{"code": f.code, "group": f.group, "breaks": f.breaks} for f in verdict.findings],
            "groups": {str(n): ok for n, ok in verdict.passive.groups.items()}, "unread": list(verdict.passive.unread),
            "signer": verdict.passive.signer, "authority": verdict.passive.authority, "fields": result.sources,
            "comparison": [{"field": r.field, "worst": r.worst.value, "cells": {c.source: c.relation.value for c in r.cells}}
                           for r in result.rows],
            "face": None if result.face is None else {"media_type": result.face.media_type, "bytes": len(result.face.image),
                                                      "record": result.face.record},
            "problems": list(result.problems), "notes": list(result.notes),
            "timings_ms": {name: round(value, 1) for name, value in result.timings_ms.items()},
        }  # fmt: skip
        typer.echo(json.dumps(row, ensure_ascii=False))
        return
    console = Console()
    colour = {"verified": "green", "broken": "bold red", "no-trust-anchor": "yellow"}[verdict.answer.value]
    console.print(f"[{colour}]{say(result.code, language)}[/{colour}]")
    if result.standing.stops:
        console.print(f"[bold red]{say('ui.lookup.altered', language)}  \\[E12][/bold red]")
    if result.source is Source.SIMULATED:
        console.print(say("card-simulated", language))
    for finding in verdict.findings:
        group = f" (DG{finding.group})" if finding.group is not None else ""
        console.print(f"  {'!' if finding.breaks else '·'} {say('card-' + finding.code, language)}{group}")
    console.print(f"{result.access} · {say('chip-proof-' + verdict.chip.value, language)}")
    columns = [name for name in ("dg13", "dg1", "qr", "mrz", "printed", "typed", "population") if name in result.sources]
    table = Table("", *(say("compare-source-" + name, language) for name in columns), "")
    marks = {Relation.EQUAL: "=", Relation.MARKS_ONLY: "≈", Relation.DIFFERS: "≠", Relation.MISSING: ""}
    for line in result.rows:
        table.add_row(say("compare-field-" + line.field, language), *(cell.value or "" for cell in line.cells), marks[line.worst])
    console.print(table)
    for problem in (*result.problems, *result.notes):
        console.print(f"  · {say('card-' + problem, language)}")
