"""`DossierBook`: what people at the counter want to do with a dossier. Each intent checks the procedure and writes one event.

The book holds no truth of its own: it replays the journal (only what arrived since, where nothing was merged in) and refuses with a
`ProcedureError` what is not allowed now. Facts that happened (an attempt) are always written down.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cbor2
import msgspec

from biometrics.positions import FingerPosition
from devices.emrtd.standing import CardStanding, standing_of_code
from station.capture.model import Capture
from station.clock import Clock, legal, legal_day
from station.dossier.capture_rules import approved, below_threshold, check_capture
from station.dossier.events import Event, EventId, merge
from station.dossier.findings import FINDING
from station.dossier.kinds import Kind
from station.dossier.memory import EventLog
from station.dossier.numbers import dossier_number
from station.dossier.parts import ApplicationKind, Branch, ExceptionKind, FieldSource, HandPhoto, Lifecycle, Permanence
from station.dossier.procedure import Modality, load_procedure
from station.dossier.reasons import needed_reason, short_reason
from station.dossier.replaying import Replay
from station.dossier.state import DossierState
from station.errors import AccessError, InputError, ProcedureError
from station.vietnam.fields import commit

MAX_KEPT = 2000
_FAR = 2**62
"""A number no journal reaches: asking from there tells only how far it is."""
SUPERVISOR_ROLES = frozenset({"supervisor", "team-lead"})


class Session(Protocol):
    """Who works here now."""

    @property
    def operator(self) -> str:
        """The signed-in operator's id, empty when nobody is."""

    @property
    def roles(self) -> frozenset[str]:
        """The operator's roles."""

    @property
    def desk(self) -> str:
        """The desk this place is."""


def plain(value: Any) -> Any:
    """Return a struct as the plain maps and lists an event body holds."""
    return msgspec.to_builtins(value, builtin_types=(bytes,))


@dataclass(slots=True)
class _Kept:
    """A replayed dossier: its machine, the events in it, and the state after them."""

    replay: Replay
    ids: set[EventId]
    state: DossierState | None


