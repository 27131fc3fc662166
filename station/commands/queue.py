"""`station queue`: what waits to be sent, sending it, carrying it, and joining an intake."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station.errors import AccessError, InputError

if TYPE_CHECKING:
    from station.app import Station
    from station.carriers.stick import Stick

app = typer.Typer(no_args_is_help=True, help="What waits to be sent; upload, export, receipts (docs/queue.md).")

Folder = Annotated[Path, typer.Option(help="The station's folder.")]
Demo = Annotated[bool, typer.Option("--demo", help="A demo station: its keys lie without a passphrase.")]
PassphraseFile = Annotated[Path | None, typer.Option(help="File with the station's passphrase; asked for when it is left out.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]
Url = Annotated[str, typer.Option(help="The intake's address; default: the setting sending.intake_url.")]
StickFolder = Annotated[Path, typer.Option("--stick", help="The stick's folder, as it is mounted.")]
Proxy = Annotated[str, typer.Option(help="A proxy's address; the environment's is never used.")]
CaFile = Annotated[str, typer.Option(help="Trust this authority (PEM) instead of the system's.")]
Certificate = Annotated[str, typer.Option(help="Client certificate (PEM) for mTLS; its key beside it as .key.")]
STICKS = "sticks.json"


@contextlib.contextmanager
def _station(folder: Path, demo: bool, passphrase_file: Path | None) -> Iterator[Station]:
    from station.app import Station

    if not folder.is_dir():
        raise InputError(f"There is no station in {folder.name}; nothing was changed. Name its folder with --folder.")
    passphrase = None
    if not demo:
        try:
            passphrase = (
                passphrase_file.read_text("utf-8").strip() if passphrase_file else typer.prompt("Passphrase", hide_input=True)
            )
        except OSError as error:
            raise InputError("The passphrase file cannot be read; nothing was opened.", code="passphrase-missing") from error
    station = Station.open(folder, passphrase=passphrase, demo=demo)
    try:
        yield station
    finally:
        station.tell_journal()
        station.close()


def _say(value: dict[str, Any], as_json: bool) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False) if as_json else "  ".join(f"{k}={v}" for k, v in value.items() if v != ""))
    sys.stdout.flush()


def _line(proxy: str, ca_file: str, certificate: str) -> Any:
    from station.carriers import LineSettings

    key = str(Path(certificate).with_suffix(".key")) if certificate else None
    return LineSettings(proxy=proxy or None, ca_file=ca_file or None, client_certificate=certificate or None, client_key=key)


@app.command("list")
def list_command(*, folder: Folder, demo: Demo = False, passphrase_file: PassphraseFile = None,
                 state: Annotated[str, typer.Option(help="Only this state: saved, sealed, sent, acknowledged, refused, held.")] = "",
                 limit: Annotated[int, typer.Option(help="At most so many rows.", min=1)] = 200, as_json: Json = False) -> None:  # fmt: skip
    """List packages and the honest totals: four words, each from proof, that add up."""
    from station.queue import State
    from station.words import say

    try:
        wanted = State(state) if state else None
    except ValueError:
        raise InputError(f"There is no state '{state}'; nothing was listed.") from None
    with _station(folder, demo, passphrase_file) as station:
        for entry in station.queue.entries(wanted, limit=limit):
            _say({"event": "entry", "package": entry.package_id, "dossier": entry.dossier, "state": str(entry.state),
                  "bytes": entry.size, "confirmed": entry.confirmed, "receipt": entry.receipt_number,
                  "reasons": [say(r) for r in entry.reasons] if entry.reasons else ""}, as_json)  # fmt: skip
        counts = station.queue.counts()
        _say({"event": "totals", **{str(s): n for s, n in counts.items()}, "total": sum(counts.values())}, as_json)


@app.command()
def history(package: Annotated[str, typer.Argument(help="The package's id.")], *, folder: Folder, demo: Demo = False,
            passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:  # fmt: skip
    """Everything that happened to one package."""
    with _station(folder, demo, passphrase_file) as station:
        for line in station.queue.history(package):
            _say({"at": line.at.isoformat(timespec="seconds"), "what": line.what, **line.facts}, as_json)


@app.command()
def upload(*, folder: Folder, demo: Demo = False, passphrase_file: PassphraseFile = None, url: Url = "", proxy: Proxy = "",
           ca_file: CaFile = "", certificate: Certificate = "",
           kilobytes_per_s: Annotated[int, typer.Option(help="Bandwidth limit, 0 for none.", min=0)] = 0,
           as_json: Json = False) -> None:  # fmt: skip
    """Send everything that is due now, oldest legal deadline first; exit 1 when something is left."""
    from station.carriers import Pace, TusCarrier
    from station.queue import State, Uploader
    from station.words import Language, say

    with _station(folder, demo, passphrase_file) as station:
        intake = station.queue.intake
        if intake is None:
            raise AccessError("This station has not joined an intake; packages stay sealed. Run: station queue join CODE --url …",
                              code="not-enrolled")  # fmt: skip
        where = url or str(station.settings["sending.intake_url"])
        carrier = TusCarrier(where, station=station.origin, signer=station.keys.signer, intake=intake,
                             line=_line(proxy, ca_file, certificate),
                             pace=Pace(station.clock, kilobytes_per_s * 1000 or None))  # fmt: skip
        uploader = Uploader(
            station.queue,
            carrier,
            station.clock,
            on_change=lambda e: _say({"event": "package", "package": e.package_id, "state": str(e.state),
                                      "receipt": e.receipt_number}, as_json),
        )  # fmt: skip
        try:
            uploader.drain()
        finally:
            carrier.close()
        counts, status = station.queue.counts(), uploader.status()
        left = counts[State.SEALED] + counts[State.SENT]
        _say({"event": "totals", **{str(s): n for s, n in counts.items()}, "error": status.error}, as_json)
        if left:
            typer.echo(say(status.error, Language.VI) + " / " + say(status.error, Language.EN), err=True)
            raise typer.Exit(1)


@app.command()
def join(code: Annotated[str, typer.Argument(help="The one-time code the intake printed.")], *, folder: Folder, demo: Demo = False,
         passphrase_file: PassphraseFile = None, url: Url = "", proxy: Proxy = "", ca_file: CaFile = "",
         certificate: Certificate = "", as_json: Json = False) -> None:  # fmt: skip
    """Enroll this station with an intake and pin its keys."""
    from station.queue.joining import join as join_intake

    with _station(folder, demo, passphrase_file) as station:
        where = url or str(station.settings["sending.intake_url"])
        intake = join_intake(
            where, code, station=station.origin, signer=station.keys.signer, line=_line(proxy, ca_file, certificate)
        )
        station.pin_intake(intake)
        _say({"event": "joined", "intake": intake.name, "key": intake.signer.key_id[:16]}, as_json)


@app.command()
def receipts(*, folder: Folder, demo: Demo = False, passphrase_file: PassphraseFile = None,
             to: Annotated[Path | None, typer.Option(help="Also write each receipt's bytes here.")] = None,
             as_json: Json = False) -> None:  # fmt: skip
    """List receipts; each is verified again while it is listed."""
    from station.queue import State

    with _station(folder, demo, passphrase_file) as station:
        after = 0
        while rows := station.queue.entries(State.ACKNOWLEDGED, after=after):
            for entry in rows:
                answer = station.queue.receipt(entry.package_id)
                _say({"event": "receipt", "package": entry.package_id, "number": entry.receipt_number, "verified": answer is not None,
                      "intake": answer.intake if answer else "", "demo": bool(answer and answer.demo)}, as_json)  # fmt: skip
                if to is not None and answer is not None:
                    to.mkdir(parents=True, exist_ok=True)
                    (to / f"{entry.package_id}.receipt").write_bytes(answer.raw)
            after = rows[-1].number


@app.command()
def hold(package: Annotated[str, typer.Argument(help="The package's id.")], *, folder: Folder, demo: Demo = False,
         passphrase_file: PassphraseFile = None, owner: Annotated[str, typer.Option(help="Who deals with it.")] = "",
         release: Annotated[bool, typer.Option("--release", help="Let it be sent again.")] = False) -> None:  # fmt: skip
    """Hold a package back, or release a held or refused one."""
    with _station(folder, demo, passphrase_file) as station:
        entry = station.queue.release(package) if release else station.queue.hold(package, "held-by-person", owner)
        _say({"package": entry.package_id, "state": str(entry.state)}, False)


@app.command("allow-stick")
def allow_stick(*, folder: Folder, stick: StickFolder, demo: Demo = False, passphrase_file: PassphraseFile = None) -> None:
    """Label a stick and put it on this station's allow-list (a supervisor's act)."""
    from station.carriers.stick import label_stick

    with _station(folder, demo, passphrase_file) as station:
        label = label_stick(stick, station.keys.signer)
        station.files.write(STICKS, json.dumps(sorted({*_allowed(station), label.stick_id})).encode())
        _say({"event": "stick", "id": label.stick_id, "volume": label.volume or "not shown by this system"}, False)


@app.command("export")
def export_command(*, folder: Folder, stick: StickFolder, demo: Demo = False, passphrase_file: PassphraseFile = None,
                   as_json: Json = False) -> None:  # fmt: skip
    """Copy waiting packages to an allowed stick. Their state stays *sealed* until a receipt comes."""
    from station.queue.stick import export

    with _station(folder, demo, passphrase_file) as station:
        done = export(station.queue, _open_stick(station, stick))
        _say({"event": "exported", "copied": done.copied, "bytes": done.bytes, "stopped": done.stopped}, as_json)
        if done.stopped:
            raise typer.Exit(1)


@app.command("import")
def import_command(*, folder: Folder, stick: StickFolder, demo: Demo = False, passphrase_file: PassphraseFile = None,
                   as_json: Json = False) -> None:  # fmt: skip
    """Take receipts and refusals from a stick; each is verified as if it came over the network."""
    from station.queue.stick import take_answers

    with _station(folder, demo, passphrase_file) as station:
        got = take_answers(station.queue, _open_stick(station, stick))
        _say({"event": "imported", "acknowledged": got.acknowledged, "refused": got.refused, "strange": got.strange}, as_json)


def _allowed(station: Station) -> set[str]:
    if station.files.size(STICKS) is None:
        return set()
    try:
        listed = json.loads(station.files.read(STICKS, 1_000_000))
    except ValueError:
        return set()
    return {s for s in listed if isinstance(s, str)} if isinstance(listed, list) else set()


def _open_stick(station: Station, folder: Path) -> Stick:
    from station.carriers.stick import Stick

    def find(key_id: str) -> Any:
        return station.keys.signer.public if key_id == station.keys.signer.key_id else None

    return Stick(folder, find, _allowed(station))
