"""`station queue`: what waits to be sent, sending it, carrying it, and joining an intake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands import queue_centre, queue_drafts
from station.commands._opening import AsOperator, Json, PassphraseFile, PinFile
from station.commands._queue import (
    CaFile,
    Certificate,
    Demo,
    Folder,
    Packages,
    Proxy,
    StickFolder,
    Url,
    chosen,
    line,
    not_acknowledged,
    opened_station,
    tell,
)
from station.errors import InputError
from station.sticks import STICKS, allowed, known_stations, open_stick

if TYPE_CHECKING:
    pass

app = typer.Typer(no_args_is_help=True, help="What waits to be sent; upload, export, receipts (docs/intake.md).")


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
    with opened_station(folder, demo, passphrase_file) as station:
        for entry in station.queue.entries(wanted, limit=limit):
            tell({"event": "entry", "package": entry.package_id, "dossier": entry.dossier, "state": str(entry.state),
                  "bytes": entry.size, "confirmed": entry.confirmed, "receipt": entry.receipt_number,
                  "reasons": [say(r) for r in entry.reasons] if entry.reasons else ""}, as_json)  # fmt: skip
        counts = station.queue.counts()
        tell({"event": "totals", **{str(s): n for s, n in counts.items()}, "total": sum(counts.values())}, as_json)


@app.command()
def history(packages: Annotated[list[str], typer.Argument(metavar="PACKAGE...", help="The packages' ids.")], *, folder: Folder,
            demo: Demo = False, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:  # fmt: skip
    """Everything that happened to a package, or to several of them, oldest first."""
    with opened_station(folder, demo, passphrase_file) as station:
        lines = [line for package in chosen(station, packages) or () for line in station.queue.history(package)]
        for line in sorted(lines, key=lambda one: one.number):
            whose = {"package": line.package_id} if len(packages) > 1 else {}
            tell({"at": line.at.isoformat(timespec="seconds"), **whose, "what": line.what, **line.facts}, as_json)


@app.command()
def upload(packages: Packages = None, *, folder: Folder, demo: Demo = False, passphrase_file: PassphraseFile = None, url: Url = "", proxy: Proxy = "",
           ca_file: CaFile = "", certificate: Certificate = "",
           kilobytes_per_s: Annotated[int | None, typer.Option(help="Bandwidth limit, 0 for none; default: the setting.", min=0)] = None,
           as_json: Json = False) -> None:  # fmt: skip
    """Send everything that is due now, oldest legal deadline first, or only the packages that are named; exit 1 when some of it is left.

    A refused or held package is not sent: mend the dossier, or release it (station queue hold --release).
    """
    from station.exchange import make_carrier, make_uploader
    from station.queue import State
    from station.words import Language, say

    with opened_station(folder, demo, passphrase_file) as station:
        only = chosen(station, packages)
        carrier = make_carrier(station, url, line=line(proxy, ca_file, certificate), kilobytes_per_s=kilobytes_per_s)
        uploader = make_uploader(
            station,
            carrier,
            on_change=lambda e: tell({"event": "package", "package": e.package_id, "state": str(e.state),
                                      "receipt": e.receipt_number}, as_json),
        )  # fmt: skip
        try:
            uploader.drain(only=only)
        finally:
            carrier.close()
        counts, status = station.queue.counts(), uploader.status()
        left = counts[State.SEALED] + counts[State.SENT] if only is None else not_acknowledged(station, only)
        tell({"event": "totals", **{str(s): n for s, n in counts.items()}, "error": status.error}, as_json)
        if left:
            why = status.error or "ui.queue.not-to-send"
            typer.echo(say(why, Language.VI) + " / " + say(why, Language.EN), err=True)
            raise typer.Exit(1)


@app.command()
def join(code: Annotated[str, typer.Argument(help="The one-time code the intake printed.")], *, folder: Folder, demo: Demo = False,
         passphrase_file: PassphraseFile = None, url: Url = "", proxy: Proxy = "", ca_file: CaFile = "",
         certificate: Certificate = "", as_json: Json = False) -> None:  # fmt: skip
    """Enroll this station with an intake and pin its keys."""
    from station.queue.joining import join as join_intake

    with opened_station(folder, demo, passphrase_file) as station:
        where = url or str(station.settings["sending.intake_url"])
        intake = join_intake(
            where, code, station=station.origin, signer=station.keys.signer, line=line(proxy, ca_file, certificate)
        )
        station.pin_intake(intake)
        if url and not station.settings["sending.intake_url"]:
            station.save_settings(station.settings.replaced("sending.intake_url", url))
        tell({"event": "joined", "intake": intake.name, "key": intake.signer.key_id[:16]}, as_json)


@app.command()
def receipts(*, folder: Folder, demo: Demo = False, passphrase_file: PassphraseFile = None,
             to: Annotated[Path | None, typer.Option(help="Also write each receipt's bytes here.")] = None,
             as_json: Json = False) -> None:  # fmt: skip
    """List receipts; each is verified again while it is listed."""
    from station.queue import State

    with opened_station(folder, demo, passphrase_file) as station:
        after = 0
        while rows := station.queue.entries(State.ACKNOWLEDGED, after=after):
            for entry in rows:
                answer = station.queue.receipt(entry.package_id)
                tell({"event": "receipt", "package": entry.package_id, "number": entry.receipt_number, "verified": answer is not None,
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
    with opened_station(folder, demo, passphrase_file) as station:
        entry = station.queue.release(package) if release else station.queue.hold(package, "held-by-person", owner)
        tell({"package": entry.package_id, "state": str(entry.state)}, False)


@app.command("allow-stick")
def allow_stick(*, folder: Folder, stick: StickFolder, demo: Demo = False, passphrase_file: PassphraseFile = None,
                as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Label a stick and put it on this station's allow-list (a supervisor's act). A team mate's label is kept: both kits use it."""
    from station.carriers.model import CarrierError
    from station.carriers.stick import Stick, label_stick, stick_id
    from station.keys import Permission

    with opened_station(folder, demo, passphrase_file, Permission.EXPORT_PACKAGES, as_operator, pin_file) as station:
        try:
            label = Stick(stick, known_stations(station), {stick_id(stick)}).label
        except CarrierError:  # no label yet, or a stranger's
            label = label_stick(stick, station.keys.signer)
        station.files.write(STICKS, json.dumps(sorted({*allowed(station), label.stick_id})).encode())
        tell({"event": "stick", "id": label.stick_id, "volume": label.volume or "not shown by this system"}, False)


