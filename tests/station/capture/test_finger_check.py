"""The sequence check at the counter: planted mix-ups are found while enrolling, clean people are not accused, a restart remembers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from biometrics.fingerprint.minutiae import extract
from biometrics.fingerprint.synthesis import ImpressionSettings, Person, impression
from biometrics.positions import FingerPosition as F
from biometrics.positions import Impression
from devices.contract import CaptureRequest, RawCapture
from devices.simulated.scanner import Applicant, SimulatedScanner
from station.app import Station
from station.capture.finger_check import Checked
from station.capture.session import Attempt
from station.capture.storing import accept, store_attempt
from station.capture.verdict import PartVerdict, Verdict
from station.demo import open_demo_station
from station.demo_team import demo_pins
from station.desk.supervising import SupervisorDesk
from station.dossier.kinds import Kind
from station.dossier.procedure import CaptureStep
from station.dossier.readiness import before_sealing
from station.errors import StationError
from station.keys.fingers import OperatorFingers
from station.views.fingers import fingers_view
from station.views.inbox import inbox_view
from station.views.review import review_view
from station.words import Language, say

PLAIN, ROLLED = Impression.LIVE_PLAIN, Impression.LIVE_ROLLED
ANNA, BINH = 5101, 5102
INDEX_TWICE = Applicant(ANNA, instead={(F.RIGHT_MIDDLE, ROLLED): (ANNA, F.RIGHT_INDEX)})
PROCEDURE = """
[[capture]]
id = "rolled-right-middle"
modality = "finger"
position = 3
impression = 1
[[capture]]
id = "flat-left-four"
modality = "finger"
position = 14
impression = 0
"""
KINDS = {
    "swapped-hands",
    "swapped-fingers",
    "same-finger-twice",
    "rolled-does-not-fit-slap",
    "previous-applicant",
    "operator-finger",
}


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = open_demo_station(tmp_path / "s", desk="all")
    yield made
    made.close()


@pytest.fixture
def procedure(tmp_path: Path) -> str:
    """The short procedure without its portrait, with another rolled finger and the other hand."""
    import station.dossier.procedure as room

    text = (Path(room.__file__).parent / "procedures" / "test-short.toml").read_text("utf-8")
    text = text.split('[[capture]]\nid = "portrait"')[0].replace('id = "test-short"', 'id = "test-fingers"') + PROCEDURE
    path = tmp_path / "fingers.toml"
    path.write_text(text, "utf-8")
    return str(path)


class Glass:
    """The simulated scanner as an applicant uses it; the same touch of the same finger is drawn once for the whole module."""

    drawn: ClassVar[dict[tuple[object, ...], RawCapture]] = {}

    def __init__(self, applicant: Applicant) -> None:
        self._applicant = applicant

    def capture(self, request: CaptureRequest) -> RawCapture:
        key = (self._applicant.seed, request.position, request.impression, tuple(self._applicant.instead.items()))
        if key not in self.drawn:
            scanner = SimulatedScanner(self._applicant)
            scanner.open()
            self.drawn[key] = scanner.capture(request)
            scanner.close()
        return self.drawn[key]


def begin(station: Station, procedure: str, number: str = "") -> str:
    return station.book.open_dossier(procedure, applicant={"personal_no": number} if number else {})


def take(station: Station, dossier: str, scanner: Glass, step: CaptureStep) -> Checked:
    """Take one picture as the scanner gives it and accept it, whatever a quality measure would say of it."""
    raw = scanner.capture(CaptureRequest(step.position, step.impression))
    verdict = Verdict(tuple(PartVerdict(f, 90.0, 0.0) for f in step.fingers), len(step.fingers), model="test")
    attempt = Attempt(1, raw, verdict, automatic=True)
    accept(station.book, station.journal, dossier, step, attempt, store_attempt(station.book, dossier, step, attempt))
    return station.finger_check.check(dossier)


def enroll(station: Station, procedure: str, applicant: Applicant, number: str = "", steps: int = 4) -> str:
    dossier = begin(station, procedure, number)
    for step in station.book.state(dossier).procedure.steps[:steps]:
        take(station, dossier, Glass(applicant), step)
    return dossier


def kinds(station: Station, dossier: str) -> set[str]:
    return {f.kind for f in station.book.state(dossier).open_findings}


def test_clean_people_are_not_accused_and_the_check_is_written_once(station: Station, procedure: str) -> None:
    first = enroll(station, procedure, Applicant(ANNA))
    second = enroll(station, procedure, Applicant(BINH), steps=1)
    for dossier in (first,):
        state = station.book.state(dossier)
        assert state.findings == ()
        assert state.finger_check is not None
        assert state.finger_check.prints == 10
        assert sum(e.kind == Kind.FINGERS_CHECKED for e in station.journal.events(dossier)) == 1
        assert not any(i.code == "finger-finding" for i in before_sealing(state))
    assert station.book.state(second).findings == ()
    assert len(station.finger_check.recent.people) == 1


def test_the_same_finger_twice_is_found_at_that_capture_asked_and_settled_by_a_retake(station: Station, procedure: str) -> None:
    dossier = begin(station, procedure)
    steps = {s.id: s for s in station.book.state(dossier).procedure.steps}
    cheat, honest = Glass(INDEX_TWICE), Glass(Applicant(ANNA))
    for name in ("flat-right-four", "rolled-right-index"):
        assert take(station, dossier, cheat, steps[name]).open == ()
    found = take(station, dossier, cheat, steps["rolled-right-middle"])
    assert [f.kind for f in found.fresh] == ["same-finger-twice"]
    (finding,) = found.open
    assert (finding.code, finding.fingers) == ("E24", (2, 3))
    assert "rolled-right-middle" in finding.steps
    assert all(e.fmr < 1e-5 for e in finding.evidence[:1])
    state = station.book.state(dossier)
    assert fingers_view(state).findings == (finding,)
    assert [a.what for a in state.open_approvals] == ["finger-finding"]
    assert any(i.code == "finger-finding" for i in before_sealing(state))
    assert any(e.label.code == "E24" and e.tone.value == "blocked" for e in review_view(state).evidence)
    (row,) = inbox_view([state], "somebody", station.clock.now()).rows
    assert row.subject is not None
    assert row.subject.code == "finding-same-finger-twice"
    station.book.discard_capture(dossier, "rolled-right-middle", "nhầm ngón")
    assert kinds(station, dossier) == set()
    take(station, dossier, honest, steps["rolled-right-middle"])
    state = station.book.state(dossier)
    assert state.open_findings == ()
    assert state.open_approvals == ()


def test_a_supervisor_accepts_with_a_signature_and_the_clerk_cannot(station: Station, procedure: str) -> None:
    dossier = enroll(station, procedure, INDEX_TWICE, steps=3)
    pins, mine = demo_pins(station), station.session.operator
    supervisor = next(
        o for o, a in station.operators.accounts().items() if o != mine and "supervisor" in {str(r) for r in a.roles}
    )
    with pytest.raises(StationError, match="reason"):
        SupervisorDesk(station).decide_here(dossier, supervisor, pins[supervisor])
    assert station.book.state(dossier).open_findings, "no reason, no decision"
    assert SupervisorDesk(station).decide_here(dossier, supervisor, pins[supervisor], reason="sẹo, đã xem") == 1
    state = station.book.state(dossier)
    assert state.open_findings == ()
    assert len(state.findings) == 1
    decided = next(e for e in station.journal.events(dossier) if e.kind == Kind.DECIDED)
    assert (decided.operator, decided.body["reason"]) == (supervisor, "sẹo, đã xem")
    assert len(decided.body["signature"]) > 64
    assert review_view(state).evidence[-1].tone.value == "exception"
    # The same finding on a capture that was taken again is asked anew: what was accepted was another picture.
    step = state.procedure.step("rolled-right-middle")
    station.book.discard_capture(dossier, step.id, "mờ")
    assert take(station, dossier, Glass(INDEX_TWICE), step).open
    state = station.book.state(dossier)
    assert [f.kind for f in state.open_findings] == ["same-finger-twice"]
    assert [a.what for a in state.open_approvals] == ["finger-finding"]
    assert any(i.code == "finger-finding" for i in before_sealing(state))
    assert station.finger_check.check(dossier).fresh == ()


def test_the_other_hand_is_found(station: Station, procedure: str) -> None:
    instead = {(F.RIGHT_FOUR, PLAIN): (ANNA, F.LEFT_FOUR), (F.LEFT_FOUR, PLAIN): (ANNA, F.RIGHT_FOUR)}
    dossier = enroll(station, procedure, Applicant(ANNA, instead=instead))
    assert kinds(station, dossier) & {"swapped-hands", "swapped-fingers"}


def test_a_previous_applicant_is_named_also_after_a_restart_and_oneself_is_not(tmp_path: Path, procedure: str) -> None:
    folder = tmp_path / "s"
    station = open_demo_station(folder, desk="all")
    first = enroll(station, procedure, Applicant(ANNA), "001200000015")
    station.close()

    station = open_demo_station(folder, desk="all")
    try:
        station.finger_check.warm()
        assert station.finger_check.recent.wait(60)
        assert len(station.finger_check.recent.people) == 1
        assert not [p for p in folder.rglob("*") if "gallery" in p.name or p.suffix == ".npz"]
        second = enroll(
            station, procedure, Applicant(BINH, instead={(F.RIGHT_FOUR, PLAIN): (ANNA, F.RIGHT_FOUR)}), "001200000023", steps=1
        )
        (finding,) = station.book.state(second).open_findings
        assert (finding.kind, finding.code, finding.person) == ("previous-applicant", "E27", first)
        assert len(finding.fingers) >= 2
        assert finding.evidence[0].second.capture == first
        again = enroll(station, procedure, Applicant(ANNA), "001200000015", steps=1)
        assert kinds(station, again) == {"previous-applicant"}  # the fingers that `second` showed under another number
        assert {f.person for f in station.book.state(again).open_findings} == {second}
    finally:
        station.close()


def test_an_operators_own_finger_is_named(station: Station, procedure: str) -> None:
    person, rng = Person.from_seed(BINH), __import__("numpy").random.default_rng(3)
    fingers = {
        f: extract(impression(person.finger(f), ImpressionSettings.natural(rng, spread=0.4), 1).image)
        for f in (F.RIGHT_INDEX, F.RIGHT_MIDDLE)
    }
    assert station.operator is not None
    OperatorFingers(station.keys, station.operators).enroll(station.operator, fingers, consent=True)
    dossier = enroll(station, procedure, Applicant(BINH), steps=1)
    (finding,) = station.book.state(dossier).open_findings
    assert (finding.kind, finding.person) == ("operator-finger", station.operator.operator_id)


def test_the_gallery_is_bounded_and_forgets_whom_the_journal_let_go(station: Station, procedure: str) -> None:
    from station.capture.known_people import RecentPeople
    from station.capture.prints import prints_of

    dossier = enroll(station, procedure, Applicant(BINH), steps=1)
    state = station.book.state(dossier)
    capture = state.captures["flat-right-four"].accepted
    assert capture is not None
    prints = prints_of(station.journal, capture.capture)
    assert {p.position for p in prints} == {2, 3, 4, 5}
    import dataclasses

    recent = RecentPeople(station, people=2)
    for name in ("a", "b", "c"):
        recent.put(dataclasses.replace(state, id=name), prints)
    assert len(recent.people) == 2
    recent.keep_only(["c"])
    assert (len(recent.people), recent.people.prints) == (1, 4)
    recent.close()
    assert len(recent.people) == 0


def test_every_kind_has_words_in_both_languages() -> None:
    for code in (*(f"finding-{k}" for k in KINDS), "E24", "E25", "E27", "finger-finding", "approval.finger-finding"):
        for language in (Language.VI, Language.EN):
            assert say(code, language) != code


def test_what_was_checked_is_not_checked_again_and_a_new_capture_is(station: Station, procedure: str) -> None:
    dossier = begin(station, procedure)
    assert station.finger_check.ensure(dossier) is None  # nothing was taken
    slap, rolled = station.book.state(dossier).procedure.steps[:2]
    take(station, dossier, Glass(Applicant(ANNA)), slap)
    assert station.finger_check.ensure(dossier) is None
    station.book.discard_capture(dossier, slap.id, "mờ")
    assert station.finger_check.ensure(dossier) is None
    take(station, dossier, Glass(Applicant(ANNA)), slap)
    raw = Glass(Applicant(ANNA)).capture(CaptureRequest(rolled.position, rolled.impression))
    attempt = Attempt(1, raw, Verdict((PartVerdict(rolled.position, 90.0, 0.0),), 1, model="test"), automatic=True)
    accept(station.book, station.journal, dossier, rolled, attempt, store_attempt(station.book, dossier, rolled, attempt))
    checked = station.finger_check.ensure(dossier)
    assert checked is not None
    assert checked.prints == 5
