"""`station queue lend | take | recall`: unfinished dossiers between the kits of a team, over an allowed stick."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from station.commands import _queue as base
from station.commands._opening import AsOperator, PinFile
from station.sticks import open_stick

DossierId = Annotated[str, typer.Argument(help="Number of the dossier.", show_default=False)]


def lend(dossier: DossierId, *, folder: base.Folder, stick: base.StickFolder, as_operator: AsOperator, demo: base.Demo = False,
         passphrase_file: base.PassphraseFile = None, pin_file: PinFile = None,
         days: Annotated[int, typer.Option(help="Length of the lease.", min=1, max=30)] = 3, as_json: base.Json = False) -> None:  # fmt: skip
    """Hand an unfinished dossier to the team: sealed to the team key, on an allowed stick, with a lease."""
    from station.drafts import lend as hand

    with base.opened_station(folder, demo, passphrase_file, None, as_operator, pin_file) as station:
        sealed = hand(station, dossier, open_stick(station, stick), lease=timedelta(days=days))
        base.tell(
            {"event": "lent", "dossier": dossier, "package": sealed.package_id, "bytes": len(sealed.data), "days": days}, as_json
        )


def take(*, folder: base.Folder, stick: base.StickFolder, as_operator: AsOperator, demo: base.Demo = False,
         passphrase_file: base.PassphraseFile = None, pin_file: PinFile = None, as_json: base.Json = False) -> None:  # fmt: skip
    """Go on with the drafts on a stick: their captures and events are taken in, the lease is this kit's."""
    from station.drafts import take_all

    with base.opened_station(folder, demo, passphrase_file, None, as_operator, pin_file) as station:
        taken, refused = take_all(station, open_stick(station, stick))
        for one in taken:
            base.tell({"event": "taken", "dossier": one.dossier, "events": one.events, "images": one.images, "lender": one.lender,
                       "until": one.until.isoformat(timespec="minutes")}, as_json)  # fmt: skip
        for code in refused:
            base.tell({"event": "refused", "code": code}, as_json)
        if refused:
            raise typer.Exit(1)


def recall(dossier: DossierId, *, folder: base.Folder, as_operator: AsOperator,
           reason: Annotated[str, typer.Option(help="Why; goes into the audit log.")], demo: base.Demo = False,
           passphrase_file: base.PassphraseFile = None, pin_file: PinFile = None) -> None:  # fmt: skip
    """Take a lease back before its end; the dossier is open here again."""
    from station.drafts import recall as back

    with base.opened_station(folder, demo, passphrase_file, None, as_operator, pin_file) as station:
        back(station, dossier, reason)
    typer.echo(f"{dossier} is open here again.")
