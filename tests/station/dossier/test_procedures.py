"""Procedures as data: files, order, thresholds, and what a bad file does."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from biometrics.positions import FingerPosition as F
from station.dossier.procedure import Modality, Stage, load_procedure, parse_procedure, procedure_names, select_procedure
from station.errors import InputError, ProcedureError
from station.settings import Settings
from station.vietnam.dates import PartialDate

from .builders import APPLICANT, enroll, make_book, make_capture

GOOD = files("station.dossier").joinpath("procedures", "vn-60-2021.toml").read_bytes()


def test_shipped_procedures() -> None:
    assert procedure_names() == ("test-short", "vn-2024", "vn-2024-under-6", "vn-60-2021")
    law = load_procedure("vn-60-2021")
    assert (len(law.steps), [s.stage for s in law.stages][:2]) == (14, [Stage.LOOK_UP, Stage.CLASSIFY])
    assert [s.article for s in law.stages] == [f"5.{n}" for n in range(1, 11)]
    assert law.step("flat-right-four").thresholds == {F.RIGHT_INDEX: 30, F.RIGHT_MIDDLE: 30, F.RIGHT_RING: 25, F.RIGHT_LITTLE: 20}
    assert not law.thresholds_verified


def test_order_of_2024_is_configuration_and_iris_is_optional() -> None:
    law = load_procedure("vn-2024")
    other = law.with_order([Modality.IRIS, Modality.FACE, Modality.FINGER])
    assert [other.steps[0].modality, other.steps[1].modality] == [Modality.IRIS, Modality.FACE]
    assert {s.id for s in other.steps} == {s.id for s in law.steps}
    assert all(s.modality is not Modality.IRIS for s in law.without(Modality.IRIS).steps)
    with pytest.raises(ProcedureError):
        law.with_order([Modality.FACE])


def test_iris_may_be_skipped() -> None:
    book = make_book()
    dossier = book.open_dossier("vn-2024", applicant=APPLICANT)
    for step in load_procedure("vn-2024").steps:
        if step.modality is not Modality.IRIS:
            book.accept_capture(dossier, make_capture(step))
    state = book.state(dossier)
    assert state.captures_complete
    assert state.next_step is not None
    assert state.next_step.modality is Modality.IRIS


def test_a_child_under_six_gives_no_biometrics_and_needs_a_guardian() -> None:
    book = make_book()
    child = {**APPLICANT, "dob": "1/3/2022", "marks": "", "phone": ""}
    procedure = select_procedure(date(2026, 11, 22), PartialDate(2022, 3, 1))
    dossier = book.open_dossier(procedure.id, applicant=child)
    assert book.state(dossier).captures_complete
    with pytest.raises(ProcedureError) as error:
        book.sign(dossier, "applicant")
    assert error.value.reason_code == "field-missing"
    book.set_field(dossier, "guardian_name", "Trần Văn Đức")
    book.set_field(dossier, "addr_perm", "Thôn 3, Xã Mẫu, Tỉnh Ví Dụ")
    from station.dossier.readiness import lines_to_review

    book.review(dossier, dict.fromkeys(lines_to_review(book.state(dossier)), True))
    book.sign(dossier, "applicant", blob="aa" * 32)


@pytest.mark.parametrize("bad", [
    b"", b"\xff", b"id = 3", GOOD.replace(b"position = 13", b"position = 99"), GOOD.replace(b"flat-left-four", b"flat-right-four"),
    GOOD.replace(b'modality = "face"', b'modality = "voice"'), GOOD.replace(b"[thresholds]", b"[other]"),
    GOOD.replace(b'desk = "clerk"', b'desk = "roof"'),
])  # fmt: skip
def test_bad_files_are_one_sentence(bad: bytes) -> None:
    with pytest.raises(InputError, match="stays in force"):
        parse_procedure(bad)


def test_a_sites_own_file(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes(GOOD.replace(b'id = "vn-60-2021"', b'id = "own"'))
    book = make_book()
    dossier = enroll(book, str(own))
    assert book.state(dossier).procedure.id == "own"
    with pytest.raises(InputError):
        load_procedure(str(tmp_path / "none.toml"))


def test_a_site_may_want_more_than_the_procedure_and_never_less() -> None:
    law = load_procedure("vn-60-2021")
    site = law.with_site({"attempts": 5, "hold_s": 1.5, "hold_frames": 9, "threshold": 28})
    slap, face = site.step("flat-right-four"), site.step("portrait")
    assert (slap.attempts, slap.dwell_s, slap.stable_frames) == (5, 1.5, 9)
    assert slap.thresholds == {F.RIGHT_INDEX: 30, F.RIGHT_MIDDLE: 30, F.RIGHT_RING: 28, F.RIGHT_LITTLE: 28}
    assert face.thresholds == law.step("portrait").thresholds
    lower = law.with_site({"hold_s": 0.2, "hold_frames": 3, "threshold": 1})
    assert lower.steps == law.steps
    assert law.with_site({"attempts": 99, "hold_s": 99, "threshold": 200, "other": 1}).step("portrait").attempts == 3
    assert law.with_site({}) is law


def test_a_dossier_opened_under_a_sites_rules_keeps_them_everywhere() -> None:
    book = make_book()
    book.site_rules = lambda: {"attempts": 2, "threshold": 60}
    dossier = book.open_dossier("test-short", applicant=APPLICANT)
    book.site_rules = dict
    step = book.state(dossier).procedure.step("flat-right-four")
    assert step.attempts == 2
    assert set(step.thresholds.values()) == {60}
    assert book.state(book.open_dossier("test-short", applicant=APPLICANT)).procedure.step("flat-right-four").attempts == 3


def test_only_what_the_site_changed_reaches_a_dossier() -> None:
    assert Settings({"capture.attempts": 3, "fingerprint.threshold": 0}).capture_rules == {}
    changed = Settings({"capture.attempts": 2, "capture.hold_s": 0.8, "capture.hold_frames": 7, "fingerprint.threshold": 45})
    assert changed.capture_rules == {"attempts": 2.0, "hold_s": 0.8, "hold_frames": 7.0, "threshold": 45.0}
