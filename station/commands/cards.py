"""`station cards`: cards from the centre: manifests, check-in, hand-over, the undelivered, and the e-ID call list."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from station.clock import legal_day
from station.commands._opening import AsOperator, Data, Json, PassphraseFile, PinFile, line, opened
from station.commands.dossier import DossierId, English, Reason, _book, _language
from station.dossier.consuming import latest_manifest, manifests
from station.dossier.issued import UNDELIVERED_REASONS, CardDesk, call_list, undelivered_list
from station.errors import InputError
from station.keys import Permission
from station.words import say

app = typer.Typer(no_args_is_help=True, help="Cards from the centre: check in and hand over.")


@app.command("list")
def list_(data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
          undelivered: Annotated[bool, typer.Option("--undelivered", help="Only those that could not be delivered, next try first.")] = False,
          english: English = False, as_json: Json = False) -> None:  # fmt: skip
    """Cards by dossier: on the way, here, handed over, refused, not delivered."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        states = [s for s in _book(station).states() if s.card is not None]
        for state in undelivered_list(states) if undelivered else states:
            word = state.card.value if state.card else ""
            note = str(state.card_note.get("reason", ""))
            line(as_json, f"{state.id}  {say(f'card.{word}', _language(english)):18s} {state.value('full_name'):32s} "
                 f"{say(f'undelivered.{note}', _language(english)) if note else ''} {state.card_note.get('next_try', '')}",
                 dossier=state.id, card=word, reason=note, next_try=state.card_note.get("next_try", ""))  # fmt: skip


@app.command("check-in")
def check_in(manifest: Annotated[str, typer.Argument(help="Id of the manifest; 'station cards manifests' lists them.")],
             scans: Annotated[Path, typer.Option(help="Text file with one scanned serial per line.")], data: Data = None,
             passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None, as_json: Json = False) -> None:  # fmt: skip
    """Compare a box of cards with its manifest. Exit 1 when a card is missing or strange."""
    try:
        scanned = [s.strip() for s in scans.read_text("utf-8").splitlines() if s.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{scans.name} cannot be read; nothing was checked in.", code="file") from error
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        payload = latest_manifest(station.journal, manifest)
        if payload is None:
            raise InputError(
                "This manifest has not come; nothing was checked in. 'station cards manifests' lists those here.",
                code="manifest-format",
            )
        counted = CardDesk(_book(station)).check_in(payload, scanned)
        line(as_json, f"{len(counted.here)} here, {len(counted.missing)} missing, {len(counted.strangers)} not on the list",
             here=list(counted.here), missing=list(counted.missing), strangers=list(counted.strangers))  # fmt: skip
        if not counted.complete:
            raise typer.Exit(1)


@app.command()
def mismatch(note: Annotated[Path | None, typer.Option(help="Write the route note (PDF) for the cards of other units here.", show_default=False)] = None,
             unit: Annotated[str, typer.Option(help="Name of the unit.")] = "CÔNG AN", demo: Annotated[bool, typer.Option("--demo", help="Print DEMO across.")] = False,
             data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
             as_json: Json = False) -> None:  # fmt: skip
    """What of each delivery did not come, what is another unit's, and which such cards lie here. Exit 1 when anything differs."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        desk = CardDesk(_book(station))
        payloads = (latest_manifest(station.journal, name) for name in manifests(station.journal))
        found = [desk.mismatch(p) for p in payloads if p is not None]
        for box in found:
            if box.missing or box.foreign:
                line(as_json, f"{box.manifest}  {len(box.missing)} missing: {' '.join(box.missing)}  {len(box.foreign)} of another unit: "
                     f"{' '.join(a.serial for a in box.foreign)}", manifest=box.manifest, missing=list(box.missing),
                     foreign=[{"serial": a.serial, "kit": a.owner} for a in box.foreign])  # fmt: skip
        for card in desk.astray():
            line(
                as_json,
                f"{card.serial}  here, of {f'kit {card.owner}' if card.owner else 'an unknown unit'}",
                astray=card.serial,
                kit=card.owner,
            )
        if note is not None:
            from station.dossier.papers import make_route_note

            made = make_route_note(desk.astray(), legal_day(station.clock.now()), unit=unit, giver=as_operator, demo=demo)
            try:
                note.write_bytes(made.pdf)
            except OSError as error:
                raise InputError(
                    f"{note.name} cannot be written; nothing else was changed. Choose another place.", code="file"
                ) from error
        if any(b.missing or b.foreign for b in found) or desk.astray():
            raise typer.Exit(1)


@app.command("manifests")
def manifests_(
    data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None
) -> None:
    """Manifests that came, newest first."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        for name in manifests(station.journal):
            typer.echo(name)


@app.command("hand-over")
def hand_over(dossier: DossierId, uncompared: Annotated[str, typer.Option(help="Why no finger was compared: no-print, hurt, no-scanner, other-receiver.")] = "",
              chip_number: Annotated[str, typer.Option(help="Number read from the chip; empty: not read, and noted so.")] = "",
              signature: Annotated[Path | None, typer.Option(help="Picture of the receiver's signature.", show_default=False)] = None,
              to: Annotated[str, typer.Option(help="self, guardian or carrier.")] = "self", old_card: Annotated[str, typer.Option(help="Old card taken back now: cmnd or cccd.")] = "",
              data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Hand a card over. The finger comparison belongs to the window; here it is noted as not compared."""
    from station.commands.dossier import _picture

    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        blob = station.journal.put_blob(_picture(signature), "image/jpeg") if signature else ""
        CardDesk(_book(station)).hand_over(
            dossier, chip_number=chip_number, to=to, signature=blob, old_card=old_card, uncompared=uncompared
        )


@app.command()
def undelivered(dossier: DossierId, reason: Annotated[str, typer.Argument(help=", ".join(UNDELIVERED_REASONS))], place: Annotated[str, typer.Option(help="Where the card lies.")] = "",
                phone_tries: Annotated[int, typer.Option(min=0, max=100)] = 0, next_try: Annotated[str, typer.Option(help="Day of the next try, 2026-11-25.")] = "",
                data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Note that a card could not be delivered, and when the next try is."""
    try:
        again = date.fromisoformat(next_try) if next_try else None
    except ValueError as error:
        raise InputError("A day is written 2026-11-22.", code="date-format") from error
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        CardDesk(_book(station)).undelivered(dossier, reason, place=place, phone_tries=phone_tries, next_try=again)


@app.command()
def refuse(dossier: DossierId, reason: Reason = "", data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "",
           pin_file: PinFile = None) -> None:  # fmt: skip
    """The citizen refuses the card (wrong data)."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        CardDesk(_book(station)).refuse(dossier, reason)


@app.command()
def calls(data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
          as_json: Json = False) -> None:  # fmt: skip
    """Call list by hamlet: e-IDs that are approved but not activated. Never ask for a one-time code or password."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        book = _book(station)
        for hamlet, dossiers in call_list(book.states()).items():
            for dossier in dossiers:
                state = book.state(dossier)
                line(as_json, f"{hamlet:40s} {state.value('phone'):12s} {state.value('full_name')}  {dossier}", hamlet=hamlet, dossier=dossier,
                     phone=state.value("phone"))  # fmt: skip
