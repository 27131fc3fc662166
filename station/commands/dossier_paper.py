"""`station dossier paper`: photographed papers of a dossier, from a file or with the camera of the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from station.commands._device_options import DeviceOption, room, settings_of
from station.commands._opening import AsOperator, Data, Json, Opened, PassphraseFile, PinFile, line, opened
from station.dossier.book import DossierBook
from station.dossier.consuming import CentreSession
from station.dossier.events import event_id
from station.dossier.photographing import Page, Photographing
from station.dossier.state import DossierState
from station.errors import InputError
from station.keys import Permission
from station.vietnam.paper_kinds import paper_kinds
from station.views.papers import PaperRow, papers_view
from station.words import Language, say

app = typer.Typer(no_args_is_help=True, help="Photographed papers of a dossier: list, add, retake, remove.")
DossierId = Annotated[str, typer.Argument(help="Number of the dossier (barcode digits).", show_default=False)]
PaperId = Annotated[str, typer.Argument(help="Id of the page ('station dossier paper list').", show_default=False)]
English = Annotated[bool, typer.Option("--english", help="Words in English.")]
Reason = Annotated[str, typer.Option(help="Why; goes into the dossier.")]
KINDS = "Kind: birth-certificate, old-identity-card, residence-paper, population-form, authorisation, fee-exemption, other."
From = Annotated[Path | None, typer.Option("--from", help="JPEG or PNG of the page, at most 20 MB; without it the camera of the settings takes one.",
                                           show_default=False)]  # fmt: skip


@app.command("list")
def list_(dossier: DossierId, data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "",
          pin_file: PinFile = None, english: English = False, as_json: Json = False) -> None:  # fmt: skip
    """List the photographed papers of a dossier, those that were struck with the reason, and those still wanted."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        paper_lines(_book(station).state(dossier), Language.EN if english else Language.VI, as_json=as_json)


@app.command()
def add(dossier: DossierId, kind: Annotated[str, typer.Argument(help=KINDS)], source: From = None, device: DeviceOption = None,
        field: Annotated[str, typer.Option(help="Field it proves, for example mother_name.")] = "",
        words: Annotated[str, typer.Option(help="What paper it is (kind other).")] = "", reason: Reason = "", data: Data = None,
        passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None, english: English = False,
        as_json: Json = False) -> None:  # fmt: skip
    """Add a page. A page that is dark, blurred or in a glare is kept only with --reason."""
    _keep(
        dossier,
        kind,
        source,
        field,
        words,
        reason,
        "",
        (data, passphrase_file, as_operator, pin_file),
        device,
        english=english,
        as_json=as_json,
    )


@app.command()
def retake(dossier: DossierId, paper: PaperId, reason: Annotated[str, typer.Option(help="Why; goes into the dossier.")], source: From = None,
           device: DeviceOption = None, data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None,
           english: English = False, as_json: Json = False) -> None:  # fmt: skip
    """Take a page again; the earlier one is struck and stays out of the package."""
    _keep(
        dossier,
        "",
        source,
        "",
        "",
        reason,
        paper,
        (data, passphrase_file, as_operator, pin_file),
        device,
        english=english,
        as_json=as_json,
    )


