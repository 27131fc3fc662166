"""S7, review and sign: does the applicant agree with every line?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from station.capture.model import ImageRef
from station.dossier.readiness import lines_to_review
from station.dossier.state import DossierState


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One line for the applicant; `answer` None while unseen."""

    name: str
    value: str
    answer: bool | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One accepted capture to be shown small: step, first image with its stored bytes, lowest score, flags."""

    step: str
    position: int
    image: ImageRef
    data: bytes
    score: float
    flagged: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The whole screen. `next` is what F12 does: agree, applicant, operator, seal or done; `open_items` are codes."""

    dossier: str
    number: str
    person: str
    lines: tuple[ReviewLine, ...]
    evidence: tuple[Evidence, ...]
    exceptions: tuple[tuple[int, str], ...]
    applicant_signed: bool
    operator_signed: bool
    sealed_word: str
    open_items: tuple[str, ...]
    next: str


def review_view(state: DossierState, open_items: Sequence[str], blob: Callable[[str], bytes]) -> ReviewView:
    """Return S7; `blob` gives the stored bytes of an image (only single fingers and the face are shown)."""
    lines = tuple(ReviewLine(n, state.value(n), state.review.get(n)) for n in lines_to_review(state))
    evidence = []
    for found in state.captures.values():
        if found.accepted is None or found.accepted.capture.position >= 13:
            continue
        capture = found.accepted.capture
        image = capture.images[0]
        score = min((q.score for q in capture.quality), default=0.0)
        evidence.append(
            Evidence(found.step, capture.position, image, blob(image.blob), score, "below-threshold" in capture.flags)
        )
    applicant, operator = state.signed_by("applicant"), state.signed_by("operator")
    if state.sealed:
        following = "done"
    elif not state.reviewed:
        following = "agree"
    elif not applicant:
        following = "applicant"
    elif not operator:
        following = "operator"
    else:
        following = "seal"
    word = str(state.package_word.value) if state.sealed else "saved"
    return ReviewView(state.id, state.value("personal_no"), state.value("full_name"), lines, tuple(evidence),
                      tuple((int(f), e.kind.value) for f, e in state.exceptions.items()), applicant, operator, word, tuple(open_items),
                      following)  # fmt: skip
