"""The sequence check at the counter: after each finger capture, every print against every other, recent people and operators.

It runs in the job that accepted the capture (the station's worker, never the UI thread). What was computed for earlier captures is
kept, so that one more capture costs its own prints only. Nothing is refused here: findings become an event of the dossier and a
question to the supervisor, and a person judges.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from biometrics.fingerprint.matching import Comparison, Finding, KnownPeople, SequencePrint, check_sequence, compare
from biometrics.fingerprint.matching.compare import grown_score
from station.capture.known_people import MAX_FINGERS, MAX_PEOPLE, RecentPeople
from station.capture.prints import FingerPrint, prints_of
from station.dossier.findings import FINDING, FindingEvidence, FingerFinding, PrintName, to_body
from station.dossier.kinds import Kind
from station.dossier.parts import StepState
from station.dossier.state import DossierState
from station.errors import StationError
from station.keys.fingers import OperatorFingers

if TYPE_CHECKING:
    from station.app import Station

_KEPT: Final = 6
"""Dossiers whose prints and comparisons are kept: as many as go on side by side at one counter."""
_OPERATOR_KINDS: Final = (Kind.OPERATOR_ADDED, Kind.OPERATOR_CHANGED, Kind.OPERATOR_FINGERS)


@dataclass(slots=True)
class _Kept:
    """What is known of one open dossier: prints by capture event, comparisons by the two prints' keys."""

    prints: dict[str, tuple[FingerPrint, ...]] = field(default_factory=dict)
    compared: dict[tuple[str, str], Comparison] = field(default_factory=dict)
    sketched: dict[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of one check: what stands open now, which of it is new, and the machine time it took."""

    open: tuple[FingerFinding, ...]
    fresh: tuple[FingerFinding, ...]
    prints: int
    seconds: float


class FingerCheck:
    """Checks dossiers of one station; any thread, one check at a time."""

    def __init__(self, station: Station, *, people: int = MAX_PEOPLE, fingers: int = MAX_FINGERS) -> None:
        self._station = station
        self.recent = RecentPeople(station, people=people, fingers=fingers)
        self._lock = threading.RLock()
        self._dossiers: dict[str, _Kept] = {}
        self._checked: dict[str, tuple[str, ...]] = {}
        self._operators = KnownPeople()
        self._operators_at: tuple[object, ...] = ()

    def warm(self) -> None:
        """Begin to rebuild the gallery of recent people in the background."""
        self.recent.start()

    def close(self) -> None:
        """End the background work."""
        self.recent.close()

    def check(self, dossier: str) -> Checked:
        """Check everything accepted so far, write down what changed, and return the outcome.

        Raises:
            StationError: the journal cannot be written.
        """
        began = time.perf_counter()
        with self._lock:
            self.warm()
            state = self._station.book.state(dossier)
            steps = _finger_steps(state)
            prints = self._prints(dossier, steps)
            self._others_are_recent(dossier)
            with self.recent.lock:
                raw = self._compare(self._dossiers[dossier], prints, dossier)
                known = len(self.recent.people)
            findings = tuple(f for r in raw if (f := _named(r, steps)) is not None and not self._same_citizen(state, f))
            before = state.finger_check
            self._note(state, findings, tuple(steps), len(prints), known)
            self._checked[dossier] = tuple(steps)
            after = self._station.book.state(dossier)
            old = {f.key for f in before.findings} if before is not None else set()
            return Checked(after.open_findings, tuple(f for f in after.open_findings if f.key not in old), len(prints),
                           time.perf_counter() - began)  # fmt: skip

    def prepare(self, dossier: str) -> None:
        """Extract and compare what a check will need, and remember it; nothing is written. Any thread: a check that follows on the
        station's own thread then only judges.

        Raises:
            StationError: the journal cannot be read.
        """
        with self._lock:
            self.warm()
            prints = self._prints(dossier, _finger_steps(self._station.book.state(dossier)))
            with self.recent.lock:
                self._compare(self._dossiers[dossier], prints, dossier)

    def ensure(self, dossier: str) -> Checked | None:
        """Check unless exactly these captures were checked already (None then). Once every capture of the dossier is there the outcome is
        also written, so a check that nobody wrote down is made again then (its comparisons are remembered)."""
        with self._lock:
            state = self._station.book.state(dossier)
            captures = tuple(_finger_steps(state))
            written = state.finger_check.captures if state.finger_check is not None else ()
            known = captures == written or (captures == self._checked.get(dossier) and not state.captures_complete)
            return None if known or not captures else self.check(dossier)

    # --- what is compared ----------------------------------------------------------------------------------------------------

    def _prints(self, dossier: str, steps: dict[str, StepState]) -> list[SequencePrint]:
        kept = self._dossiers.pop(dossier, None) or _Kept()
        self._dossiers[dossier] = kept  # the newest last
        for gone in set(kept.prints) - set(steps):
            del kept.prints[gone]
        for event, step in steps.items():
            if event not in kept.prints and step.accepted is not None:
                kept.prints[event] = prints_of(self._station.journal, step.accepted.capture)
        return [
            SequencePrint(f"{event}:{int(p.position)}", p.position, p.rolled, p.template)
            for event in steps for p in kept.prints[event]
        ]  # fmt: skip

    def _compare(self, kept: _Kept, prints: list[SequencePrint], dossier: str) -> list[Finding]:
        def full(a: SequencePrint, b: SequencePrint) -> Comparison:
            pair = (a.key, b.key)
            if pair not in kept.compared:
                kept.compared[pair] = compare(a.template, b.template)
            return kept.compared[pair]

        def sketch(a: SequencePrint, b: SequencePrint) -> float:
            pair = (a.key, b.key)
            if pair not in kept.sketched:
                kept.sketched[pair] = grown_score(a.template, b.template)
            return kept.sketched[pair]

        return check_sequence(prints, self.recent.people, self._known_operators(), besides=dossier, comparer=full, sketch=sketch)

    def _known_operators(self) -> KnownPeople:
        """The active operators' own fingers, read anew only after an account or a finger changed."""
        station = self._station
        newest = tuple(e.id if (e := station.journal.last_of_kind(kind)) is not None else None for kind in _OPERATOR_KINDS)
        if newest != self._operators_at:
            self._operators, self._operators_at = OperatorFingers(station.keys, station.operators).known(), newest
        return self._operators

    def _others_are_recent(self, dossier: str) -> None:
        """Whoever was at the scanner before is a recent person now; whoever the journal let go is none any more."""
        held = {d.id for d in self._station.journal.dossiers()}
        for other in [d for d in self._dossiers if d != dossier]:
            if other in held:
                prints = [p for found in self._dossiers[other].prints.values() for p in found]
                self.recent.put(self._station.book.state(other), prints)
        self.recent.keep_only(held)
        while len(self._dossiers) > _KEPT:
            self._checked.pop(gone := next(iter(self._dossiers)), None)
            self._dossiers.pop(gone)

    def _same_citizen(self, state: DossierState, finding: FingerFinding) -> bool:
        """Whether the previous applicant is this very citizen: the same number, or a dossier linked or merged with this one."""
        if finding.kind != "previous-applicant":
            return False
        try:
            other = self._station.book.state(finding.person)
        except StationError:
            return True  # purged in between: there is nobody to name
        mine, theirs = state.value("personal_no"), other.value("personal_no")
        linked = other.id in (*state.linked, state.merged_into) or state.id in (*other.linked, other.merged_into)
        return linked or (bool(mine) and mine == theirs)

    # --- what is written -----------------------------------------------------------------------------------------------------

    def _note(
        self, state: DossierState, findings: tuple[FingerFinding, ...], captures: tuple[str, ...], prints: int, known: int
    ) -> None:
        """Write an event when the findings changed, and once when all captures are there (found or not)."""
        before, book = state.finger_check, self._station.book
        keys = {f.key for f in findings}
        old = {f.key: f.captures for f in before.findings} if before is not None else {}
        # A finding that rests on retaken captures is written anew: an event names the captures it is about.
        same = set(old) == keys and all(old[f.key] <= set(captures) for f in findings)
        finished = state.captures_complete and (before is None or before.captures != captures)
        if same and not finished:
            return
        book.write(Kind.FINGERS_CHECKED, to_body(findings, captures=captures, prints=prints, known=known), state.id)
        asked = {a.subject for a in state.approvals if a.what == FINDING and not a.decision} | state.accepted_findings
        for finding in findings:
            if finding.key not in asked:
                book.ask(state.id, FINDING, finding.key, f"{finding.code} {finding.kind}", deferred=True)


def _finger_steps(state: DossierState) -> dict[str, StepState]:
    """Return event id of the accepted finger captures → their step."""
    return {
        str(s.accepted.event): s
        for s in state.captures.values()
        if s.accepted is not None and s.accepted.capture.modality == "finger"
    }


def _named(finding: Finding, steps: dict[str, StepState]) -> FingerFinding | None:
    evidence = tuple(FindingEvidence(_name(e.first, steps), _name(e.second, steps), e.score, e.fmr) for e in finding.evidence)
    return FingerFinding(
        finding.kind.value, tuple(map(int, finding.positions)), evidence, finding.log10_chance, finding.person or ""
    )


def _name(key: str, steps: dict[str, StepState]) -> PrintName:
    if "/" in key:  # somebody known: person/finger
        from biometrics.positions import FingerPosition

        person, _, finger = key.rpartition("/")
        return PrintName("", person, int(FingerPosition[finger]))
    event, _, finger = key.rpartition(":")
    return PrintName(steps[event].step, event, int(finger))
