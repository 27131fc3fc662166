# ruff: noqa: ARG002 - the handlers share one signature
"""The machine behind `replay`: one method per kind of event. It only writes down; what is allowed was checked by the book."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec

from biometrics.positions import Eye, FingerPosition
from devices.emrtd.standing import CardStanding, standing_of_code
from station.capture.model import Capture
from station.dossier.events import Event, EventId, event_id
from station.dossier.findings import FINDING, FingerCheckState, from_body
from station.dossier.hands import photo_of
from station.dossier.kinds import Kind
from station.dossier.parts import (
    ActiveCheckState,
    ApplicationKind,
    Approval,
    AttemptState,
    Branch,
    CaptureState,
    CardWord,
    ChipState,
    Defect,
    DefectState,
    ExceptionKind,
    EyeExceptionKind,
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
    Permanence,
    Signature,
    StepState,
)
from station.dossier.photos import Photos
from station.dossier.procedure import Modality, Procedure, load_procedure, parse_procedure
from station.dossier.state import DossierState
from station.dossier.worktime import WorkTime
from station.errors import InputError

_PACKAGE_RANK: Final = {w: i for i, w in enumerate((PackageWord.SAVED, PackageWord.SEALED, PackageWord.SENT,
                                                    PackageWord.REFUSED, PackageWord.ACKNOWLEDGED))}  # fmt: skip


class Replay:
    """Applies events of one dossier in causal order; `state()` may be asked at any time."""

    def __init__(self, procedure: Procedure | None = None) -> None:
        self._procedure = procedure
        self._opened: Event | None = None
        self._last: Event | None = None
        self._kind, self._kind_sure, self._kind_why = ApplicationKind.FIRST, True, ""
        self._lifecycle, self._reason, self._desk, self._handed = Lifecycle.OPEN, "", "", False
        self._fields: dict[str, FieldValue] = {}
        self._sources: dict[FieldSource, dict[str, str]] = {}
        self._look_up: LookUpState | None = None
        self._steps: dict[str, StepState] = {}
        self._exceptions: dict[FingerPosition, FingerExceptionState] = {}
        self._eye_exceptions: dict[Eye, EyeExceptionState] = {}
        self._defects: dict[EventId, Defect] = {}
        self._approvals: dict[EventId, Approval] = {}
        self._review: dict[str, bool] = {}
        self._signatures: list[Signature] = []
        self._papers: list[Paper] = []
        self._photos = Photos()
        self._fee: Mapping[str, Any] | None = None
        self._old_card, self._old_card_state, self._old_card_reason = "", "", ""
        self._slip: Mapping[str, Any] | None = None
        self._vneid: list[str] = []
        self._packages: dict[str, PackageState] = {}
        self._revision = 0
        self._merged_into = ""
        self._linked: list[str] = []
        self._card: CardWord | None = None
        self._lease: Lease | None = None
        self._card_note: Mapping[str, Any] = {}
        self._finger_check: FingerCheckState | None = None
        self._active_checks: list[ActiveCheckState] = []
        self._chip: ChipState | None = None
        self._work = WorkTime()
        self._sealed_at: datetime | None = None
        self._count = 0
        self._unknown = 0
        self._named: set[EventId] = set()
        self._ids: set[EventId] = set()

    def apply(self, event: Event) -> None:
        """Take one event more; it must not come before one of its parents."""
        handler = _HANDLERS.get(event.kind)
        if handler is None:
            self._unknown += 1
        else:
            handler(self, event, event.body)
        self._work.count(event, self._procedure)
        self._count += 1
        self._ids.add(event.id)
        self._named.update(event.parents)
        self._last = event

    def state(self) -> DossierState:
        """Return the state now.

        Raises:
            InputError: no opening event came yet.
        """
        opened, last = self._opened, self._last
        if opened is None or last is None or self._procedure is None:
            raise InputError("These events have no beginning; they were left as they are. Import the whole dossier.",
                             code="dossier-without-opening")  # fmt: skip
        captures = {s.id: self._steps.get(s.id, StepState(s.id)) for s in self._procedure.steps}
        captures |= {k: v for k, v in self._steps.items() if k not in captures}
        return DossierState(
            id=opened.dossier, number=str(opened.body.get("number", opened.dossier)), procedure=self._procedure, kind=self._kind,
            visit=str(opened.body.get("visit", "counter")), ticket=str(opened.body.get("ticket", "")), origin=opened.id.origin,
            opened_at=opened.at, opened_by=opened.operator, changed_at=last.at, lifecycle=self._lifecycle, reason=self._reason,
            desk=self._desk, handed=self._handed, fields=dict(self._fields), sources={k: dict(v) for k, v in self._sources.items()},
            look_up=self._look_up, captures=captures, exceptions=dict(self._exceptions), defects=tuple(self._defects.values()),
            approvals=tuple(self._approvals.values()), review=dict(self._review), signatures=tuple(self._signatures),
            papers=tuple(self._papers), fee=self._fee, old_card=self._old_card, slip=self._slip, vneid=tuple(self._vneid),
            packages=tuple(self._packages.values()), revision=self._revision, merged_into=self._merged_into,
            linked=tuple(self._linked), card=self._card, card_note=self._card_note, work_s=dict(self._work.operator_s), events=self._count,
            unknown_events=self._unknown, heads=tuple(sorted(self._ids - self._named)), lease=self._lease,
            finger_check=self._finger_check, desk_s=dict(self._work.desk_s), sealed_at=self._sealed_at,
            eye_exceptions=dict(self._eye_exceptions), active_checks=tuple(self._active_checks), chip=self._chip,
            photos=self._photos.pages, absent_papers=self._photos.absent,
            old_card_state=self._old_card_state, old_card_reason=self._old_card_reason, kind_sure=self._kind_sure,
            kind_why=self._kind_why,
        )  # fmt: skip

    # --- opening, data -----------------------------------------------------------------------------------------------------

    def _on_opened(self, event: Event, body: Mapping[str, Any]) -> None:
        if self._opened is not None:
            return  # the same dossier opened by two stations: the first in causal order rules
        self._opened = event
        if self._procedure is None:
            text = body.get("procedure_text")
            procedure = parse_procedure(str(text).encode()) if text else load_procedure(str(body["procedure"]))
            if body.get("order"):
                procedure = procedure.with_order([Modality(m) for m in body["order"]])
            procedure = procedure.with_site(body.get("site", {}))
            self._procedure = procedure.without(*(Modality(m) for m in body.get("without", ())))
        self._kind, self._kind_sure = ApplicationKind(body.get("kind", "first")), not body.get("kind_open")
        self._desk = event.desk
        for name, value in body.get("applicant", {}).items():
            self._put(event, name, str(value), FieldSource.DECLARED)

    def _put(self, event: Event, name: str, value: str, source: FieldSource) -> None:
        self._sources.setdefault(source, {})[name] = value
        self._fields[name] = FieldValue(value, source, event.at, event.operator, event.id)
        # What was signed is no longer what is here: both sign again, and the applicant looks at the changed line again.
        self._signatures.clear()
        self._review.pop(name, None)

    def _on_classified(self, event: Event, body: Mapping[str, Any]) -> None:
        self._kind, self._kind_why = ApplicationKind(body["kind"]), str(body.get("reason", ""))
        self._kind_sure = not body.get("proposed")
        if first := str(body.get("first_dossier", "")):
            self._linked.append(first)

    def _on_field(self, event: Event, body: Mapping[str, Any]) -> None:
        source = FieldSource(body.get("source", "declared"))
        name, value = str(body["name"]), str(body["value"])
        if body.get("evidence_only"):
            self._sources.setdefault(source, {})[name] = value
        else:
            self._put(event, name, value, source)

    def _on_looked_up(self, event: Event, body: Mapping[str, Any]) -> None:
        raw = body.get("record")
        record = {str(k): str(v) for k, v in raw.items()} if raw is not None else None
        self._look_up = LookUpState(Branch(body["branch"]), record, str(body.get("source", "")), str(body.get("status", "")),
                                    event.at, event.id)  # fmt: skip
        if record is not None:
            self._sources[FieldSource.REGISTER] = record

    def _on_card_read(self, event: Event, body: Mapping[str, Any]) -> None:
        verdict, told = str(body.get("verdict", "")), str(body.get("standing", ""))
        standing = CardStanding(told) if told in set(CardStanding) else standing_of_code(verdict)
        self._chip = ChipState(verdict, standing, event.at, event.operator, event.id)
        if standing.stops:  # what such a card says is evidence of the case, never a source beside the others
            self._sources.pop(FieldSource.CHIP, None)
        else:
            self._sources[FieldSource.CHIP] = {str(k): str(v) for k, v in body.get("fields", {}).items()}

    # --- captures and exceptions -------------------------------------------------------------------------------------------

    def _step(self, step: str) -> StepState:
        return self._steps.get(step, StepState(step))

    def _on_attempt(self, event: Event, body: Mapping[str, Any]) -> None:
        step = self._step(str(body["step"]))
        attempt = AttemptState(int(body["number"]), float(body["score"]), tuple(body.get("reasons", ())),
                               bool(body.get("accepted", False)), event.at, event.operator,
                               msgspec.convert(body["capture"], Capture) if "capture" in body else None)  # fmt: skip
        self._steps[step.step] = replace(step, attempts=(*step.attempts, attempt))

    def _on_captured(self, event: Event, body: Mapping[str, Any]) -> None:
        step = self._step(str(body["step"]))
        capture = msgspec.convert(body["capture"], Capture)
        older = (*step.superseded, step.accepted.event) if step.accepted else step.superseded
        taken = CaptureState(event.id, capture, str(body.get("how", "")), event.at, event.operator, bool(capture.signed))
        tried = tuple(
            replace(a, capture=None) for a in step.attempts
        )  # decided: what was kept of earlier tries is offered no more
        self._steps[step.step] = replace(step, accepted=taken, superseded=older, attempts=tried)
        self._signatures.clear()

    def _on_discarded(self, event: Event, body: Mapping[str, Any]) -> None:
        step = self._step(str(body["step"]))
        if "attempt" in body:  # a try that passed was not wanted: its picture is not asked about again
            tries = tuple(replace(a, capture=None) if a.number == int(body["attempt"]) else a for a in step.attempts)
            self._steps[step.step] = replace(step, attempts=tries)
            return
        which = event_id(str(body.get("capture", "")))
        if step.accepted is not None and (step.accepted.event == which or not body.get("capture")):
            self._steps[step.step] = replace(step, accepted=None, superseded=(*step.superseded, step.accepted.event))
            self._signatures.clear()

    def _on_exception(self, event: Event, body: Mapping[str, Any]) -> None:
        finger = FingerPosition(int(body["finger"]))
        self._exceptions[finger] = FingerExceptionState(
            finger, ExceptionKind(body["kind"]), Permanence(body["permanence"]), str(body.get("reason", "")), event.operator,
            event.at, event.id, bytes(body.get("signature", b"")), photo_of(body), str(body.get("no_photo", "")), str(body.get("by", "session")),
        )  # fmt: skip
        self._signatures.clear()

    def _on_exception_withdrawn(self, event: Event, body: Mapping[str, Any]) -> None:
        self._exceptions.pop(FingerPosition(int(body["finger"])), None)
        self._signatures.clear()

    def _on_eye_exception(self, event: Event, body: Mapping[str, Any]) -> None:
        eye = Eye(int(body["eye"]))
        self._eye_exceptions[eye] = EyeExceptionState(
            eye, EyeExceptionKind(body["kind"]), Permanence(body["permanence"]), str(body.get("reason", "")), event.operator, event.at,
            event.id, bytes(body.get("signature", b"")), str(body.get("by", "session")),
        )  # fmt: skip
        self._signatures.clear()

    def _on_eye_exception_withdrawn(self, event: Event, body: Mapping[str, Any]) -> None:
        self._eye_exceptions.pop(Eye(int(body["eye"])), None)
        self._signatures.clear()

    def _on_fingers_checked(self, event: Event, body: Mapping[str, Any]) -> None:
        self._finger_check = from_body(event.at, body)
        keys = {f.key for f in self._finger_check.findings}
        # A question about what a retake settled waits for nobody any more.
        self._approvals = {i: a for i, a in self._approvals.items() if a.decision or a.what != FINDING or a.subject in keys}

    def _on_active_checked(self, event: Event, body: Mapping[str, Any]) -> None:
        self._active_checks.append(ActiveCheckState(str(body["step"]), tuple(map(str, body.get("challenges", ()))), int(body.get("done", 0)),
                                                    str(body["outcome"]), int(body.get("tier", 0)), event.at, event.operator))  # fmt: skip

    # --- review, papers, end of the counter --------------------------------------------------------------------------------

    def _on_reviewed(self, event: Event, body: Mapping[str, Any]) -> None:
        self._review |= {str(k): bool(v) for k, v in body.get("answers", {}).items()}

    def _on_signed(self, event: Event, body: Mapping[str, Any]) -> None:
        who = str(body["who"])
        self._signatures = [s for s in self._signatures if (s.who, s.form) != (who, body.get("form", ""))]
        self._signatures.append(Signature(who, str(body.get("form", "")), bytes(body.get("signature", b"")),
                                          str(body.get("blob", "")), event.operator, event.at, event.id))  # fmt: skip

    def _on_paper(self, event: Event, body: Mapping[str, Any]) -> None:
        self._papers.append(Paper(str(body["form"]), "", str(body.get("sha256", "")), event.at, event.operator))

    def _on_proof(self, event: Event, body: Mapping[str, Any]) -> None:
        self._papers.append(Paper(str(body["what"]), str(body.get("field", "")), str(body.get("blob", "")), event.at,
                                  event.operator))  # fmt: skip
        self._photos.add(event)

    def _on_proof_removed(self, event: Event, body: Mapping[str, Any]) -> None:
        self._photos.remove(event)

    def _on_proof_absent(self, event: Event, body: Mapping[str, Any]) -> None:
        self._photos.note_absent(event)

    def _on_fee(self, event: Event, body: Mapping[str, Any]) -> None:
        self._fee = dict(body)

    def _on_old_card(self, event: Event, body: Mapping[str, Any]) -> None:
        self._old_card, self._old_card_state = str(body["kind"]), str(body.get("state", ""))
        self._old_card_reason = str(body.get("reason", ""))

    def _on_slip(self, event: Event, body: Mapping[str, Any]) -> None:
        self._slip = dict(body)

    def _on_vneid(self, event: Event, body: Mapping[str, Any]) -> None:
        if (state := str(body["state"])) not in self._vneid[-1:]:
            self._vneid.append(state)

    # --- life of the dossier -----------------------------------------------------------------------------------------------

    def _on_paused(self, event: Event, body: Mapping[str, Any]) -> None:
        self._lifecycle, self._reason = Lifecycle.PAUSED, str(body.get("reason", ""))

    def _on_resumed(self, event: Event, body: Mapping[str, Any]) -> None:
        self._lifecycle, self._reason = Lifecycle.OPEN, str(body.get("reason", ""))

    def _on_abandoned(self, event: Event, body: Mapping[str, Any]) -> None:
        self._lifecycle, self._reason = Lifecycle.ABANDONED, str(body.get("reason", ""))

    def _on_merged(self, event: Event, body: Mapping[str, Any]) -> None:
        self._lifecycle, self._reason = Lifecycle.MERGED, str(body.get("reason", ""))
        self._merged_into = str(body["into"])

    def _on_linked(self, event: Event, body: Mapping[str, Any]) -> None:
        self._linked.append(str(body["dossier"]))

    def _on_handed(self, event: Event, body: Mapping[str, Any]) -> None:
        self._desk, self._handed = str(body["to"]), True

    def _on_asked(self, event: Event, body: Mapping[str, Any]) -> None:
        self._approvals[event.id] = Approval(event.id, str(body["what"]), str(body.get("subject", "")), str(body.get("reason", "")),
                                             event.operator, event.at, bool(body.get("deferred", False)))  # fmt: skip

    def _on_decided(self, event: Event, body: Mapping[str, Any]) -> None:
        if (asked := self._approvals.get(event_id(str(body["asked"])))) is not None and not asked.decision:
            findings = self._finger_check.findings if self._finger_check is not None and asked.what == FINDING else ()
            about = next((f.captures for f in findings if f.key == asked.subject), frozenset[str]())
            self._approvals[asked.id] = replace(asked, decision=str(body["decision"]), decided_by=event.operator, about=about)

    # --- defects and revisions ---------------------------------------------------------------------------------------------

    def _on_defect(self, event: Event, body: Mapping[str, Any]) -> None:
        self._defects[event.id] = Defect(event.id, str(body["code"]), str(body.get("field", "")), dict(body.get("evidence", {})),
                                         str(body.get("owner", "")), bool(body.get("stops", False)), event.at, event.operator,
                                         DefectState.FOUND)  # fmt: skip

    def _change_defect(self, body: Mapping[str, Any], **changes: Any) -> None:
        if (defect := self._defects.get(event_id(str(body["defect"])))) is not None and defect.open:
            self._defects[defect.id] = replace(defect, **changes)

    def _on_defect_assigned(self, event: Event, body: Mapping[str, Any]) -> None:
        decided = {"way": str(body["way"]), "way_by": event.operator, "way_at": event.at} if body.get("way") else {}
        self._change_defect(body, owner=str(body["owner"]), state=DefectState.ASSIGNED, **decided)

    def _on_defect_corrected(self, event: Event, body: Mapping[str, Any]) -> None:
        self._change_defect(body, state=DefectState.CORRECTED, new_value=str(body["new"]), proof=str(body.get("proof", "")),
                            corrected_by=event.operator)  # fmt: skip

    def _on_defect_approved(self, event: Event, body: Mapping[str, Any]) -> None:
        approved = body.get("decision", "approved") == "approved"
        defect = self._defects.get(event_id(str(body["defect"])))
        if approved and defect is not None and defect.open and defect.field and defect.new_value:
            self._put(event, defect.field, defect.new_value, FieldSource.CORRECTION)
        self._change_defect(body, state=DefectState.APPROVED if approved else DefectState.ASSIGNED, approved_by=event.operator)

    def _on_defect_closed(self, event: Event, body: Mapping[str, Any]) -> None:
        self._change_defect(body, state=DefectState.CLOSED, how=str(body.get("how", "")))

    def _on_revision(self, event: Event, body: Mapping[str, Any]) -> None:
        self._revision = max(self._revision, len(self._packages))
        self._signatures.clear()

    # --- package words -----------------------------------------------------------------------------------------------------

    def _package(self, event: Event, body: Mapping[str, Any], word: PackageWord, **changes: Any) -> None:
        name = str(body.get("package") or body.get("package id") or body.get("package_id") or "")
        present = self._packages.get(name, PackageState(name, PackageWord.SAVED))
        # Words only go forward: a late "sent" does not take an acknowledgement back (a stick and a line may race).
        if _PACKAGE_RANK[word] < _PACKAGE_RANK[present.word]:
            word = present.word
        self._packages[name] = replace(present, word=word, at=event.at, **changes)

    def _on_sealed(self, event: Event, body: Mapping[str, Any]) -> None:
        self._package(event, body, PackageWord.SEALED, bytes=int(body.get("bytes", 0)))
        self._sealed_at = event.at

    def _on_sent(self, event: Event, body: Mapping[str, Any]) -> None:
        self._package(event, body, PackageWord.SENT)

    def _on_receipt(self, event: Event, body: Mapping[str, Any]) -> None:
        self._package(event, body, PackageWord.ACKNOWLEDGED)

    def _on_refused(self, event: Event, body: Mapping[str, Any]) -> None:
        self._package(event, body, PackageWord.REFUSED, reasons=tuple(map(str, body.get("reasons", ()))))

    def _on_notice(self, event: Event, body: Mapping[str, Any]) -> None:
        kind, payload = str(body.get("kind", "")), body.get("payload") or {}
        if kind == "accepted":
            for name in ({str(payload.get("package", ""))} & set(self._packages)) or set(list(self._packages)[-1:]):
                self._packages[name] = replace(self._packages[name], accepted=True)
        elif kind == "vneid" and payload.get("state"):
            self._on_vneid(event, payload)

    def _on_lent(self, event: Event, body: Mapping[str, Any]) -> None:
        self._lease = Lease(str(body["lease"]), event.id.origin, datetime.fromisoformat(str(body["until"])))

    def _on_taken(self, event: Event, body: Mapping[str, Any]) -> None:
        if self._lease is not None and self._lease.id == body["lease"]:
            self._lease = replace(self._lease, holder=event.id.origin)

    def _on_recalled(self, event: Event, body: Mapping[str, Any]) -> None:
        if self._lease is not None and self._lease.id == body["lease"]:
            self._lease = None

    # --- cards -------------------------------------------------------------------------------------------------------------

    def _on_card(self, event: Event, body: Mapping[str, Any]) -> None:
        self._card, self._card_note = _CARD_WORDS[event.kind], dict(body)

    def _on_nothing(self, event: Event, body: Mapping[str, Any]) -> None:
        """Facts that are kept and counted but change no field of the state (queued, visit notes, tickets)."""


_CARD_WORDS: Final = {
    str(Kind.CARD_LISTED): CardWord.LISTED, str(Kind.CARD_IN): CardWord.HERE, str(Kind.CARD_HANDED): CardWord.HANDED,
    str(Kind.CARD_REFUSED): CardWord.REFUSED, str(Kind.CARD_UNDELIVERED): CardWord.UNDELIVERED,
}  # fmt: skip

_HANDLERS: Final[dict[str, Callable[[Replay, Event, Mapping[str, Any]], None]]] = {
    str(kind): getattr(Replay, f"_on_{name}")
    for kind, name in {
        Kind.OPENED: "opened", Kind.CLASSIFIED: "classified", Kind.LOOKED_UP: "looked_up", Kind.FIELD_SET: "field",
        Kind.CARD_READ: "card_read", Kind.ATTEMPT: "attempt", Kind.CAPTURED: "captured", Kind.DISCARDED: "discarded",
        Kind.EXCEPTION: "exception", Kind.EXCEPTION_WITHDRAWN: "exception_withdrawn", Kind.EYE_EXCEPTION: "eye_exception",
        Kind.EYE_EXCEPTION_WITHDRAWN: "eye_exception_withdrawn", Kind.FINGERS_CHECKED: "fingers_checked", Kind.ACTIVE_CHECKED: "active_checked",
        Kind.REVIEWED: "reviewed",
        Kind.SIGNED: "signed", Kind.PAPER: "paper", Kind.PROOF: "proof", Kind.PROOF_REMOVED: "proof_removed",
        Kind.PROOF_ABSENT: "proof_absent", Kind.FEE: "fee", Kind.OLD_CARD: "old_card",
        Kind.SLIP: "slip", Kind.VNEID: "vneid", Kind.PAUSED: "paused", Kind.RESUMED: "resumed", Kind.ABANDONED: "abandoned",
        Kind.REOPENED: "resumed", Kind.MERGED: "merged", Kind.MERGED_FROM: "linked", Kind.LINKED: "linked", Kind.HANDED: "handed",
        Kind.WAITING_FOR: "asked", Kind.DECIDED: "decided", Kind.DEFECT: "defect", Kind.DEFECT_ASSIGNED: "defect_assigned",
        Kind.DEFECT_CORRECTED: "defect_corrected", Kind.DEFECT_APPROVED: "defect_approved", Kind.DEFECT_CLOSED: "defect_closed",
        Kind.REVISION: "revision", Kind.SEALED: "sealed", Kind.QUEUED: "nothing", Kind.SENT: "sent", Kind.RECEIPT: "receipt",
        Kind.REFUSED: "refused", Kind.NOTICE: "notice", Kind.CARD_LISTED: "card", Kind.CARD_IN: "card", Kind.CARD_HANDED: "card",
        Kind.CARD_REFUSED: "card", Kind.CARD_UNDELIVERED: "card", Kind.VISIT: "nothing", Kind.TICKET: "nothing",
        Kind.CALLED: "nothing", Kind.TICKET_BACK: "nothing", Kind.TICKET_CLOSED: "nothing", Kind.DRAFT_LENT: "lent",
        Kind.DRAFT_TAKEN: "taken", Kind.DRAFT_RECALLED: "recalled", Kind.HELD: "nothing", Kind.RELEASED: "nothing",
        Kind.REDUCED: "nothing",
    }.items()
}  # fmt: skip
