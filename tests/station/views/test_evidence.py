"""What S7 says of the captures beside the face, and that the slip and the screen name one fee."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np

from station.dossier.fees import fee_of
from station.dossier.findings import FingerFinding, to_body
from station.dossier.kinds import Kind
from station.dossier.parts import FieldSource
from station.dossier.state import DossierState
from station.views.base import Tone
from station.views.evidence import decode_line, evidence_facts
from station.views.finish import finish_view
from station.words import catalogue
from tests.station.dossier.builders import enroll, make_book

DAY = date(2026, 11, 22)


def facts(state: DossierState) -> dict[str, Tone]:
    found = evidence_facts(state)
    assert all(f.words.code in catalogue() for f in found)
    assert all("{" not in f.words.say() for f in found)
    return {f.words.code: f.tone for f in found}


def test_the_chips_follow_what_was_taken_compared_and_asked() -> None:
    book = make_book()
    begun = facts(book.state(book.open_dossier("vn-60-2021")))
    assert begun["ui.evidence.fingers"] is Tone.IDLE
    assert not any(code.startswith("ui.evidence.face") for code in begun)
    dossier = enroll(book)
    taken = facts(book.state(dossier))
    assert taken["ui.evidence.fingers"] is Tone.GOOD
    assert taken["ui.evidence.face-flagged"] is Tone.RETRY, "80 of 100: a rule was broken and the photo taken all the same"
    assert "ui.evidence.not-checked" in taken, "what was not compared is said so"
    assert "ui.evidence.in-order" not in taken
    book.write(Kind.FINGERS_CHECKED, to_body((), captures=(), prints=10, known=41), dossier)
    checked = facts(book.state(dossier))
    assert (checked["ui.evidence.no-double"], checked["ui.evidence.in-order"]) == (Tone.GOOD, Tone.GOOD)
    assert not any(code.startswith("ui.evidence.active") for code in checked)
    for outcome, code, tone in (("stopped", "ui.evidence.active-open", Tone.IDLE), ("passed", "ui.evidence.active", Tone.GOOD)):
        body = {"step": "face", "challenges": ["blink", "turn-left", "blink"], "done": 3, "outcome": outcome, "tier": 1}
        book.write(Kind.ACTIVE_CHECKED, body, dossier)
        assert facts(book.state(dossier))[code] is tone, "the newest check is the one that is told"


def test_a_check_that_nobody_could_be_compared_with_claims_no_absence_of_doubles() -> None:
    book = make_book()
    dossier = enroll(book)
    book.write(Kind.FINGERS_CHECKED, to_body((), captures=(), prints=10, known=0), dossier)
    told = facts(book.state(dossier))
    assert "ui.evidence.no-double" not in told
    assert "ui.evidence.in-order" in told


def test_findings_and_exceptions_are_told_and_a_finding_leaves_nothing_in_order() -> None:
    book = make_book()
    dossier = book.open_dossier("vn-60-2021")
    book.declare_exception(dossier, 5, "amputated")
    found = FingerFinding("swapped-hands", (2, 7), (), -6.0)
    book.write(Kind.FINGERS_CHECKED, to_body((found,), captures=(), prints=9, known=41), dossier)
    told = facts(book.state(dossier))
    assert (told["ui.evidence.findings"], told["ui.review.exceptions"]) == (Tone.BLOCKED, Tone.EXCEPTION)
    assert not {"ui.evidence.in-order", "ui.evidence.no-double"} & set(told)


def test_a_drawn_signature_comes_back_and_bytes_that_are_none_do_not() -> None:
    drawn = np.full((20, 60), 255, np.uint8)
    drawn[8:12, 5:50] = 0
    assert np.array_equal(decode_line(cv2.imencode(".png", drawn)[1].tobytes()), drawn)
    assert decode_line(b"no picture") is None


def test_the_screen_the_slip_and_the_record_name_one_fee() -> None:
    book = make_book()
    dossier = enroll(book)
    book.classify(dossier, "exchange")
    book.set_field(dossier, "old_id_no", "123456789", FieldSource.DECLARED)
    state = book.state(dossier)
    assert finish_view(state, DAY).fee.amount_vnd == fee_of(state, DAY).amount_vnd == 30_000, (
        "an old paper card has its own amount"
    )
    book.write(Kind.FEE, {"amount_vnd": 45_000, "exemption": "", "receipt": "", "basis": "TT 59"}, dossier)
    recorded = book.state(dossier)
    assert finish_view(recorded, DAY).fee.amount_vnd == fee_of(recorded, DAY).amount_vnd == 45_000
