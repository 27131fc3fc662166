"""Eyes that cannot be taken: declared and signed by the officer as fingers are, so that a missing iris is never a silent gap."""

from __future__ import annotations

import cbor2

from biometrics.positions import Eye
from station.dossier.book import DossierBook
from station.dossier.excepting import SignedBy
from station.dossier.kinds import Kind
from station.dossier.parts import EyeExceptionKind, Permanence
from station.dossier.reasons import needed_reason, short_reason
from station.errors import InputError, ProcedureError


def eye_exception_payload(dossier: str, eye: Eye, *, kind: str, permanence: str, reason: str, operator: str, by: str = SignedBy.SESSION) -> bytes:  # fmt: skip
    """Return the bytes the officer's signature of an eye that is not taken covers (deterministic CBOR)."""
    told = [dossier, int(eye), kind, permanence, reason, operator]
    named = ["eye-exception", *told] if by == SignedBy.SESSION else ["eye-exception-2", *told, str(by)]
    return cbor2.dumps(named, canonical=True)


def declare_eye_exception(book: DossierBook, dossier: str, eye: Eye | int, kind: EyeExceptionKind | str,
                          permanence: Permanence | str = Permanence.LASTING, reason: str = "", *, by: str = SignedBy.SESSION) -> None:  # fmt: skip
    """Declare that the iris of an eye cannot be taken; the officer signs and answers for it.

    Raises:
        ProcedureError: not one eye, or "other" without words. InputError: unknown kind.
    """
    book.editable(dossier)
    try:
        eye = Eye(eye)
        kind, permanence = EyeExceptionKind(kind), Permanence(permanence)
    except ValueError as error:
        raise InputError("This kind of exception is not known; nothing was changed. Choose one from the list.",
                         code="exception-kind") from error  # fmt: skip
    if eye is Eye.UNKNOWN:
        raise ProcedureError("An exception names one eye; nothing was changed.", code="exception-eye")
    reason = needed_reason(reason) if kind is EyeExceptionKind.OTHER else short_reason(reason)
    signature = book.signed(eye_exception_payload(
        dossier, eye, kind=kind.value, permanence=permanence.value, reason=reason, operator=book.session.operator, by=by))  # fmt: skip
    book.write(Kind.EYE_EXCEPTION, {"eye": int(eye), "kind": kind.value, "permanence": permanence.value, "reason": reason,
                                    "signature": signature, "by": SignedBy(by).value}, dossier)  # fmt: skip


def withdraw_eye_exception(book: DossierBook, dossier: str, eye: Eye | int, reason: str) -> None:
    """Take an exception back.

    Raises:
        ProcedureError: this eye has none.
    """
    if Eye(eye) not in book.editable(dossier).eye_exceptions:
        raise ProcedureError("This eye has no exception; nothing was changed.", code="exception-none")
    book.write(Kind.EYE_EXCEPTION_WITHDRAWN, {"eye": int(eye), "reason": needed_reason(reason)}, dossier)
