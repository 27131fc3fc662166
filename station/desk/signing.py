"""Review and signatures at desk 5 (S7, S9): answers line by line, both signatures, the seal's check list."""

from __future__ import annotations

from collections.abc import Iterable

from station.app import Station
from station.clock import legal_day
from station.desks.people import names
from station.dossier.readiness import CAPTURE_FORM, lines_to_review
from station.views.applicant import ApplicantView, applicant_view
from station.views.base import Words
from station.views.evidence import Fact, Signed, decode_line, evidence_facts
from station.views.review import ReviewView, review_view
from station.views.thumbs import Thumb, evidence_thumbs

ASKED_ALONE = ("phone",)
"""Lines that are confirmed by themselves, read out digit by digit."""


class SigningDesk:
    """Intents of S7 and S9."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def review(self, dossier: str) -> ReviewView:
        """Return S7."""
        return review_view(self._station.book.state(dossier))

    def thumbs(self, dossier: str) -> tuple[Thumb, ...]:
        """Return the accepted single fingers and the face, small."""
        return evidence_thumbs(self._station.book.state(dossier), self._station.journal.blob)

    def evidence(self, dossier: str) -> tuple[Fact, ...]:
        """Return what was captured, in a few words (S7)."""
        return evidence_facts(self._station.book.state(dossier))

    def signatures(self, dossier: str) -> dict[str, Signed]:
        """Return who signed the capture form: ``applicant``, ``operator``."""
        state = self._station.book.state(dossier)
        known = names(self._station)
        found = {}
        for s in state.signatures:
            if s.form == CAPTURE_FORM and state.signed_by(s.who):
                drawn = decode_line(self._station.journal.blob(s.blob)) if s.blob else None
                name = state.value("full_name").upper() if s.who == "applicant" else known.get(s.operator, s.operator)
                found[s.who] = Signed(name, s.at, drawn)
        return found

    def applicant(
        self, dossier: str, *, locked: bool = False, instruction: Words | None = None, finger: str = ""
    ) -> ApplicantView:
        """Return S9; an empty dossier gives the blank screen."""
        state = self._station.book.state(dossier) if dossier else None
        return applicant_view(state, legal_day(self._station.clock.now()), locked=locked, instruction=instruction, finger=finger)

    def answer(self, dossier: str, lines: Iterable[str], answer: bool) -> None:
        """Record the applicant's answer to lines."""
        self._station.book.review(dossier, dict.fromkeys(lines, answer))

    def agree_rest(self, dossier: str) -> None:
        """Record that the applicant agreed to every line not yet answered, except those that are asked alone."""
        state = self._station.book.state(dossier)
        rest = [n for n in lines_to_review(state) if state.review.get(n) is None]
        together = [n for n in rest if n not in ASKED_ALONE]
        self.answer(dossier, together or rest, answer=True)

    def sign(self, dossier: str, who: str, drawn_png: bytes = b"") -> None:
        """Record a signature of the capture form; the applicant's may be drawn, the officer's is made with their key.

        Raises:
            ProcedureError: something comes first.
        """
        operator = self._station.operator
        assert operator is not None, "signed in before any dossier is opened"
        blob = self._station.journal.put_blob(drawn_png, "image/png") if drawn_png else ""
        signature = (
            b""
            if who == "applicant"
            else b"".join(s.to_bytes() for s in operator.signer.sign(f"capture form {dossier}".encode()))
        )
        self._station.book.sign(dossier, who, CAPTURE_FORM, signature, blob)
