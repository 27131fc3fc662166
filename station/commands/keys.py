"""`station keys`: the station's keys, what protects them, trust stores, a lost kit."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from station.commands._opening import (
    AsOperator,
    Data,
    Json,
    PassphraseFile,
    PinFile,
    folder,
    line,
    opened,
    secret_from,
    wrapper_for,
)
from station.dossier.kinds import Kind
from station.errors import InputError
from station.files import RealFiles
from station.keys import KeyringWrapper, PassphraseWrapper, Permission, StationKeys, UnprotectedWrapper, Wrapper
from station.keys.rotation import expires, key_state
from station.keys.rotation import rotate as rotate_keys
from station.keys.team import join_team, make_team, read_team, write_team
from station.keys.trust import Purpose

app = typer.Typer(no_args_is_help=True, help="Keys, trust stores, enrolment of this station.")
trust = typer.Typer(no_args_is_help=True, help="Whose keys are believed, by purpose.")
team = typer.Typer(no_args_is_help=True, help="The team whose kits go on with each other's drafts.")
app.add_typer(trust, name="trust")
app.add_typer(team, name="team")

PurposeArgument = Annotated[Purpose, typer.Argument(help="What the key may vouch for.")]


class Protection(StrEnum):
    """What may open the keys."""

    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a kind
    KEYRING = "keyring"
    TOKEN = "token"  # noqa: S105 - the name of a kind
    UNPROTECTED = "unprotected"


def _wrapper(files: RealFiles, protection: Protection, new: Path | None) -> Wrapper:
    if protection is Protection.UNPROTECTED:
        return UnprotectedWrapper(files)
    if protection is Protection.KEYRING:
        return KeyringWrapper("enrollment-station", "master")
    if protection is Protection.TOKEN:
        import os

        from station.keys.token import token_wrapper

        return token_wrapper(os.environ.get("STATION_PKCS11_MODULE", ""), secret_from(new, "PIN of the token"))
    secret = secret_from(new, "New passphrase (12 characters and more)")
    if len(secret) < 12:
        raise InputError("The passphrase is too short: at least 12 characters. Nothing was changed.", code="weak-secret")
    return PassphraseWrapper(secret)


NewFile = Annotated[Path | None, typer.Option("--new-file", help="File with the new passphrase or PIN.", show_default=False)]
By = Annotated[Protection, typer.Option("--by", help="What opens the keys.")]


@app.command()
def init(data: Data = None, by: By = Protection.PASSPHRASE, new_file: NewFile = None) -> None:
    """Make a new station's keys and journal in an empty folder."""
    from station.clock import SystemClock
    from station.journal import Journal

    files = RealFiles(folder(data))
    keys = StationKeys.create(files, _wrapper(files, by, new_file))
    Journal.create(files, keys.journal_key, keys.station_id, SystemClock()).close()
    typer.echo(f"Station {keys.station_id} made; its keys open by {by}. Next: 'station operators add' makes the security admin.")


