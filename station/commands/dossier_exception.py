"""`station dossier exception`: fingers that cannot be taken, with a picture of the hand, signed by the operator's own PIN."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from biometrics.positions import FingerPosition
from station.commands._opening import AsOperator, Data, Json, Opened, PassphraseFile, PinFile, line, opened
from station.dossier.book import DossierBook
from station.dossier.consuming import CentreSession
from station.dossier.excepting import NoPhoto, SignedBy, kept_photo
from station.dossier.parts import ExceptionKind, FingerExceptionState, HandPhoto
from station.errors import AccessError, InputError
from station.keys import Permission
from station.views.review import exception_proof, exception_text
from station.words import Language

app = typer.Typer(no_args_is_help=True, help="Fingers that cannot be taken: declare, list, withdraw.")
DossierId = Annotated[str, typer.Argument(help="Number of the dossier (barcode digits).", show_default=False)]
Finger = Annotated[
    int,
    typer.Argument(min=1, max=10, help="1-5 right thumb to little finger, 6-10 left thumb to little finger.", show_default=False),
]
English = Annotated[bool, typer.Option("--english", help="Words in English.")]
KINDS = "Kind: amputated, bandaged, deformed, stiff, worn, other (with --reason)."


@app.command("list")
def list_(dossier: DossierId, data: Data = None, passphrase_file: PassphraseFile = None, as_operator: AsOperator = "",
          pin_file: PinFile = None, english: English = False, as_json: Json = False) -> None:  # fmt: skip
    """List the exceptions of a dossier: what, for how long, picture of the hand, who signed how."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        for finger, found in sorted(_book(station).state(dossier).exceptions.items()):
            exception_line(finger, found, Language.EN if english else Language.VI, as_json=as_json)


@app.command()
def add(dossier: DossierId, finger: Finger, kind: Annotated[str, typer.Argument(help=KINDS)], as_operator: AsOperator,
        photo: Annotated[Path | None, typer.Option(help="JPEG or PNG of the hand, at most 20 MB; without it that is recorded.",
                                                   show_default=False)] = None,
        no_photo: Annotated[str, typer.Option(help="Why there is no picture: no-camera, not-shown.")] = NoPhoto.NO_CAMERA.value,
        temporary: Annotated[bool, typer.Option("--temporary", help="It will pass (default: lasting).")] = False,
        reason: Annotated[str, typer.Option(help="In words; goes into the dossier.")] = "", data: Data = None,
        passphrase_file: PassphraseFile = None, pin_file: PinFile = None, english: English = False, as_json: Json = False) -> None:  # fmt: skip
    """Declare a finger that cannot be taken. --as and the PIN sign it, for this declaration alone."""
    if kind not in set(ExceptionKind):
        raise InputError(f"There is no kind '{kind[:40]}'; nothing was changed. Known: {', '.join(ExceptionKind)}.",
                         code="exception-kind")  # fmt: skip
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        book = _book(station)
        book.editable(dossier)
        shown = _photo(station, photo)
        book.declare_exception(dossier, finger, kind, "temporary" if temporary else "lasting", reason, photo=shown,
                               no_photo="" if shown is not None else no_photo, by=SignedBy.PIN)  # fmt: skip
        position = FingerPosition(finger)
        found = book.state(dossier).exceptions[position]
        exception_line(position, found, Language.EN if english else Language.VI, as_json=as_json)


@app.command()
def withdraw(dossier: DossierId, finger: Finger, reason: Annotated[str, typer.Option(help="Why; goes into the dossier.")], as_operator: AsOperator,
             data: Data = None, passphrase_file: PassphraseFile = None, pin_file: PinFile = None) -> None:  # fmt: skip
    """Take an exception back (the bandage is off); its picture stays out of the package."""
    with opened(data, passphrase_file, as_operator, pin_file, Permission.OPEN_DOSSIER) as station:
        _book(station).withdraw_exception(dossier, finger, reason)


def exception_line(finger: FingerPosition, found: FingerExceptionState, language: Language, *, as_json: bool) -> None:
    """Write one exception: the finger, what it is, what it rests on."""
    text = exception_text(finger, found.kind.value, found.permanence.value, found.reason).say(language)
    line(as_json, f"  {text}  ({exception_proof(found).say(language)})", exception=int(finger), kind=found.kind.value,
         permanence=found.permanence.value, operator=found.operator, by=found.by, photo=found.photo.blob if found.photo else "",
         no_photo=found.no_photo)  # fmt: skip


def _book(station: Opened) -> DossierBook:
    session = station.session

    def sign(data: bytes) -> bytes:
        if session is None:
            raise AccessError("Nobody is signed in; nothing was signed. Sign in with --as.", code="not-signed-in")
        return b"".join(len(s := part.to_bytes()).to_bytes(4, "big") + s for part in session.signer.sign(data))

    return DossierBook(station.journal, station.clock, session or CentreSession(operator=""), sign)


def _photo(station: Opened, source: Path | None) -> HandPhoto | None:
    if source is None:
        return None
    from station.capture.hand_photo import hand_page_from_file
    from station.capture.page_picture import MAX_FILE_BYTES

    try:
        with source.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"{source.name} cannot be read; nothing was changed.", code="file") from error
    return kept_photo(hand_page_from_file(data), station.journal.put_blob)
