"""Correct without recapture: find → assign → correct with proof → approve (another person) → seal again with the same captures.

A refused package or a notice "returned" becomes defects with an owner; a correction never touches a capture. The whole chain is
events, so `chain_of` can show who did what. Alarms before the 180-day purge come from `ages`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from station.clock import legal_day
from station.dossier.book import DossierBook
from station.dossier.checks import defect_rules
from station.dossier.events import EventId
from station.dossier.kinds import Kind
from station.dossier.parts import Defect, DefectState, PackageWord
from station.dossier.reasons import needed_reason, short_reason
from station.dossier.state import DossierState
from station.errors import InputError, ProcedureError
from station.vietnam.fields import commit, field_rules
from station.vietnam.rules import Retention, retention_of

CORRECTING_ROLES = frozenset({"data-officer", "supervisor", "clerk"})
APPROVING_ROLES = frozenset({"supervisor", "team-lead", "commune-head"})


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One step of a defect's way."""

    what: str
    operator: str
    at: str
    note: str


class Mending:
    """The defect desk's intents over one book."""

    def __init__(self, book: DossierBook) -> None:
        self._book = book

    def _defect(self, dossier: str, defect: EventId) -> tuple[DossierState, Defect]:
        state = self._book.state(dossier)
        found = next((d for d in state.defects if d.id == defect), None)
        if found is None or not found.open:
            raise ProcedureError("This defect is not open; nothing was changed.", code="defect-not-open")
        return state, found

    def report(self, dossier: str, code: str, field: str, why: str, owner: str = "") -> EventId:
        """Write a defect down that a person found.

        Raises:
            InputError: unknown code.
        """
        self._book.state(dossier)
        rule = defect_rules().get(code)
        if rule is None:
            raise InputError("This defect code is not known; nothing was written.", code="defect-code")
        return self._book.write(Kind.DEFECT, {"code": code, "field": field, "owner": owner or rule.owner, "stops": rule.stops,
                                              "evidence": {"why": needed_reason(why)}}, dossier).id  # fmt: skip

    def assign(self, dossier: str, defect: EventId, owner: str, way: str = "") -> None:
        """Give the defect to exactly one owner (a role, an operator or a commune); `way`: what was decided about it at the desk."""
        self._defect(dossier, defect)
        body = {"defect": str(defect), "owner": needed_reason(owner)}
        self._book.write(Kind.DEFECT_ASSIGNED, {**body, "way": way} if way else body, dossier)

    def correct(self, dossier: str, defect: EventId, value: str, *, proof: str = "") -> str:
        """Propose the right value with its proof (blob of the photographed paper); return its stored form. A sealed dossier's data
        are opened as a revision; captures stay as they are.

        Raises:
            ProcedureError: not open, no proof where one is needed. InputError: the field cannot hold the value.
        """
        state, found = self._defect(dossier, defect)
        if found.field not in field_rules():
            raise ProcedureError("This defect is not a wrong value; settle it with its way to mend.", code="defect-no-value")
        stored = commit(found.field, value)
        rule = defect_rules()[found.code]
        if rule.proof and not proof:
            raise ProcedureError("This correction needs a photographed paper; nothing was changed.", code="proof-missing")
        if state.sealed:
            if state.package_word in {PackageWord.SEALED, PackageWord.SENT}:
                raise ProcedureError("The package is on its way; wait for the answer, then correct.", code="package-travelling")
            self._book.write(
                Kind.REVISION, {"number": state.revision + 1, "reason": found.code, "returned": state.packages[-1].id}, dossier
            )
        self._book.write(Kind.DEFECT_CORRECTED, {"defect": str(defect), "field": found.field, "old": state.value(found.field),
                                                 "new": stored, "proof": proof, "form": rule.form}, dossier)  # fmt: skip
        return stored

    def approve(self, dossier: str, defect: EventId, *, decision: str = "approved", reason: str = "") -> None:
        """Approve or return a correction, as another person than the one who made it; approved values take effect at once.

        Raises:
            ProcedureError: nothing to approve. AccessError: the same person, or without the role (E04).
        """
        _, found = self._defect(dossier, defect)
        if found.state is not DefectState.CORRECTED:
            raise ProcedureError("There is no correction to approve; nothing was changed.", code="defect-not-corrected")
        self._book.other_person(found.corrected_by, APPROVING_ROLES)
        if decision not in {"approved", "returned"}:
            raise InputError("A decision is approved or returned; nothing was changed.", code="decision-unknown")
        note = short_reason(reason) if decision == "approved" else needed_reason(reason)
        self._book.write(Kind.DEFECT_APPROVED, {"defect": str(defect), "decision": decision, "reason": note}, dossier)

    def close(self, dossier: str, defect: EventId, how: str) -> None:
        """Close a defect; one that needed a correction only after its approval, a stopping one only by a supervisor.

        Raises:
            ProcedureError, AccessError.
        """
        _, found = self._defect(dossier, defect)
        if found.state is DefectState.CORRECTED:
            raise ProcedureError("The correction waits for approval; nothing was changed.", code="defect-unapproved")
        if found.stops:
            self._book.other_person(found.found_by if found.code != "X1" else "", APPROVING_ROLES)
        self._book.write(Kind.DEFECT_CLOSED, {"defect": str(defect), "how": needed_reason(how)}, dossier)

    def returned(self, dossier: str, reasons: Iterable[tuple[str, str, str]]) -> list[EventId]:
        """Turn the intake's or centre's reasons (code, field, words) into defects with an owner; unknown codes become S3.

        Called once per notice: a reason whose code and field are already open is not written again.
        """
        state = self._book.state(dossier)
        open_now = {(d.code, d.field) for d in state.open_defects}
        ids = []
        for code, field, words in reasons:
            known = code if code in defect_rules() else "S3"
            if (known, field) in open_now:
                continue
            open_now.add((known, field))
            rule = defect_rules()[known]
            event = self._book.write(Kind.DEFECT, {"code": known, "field": field, "owner": rule.owner, "stops": False,
                                                   "evidence": {"why": "returned", "from": "centre", "words": words[:200]}}, dossier)  # fmt: skip
            ids.append(event.id)
        return ids

    def chain_of(self, dossier: str, defect: EventId) -> list[ChainLink]:
        """Return every step of a defect in order: found, assigned, corrected, approved, sealed again, closed."""
        chain, revised = [], False
        for event in self._book.journal.events(dossier):
            about = event.id == defect or str(event.body.get("defect", "")) == str(defect)
            revised = revised or event.kind == Kind.DEFECT_APPROVED
            if about or (revised and event.kind in {Kind.SEALED, Kind.RECEIPT}):
                note = str(event.body.get("decision") or event.body.get("owner") or event.body.get("how") or "")
                chain.append(ChainLink(event.kind, event.operator, event.at.isoformat(timespec="seconds"), note))
        return chain


