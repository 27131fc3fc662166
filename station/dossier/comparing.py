"""The comparing desk: runs the checks for a dossier and writes look-up and defects down (screen S2)."""

from __future__ import annotations

from collections.abc import Sequence

from station.clock import legal_day
from station.dossier.book import DossierBook
from station.dossier.card_case import CARD_CASE
from station.dossier.checks import Found, branch_of, defect_rules, find_defects, investigate
from station.dossier.kinds import Kind
from station.dossier.parts import Branch, DefectState, FieldSource
from station.dossier.proposing import propose
from station.dossier.state import DossierState
from station.errors import TransferError
from station.population.model import Population
from station.vietnam.fields import mandatory_fields
from station.vietnam.units import UnitTable, default_units


class ComparingDesk:
    """Compares and records. `units` are the site's tables (the shipped ones when none are given)."""

    def __init__(self, book: DossierBook, population: Population, units: UnitTable | None = None) -> None:
        self._book = book
        self._population = population
        self._units = units or default_units()

    def compare(
        self, dossier: str, *, finger_hits: Sequence[str] = (), phone_users: int = 0, offline_ok: bool = True
    ) -> tuple[Found, ...]:
        """Look up, compare everything, write the answer and every new defect; close those that are gone. Return all present ones.

        A register that does not answer is recorded as such and never blocks a capture (E14); `offline_ok=False` raises instead.

        Raises:
            TransferError: no answer and not `offline_ok`.
        """
        book = self._book
        state = book.editable(dossier)
        sources: dict[FieldSource, dict[str, str]] = {
            k: dict(v) for k, v in state.sources.items() if k is not FieldSource.REGISTER
        }
        # What is in force now counts as declared: a clerk's correction of a typing fault is no second opinion.
        declared = {n: f.value for n, f in state.fields.items()}
        sources[FieldSource.DECLARED] = declared
        try:
            investigation = investigate(self._population, declared, sources.get(FieldSource.CHIP))
        except TransferError:
            if not offline_ok:
                raise
            book.look_up(dossier, Branch.UNANSWERED, None, source=self._population.source, status="unanswered")
            investigation = None
        if investigation is not None and investigation.record is not None:
            sources[FieldSource.REGISTER] = dict(investigation.record.fields)
        kind = propose(book, state, sources, answered=investigation is not None).value
        found = find_defects(sources, investigation, kind=kind, units=self._units, day=legal_day(book.clock.now()),
                             mandatory=mandatory_fields(kind), finger_hits=finger_hits, phone_users=phone_users)  # fmt: skip
        if investigation is not None:
            record = investigation.record
            book.look_up(dossier, branch_of(investigation, found), dict(record.fields) if record is not None else None,
                         source=investigation.source, status=record.status.value if record is not None else "absent")  # fmt: skip
        self._record(state, found, register_answered=investigation is not None, fingers_searched=bool(finger_hits))
        return found

    def _record(self, state: DossierState, found: Sequence[Found], *, register_answered: bool, fingers_searched: bool) -> None:
        open_now = {(d.code, d.field): d for d in state.open_defects}
        for defect in found:
            if (defect.code, defect.field) in open_now:
                continue
            rule = defect_rules()[defect.code]
            self._book.write(Kind.DEFECT, {"code": defect.code, "field": defect.field, "owner": rule.owner, "stops": defect.stops,
                                           "evidence": {"why": defect.why, **defect.evidence}}, state.id)  # fmt: skip
        present = {(f.code, f.field) for f in found}
        for key, old in open_now.items():
            untouched = old.state in {DefectState.FOUND, DefectState.ASSIGNED}
            judged = register_answered and (old.code != "D3" or fingers_searched)
            # A card that is not to be relied on stays a case until a supervisor decided, whatever lies on the reader next.
            if key not in present and untouched and judged and old.code != CARD_CASE:
                self._book.write(Kind.DEFECT_CLOSED, {"defect": str(old.id), "how": "compared-again"}, state.id)