@app.command("export")
def export_command(packages: Packages = None, *, folder: Folder, stick: StickFolder, demo: Demo = False, passphrase_file: PassphraseFile = None,
                   as_json: Json = False) -> None:  # fmt: skip
    """Copy all waiting packages, or the named ones, to an allowed stick. Their state stays *sealed* until a receipt comes.

    Of the named packages those that do not wait (acknowledged, refused, held) are passed over; how many is said.
    """
    from station.queue.stick import export

    with opened_station(folder, demo, passphrase_file) as station:
        only = chosen(station, packages)
        done = export(station.queue, open_stick(station, stick), only=only)
        passed = {} if only is None or done.stopped else {"passed_over": len(only) - done.copied}
        tell({"event": "exported", "copied": done.copied, "bytes": done.bytes, "stopped": done.stopped, **passed}, as_json)
        if done.stopped:
            raise typer.Exit(1)


@app.command("import")
def import_command(*, folder: Folder, stick: StickFolder, demo: Demo = False, passphrase_file: PassphraseFile = None,
                   as_json: Json = False) -> None:  # fmt: skip
    """Take receipts, refusals and notices from a stick; each is verified as if it came over the network."""
    from station.exchange import inbox
    from station.queue.stick import take_answers

    with opened_station(folder, demo, passphrase_file) as station:
        place = open_stick(station, stick)
        got = take_answers(station.queue, place)
        notices = inbox(station).take_stick(place)
        tell({"event": "imported", "acknowledged": got.acknowledged, "refused": got.refused, "strange": got.strange, "notices": notices},
             as_json)  # fmt: skip


for extra in (
    queue_centre.notices,
    queue_centre.operators,
    queue_centre.rotate,
    queue_drafts.lend,
    queue_drafts.take,
    queue_drafts.recall,
):
    app.command()(extra)