@app.command()
def show(data: Data = None, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Station id, key ids, what protects the keys, what expires."""
    with opened(data, passphrase_file) as station:
        protection = StationKeys.protection(station.files)
        line(
            as_json,
            f"station {station.keys.station_id}, keys open by {protection}",
            station=station.keys.station_id,
            protection=protection,
        )
        for public in station.keys.publics:
            state = "in use" if public.key_id == station.keys.signer.key_id else "former"
            line(as_json, f"signer {public.key_id}  {state}", signer=public.key_id, state=state)
        for opener in station.keys.openers:
            line(as_json, f"opener {opener.key_id}", opener=opener.key_id)
        now = station.clock.now()
        if (state := key_state(station.journal, now)) != "good":
            line(as_json, f"{state}: the station's own keys, due {expires(station.journal)}; 'station queue rotate'", keys=state)
        for purpose, entry, state in station.trust.warnings(now):
            line(
                as_json,
                f"{state}: {purpose} {entry.subject} until {entry.ends}",
                purpose=purpose,
                key=entry.entry_id,
                state=state,
            )


@app.command()
def export(target: Annotated[Path, typer.Argument(help="File for the public halves.")], data: Data = None,
           passphrase_file: PassphraseFile = None, opener: Annotated[bool, typer.Option(help="The opening key instead of the signer.")] = False) -> None:  # fmt: skip
    """Write this station's public key, to be enrolled at the intake or trusted by another kit."""
    with opened(data, passphrase_file) as station:
        public: Any = station.keys.opener.public if opener else station.keys.signer.public
        RealFiles(target.resolve().parent).write(target.name, public.to_bytes())
        typer.echo(f"{target.name}: {public.key_id}")


@app.command()
def protect(data: Data = None, passphrase_file: PassphraseFile = None, by: By = Protection.PASSPHRASE, new_file: NewFile = None,
            as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Change what opens the keys; the former passphrase (token, keyring) no longer does."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.MANAGE_KEYS) as station:
        station.keys.protect(_wrapper(station.files, by, new_file))
    typer.echo(f"The keys now open by {by}. Backups made before still open by the former one: make a new one.")


@app.command()
def recovery(data: Data = None, passphrase_file: PassphraseFile = None, new_file: NewFile = None,
             as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Set the recovery passphrase, to be kept on paper in a safe."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.MANAGE_KEYS) as station:
        secret = secret_from(new_file, "Recovery passphrase (20 characters and more)")
        if len(secret) < 20:
            raise InputError("A recovery passphrase has at least 20 characters; nothing was changed.", code="weak-secret")
        station.keys.set_recovery(secret)
    typer.echo("The recovery passphrase is set; it opens the keys by 'station keys recover'.")


@app.command()
def recover(data: Data = None, recovery_file: Annotated[Path | None, typer.Option(help="File with the recovery passphrase.")] = None,
            by: By = Protection.PASSPHRASE, new_file: NewFile = None) -> None:  # fmt: skip
    """Open by the recovery passphrase and protect anew (passphrase forgotten, token lost)."""
    files = RealFiles(folder(data))
    StationKeys.recover(files, secret_from(recovery_file, "Recovery passphrase"), _wrapper(files, by, new_file))
    typer.echo(f"The keys are open again, now by {by}.")


@app.command()
def rotate(
    data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None
) -> None:
    """Make new station keys; the change is signed by the old key, so that the intake can follow."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.MANAGE_KEYS) as station:
        old, new = rotate_keys(station.keys, station.journal, operator=station.operator)
        typer.echo(f"Signer {new.key_id} is in use; {old.key_id} is former. An intake follows by 'station queue rotate'.")


@trust.command("list")
def trust_list(data: Data = None, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Every trusted and revoked key."""
    with opened(data, passphrase_file) as station:
        now = station.clock.now()
        for purpose in Purpose:
            view = station.trust.view(purpose)
            for entry in view.entries.values():
                state = entry.state(now)
                line(as_json, f"{purpose:18s} {state:9s} {entry.entry_id[:16]}  {entry.subject}  ({entry.source})", purpose=purpose,
                     key=entry.entry_id, state=state, subject=entry.subject, source=entry.source)  # fmt: skip
            for key, reason in view.revoked.items():
                line(
                    as_json,
                    f"{purpose:18s} revoked   {key[:16]}  {reason}",
                    purpose=purpose,
                    key=key,
                    state="revoked",
                    reason=reason,
                )


@trust.command("add")
def trust_add(purpose: PurposeArgument, file: Annotated[Path, typer.Argument(help="Certificate (DER, PEM) or public key file.")],
              data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Trust a key for one purpose."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.MANAGE_KEYS) as station:
        content = RealFiles(file.resolve().parent).read(file.name, 65_536)
        entry = station.trust.add(purpose, content, source=file.name, operator=station.operator, desk="cli")
        typer.echo(f"{purpose}: {entry.entry_id}  {entry.subject}")


@trust.command("revoke")
def trust_revoke(purpose: PurposeArgument, key: Annotated[str, typer.Argument(help="Key id, 64 hex digits.")],
                 reason: Annotated[str, typer.Option(help="Why.")], data: Data = None, passphrase_file: PassphraseFile = None,
                 as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Never believe a key again (a lost kit, a stolen key)."""
    if len(key) != 64 or set(key) - set("0123456789abcdef"):
        raise InputError("A key id has 64 hex digits; nothing was changed.", code="key-id")
    with opened(data, passphrase_file, as_operator, pin_file, Permission.MANAGE_KEYS) as station:
        station.trust.revoke(purpose, key, reason=reason, operator=station.operator, desk="cli")
        typer.echo(f"{purpose}: {key} is revoked.")


@team.command("make")
def team_make(
    data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None
) -> None:
    """Make a new team key here (the first kit of a team, or after a kit was lost); then export it to the others."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.MANAGE_KEYS) as station:
        typer.echo(f"Team key {make_team(station.keys)} made.")


@team.command("export")
def team_export(target: Annotated[Path, typer.Argument(help="Team file to write.")], data: Data = None, passphrase_file: PassphraseFile = None,
                new_file: NewFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Write the team file: the team key under a passphrase, this kit's and its operators' public keys."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.MANAGE_KEYS) as station:
        people = [(a.operator_id, a.public) for a in station.operators.accounts().values() if a.active]
        content = write_team(
            station.keys, station.journal, people, secret_from(new_file, "Passphrase of the team file (12 characters and more)")
        )
        RealFiles(target.resolve().parent).write(target.name, content)
    typer.echo(f"{target.name}: take it in on the other kit by 'station keys team import', and say the passphrase aloud.")


@team.command("import")
def team_import(file: Annotated[Path, typer.Argument(help="Team file.")], data: Data = None, passphrase_file: PassphraseFile = None,
                new_file: NewFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Join the team of a team file and trust its kit's stations and operators; export one back so that it trusts this kit too."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.MANAGE_KEYS) as station:
        content = RealFiles(file.resolve().parent).read(file.name, 65_536)
        found = read_team(content, secret_from(new_file, "Passphrase of the team file"))
        key = join_team(station.keys, station.journal, found, operator=station.operator)
    typer.echo(f"Team key {key}: {len(found.stations)} station keys and {len(found.operators)} operators are trusted.")


@app.command("lost-kit")
def lost_kit(backup: Annotated[Path, typer.Argument(help="The kit's last backup folder.")],
             passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:  # fmt: skip
    """List what a lost kit held and had not sent, from its last backup; which citizens must be called again is seen at once.

    Opens a copy in memory-backed temporary storage that is removed afterwards; the backup is not touched.
    """
    import tempfile

    from station.clock import SystemClock
    from station.journal import Journal
    from station.journal.backup import restore_files

    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as place:  # noqa: S108 - memory, mode 0700
        files = RealFiles(Path(place) / "kit")
        report = restore_files(RealFiles(backup), files)
        keys = StationKeys.open(files, wrapper_for(files, passphrase_file))
        with Journal.open(files, keys.journal_key, SystemClock()) as journal:
            kinds = journal.kinds()
            unsent = [d for d in journal.dossiers() if Kind.RECEIPT not in kinds[d.id] and Kind.ABANDONED not in kinds[d.id]]
            for dossier in unsent:
                word = "sealed" if Kind.SEALED in kinds[dossier.id] else "saved"
                line(
                    as_json,
                    f"{dossier.id}  {word}  {dossier.first_at:%Y-%m-%d %H:%M}",
                    dossier=dossier.id,
                    state=word,
                    at=dossier.first_at,
                )
        signer = keys.signer.key_id
    text = f"station {report.origin}: {len(unsent)} dossiers without a receipt at the backup; revoke its signer {signer}"
    line(as_json, text, station=report.origin, unsent=len(unsent), signer=signer)
