"""S7, review and sign (and its mirror S9): does the applicant agree with every line?"""

from __future__ import annotations

from dataclasses import dataclass

from biometrics.positions import Eye, FingerPosition
from station.dossier.findings import FINDING, FingerFinding
from station.dossier.old_card import expected_answer, old_card_due
from station.dossier.parts import FieldSource, FingerExceptionState, StepState
from station.dossier.readiness import OpenItem, before_sealing, before_signing, contradictions, lines_to_review
from station.dossier.state import DossierState
from station.dossier.wanted import wanted_papers
from station.views.base import Intent, Tone, Words, shown
from station.views.chip_check import chip_check
from station.views.compare import number_warnings


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One line as the applicant sees it; `old` is the register's value where it differs (shown as Cũ / Mới)."""

    field: str
    label: Words
    value: str
    old: str
    answer: bool | None
    tone: Tone


@dataclass(frozen=True, slots=True)
class Evidence:
    """One capture or exception in the strip of evidence."""

    step: str
    label: Words
    score: float | None
    tone: Tone
    note: Words | None
    proof: Words | None = None
    """Of an exception: whether there is a picture of the hand, and who signed how."""

    @property
    def said(self) -> str:
        """The note with what it rests on."""
        proof = f" ({self.proof.say()})" if self.proof is not None else ""
        return f"{self.note.say() if self.note is not None else ''}{proof}"


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The whole of S7. `check_list` is what is open before sealing, empty = Seal is offered."""

    question: Words
    lines: tuple[ReviewLine, ...]
    evidence: tuple[Evidence, ...]
    check_list: tuple[OpenItem, ...]
    warnings: tuple[Words, ...]
    """What stops nobody and must be seen: an exception that a picture contradicts, a number that disagrees, a chip not verified."""
    read_aloud: str
    applicant_may_sign: bool
    primary: Intent
    papers_needed: bool
    """Whether the procedure orders a photographed paper for this dossier, here or not."""
    old_card: Words | None = None
    """What became of the old card, with its reason, or that nobody asked yet; None for a first card."""


def exception_text(finger: FingerPosition, kind: str, permanence: str, reason: str) -> Words:
    """Return the legal text for the finger's box: state of the finger, lasting or temporary, and the officer's words."""
    values = {"finger": f"finger.{int(finger)}", "permanence": f"exception.{permanence}"}
    if kind == "other":
        return Words("exception.box-other", {**values, "reason": reason})
    return Words("exception.box", {**values, "kind": f"exception.{kind}", "reason": f": {reason}" if reason else ""})


def exception_proof(found: FingerExceptionState, name: str = "") -> Words:
    """Return what an exception rests on: a picture of the hand or why there is none, who signed (`name`, else their id) and how."""
    photo = "exception.photo" if found.photo is not None else f"exception.no-photo.{found.no_photo or 'not-asked'}"
    return Words(f"exception.proof.{found.by}", {"photo": photo, "name": name or found.operator})


def eye_text(eye: Eye, kind: str, permanence: str, reason: str) -> Words:
    """Return the text of an eye that is not taken: what it is, lasting or temporary, and the officer's words."""
    values = {"eye": f"eye.{int(eye)}", "kind": f"eye-exception.{kind}", "permanence": f"exception.{permanence}"}
    return Words("exception.eye", {**values, "reason": f": {reason}" if reason else ""})


def review_view(state: DossierState) -> ReviewView:
    """Return S7: the next open thing is the primary action."""
    lines = tuple(_line(state, name) for name in lines_to_review(state))
    evidence = [_evidence(state, s) for s in state.captures.values()]
    evidence += [Evidence("", Words(f"finger.{int(f)}"), None, Tone.EXCEPTION, exception_text(f, e.kind.value, e.permanence.value, e.reason),
                          exception_proof(e)) for f, e in sorted(state.exceptions.items())]  # fmt: skip
    evidence += [Evidence("", Words(f"eye.{int(e)}"), None, Tone.EXCEPTION, eye_text(e, x.kind.value, x.permanence.value, x.reason))
                 for e, x in sorted(state.eye_exceptions.items())]  # fmt: skip
    evidence += [_finding(state, f) for f in state.findings]
    waiting = before_signing(state, "applicant")
    aloud = ". ".join(f"{line.label.say()}: {line.value}" for line in lines)
    return ReviewView(Words("s7.question"), lines, tuple(evidence), _check_list(state), _warnings(state), aloud, not waiting,
                      _primary(state, waiting), any(w.must for w in wanted_papers(state)), _old_card(state))  # fmt: skip