class DossierBook:
    """The intents. `sign` signs bytes with the operator's key where a procedure wants an officer's signature."""

    def __init__(self, journal: EventLog, clock: Clock, session: Session, sign: Callable[[bytes], bytes] | None = None) -> None:
        self.journal = journal
        self.clock = clock
        self.session = session
        self._sign = sign
        self._kept: dict[str, _Kept] = {}
        self._pending: dict[str, list[Event]] = {}
        self._arrived = -1
        self._lock = threading.RLock()
        self._day_count: dict[str, int] = {}
        self.site_rules: Callable[[], Mapping[str, float]] = dict
        """What this site's settings want beyond the procedure (see `Procedure.with_site`); it stands in a new dossier's opening event."""

    # --- reading -----------------------------------------------------------------------------------------------------------

    def state(self, dossier: str) -> DossierState:
        """Return the dossier as it is now.

        Raises:
            InputError: no such dossier here.
        """
        with self._lock:
            self._hear()
            kept = self._kept.get(dossier)
            fresh = [e for e in self._pending.pop(dossier, ()) if kept is None or e.id not in kept.ids]
            if kept is None or (fresh and len({i.origin for i in kept.ids} | {e.id.origin for e in fresh}) > 1):
                # Never seen, or another station's events came in between: their causal order is made anew.
                events = list(self.journal.events(dossier))
                if not events:
                    raise InputError("There is no such dossier on this station; nothing was opened. Scan the code again, or search by name.",
                                     code="dossier-unknown")  # fmt: skip
                kept, fresh = _Kept(Replay(), set(), None), merge(events)
                if len(self._kept) >= MAX_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[dossier] = kept
            for event in fresh:
                kept.replay.apply(event)
                kept.ids.add(event.id)
            if fresh or kept.state is None:
                kept.state = kept.replay.state()
            return kept.state

    def _hear(self) -> None:
        """Ask the journal what arrived since the last time (from this book, the queue, a stick, a notice)."""
        if self._arrived < 0:
            self._arrived = self.journal.events_since(_FAR)[1]
        new, self._arrived = self.journal.events_since(self._arrived)
        for event in new:
            if event.dossier in self._kept:
                self._pending.setdefault(event.dossier, []).append(event)

    def forget(self) -> None:
        """Drop all kept states; the next question reads the journal again (after a purge)."""
        with self._lock:
            self._kept.clear()
            self._pending.clear()

    def states(self) -> list[DossierState]:
        """Return every dossier of this station, oldest first."""
        return sorted((self.state(d.id) for d in self.journal.dossiers()), key=lambda s: (s.opened_at, s.id))

    # --- writing -----------------------------------------------------------------------------------------------------------

    def write(self, kind: Kind, body: Mapping[str, Any], dossier: str = "") -> Event:
        """Append one event in the name of the signed-in operator.

        Raises:
            AccessError: nobody is signed in.
        """
        if not self.session.operator:
            raise AccessError("Nobody is signed in; nothing was changed. Sign in first.", code="not-signed-in")
        return self.journal.append(kind, body, dossier=dossier, operator=self.session.operator, desk=self.session.desk)

    def signed(self, payload: bytes) -> bytes:
        """Return the signed-in operator's signature, empty where this book has no signer."""
        return self._sign(payload) if self._sign is not None else b""

    def editable(self, dossier: str) -> DossierState:
        """Return the state if its data may be changed now.

        Raises:
            ProcedureError: sealed, paused, abandoned or merged; the message says which and what to do.
        """
        state = self.state(dossier)
        if state.lifecycle is Lifecycle.MERGED:
            raise ProcedureError("This dossier was merged into another; nothing was changed. Open that one.", code="dossier-merged",
                                 into=state.merged_into)  # fmt: skip
        if state.lifecycle is not Lifecycle.OPEN:
            raise ProcedureError(f"This dossier is {state.lifecycle.value}; nothing was changed. Resume or reopen it first.",
                                 code=f"dossier-{state.lifecycle.value}")  # fmt: skip
        if state.sealed:
            raise ProcedureError(
                "This dossier is sealed; nothing was changed. Open a correction to change data.", code="dossier-sealed"
            )
        self.own(state)
        return state

    def own(self, state: DossierState) -> None:
        """Refuse while another kit of the team has this dossier (`station.drafts`).

        Raises:
            ProcedureError: ``draft-lent``, with the end of the lease.
        """
        if state.lease is not None and state.lease.away_from(self.journal.origin, self.clock.now()):
            raise ProcedureError(f"Another kit goes on with this dossier until {legal(state.lease.until):%d/%m/%Y %H:%M}; nothing was changed here. "
                                 "Wait for the draft, or recall it with a reason.", code="draft-lent", until=state.lease.until.isoformat())  # fmt: skip

    def open_dossier(self, procedure: str, *, applicant: Mapping[str, str] | None = None, visit: str = "counter", ticket: str = "",
                     kind: ApplicationKind | str = ApplicationKind.FIRST, order: Sequence[Modality] = (),
                     without: Sequence[Modality] = ()) -> str:  # fmt: skip
        """Begin a dossier and return its id (also its printed number).

        `kind`: "" while nobody said which. `order` of the modalities and those of optional captures that no device here can take stand in the opening event, so that
        every kit that goes on with the dossier follows the same steps.

        Raises:
            InputError: unknown procedure, or a field that cannot hold its value (nothing was opened).
        """
        chosen = load_procedure(procedure)
        steps: dict[str, Any] = {}
        if order:
            chosen.with_order(order)  # refuses one that leaves a modality out
            steps["order"] = [str(m) for m in order]
        if without:
            steps["without"] = [str(m) for m in without]
        if rules := self.site_rules():
            steps["site"] = dict(rules)
        fields = {name: stored for name, text in (applicant or {}).items() if (stored := commit(name, text))}
        number = self._next_number()
        # A site's own procedure travels in the event: another kit that goes on with this dossier may not have the file.
        own = {"procedure_text": Path(procedure).read_text("utf-8")} if procedure.endswith(".toml") else {}
        if not kind:  # nobody said yet: proposed from what becomes known (`station.dossier.proposing`)
            steps["kind_open"] = True
        body = {**own, **steps, "procedure": chosen.id, "procedure_sha256": f"sha256:{chosen.sha256}", "applicant": fields, "visit": visit,
                "ticket": ticket, "kind": ApplicationKind(kind or ApplicationKind.FIRST).value, "number": number}  # fmt: skip
        self.write(Kind.OPENED, body, number)
        return number

    def _next_number(self) -> str:
        day = legal_day(self.clock.now())
        prefix = dossier_number(self.journal.origin, day, 0)[:-5]
        if prefix not in self._day_count:
            ids = [span.id for span in self.journal.dossiers()]
            counts = [int(d[len(prefix) : len(prefix) + 4]) for d in ids if d.startswith(prefix)]
            self._day_count = {prefix: max(counts, default=0)}
        self._day_count[prefix] += 1
        if self._day_count[prefix] > 9999:
            raise ProcedureError("This station has opened 9999 dossiers today; nothing was opened. Use another station.",
                                 code="day-full")  # fmt: skip
        return dossier_number(self.journal.origin, day, self._day_count[prefix])

    def classify(self, dossier: str, kind: ApplicationKind | str, reason: str = "", first_dossier: str = "") -> None:
        """Set cấp / đổi / cấp lại; `first_dossier` links a recapture to the first capture."""
        self.editable(dossier)
        body = {"kind": ApplicationKind(kind).value, "reason": short_reason(reason), "first_dossier": first_dossier}
        self.write(Kind.CLASSIFIED, body, dossier)

    def set_field(self, dossier: str, name: str, value: str, source: FieldSource | str = FieldSource.DECLARED, *,
                  evidence_only: bool = False) -> str:  # fmt: skip
        """Store one field and return its stored form. `evidence_only`: what a paper says, without taking it over.

        Raises:
            InputError: the field does not exist or cannot hold the value.
            ProcedureError: data are closed.
        """
        state = self.editable(dossier)
        stored = commit(name, value)
        source = FieldSource(source)
        present = state.sources.get(source, {}).get(name) if evidence_only else state.value(name)
        if present == stored and (evidence_only or (name in state.fields and state.fields[name].source == source)):
            return stored  # nothing new: no event
        body: dict[str, Any] = {"name": name, "value": stored, "source": source.value}
        if evidence_only:
            body["evidence_only"] = True
        self.write(Kind.FIELD_SET, body, dossier)
        return stored

    def look_up(
        self, dossier: str, branch: Branch | str, record: Mapping[str, str] | None, *, source: str, status: str = "active"
    ) -> None:
        """Record what the register answered (see `station.dossier.checks.answer_of` for a population's answer)."""
        self.editable(dossier)
        body = {
            "branch": Branch(branch).value,
            "record": dict(record) if record is not None else None,
            "source": source,
            "status": status,
        }
        self.write(Kind.LOOKED_UP, body, dossier)

    def read_card(self, dossier: str, verdict: str, fields: Mapping[str, str], groups: Mapping[str, str] | None = None,
                  standing: CardStanding | None = None) -> Event:  # fmt: skip
        """Record what the chip said and how far it can be believed (`verdict`, `standing`), with the blobs of its data groups."""
        self.editable(dossier)
        body = {"verdict": verdict, "standing": (standing or standing_of_code(verdict)).value, "fields": dict(fields),
                "groups": dict(groups or {})}  # fmt: skip
        return self.write(Kind.CARD_READ, body, dossier)

    # --- captures ----------------------------------------------------------------------------------------------------------

    def record_attempt(
        self,
        dossier: str,
        step: str,
        score: float,
        reasons: Iterable[str] = (),
        *,
        accepted: bool = False,
        capture: Capture | None = None,
    ) -> int:
        """Write down one try and return its number (1, 2, …); `capture` keeps its picture until something is accepted."""
        state = self.editable(dossier)
        state.procedure.step(step)
        number = len(state.captures[step].attempts) + 1
        body = {"step": step, "number": number, "score": float(score), "reasons": list(map(str, reasons)), "accepted": accepted}
        if capture is not None:
            body["capture"] = plain(capture)
        self.write(Kind.ATTEMPT, body, dossier)
        return number

    def accept_capture(self, dossier: str, capture: Capture, how: str = "auto") -> Event:
        """Accept `capture` for its step; a second one for the same step takes the first one's place (retake).

        Raises:
            ProcedureError: not the next step (counter), another position or impression than the step's, missing fingers that are
                no exceptions, a stopping defect, below threshold while attempts are left.
        """
        state = self.editable(dossier)
        step = state.procedure.step(capture.step)
        check_capture(state, step, capture)
        below = below_threshold(state, step, capture)
        if below:
            tried = len(state.captures[step.id].attempts)
            if tried < step.attempts and not approved(state, "low-quality", step.id):
                raise ProcedureError(f"This capture is below its threshold and {step.attempts - tried} tries are left; "
                                     "it was not accepted. Try again.", code="below-threshold")  # fmt: skip
            if "below-threshold" not in capture.flags:
                capture = msgspec.structs.replace(capture, flags=(*capture.flags, "below-threshold"))
        event = self.write(
            Kind.CAPTURED, {"step": step.id, "number": capture.attempt, "capture": plain(capture), "how": how}, dossier
        )
        if below and not approved(state, "low-quality", step.id):
            self.ask(dossier, "low-quality", step.id, ",".join(str(int(f)) for f in below), deferred=True)
        return event

    def discard_capture(self, dossier: str, step: str, reason: str) -> None:
        """Take back an accepted capture (it stays in the journal); the step is open again.

        Raises:
            ProcedureError: nothing was accepted there, or no reason was given.
        """
        state = self.editable(dossier)
        state.procedure.step(step)
        accepted = state.captures[step].accepted
        if accepted is None:
            raise ProcedureError("Nothing was accepted at this step; nothing was changed.", code="nothing-to-discard")
        self.write(Kind.DISCARDED, {"step": step, "capture": str(accepted.event), "reason": needed_reason(reason)}, dossier)

    def set_aside(self, dossier: str, step: str, attempt: int, reason: str) -> None:
        """Say why a try that passed is not accepted (the applicant's wish, eyes half shut); it stays in the journal.

        Raises:
            ProcedureError: no such try, or no reason was given.
        """
        if attempt not in {a.number for a in self.editable(dossier).captures[step].attempts}:
            raise ProcedureError("There is no such try at this step; nothing was changed.", code="nothing-to-discard")
        self.write(Kind.DISCARDED, {"step": step, "attempt": attempt, "reason": needed_reason(reason)}, dossier)

    def declare_exception(self, dossier: str, finger: FingerPosition | int, kind: ExceptionKind | str,
                          permanence: Permanence | str = Permanence.LASTING, reason: str = "", *, photo: HandPhoto | None = None,
                          no_photo: str = "", by: str = "session") -> None:  # fmt: skip
        """Declare that a finger cannot be taken; the officer signs and answers for it (`station.dossier.excepting`).

        Raises:
            ProcedureError: not a single finger, or "other" without words. InputError: unknown kind.
        """
        from station.dossier.excepting import declare

        declare(self, dossier, finger, kind, permanence, reason, photo=photo, no_photo=no_photo, by=by)

    def withdraw_exception(self, dossier: str, finger: FingerPosition | int, reason: str) -> None:
        """Take an exception back: the bandage is off, or the wrong key was pressed."""
        state = self.editable(dossier)
        if FingerPosition(finger) not in state.exceptions:
            raise ProcedureError("This finger has no exception; nothing was changed.", code="exception-none")
        self.write(Kind.EXCEPTION_WITHDRAWN, {"finger": int(finger), "reason": needed_reason(reason)}, dossier)

    # --- review and signatures ---------------------------------------------------------------------------------------------

    def review(self, dossier: str, answers: Mapping[str, bool]) -> None:
        """Record the applicant's answers, line by line (True = right)."""
        self.editable(dossier)
        self.write(Kind.REVIEWED, {"answers": {str(k): bool(v) for k, v in answers.items()}}, dossier)

    def sign(self, dossier: str, who: str, form: str = "capture", signature: bytes = b"", blob: str = "") -> None:
        """Sign a form as ``applicant``, ``operator`` or ``supervisor`` (signature bytes, or the blob of a drawn or photographed one).

        Raises:
            ProcedureError: something comes first; `station.dossier.readiness.before_signing` lists it.
        """
        from station.dossier.readiness import before_signing

        state = self.editable(dossier)
        if first := before_signing(state, who):
            raise ProcedureError("Something is still open before this signature; nothing was signed.", code=first[0].code,
                                 open=len(first))  # fmt: skip
        self.write(Kind.SIGNED, {"who": who, "form": form, "signature": signature, "blob": blob}, dossier)

    # --- asking another person ---------------------------------------------------------------------------------------------

    def ask(self, dossier: str, what: str, subject: str = "", reason: str = "", *, deferred: bool = False) -> Event:
        """Ask the supervisor. `deferred`: work goes on now (night, offline) and is decided later; marked until then."""
        return self.write(
            Kind.WAITING_FOR, {"what": what, "subject": subject, "reason": short_reason(reason), "deferred": deferred}, dossier
        )

    def decide(self, dossier: str, asked: EventId, decision: str, reason: str = "") -> None:
        """Answer an approval as another person than the one who asked; a return, and a doubtful finger that passes, want a reason.

        Raises:
            AccessError: the asker themselves, or without the role. ProcedureError: nothing is waiting under that id.
        """
        approval = next((a for a in self.state(dossier).open_approvals if a.id == asked), None)
        if approval is None:
            raise ProcedureError("This decision is not waiting any more; nothing was changed.", code="approval-gone")
        self.other_person(approval.asked_by)
        if decision not in {"approved", "returned"}:
            raise InputError("A decision is approved or returned; nothing was changed.", code="decision-unknown")
        body: dict[str, Any] = {
            "asked": str(asked),
            "decision": decision,
            "reason": needed_reason(reason) if decision == "returned" or approval.what == FINDING else short_reason(reason),
        }
        if approval.what == FINDING and self._sign is not None:
            # Who lets a doubtful finger pass answers for it with a signature of their own, as for a missing one.
            payload = [FINDING, dossier, approval.subject, decision, body["reason"], self.session.operator]
            body["signature"] = self._sign(cbor2.dumps(payload, canonical=True))
        self.write(Kind.DECIDED, body, dossier)

    def other_person(self, first: str, roles: frozenset[str] = SUPERVISOR_ROLES) -> None:
        """Check four eyes: the present operator is not `first` and has one of `roles`.

        Raises:
            AccessError: otherwise (E04).
        """
        if self.session.operator == first:
            raise AccessError(
                "You cannot approve your own work; nothing was changed. Ask another supervisor.", code="own-approval"
            )
        if not roles & self.session.roles:
            raise AccessError("This decision needs a supervisor; nothing was changed. Press F8.", code="role-missing")
