"""S9, the applicant's screen: the mirror of the capture or the review. No officer data, no other person, plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from station.dossier.parts import Lifecycle
from station.dossier.state import DossierState
from station.vietnam.dates import age_on
from station.views.base import Intent, Words
from station.views.review import ReviewLine, review_view


@dataclass(frozen=True, slots=True)
class ApplicantView:
    """The whole of S9. `blank`: only logo and ticket (nothing open, paused, locked)."""

    blank: bool
    ticket: str
    address: Words
    prompt: Words | None
    finger: str
    lines: tuple[ReviewLine, ...]
    may_sign: bool
    thanks: Words | None
    intents: tuple[Intent, ...]


def form_of_address(state: DossierState, day: date) -> Words:
    """Return how this person is spoken to: ông, bà from 60; anh, chị from 16; em; ``Công dân`` when age or sex is unknown."""
    sex, birth = state.value("sex"), state.birth
    if birth is None or sex not in {"M", "F"}:
        return Words("address.neutral")
    age = age_on(birth, day)
    return Words(f"address.elder-{sex}" if age >= 60 else f"address.adult-{sex}" if age >= 16 else "address.child")


def applicant_view(
    state: DossierState | None, day: date, *, locked: bool = False, instruction: Words | None = None, finger: str = ""
) -> ApplicantView:
    """Return S9 for the open dossier; `instruction` and `finger` mirror a running capture."""
    neutral = Words("address.neutral")
    if state is None or locked or state.lifecycle is not Lifecycle.OPEN:
        return ApplicantView(True, state.ticket if state is not None else "", neutral, None, "", (), False, None, ())
    address = form_of_address(state, day)
    if state.signed_by("applicant"):
        due = str(state.slip["due"]) if state.slip else ""
        shown = f"{date.fromisoformat(due):%d/%m/%Y}" if due else ""
        place = str(state.slip.get("place", "")) if state.slip else ""
        home = bool(state.slip) and state.slip is not None and state.slip.get("delivery") == "home"
        thanks = (
            Words("s9.thanks-home" if home else "s9.thanks-place", {"address": address.code, "date": shown, "place": place})
            if shown and place
            else Words("s9.thanks-due", {"address": address.code, "date": shown})
            if shown
            else Words("s9.thanks", {"address": address.code})
        )
        return ApplicantView(False, state.ticket, address, None, "", (), False, thanks, ())
    if instruction is not None or not state.captures_complete:
        return ApplicantView(False, state.ticket, address, instruction or Words("s9.wait"), finger, (), False, None, ())
    review = review_view(state)
    open_line = next((line for line in review.lines if line.answer is None), None)
    intents: tuple[Intent, ...] = () if open_line is None else (
        Intent("answer", Words("s9.right"), "1", {"field": open_line.field, "answer": True}),
        Intent("answer", Words("s9.wrong"), "2", {"field": open_line.field, "answer": False}),
    )  # fmt: skip
    if review.applicant_may_sign:
        intents = (Intent("sign-applicant", Words("s9.sign"), "F12"),)
    wrong = next((line for line in review.lines if line.answer is False), None)
    prompt = (
        Words("s9.mending", {"field": f"ui.field.{wrong.field}"})
        if wrong is not None
        else Words("s9.read")
        if open_line
        else Words("s9.sign")
        if review.applicant_may_sign
        else Words("s9.wait")
    )
    return ApplicantView(False, state.ticket, address, prompt, "", review.lines, review.applicant_may_sign, None, intents)