@app.command()
def remove(dossier: DossierId, paper: PaperId, reason: Annotated[str, typer.Option(help="Why; goes into the dossier.")], data: Data = None,
           passphrase_file: PassphraseFile = None, as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Take a page out before the dossier is sealed; it stays listed as removed."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        Photographing(_book(station), station.journal.put_blob).remove(dossier, event_id(paper), reason)


@app.command()
def absent(dossier: DossierId, kind: Annotated[str, typer.Argument(help=KINDS)], reason: Annotated[str, typer.Option(help="Why it is not here.")],
           field: Annotated[str, typer.Option(help="Field it would prove.")] = "", data: Data = None, passphrase_file: PassphraseFile = None,
           as_operator: AsOperator = "", pin_file: PinFile = None) -> None:  # fmt: skip
    """Say why a wanted paper was not brought."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        Photographing(_book(station), station.journal.put_blob).not_brought(dossier, kind, reason, field)


def paper_lines(state: DossierState, language: Language, *, as_json: bool) -> None:
    """Write the papers of a dossier: here, struck, wanted."""
    view = papers_view(state)
    for row in (*view.rows, *view.struck):
        _line(row, language, as_json)
    for wanted in view.open:
        name = wanted.name.say(language)
        about = f" ({say(f'field.{wanted.field}', language)})" if wanted.field else ""
        line(as_json, f"  ?  {name}{about}", wanted=wanted.kind, field=wanted.field, must=wanted.must)
    for told in view.explained:
        line(as_json, f"  -  {told.name.say(language)}: {told.reason}", absent=told.kind, field=told.field, reason=told.reason)


def _line(row: PaperRow, language: Language, as_json: bool) -> None:
    about = f" ({say(f'field.{row.field}', language)})" if row.field else ""
    flaws = "; ".join(f.say(language) for f in row.flaws)
    marks = [m for m in (row.struck, "simulated" if row.simulated else "", flaws, row.reason) if m]
    line(as_json, f"  {row.id}  {row.name.say(language)}{about}  {row.at.astimezone():%H:%M %d/%m/%Y}  {'; '.join(marks)}".rstrip(),
         paper=row.id, kind=row.kind, field=row.field, at=row.at.isoformat(), simulated=row.simulated, struck=row.struck,
         flaws=[f.code for f in row.flaws], reason=row.reason)  # fmt: skip


def _book(station: Opened) -> DossierBook:
    return DossierBook(station.journal, station.clock, station.session or CentreSession(operator=""))


def _keep(dossier: str, kind: str, source: Path | None, field: str, words: str, reason: str, replaces: str,
          who: tuple[Path | None, Path | None, str, Path | None], device: list[str] | None, *, english: bool, as_json: bool) -> None:  # fmt: skip
    with opened(*who, Permission.OPEN_DOSSIER) as station:
        book = _book(station)
        old = next((p for p in book.state(dossier).standing_photos if str(p.id) == replaces), None)
        if old is not None:
            kind, field, words = old.kind, old.field, old.words
        elif not replaces and kind not in paper_kinds():
            raise InputError(f"There is no paper of the kind '{kind[:40]}'; nothing was stored. Known: {', '.join(paper_kinds())}.",
                             code="paper-kind")  # fmt: skip
        page = page_of_file(source, reason) if source is not None else _checked(_from_camera(who[0], device), reason)
        event = Photographing(book, station.journal.put_blob).add(
            dossier, page, kind, field=field, words=words, reason=reason, replaces=event_id(replaces) if replaces else None)  # fmt: skip
        row = next(r for r in papers_view(book.state(dossier)).rows if r.id == str(event.id))
        _line(row, Language.EN if english else Language.VI, as_json)


def page_of_file(source: Path, reason: str) -> Page:
    """Read a page from a JPEG or PNG file.

    Raises:
        InputError: the file, or what is in it; not well readable and no reason given.
    """
    from station.capture.page_picture import MAX_FILE_BYTES, page_from_file

    try:
        with source.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"{source.name} cannot be read; nothing was changed.", code="file") from error
    return _checked(page_from_file(data), reason)


def _checked(page: Page, reason: str) -> Page:
    if page.flaws and not reason:
        flaws = "; ".join(say(f, Language.EN) for f in page.flaws)
        raise InputError(f"The page is not well readable ({flaws}); nothing was stored. Take it again, or say with a reason why it stays.",
                         code="paper-flawed")  # fmt: skip
    return page


def _from_camera(data: Path | None, device: list[str] | None) -> Page:
    """Take a page with the camera for papers of the settings (the portrait's where there is none), or with the one given."""
    from devices.contract import Camera, CaptureRequest
    from devices.errors import DeviceNotFoundError
    from station.capture.page_picture import page_from
    from station.device_room import DeviceRoom

    names = ("devices.documents", "devices.camera")
    rows = (
        room(data, device).rows()
        if device
        else [r for n in names for r in DeviceRoom.from_settings(settings_of(data), names=(n,)).rows()]
    )
    camera = next((r.device for r in rows if isinstance(r.device, Camera) and not r.info.error_code), None)
    if camera is None:
        raise DeviceNotFoundError(
            "No camera answers; nothing was stored. Check its cable, or give the page with --from.", device_id="documents"
        )
    with camera:
        return page_from(camera.capture(CaptureRequest(modality="document")))
