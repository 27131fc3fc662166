"""`station journal`: check, back up, restore, purge, hand over, support."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

from station import retention
from station.commands._keeping import say_list
from station.commands._opening import AsOperator, Data, Json, Opened, PassphraseFile, PinFile, folder, line, opened, wrapper_for
from station.errors import StorageError
from station.files import RealFiles
from station.journal import Journal
from station.journal import backup as backups
from station.journal.guards import clock_state, disk_state, journal_bytes
from station.keys import Permission, Signature, StationKeys, verify
from station.settings import settings_in

app = typer.Typer(no_args_is_help=True, help="Back up, restore, check and purge the journal.")
Target = Annotated[Path, typer.Argument(help="Folder of the backup (another disk, a stick).")]


def _bar() -> Progress:
    return Progress(
        "{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), transient=True
    )


def _sign(station: Opened, data: bytes) -> list[bytes]:
    return [s.to_bytes() for s in station.keys.signer.sign(data)]


@app.command()
def status(data: Data = None, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Room, clock, counts, dossiers that are held or near their purge."""
    with opened(data, passphrase_file) as station:
        disk, clock = disk_state(station.files), clock_state(station.journal, station.clock)
        line(as_json, f"disk: {disk.free_bytes / 1e9:.1f} GB free, about {disk.dossiers_left} dossiers ({disk.level})",
             free_bytes=disk.free_bytes, dossiers_left=disk.dossiers_left, level=disk.level)  # fmt: skip
        used = journal_bytes(station.files)
        settings = settings_in(station.files)
        budget = settings.number("keep.disk_gigabytes") * 1e9
        line(as_json, f"journal: {used / 1e9:.1f} GB, {used / budget:.0%} of its budget of {budget / 1e9:.0f} GB", used_bytes=used,
             budget_bytes=int(budget), over=used > budget)  # fmt: skip
        line(
            as_json,
            f"clock: {clock.now:%Y-%m-%d %H:%M:%S} UTC, {clock.reason or 'nothing against it'}",
            clock=clock.now,
            reason=clock.reason,
        )
        entries = retention.survey(station.journal, clock.now)
        line(as_json, f"dossiers: {len(entries)}, due: {sum(e.due for e in entries)}, held: {sum(bool(e.holds) for e in entries)}",
             dossiers=len(entries), due=sum(e.due for e in entries), held=sum(bool(e.holds) for e in entries))  # fmt: skip
        for entry in entries:
            if entry.alarm_days:
                held = ", ".join(entry.holds)
                line(as_json, f"ALARM {entry.alarm_days} days: {entry.dossier} is {entry.age_days} days old and held: {held}",
                     alarm=entry.alarm_days, dossier=entry.dossier, age_days=entry.age_days, holds=entry.holds)  # fmt: skip


@app.command()
def check(data: Data = None, passphrase_file: PassphraseFile = None, as_json: Json = False,
          quick: Annotated[bool, typer.Option("--quick", help="Leave the images unread.")] = False) -> None:  # fmt: skip
    """Read everything and compare: pages, chains, images. Exit 1 when something is wrong."""
    with opened(data, passphrase_file) as station:
        report = station.journal.check(deep=not quick)
        for fault in report.faults:
            line(as_json, fault, fault=fault)
        line(as_json, f"{report.events} events ({report.purged_events} purged), {report.blobs} images, {report.segments} segments: "
             f"{'sound' if report.sound else f'{len(report.faults)} faults'}", events=report.events, purged=report.purged_events,
             images=report.blobs, image_bytes=report.blob_bytes, segments=report.segments, sound=report.sound)  # fmt: skip
    if not report.sound:
        raise typer.Exit(1)


