"""S10: the supervisor decides what was deferred, corrections by others, faults that stop. Four eyes are kept by the book itself."""

from __future__ import annotations

from dataclasses import dataclass

from biometrics.positions import fingers_of
from station.app import Station
from station.desks.people import InPlace, names
from station.desks.pictures import Picture, hand_of, picture_of
from station.dossier.card_case import CARD_CASE, settle_case
from station.dossier.events import EventId
from station.dossier.mending import Mending
from station.dossier.pipeline import Pipeline
from station.errors import AccessError
from station.keys import Permission
from station.views.base import Words, grouped, shown
from station.views.inbox import InboxRow, InboxView, inbox_view
from station.views.review import exception_proof, exception_text, eye_text


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of evidence: label and value as read by people."""

    label: Words
    value: str


@dataclass(frozen=True, slots=True)
class Case:
    """What a decision rests on: whose dossier, who asked, facts, the picture concerned, and the finger positions in question."""

    dossier: str
    person: str
    number: str
    asked_by: str
    facts: tuple[Fact, ...]
    exceptions: tuple[Words, ...]
    picture: Picture | None
    fingers: tuple[int, ...]


class SupervisorDesk(InPlace):
    """Approve and return, as the signed-in supervisor or as one who typed their PIN at this desk."""

    needs = Permission.APPROVE

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self._pipeline = Pipeline(station.book)  # one: it remembers what it has read

    @property
    def who(self) -> str:
        """Name of the person who decides here now, empty while nobody may."""
        found = self._present()
        return found.name if found is not None else ""

    def names(self) -> dict[str, str]:
        """Return operator → name."""
        return names(self._station)

    def view(self) -> InboxView:
        """Return what waits; decide only while `who` names somebody."""
        found = self._present()
        tickets = self._pipeline.tickets()
        return inbox_view(
            self._station.book.states(), found.operator if found is not None else "", self._station.clock.now(), tickets
        )

    def case(self, row: InboxRow) -> Case:
        """Return the evidence for one row."""
        state = self._station.book.state(row.dossier)
        known = names(self._station)
        facts = [Fact(Words("ui.fact.asked-by"), known.get(row.asked_by, row.asked_by))]
        picture: Picture | None = None
        fingers: tuple[int, ...] = ()
        approval = next((a for a in state.open_approvals if a.id == row.asked), None)
        if approval is not None and approval.subject in state.captures:
            step = state.captures[approval.subject]
            picture = picture_of(self._station.journal, state, approval.subject)
            if step.accepted is not None:
                capture = step.accepted.capture
                low = {int(x) for x in approval.reason.split(",") if x.strip().isdigit()}
                fingers = tuple(sorted(low)) or tuple(map(int, fingers_of(state.procedure.step(approval.subject).position)))
                rule = state.procedure.step(approval.subject).thresholds
                needs = {int(f): t for f, t in rule.items()}
                facts += [Fact(Words(f"finger.{q.position}") if q.position else Words("step.portrait"),
                               f"{q.score:.0f} (≥ {needs.get(q.position, 0):.0f})")
                          for q in capture.quality if not low or q.position in low]  # fmt: skip
                facts.append(Fact(Words("ui.fact.attempts"), str(len(step.attempts))))
        defect = next((d for d in state.open_defects if self._is(row, d.id)), None)
        if defect is not None and defect.code == CARD_CASE and state.chip is not None:
            at = state.chip.at.astimezone()
            facts += [Fact(Words("ui.fact.card"), Words(str(defect.evidence.get("why", ""))).say()),
                      Fact(Words("ui.fact.card-read"), f"{at:%d/%m/%Y %H:%M}")]  # fmt: skip
        elif defect is not None:
            facts += [Fact(Words("ui.fact.now"), shown(defect.field, state.value(defect.field))),
                      Fact(Words("ui.fact.new"), shown(defect.field, defect.new_value))]  # fmt: skip
        exceptions = tuple(
            text
            for f, e in state.exceptions.items()
            for text in (
                exception_text(f, e.kind.value, e.permanence.value, e.reason),
                exception_proof(e, known.get(e.operator, "")),
            )
        )
        picture = picture or hand_of(self._station.journal, state)
        exceptions += tuple(eye_text(e, x.kind.value, x.permanence.value, x.reason) for e, x in state.eye_exceptions.items())
        return Case(state.id, state.value("full_name"), grouped(state.value("personal_no")), facts[0].value, tuple(facts), exceptions,
                    picture, fingers)  # fmt: skip

    @staticmethod
    def _is(row: InboxRow, defect: EventId) -> bool:
        return any(i.arguments.get("id") == str(defect) for i in row.intents)

    def decide(self, row: InboxRow, decision: str, reason: str = "") -> None:
        """Answer one row (``approved`` or ``returned``; a return wants a reason).

        Raises:
            AccessError: nobody here may approve, or it is the asker's own (E04). ProcedureError: gone, or no reason.
        """
        person = self._present()
        if person is None:
            raise AccessError("This decision needs a supervisor; nothing was changed. Press F8.", code="role-missing")
        if row.asked is not None:
            person.book.decide(row.dossier, row.asked, decision, reason)
            return
        state = self._station.book.state(row.dossier)
        defect = next(d for d in state.open_defects if self._is(row, d.id))
        mending = Mending(person.book)
        if defect.corrected_by:
            mending.approve(row.dossier, defect.id, decision=decision, reason=reason)
        elif defect.code == CARD_CASE and decision == "approved":
            settle_case(person.book, row.dossier, reason)
        elif decision == "approved":
            mending.close(row.dossier, defect.id, reason or "settled")
        else:
            mending.assign(row.dossier, defect.id, defect.owner or "data-officer")
