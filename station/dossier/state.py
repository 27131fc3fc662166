"""`replay`: events in, the state of a dossier out. Pure; every screen, package and report is computed from it.

Events of several stations are merged into causal order first, so the same set of events gives the same state everywhere. A kind
this program does not know (a newer station's) changes nothing and is counted, never an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from biometrics.positions import Eye, FingerPosition
from station.dossier.events import Event, EventId, heads, merge
from station.dossier.findings import FINDING, FingerCheckState, FingerFinding
from station.dossier.parts import (
    ActiveCheckState,
    ApplicationKind,
    Approval,
    Branch,
    CardWord,
    ChipState,
    Defect,
    EyeExceptionState,
    FieldSource,
    FieldValue,
    FingerExceptionState,
    Lease,
    Lifecycle,
    LookUpState,
    PackageState,
    PackageWord,
    Paper,
    PaperAbsent,
    PaperPhoto,
    Signature,
    StepState,
)
from station.dossier.procedure import CaptureStep, Desk, Modality, Procedure, load_procedure
from station.vietnam.dates import PartialDate, parse_date


@dataclass(frozen=True, slots=True)
class DossierState:
    """Everything known of one dossier at its last event.

    `captures` has one entry per capture step of the procedure, in the procedure's order. `package_word` is the state word shown
    to people; `revision` counts how often data were opened again after sealing. `work_s` and `desk_s`: hands-on seconds by operator and
    by desk (`station.dossier.worktime`); `sealed_at`: when the newest package was sealed.
    """

    id: str
    number: str
    procedure: Procedure
    kind: ApplicationKind
    visit: str
    ticket: str
    origin: str
    opened_at: datetime
    opened_by: str
    changed_at: datetime
    lifecycle: Lifecycle
    reason: str
    desk: str
    fields: Mapping[str, FieldValue]
    sources: Mapping[FieldSource, Mapping[str, str]]
    look_up: LookUpState | None
    captures: Mapping[str, StepState]
    exceptions: Mapping[FingerPosition, FingerExceptionState]
    defects: tuple[Defect, ...]
    approvals: tuple[Approval, ...]
    review: Mapping[str, bool]
    signatures: tuple[Signature, ...]
    papers: tuple[Paper, ...]
    fee: Mapping[str, Any] | None
    old_card: str
    slip: Mapping[str, Any] | None
    vneid: tuple[str, ...]
    packages: tuple[PackageState, ...]
    revision: int
    merged_into: str
    linked: tuple[str, ...]
    card: CardWord | None
    card_note: Mapping[str, Any]
    work_s: Mapping[str, float]
    events: int
    unknown_events: int
    heads: tuple[EventId, ...]
    lease: Lease | None = None
    finger_check: FingerCheckState | None = None
    desk_s: Mapping[Desk, float] = field(default_factory=dict)
    sealed_at: datetime | None = None
    eye_exceptions: Mapping[Eye, EyeExceptionState] = field(default_factory=dict)
    active_checks: tuple[ActiveCheckState, ...] = ()
    photos: tuple[PaperPhoto, ...] = ()
    """Every photographed page in order, those that were retaken or removed with their strike."""
    absent_papers: tuple[PaperAbsent, ...] = ()
    chip: ChipState | None = None
    old_card_state: str = ""
    """What became of the old card (`station.dossier.parts.OldCard`), "" while nobody said; `old_card_reason`: why it is not here."""
    old_card_reason: str = ""
    handed: bool = False
    """Whether one desk gave it to another: its person was looked at."""
    kind_sure: bool = True
    """Whether an officer (or the application) said the kind; False while it is only proposed. `kind_why`: its ground, a code with words."""
    kind_why: str = ""

    def value(self, name: str) -> str:
        """Return the stored text of field `name`, empty when not given."""
        found = self.fields.get(name)
        return found.value if found else ""

    @property
    def birth(self) -> PartialDate | None:
        """The date of birth as far as known."""
        text = self.value("dob")
        return parse_date(text) if text else None

    @property
    def standing_photos(self) -> tuple[PaperPhoto, ...]:
        """Photographed pages that were neither retaken nor removed."""
        return tuple(p for p in self.photos if p.struck is None)

    @property
    def excepted(self) -> frozenset[FingerPosition]:
        """Fingers that are not taken."""
        return frozenset(self.exceptions)

    def expected(self, step: CaptureStep) -> tuple[FingerPosition, ...]:
        """Return the fingers to wait for at `step`."""
        return step.expected(self.excepted)

    @property
    def expected_eyes(self) -> tuple[Eye, ...]:
        """Return the eyes to take, the right one first."""
        return tuple(e for e in (Eye.RIGHT, Eye.LEFT) if e not in self.eye_exceptions)

    def done(self, step: CaptureStep) -> bool:
        """Return whether `step` needs nothing more: accepted, or every finger of it is an exception."""
        if self.captures[step.id].accepted is not None:
            return True
        if step.modality is Modality.IRIS:
            return not self.expected_eyes
        return step.modality is Modality.FINGER and not self.expected(step)

    @property
    def next_step(self) -> CaptureStep | None:
        """The capture that comes next, or None when all required ones are done (optional ones are offered in their place)."""
        return next((s for s in self.procedure.steps if not self.done(s)), None)

    @property
    def captures_complete(self) -> bool:
        """Whether every required capture is done."""
        return all(self.done(s) or s.optional for s in self.procedure.steps)

    @property
    def open_defects(self) -> tuple[Defect, ...]:
        """Defects somebody still has to mend."""
        return tuple(d for d in self.defects if d.open)

    @property
    def blocked(self) -> tuple[Defect, ...]:
        """Open defects that stop the dossier (dead, cancelled, shape of the number, number of another person)."""
        return tuple(d for d in self.defects if d.open and d.stops)

    @property
    def open_approvals(self) -> tuple[Approval, ...]:
        """Decisions still waiting for another person."""
        return tuple(a for a in self.approvals if not a.decision)

    @property
    def findings(self) -> tuple[FingerFinding, ...]:
        """What the newest check of the fingers found and no retake has settled, accepted by a supervisor or not."""
        if self.finger_check is None:
            return ()
        taken = {str(s.accepted.event) for s in self.captures.values() if s.accepted is not None}
        return tuple(f for f in self.finger_check.findings if f.captures <= taken)

    @property
    def accepted_findings(self) -> frozenset[str]:
        """Keys of the findings a supervisor accepted, on captures that all still stand."""
        taken = {str(s.accepted.event) for s in self.captures.values() if s.accepted is not None}
        return frozenset(a.subject for a in self.approvals if a.what == FINDING and a.decision == "approved" and a.about <= taken)

    @property
    def open_findings(self) -> tuple[FingerFinding, ...]:
        """Findings that no supervisor has accepted yet; a retake of a capture that the decision was about asks anew."""
        accepted = self.accepted_findings
        return tuple(f for f in self.findings if f.key not in accepted)

    @property
    def package_word(self) -> PackageWord:
        """The one word for where the data are; SAVED until something was sealed, and again after a revision is opened."""
        if not self.packages or len(self.packages) <= self.revision:
            return PackageWord.SAVED
        return self.packages[-1].word

    @property
    def sealed(self) -> bool:
        """Whether data are closed: sealed and not opened again."""
        return self.package_word is not PackageWord.SAVED

    @property
    def reviewed(self) -> bool:
        """Whether the applicant agreed to every line shown."""
        return bool(self.review) and all(self.review.values())

    def signed_by(self, who: str) -> bool:
        """Return whether `who` (``applicant``, ``operator``, ``supervisor``) signed since the last change of data."""
        return any(s.who == who for s in self.signatures)


def replay(events: Iterable[Event], procedure: Procedure | None = None) -> DossierState:
    """Return the state after `events` of one dossier (any order, one or several origins).

    Args:
        events: all events known of the dossier.
        procedure: the procedure to judge by; otherwise loaded by the name in the opening event.

    Raises:
        InputError: there is no opening event, or its procedure is not known here.
    """
    from station.dossier.replaying import Replay

    replaying = Replay(procedure)
    for event in merge(events):
        replaying.apply(event)
    return replaying.state()


__all__ = ["Branch", "DossierState", "PackageWord", "heads", "load_procedure", "replay"]
