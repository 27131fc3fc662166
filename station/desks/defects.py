"""S12: a refused or returned dossier is mended without a new capture: found, assigned, corrected with proof, approved by another
person, signed again, sealed again with the same biometrics, sent.

A refusal in the queue becomes a defect with an owner here, once (a screen that is opened twice writes nothing twice). The applicant's
signature on the photographed form (DC01, DC02) stands for the signature of the lines that changed.
"""

from __future__ import annotations

from dataclasses import dataclass

from station.app import Station
from station.clock import legal_day
from station.desks.people import Acting, names, second_person, signed_in
from station.desks.pictures import Picture, portrait_of
from station.dossier.checks import FIELD_CODES
from station.dossier.kinds import Kind
from station.dossier.mending import ChainLink, Mending
from station.dossier.parts import Defect, DefectState, PackageWord
from station.dossier.readiness import CAPTURE_FORM, lines_to_review
from station.dossier.state import DossierState
from station.errors import AccessError, ProcedureError
from station.keys import Permission
from station.queue.model import Entry, State
from station.sealing import seal_dossier
from station.vietnam.fields import field_rules
from station.views.base import grouped
from station.views.defects import DefectRow, DefectsView, defects_view

OWNERS = ("data-officer", "commune", "supervisor", "clerk")


@dataclass(frozen=True, slots=True)
class DefectCase:
    """One defect in full: whose, the fault, its chain of steps, the proof, and how many open ones stand before sending."""

    person: str
    number: str
    born: str
    row: DefectRow
    state: DefectState
    chain: tuple[ChainLink, ...]
    portrait: Picture | None
    proof: str
    has_field: bool
    same_captures: int
    left: int
    package: str
    operators: dict[str, str]