@dataclass(frozen=True, slots=True)
class AgedDefect:
    """A row of the defect list: the defect, its dossier, and the legal clock."""

    dossier: str
    defect: Defect
    age_days: int
    retention: Retention


def first_capture_day(state: DossierState) -> date:
    """Return the day of the first capture (what the purge counts from), or the opening day."""
    days = [legal_day(c.accepted.at) for c in state.captures.values() if c.accepted is not None]
    return min(days, default=legal_day(state.opened_at))


def ages(states: Iterable[DossierState], day: date) -> list[AgedDefect]:
    """Return all open defects, nearest to the purge first."""
    rows = [
        AgedDefect(s.id, d, (day - legal_day(d.found_at)).days, retention_of(first_capture_day(s), day))
        for s in states
        for d in s.open_defects
    ]
    return sorted(rows, key=lambda r: (r.retention.days_left, -r.age_days, r.dossier, r.defect.id))


def held_from_purge(state: DossierState) -> tuple[str, ...]:
    """Return why a dossier's captures must be kept past their day: open defects, a correction on its way; empty = may go."""
    reasons = ["open-defect"] if state.open_defects else []
    if state.packages and state.package_word is not PackageWord.ACKNOWLEDGED:
        reasons.append("not-acknowledged")
    return tuple(reasons)