@app.command()
def backup(target: Target, data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "",
           pin_file: PinFile = None, as_json: Json = False) -> None:  # fmt: skip
    """Copy the journal and keys, encrypted as they are, and sign the list. Repeating copies only what is new."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.BACK_UP) as station, _bar() as bar:
        task = bar.add_task("backup")
        report = backups.back_up(station.journal, station.files, RealFiles(target), sign=lambda b: _sign(station, b), clock=station.clock,
                                 progress=lambda done, total: bar.update(task, completed=done, total=total))  # fmt: skip
    line(as_json, f"{report.files} files, {report.copied} copied ({report.copied_bytes / 1e6:.1f} MB), up to event {report.last_sequence}",
         files=report.files, copied=report.copied, bytes=report.copied_bytes, last=report.last_sequence)  # fmt: skip


@app.command()
def restore(source: Target, data: Data = None, passphrase_file: PassphraseFile = None) -> None:
    """Restore a backup into an empty folder; the station goes on under a new origin."""
    files = RealFiles(folder(data))
    with _bar() as bar:
        task = bar.add_task("restore")
        report = backups.restore_files(
            RealFiles(source), files, lambda done, total: bar.update(task, completed=done, total=total)
        )
    from station.clock import SystemClock

    keys = StationKeys.open(files, wrapper_for(files, passphrase_file))
    backups.check_backup(RealFiles(source), lambda listing, signatures: _by_one_of(keys, listing, signatures))
    with Journal.open(files, keys.journal_key, SystemClock()) as journal:
        journal.begin_anew(backups.new_origin(journal.origin), operator="", desk="cli")
        typer.echo(f"Restored up to event {report.origin}-{report.last_sequence}; this station now writes as {journal.origin}.")


def _by_one_of(keys: StationKeys, listing: bytes, signatures: list[bytes]) -> None:
    read = [Signature.from_bytes(s) for s in signatures]
    for public in keys.publics:
        if read and read[0].key_id == public.key_id:
            verify(public, listing, read)
            return
    raise StorageError("The backup's list is not signed by this station; do not use it.", code="backup-foreign")


@app.command()
def purge(data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
          as_json: Json = False, dry_run: Annotated[bool, typer.Option("--list", "--dry-run", help="Only say what goes, what stays and why, and the days left.")] = False) -> None:  # fmt: skip
    """Let go what the retention rule says; the proof stays in the audit chain."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.PURGE) as station:
        if dry_run:
            say_list(station.journal, station.clock.now(), as_json)
            return
        start = time.perf_counter()
        proofs = retention.purge_due(station.journal, station.clock, operator=station.operator, desk="cli")
        for proof in proofs:
            b = proof.body
            line(as_json, f"{proof.id}: {b['dossiers']} dossiers, {b['events']} events, {b['blobs']} images, {b['segments']} segments gone by "
                 f"{b['rule']}; proof {b['digest'].hex()}", event=str(proof.id), **{**b, "digest": b["digest"].hex()})  # fmt: skip
        line(as_json, f"done in {time.perf_counter() - start:.1f} s; {len(proofs)} proofs", proofs=len(proofs))


@app.command()
def hold(dossier: str, reason: Annotated[str, typer.Option(help="Why it must stay.")], data: Data = None,
         passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
         end: Annotated[bool, typer.Option("--release", help="End the hold.")] = False) -> None:  # fmt: skip
    """Keep a dossier from being purged, or release it."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.PURGE) as station:
        (retention.release if end else retention.hold)(station.journal, dossier, reason, operator=station.operator, desk="cli")
    typer.echo(f"{dossier} is {'released' if end else 'held'}.")


@app.command("export-subject")
def export_subject(dossier: str, target: Annotated[Path, typer.Argument(help="ZIP file to write.")], data: Data = None,
                   passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Write everything this station holds about one dossier, for the person it is about."""
    from station.subject import export_subject as make

    with opened(data, passphrase_file, as_operator, pin_file, Permission.EXPORT_SUBJECT) as station:
        content = make(station.journal, dossier, operator=station.operator, desk="cli")
        RealFiles(target.resolve().parent).write(target.name, content)
    typer.echo(f"{target.name}: {len(content)} bytes. It holds personal data in clear: hand it over and delete it.")


@app.command()
def support(
    target: Annotated[Path, typer.Argument(help="ZIP file to write.")], data: Data = None, passphrase_file: PassphraseFile = None
) -> None:
    """Write a support bundle: the whole station's state and logs, without personal data."""
    from station.support import bundle, state

    with opened(data, passphrase_file) as station:
        content = bundle(state(station.files, station.keys, station.journal, station.clock), folder(data) / "logs")
        RealFiles(target.resolve().parent).write(target.name, content)
    typer.echo(f"{target.name}: {len(content)} bytes, no personal data.")


@app.command()
def compact(
    data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None
) -> None:
    """Give back the room of past days' segments that are mostly dead."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.BACK_UP) as station:
        typer.echo(f"{station.journal.compact()} segments dropped.")


@app.command()
def reduce(
    data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
    limit: Annotated[int, typer.Option(help="At most so many dossiers.", min=1)] = 10_000, as_json: Json = False,
) -> None:  # fmt: skip
    """Put WSQ 15:1 in the place of raw prints of dossiers that the centre has *accepted*; then `compact` gives the room back."""
    from station.packing import smaller

    with opened(data, passphrase_file, as_operator, pin_file, Permission.PURGE) as station:
        done = retention.reduce_accepted(station.journal, smaller, operator=station.operator, desk="cli", limit=limit)
    line(as_json, f"{done} accepted dossiers reduced.", reduced=done)


@app.command()
def alarms(data: Data = None, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Dossiers that are held past 90 or 150 days and why; exit 1 when there are any, so that a timer may tell somebody."""
    with opened(data, passphrase_file) as station:
        first = min(min(rule.alarm_days) for rule in retention.rules())
        found = [e for e in retention.survey(station.journal, station.clock.now(), days=first) if e.alarm_days]
    for entry in found:
        line(as_json, f"{entry.dossier}  {entry.age_days} days (alarm {entry.alarm_days})  {', '.join(entry.holds)}",
             dossier=entry.dossier, age_days=entry.age_days, alarm=entry.alarm_days, holds=[str(h) for h in entry.holds])  # fmt: skip
    if found:
        raise typer.Exit(1)