def _old_card(state: DossierState) -> Words | None:
    if old_card_due(state):
        return Words("old-card-open")
    if state.old_card_state in {"", "none"}:
        return None
    said = f"s8.old-card.{state.old_card_state}"
    return Words("s7.old-card-because", {"said": said, "reason": state.old_card_reason}) if state.old_card_reason else Words(said)


def _check_list(state: DossierState) -> tuple[OpenItem, ...]:
    """What is open before the seal; at the counter also what became of the old card."""
    return (*before_sealing(state), *([OpenItem("old-card-open")] if old_card_due(state) else []))


def _warnings(state: DossierState) -> tuple[Words, ...]:
    found = [Words("s7.contradicts", {"finger": f"finger.{i.place}"}) for i in contradictions(state)]
    found += [Words(rule) for rule in number_warnings(state)]
    if state.chip is not None and (mark := chip_check(state.chip.standing, state.chip.verdict).mark) is not None:
        found.append(mark)
    return tuple(found)


def _primary(state: DossierState, waiting: tuple[OpenItem, ...]) -> Intent:
    for item in waiting:
        if item.code == "blocked-by-defect":
            return Intent("supervisor", Words("s2.stop"), "F8", {"field": item.place})
        if item.code == "capture-open":
            return Intent("capture", Words("s7.capture", {"step": f"step.{item.place}"}), "F12", {"step": item.place})
        if item.code == "field-missing":
            return Intent("edit", Words("s7.fill", {"field": f"field.{item.place}"}), "F12", {"field": item.place})
        if item.code == "paper-missing":
            kind, _, field = item.place.partition(" ")
            return Intent("photograph", Words("s7.photograph", {"paper": f"paper.{kind}"}), "F12", {"kind": kind, "field": field})
        if item.code == "line-disagreed":
            return Intent("edit", Words("s7.correct", {"field": f"field.{item.place}"}), "F12", {"field": item.place})
        if item.code == "kind-open":
            return Intent("kind", Words("s7.kind"), "F12")
        if item.code == "exception-reason":
            return Intent("exception", Words("exception-reason"), "F7", {"finger": item.place})
        return Intent("ask-applicant", Words("s7.wait"), "F12", {"field": item.place})
    if not state.signed_by("applicant"):
        return Intent("sign-applicant", Words("s7.sign"), "F12")
    if not state.signed_by("operator"):
        return Intent("sign-operator", Words("s7.officer"), "F12")
    rest = before_sealing(state)
    if any(i.code == FINDING for i in rest):
        return Intent("supervisor", Words("s7.finding"), "F8")
    if old_card_due(state) and not rest:
        return Intent("old-card", Words("s7.old-card"), "F12", {"at": expected_answer(state)})
    return Intent("seal", Words("s7.seal"), "F12", enabled=not rest)


def _line(state: DossierState, name: str) -> ReviewLine:
    value = state.value(name)
    old = state.sources.get(FieldSource.REGISTER, {}).get(name, "")
    changed = bool(old) and old != value and old.upper() != value.upper()
    answer = state.review.get(name)
    tone = Tone.BLOCKED if answer is False else Tone.GOOD if answer else Tone.RETRY if changed else Tone.IDLE
    return ReviewLine(name, Words(f"field.{name}"), shown(name, value), shown(name, old) if changed else "", answer, tone)


def _evidence(state: DossierState, step: StepState) -> Evidence:
    label = Words(f"step.{step.step}")
    if step.accepted is None:
        rule = next((s for s in state.procedure.steps if s.id == step.step), None)
        gone = rule is not None and state.done(rule)
        return Evidence(step.step, label, None, Tone.EXCEPTION if gone else Tone.IDLE, None)
    scores = [q.score for q in step.accepted.capture.quality]
    flagged = "below-threshold" in step.accepted.capture.flags
    return Evidence(step.step, label, min(scores, default=None), Tone.RETRY if flagged else Tone.GOOD,
                    Words("approval.low-quality") if flagged else None)  # fmt: skip


def _finding(state: DossierState, finding: FingerFinding) -> Evidence:
    """A finding of the sequence check in the strip: its fingers, the strongest score, blocked until somebody accepts it."""
    accepted = finding not in state.open_findings
    score = max((e.score for e in finding.evidence), default=None)
    step = finding.steps[0] if finding.steps else ""
    return Evidence(
        step, Words(finding.code), score, Tone.EXCEPTION if accepted else Tone.BLOCKED, Words(f"finding-{finding.kind}")
    )
