"""Fingers that cannot be taken: declared with a picture of the hand (or why there is none) and signed by the officer who answers for it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import cbor2

from biometrics.positions import SINGLE_FINGERS, FingerPosition
from station.dossier.kinds import Kind
from station.dossier.parts import ExceptionKind, HandPhoto, Permanence
from station.dossier.photographing import Page, told_device
from station.dossier.reasons import needed_reason, short_reason
from station.errors import InputError, ProcedureError

if TYPE_CHECKING:
    from station.dossier.book import DossierBook


class SignedBy(StrEnum):
    """How an officer signed: with their PIN or card for this very exception, or with the key that their sign-in had opened."""

    PIN = "pin"
    CARD = "card"
    SESSION = "session"


class NoPhoto(StrEnum):
    """Why an exception has no picture of the hand."""

    NO_CAMERA = "no-camera"
    NOT_SHOWN = "not-shown"
    """There is a camera, and the hand could not be laid before it, or the person does not want it."""


NOT_ASKED: Final = ""
"""Of events older than the picture, and of an enrollment from files."""


def kept_photo(page: Page, put_blob: Callable[[bytes, str], str]) -> HandPhoto:
    """Put the picture of a hand on the disk and return what an exception says of it. Raises: StorageError: disk (E32)."""
    return HandPhoto(
        put_blob(page.data, page.media), page.media, page.width, page.height, page.source, told_device(page.device), page.flaws
    )


def exception_payload(dossier: str, finger: FingerPosition, *, kind: str, permanence: str, reason: str, operator: str, photo: str = "",
                      no_photo: str = "", by: str = SignedBy.SESSION) -> bytes:  # fmt: skip
    """Return the bytes the officer's signature of a missing finger covers (deterministic CBOR): the picture too, where one was asked for."""
    told = [dossier, int(finger), kind, permanence, reason, operator]
    if not photo and not no_photo and by == SignedBy.SESSION:
        return cbor2.dumps(["finger-exception", *told], canonical=True)
    return cbor2.dumps(["finger-exception-2", *told, photo, no_photo, str(by)], canonical=True)


def declare(book: DossierBook, dossier: str, finger: FingerPosition | int, kind: ExceptionKind | str, permanence: Permanence | str,
            reason: str, *, photo: HandPhoto | None, no_photo: str, by: str) -> None:  # fmt: skip
    """See `DossierBook.declare_exception`."""
    state = book.editable(dossier)
    finger = FingerPosition(finger)
    if finger not in SINGLE_FINGERS:
        raise ProcedureError("An exception names one finger; nothing was changed.", code="exception-finger")
    try:
        kind, permanence, by = ExceptionKind(kind), Permanence(permanence), SignedBy(by)
        no_photo = NoPhoto(no_photo) if no_photo else NOT_ASKED
    except ValueError as error:
        raise InputError("This kind of exception is not known; nothing was changed. Choose one from the list.",
                         code="exception-kind") from error  # fmt: skip
    reason = needed_reason(reason) if kind is ExceptionKind.OTHER else short_reason(reason)
    blob = photo.blob if photo is not None else ""
    no_photo = NOT_ASKED if photo is not None else no_photo
    signature = book.signed(exception_payload(dossier, finger, kind=kind, permanence=permanence, reason=reason,
                                              operator=book.session.operator, photo=blob, no_photo=no_photo, by=by))  # fmt: skip
    body: dict[str, Any] = {"finger": int(finger), "kind": kind.value, "permanence": permanence.value, "reason": reason,
                            "signature": signature, "photo": blob, "by": by.value}  # fmt: skip
    if photo is not None:
        body["picture"] = {"media": photo.media, "width": photo.width, "height": photo.height, "source": photo.source,
                           "device": dict(photo.device), "flaws": list(photo.flaws)}  # fmt: skip
    elif no_photo:
        body["no_photo"] = str(no_photo)
    book.write(Kind.EXCEPTION, body, dossier)
    count = len(state.excepted | {finger})
    if count >= state.procedure.supervisor_from_fingers and not any(a.what == "many-exceptions" for a in state.approvals):
        book.ask(dossier, "many-exceptions", "", str(count), deferred=True)