class DefectDesk:
    """The defect desk's intents over one station."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def view(self) -> DefectsView:
        """Return S12, after turning what the centre refused into defects."""
        self.take_refusals()
        return defects_view(self._station.book.states(), legal_day(self._station.clock.now()))

    def take_refusals(self) -> int:
        """Turn every refusal in the queue that has no defect yet into defects with an owner; returns how many were written."""
        self._station.tell_journal()
        mending = Mending(self._station.book)
        count = 0
        for entry in self._station.queue.entries(State.REFUSED):
            state = self._station.book.state(entry.dossier)
            told = any(d.evidence.get("package") == entry.package_id for d in state.defects)
            newest = state.packages and state.packages[-1].id == entry.package_id and state.package_word is PackageWord.REFUSED
            if told or not newest:
                continue
            for reason in entry.reasons:
                event = self._station.book.write(Kind.DEFECT, {
                    "code": _code(reason, state.value(reason)), "field": reason if reason in field_rules() else "", "owner": "data-officer", "stops": False,
                    "evidence": {"why": "returned", "from": "centre", "words": reason[:200], "package": entry.package_id},
                }, entry.dossier)  # fmt: skip
                mending.assign(entry.dossier, event.id, "data-officer")
                count += 1
        return count

    def case(self, row: DefectRow) -> DefectCase:
        """Return one defect in full."""
        state, found = self._find(row)
        chain = Mending(self._station.book).chain_of(row.dossier, found.id)
        captures = sum(s.accepted is not None for s in state.captures.values())
        open_ones = sum(d.state is not DefectState.APPROVED for d in state.open_defects)
        return DefectCase(state.value("full_name"), grouped(state.value("personal_no")), state.value("dob"), row, found.state, tuple(chain),
                          portrait_of(self._station.journal, state), found.proof, found.field in field_rules(), captures, open_ones,
                          state.packages[-1].id if state.packages else "", names(self._station))  # fmt: skip

    def _find(self, row: DefectRow) -> tuple[DossierState, Defect]:
        state = self._station.book.state(row.dossier)
        found = next((d for d in state.defects if str(d.id) == row.id), None)
        if found is None or not found.open:
            raise ProcedureError("This defect is not open; nothing was changed.", code="defect-not-open")
        return state, found

    def assign(self, row: DefectRow, owner: str) -> None:
        """Give the defect to exactly one owner."""
        Mending(self._station.book).assign(row.dossier, self._find(row)[1].id, owner)

    def correct(self, row: DefectRow, value: str, proof: bytes = b"", media: str = "image/png") -> str:
        """Write the right value down with its proof (the photographed, signed form); it takes effect once another person approves.

        Raises:
            ProcedureError: no proof where the code needs one, package on its way. InputError: the field cannot hold the value.
        """
        _, found = self._find(row)
        blob = self._station.journal.put_blob(proof, media) if proof else found.proof
        return Mending(self._station.book).correct(row.dossier, found.id, value, proof=blob)

    def approver(self) -> Acting | None:
        """Return the signed-in operator when they may approve."""
        return signed_in(self._station, Permission.APPROVE)

    def approve(self, row: DefectRow, operator_id: str = "", secret: str = "") -> None:
        """Approve the correction, as the signed-in supervisor or by the PIN of one.

        Raises:
            AccessError: E04 the person who corrected it, wrong PIN, no such right. ProcedureError: nothing to approve.
        """
        person = second_person(self._station, operator_id, secret, Permission.APPROVE) if operator_id else self.approver()
        if person is None:
            raise AccessError("This decision needs a supervisor; nothing was changed. Press F8.", code="role-missing")
        Mending(person.book).approve(row.dossier, self._find(row)[1].id)

    def settle(self, row: DefectRow, how: str) -> None:
        """Close a defect that is no wrong value, with words; a refused package of it is let go again as it is.

        Raises:
            ProcedureError: a wrong value is corrected instead.
        """
        _, found = self._find(row)
        if found.field in field_rules() and found.state is not DefectState.APPROVED:
            raise ProcedureError("This defect is a wrong value; correct it with its proof.", code="defect-unapproved")
        Mending(self._station.book).close(row.dossier, found.id, how)
        package = str(found.evidence.get("package", ""))
        entry = self._station.queue.get(package) if package else None
        if entry is not None and entry.state is State.REFUSED and not self._station.book.state(row.dossier).open_defects:
            self._station.queue.release(package)

    def resend(self, row: DefectRow) -> Entry:
        """Sign again, seal again with the same captures and put the new package into the queue; approved defects are closed.

        Raises:
            ProcedureError: a defect of this dossier is not approved yet, or something else is open before the seal.
        """
        state, found = self._find(row)
        if found.state is not DefectState.APPROVED:
            raise ProcedureError("The correction waits for approval; nothing was changed.", code="defect-unapproved")
        if waiting := [d for d in state.open_defects if d.state is not DefectState.APPROVED]:
            raise ProcedureError("Another defect of this dossier is not mended yet; nothing was sent.", code="defect-not-open",
                                 left=len(waiting))  # fmt: skip
        book, operator = self._station.book, self._station.operator
        if operator is None:
            raise AccessError("Nobody is signed in; nothing was changed. Sign in first.", code="not-signed-in")
        unseen = [n for n in lines_to_review(state) if state.review.get(n) is not True]
        if unseen:
            book.review(row.dossier, dict.fromkeys(unseen, True))
        proof = next((d.proof for d in state.open_defects if d.proof), "")
        if not state.signed_by("applicant"):
            book.sign(row.dossier, "applicant", CAPTURE_FORM, blob=proof)
        if not state.signed_by("operator"):
            signature = b"".join(s.to_bytes() for s in operator.signer.sign(f"capture form {row.dossier}".encode()))
            book.sign(row.dossier, "operator", CAPTURE_FORM, signature)
        entry = seal_dossier(self._station, row.dossier)
        closing = Mending(book)
        for defect in state.open_defects:
            closing.close(row.dossier, defect.id, "sent-again")
        return entry


def _code(reason: str, value: str) -> str:
    """Return the defect code of a refusal: a missing field is T2, a wrong one as in the comparison, anything else S3."""
    if reason in field_rules() and not value:
        return "T2"
    return FIELD_CODES.get(reason, "S3")
