"""Fills the papers from a dossier: one function per paper, `print_paper` records what was printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from biometrics.positions import FingerPosition
from station.clock import legal, legal_day
from station.dossier.book import DossierBook
from station.dossier.consuming import fee_rows
from station.dossier.fees import fee_of
from station.dossier.issued import Astray
from station.dossier.life import Life
from station.dossier.parts import FieldSource
from station.dossier.state import DossierState
from station.errors import InputError
from station.vietnam.fields import field_rules
from station.vietnam.papers import (
    CaptureRow,
    Line,
    Paper,
    appointment_slip,
    capture_form,
    exception_record,
    hand_over_list,
    population_form,
    route_note,
)
from station.vietnam.rules import deadline_for, form_for
from station.views.base import shown
from station.views.review import exception_text
from station.words import say

PAPERS = ("capture", "slip", "population-collect", "population-correct", "exceptions")
_HIDDEN = {"birth_reg_unit", "hometown_unit", "addr_perm_unit", "death_date"}


def _lines(state: DossierState, names: Sequence[str]) -> list[Line]:
    return [Line(say(f"field.{n}"), shown(n, state.value(n))) for n in names]


def _captures(state: DossierState) -> list[CaptureRow]:
    rows = []
    for step in state.captures.values():
        rule = next((s for s in state.procedure.steps if s.id == step.step), None)
        missing = [f for f in (rule.fingers if rule else ()) if f in state.exceptions]
        note = "; ".join(_box(state, f) for f in missing)
        if step.accepted is not None:
            scores = [q.score for q in step.accepted.capture.quality]
            quality = f"{min(scores):.0f}" if scores else ""
            flagged = "dưới ngưỡng; " if "below-threshold" in step.accepted.capture.flags else ""
            rows.append(CaptureRow(say(f"step.{step.step}"), "Đã thu", quality, flagged + note))
        elif rule is not None and not rule.optional:
            rows.append(CaptureRow(say(f"step.{step.step}"), "Không thu được" if state.done(rule) else "Chưa thu", "", note))
    return rows


def _box(state: DossierState, finger: FingerPosition) -> str:
    found = state.exceptions[finger]
    return exception_text(finger, found.kind.value, found.permanence.value, found.reason).say()


def make_paper(
    state: DossierState,
    purpose: str,
    day: date,
    *,
    unit: str,
    portrait: bytes = b"",
    place: str = "",
    demo: bool = False,
    centre_fees: Sequence[Mapping[str, Any]] = (),
) -> Paper:
    """Return a paper of this dossier.

    Args:
        state: the dossier.
        purpose: one of `PAPERS`.
        day: today, which decides the form in force.
        unit: name of the receiving unit.
        portrait: JPEG or PNG for the capture form.
        place: where the card is collected (slip).
        demo: print DEMO across.
        centre_fees: fee tables of the centre's notices (`station.dossier.consuming.fee_rows`).

    Raises:
        InputError: unknown paper, no form in force, no font.
    """
    if purpose not in PAPERS:
        raise InputError(f"There is no paper '{purpose}'; nothing was printed. Known: {', '.join(PAPERS)}.", code="paper-unknown")
    form = form_for(purpose, day)
    who = _lines(state, ("full_name", "personal_no", "dob"))
    every = [n for n in field_rules() if n not in _HIDDEN and state.value(n)]
    if purpose == "capture":
        return capture_form(form, state.number, unit, _lines(state, every), _captures(state), portrait=portrait, demo=demo)
    if purpose == "slip":
        deadline = deadline_for(state.kind.value, day)
        due = date.fromisoformat(state.slip["due"]) if state.slip else deadline.due
        amount = fee_of(state, day, centre=centre_fees).amount_vnd
        fee = f"{amount:,} đồng".replace(",", ".") if amount else say("s8.free")
        who += [Line("Loại thủ tục", say(f"kind.{state.kind.value}")), *_lines(state, ("phone",))]
        return appointment_slip(form, state.number, unit, who, due, place or unit, fee, demo=demo)
    if purpose == "exceptions":
        rows = [(say(f"finger.{int(f)}").capitalize(), say(f"exception.{e.kind.value}") + (f": {e.reason}" if e.reason else "")
                 + (f". {say('exception.photo')}" if e.photo is not None else ""),
                 say(f"exception.{e.permanence.value}"), f"{e.operator}, {legal(e.at):%d/%m/%Y %H:%M}")
                for f, e in sorted(state.exceptions.items())]  # fmt: skip
        supervisor = len(state.exceptions) >= state.procedure.supervisor_from_fingers
        return exception_record(form, state.number, unit, who, rows, supervisor=supervisor, demo=demo)
    if purpose == "population-collect":
        return population_form(form, state.number, unit, _lines(state, every), [], demo=demo)
    return population_form(form, state.number, unit, who, _changes(state), demo=demo)


def _changes(state: DossierState) -> list[tuple[str, str, str]]:
    record = state.sources.get(FieldSource.REGISTER, {})
    changes = [(say(f"field.{d.field}"), shown(d.field, record.get(d.field, "")), shown(d.field, d.new_value or state.value(d.field)))
               for d in state.defects if d.field in field_rules()]  # fmt: skip
    return list(dict.fromkeys(changes))


def make_hand_over_list(
    states: Sequence[DossierState], day: date, *, number: str, unit: str, giver: str, taker: str, demo: bool = False
) -> Paper:
    """Return the list of dossiers given to the sorting desk (art. 5.10)."""
    rows = [(s.number, s.value("full_name"), say(f"kind.{s.kind.value}"), say(s.package_word.value)) for s in states]
    return hand_over_list(form_for("hand-over-list", day), number, unit, day, rows, giver, taker, demo=demo)


def make_route_note(cards: Sequence[Astray], day: date, *, unit: str, giver: str, demo: bool = False) -> Paper:
    """Return the note that goes with cards of other units (E37).

    Raises:
        InputError: there is none.
    """
    if not cards:
        raise InputError("No card of another unit lies here; nothing was printed.", code="no-astray")
    rows = [(a.serial, f"Kit {a.owner}" if a.owner else "Nơi cấp (chưa rõ)") for a in cards]
    return route_note(form_for("route-note", day), f"{day:%Y%m%d}", unit, day, rows, giver, demo=demo)


def print_paper(
    book: DossierBook, dossier: str, purpose: str, *, unit: str, portrait: bytes = b"", place: str = "", demo: bool = False
) -> Paper:
    """Make a paper and record that it was printed: form, legal basis, and the hash of the very bytes."""
    paper = make_paper(
        book.state(dossier),
        purpose,
        legal_day(book.clock.now()),
        unit=unit,
        portrait=portrait,
        place=place,
        demo=demo,
        centre_fees=fee_rows(book.journal),
    )
    Life(book).paper(dossier, purpose, paper.form.id, f"sha256:{paper.sha256}")
    return paper
